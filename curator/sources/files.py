"""One article per file: pages and texts, told apart by their content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from curator.document import Document, Failure
from curator.sources.model import SourceFile, Split

__all__ = ["SUFFIXES", "group", "read", "splits"]

SUFFIXES = (".txt", ".text", ".html", ".htm", ".xhtml")
_MAX_SPLIT = 64 << 20  # bytes
_MAX_FILE = 1 << 30  # bytes; `clean.max_bytes` judges what can be held in memory


def splits(file: SourceFile, documents: int) -> list[Split]:  # noqa: ARG001  (the signature of every format)
    """Return one split: an article is not divided."""
    return [Split("files", (file,))]


def group(files: Sequence[SourceFile], documents: int) -> list[Split]:
    """Return splits of up to `documents` files and 64 MB each, in the order given."""
    grouped: list[Split] = []
    pending: list[SourceFile] = []
    size = 0
    for file in files:
        if pending and (len(pending) >= documents or size + file.size > _MAX_SPLIT):
            grouped.append(Split("files", tuple(pending)))
            pending, size = [], 0
        pending.append(file)
        size += file.size
    if pending:
        grouped.append(Split("files", tuple(pending)))
    return grouped


def read(split: Split) -> Iterator[Document | Failure]:
    """Yield one document per file."""
    for file in split.files:
        try:
            if file.size > _MAX_FILE:
                yield Failure(file.origin, "too-large", f"{file.size:,} bytes, more than {_MAX_FILE:,}")
                continue
            content = Path(file.path).read_bytes()
        except OSError as error:
            yield Failure(file.origin, "unreadable", str(error.strerror or error))
            continue
        yield Document(file.origin, content, origin=file.origin)
