"""Parquet: one article per row, read in batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from curator.document import Document, Failure
from curator.sources.fields import TEXT_FIELDS, document_of
from curator.sources.model import PARTS, SourceFile, Split
from curator.sources.places import is_url, open_bytes

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["SUFFIXES", "read", "splits"]

SUFFIXES = (".parquet",)
_BATCH = 256  # rows
_BUFFER = 1 << 20  # bytes of a column read ahead: a row group can be larger than memory


def splits(file: SourceFile, documents: int, *, divide: bool = True) -> list[Split]:  # noqa: ARG001  (every format's)
    """Return splits of `documents` rows each; of more where row groups are large, as each split reads its own through.

    Raises:
        ValueError: not Parquet, or no column holds text.
    """
    with _open(file.path) as table:
        names = table.schema_arrow.names
        metadata = table.metadata
        rows = metadata.num_rows
        largest = max((metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)), default=0)
    if not any(field in names for field in TEXT_FIELDS):
        raise ValueError(f"no column `text` or `html` among {', '.join(names)}")
    step = max(documents, largest // PARTS)
    return [Split("parquet", (file,), start, min(start + step, rows)) for start in range(0, rows, step)]


def read(split: Split) -> Iterator[Document | Failure]:
    """Yield one document per row of the split; rows are numbered from 1. A broken row group costs no other one."""
    file, stop = split.files[0], split.stop or 0
    with _open(file.path) as table:
        row = 0
        for group in range(table.metadata.num_row_groups):
            rows = table.metadata.row_group(group).num_rows
            if row + rows > split.start and row < stop:
                number = row
                try:
                    for batch in table.iter_batches(_BATCH, row_groups=[group]):
                        if number + batch.num_rows > split.start and number < stop:
                            for position, values in enumerate(batch.to_pylist(), number):
                                if split.start <= position < stop:
                                    yield document_of(values, f"{file.origin}:{position + 1}")
                        number += batch.num_rows
                        if number >= stop:
                            break
                except (OSError, ValueError) as error:
                    first, last = max(number, split.start) + 1, min(row + rows, stop)
                    if first <= last:
                        detail = f"rows {first} to {last}: {type(error).__name__}: {error}"
                        yield Failure(f"{file.origin}:{first}", "broken-rows", detail)
            row += rows


def _open(path: str) -> pq.ParquetFile:
    import pyarrow.parquet as pq

    place: Any = open_bytes(path) if is_url(path) else path
    return pq.ParquetFile(place, pre_buffer=False, buffer_size=_BUFFER)
