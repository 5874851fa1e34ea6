"""Writing the output files of a release."""

from __future__ import annotations

import itertools
import json
import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.atomic import commit
from curator.publish.layout import OutputShard, read_layout
from curator.publish.schema import COLUMNS, as_carried, carried_name, release_schema

__all__ = ["ROW_GROUP", "SHARD_OPTIONS", "WriteTask", "release_rows", "write_shard"]

# Articles in a row group: some megabytes of text, what a streaming reader fetches at a time.
ROW_GROUP = 2_000
# zstd 3: the smallest files that still read faster than snappy. Content-defined chunks and the page index let a later
# release upload only what changed.
SHARD_OPTIONS: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 3,
    "use_content_defined_chunking": True,
    "write_page_index": True,
}


@dataclass(frozen=True, slots=True)
class WriteTask:
    """Write one output file. `sources` are the work files, by shard number."""

    shard: OutputShard
    layout: str
    sources: tuple[str, ...]
    target: str


def write_shard(task: WriteTask) -> int:
    """Write one output file; return the number of its documents (0 where it was there already)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    shard = task.shard
    _, carried = read_layout(Path(task.layout))
    schema = release_schema(carried)
    places = pq.read_table(task.layout, filters=[("language", "=", shard.language)]).slice(
        shard.start, shard.stop - shard.start
    )
    written = 0

    def write(path: Path) -> None:
        nonlocal written
        with pq.ParquetWriter(
            path,
            schema,
            **SHARD_OPTIONS,
        ) as writer:
            rows: list[dict[str, Any]] = []
            for number, here in itertools.groupby(places.to_pylist(), key=operator.itemgetter("shard")):
                for row in release_rows(task.sources[number], here, carried):
                    rows.append(row)
                    if len(rows) == ROW_GROUP:
                        writer.write_table(pa.Table.from_pylist(rows, schema))
                        written += len(rows)
                        rows = []
            if rows:
                writer.write_table(pa.Table.from_pylist(rows, schema))
                written += len(rows)

    commit(Path(task.target), write)
    return written


def release_rows(source: str, places: Iterable[dict[str, Any]], carried: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the release rows of one work file, in its order."""
    import pyarrow.parquet as pq

    wanted = {place["row"]: place for place in places}
    with pq.ParquetFile(source) as table:
        columns = ["row", "extra", *(name for name in COLUMNS if name in table.schema_arrow.names)]
        for batch in table.iter_batches(256, columns=columns):
            for row in batch.to_pylist():
                place = wanted.get(row["row"])
                if place is None:
                    continue
                extra = json.loads(row.pop("extra") or "{}")
                row |= {name: place[name] for name in ("cluster", "cluster_size", "story")}
                row |= {carried_name(name): as_carried(extra.get(name), kind) for name, kind in carried.items()}
                yield row
