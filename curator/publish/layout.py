"""Which document goes to which output file: one plan over all work files, as one task."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.database import database
from curator.dedup.outcome import DROPPED_AS
from curator.publish.schema import carried_type, merge_types

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = ["LayoutTask", "OutputShard", "TwinsTask", "find_twins", "lay_out", "lot", "read_layout"]


# Documents of an earlier file that lie all over the new inputs are put into their order instead: each stretch of them
# is read on its own, and eight documents are the least that pays for reading a work file of two thousand.
_STRETCH, _STRETCHES = 8, 1_000
_NOTHING_EARLIER = "select '' as id, '' as language, 0 as file, 0 as place where false"


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
    earlier: str = ""  # where documents lay in the corpus this one comes after, see `curator.publish.earlier`


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

    def write(path: Path) -> None:
        with database(path.parent) as connection:
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
    import pyarrow.parquet as pq

    earlier = "from read_parquet($earlier)" if task.earlier else _NOTHING_EARLIER

    def write(path: Path) -> None:
        with database(path.parent) as connection:
            placed = connection.sql(
                f"""
                with twins as (from read_parquet($twins)),
                     earlier as ({earlier}),
                     clusters as (
                         select id, cluster, story, count(cluster) over (partition by cluster) as size,
                                {DROPPED_AS} as dropped_as
                         from read_parquet($clusters)
                     ),
                     work as (
                         select *, shard is distinct from lag(shard) over (partition by file order by place) as begins
                         from read_parquet($sources)
                         left join clusters using (id)
                         left join earlier using (id, language)
                         anti join twins using (shard, row)
                         where status = 'kept' and dropped_as is null
                     ),
                     stretches as (select file, sum(begins::int) as number, count(*) as documents from work group by 1),
                     placed as (
                         select *, if(number > {_STRETCHES} and number * {_STRETCH} > documents, 0, place) as position
                         from work left join stretches using (file)
                     )
                select shard, row, id, language, characters, story, file,
                       coalesce(cluster, id) as cluster, coalesce(size, 1) as cluster_size,
                       row_number() over (partition by language order by file nulls last, position, shard, row) - 1
                       as ordinal
                from placed order by language, ordinal
                """,  # noqa: S608
                params={
                    "sources": list(task.sources),
                    "twins": task.twins,
                    "clusters": task.clusters,
                    "drop": list(task.drop),
                }
                | ({"earlier": task.earlier} if task.earlier else {}),
            ).to_arrow_table()
            shards = _shards(placed, task.shard_characters)
            types = _carried_types(connection, task)
        note = {
            "shards": json.dumps([[s.language, s.index, s.count, s.start, s.stop] for s in shards]),
            "carried": json.dumps(types),
        }
        pq.write_table(placed.drop_columns(["id", "file"]).replace_schema_metadata(note), path, compression="zstd")

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
    files behind them as they were, so that a later release sends them no more. Where a file of the earlier corpus
    ended, one ends again if all that follows is no larger: it stays as it is, and yet a corpus that grows day by day
    has few files, each at least twice as large as the next.
    """
    cuts: dict[str, list[tuple[int, int]]] = {}
    characters: list[Any] = placed["characters"].to_pylist()
    files: list[Any] = placed["file"].to_pylist()
    ids = placed["id"].combine_chunks()
    languages: list[Any] = placed["language"].to_pylist()
    for language, first, stop in _runs(languages):
        start, size, rest = first, 0, sum(characters[first:stop])
        for place in range(first, stop):
            size, rest = size + characters[place], rest - characters[place]
            last = place + 1 == stop
            drawn = size >= limit / 2 and lot(ids[place].as_py()) < characters[place] / (limit / 4)
            ended = not last and files[place] is not None and files[place + 1] != files[place] and size >= rest
            if last or drawn or ended or size >= limit:
                cuts.setdefault(language, []).append((start - first, place + 1 - first))
                start, size = place + 1, 0
    return [OutputShard(lang, i, len(parts), a, b) for lang, parts in cuts.items() for i, (a, b) in enumerate(parts)]


def _runs(values: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Yield each value that comes several times in succession, where it begins and where it ends."""
    start = 0
    for value, same in itertools.groupby(values):
        stop = start + sum(1 for _ in same)
        yield value, start, stop
        start = stop


def _carried_types(connection: duckdb.DuckDBPyConnection, task: LayoutTask) -> dict[str, str]:
    query = "select extra from read_parquet($sources) where status = 'kept' and extra is not null"
    kinds: dict[str, set[str | None]] = {}
    connection.execute(query, {"sources": list(task.sources)})
    while rows := connection.fetchmany(1_000):
        for (extra,) in rows:
            for name, value in json.loads(extra).items():
                kinds.setdefault(name, set()).add(carried_type(value))
    return {name: merge_types(found) for name, found in sorted(kinds.items())}
