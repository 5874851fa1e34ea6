"""Deduplication as two tasks: fingerprints of each shard, and all stages after them in one."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from curator.dedup.fingerprint import FingerprintTask, fingerprint, shard_of
from curator.dedup.stages import dedup_stages
from curator.settings import DedupSettings

__all__ = ["ClusterTask", "FingerprintTask", "cluster_all", "fingerprint"]


@dataclass(frozen=True, slots=True)
class ClusterTask:
    """Cluster all fingerprints."""

    sources: tuple[str, ...]
    settings: DedupSettings
    target: str


def cluster_all(task: ClusterTask) -> int:
    """Write clusters.parquet: documents that are copies of each other, with the copy that stays."""
    shards = [shard_of(source) for source in task.sources]
    work = Path(f"{task.sources[0]}.work")
    for _, function, tasks in dedup_stages(shards, work, Path(task.target), work / "edges.parquet", task.settings):
        for each in tasks:
            function(each)
    shutil.rmtree(work)
    return 0
