"""Texts that resemble each other to groups that hang together: no group is held by one chain of likenesses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from curator.dedup.pairing import components

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["agglomerate", "neighbourhoods"]

_STEP = 0.05
_NEVER = -9.0


def neighbourhoods(a: Array, b: Array, strength: Array, largest: int) -> Iterator[Array]:
    """Yield sets of nodes that pairs connect, each ascending; one that is too large is cut where its pairs are weakest.

    Args:
        a, b, strength: pairs of nodes, and how strong each is, at most 1.
    """
    import numpy as np

    floor = float(strength.min()) if len(strength) else 1.0
    while len(a):
        nodes, places = np.unique(np.concatenate((a, b)), return_inverse=True)
        component = components(places[: len(a)], places[len(a) :], len(nodes))
        order = np.argsort(component, kind="stable")
        bounds = np.flatnonzero(np.diff(component[order], prepend=-1, append=len(nodes)))
        too_large = np.zeros(len(nodes), dtype=bool)
        for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            members = order[first:last]
            if len(members) <= largest or floor >= 1:
                yield nodes[members]
            else:
                too_large[members] = True
        floor += _STEP
        again = too_large[places[: len(a)]] & (strength >= floor)
        a, b, strength = a[again], b[again], strength[again]


def agglomerate(similarity: Array, cut: float, close: float) -> list[list[int]]:
    """Return groups of two or more: the likest two are merged as long as they are like enough, on average and at worst.

    Args:
        similarity: of each two nodes, symmetric.
        cut: what the mean of the average and the lowest similarity between two groups must be.
        close: what the highest must be.
    """
    import numpy as np

    average, lowest, highest = similarity.copy(), similarity.copy(), similarity.copy()
    matrices = (average, lowest, highest)
    for matrix in matrices:
        np.fill_diagonal(matrix, _NEVER)
    groups = [[n] for n in range(len(similarity))]
    while True:
        likeness = np.where(highest >= close, (average + lowest) / 2, _NEVER)
        one, two = sorted(divmod(int(np.argmax(likeness)), len(groups)))
        if likeness[one, two] < cut:
            return [sorted(group) for group in groups if len(group) > 1]
        sizes = len(groups[one]), len(groups[two])
        joined = (
            (sizes[0] * average[one] + sizes[1] * average[two]) / sum(sizes),
            np.minimum(lowest[one], lowest[two]),
            np.maximum(highest[one], highest[two]),
        )
        for matrix, row in zip(matrices, joined, strict=True):
            matrix[one] = matrix[:, one] = row
            matrix[one, one] = _NEVER
            matrix[two] = matrix[:, two] = _NEVER
        groups[one] += groups[two]
        groups[two] = []
