"""Who represents a cluster when some of its documents are gone: the rest is compared again, by the same measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from curator.dedup.memory import compare
from curator.dedup.similarity import KINDS
from curator.settings import DedupSettings

__all__ = ["reelected"]


def reelected(
    members: Sequence[Mapping[str, Any]], texts: Mapping[str, str], settings: DedupSettings
) -> list[dict[str, Any]]:
    """Return the rows of clusters.parquet for the documents left of one cluster, those without copies left out.

    A document whose text is nowhere in the build cannot be compared; it is left out too, and comes back with the next
    build.

    Args:
        members: rows of clusters.parquet.
        texts: by id.
    """
    known = [member for member in members if member["id"] in texts]
    found = compare([texts[member["id"]] for member in known], settings)
    pairs = zip(
        *(getattr(found.edges, name).tolist() for name in ("a", "b", "jaccard", "containment")),
        found.kinds.tolist(),
        strict=True,
    )
    ties = {frozenset((a, b)): (jaccard, containment, kind) for a, b, jaccard, containment, kind in pairs}
    heads = found.representative.tolist()
    same = found.same.tolist()
    rows = []
    for place, (member, head) in enumerate(zip(known, heads, strict=True)):
        if heads.count(head) == 1 and not member["story"]:
            continue
        name = known[head]["id"]
        if place == head:
            alone = heads.count(head) == 1
            tie: tuple[float, float, str | None] = (1.0, 1.0, None if alone else "representative")
        elif same[place] == same[head]:
            tie = (1.0, 1.0, "exact")
        else:
            jaccard, containment, kind = ties[frozenset((same[place], same[head]))]
            tie = (jaccard, containment, KINDS[kind])
        jaccard, containment, what = tie
        rows.append(
            {**member, "cluster": name, "representative": name, "kind": what}
            | {"jaccard": jaccard, "containment": containment, "reason": "forgotten" if what else member["reason"]}
        )
    return rows
