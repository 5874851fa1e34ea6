"""The one rule every task keeps: one output file, named in advance, that appears whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from curator.errors import OutputError

__all__ = ["commit", "explain_write_errors", "sweep"]

_MARK = ".tmp-"


def commit(target: Path, write: Callable[[Path], None]) -> Path:
    """Let `write` write a file beside the target, then move it into place; a target that exists is left alone.

    Raises:
        OutputError: the file cannot be written; nothing of it stays.
    """
    if target.exists():
        return target
    temporary = target.with_name(f"{target.name}{_MARK}{os.getpid()}")
    with explain_write_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    return target


def sweep(folder: Path) -> None:
    """Remove what killed tasks left half-written below a folder."""
    for path in folder.rglob(f"*{_MARK}*"):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def explain_write_errors(target: Path) -> Iterator[None]:
    """Turn the operating system's refusals to write into errors that tell what to do."""
    try:
        yield
    except OSError as error:
        hints = {
            errno.ENOSPC: "free some space and run the same command again: it goes on where it stopped",
            errno.EDQUOT: "free some space and run the same command again: it goes on where it stopped",
            errno.EACCES: "choose a folder you may write to",
            errno.EROFS: "choose a folder you may write to",
        }
        hint = hints.get(error.errno or 0, "check the folder and run the same command again")
        raise OutputError(f"cannot be written: {error.strerror or error}", where=str(target), hint=hint) from error
