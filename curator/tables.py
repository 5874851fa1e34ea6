"""The tables of a finished build, as views to ask questions of."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

__all__ = ["Tables", "open_tables"]

_VIEWS = {
    "documents": "data/*/*.parquet",
    "ledger": "ledger/*.parquet",
    "clusters": "clusters.parquet",
    "quarantine": "quarantine.parquet",
    "copies": "copies.parquet",
}
# What a table is where a build has no file of it: the columns that are asked for, and no row.
_ABSENT = {
    "ledger": "id text, rule text, action text, start bigint, end bigint, text text, also text[], layer text,"
    " element text",
    "clusters": "id text, cluster text, representative text, kind text, jaccard float, containment float, reason text,"
    " story text",
    "quarantine": "id text, origin text, status text, reason text, detail text, text text",
    "copies": "",  # as documents
    "documents": "id text, text text, title text, url text, site text, published text, language text, origin text,"
    " characters bigint, characters_removed bigint",
}


class Tables:
    """Questions in SQL to one build: tables documents, ledger, clusters, quarantine, copies (those dropped)."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self.add(folder, "main")

    def add(self, folder: Path, schema: str) -> None:
        """Add the tables of a build in a schema of their own."""
        self.run(f"create schema if not exists {schema}")
        self.run(f"use {schema}")
        for name, pattern in _VIEWS.items():
            files = sorted(map(str, folder.glob(pattern)))
            if files:
                self._connection.read_parquet(files, filename=True, file_row_number=True).create_view(name)
            elif columns := _ABSENT[name]:
                self.run(f"create table {name} ({_quoted(columns)}, filename text, file_row_number bigint)")
            else:
                self._connection.table("documents").filter("false").create_view(name)
        self.run("use main")

    def run(self, statement: str) -> None:
        """Run a statement that has no answer."""
        self._connection.execute(statement)

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return the answer as tuples."""
        return self._connection.execute(query, values or None).fetchall()

    def dicts(self, query: str, **values: Any) -> list[dict[str, Any]]:
        """Return the answer by column."""
        found: list[dict[str, Any]] = self._connection.sql(query, params=values or None).to_arrow_table().to_pylist()
        return found


def _quoted(columns: str) -> str:
    pairs = (column.strip().split(" ") for column in columns.split(","))
    return ", ".join(f'"{name}" {kind}' for name, kind in pairs)


@contextlib.contextmanager
def open_tables(folder: Path) -> Iterator[Tables]:
    """Open the tables of a build."""
    import duckdb

    with duckdb.connect() as connection:
        yield Tables(connection, folder)
