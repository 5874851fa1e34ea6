"""The stages of deduplication, from fingerprints to clusters: what is planned when the stage before has been written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from curator.dedup.outcome import ClusterTask, EdgeTask, write_clusters, write_edges
from curator.dedup.pairing import (
    GroupTask,
    NeedTask,
    PairTask,
    count_postings,
    find_pairs,
    group_postings,
    parts_for,
    read_note,
    settle_need,
)
from curator.dedup.representative import RankTask, Shard, rank
from curator.dedup.similarity import ShingleTask, VerifyTask, least_of, shingle_texts, verify_pairs
from curator.settings import DedupSettings

__all__ = ["Run", "deduplicate"]

Run = Callable[[str, Callable[[Any], int], Sequence[Any]], None]


def deduplicate(
    shards: Sequence[Shard], work: Path, clusters: Path, edges: Path, settings: DedupSettings, run: Run
) -> None:
    """Run every stage after the fingerprints.

    Args:
        work: a folder for what the stages hand on; what is there already is not made again.
        clusters, edges: the files to write.
        run: runs the tasks of one stage: its name, the function, the tasks.
    """
    every = tuple(shards)
    documents = str(work / "documents.parquet")
    run("rank", rank, [RankTask(every, settings, documents)])
    parts = parts_for(sum(count_postings(shard.prints) for shard in every))
    groups = tuple(str(work / "groups" / f"{n:05d}-of-{parts:05d}.parquet") for n in range(parts))
    run("group", group_postings, [GroupTask(every, documents, n, parts, name) for n, name in enumerate(groups)])
    parts = parts_for(sum(read_note(name, "events") for name in groups))
    pairs = tuple(str(work / "pairs" / f"{n:05d}-of-{parts:05d}.parquet") for n in range(parts))
    least = least_of(settings)
    run("pair", find_pairs, [PairTask(groups, documents, least, n, parts, name) for n, name in enumerate(pairs)])
    need = str(work / "need.parquet")
    run("settle", settle_need, [NeedTask(pairs, documents, need)])
    numbers = read_note(need, "shards")
    shingled = tuple(str(work / "shingles" / f"{n:06d}.parquet") for n in numbers)
    tasks = [ShingleTask(n, every[n], need, settings, name) for n, name in zip(numbers, shingled, strict=True)]
    run("shingle", shingle_texts, tasks)
    lots = range(read_note(need, "lots"))
    verified = tuple(str(work / "verified" / f"{n:05d}.parquet") for n in lots)
    run("verify", verify_pairs, [VerifyTask(n, need, pairs, shingled, settings, verified[n]) for n in lots])
    run("cluster", write_clusters, [ClusterTask(documents, verified, settings, str(clusters))])
    run("edges", write_edges, [EdgeTask(documents, verified, str(edges))])
