"""What sources share: a file that was found, and the part of it that one task reads."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SourceFile", "Split"]


@dataclass(frozen=True, slots=True, order=True)
class SourceFile:
    """One input file. `origin` is its name in the corpus, the same wherever the input folder lies."""

    origin: str
    path: str
    format: str
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Split:
    """What one task reads: whole files, or the rows `start` up to `stop` of one file.

    `offset` is where row `start` begins, in bytes, for formats that can seek. `detail` tells what is wrong with a split
    of format "broken".
    """

    format: str
    files: tuple[SourceFile, ...]
    start: int = 0
    stop: int | None = None
    offset: int = 0
    detail: str = ""
