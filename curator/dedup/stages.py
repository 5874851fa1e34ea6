"""The stages of deduplication after the fingerprints; each is planned when the one before has been written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from curator.dedup.columns import read_note
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
from curator.dedup.representative import RankTask, Shard, rank
from curator.dedup.similarity import ShingleTask, VerifyTask, least_of, shingle_texts, verify_pairs
from curator.settings import DedupSettings

__all__ = ["Stage", "dedup_stages"]

# Its name, a module-level function, and the tasks to call it with; each task has a `target` that it writes.
Stage = tuple[str, Callable[[Any], int], Sequence[Any]]


def dedup_stages(
    shards: Sequence[Shard], work: Path, clusters: Path, edges: Path, settings: DedupSettings
) -> Iterator[Stage]:
    """Yield every stage after the fingerprints; each must be done before the next is asked for.

    Args:
        work: a folder for what the stages hand on; what is there already is not made again.
        clusters, edges: the files to write.
    """
    every = tuple(shards)
    documents = str(work / "documents.parquet")
    yield "rank", rank, [RankTask(every, settings, documents)]
    parts = parts_for(sum(count_postings(shard.prints) for shard in every))
    groups = tuple(str(work / "groups" / f"{n:05d}-of-{parts:05d}.parquet") for n in range(parts))
    yield "group", group_postings, [GroupTask(every, documents, n, parts, name) for n, name in enumerate(groups)]
    parts = parts_for(sum(read_note(name, "events") for name in groups))
    pairs = tuple(str(work / "pairs" / f"{n:05d}-of-{parts:05d}.parquet") for n in range(parts))
    least = least_of(settings)
    yield "pair", find_pairs, [PairTask(groups, documents, least, n, parts, name) for n, name in enumerate(pairs)]
    need = str(work / "need.parquet")
    yield "settle", settle_need, [NeedTask(pairs, documents, need)]
    numbers = read_note(need, "shards")
    shingled = tuple(str(work / "shingles" / f"{n:06d}.parquet") for n in numbers)
    yield (
        "shingle",
        shingle_texts,
        [ShingleTask(n, every[n], need, settings, name) for n, name in zip(numbers, shingled, strict=True)],
    )
    lots = range(read_note(need, "lots"))
    verified = tuple(str(work / "verified" / f"{n:05d}.parquet") for n in lots)
    yield "verify", verify_pairs, [VerifyTask(n, pairs, shingled, settings, verified[n]) for n in lots]
    yield "cluster", write_clusters, [ClusterTask(documents, verified, settings, str(clusters))]
    yield "edges", write_edges, [EdgeTask(documents, verified, str(edges))]
