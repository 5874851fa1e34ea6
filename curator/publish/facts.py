"""What a card says of a corpus, counted from its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.database import database

if TYPE_CHECKING:
    import duckdb

__all__ = ["Facts", "Language", "RuleFacts", "Table", "measure", "table_of"]

# Shown as an example is what a rule took from two documents at least, and no more of it than this: a card is no place
# for a sentence of one article.
_EXAMPLE_CHARACTERS, _EXAMPLE_DOCUMENTS, _EXAMPLES = 48, 2, 3
# Fields of the input that say what a publisher allows; they come through as columns where the input has them.
_SIGNALS = ("tdm_reservation", "tdm_policy", "robots", "rights", "copyright")
_ABSENT_LEDGER = "(select '' as rule, '' as action, '' as layer, '' as id, '' as text where false)"


@dataclass(frozen=True, slots=True)
class Table:
    """A Parquet file: rows, bytes on disk, bytes when read, and its columns as the card names their types."""

    rows: int
    bytes: int
    read_bytes: int
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Language:
    """The documents of one language."""

    code: str
    documents: int
    characters: int
    sites: int


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What one rule took, and what it typically takes."""

    rule: str
    action: str
    spans: int
    characters: int
    documents: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """A corpus in figures. Counts by name are in descending order; None stands for what no row says."""

    characters: int = 0
    tokens: int | None = None  # where they were counted
    tables: Mapping[str, Table] = field(default_factory=dict)  # by path in the release
    languages: tuple[Language, ...] = ()
    sites: tuple[tuple[str | None, int, int], ...] = ()  # name, documents, characters
    years: tuple[tuple[str | None, int], ...] = ()
    days: tuple[str | None, str | None] = (None, None)  # first and last of publication
    rules: tuple[RuleFacts, ...] = ()
    cluster_sizes: tuple[tuple[int, int], ...] = ()  # copies, clusters
    licenses: tuple[tuple[str | None, int], ...] = ()
    signals: Mapping[str, tuple[tuple[str | None, int], ...]] = field(default_factory=dict)
    known: Mapping[str, int] = field(default_factory=dict)  # documents with a value, by column


def table_of(path: Path) -> Table:
    """Describe a Parquet file by what its footer says."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        meta = file.metadata
        read = sum(meta.row_group(n).total_byte_size for n in range(meta.num_row_groups))
        columns = {entry.name: _kind(str(entry.type)) for entry in file.schema_arrow}
        return Table(meta.num_rows, path.stat().st_size, read, columns)


def _kind(arrow: str) -> str:
    """Return the name a card has for an Arrow type.

    >>> _kind("list<element: string>"), _kind("double"), _kind("int32")
    ('list<string>', 'float64', 'int32')
    """
    if arrow.startswith("list<"):
        return f"list<{_kind(arrow.removeprefix('list<').removesuffix('>').split(': ')[-1])}>"
    return {"float": "float32", "double": "float64"}.get(arrow, arrow)


def measure(folder: Path, paths: Iterable[str], *, spill: Path | None = None) -> Facts:
    """Count a finished corpus.

    Args:
        folder: the corpus.
        paths: its files, of which the Parquet files are described.
        spill: a folder for what does not fit into memory; the corpus where not given.
    """
    tables = {path: table_of(folder / path) for path in paths if path.endswith(".parquet")}
    shards = [path for path in tables if path.startswith("data/")]
    if not shards:
        return Facts(tables=tables)
    with database(spill or folder) as connection:
        connection.read_parquet([str(folder / path) for path in shards]).create_view("documents")
        ledger = [str(folder / path) for path in tables if path.startswith("ledger/")]
        if ledger:
            connection.read_parquet(ledger).create_view("ledger")
        clusters = folder / "clusters.parquet"
        columns = tables[shards[0]].columns
        return Facts(
            tables=tables,
            rules=_rules(connection) if ledger else (),
            cluster_sizes=_cluster_sizes(connection, clusters) if clusters.exists() else (),
            tokens=_sum(connection, "tokens") if "tokens" in columns else None,
            signals={name: _values(connection, name) for name in _SIGNALS if name in columns},
            **_documents(connection),
        )


def _documents(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    ask = connection.execute
    total = ask(
        """
        select coalesce(sum(characters), 0)::bigint, min(published), max(published), count(url), count(site),
               count(published), count(title), count(license), count(retrieved_at) from documents
        """
    ).fetchall()[0]
    languages = ask(
        "select language, count(*), sum(characters)::bigint, count(distinct site) from documents group by 1 order by 1"
    ).fetchall()
    sites = ask(
        "select site, count(*), sum(characters)::bigint from documents group by 1 order by 2 desc, 1"
    ).fetchall()
    years = ask("select published[:4], count(*) from documents group by 1 order by 1 nulls last").fetchall()
    names = ("url", "site", "published", "title", "license", "retrieved_at")
    return {
        "characters": total[0],
        "days": (total[1], total[2]),
        "known": dict(zip(names, total[3:], strict=True)),
        "languages": tuple(Language(*row) for row in languages),
        "sites": tuple(sites),
        "years": tuple(years),
        "licenses": _values(connection, "license"),
    }


def _sum(connection: duckdb.DuckDBPyConnection, column: str) -> int:
    found = connection.execute(f"select coalesce(sum({column}), 0)::bigint from documents").fetchall()  # noqa: S608
    total: int = found[0][0]
    return total


def _values(connection: duckdb.DuckDBPyConnection, column: str) -> tuple[tuple[str | None, int], ...]:
    query = f"select {column}::text, count(*) from documents group by 1 order by 2 desc, 1 nulls last"  # noqa: S608
    return tuple(connection.execute(query).fetchall())


def _rules(connection: duckdb.DuckDBPyConnection) -> tuple[RuleFacts, ...]:
    """Return what each rule took; what a guard noted is no removal, and what was masked is nobody's example."""
    counts = connection.execute(
        """
        select rule, action, count(*), sum(len(text))::bigint, count(distinct id) from ledger
        where action <> 'guard' group by all order by 3 desc, rule, action
        """
    ).fetchall()
    examples: dict[str, list[str]] = {}
    rows = connection.execute(
        """
        with taken as (
            select rule, id, trim(text, concat(' ', chr(9), chr(10), chr(13))) as text from ledger
            where action not in ('guard', 'mask') and not regexp_matches(text, '@|[0-9]{4}')
        ), counted as (
            select rule, text, count(*) as spans from taken
            where len(text) between 1 and $characters and not contains(text, chr(10))
            group by all having count(distinct id) >= $documents
        )
        select rule, text from counted
        qualify row_number() over (partition by rule order by spans desc, text) <= $examples
        order by rule, spans desc, text
        """,
        {"characters": _EXAMPLE_CHARACTERS, "documents": _EXAMPLE_DOCUMENTS, "examples": _EXAMPLES},
    ).fetchall()
    for rule, text in rows:
        examples.setdefault(rule, []).append(text)
    return tuple(RuleFacts(*row, tuple(examples.get(row[0], ()))) for row in counts)  # type: ignore[call-arg]


def _cluster_sizes(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[tuple[int, int], ...]:
    query = """
        select size, count(*) from (
            select count(*) as size from read_parquet($path) where kind is not null group by cluster
        ) group by 1 order by 1
        """
    return tuple(connection.execute(query, {"path": str(path)}).fetchall())
