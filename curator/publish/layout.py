"""Which document goes to which output file: one plan over all work files, as one task."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.dedup.outcome import DROPPED_AS
from curator.publish.schema import carried_type, merge_types

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = ["LayoutTask", "OutputShard", "TwinsTask", "find_twins", "lay_out", "lot", "read_layout"]


@dataclass(frozen=True, slots=True)
class TwinsTask:
    """Find the rows whose id another row has that comes first."""

    sources: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class LayoutTask:
    """Place every document that is written."""

    sources: tuple[str, ...]
    twins: str
    clusters: str
    drop: tuple[str, ...]
    shard_characters: int
    target: str


@dataclass(frozen=True, slots=True)
class OutputShard:
    """One output file: the documents `start` up to `stop` of a language, as file `index` of `count`."""

    language: str
    index: int
    count: int
    start: int
    stop: int

    @property
    def name(self) -> str:
        """The file's place in the release."""
        return f"data/{self.language}/train-{self.index:05d}-of-{self.count:05d}.parquet"


def find_twins(task: TwinsTask) -> int:
    """Write (shard, row) of each row whose id another has; kept documents come first, then input order."""
    import duckdb

    def write(path: Path) -> None:
        with duckdb.connect() as connection:
            connection.execute("set threads = 1")
            connection.execute(
                """
                copy (
                    select shard, row from (
                        select shard, row,
                               row_number() over (partition by id order by status <> 'kept', shard, row) as place
                        from read_parquet($sources) where status <> 'failed'
                    ) where place > 1 order by shard, row
                ) to $target (format parquet)
                """,
                {"sources": list(task.sources), "target": str(path)},
            )

    commit(Path(task.target), write)
    return 0


def lay_out(task: LayoutTask) -> int:
    """Write the place of every document: shard and row in the work files, language, ordinal there, cluster and story.

    The file's metadata holds the output shards and the types of the carried-through fields.
    """
    import duckdb
    import pyarrow.parquet as pq

    def write(path: Path) -> None:
        with duckdb.connect() as connection:
            connection.execute("set threads = 1")
            placed = connection.sql(
                f"""
                with twins as (from read_parquet($twins)),
                     clusters as (
                         select id, cluster, story, count(cluster) over (partition by cluster) as size,
                                {DROPPED_AS} as dropped_as
                         from read_parquet($clusters)
                     )
                select shard, row, id, language, characters, story,
                       coalesce(cluster, id) as cluster, coalesce(size, 1) as cluster_size,
                       row_number() over (partition by language order by shard, row) - 1 as ordinal
                from read_parquet($sources) as work
                left join clusters using (id)
                anti join twins using (shard, row)
                where status = 'kept' and dropped_as is null
                order by language, shard, row
                """,  # noqa: S608
                params={
                    "sources": list(task.sources),
                    "twins": task.twins,
                    "clusters": task.clusters,
                    "drop": list(task.drop),
                },
            ).to_arrow_table()
            shards = _shards(placed, task.shard_characters)
            types = _carried_types(connection, task)
        note = {
            "shards": json.dumps([[s.language, s.index, s.count, s.start, s.stop] for s in shards]),
            "carried": json.dumps(types),
        }
        pq.write_table(placed.drop_columns(["id"]).replace_schema_metadata(note), path, compression="zstd")

    commit(Path(task.target), write)
    return 0


def read_layout(path: Path) -> tuple[list[OutputShard], dict[str, str]]:
    """Return the output shards of a layout, and the types of its carried-through fields."""
    import pyarrow.parquet as pq

    note = pq.read_schema(path).metadata or {}
    return [OutputShard(*values) for values in json.loads(note[b"shards"])], json.loads(note[b"carried"])


def lot(name: str) -> float:
    """Return a number from 0 to 1 that depends on nothing but a document's id."""
    return int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:7]) / 2**56


def _shards(placed: pa.Table, limit: int) -> list[OutputShard]:
    """Cut each language's documents into files of three quarters of `limit` characters, more or less.

    After half of it, a file ends where the hash of an id says so: documents that come in between leave most of the
    files behind them as they were, so that a later release sends them no more.
    """
    cuts: dict[str, list[tuple[int, int]]] = {}
    start = size = 0
    languages: list[Any] = placed["language"].to_pylist()
    characters: list[Any] = placed["characters"].to_pylist()
    ids = placed["id"].combine_chunks()
    first = 0  # where the language begins
    for place, language in enumerate(languages):
        size += characters[place]
        ends = place + 1 == len(languages) or languages[place + 1] != language
        drawn = size >= limit / 2 and lot(ids[place].as_py()) < characters[place] / (limit / 4)
        if ends or drawn or size >= limit:
            cuts.setdefault(language, []).append((start - first, place + 1 - first))
            start, size = place + 1, 0
        if ends:
            first = place + 1
    return [OutputShard(lang, i, len(parts), a, b) for lang, parts in cuts.items() for i, (a, b) in enumerate(parts)]


def _carried_types(connection: duckdb.DuckDBPyConnection, task: LayoutTask) -> dict[str, str]:
    query = "select extra from read_parquet($sources) where status = 'kept' and extra is not null"
    kinds: dict[str, set[str | None]] = {}
    connection.execute(query, {"sources": list(task.sources)})
    while rows := connection.fetchmany(1_000):
        for (extra,) in rows:
            for name, value in json.loads(extra).items():
                kinds.setdefault(name, set()).add(carried_type(value))
    return {name: merge_types(found) for name, found in sorted(kinds.items())}
