"""Verified pairs to clusters without chains: every member is itself similar to its representative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["Pairs", "Ties", "cluster"]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Similar pairs as arrays, a the text with fewer shingles.

    `near` pairs are similar both ways; of the others a is contained in b, and only a can go.
    """

    a: Array
    b: Array
    jaccard: Array
    containment: Array
    near: Array


@dataclass(frozen=True, slots=True)
class Ties:
    """What ties each `member` to its `representative`, as arrays in the order of members."""

    member: Array
    representative: Array
    jaccard: Array
    containment: Array
    near: Array


def cluster(pairs: Pairs, preference: Array | None = None, *, by_rank: bool = False) -> Ties:
    """Cluster nodes that are numbered by rank, the best representative lowest.

    The text that can stand for most others becomes a centre, then the next that no centre stands for, and so on; every
    other text joins the centre it is most similar to. Of each group the best-ranked text that can stand for all of it
    represents it; its centre always can. So similarity is never passed on along a chain.

    Args:
        preference: a number for each node; those with a lower one become centres before all others.
        by_rank: whether rank alone decides who becomes a centre, and who represents. Then a node that represents others
            goes on to do so, whatever nodes of higher numbers are added.
    """
    import numpy as np

    # Who can stand for whom: b for a always, a for b where they are near.
    near = np.flatnonzero(pairs.near)
    by = np.concatenate((pairs.b, pairs.a[near]))
    whom = np.concatenate((pairs.a, pairs.b[near]))
    pair = np.concatenate((np.arange(len(pairs.a)), near))
    nodes, places = np.unique(np.concatenate((by, whom)), return_inverse=True)
    by, whom = places[: len(by)], places[len(by) :]
    first = np.zeros(len(nodes), np.int64) if preference is None or by_rank else preference[nodes]
    centre = _centres(by, whom, first, by_rank=by_rank)
    joins = np.flatnonzero(centre[by] & ~centre[whom])
    # The closest centre first: sorted by member, then similarity.
    ranked = joins[np.lexsort((by[joins], -pairs.containment[pair[joins]], -pairs.jaccard[pair[joins]], whom[joins]))]
    joined = ranked[np.flatnonzero(np.concatenate(([True], np.diff(whom[ranked]) != 0)))] if len(ranked) else ranked
    group = np.where(centre, np.arange(len(nodes)), -1)
    group[whom[joined]] = by[joined]
    representative = group if by_rank else _representatives(by, whom, group)
    tied = np.flatnonzero((representative[whom] == by) & (whom != representative[whom]))
    tied = tied[np.argsort(whom[tied])]
    used = pair[tied]
    return Ties(
        member=nodes[whom[tied]],
        representative=nodes[by[tied]],
        jaccard=pairs.jaccard[used],
        containment=pairs.containment[used],
        near=pairs.near[used],
    )


def _centres(by: Array, whom: Array, first: Array, *, by_rank: bool) -> Array:
    """Return for each node whether it is a centre."""
    import numpy as np

    count = len(first)
    reach = np.bincount(by, minlength=count)
    order = np.arange(count) if by_rank else np.lexsort((np.arange(count), -reach, first))
    by_node = np.argsort(by, kind="stable")
    covered, bounds = whom[by_node], np.concatenate(([0], np.cumsum(reach)))
    free, centre = np.ones(count, dtype=bool), np.zeros(count, dtype=bool)
    for node in order.tolist():
        if free[node]:
            centre[node] = True
            free[node] = False
            free[covered[bounds[node] : bounds[node + 1]]] = False
    return centre


def _representatives(by: Array, whom: Array, group: Array) -> Array:
    """Return for each node the best-ranked one of its group that can stand for all others of it."""
    import numpy as np

    count = len(group)
    inside = group[by] == group[whom]
    stands_for = np.bincount(by[inside], minlength=count)
    sizes = np.bincount(group, minlength=count)
    able = np.flatnonzero(stands_for >= sizes[group] - 1)
    chosen = np.full(count, count)
    np.minimum.at(chosen, group[able], able)
    return np.asarray(chosen[group])
