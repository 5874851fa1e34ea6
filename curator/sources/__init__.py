"""Anything to documents: one module per format, one registry, and the plan of who reads what.

A format lists its splits (parts of a file that one task reads) and reads one split. Everything that goes wrong with a
row or a file becomes a Failure with its reason; reading never stops a run.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from curator.document import Document, Failure
from curator.sources import files, jsonl, parquet
from curator.sources.model import SourceFile, Split

__all__ = ["FORMATS", "format_of", "read_split", "splits_of"]

FORMATS: dict[str, ModuleType] = {"files": files, "jsonl": jsonl, "parquet": parquet}


def format_of(name: str) -> str | None:
    """Return the format a file name tells, or None.

    >>> format_of("a/b.jsonl.gz"), format_of("b.HTM"), format_of("b.md")
    ('jsonl', 'files', None)
    """
    lower = name.lower()
    return next((form for form, module in FORMATS.items() if lower.endswith(module.SUFFIXES)), None)


def splits_of(file: SourceFile, documents: int) -> list[Split]:
    """Return the splits of one row file, of about `documents` rows each; a broken file is one split that says so."""
    module = FORMATS[file.format]
    try:
        found: list[Split] = module.splits(file, documents)
    except (OSError, ValueError) as error:
        return [Split("broken", (file,), detail=f"{type(error).__name__}: {error}")]
    return found


def read_split(split: Split) -> Iterator[Document | Failure]:
    """Yield the documents of a split, and a failure for each row that is none."""
    if split.format == "broken":
        yield Failure(split.files[0].origin, "broken-file", split.detail)
        return
    try:
        yield from FORMATS[split.format].read(split)
    except (OSError, ValueError, EOFError) as error:
        # The file broke off while it was read: what came before stands, the rest is named.
        yield Failure(split.files[0].origin, "broken-file", f"{type(error).__name__}: {error}")
