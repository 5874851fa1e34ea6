"""Who represents a cluster when some of its documents are gone: the rest is compared again, by the same measure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curator.dedup.memory import compare
from curator.dedup.outcome import clusters_schema
from curator.dedup.similarity import KINDS
from curator.publish.rewrite import Row, StagedFiles
from curator.settings import DedupSettings

__all__ = ["Election", "dropped_as", "elect", "reelected"]


@dataclass(frozen=True, slots=True)
class Election:
    """What a new election changes: rows of the clusters by id, and the copies that enter the corpus, by id."""

    clusters: Mapping[str, Row] = field(default_factory=dict)
    entering: Mapping[str, Row] = field(default_factory=dict)


def elect(files: StagedFiles, gone: set[str], documents: Iterable[str], settings: DedupSettings) -> Election:
    """Write the clusters of a corpus again without some documents.

    Args:
        gone: ids.
        documents: the ids in the corpus, those that go among them.
    """
    import pyarrow as pa

    rows = files.rows("clusters.parquet")
    touched = {row["cluster"] for row in rows if row["id"] in gone}
    if not touched and not any(row["story"] in gone for row in rows):
        return Election()
    left = [row for row in rows if row["id"] not in gone]
    stories = _first_tellers(left, gone)
    members = {row["id"] for row in left if row["cluster"] in touched or row["story"] in stories}
    texts = files.texts({row["id"] for row in left if row["cluster"] in touched})
    groups: dict[str, list[Row]] = {}
    for row in left:
        groups.setdefault(row["cluster"] or row["id"], []).append(row)
    kept: list[Row] = []
    for name, group in groups.items():
        kept += reelected(group, texts, settings) if name in touched else group
    alone = {story for story, told in Counter(row["story"] for row in kept).items() if told == 1}
    kept = [row | {"story": None if row["story"] in alone else row["story"]} for row in kept]
    kept = [row for row in kept if row["kind"] or row["story"]]
    kept.sort(key=lambda row: (row["representative"], row["kind"] != "representative", row["id"]))
    files.write("clusters.parquet", pa.Table.from_pylist(kept, clusters_schema()))
    now = {row["id"]: row for row in kept}
    stay_out = {i for i in members if i in now and dropped_as(now[i], settings)}
    may_enter = members - stay_out - set(documents)
    entering = {row["id"]: row for row in files.rows("copies.parquet") if row["id"] in may_enter}
    return Election({i: {"cluster": i, "story": None} for i in members} | now, entering)


def _first_tellers(rows: Iterable[Row], gone: set[str]) -> set[str]:
    """Name each story whose first teller went after the one who is first now, in place; return the new names."""
    first: dict[str, str] = {}
    for row in rows:
        if row["story"] in gone:
            row["story"] = first.setdefault(row["story"], row["id"])
    return set(first.values())


def dropped_as(row: Row, settings: DedupSettings) -> str | None:
    """Return why a row of the clusters is not in the corpus, as `curator.dedup.outcome.DROPPED_AS` says it."""
    if row["kind"] in settings.drop:
        return str(row["kind"])
    return "story" if "story" in settings.drop and row["story"] not in (None, row["id"]) else None


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
