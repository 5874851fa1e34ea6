"""The files of a staged corpus, read, and written again in place of the old ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import explain_write_errors

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Row", "StagedFiles"]

Row = dict[str, Any]


class StagedFiles:
    """The files below one folder, by their names in it.

    Attributes:
        written: the names of those that were written again, in that order.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: list[str] = []

    def paths(self, pattern: str) -> list[str]:
        """Return the Parquet files that fit a pattern without its ending, in order of name."""
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.glob(f"{pattern}.parquet"))

    def rows(self, name: str, columns: Iterable[str] | None = None) -> list[Row]:
        """Return the rows of a file, of some columns or all; none where it is not there."""
        import pyarrow.parquet as pq

        path = self.folder / name
        if not path.exists():
            return []
        known = pq.read_schema(path).names
        found: list[Row] = pq.read_table(path, columns=[c for c in columns or known if c in known]).to_pylist()
        return found

    def ids(self, name: str) -> list[str]:
        """Return the ids in a file."""
        import pyarrow.parquet as pq

        path = self.folder / name
        found: Any = pq.read_table(path, columns=["id"])["id"].to_pylist() if path.exists() else []
        return list(found)

    def write(self, name: str, table: pa.Table, how: Callable[[Path, pa.Table], None] | None = None) -> None:
        """Write a file again, in place of the old one, whole or not at all.

        Args:
            how: what writes a table to a path, instead of pyarrow.
        """
        path = self.folder / name
        temporary = path.with_name(f"{path.name}.tmp-forget")
        with explain_write_errors(path):
            (how or _write)(temporary, table)
            temporary.replace(path)
        self.written.append(name)

    def write_text(self, name: str, text: str) -> None:
        """Write a text file again; the name is replaced, since the old file has another name in the corpus."""
        temporary = self.folder / f"{name}.tmp-forget"
        with explain_write_errors(temporary):
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(self.folder / name)
        self.written.append(name)

    def without(self, name: str, ids: set[str]) -> None:
        """Write a file again without the rows of some documents; a file that has none of them is left alone."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        path = self.folder / name
        if not path.exists():
            return
        dead = pc.is_in(pq.read_table(path, columns=["id"])["id"], value_set=pa.array(sorted(ids), pa.string()))
        if pc.any(dead).as_py():
            self.write(name, pq.read_table(path).filter(pc.invert(dead)))

    def texts(self, ids: set[str]) -> dict[str, str]:
        """Return the texts of some documents and copies, by id."""
        import pyarrow.parquet as pq

        found: dict[str, str] = {}
        for path in (*self.paths("data/*/*"), *self.paths("copies")) if ids else ():
            table = pq.read_table(self.folder / path, columns=["id", "text"], filters=[("id", "in", sorted(ids))])
            found |= {row["id"]: row["text"] for row in table.to_pylist()}
        return found


def _write(path: Path, table: pa.Table) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path, compression="zstd")
