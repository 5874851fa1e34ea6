"""A corpus that comes after another: what was in that one keeps its place, so that a release sends little again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from curator.atomic import commit
from curator.database import database
from curator.errors import InputError
from curator.manifest import Manifest

__all__ = ["earlier_mark", "write_places"]


def earlier_mark(folder: Path) -> str:
    """Return a hash over the files of documents of a finished build, or of a release that was downloaded.

    Raises:
        InputError: it is none, or a file is not there.
    """
    manifest = Manifest.read(folder / "manifest.json")
    digest = hashlib.sha256()
    for output in manifest.outputs:
        path = str(output["path"])
        if path.startswith("data/"):
            if not (folder / path).is_file():
                raise InputError("is not there, and the manifest lists it", where=str(folder / path))
            digest.update(f"{path}\0{output['sha256']}\n".encode())
    return digest.hexdigest()


def write_places(folder: Path, target: Path) -> None:
    """Write where each document of a corpus lies: id, language, file (a number), place in it.

    Args:
        folder: a finished build, or a release that was downloaded.
        target: a Parquet file.
    """
    outputs = Manifest.read(folder / "manifest.json").outputs
    files = sorted(str(folder / output["path"]) for output in outputs if str(output["path"]).startswith("data/"))

    def write(path: Path) -> None:
        with database(target.parent) as connection:
            connection.execute(
                """
                copy (
                    select id, language, list_position($files, filename) as file, file_row_number as place
                    from read_parquet($files, filename = true, file_row_number = true, hive_partitioning = false)
                ) to $target (format parquet)
                """,
                {"files": files, "target": str(path)},
            )

    commit(target, write)
