"""A corpus written again as a whole: beside itself first, in its own folder, then moved into place."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from curator.atomic import explain_write_errors

__all__ = ["put_in_place", "staged"]

_STAGE = ".forget"  # the corpus as it is going to be
_READY = "ready.json"  # the shards that are no more; it is there when all the rest is


def staged(folder: Path) -> Path:
    """Return a folder with every file of a corpus under a second name.

    Whoever changes a file there must replace it: written in place, the file of the corpus would change with it.
    """
    stage = folder / _STAGE
    with explain_write_errors(folder):
        shutil.rmtree(stage, ignore_errors=True)
        shutil.copytree(folder, stage, copy_function=_link, ignore=shutil.ignore_patterns(_STAGE))
    return stage


def _link(source: str, target: str) -> None:
    """Name a file twice where the file system can, else copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def put_in_place(folder: Path, *, ready: bool = False) -> None:
    """Move what is staged over the corpus, where it is whole; where that was begun and killed, it goes on.

    Args:
        ready: it is whole now.
    """
    stage = folder / _STAGE
    with explain_write_errors(folder):
        if ready:
            shards = [path.relative_to(folder).as_posix() for path in folder.glob("data/*/*.parquet")]
            emptied = [name for name in shards if not (stage / name).exists()]
            noted = stage / f"{_READY}.tmp-ready"
            noted.write_text(json.dumps(emptied), encoding="utf-8")
            noted.replace(stage / _READY)
        if not (stage / _READY).exists():
            return
        for name in json.loads((stage / _READY).read_text(encoding="utf-8")):
            (folder / name).unlink(missing_ok=True)
        for path in sorted(stage.rglob("*")):
            if path.is_file() and path.name != _READY:
                target = folder / path.relative_to(stage)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)
        shutil.rmtree(stage)
