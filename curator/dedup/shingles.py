"""Texts as sets of word n-grams, hashed: many documents at once.

A text is folded (see `fold`), cut into words, and each run of `size` words becomes one hash. In scripts without spaces
every character is a word, and a run is as many characters as that many words have on average. Documents are similar as
far as their sets of hashes overlap (Broder 1997).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curator.dedup.hashing import CHUNK, RunningSum, mixed, offsets_of, reserve
from curator.dedup.words import Words, characters_of, count_words, hash_words

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["HASH_BITS", "LEVELS", "Shingled", "shingle", "sketch"]

HASH_BITS = 53  # what is left of a 64-bit hash when it is packed with the number of its document
# A document posts the hashes below a threshold, so that two documents post the same part of what they share
# (FracMinHash, Irber et al. 2022): one in eight; shorter ones more, so that 12 can be expected. Least runs -> share.
LEVELS = ((96, 8), (48, 4), (24, 2), (0, 1))
_CHUNK_DOCUMENTS = (1 << (64 - HASH_BITS)) - 1
_TOKENS_BASE = 0xA4093822299F31D1  # sets texts of one hash and different length apart
_FIGURES = 3


@dataclass(frozen=True, slots=True)
class Shingled:
    """Documents as arrays.

    `content` is a hash of the words in their order, `tokens` and `words` count them (words: those of spaced scripts and
    what characters of unspaced ones make up), `runs` the shingles with repetitions. The distinct hashes of document n,
    sorted, are `hashes[offsets[n]:offsets[n + 1]]`, those of its numbers likewise; a sketch has no numbers.
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
        found: Array = self.hashes[self.offsets[document] : self.offsets[document + 1]]
        return found

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

    reserve()
    parts = [_chunk(chunk, size, sample=sample) for chunk in _chunks(texts)]

    def joined(name: str) -> Array:
        return np.concatenate([getattr(part, name) for part in parts])

    def offsets(name: str) -> Array:
        return offsets_of(np.concatenate([np.diff(getattr(part, name)) for part in parts]))

    return Shingled(
        content=joined("content"),
        tokens=joined("tokens"),
        words=joined("words"),
        runs=joined("runs"),
        hashes=joined("hashes"),
        offsets=offsets("offsets"),
        numbers=joined("numbers"),
        number_offsets=offsets("number_offsets"),
    )


def _chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut a list of texts into lists of about CHUNK characters; there is at least one."""
    start = size = 0
    for n, length in enumerate(map(len, texts), 1):
        size += length
        if size >= CHUNK or n - start == _CHUNK_DOCUMENTS:
            yield texts[start:n]
            start, size = n, 0
    if start < len(texts) or not texts:
        yield texts[start:]


def _chunk(texts: Sequence[str], size: int, *, sample: bool) -> Shingled:
    """Shingle a few documents."""
    import numpy as np

    words = hash_words(texts)
    bounds, counts = words.bounds, np.diff(words.bounds)
    sums = RunningSum(words.hashes)
    content = sums.runs(bounds[:-1], bounds[1:]) ^ counts.astype(np.uint64) * np.uint64(_TOKENS_BASE)
    hashes, fits, runs = _runs(sums, words, size)
    if sample:
        limits = np.full(len(texts), (1 << 64) - 1, dtype=np.uint64)
        for least, share in reversed(LEVELS[:-1]):
            limits[runs >= least] = (1 << 64) // share
        fits &= hashes < np.repeat(limits, counts)[: len(hashes)]
    chosen = np.flatnonzero(fits)
    documents = np.repeat(np.arange(len(texts), dtype=np.uint64), counts)[chosen]
    hashes = hashes[chosen]
    short = np.flatnonzero((runs == 0) & (counts > 0))
    if len(short):  # a document that is shorter than a run is one run
        whole = mixed(sums.runs(bounds[:-1][short], bounds[1:][short]))
        hashes = np.concatenate((hashes, whole))
        documents = np.concatenate((documents, short.astype(np.uint64)))
        runs[short] = 1
    found = _distinct(hashes, documents, len(texts))
    numbers = _distinct(*_numbers(words, every=not sample), len(texts))
    return Shingled(mixed(content), counts, count_words(words), runs, *found, *numbers)


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
    return packed, offsets_of(found)


def _numbers(words: Words, *, every: bool) -> tuple[Array, Array]:
    """Return hashes of the numbers of documents, if every one is wanted or else of none, and the document of each.

    Up to three figures that stand side by side are one number ("1,204,000", "6-1/16", "2024-05-01"), however they are
    set apart; of more, in a table, each two neighbours are one.
    """
    import numpy as np

    places = np.flatnonzero(words.figures) if every else np.empty(0, dtype=np.int64)
    documents = (np.searchsorted(words.bounds, places, side="right") - 1).astype(np.uint64)
    begins = np.ones(len(places), dtype=bool)
    begins[1:] = (np.diff(places) != 1) | (documents[1:] != documents[:-1])
    first = np.flatnonzero(begins)
    lengths = np.diff(np.append(first, len(places)))
    whole = first[lengths <= _FIGURES]
    rows = np.repeat(lengths, lengths) > _FIGURES
    pairs = np.flatnonzero(rows[:-1] & ~begins[1:]) if len(places) else first
    starts = places[np.concatenate((whole, pairs))]
    ends = starts + np.concatenate((lengths[lengths <= _FIGURES], np.full(len(pairs), 2)))
    return mixed(RunningSum(words.hashes).runs(starts, ends)), documents[np.concatenate((whole, pairs))]


def _runs(sums: RunningSum, words: Words, size: int) -> tuple[Array, Array, Array]:
    """Return the hash of the run that begins at each word, whether it fits into its document, and runs per document."""
    import numpy as np

    bounds, kinds = words.bounds, words.kinds
    counts = np.diff(bounds)
    if kinds is not None:
        ends = np.arange(len(kinds)) + _widths(kinds, size)
        fits = ends <= np.repeat(bounds[1:], counts)
        hashes = sums.runs(np.arange(len(kinds)), np.minimum(ends, len(kinds)))
        return mixed(hashes), fits, np.diff(offsets_of(fits)[bounds])
    hashes = sums.windows(size)
    fits = np.ones(len(hashes), dtype=bool)
    for before_end in range(1, size):
        places = bounds[1:] - before_end
        fits[places[(places >= bounds[:-1]) & (places < len(fits))]] = False
    return mixed(hashes), fits, np.maximum(counts - size + 1, 0)


def _widths(kinds: Array, size: int) -> Array:
    """Return how many tokens a run is that begins with a token of these kinds."""
    import numpy as np

    return np.asarray(size * characters_of(kinds))
