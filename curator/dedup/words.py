"""Texts as words: folded (see `fold`), cut, and hashed, many texts at once.

In scripts without spaces every character is a word of its own; how many make up a word of others is known on average.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curator.dedup.fold import ALPHABETIC, CHARACTER, IDEOGRAPHIC, fold_table
from curator.dedup.hashing import hash_runs, offsets_of

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["CasedWords", "Words", "cased_words", "characters_of", "count_words", "hash_words", "tokens"]

# Characters per word: news text has 1.6 in Chinese and 2 in Japanese, 4 to 5 in Thai, Khmer and Burmese.
_IDEOGRAPHIC_WORD, _ALPHABETIC_WORD = 2, 4
_UNSPACED = IDEOGRAPHIC | ALPHABETIC
_CASED = 0x590  # the scripts that have capitals lie below, but for a few that news is not written in
_ENDS_SENTENCE = '.!?:\n"“”„«»‘`'


@dataclass(frozen=True, slots=True)
class Words:
    """The words of some texts: their hashes, where each text's begin, and which begin with a digit.

    `kinds` are the flags of their scripts, or None where no text is of an unspaced script.
    """

    hashes: Array
    bounds: Array
    figures: Array
    kinds: Array | None


@dataclass(frozen=True, slots=True)
class CasedWords:
    """The words of some texts: their hashes, where each text's begin, and which begin with a capital in a sentence."""

    hashes: Array
    bounds: Array
    names: Array


def tokens(text: str) -> list[str]:
    """Return the words of a text as deduplication compares them.

    >>> tokens("The “Dam” — 2 gates.")
    ['the', 'dam', '2', 'gates']
    """
    import numpy as np

    folded, _, flags = _folded(_normal([text]))
    begins, ends = _cut(folded, flags)
    characters = "".join(map(chr, (folded.astype(np.uint32) & np.uint32(CHARACTER)).tolist()))
    return [characters[a:b] for a, b in zip(begins.tolist(), ends.tolist(), strict=True)]


def hash_words(texts: Sequence[str]) -> Words:
    """Return the words of texts, as hashes."""
    import numpy as np

    folded, starts, flags = _folded(_normal(texts))
    begins, ends = _cut(folded, flags)
    initials = folded[begins]
    return Words(
        hash_runs(folded, begins, ends),
        np.searchsorted(begins, starts),
        (initials >= ord("0")) & (initials <= ord("9")),
        initials & np.uint32(_UNSPACED) if flags & _UNSPACED else None,
    )


def cased_words(texts: Sequence[str]) -> CasedWords:
    """Return the words of texts with their capitals; in scripts without spaces, each two neighbouring characters."""
    import numpy as np

    texts = _normal(texts)
    folded, starts, flags = _folded(texts)
    begins, ends = _cut(folded, flags)
    joined = _joined(texts)
    codes = np.minimum(np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4"), 0xFFFF)
    capitals = fold_table().spread(joined, _capitals()[codes])[begins]
    closing = offsets_of(fold_table().spread(joined, _closing()[codes]))
    opens = np.ones(len(begins), dtype=bool)  # whether a word begins a sentence
    opens[1:] = closing[begins[1:]] > closing[ends[:-1]]
    hashes = hash_runs(folded, begins, ends)
    bounds = np.searchsorted(begins, starts)
    if flags & _UNSPACED:
        alone = np.flatnonzero(folded[begins[:-1]] & np.uint32(_UNSPACED))
        alone = alone[(begins[alone + 1] == ends[alone]) & ~np.isin(alone + 1, bounds)]
        pairs = hashes.copy()
        pairs[alone] ^= hashes[alone + 1] << np.uint64(1)
        hashes = pairs
    return CasedWords(hashes, bounds, capitals & ~opens)


@functools.cache
def _capitals() -> Array:
    import numpy as np

    return np.array([chr(code).isupper() for code in range(_CASED)] + [False] * (0x10000 - _CASED))


@functools.cache
def _closing() -> Array:
    import numpy as np

    table = np.zeros(0x10000, dtype=bool)
    table[[ord(character) for character in _ENDS_SENTENCE]] = True
    return table


def _folded(texts: Sequence[str]) -> tuple[Array, Array, int]:
    """Return the folds of texts in NFC, where each begins (and the last one ends), and their flags."""
    import numpy as np

    starts = offsets_of(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    return fold_table().apply(_joined(texts), starts)


def _joined(texts: Sequence[str]) -> str:
    return "\n".join(texts) + "\n"


def _normal(texts: Sequence[str]) -> Sequence[str]:
    """Return texts in NFC."""
    if _joined(texts).isascii():
        return texts
    return [text if text.isascii() else unicodedata.normalize("NFC", text) for text in texts]


def _cut(folded: Array, flags: int) -> tuple[Array, Array]:
    """Return where words begin and end."""
    import numpy as np

    inside = np.zeros(len(folded) + 1, dtype=bool)
    np.not_equal(folded, 0, out=inside[1:])
    if not flags & _UNSPACED:
        edges = np.flatnonzero(inside[1:] != inside[:-1])
        return edges[::2], edges[1::2]  # as many: a text ends with a line break
    alone = np.zeros(len(folded) + 1, dtype=bool)
    np.not_equal(folded & np.uint32(_UNSPACED), 0, out=alone[1:])
    begins = inside[1:] & (~inside[:-1] | alone[1:] | alone[:-1])
    following = np.append(begins | ~inside[1:], True)[1:]  # what stands after this character begins a word or is none
    return np.flatnonzero(begins), np.flatnonzero(inside[1:] & following) + 1


def count_words(words: Words) -> Array:
    """Return how many words each text has; characters of unspaced scripts count as parts of one."""
    import numpy as np

    if words.kinds is None:
        return np.diff(words.bounds).astype(np.float64)
    weights = np.ones(len(words.kinds))
    weights[words.kinds == IDEOGRAPHIC] = 1 / _IDEOGRAPHIC_WORD
    weights[words.kinds == ALPHABETIC] = 1 / _ALPHABETIC_WORD
    return np.diff(np.concatenate(([0.0], np.cumsum(weights)))[words.bounds])


def characters_of(kinds: Array) -> Array:
    """Return how many tokens of these kinds make up a word."""
    import numpy as np

    counts = np.ones(len(kinds), dtype=np.int64)
    counts[kinds == IDEOGRAPHIC] = _IDEOGRAPHIC_WORD
    counts[kinds == ALPHABETIC] = _ALPHABETIC_WORD
    return counts
