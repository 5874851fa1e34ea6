"""Anything to documents: one module per format, one registry, and the plan of who reads what.

A format lists its splits (parts of a file that one task reads) and reads one split. Everything that goes wrong with a
row or a file becomes a Failure with its reason; reading never stops a run. Which documents come out, under which ids
and in which order, does not depend on how a file was split.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator
from lzma import LZMAError
from tarfile import TarError
from types import ModuleType
from zipfile import BadZipFile

from curator.document import Document, Failure
from curator.sources import archive, arrow, files, jsonl, parquet, warc
from curator.sources.model import SourceFile, Split

__all__ = ["FORMATS", "format_of", "read_split", "splits_of"]

FORMATS: dict[str, ModuleType] = {
    "files": files,
    "jsonl": jsonl,
    "parquet": parquet,
    "arrow": arrow,
    "warc": warc,
    "archive": archive,
}
# What the libraries behind the formats raise for a file that is not what it says.
_BROKEN = (OSError, ValueError, EOFError, BadZipFile, TarError, LZMAError, zlib.error)


def format_of(name: str) -> str | None:
    """Return the format a file name tells, or None.

    >>> format_of("a/b.jsonl.gz"), format_of("b.HTM"), format_of("b.warc.wet.gz"), format_of("b.md")
    ('jsonl', 'files', 'warc', None)
    """
    lower = name.lower()
    if lower.rpartition("/")[2].startswith("cache-") and lower.endswith(arrow.SUFFIXES):
        return None  # what `datasets` left in a dataset's folder for itself
    return next((form for form, module in FORMATS.items() if lower.endswith(module.SUFFIXES)), None)


def splits_of(file: SourceFile, documents: int, *, divide: bool = True) -> list[Split]:
    """Return the splits of one file of many documents, of about `documents` each; a broken file is one that says so.

    Args:
        divide: whether a large file that must be read through to be divided is worth it.

    Raises:
        UsageError: reading the format takes an extra that is not installed.
    """
    module = FORMATS[file.format]
    try:
        found: list[Split] = module.splits(file, documents, divide=divide)
    except _BROKEN as error:
        return [Split("broken", (file,), detail=f"{type(error).__name__}: {error}")]
    return found


def read_split(split: Split) -> Iterator[Document | Failure]:
    """Yield the documents of a split, and a failure for each row that is none."""
    return itertools.islice(_rows(split), split.limit)


def _rows(split: Split) -> Iterator[Document | Failure]:
    if split.format == "broken":
        yield Failure(split.files[0].origin, "broken-file", split.detail)
        return
    try:
        yield from FORMATS[split.format].read(split)
    except _BROKEN as error:
        # The file broke off while it was read: what came before stands, the rest is named.
        yield Failure(split.files[0].origin, "broken-file", f"{type(error).__name__}: {error}")
