"""The first task of deduplication: each document of a shard as the few numbers that are compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.dedup.hashing import hash_strings
from curator.dedup.representative import Shard
from curator.dedup.shingles import LEVELS, sketch
from curator.dedup.texts import Texts, holds_texts, read_texts
from curator.settings import DedupSettings
from curator.sources.model import Split

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 2_000  # documents that are held at a time

__all__ = [
    "FingerprintTask",
    "SplitTask",
    "count_rows",
    "fingerprint",
    "fingerprint_split",
    "print_schema",
    "read_failures",
    "shard_of",
]


@dataclass(frozen=True, slots=True)
class FingerprintTask:
    """Fingerprint the kept rows of one work file of a build, except those whose id an earlier row has."""

    source: str
    twins: str  # parquet of (shard, row): rows with an id seen before
    settings: DedupSettings
    target: str


@dataclass(frozen=True, slots=True)
class SplitTask:
    """Fingerprint the documents of one split, as they are.

    Where the split's file does not allow to read a text again by its row, the texts are kept beside the numbers.
    """

    split: Split
    settings: DedupSettings
    target: str


def print_schema(*, texts: bool) -> pa.Schema:
    """Return the columns of a file of fingerprints, one row for each document.

    `row` is the document's row in the file its text is in, `identity` a hash of its id, `content` one of its words,
    `words` counts them and `runs` its shingles with repetitions; `postings` is the sample of them, `posted_n` how many
    of these a text would have that posts one shingle in n, `level` which of these the document is.
    """
    import pyarrow as pa

    columns: dict[str, pa.DataType] = {
        "row": pa.int32(),
        "id": pa.string(),
        "identity": pa.uint64(),
        "site": pa.string(),
        "published": pa.string(),
        "characters": pa.int64(),
        "words": pa.float32(),
        "runs": pa.int32(),
        "content": pa.uint64(),
        "level": pa.int8(),
        **{f"posted_{share}": pa.int32() for _, share in LEVELS},
        "postings": pa.list_(pa.field("hash", pa.uint64(), nullable=False)),
    }
    return pa.schema({**columns, "text": pa.string()} if texts else columns)


def fingerprint(task: FingerprintTask) -> int:
    """Write the fingerprints of one work file; return the number of documents (0 where the file was there already)."""
    return _write(task.target, lambda: _kept(task), task.settings.shingle_words, task.source)


def fingerprint_split(task: SplitTask) -> int:
    """Write the fingerprints of one split; return the number of documents (0 where the file was there already)."""
    texts = task.split.files[0].path if holds_texts(task.split) else ""
    return _write(task.target, lambda: read_texts(task.split), task.settings.shingle_words, texts)


def shard_of(prints: str, *, indexed: bool = False) -> Shard:
    """Return a file of fingerprints with the file that holds the texts, by its own account."""
    import pyarrow.parquet as pq

    note = pq.read_metadata(prints).metadata or {}
    return Shard(prints, note[b"texts"].decode() or prints, indexed)


def count_rows(prints: str) -> int:
    """Return how many documents a file of fingerprints has."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(prints).num_rows)


def read_failures(prints: str) -> Counter[str]:
    """Return how many rows of a split were no documents, by reason."""
    import pyarrow.parquet as pq

    note = (pq.read_metadata(prints).metadata or {}).get(b"failed", b"{}")
    return Counter(json.loads(note))


def _kept(task: FingerprintTask) -> Iterator[Texts]:
    """Yield the documents of a work file that stay."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(task.source) as source:
        twins = pq.read_table(task.twins, columns=["shard", "row"])
        taken = set(zip(*(column.to_pylist() for column in twins.columns), strict=True))
        first = 0
        columns = ["shard", "row", "status", "id", "text", "site", "published"]
        for batch in source.iter_batches(_BATCH, columns=columns, use_threads=False):
            shards, rows, status = (batch.column(n).to_pylist() for n in range(3))
            kept = np.array(
                [s == "kept" and (n, row) not in taken for n, row, s in zip(shards, rows, status, strict=True)]
            )
            here: Any = batch.filter(pa.array(kept, pa.bool_()))
            ids, texts, sites, days = (here.column(name) for name in columns[3:])
            yield Texts(pa.array(first + np.flatnonzero(kept), pa.int32()), ids, texts, sites, days)
            first += batch.num_rows


def _write(target: str, read: Callable[[], Iterator[Texts]], size: int, texts: str) -> int:
    import pyarrow.parquet as pq

    schema = print_schema(texts=not texts)
    count = 0

    def write(path: Path) -> None:
        nonlocal count
        failed: Counter[str] = Counter()
        with pq.ParquetWriter(path, schema, compression="lz4") as writer:
            for batch in read():
                failed += batch.failed
                if len(batch.rows):
                    writer.write_table(_table(batch, size, schema))
                    count += len(batch.rows)
            writer.add_key_value_metadata({"failed": json.dumps(failed, sort_keys=True), "texts": texts})

    commit(Path(target), write)
    return count


def _table(batch: Texts, size: int, schema: pa.Schema) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    texts = batch.texts.to_pylist()
    found = sketch(texts, size)
    posted = found.posted()
    columns: dict[str, Any] = {
        "row": batch.rows,
        "id": batch.ids,
        "identity": hash_strings(batch.ids),
        "site": batch.sites,
        "published": batch.days,
        "characters": np.fromiter(map(len, texts), np.int64, len(texts)),
        "words": found.words,
        "runs": found.runs,
        "content": found.content,
        "level": found.levels(),
        **{f"posted_{share}": posted[:, n] for n, (_, share) in enumerate(LEVELS)},
        "postings": pa.ListArray.from_arrays(pa.array(found.offsets, pa.int32()), pa.array(found.hashes)),
        "text": batch.texts,
    }
    arrays: dict[str, Any] = {name: pa.array(values) for name, values in columns.items()}
    return pa.table([arrays[name].cast(schema.field(name).type) for name in schema.names], schema=schema)
