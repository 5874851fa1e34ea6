"""JSON lines, plain, gzip or Zstandard: one article per line, read line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from curator.document import Document, Failure
from curator.sources.fields import document_of
from curator.sources.model import SourceFile, Split

__all__ = ["SUFFIXES", "read", "splits"]

SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst")
_CHUNK = 4 << 20  # bytes
_MAX_LINE = 64 << 20  # bytes; a longer one is no article
_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}


def splits(file: SourceFile, documents: int) -> list[Split]:
    """Return splits of `documents` lines each; a compressed file is one split, as nobody can seek in it."""
    if _compression(file.path):
        return [Split("jsonl", (file,))]
    found: list[Split] = []
    start = offset = line = position = 0
    with open(file.path, "rb") as stream:  # noqa: PTH123  (bytes, read in chunks)
        while chunk := stream.read(_CHUNK):
            at = chunk.find(b"\n")
            while at >= 0:
                line += 1
                if line - start == documents:
                    found.append(Split("jsonl", (file,), start, line, offset))
                    start, offset = line, position + at + 1
                at = chunk.find(b"\n", at + 1)
            position += len(chunk)
    if position > offset or not found:
        found.append(Split("jsonl", (file,), start, None, offset))
    return found


def read(split: Split) -> Iterator[Document | Failure]:
    """Yield one document per line; blank lines are none, a broken line is a failure with its number (from 1)."""
    file = split.files[0]
    for number, line in enumerate(_lines(split), split.start + 1):
        if split.stop is not None and number > split.stop:
            return
        origin = f"{file.origin}:{number}"
        if line is None:
            yield Failure(origin, "too-large", f"a line of more than {_MAX_LINE:,} bytes")
        elif line.strip():
            yield _document(line, origin)


def _document(line: bytes, origin: str) -> Document | Failure:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Failure(origin, "broken-line", f"not JSON: {error}")
    if not isinstance(row, dict):
        return Failure(origin, "broken-line", f"a JSON {type(row).__name__}, not an object")
    return document_of(row, origin)


def _lines(split: Split) -> Iterator[bytes | None]:
    """Yield the lines of a split without their breaks, None for one that is too long to hold."""
    import pyarrow as pa

    file = split.files[0]
    pending, skipping = b"", False
    with pa.input_stream(file.path, compression=_compression(file.path)) as stream:
        if split.offset:
            stream.seek(split.offset)
        while chunk := stream.read(_CHUNK):
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                yield None if skipping or len(line) > _MAX_LINE else line
                skipping = False
            if len(pending) > _MAX_LINE:
                pending, skipping = b"", True
    if pending or skipping:
        yield None if skipping else pending


def _compression(path: str) -> Any:
    return next((name for suffix, name in _COMPRESSIONS.items() if path.lower().endswith(suffix)), None)
