"""Writing the output files of a release."""

from __future__ import annotations

import itertools
import json
import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.publish.layout import OutputShard, lot, read_layout
from curator.publish.schema import COLUMNS, as_carried, carried_name, release_schema

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SHARD_OPTIONS", "WriteTask", "release_rows", "row_groups", "write_shard", "write_table"]

# Articles in a row group: some megabytes of text, what a streaming reader fetches at a time. A group ends where the
# hash of an id says so, if it can: documents that come in between then leave the groups behind them as they were.
ROW_GROUP = 2_000
_LEAST, _MOST = ROW_GROUP // 2, ROW_GROUP * 2
# zstd 3: the smallest files that still read faster than snappy. Content-defined pages (256 to 1,024 kB) and the page
# index let a later release upload by Xet only what changed. No dictionaries: that of texts is a megabyte at the head of
# each row group, another one whenever a document there is. Of 101 MB, 8 % are sent where 1 % of new documents come in
# at one place; with dictionaries files are 4 % larger, in smaller pages, for the same.
SHARD_OPTIONS: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 3,
    "use_content_defined_chunking": True,
    "write_page_index": True,
    "use_dictionary": False,
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
            groups = itertools.groupby(places.to_pylist(), key=operator.itemgetter("shard"))
            rows = (row for number, here in groups for row in release_rows(task.sources[number], here, carried))
            for group in row_groups(rows):
                writer.write_table(pa.Table.from_pylist(group, schema), row_group_size=_MOST)
                written += len(group)

    commit(Path(task.target), write)
    return written


def row_groups(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield rows in groups of one to four thousand, two thousand on average."""
    group: list[dict[str, Any]] = []
    for row in rows:
        group.append(row)
        if len(group) == _MOST or (len(group) >= _LEAST and lot(row["id"]) < 1 / _LEAST):
            yield group
            group = []
    if group:
        yield group


def write_table(path: Path, table: pa.Table) -> None:
    """Write the documents of a table as a build writes them: the same documents come to the same bytes."""
    import pyarrow.parquet as pq

    ids: list[Any] = table["id"].to_pylist()
    start = 0
    with pq.ParquetWriter(path, table.schema, **SHARD_OPTIONS) as writer:
        for group in row_groups({"id": name} for name in ids):
            # One chunk: where chunks end, pages would.
            writer.write_table(table.slice(start, len(group)).combine_chunks(), row_group_size=_MOST)
            start += len(group)


def release_rows(source: str, places: Iterable[dict[str, Any]], carried: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the release rows of one work file, in its order."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    wanted = {place["row"]: place for place in places}
    numbers = pa.array(wanted, pa.int64())
    with pq.ParquetFile(source) as table:
        columns = ["row", "extra", *(name for name in COLUMNS if name in table.schema_arrow.names)]
        for batch in table.iter_batches(256, columns=columns):
            for row in batch.filter(pc.is_in(batch["row"], numbers)).to_pylist():
                place = wanted[row["row"]]
                extra = json.loads(row.pop("extra") or "{}")
                row |= {name: place[name] for name in ("cluster", "cluster_size", "story")}
                row |= {carried_name(name): as_carried(extra.get(name), kind) for name, kind in carried.items()}
                yield row
