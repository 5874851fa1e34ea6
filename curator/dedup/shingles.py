"""A text as the set of its word n-grams, hashed."""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["content_hash", "shingles", "tokens"]

# Scripts without spaces: every character is a token of its own.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(f"[{_UNSPACED}]|[^\\W{_UNSPACED}]+")
# Odd 64-bit constants (splitmix64): fixed, so that hashes mean the same in every run and index.
_MIX_1, _MIX_2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_STEP = 0x9E3779B97F4A7C15


def tokens(text: str) -> list[str]:
    """Return the words of a text, lower case; marks that only some sites write (accents stay) do not matter.

    >>> tokens("The “Dam” — 2 gates.")
    ['the', 'dam', '2', 'gates']
    """
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).lower())


def content_hash(words: list[str]) -> str:
    """Return a 128-bit hash of a sequence of words: equal for texts that differ in case and punctuation only."""
    return hashlib.blake2b("\0".join(words).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@functools.lru_cache(maxsize=200_000)
def _word_hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def shingles(words: list[str], size: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return the hashes of all runs of `size` words, sorted, each once; a shorter text is one run.

    The set's Jaccard similarity is the similarity of the texts (Broder 1997).
    """
    import numpy as np

    if not words:
        return np.empty(0, dtype=np.uint64)
    hashes = np.fromiter((_word_hash(word) for word in words), dtype=np.uint64, count=len(words))
    width = min(size, len(words))
    count = len(words) - width + 1
    mixed = np.full(count, min(size, len(words)), dtype=np.uint64)
    for place in range(width):
        mixed = (mixed + np.uint64(_STEP)) * np.uint64(_MIX_1)
        mixed ^= hashes[place : place + count]
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(_MIX_2)
        mixed ^= mixed >> np.uint64(32)
    return np.unique(mixed)
