"""Documents as they are, for deduplication alone: ids, texts and what the choice of a representative looks at."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from curator.document import Document, Failure
from curator.errors import InputError
from curator.extract.decode import decode, sniff_kind
from curator.extract.page import host_of
from curator.sources import read_split
from curator.sources.model import Split

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Texts", "day_of", "holds_texts", "read_texts"]

_BATCH = 2_000  # documents held at a time
_CHARACTERS = 8_000_000  # or as many as have this many characters together
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_TIME = re.compile(r"[T ,]*\d{1,2}:\d{2}.*", re.DOTALL)


@dataclass(slots=True)
class Texts:
    """Some documents of one file, as Arrow arrays; `rows` are their rows in the file that holds their texts."""

    rows: Any
    ids: Any
    texts: Any
    sites: Any
    days: Any
    failed: Counter[str] = field(default_factory=Counter)  # rows that are no documents, by reason


def holds_texts(split: Split) -> bool:
    """Return whether the texts of a split can be read again by row, from a plain column `text`."""
    return split.format == "parquet" and _plain_columns(split) is not None


def read_texts(split: Split) -> Iterator[Texts]:
    """Yield the documents of a split in batches."""
    if split.format == "parquet" and (columns := _plain_columns(split)):
        yield from _from_columns(split, columns)
        return
    rows: list[tuple[str, str, str | None, str | None]] = []
    failed: Counter[str] = Counter()
    size = count = 0
    for document in read_split(split):
        try:
            rows.append(_as_is(document))
        except InputError as error:
            failed[error.what] += 1
            continue
        size += len(rows[-1][1])
        if len(rows) == _BATCH or size > _CHARACTERS:
            yield _batch(rows, count, failed)
            count, rows, failed, size = count + len(rows), [], Counter(), 0
    yield _batch(rows, count, failed)


def _batch(rows: list[tuple[str, str, str | None, str | None]], first: int, failed: Counter[str]) -> Texts:
    import pyarrow as pa

    ids, texts, sites, days = (pa.array([row[n] for row in rows], pa.string()) for n in range(4))
    return Texts(pa.array(range(first, first + len(rows)), pa.int32()), ids, texts, sites, days, failed)


def _as_is(document: Document | Failure) -> tuple[str, str, str | None, str | None]:
    if isinstance(document, Failure):
        raise InputError(document.reason)
    try:
        text = document.content if isinstance(document.content, str) else decode(document.content, where="")
    except InputError:
        raise InputError("undecodable") from None
    if document.kind == "html" or (document.kind is None and sniff_kind(text) == "html"):
        raise InputError("html")
    return document.id, text, document.site or host_of(document.url), day_of(document.date)


def day_of(date: str | None) -> str | None:
    """Return the day of a date as YYYY-MM-DD, None where it cannot be told.

    >>> day_of("2024-05-01T10:00:00Z"), day_of("26-FEB-1987 15:01:01.79"), day_of("soon")
    ('2024-05-01', '1987-02-26', None)
    """
    if not date:
        return None
    plain = _ISO.search(date)
    return plain[0] if plain else _parsed(_TIME.sub("", date))


@functools.lru_cache(maxsize=100_000)
def _parsed(date: str) -> str | None:
    from curator.extract.dates import iso_day

    return iso_day(date)


def _plain_columns(split: Split) -> dict[str, str] | None:
    """Return which column to read for which field, None where rows must be looked at one by one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(split.files[0].path)
    except (OSError, ValueError):
        return None

    def plain(name: str) -> bool:
        kind = schema.field(name).type
        return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))

    if "html" in schema.names or "text" not in schema.names or not plain("text"):
        return None
    date = next((name for name in ("date", "published") if name in schema.names), None)
    wanted = {"text": "text", "id": "id", "site": "site", "url": "url"} | ({"date": date} if date else {})
    return {key: name for key, name in wanted.items() if name in schema.names}


def _from_columns(split: Split, columns: dict[str, str]) -> Iterator[Texts]:
    import pyarrow.parquet as pq

    file, stop = split.files[0], split.stop or 0
    with pq.ParquetFile(file.path) as table:
        first = 0
        for group in range(table.metadata.num_row_groups):
            rows = table.metadata.row_group(group).num_rows
            if first + rows > split.start and first < stop:
                number = first
                for batch in table.iter_batches(
                    _BATCH, row_groups=[group], columns=list(columns.values()), use_threads=False
                ):
                    low, high = max(split.start - number, 0), min(stop - number, batch.num_rows)
                    if low < high:
                        yield _texts(batch.slice(low, high - low), columns, number + low, file.origin)
                    number += batch.num_rows
            first += rows


def _texts(batch: pa.RecordBatch, columns: dict[str, str], first: int, origin: str) -> Texts:
    """Return the documents of a batch whose first row is number `first` of its file."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows: Any = pa.array(range(first, first + batch.num_rows), pa.int32())
    missing = batch.column(columns["text"]).null_count
    if missing:
        there = pc.is_valid(batch.column(columns["text"]))
        batch, rows = batch.filter(there), rows.filter(there)

    def column(key: str) -> Any:
        return batch.column(columns[key]).cast(pa.string()) if key in columns else pa.nulls(batch.num_rows, pa.string())

    ids = column("id")
    if ids.null_count or "" in ids.dictionary_encode().dictionary.to_pylist():
        pairs = zip(ids.to_pylist(), rows.to_pylist(), strict=True)
        ids = pa.array([name or f"{origin}:{row + 1}" for name, row in pairs], pa.string())
    sites = column("site")
    if sites.null_count and "url" in columns:
        sites = pc.coalesce(sites, _each(column("url"), host_of))
    failed = Counter({"null-text": missing}) if missing else Counter()
    return Texts(rows, ids, column("text"), sites, _each(column("date"), day_of), failed)


def _each(values: Any, function: Callable[[str | None], str | None]) -> Any:
    """Apply a function to each different value."""
    import pyarrow as pa

    encoded = values.dictionary_encode()
    return pa.array(map(function, encoded.dictionary.to_pylist()), pa.string()).take(encoded.indices)
