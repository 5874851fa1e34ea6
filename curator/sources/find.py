"""Input arguments to the files they name, in an order that does not depend on how they were named."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from curator.errors import InputError
from curator.sources import FORMATS, format_of, splits_of
from curator.sources.files import group
from curator.sources.model import SourceFile, Split

__all__ = ["Found", "find", "plan_splits"]


class Found:
    """The files of a build, sorted by origin, and how many were passed over, by suffix."""

    def __init__(self, files: Sequence[SourceFile], ignored: Counter[str]) -> None:
        self.files, self.ignored = tuple(files), ignored


def find(inputs: Iterable[str | Path], *, outside: Path | None = None) -> Found:
    """Return the input files below files and folders; folders are searched throughout, hidden names left out.

    Args:
        outside: a folder whose files are not inputs: the output folder.

    Raises:
        InputError: an input does not exist.
    """
    roots = [Path(i) for i in inputs]
    for root in roots:
        if not root.exists():
            raise InputError("no such file or folder", where=str(root), hint="check the path")
    resolved = sorted({root.resolve() for root in roots})
    origins: dict[Path, str] = {}
    forms: dict[Path, str] = {}
    ignored: Counter[str] = Counter()
    for root, label in zip(resolved, _labels(resolved), strict=True):
        for path in [root] if root.is_file() else _below(root, outside):
            form = format_of(path.name) or ("files" if path == root else None)
            if form is None:
                ignored[path.suffix or path.name] += 1
                continue
            origin = label if path == root else f"{label}/{path.relative_to(root).as_posix()}"
            # A file reached from two inputs is one file; which of its two names it gets must not depend on their order.
            origins[path] = min(origins.get(path, origin), origin)
            forms[path] = form
    files = [SourceFile(origin, str(path), forms[path], _size(path)) for path, origin in origins.items()]
    return Found(sorted(files), ignored)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # gone or out of reach: reading it will say so
        return 0


def _below(root: Path, outside: Path | None) -> Iterable[Path]:
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(f for f in folders if not f.startswith(".") and here / f != outside)
        yield from (here / name for name in sorted(names) if not name.startswith("."))


def _labels(roots: Sequence[Path]) -> list[str]:
    """Return the shortest path ends that tell the roots apart."""
    depth = 1
    while True:
        labels = ["/".join(root.parts[-depth:]).lstrip("/") for root in roots]
        if len(set(labels)) == len(labels) or depth > max(len(root.parts) for root in roots):
            return labels
        depth += 1


def plan_splits(files: Sequence[SourceFile], documents: int) -> list[Split]:
    """Return what each task reads, about `documents` documents each, in the order of the files."""
    splits: list[Split] = []
    singles: list[SourceFile] = []
    for file in files:
        if FORMATS[file.format] is FORMATS["files"]:
            singles.append(file)
        else:
            splits += splits_of(file, documents)
    return [*group(singles, documents), *splits]
