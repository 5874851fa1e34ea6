"""What sources share: a file that was found, and the part of it that one task reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["LARGEST", "PARTS", "WHOLE", "SourceFile", "Split"]

# Bytes of one line or member; what is larger is no article, and must not fill the memory.
LARGEST = 64 << 20
# A compressed file smaller than this is one split: nobody can seek in it, so each of its splits unpacks what lies
# before it. Larger ones get at most PARTS splits: unpacking runs at hundreds of MB/s, cleaning at one or two.
WHOLE = 256 << 20  # bytes
PARTS = 16


@dataclass(frozen=True, slots=True, order=True)
class SourceFile:
    """One input file. `origin` is its name in the corpus, the same wherever the input folder lies.

    `path` is a path of this machine or a URL that fsspec reads.
    """

    origin: str
    path: str
    format: str
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Split:
    """What one task reads: whole files, or the rows `start` up to `stop` of one file.

    `offset` is where row `start` begins, in bytes, for formats that can seek; in a web archive `stop` is where the next
    split begins, in bytes as well. `detail` tells what is wrong with a split of format "broken". Of a split
    with a `limit` only so many rows are read.
    """

    format: str
    files: Sequence[SourceFile]
    start: int = 0
    stop: int | None = None
    offset: int = 0
    detail: str = ""
    limit: int | None = None
