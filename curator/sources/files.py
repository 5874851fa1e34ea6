"""One article per file: pages and texts, told apart by their content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from curator.document import Document, Failure
from curator.sources.listing import FileList
from curator.sources.model import SourceFile, Split
from curator.sources.places import open_bytes

__all__ = ["SUFFIXES", "group", "read", "splits"]

_PLAIN = (".txt", ".text", ".html", ".htm", ".xhtml")
SUFFIXES = (*_PLAIN, *(f"{suffix}.gz" for suffix in _PLAIN))  # inflated, with a cap, by who cleans them
_MAX_SPLIT = 64 << 20  # bytes
_MAX_FILE = 1 << 30  # bytes; `clean.max_bytes` judges what can be held in memory


def splits(file: SourceFile, documents: int, *, divide: bool = True) -> list[Split]:  # noqa: ARG001  (every format's)
    """Return one split: an article is not divided."""
    return [Split("files", (file,))]


def group(files: Iterable[SourceFile], documents: int) -> list[Split]:
    """Return splits of up to `documents` files and 64 MB each, in the order given."""
    grouped: list[Split] = []
    pending: list[SourceFile] = []
    size = 0
    for file in files:
        if pending and (len(pending) >= documents or size + file.size > _MAX_SPLIT):
            grouped.append(Split("files", FileList(pending)))
            pending, size = [], 0
        pending.append(file)
        size += file.size
    if pending:
        grouped.append(Split("files", FileList(pending)))
    return grouped


def read(split: Split) -> Iterator[Document | Failure]:
    """Yield one document per file."""
    for file in split.files:
        try:
            if file.size > _MAX_FILE:
                yield Failure(file.origin, "too-large", f"{file.size:,} bytes, more than {_MAX_FILE:,}")
                continue
            with open_bytes(file.path) as stream:
                content = stream.read()
        except OSError as error:
            yield Failure(file.origin, "unreadable", str(error.strerror or error))
            continue
        yield Document(file.origin, content, origin=file.origin)
