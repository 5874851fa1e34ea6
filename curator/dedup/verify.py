"""The exact similarity of candidate pairs, and whether two similar texts are two fillings of one template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curator.dedup.candidates import Least
from curator.dedup.shingles import HASH_BITS

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["Edges", "same_template", "verify"]

_AT_ONCE = (1 << (64 - HASH_BITS)) - 1  # pairs whose hashes are sorted together
_AT_ONCE_HASHES = 1 << 20


@dataclass(frozen=True, slots=True)
class Edges:
    """Similar pairs as arrays: |A∩B| / |A∪B| and |A∩B| / |A| of their shingle sets, where A is the smaller set.

    Of two sets of one size, a is the text that ranks lower.
    """

    a: Array
    b: Array
    jaccard: Array
    containment: Array


def verify(a: Array, b: Array, sets: tuple[Array, Array], words: Array, least: Least) -> Edges:
    """Return the pairs that are similar, exactly.

    Args:
        a, b: numbers of texts, a the better-ranked of each pair.
        sets: hashes and offsets; text n has `hashes[offsets[n]:offsets[n + 1]]`.
        words: how many words each text has.
    """
    import numpy as np

    sizes = np.diff(sets[1])
    swap = sizes[a] >= sizes[b]
    a, b = np.where(swap, b, a), np.where(swap, a, b)
    small, large = sizes[a], sizes[b]
    shared = _shared(a, b, *sets)
    jaccard = shared / (small + large - shared)
    containment = shared / small
    limit = np.where(np.minimum(words[a], words[b]) < least.brief, least.briefly().jaccard, least.jaccard)
    similar = (jaccard >= limit) | (containment >= least.containment)
    return Edges(a[similar], b[similar], jaccard[similar], containment[similar])


def _shared(a: Array, b: Array, hashes: Array, offsets: Array) -> Array:
    """Return how many hashes each pair shares: both sets sorted together, equal neighbours counted."""
    import numpy as np

    shared = np.empty(len(a), dtype=np.int64)
    sizes = np.diff(offsets)
    work = np.concatenate(([0], np.cumsum(sizes[a] + sizes[b]))) if len(a) else np.zeros(1, dtype=np.int64)
    start = 0
    while start < len(a):
        stop = int(np.searchsorted(work, work[start] + _AT_ONCE_HASHES))
        stop = min(max(stop, start + 1), start + _AT_ONCE, len(a))
        pair = np.arange(stop - start, dtype=np.uint64) << np.uint64(HASH_BITS)
        both = []
        for side in (a[start:stop], b[start:stop]):
            lengths = sizes[side]
            ends = np.cumsum(lengths)
            places = np.arange(int(ends[-1])) + np.repeat(offsets[side] - ends + lengths, lengths)
            both.append(hashes[places] | np.repeat(pair, lengths))
        together = np.concatenate(both)
        together.sort()
        equal = together[1:][together[1:] == together[:-1]] >> np.uint64(HASH_BITS)
        shared[start:stop] = np.bincount(equal.astype(np.int64), minlength=stop - start)
        start = stop
    return shared


def same_template(a: Array, b: Array, *, loose: bool = False) -> bool:
    """Return whether the numbers of two similar texts contradict each other.

    Copies of a story keep its numbers, or lose some. Two weather reports, results or earnings share the words between
    the numbers: each has numbers that the other has not, and as many of those as they share, or more.

    Args:
        loose: whether the texts are alike in some parts only; then one number for another is enough.

    >>> import numpy as np
    >>> rain, more, less = np.array([12, 23, 40]), np.array([14, 25, 40]), np.array([12, 23])
    >>> same_template(rain, more), same_template(rain, less)
    (True, False)
    """
    import numpy as np

    shared = len(np.intersect1d(a, b, assume_unique=True))
    own = min(len(a), len(b)) - shared
    return own >= max(shared, 1) and (loose or own > 1 or not shared)
