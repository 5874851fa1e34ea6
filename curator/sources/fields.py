"""A row of JSONL or Parquet to a document: which fields mean what."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from curator.document import Document, Failure

__all__ = ["TEXT_FIELDS", "document_of"]

# `html` first: where a row has both, the page is the source and the text somebody's extraction of it.
TEXT_FIELDS = ("html", "text")
_NAMES = {"date": "date", "published": "date", "lang": "language", "language": "language"}
_PLAIN = ("url", "title", "site", "license", "retrieved_at")


def document_of(row: Mapping[str, Any], origin: str) -> Document | Failure:
    """Return the document of one row; its id is the row's, else the origin. Unknown fields are carried through."""
    identity = row.get("id")
    name = origin if identity in (None, "") else str(identity)
    present = [field for field in TEXT_FIELDS if row.get(field) is not None]
    if not present:
        known = [field for field in TEXT_FIELDS if field in row]
        if known:
            return Failure(origin, "null-text", f"`{known[0]}` is null", name)
        return Failure(
            origin, "no-text-field", f"neither `text` nor `html` among {', '.join(map(str, row)) or 'nothing'}", name
        )
    field = next((f for f in present if row[f]), present[0])
    content = row[field]
    if not isinstance(content, str | bytes):
        return Failure(origin, "not-text", f"`{field}` is {type(content).__name__}, not a string", name)
    values: dict[str, Any] = {f: _text(row[f]) for f in _PLAIN if row.get(f) is not None}
    for source, target in _NAMES.items():
        if row.get(source) is not None:
            values.setdefault(target, _text(row[source]))
    read = {"id", *TEXT_FIELDS, *_PLAIN, *_NAMES}
    extra = {str(k): v for k, v in row.items() if k not in read}
    return Document(name, content, "html" if field == "html" else "text", origin, extra=extra, **values)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime.date | datetime.datetime) else str(value)
