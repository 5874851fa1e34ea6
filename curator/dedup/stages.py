"""The stages of deduplication after the fingerprints; each is planned when the one before has been written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.dedup.columns import read_note
from curator.dedup.index_files import IndexEdgesTask, KnownTask, PartTask, recall_edges, write_index_edges, write_part
from curator.dedup.outcome import ClusterTask, EdgeTask, write_clusters, write_edges
from curator.dedup.pairing import (
    GroupTask,
    NeedTask,
    PairTask,
    count_postings,
    find_pairs,
    group_postings,
    parts_for,
    settle_need,
)
from curator.dedup.rarity import SpreadTask, WeighTask, count_texts, weigh_terms
from curator.dedup.representative import RankTask, Shard, rank
from curator.dedup.similarity import ShingleTask, VerifyTask, least_of, shingle_texts, verify_pairs
from curator.dedup.stories import NameTask, StoryTask, TellerTask, find_stories, find_tellers, name_stories
from curator.dedup.terms import TermTask, write_terms
from curator.settings import DedupSettings

__all__ = ["Stage", "Work", "dedup_stages"]


@dataclass(frozen=True, slots=True)
class Work:
    """Where deduplication puts things: `folder` is for what the stages hand on."""

    folder: Path
    clusters: Path
    edges: Path

    @property
    def documents(self) -> Path:
        """The table of documents."""
        return self.folder / "documents.parquet"

    @property
    def index_edges(self) -> Path:
        """The similar pairs of an index to be written."""
        return self.folder / "index" / "edges.parquet"

    def part(self, number: int) -> Path:
        """Return a part of an index to be written: that of a shard."""
        return self.folder / "index" / f"{number:06d}.parquet"

    def numbered(self, name: str, count: int) -> tuple[str, ...]:
        """Return the files of a stage of so many tasks."""
        return tuple(str(self.folder / name / f"{n:05d}-of-{count:05d}.parquet") for n in range(count))


# Its name, a module-level function, and the tasks to call it with; each task has a `target` that it writes.
Stage = tuple[str, Callable[[Any], int], Sequence[Any]]


def dedup_stages(
    shards: Sequence[Shard],
    work: Work,
    settings: DedupSettings,
    *,
    known: str = "",
    keep: bool = False,
    earlier: str = "",
) -> Iterator[Stage]:
    """Yield every stage after the fingerprints; each must be done before the next is asked for.

    Args:
        known: the similar pairs of an index, where shards of it are among the shards.
        keep: whether to write what an index of all shards needs.
        earlier: the documents of a corpus this one comes after: they rank first.
    """
    every, documents = tuple(shards), str(work.documents)
    yield "rank", rank, [RankTask(every, settings, documents, earlier)]
    known = "" if read_note(documents, "displaced") else known
    parts = parts_for(sum(count_postings(shard.prints) for shard in every))
    groups = work.numbered("groups", parts)
    yield "group", group_postings, [GroupTask(every, documents, n, parts, name) for n, name in enumerate(groups)]
    parts = parts_for(sum(read_note(name, "events") for name in groups))
    pairs, least = work.numbered("pairs", parts), least_of(settings)
    yield "pair", find_pairs, [PairTask(groups, documents, least, n, parts, name) for n, name in enumerate(pairs)]
    need = str(work.folder / "need.parquet")
    yield "settle", settle_need, [NeedTask(pairs, documents, bool(known), need)]
    shingled = {n: str(work.folder / "shingles" / f"{n:06d}.parquet") for n in read_note(need, "shards")}
    tasks = [ShingleTask(n, every[n], need, settings, name) for n, name in shingled.items()]
    yield "shingle", shingle_texts, tasks
    edges = work.numbered("edges", read_note(need, "lots"))
    sources = tuple(shingled.values())
    yield "verify", verify_pairs, [VerifyTask(n, pairs, sources, settings, name) for n, name in enumerate(edges)]
    if known:
        recalled = str(work.folder / "recalled.parquet")
        yield "recall", recall_edges, [KnownTask(pairs, documents, known, recalled)]
        edges = (*edges, recalled)
    clusters = str(work.folder / "clusters.parquet" if settings.stories else work.clusters)
    yield "cluster", write_clusters, [ClusterTask(documents, edges, settings, clusters)]
    if settings.stories:
        yield from _story_stages(every, work, clusters, edges, settings)
    yield "edges", write_edges, [EdgeTask(documents, edges, str(work.edges))]
    if keep:
        new = [(n, shard) for n, shard in enumerate(every) if not shard.indexed]
        yield "index", write_part, [PartTask(n, shard, documents, str(work.part(n))) for n, shard in new]
        yield "index", write_index_edges, [IndexEdgesTask(edges, documents, str(work.index_edges))]


def _story_stages(
    shards: tuple[Shard, ...], work: Work, clusters: str, edges: tuple[str, ...], settings: DedupSettings
) -> Iterator[Stage]:
    names = ("documents", "tellers", "spread", "stories")
    documents, tellers, spread, stories = (str(work.folder / f"{name}.parquet") for name in names)
    yield "tellers", find_tellers, [TellerTask(documents, clusters, settings.min_words, tellers)]
    terms = {n: str(work.folder / "terms" / f"{n:06d}.parquet") for n in read_note(tellers, "shards")}
    yield "terms", write_terms, [TermTask(n, shards[n], tellers, name) for n, name in terms.items()]
    every = tuple(terms.values())
    vectors = work.numbered("vectors", len(every))
    if every:
        yield "spread", count_texts, [SpreadTask(every, spread)]
        pairs = zip(every, vectors, strict=True)
        yield "weigh", weigh_terms, [WeighTask(source, spread, name) for source, name in pairs]
    yield "stories", find_stories, [StoryTask(every, vectors, edges, stories)]
    yield "name", name_stories, [NameTask(documents, clusters, stories, str(work.clusters))]
