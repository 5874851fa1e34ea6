"""Arrow files, as `datasets` saves a dataset to a folder: one article per row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from curator.document import Document, Failure
from curator.sources.fields import TEXT_FIELDS, document_of
from curator.sources.model import SourceFile, Split
from curator.sources.places import is_url, open_bytes

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SUFFIXES", "read", "splits"]

SUFFIXES = (".arrow",)
_BATCH = 256  # rows


def splits(file: SourceFile, documents: int, *, divide: bool = True) -> list[Split]:  # noqa: ARG001  (every format's)
    """Return splits of `documents` rows each.

    Raises:
        ValueError: not an Arrow file, or no column holds text.
    """
    with _batches(file.path) as (schema, batches):
        rows = sum(batch.num_rows for batch in batches)
    if not any(field in schema.names for field in TEXT_FIELDS):
        raise ValueError(f"no column `text` or `html` among {', '.join(schema.names)}")
    return [Split("arrow", (file,), start, min(start + documents, rows)) for start in range(0, rows, documents)]


def read(split: Split) -> Iterator[Document | Failure]:
    """Yield one document per row of the split; rows are numbered from 1."""
    file, stop = split.files[0], split.stop or 0
    row = 0
    with _batches(file.path) as (_, batches):
        for batch in batches:
            if row >= stop:
                return
            first, past = max(split.start - row, 0), min(stop - row, batch.num_rows)
            for start in range(first, past, _BATCH):
                values = batch.slice(start, min(_BATCH, past - start)).to_pylist()
                for position, row_values in enumerate(values, row + start):
                    yield document_of(row_values, f"{file.origin}:{position + 1}")
            row += batch.num_rows


@contextmanager
def _batches(path: str) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    """Open an Arrow stream, which `datasets` writes, or an Arrow file; on this machine nothing is copied to memory."""
    import pyarrow as pa

    place: Any = open_bytes(path) if is_url(path) else pa.memory_map(path)
    with place as source:
        magic = source.read(6)
        source.seek(0)
        if magic == b"ARROW1":
            table = pa.ipc.open_file(source)
            yield table.schema, (table.get_batch(n) for n in range(table.num_record_batches))
        else:
            stream = pa.ipc.open_stream(source)
            yield stream.schema, iter(stream)
