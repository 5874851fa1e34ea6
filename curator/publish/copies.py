"""The copies that were left out of the corpus: the same rows they would have been, in a file beside it.

They let a report show how a copy differs, and let the next best copy take the place of one that is taken down.
"""

from __future__ import annotations

import itertools
import operator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.atomic import commit
from curator.database import database
from curator.dedup.outcome import DROPPED_AS
from curator.publish.layout import read_layout
from curator.publish.schema import release_schema
from curator.publish.shards import release_rows

__all__ = ["CopiesTask", "write_copies"]

_BATCH = 500  # rows held at a time


@dataclass(frozen=True, slots=True)
class CopiesTask:
    """Write the documents that are dropped as one of `drop`. `sources` are the work files, by shard."""

    sources: tuple[str, ...]
    twins: str
    clusters: str
    layout: str
    drop: tuple[str, ...]
    target: str


def write_copies(task: CopiesTask) -> int:
    """Write copies.parquet, in input order; return the number of its documents (0 where it was there already)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    _, carried = read_layout(Path(task.layout))
    schema = release_schema(carried)
    written = 0

    def write(path: Path) -> None:
        nonlocal written
        places = _places(task)
        groups = itertools.groupby(places, key=operator.itemgetter("shard"))
        rows = (row for number, here in groups for row in release_rows(task.sources[number], here, carried))
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            while batch := list(itertools.islice(rows, _BATCH)):
                writer.write_table(pa.Table.from_pylist(batch, schema))
                written += len(batch)

    commit(Path(task.target), write)
    return written


def _places(task: CopiesTask) -> list[dict[str, Any]]:
    query = f"""
        with clusters as (
            select id, cluster, story, count(cluster) over (partition by cluster)::int as cluster_size,
                   {DROPPED_AS} as dropped_as
            from read_parquet($clusters)
        )
        select shard, row, cluster, cluster_size, story
        from read_parquet($sources) as work join clusters using (id)
        anti join read_parquet($twins) as twins using (shard, row)
        where status = 'kept' and dropped_as is not null
        order by shard, row
        """  # noqa: S608  (a clause of ours)
    values = {
        "sources": list(task.sources),
        "twins": task.twins,
        "clusters": task.clusters,
        "drop": list(task.drop),
    }
    with database(Path(task.layout).parent) as connection:
        found: list[dict[str, Any]] = connection.sql(query, params=values).to_arrow_table().to_pylist()
    return found
