"""Texts as sets of word n-grams, hashed: many documents at once, in a handful of passes over arrays.

A text is folded (see `fold`), cut into words, and each run of `size` words becomes one hash. In scripts without spaces
every character is a word, and a run is as many characters as that many words have on average. Documents are similar as
far as their sets of hashes overlap (Broder 1997).
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curator.dedup.fold import ALPHABETIC, CHARACTER, IDEOGRAPHIC, fold_table

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, Any]

__all__ = ["HASH_BITS", "LEVELS", "Shingled", "hash_strings", "shingle", "sketch", "tokens"]

HASH_BITS = 53  # what is left of a 64-bit hash when it is packed with the number of its document
# A document posts the hashes below a threshold, so that two documents post the same part of what they share
# (FracMinHash, Irber et al. 2022): one in eight; shorter ones more, so that 12 can be expected. Least runs -> share.
LEVELS = ((96, 8), (48, 4), (24, 2), (0, 1))
# Characters per word: news text has 1.6 in Chinese and 2 in Japanese, 4 to 5 in Thai, Khmer and Burmese.
_IDEOGRAPHIC_WORD, _ALPHABETIC_WORD = 2, 4
# Characters taken on at once: what the passes write must stay in the processor's cache.
_CHUNK = 1 << 17
_CHUNK_DOCUMENTS = (1 << (64 - HASH_BITS)) - 1
_KEPT_BYTES = 32_000_000  # glibc's own limit is 32 MiB (M_MMAP_THRESHOLD, mallopt(3))

# Odd constants without structure (from the digits of pi and of splitmix64), fixed for good: an index keeps hashes.
_CHARACTER_BASE, _WORD_BASE = 0x243F6A8885A308D3, 0x13198A2E03707345
_MIX_1, _MIX_2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_TWO_64 = 1 << 64


@dataclass(frozen=True, slots=True)
class Shingled:
    """Documents as arrays.

    `content` is a hash of the words in their order, `tokens` and `words` count them (words: those of spaced scripts and
    what characters of unspaced ones make up), `runs` the shingles with repetitions. The distinct hashes of document n,
    sorted, are `hashes[offsets[n]:offsets[n + 1]]`, those of its numbers likewise (of figures that stand side by side each
    pair of neighbours is one number); a sketch has none.
    """

    content: Array
    tokens: Array
    words: Array
    runs: Array
    hashes: Array
    offsets: Array
    numbers: Array
    number_offsets: Array

    def of(self, document: int) -> Array:
        """Return the distinct hashes of one document."""
        return self.hashes[self.offsets[document] : self.offsets[document + 1]]

    def levels(self) -> Array:
        """Return the number of each document's level among LEVELS."""
        import numpy as np

        return np.searchsorted([-least for least, _ in LEVELS], -self.runs, side="left")

    def posted(self) -> Array:
        """Return how many hashes each document posts at each level: shape (documents, levels)."""
        import numpy as np

        documents = np.repeat(np.arange(len(self.runs)), np.diff(self.offsets))
        limits = [(1 << HASH_BITS) // share for _, share in LEVELS]
        counts = [np.bincount(documents[self.hashes < limit], minlength=len(self.runs)) for limit in limits]
        return np.stack(counts, axis=1)


def tokens(text: str) -> list[str]:
    """Return the words of a text as deduplication compares them.

    >>> tokens("The “Dam” — 2 gates.")
    ['the', 'dam', '2', 'gates']
    """
    import numpy as np

    folded, _, flags = _folded([text])
    begins, ends = _words(folded, flags)
    characters = "".join(map(chr, np.bitwise_and(folded, CHARACTER).tolist()))
    return [characters[a:b] for a, b in zip(begins.tolist(), ends.tolist(), strict=True)]


def sketch(texts: Sequence[str], size: int) -> Shingled:
    """Return documents with the sample of their shingles that they post."""
    return _all(texts, size, sample=True)


def shingle(texts: Sequence[str], size: int) -> Shingled:
    """Return documents with all their shingles.

    >>> n = shingle(["the gates of the dam opened", "The gates of the dam opened early"], 5)
    >>> [len(n.of(0)), len(n.of(1)), len(set(n.of(0).tolist()) & set(n.of(1).tolist()))]
    [2, 3, 2]
    """
    return _all(texts, size, sample=False)


def _all(texts: Sequence[str], size: int, *, sample: bool) -> Shingled:
    import numpy as np

    _reserve()
    parts = [_chunk(chunk, size, sample=sample) for chunk in _chunks(texts)]
    if len(parts) == 1:
        return parts[0]

    def joined(name: str) -> Array:
        return np.concatenate([getattr(part, name) for part in parts])

    def offsets(name: str) -> Array:
        return _offsets(np.concatenate([np.diff(getattr(part, name)) for part in parts]))

    counts = (joined(name) for name in ("content", "tokens", "words", "runs"))
    return Shingled(*counts, joined("hashes"), offsets("offsets"), joined("numbers"), offsets("number_offsets"))


def _chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut a list of texts into lists of about _CHUNK characters; there is at least one."""
    start = size = 0
    for n, length in enumerate(map(len, texts), 1):
        size += length
        if size >= _CHUNK or n - start == _CHUNK_DOCUMENTS:
            yield texts[start:n]
            start, size = n, 0
    if start < len(texts) or not texts:
        yield texts[start:]


def _chunk(texts: Sequence[str], size: int, *, sample: bool) -> Shingled:
    """Shingle a few documents."""
    import numpy as np

    words, bounds, kinds, figures = _hash_words(texts)
    counts = np.diff(bounds)
    sums = np.zeros(len(words) + 1, dtype=np.uint64)
    np.multiply(words, _powers(_WORD_BASE, len(words)), out=sums[1:])
    np.cumsum(sums[1:], out=sums[1:])
    back = _powers(_inverse(_WORD_BASE), len(words) + 1)
    content = (sums[bounds[1:]] - sums[bounds[:-1]]) * back[bounds[:-1]]
    content = _mixed(content ^ counts.astype(np.uint64) * np.uint64(_MIX_1))
    hashes, fits, runs = _runs(sums, back, bounds, size, kinds)
    if sample:
        limits = np.full(len(texts), _TWO_64 - 1, dtype=np.uint64)
        for least, share in reversed(LEVELS[:-1]):
            limits[runs >= least] = _TWO_64 // share
        fits &= hashes < np.repeat(limits, counts)[: len(hashes)]
    posted = np.flatnonzero(fits)
    documents = np.repeat(np.arange(len(texts), dtype=np.uint64), counts)[posted]
    hashes = hashes[posted]
    short = np.flatnonzero((runs == 0) & (counts > 0))
    if len(short):  # a document that is shorter than a run is one run
        whole = (sums[bounds[1:][short]] - sums[bounds[:-1][short]]) * back[bounds[:-1][short]]
        hashes, documents = np.concatenate((hashes, _mixed(whole))), np.concatenate((documents, short.astype(np.uint64)))
        runs[short] = 1
    return Shingled(
        content,
        counts,
        _word_counts(bounds, kinds),
        runs,
        *_distinct(hashes, documents, len(texts)),
        *_distinct(*_numbers(words, bounds, figures & (not sample)), len(texts)),
    )


def _distinct(hashes: Array, documents: Array, count: int) -> tuple[Array, Array]:
    """Return the distinct hashes of each document, sorted, and where each document's begin."""
    import numpy as np

    packed = documents << np.uint64(HASH_BITS)
    packed |= hashes >> np.uint64(64 - HASH_BITS)
    packed.sort()
    if len(packed):
        packed = packed[np.concatenate(([True], packed[1:] != packed[:-1]))]
    found = np.bincount((packed >> np.uint64(HASH_BITS)).astype(np.int64), minlength=count)
    packed &= np.uint64((1 << HASH_BITS) - 1)
    return packed, _offsets(found)


def _numbers(words: Array, bounds: Array, figures: Array) -> tuple[Array, Array]:
    """Return hashes of the numbers of documents, and the document of each.

    Figures are words that begin with a digit. However they are set apart ("1,204", "1 204"), equal words are equal
    numbers.
    """
    import numpy as np

    places = np.flatnonzero(figures)
    documents = (np.searchsorted(bounds, places, side="right") - 1).astype(np.uint64)
    beside = np.zeros(len(places) + 1, dtype=bool)
    if len(places):
        beside[1:-1] = (np.diff(places) == 1) & (documents[1:] == documents[:-1])
    alone = ~beside[1:] & ~beside[:-1]
    first = np.flatnonzero(beside[1:])
    pairs = _mixed(words[places[first]] * np.uint64(_WORD_BASE) + words[places[first] + 1])
    return np.concatenate((words[places[alone]], pairs)), np.concatenate((documents[alone], documents[first]))


def _folded(texts: Sequence[str]) -> tuple[Array, Array, int]:
    """Return the folds of texts, one after the other, where each begins (and the last one ends), and their flags."""
    import numpy as np

    joined = "\n".join(texts) + "\n"
    if not joined.isascii():
        texts = [text if text.isascii() else unicodedata.normalize("NFC", text) for text in texts]
        joined = "\n".join(texts) + "\n"
    starts = _offsets(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    return fold_table().apply(joined, starts)


def _words(folded: Array, flags: int) -> tuple[Array, Array]:
    """Return where words begin and end."""
    import numpy as np

    inside = np.zeros(len(folded) + 1, dtype=bool)
    np.not_equal(folded, 0, out=inside[1:])
    if not flags & (IDEOGRAPHIC | ALPHABETIC):
        edges = np.flatnonzero(inside[1:] != inside[:-1])
        return edges[::2], edges[1::2]  # as many: a text ends with a line break
    alone = np.zeros(len(folded) + 1, dtype=bool)
    np.not_equal(folded & np.uint32(IDEOGRAPHIC | ALPHABETIC), 0, out=alone[1:])
    begins = inside[1:] & (~inside[:-1] | alone[1:] | alone[:-1])
    following = np.append(begins | ~inside[1:], True)[1:]  # what stands after this character begins a word or is none
    return np.flatnonzero(begins), np.flatnonzero(inside[1:] & following) + 1


def _hash_words(texts: Sequence[str]) -> tuple[Array, Array, Array | None, Array]:
    """Return the hashes of all words, where each document's begin, their scripts' flags, and which begin with a digit.

    There are no flags where all words are of spaced scripts. A word's hash is a polynomial of its characters, read off a running sum of all characters, and then mixed.
    """
    import numpy as np

    folded, starts, flags = _folded(texts)
    begins, ends = _words(folded, flags)
    hashes = np.empty(len(begins), dtype=np.uint64)
    for first, last, low, high in _pieces(begins, ends, len(folded)):
        sums = np.zeros(high - low + 1, dtype=np.uint64)
        running = sums[1:]
        running[:] = folded[low:high]
        running *= _powers(_CHARACTER_BASE, high - low)
        np.cumsum(running, out=running)
        here = begins[first:last] - low
        part = np.take(sums, ends[first:last] - low)
        part -= np.take(sums, here)
        part *= np.take(_powers(_inverse(_CHARACTER_BASE), high - low), here)
        hashes[first:last] = part
    initials = folded[begins]
    kinds = initials & np.uint32(IDEOGRAPHIC | ALPHABETIC) if flags & (IDEOGRAPHIC | ALPHABETIC) else None
    figures = (initials >= ord("0")) & (initials <= ord("9"))
    return _mixed(hashes), np.searchsorted(begins, starts), kinds, figures


def _pieces(begins: Array, ends: Array, length: int) -> Iterator[tuple[int, int, int, int]]:
    """Cut long arrays of characters between words: first and last word, first and last character of each piece."""
    import numpy as np

    if length <= 2 * _CHUNK:
        yield 0, len(begins), 0, length
        return
    first = 0
    while first < len(begins):
        low = int(begins[first])
        last = max(int(np.searchsorted(ends, low + _CHUNK)), first + 1)
        yield first, last, low, int(ends[last - 1])
        first = last


def hash_strings(values: pa.Array) -> Array:
    """Return a hash of each string of an Arrow array without nulls, from its bytes."""
    import numpy as np
    import pyarrow as pa

    strings = values.cast(pa.large_string())
    _, offsets, data = strings.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int64)[strings.offset : strings.offset + len(strings) + 1]
    hashes = np.empty(len(strings), dtype=np.uint64)
    content = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, dtype=np.uint8)
    for first, last, low, high in _pieces(bounds[:-1], bounds[1:], int(bounds[-1])):
        sums = np.zeros(high - low + 1, dtype=np.uint64)
        # One more than the byte: a leading zero byte counts.
        np.cumsum((content[low:high] + np.uint64(1)) * _powers(_CHARACTER_BASE, high - low), out=sums[1:])
        begins, ends = bounds[first:last] - low, bounds[first + 1 : last + 1] - low
        hashes[first:last] = (sums[ends] - sums[begins]) * _powers(_inverse(_CHARACTER_BASE), high - low + 1)[begins]
    return _mixed(hashes)


