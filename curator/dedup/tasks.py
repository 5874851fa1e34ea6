"""The dedup tasks of a build: fingerprint each shard, then find, verify and cluster over all of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.dedup.candidates import candidate_pairs, sample
from curator.dedup.cluster import Clustering, cluster
from curator.dedup.representative import rank
from curator.dedup.shingles import content_hash, shingles, tokens
from curator.dedup.verify import verify
from curator.settings import DedupSettings

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CLUSTER_COLUMNS", "ClusterTask", "FingerprintTask", "cluster_all", "clusters_schema", "fingerprint"]

CLUSTER_COLUMNS = ("id", "cluster", "representative", "kind", "jaccard", "containment", "reason", "story")


@dataclass(frozen=True, slots=True)
class FingerprintTask:
    """Fingerprint the kept rows of one work file, except those whose id an earlier row has."""

    source: str
    twins: str  # parquet of (shard, row): rows with an id seen before
    settings: DedupSettings
    target: str


@dataclass(frozen=True, slots=True)
class ClusterTask:
    """Cluster all fingerprints."""

    sources: tuple[str, ...]
    settings: DedupSettings
    target: str


def clusters_schema() -> pa.Schema:
    """Return the columns of clusters.parquet: one row for each member of a cluster of two or more."""
    import pyarrow as pa

    types: dict[str, pa.DataType] = {"jaccard": pa.float32(), "containment": pa.float32()}
    return pa.schema({name: types.get(name, pa.string()) for name in CLUSTER_COLUMNS})


def fingerprint(task: FingerprintTask) -> int:
    """Write id, policy fields, content hash and shingles of each kept document of a shard."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = ["shard", "row", "id", "status", "text", "published", "characters"]
    types: dict[str, pa.DataType] = {
        "id": pa.string(),
        "published": pa.string(),
        "characters": pa.int64(),
        "content": pa.string(),
        "shingles": pa.list_(pa.uint64()),
    }
    schema = pa.schema(types)
    twins = {(t["shard"], t["row"]) for t in pq.read_table(task.twins).to_pylist()}

    def write(path: Path) -> None:
        with pq.ParquetFile(task.source) as source, pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for batch in source.iter_batches(256, columns=columns):
                rows: list[dict[str, Any]] = []
                for row in batch.to_pylist():
                    if row["status"] != "kept" or (row["shard"], row["row"]) in twins:
                        continue
                    words = tokens(row["text"])
                    # A text without a word in it equals nothing, not even another one.
                    row["content"] = content_hash(words) if words else f"wordless {row['id']}"
                    row["shingles"] = shingles(words, task.settings.shingle_words)
                    rows.append({name: row[name] for name in schema.names})
                writer.write_table(pa.Table.from_pylist(rows, schema))

    commit(Path(task.target), write)
    return 0


def cluster_all(task: ClusterTask) -> int:
    """Write clusters.parquet: documents that are copies of each other, with the copy that stays."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(path: Path) -> None:
        table = pa.concat_tables([pq.read_table(source) for source in task.sources])
        rows = [row for c in _clusters(table, task.settings) for row in c.rows()]
        rows.sort(key=lambda row: (row["representative"], row["kind"] != "representative", row["id"]))
        pq.write_table(pa.Table.from_pylist(rows, clusters_schema()), path, compression="zstd")

    commit(Path(task.target), write)
    return 0


def _clusters(table: pa.Table, settings: DedupSettings) -> list[Clustering]:
    """Return the clusters of two or more: equal texts fall together first, then distinct texts by similarity."""
    documents = table.select(["id", "published", "characters", "content"]).to_pylist()
    order = rank(documents)  # best representative first; from here on a document is its place in this order
    by_content: dict[str, list[int]] = {}
    for place, number in enumerate(order):
        by_content.setdefault(documents[number]["content"], []).append(place)
    leaders = [places[0] for places in by_content.values()]
    sets = table.column("shingles").combine_chunks()
    distinct = {place: sets[order[place]].values.to_numpy() for place in leaders}
    distinct = {place: found for place, found in distinct.items() if len(found)}
    pairs = candidate_pairs({place: sample(found) for place, found in distinct.items()})
    edges = verify(pairs, distinct, settings.jaccard)
    groups = cluster(sorted(distinct), edges)
    return [
        c
        for leader, members in groups
        if len((c := Clustering.of(leader, members, by_content, documents, order)).members) > 1
    ]
