"""Pairs of texts that may be similar: those that share enough of what they post.

Texts are nodes, numbered by rank: the better a text represents others, the lower its number. Postings are gathered by
hash into groups, groups are written out as pairs, and a pair stays if it shares as many hashes as a similar pair would.
"""

from __future__ import annotations

import functools
import math
import statistics
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from curator.dedup.shingles import LEVELS

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["MAX_NODES", "Least", "count_pairs", "events", "group", "likely", "postings"]


class Least(NamedTuple):
    """From where on two texts are similar: Jaccard similarity, or containment of the smaller in the larger.

    Where one of them has fewer words than `brief`, the Jaccard similarity must be 0.7 at least: texts of one kind are
    half alike by their form alone then.
    """

    jaccard: float
    containment: float
    brief: float = 0

    def briefly(self) -> Least:
        """Return what holds for brief texts."""
        return Least(max(self.jaccard, _BRIEF_JACCARD), self.containment)


# A posting is one number: the low bits of a hash, which are as good as any, and a node. That two hashes of millions
# fall together does no harm: it makes one pair more to look at.
_NODE_BITS = 26
MAX_NODES = 1 << _NODE_BITS
# Of a group of more texts than this only the pairs with the best of them are looked at: a story with 600 copies makes
# 600 pairs, not 180,000. Text that thousands of pages share would make millions.
_MAX_GROUP = 64
_SLICE = 1 << 20  # what is worked on at a time where the whole would double the memory
_BRIEF_JACCARD = 0.7
# The share of pairs right at a limit that are missed; not to miss them would mean to look at every text that shares a
# phrase or two with another. Pairs of a similarity of 0.7 are missed more rarely, whatever the limit.
_MISS, _BRIEF_MISS = 0.02, 1e-3
_SIZE_MARGIN = 0.8
_EXACT = 64  # more draws than this are as good as normally distributed


def postings(hashes: Array, nodes: Array) -> Array:
    """Return postings as sortable numbers."""
    import numpy as np

    packed: Array = hashes << np.uint64(_NODE_BITS)
    packed |= nodes.astype(np.uint64)
    return packed


def group(packed: Array) -> Array:
    """Return the postings whose hash another one has, sorted; sorts the array it is given."""
    import numpy as np

    packed.sort()
    inside = np.zeros(len(packed), dtype=bool)
    for start in range(0, len(packed), _SLICE):  # slices overlap by one
        hashes = packed[start : start + _SLICE + 1] >> np.uint64(_NODE_BITS)
        same = hashes[1:] == hashes[:-1]
        inside[start + 1 : start + len(hashes)] |= same
        inside[start : start + len(hashes) - 1] |= same
    grouped: Array = packed[inside]
    return grouped