def _runs(
    sums: Array, back: Array, bounds: Array, size: int, kinds: Array | None
) -> tuple[Array, Array, Array]:
    """Return the hash of the run that begins at each word, whether it fits into its document, and runs per document."""
    import numpy as np

    counts = np.diff(bounds)
    if kinds is None:
        hashes = sums[size:] - sums[:-size]
        fits = np.ones(len(hashes), dtype=bool)
        for back_from_end in range(1, size):
            places = bounds[1:] - back_from_end
            fits[places[(places >= bounds[:-1]) & (places < len(fits))]] = False
        runs = np.maximum(counts - size + 1, 0)
    else:
        ends = np.arange(len(kinds)) + _widths(kinds, size)
        fits = ends <= np.repeat(bounds[1:], counts)
        hashes = sums[np.minimum(ends, len(kinds))] - sums[:-1]
        runs = np.diff(np.concatenate(([0], np.cumsum(fits)))[bounds])
    hashes *= back[: len(hashes)]
    return _mixed(hashes), fits, runs


def _widths(kinds: Array, size: int) -> Array:
    """Return how many tokens a run is that begins with a token of these kinds."""
    import numpy as np

    widths = np.full(len(kinds), size, dtype=np.int64)
    widths[kinds == IDEOGRAPHIC] = size * _IDEOGRAPHIC_WORD
    widths[kinds == ALPHABETIC] = size * _ALPHABETIC_WORD
    return widths


