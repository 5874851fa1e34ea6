"""Files of a release that no build holds: a sample of its documents, and the removals everybody may see."""

from __future__ import annotations

import hashlib
import heapq
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from curator.publish.shards import SHARD_OPTIONS, write_table

__all__ = ["write_removals", "write_sample"]

# Documents at most, and one of so many: of a small corpus, a larger share would be much of what a new release sends.
_SAMPLE, _SAMPLE_SHARE = 1_000, 50
_BATCH = 5_000
# Rules, and most of what they take, are the same again and again: half as large with dictionaries.
_LEDGER_OPTIONS = {**SHARD_OPTIONS, "use_dictionary": True}


def write_sample(shards: Sequence[Path], target: Path) -> int:
    """Write a thousand documents, or a fiftieth where that is fewer; return their number.

    Which ones is decided by the hash of their ids, so that a sample changes as little as the corpus does.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    marks = []
    for number, shard in enumerate(shards):
        ids: list[Any] = pq.read_table(shard, columns=["id"])["id"].to_pylist()
        marks += heapq.nsmallest(_SAMPLE, ((_mark(name), number, row) for row, name in enumerate(ids)))
    total = sum(pq.read_metadata(shard).num_rows for shard in shards)
    chosen = heapq.nsmallest(min(_SAMPLE, -(-total // _SAMPLE_SHARE)), marks)
    if not chosen:
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    places = sorted((number, row) for _, number, row in chosen)
    groups = itertools.groupby(places, key=lambda place: place[0])
    write_table(
        target, pa.concat_tables(_rows(pa, shards[number], [row for _, row in here]) for number, here in groups)
    )
    return len(chosen)


def _mark(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()


def _rows(pa: Any, shard: Path, wanted: list[int]) -> Any:
    """Return some rows of a shard, read piece by piece."""
    import pyarrow.parquet as pq

    found, start = [], 0
    with pq.ParquetFile(shard) as file:
        for group in range(file.num_row_groups):
            stop = start + file.metadata.row_group(group).num_rows
            here = [row - start for row in wanted if start <= row < stop]
            if here:
                found.append(file.read_row_group(group).take(pa.array(here)))
            start = stop
    return pa.concat_tables(found).replace_schema_metadata(None)


def write_removals(ledger: Path, shards: Sequence[Path], target: Path) -> int:
    """Write the removals of published documents from a ledger file; return their number.

    What was masked is not said: its text is null, and such a document cannot be restored from the release.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    ids = pa.concat_arrays([chunk for shard in shards for chunk in pq.read_table(shard, columns=["id"])["id"].chunks])
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with pq.ParquetFile(ledger) as file, pq.ParquetWriter(target, file.schema_arrow, **_LEDGER_OPTIONS) as writer:
        for batch in file.iter_batches(_BATCH):
            table = pa.Table.from_batches([batch])
            table = table.filter(pc.is_in(table["id"], value_set=ids))
            masked: Any = pc.is_in(table["action"], value_set=pa.array(["mask"]))
            text = pc.if_else(masked, pa.scalar(None, pa.string()), table["text"])
            table = table.set_column(table.schema.get_field_index("text"), "text", text)
            if table.num_rows:
                writer.write_table(table)
                written += table.num_rows
    return written