def events(packed: Array) -> int:
    """Return how many pairs the groups of sorted postings make, repetitions counted."""
    import numpy as np

    sizes = np.diff(_group_bounds(packed >> np.uint64(_NODE_BITS)))
    return int(np.where(sizes > _MAX_GROUP, sizes - 1, sizes * (sizes - 1) // 2).sum())


def count_pairs(parts: Iterable[Array], part: int = 0, of: int = 1) -> tuple[Array, Array, Array]:
    """Return the pairs (a, b), a < b, that grouped postings make and how many hashes each shares, sorted.

    Args:
        parts: grouped postings; all of one hash are in one part.
        part: of the pairs, those whose a leaves this rest when divided by `of`.
    """
    import numpy as np

    made = [keys for packed in parts for keys in _pairs(packed, part, of)]
    keys = np.concatenate(made) if made else np.empty(0, dtype=np.uint64)
    del made
    keys.sort()
    new = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    shared = np.diff(np.append(np.flatnonzero(new), len(keys))).astype(np.int32)
    keys = keys[new]
    return (keys >> np.uint64(32)).astype(np.int32), (keys & np.uint64(0xFFFFFFFF)).astype(np.int32), shared


def _pairs(packed: Array, part: int, of: int) -> Iterator[Array]:
    """Yield the pairs of grouped postings as numbers a << 32 | b."""
    import numpy as np

    hashes = packed >> np.uint64(_NODE_BITS)
    nodes = packed & np.uint64(MAX_NODES - 1)
    bounds = _group_bounds(hashes)
    sizes = np.diff(bounds)
    if (sizes > _MAX_GROUP).any():
        large = np.repeat(sizes > _MAX_GROUP, sizes)
        best = np.repeat(nodes[bounds[:-1]], sizes)
        yield _keys(best[large], nodes[large], part, of)
        hashes, nodes = hashes[~large], nodes[~large]
    # Within a group nodes ascend: the first with all that follow, the second with all that follow, …
    here = np.arange(len(hashes))
    if of > 1:
        here = here[nodes % np.uint64(of) == part]
    distance = 1
    while len(here):
        here = here[: np.searchsorted(here, len(hashes) - distance)]
        here = here[hashes[here] == hashes[here + distance]]
        yield _keys(nodes[here], nodes[here + distance], 0, 1)
        distance += 1


def _keys(a: Array, b: Array, part: int, of: int) -> Array:
    import numpy as np

    wanted = a != b
    if of > 1:
        wanted &= a % np.uint64(of) == part
    keys: Array = (a[wanted] << np.uint64(32)) | b[wanted]
    return keys


def _group_bounds(hashes: Array) -> Array:
    import numpy as np

    if not len(hashes):
        return np.zeros(1, dtype=np.int64)
    return np.concatenate(([0], np.flatnonzero(hashes[1:] != hashes[:-1]) + 1, [len(hashes)]))


def likely(pairs: tuple[Array, Array, Array], posted: Array, levels: Array, words: Array, least: Least) -> Array:
    """Return which pairs (a, b, hashes shared) share as many hashes as similar ones do.

    What a pair shares of what it posts is a sample of what its texts share: a pair of a similarity right at the limit
    is missed with the probability stated at _MISS, one that is equal or wholly contained never.

    Args:
        posted: how many hashes each node posts at each level, shape (nodes, levels).
        levels, words: the level of each node, and how many words it has.
    """
    import numpy as np

    similar = np.zeros(len(pairs[0]), dtype=bool)
    # Most pairs share one hash. That is enough only for a text that posts next to nothing.
    few = posted[:, 0] < _one_is_not_enough(least)
    looked_at = np.flatnonzero((pairs[2] > 1) | few[pairs[0]] | few[pairs[1]])
    a, b, shared = (column[looked_at] for column in pairs)
    # Of the text that posts more, only that part of its postings counts that the other would post as well.
    common = np.minimum(levels[a], levels[b])
    fewest = np.minimum(posted[a, common], posted[b, common])
    small, large = np.minimum(words[a], words[b]), np.maximum(words[a], words[b])
    enough = np.zeros(len(a), dtype=bool)
    for here, limit in ((small >= least.brief, least), (small < least.brief, least.briefly())):
        # What a text repeats counts once in a similarity and each time here: hence the margin.
        near = here & (small >= _SIZE_MARGIN * limit.jaccard * large)
        enough |= near & (shared >= _near(limit, fewest))
        enough |= here & (shared >= _contained(limit, fewest))
        # Where both post everything nothing is left to chance.
        certain = here & (common == len(LEVELS) - 1)
        enough &= ~(certain & (shared < min(_whole(limit), limit.containment) * fewest - 1e-9))
    similar[looked_at] = enough
    return similar


def _whole(least: Least) -> float:
    """Return how much two texts of one size have of each other at the limit of being near."""
    return 2 * least.jaccard / (1 + least.jaccard)


def _near(least: Least, fewest: Array) -> Array:
    import numpy as np

    strict = _lookup(_whole(least.briefly()), _BRIEF_MISS)(fewest)
    return np.minimum(_lookup(_whole(least), _MISS)(fewest), strict)


def _contained(least: Least, fewest: Array) -> Array:
    import numpy as np

    return np.asarray(np.maximum(_lookup(least.containment, _MISS)(fewest), np.minimum(fewest - 1, 2)))


def _one_is_not_enough(least: Least) -> int:
    """Return the number of postings from which on one shared hash is not enough."""
    import numpy as np

    postings = np.arange(_EXACT + 1)
    enough = np.flatnonzero(np.minimum(_near(least, postings), _contained(least, postings)) <= 1)
    return int(enough[-1]) + 1 if len(enough) <= _EXACT else 1 << 62


@functools.cache
def _lookup(share: float, miss: float) -> Callable[[Array], Array]:
    """Return a function from n to the most that n draws, each a hit with this probability, do not stay below."""
    import numpy as np

    table = np.zeros(_EXACT + 1, dtype=np.int64)
    for draws in range(_EXACT + 1):
        below = 0.0
        for hits in range(draws + 1):
            below += math.comb(draws, hits) * share**hits * (1 - share) ** (draws - hits)
            if below > miss:
                table[draws] = hits
                break
    deviations = statistics.NormalDist().inv_cdf(1 - miss)

    def least(draws: Array) -> Array:
        many = share * draws - deviations * np.sqrt(share * (1 - share) * draws)
        return np.asarray(np.where(draws <= _EXACT, table[np.minimum(draws, _EXACT)], many))

    return least
