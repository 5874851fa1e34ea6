"""DuckDB for tasks over all splits at once: in bounded memory, one thread, silent."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from curator.errors import CuratorError

if TYPE_CHECKING:
    import duckdb

__all__ = ["MEMORY", "database"]

# In the environment: how many bytes of memory a database may use, where the build has a limit (see executors.memory).
MEMORY = "CURATOR_DATABASE_MEMORY"
_DEFAULT = "500000000"


@contextlib.contextmanager
def database(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty database; above its memory it uses the disk, in a folder inside `folder` that goes with it.

    Raises:
        CuratorError: a step has more than its memory that cannot go to disk.
    """
    import duckdb

    limit = f"{int(os.environ.get(MEMORY, _DEFAULT)) // 1_000_000}MB"
    # One thread: tasks run beside each other, and the order of sums must not depend on a race.
    with (
        tempfile.TemporaryDirectory(prefix="spill-", dir=folder) as spill,
        duckdb.connect(config={"memory_limit": limit, "temp_directory": spill, "threads": 1}) as connection,
    ):
        connection.execute("set enable_progress_bar = false")
        try:
            yield connection
        except duckdb.OutOfMemoryException as error:
            what = f"a step over all documents needs more than the {limit} of memory it may have"
            hint = "run the same command again with more memory for all, as --memory 8GB; it goes on where it stopped"
            raise CuratorError(what, where=str(folder), hint=hint) from error
