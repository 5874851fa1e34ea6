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
from curator.publish.layout import read_layout
from curator.publish.schema import release_schema
from curator.publish.shards import release_rows

__all__ = ["CopiesTask", "write_copies"]

_BATCH = 500  # rows held at a time


@dataclass(frozen=True, slots=True)
class CopiesTask:
    """Write the documents whose kind in the clusters is one of `drop`. `sources` are the work files, by shard."""

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
    query = """
        with clusters as (select *, count(*) over (partition by cluster) as size from read_parquet($clusters))
        select shard, row, cluster, size::int as cluster_size
        from read_parquet($sources) as work join clusters using (id)
        anti join read_parquet($twins) as twins using (shard, row)
        where status = 'kept' and list_contains($drop, clusters.kind)
        order by shard, row
        """
    values = {
        "sources": list(task.sources),
        "twins": task.twins,
        "clusters": task.clusters,
        "drop": list(task.drop),
    }
    with database(Path(task.layout).parent) as connection:
        found: list[dict[str, Any]] = connection.sql(query, params=values).to_arrow_table().to_pylist()
    return found
