"""Verified pairs to clusters without chains: every member is itself close to its representative."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curator.dedup.representative import reason
from curator.dedup.verify import Edge

__all__ = ["Clustering", "cluster"]

Member = tuple[int, str, float, float]  # place, kind, Jaccard and containment to the representative


def cluster(places: Sequence[int], edges: Iterable[Edge]) -> list[tuple[int, dict[int, Edge]]]:
    """Return (representative, members with the edge that ties them to it).

    In rank order, a text that nobody has taken becomes a representative and takes its neighbours that are still free,
    so similarity is never passed on along a chain.
    """
    neighbours: dict[int, list[tuple[int, Edge]]] = {}
    for edge in edges:
        neighbours.setdefault(edge.a, []).append((edge.b, edge))
        neighbours.setdefault(edge.b, []).append((edge.a, edge))
    taken: set[int] = set()
    groups = []
    for place in places:
        if place in taken:
            continue
        taken.add(place)
        members = {
            other: edge for other, edge in sorted(neighbours.get(place, ()), key=lambda n: n[0]) if other not in taken
        }
        taken.update(members)
        groups.append((place, members))
    return groups


@dataclass(frozen=True, slots=True)
class Clustering:
    """One cluster: the documents, the representative first."""

    members: tuple[tuple[Mapping[str, Any], str, float, float], ...]

    @classmethod
    def of(
        cls,
        leader: int,
        similar: Mapping[int, Edge],
        by_content: Mapping[str, Sequence[int]],
        documents: Sequence[Mapping[str, Any]],
        order: Sequence[int],
    ) -> Clustering:
        """Put equal texts back beside the one that stood for them."""

        def copies(place: int) -> Sequence[int]:
            return by_content[documents[order[place]]["content"]]

        members: list[Member] = [(place, "exact", 1.0, 1.0) for place in copies(leader)]
        members += [
            (place, "near", e.jaccard, e.containment) for other, e in similar.items() for place in copies(other)
        ]
        return cls(tuple((documents[order[place]], kind, j, c) for place, kind, j, c in members))

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows of clusters.parquet; the cluster is called after its representative."""
        best = self.members[0][0]
        why = reason(best, [document for document, *_ in self.members[1:]])
        return [
            {
                "id": document["id"],
                "cluster": best["id"],
                "representative": best["id"],
                "kind": kind if document is not best else "representative",
                "jaccard": jaccard,
                "containment": containment,
                "reason": why,
                "story": None,
            }
            for document, kind, jaccard, containment in self.members
        ]
