"""The first task of deduplication: each document of a shard as the few numbers that are compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.dedup.shingles import LEVELS, hash_strings, sketch
from curator.dedup.texts import Texts, holds_texts, read_texts
from curator.settings import DedupSettings
from curator.sources.model import Split

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FingerprintTask", "SplitTask", "fingerprint", "fingerprint_split", "print_schema", "read_failures"]


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
    `words` counts them and `runs` its shingles with repetitions; `postings` the sample of its shingles, `posted_n` how many
    of them a text would have that posts one shingle in n, `level` which of these the document is.
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
    return _write(task.target, lambda: _kept(task), task.settings.shingle_words, texts=False)


def fingerprint_split(task: SplitTask) -> int:
    """Write the fingerprints of one split; return the number of documents (0 where the file was there already)."""
    texts = not holds_texts(task.split)
    return _write(task.target, lambda: read_texts(task.split), task.settings.shingle_words, texts=texts)


def read_failures(prints: str) -> Counter[str]:
    """Return how many rows of a split were no documents, by reason."""
    import pyarrow.parquet as pq

    note = (pq.read_metadata(prints).metadata or {}).get(b"failed", b"{}")
    return Counter(json.loads(note))


def _kept(task: FingerprintTask) -> Iterator[Texts]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    with pq.ParquetFile(task.source) as source:
        shard = source.read_row_group(0, columns=["shard"]).column(0)[0].as_py() if source.metadata.num_rows else 0
        twins = pq.read_table(task.twins, columns=["row"], filters=[("shard", "=", shard)]).column("row")
        place = 0
        for batch in source.iter_batches(2_000, columns=["row", "id", "status", "text", "site", "published"]):
            wanted = pc.and_(
                pc.equal(batch.column("status"), "kept"),
                pc.invert(pc.is_in(batch.column("row"), value_set=twins.combine_chunks())),
            )
            rows = pa.array(np.arange(place, place + batch.num_rows, dtype=np.int32)).filter(wanted)
            kept = batch.filter(wanted)
            yield Texts(rows, *(kept.column(name) for name in ("id", "text", "site", "published")))
            place += batch.num_rows


def _write(target: str, read: Callable[[], Iterator[Texts]], size: int, *, texts: bool) -> int:
    import pyarrow.parquet as pq

    schema = print_schema(texts=texts)
    count = 0

    def write(path: Path) -> None:
        nonlocal count
        failed: Counter[str] = Counter()
        # Hashes do not compress; of the rest lz4 makes little, and costs little.
        with pq.ParquetWriter(path, schema, compression=_COMPRESSION, use_dictionary=["site", "published"]) as writer:
            for batch in read():
                failed += batch.failed
                if batch.rows:
                    writer.write_table(_table(batch, size, schema))
                    count += len(batch.rows)
            writer.add_key_value_metadata({"failed": json.dumps(failed, sort_keys=True)})

    commit(Path(target), write)
    return count


_COMPRESSION = "lz4"


def _table(batch: Texts, size: int, schema: pa.Schema) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    ids = batch.ids if isinstance(batch.ids, pa.Array) else pa.array(batch.ids, pa.string())
    texts = batch.texts if isinstance(batch.texts, pa.Array) else pa.array(batch.texts, pa.string())
    found = sketch(batch.texts.to_pylist() if isinstance(batch.texts, pa.Array) else batch.texts, size)
    posted = found.posted()
    columns: dict[str, Any] = {
        "row": batch.rows,
        "id": ids,
        "identity": hash_strings(ids),
        "site": batch.sites,
        "published": batch.days,
        "characters": pc.utf8_length(texts),
        "words": found.words,
        "runs": found.runs,
        "content": found.content,
        "level": found.levels(),
        **{f"posted_{share}": posted[:, n] for n, (_, share) in enumerate(LEVELS)},
        "postings": pa.ListArray.from_arrays(pa.array(found.offsets, pa.int32()), pa.array(found.hashes)),
        "text": texts,
    }
    arrays = {name: c if isinstance(c, pa.Array) else pa.array(c) for name, c in columns.items()}
    return pa.table([arrays[name].cast(schema.field(name).type) for name in schema.names], schema=schema)
