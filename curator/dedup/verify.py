"""The exact similarity of candidate pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Edge", "verify"]


@dataclass(frozen=True, slots=True)
class Edge:
    """Two similar texts: |A∩B| / |A∪B| and |A∩B| / min(|A|, |B|) of their shingle sets."""

    a: int
    b: int
    jaccard: float
    containment: float


def verify(pairs: Iterable[tuple[int, int]], sets: Mapping[int, np.ndarray[Any, Any]], jaccard: float) -> list[Edge]:
    """Return the pairs whose exact Jaccard similarity is at least `jaccard`."""
    import numpy as np

    edges = []
    for a, b in pairs:
        first, second = sets[a], sets[b]
        small, large = sorted((len(first), len(second)))
        if small < jaccard * large:  # their sizes alone rule it out
            continue
        shared = len(np.intersect1d(first, second, assume_unique=True))
        similarity = shared / (small + large - shared)
        if similarity >= jaccard:
            edges.append(Edge(a, b, similarity, shared / small))
    return edges