def _word_counts(bounds: Array, kinds: Array | None) -> Array:
    import numpy as np

    if kinds is None:
        return np.diff(bounds).astype(np.float64)
    weights = np.ones(len(kinds))
    weights[kinds == IDEOGRAPHIC] = 1 / _IDEOGRAPHIC_WORD
    weights[kinds == ALPHABETIC] = 1 / _ALPHABETIC_WORD
    return np.diff(np.concatenate(([0.0], np.cumsum(weights)))[bounds])


def _offsets(counts: Array) -> Array:
    import numpy as np

    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)))


def _mixed(hashes: Array) -> Array:
    """Mix the bits of hashes, in place (Steele et al. 2014, splitmix64)."""
    import numpy as np

    shifted = hashes >> np.uint64(30)
    hashes ^= shifted
    hashes *= np.uint64(_MIX_1)
    np.right_shift(hashes, np.uint64(27), out=shifted)
    hashes ^= shifted
    hashes *= np.uint64(_MIX_2)
    np.right_shift(hashes, np.uint64(31), out=shifted)
    hashes ^= shifted
    return hashes


@functools.cache
def _reserve() -> None:
    """Make glibc keep the memory of arrays it was given back: page by page anew, it costs more than the arithmetic."""
    import numpy as np

    np.empty(_KEPT_BYTES, dtype=np.uint8)  # freed here: from now on arrays up to this size come from the heap


@functools.cache
def _inverse(base: int) -> int:
    return pow(base, -1, _TWO_64)


_known_powers: dict[int, Any] = {}


def _powers(base: int, count: int) -> Array:
    """Return base^0, base^1, … modulo 2^64."""
    import numpy as np

    known = _known_powers.get(base)
    if known is None or len(known) < count:
        known = np.ones(max(count, 2 * _CHUNK), dtype=np.uint64)
        done = 1
        while done < len(known):
            more = min(done, len(known) - done)
            np.multiply(known[:more], np.uint64(pow(base, done, _TWO_64)), out=known[done : done + more])
            done += more
        _known_powers[base] = known
    return known[:count]  # type: ignore[no-any-return]
