"""JSON lines, plain, gzip or Zstandard: one article per line, read line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from curator.document import Document, Failure
from curator.sources.fields import document_of
from curator.sources.model import LARGEST, PARTS, WHOLE, SourceFile, Split
from curator.sources.places import is_url, open_bytes

__all__ = ["SUFFIXES", "read", "splits"]

SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst")
_CHUNK = 4 << 20  # bytes
# Where a compressed file breaks off, the chunk in which it does is lost.
_UNPACKED = 64 << 10  # bytes
_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}


def splits(file: SourceFile, documents: int, *, divide: bool = True) -> list[Split]:
    """Return splits of `documents` lines each; of a compressed file fewer, and only where it is large."""
    if _compression(file.path):
        return _packed_splits(file, documents) if divide and file.size >= WHOLE else [Split("jsonl", (file,))]
    found: list[Split] = []
    start = offset = line = position = 0
    with open_bytes(file.path) as stream:
        while chunk := stream.read(_CHUNK):
            count = chunk.count(b"\n")
            if line + count - start < documents:  # no split ends here: no need to know where the lines do
                line, position = line + count, position + len(chunk)
                continue
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


def _packed_splits(file: SourceFile, documents: int) -> list[Split]:
    lines = 0
    try:
        for chunk in _chunks(file.path, 0):
            lines += chunk.count(b"\n")
    except OSError:  # it breaks off: the last split will meet that place and say so
        pass
    step = max(documents, -(-lines // PARTS))
    starts = range(0, max(lines, 1), step)
    return [Split("jsonl", (file,), n, None if n == starts[-1] else n + step) for n in starts]


def read(split: Split) -> Iterator[Document | Failure]:
    """Yield one document per line; blank lines are none, a broken line is a failure with its number (from 1)."""
    file = split.files[0]
    for number, line in enumerate(_lines(split), split.start + 1):
        if split.stop is not None and number > split.stop:
            return
        origin = f"{file.origin}:{number}"
        if line is None:
            yield Failure(origin, "too-large", f"a line of more than {LARGEST:,} bytes")
        elif line.strip():
            yield _document(line, origin)
        if number == split.stop:
            return


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
    path = split.files[0].path
    before = split.start if _compression(path) else 0  # lines to pass over: nobody can seek in a compressed file
    pending, skipping = b"", False
    for chunk in _chunks(path, split.offset):
        if before:
            count = chunk.count(b"\n")
            if count < before:
                before -= count
                continue
            chunk, before = chunk.split(b"\n", before)[-1], 0
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            yield None if skipping or len(line) > LARGEST else line
            skipping = False
        if len(pending) > LARGEST:
            pending, skipping = b"", True
    if pending or skipping:
        yield None if skipping else pending


def _chunks(path: str, offset: int) -> Iterator[bytes]:
    import pyarrow as pa

    compression = _compression(path)
    place: Any = open_bytes(path) if is_url(path) else path
    with pa.input_stream(place, compression=compression) as stream:
        if offset:
            stream.seek(offset)
        while chunk := stream.read(_UNPACKED if compression else _CHUNK):
            yield chunk


def _compression(path: str) -> Any:
    return next((name for suffix, name in _COMPRESSIONS.items() if path.lower().endswith(suffix)), None)
