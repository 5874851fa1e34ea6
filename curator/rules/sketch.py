"""Counting different values in little memory: the smallest hashes of those that were seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

__all__ = ["Sketch", "distinct", "hash_of", "sketch_of", "union"]

Sketch = tuple[int, ...]

# Values a sketch keeps: exact below, within 13 % (one standard deviation) above.
_SKETCH = 64
_HASHES = 1 << 64


def distinct(sketch: Sketch) -> float:
    """Return how many different values a sketch has seen: exact below 64, an estimate above.

    Source: k minimum values, Bar-Yossef and others, Counting distinct elements in a data stream, RANDOM 2002.

    >>> distinct((3, 5, 9))
    3
    """
    return len(sketch) if len(sketch) < _SKETCH else (_SKETCH - 1) * _HASHES / (sketch[-1] + 1)


def hash_of(text: str) -> int:
    """Return 64 bits of a text that are the same in every process, which those of Python's own hash are not."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def sketch_of(values: Iterable[int]) -> Sketch:
    """Return the sketch of some hashes."""
    return tuple(sorted(set(values))[:_SKETCH])


def union(one: Sketch, other: Sketch) -> Sketch:
    """Return the sketch of all that either has seen."""
    if len(one) == _SKETCH and other[0] > one[-1]:
        return one
    return sketch_of((*one, *other))
