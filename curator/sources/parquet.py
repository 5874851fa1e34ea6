"""Parquet: one article per row, read in batches."""

from __future__ import annotations

from collections.abc import Iterator

from curator.document import Document, Failure
from curator.sources.fields import TEXT_FIELDS, document_of
from curator.sources.model import SourceFile, Split

__all__ = ["SUFFIXES", "read", "splits"]

SUFFIXES = (".parquet",)
_BATCH = 256  # rows


def splits(file: SourceFile, documents: int) -> list[Split]:
    """Return splits of `documents` rows each.

    Raises:
        ValueError: not Parquet, or no column holds text.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(file.path) as table:
        names = table.schema_arrow.names
        rows = table.metadata.num_rows
    if not any(field in names for field in TEXT_FIELDS):
        raise ValueError(f"no column `text` or `html` among {', '.join(names)}")
    return [Split("parquet", (file,), start, min(start + documents, rows)) for start in range(0, rows, documents)]


def read(split: Split) -> Iterator[Document | Failure]:
    """Yield one document per row of the split; rows are numbered from 1."""
    import pyarrow.parquet as pq

    file, stop = split.files[0], split.stop or 0
    with pq.ParquetFile(file.path) as table:
        row = 0
        for group in range(table.metadata.num_row_groups):
            rows = table.metadata.row_group(group).num_rows
            if row + rows > split.start and row < stop:
                number = row
                for batch in table.iter_batches(_BATCH, row_groups=[group]):
                    if number + batch.num_rows > split.start and number < stop:
                        for position, values in enumerate(batch.to_pylist(), number):
                            if split.start <= position < stop:
                                yield document_of(values, f"{file.origin}:{position + 1}")
                    number += batch.num_rows
            row += rows
