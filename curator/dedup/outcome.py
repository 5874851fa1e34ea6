"""The last tasks: clusters.parquet and edges.parquet, from similar pairs of nodes to documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.dedup.cluster import Pairs, Ties, cluster
from curator.dedup.representative import criteria
from curator.settings import DedupSettings

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, Any]

__all__ = ["CLUSTER_COLUMNS", "ClusterTask", "EdgeTask", "clusters_schema", "edges_schema", "write_clusters", "write_edges"]

CLUSTER_COLUMNS = ("id", "cluster", "representative", "kind", "jaccard", "containment", "reason", "story")
# The columns behind the criteria by which a representative is chosen.
_COLUMN_OF = {"indexed": "indexed", "site": "preference", "longest": "characters", "earliest": "day"}
# Of a text with more copies than this only the first stands for all of them in edges.parquet.
_MAX_COPIES = 64


@dataclass(frozen=True, slots=True)
class ClusterTask:
    """Cluster all documents."""

    documents: str
    edges: tuple[str, ...]
    settings: DedupSettings
    target: str


@dataclass(frozen=True, slots=True)
class EdgeTask:
    """Write every similar pair of documents."""

    documents: str
    edges: tuple[str, ...]
    target: str


def clusters_schema() -> pa.Schema:
    """Return the columns of clusters.parquet: one row for each member of a cluster of two or more.

    `kind` is representative, exact, near or contained; `jaccard` and `containment` are to the representative.
    """
    import pyarrow as pa

    types: dict[str, pa.DataType] = {"jaccard": pa.float32(), "containment": pa.float32()}
    return pa.schema({name: types.get(name, pa.string()) for name in CLUSTER_COLUMNS})


def edges_schema() -> pa.Schema:
    """Return the columns of edges.parquet: every similar pair, a the text with fewer shingles.

    `containment` is how much of a stands in b; pairs of kind exact, near and contained tie documents together, those of
    kind short and template do not.
    """
    import pyarrow as pa

    columns = {"a": pa.string(), "b": pa.string(), "jaccard": pa.float32(), "containment": pa.float32()}
    return pa.schema({**columns, "kind": pa.string()})


def write_clusters(task: ClusterTask) -> int:
    """Write clusters.parquet: documents that are copies of each other, with the copy that stays."""
    import pyarrow.parquet as pq

    def write(path: Path) -> None:
        pq.write_table(_clusters(task), path, compression="zstd")

    commit(Path(task.target), write)
    return 0


def _clusters(task: ClusterTask) -> pa.Table:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    nodes = pq.read_table(task.documents, columns=["node", "leader", "preference", "indexed"], use_threads=False)
    node = nodes.column("node").to_numpy()
    count = int(node.max()) + 1 if len(node) else 0
    ties = cluster(_tying(task.edges), _first(nodes, task.settings))
    head = np.arange(count)
    head[ties.member] = ties.representative
    heads = head[node]
    rows = np.flatnonzero(np.bincount(heads, minlength=count)[heads] > 1) if count else heads
    documents = pq.read_table(task.documents, use_threads=False).take(pa.array(rows))
    node, heads = node[rows], heads[rows]
    best = (node == heads) & documents.column("leader").to_numpy()
    # Clusters side by side, the representative first, then the best of the others.
    order = np.lexsort((np.arange(len(rows)), ~best, heads))
    first = np.flatnonzero(best[order])
    sizes = np.diff(np.append(first, len(order)))
    why = _reasons(documents, order[first], order[first + 1], rows, criteria(task.settings)) if len(first) else []
    ids = documents.column("id").combine_chunks()
    chosen = ids.take(pa.array(np.repeat(order[first], sizes)))
    kind, jaccard, containment = _similarity(ties, node, heads, best, count)
    columns = {
        "id": ids.take(pa.array(order)),
        "cluster": chosen,
        "representative": chosen,
        "kind": pa.array(kind[order], pa.string()),
        "jaccard": pa.array(jaccard[order], pa.float32()),
        "containment": pa.array(containment[order], pa.float32()),
        "reason": pa.array(np.repeat(np.array(why, dtype=object), sizes), pa.string()),
        "story": pa.nulls(len(order), pa.string()),
    }
    table = pa.table(columns, schema=clusters_schema())
    table = table.append_column("member", pc.not_equal(table.column("kind"), "representative"))
    keys = [("representative", "ascending"), ("member", "ascending"), ("id", "ascending")]
    return table.sort_by(keys).drop_columns(["member"]).combine_chunks()


def _tying(paths: tuple[str, ...]) -> Pairs:
    """Return the pairs that tie documents together."""
    import numpy as np
    import pyarrow.compute as pc

    table = read_edges(paths)
    kind = table.column("kind").cast("string")
    table = table.filter(pc.is_in(kind, value_set=_strings("near", "contained")))
    near = pc.equal(table.column("kind").cast("string"), "near")
    columns = (table.column(name).to_numpy() for name in ("a", "b", "jaccard", "containment"))
    return Pairs(*columns, np.asarray(near.to_numpy(), dtype=bool))


def _strings(*values: str) -> pa.Array:
    import pyarrow as pa

    return pa.array(values)


def read_edges(paths: tuple[str, ...]) -> pa.Table:
    """Return the similar pairs of nodes of all lots, sorted."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from curator.dedup.similarity import edge_schema

    tables = [pq.read_table(path, use_threads=False) for path in paths]
    whole = pa.concat_tables(tables) if tables else edge_schema().empty_table()
    return whole.unify_dictionaries().sort_by([("a", "ascending"), ("b", "ascending")])


def _first(nodes: pa.Table, settings: DedupSettings) -> Array:
    """Return for each node what comes before everything else when centres are chosen: earlier corpora, sites."""
    leaders = nodes.filter(nodes.column("leader"))
    preference = leaders.column("preference").to_numpy().astype("int64")
    if "indexed" in settings.representative:
        preference = preference + (~leaders.column("indexed").to_numpy()) * (len(settings.prefer) + 1)
    return preference


def _reasons(documents: pa.Table, best: Array, other: Array, places: Array, names: tuple[str, ...]) -> list[str]:
    """Return for each cluster the criterion that set its representative apart from the best of the others."""
    import numpy as np

    why = np.full(len(best), names[-1], dtype=object)
    undecided = np.ones(len(best), dtype=bool)
    for name in names[:-1]:
        values = documents.column(_COLUMN_OF[name]).to_numpy()
        differs = undecided & (values[best] != values[other])
        why[differs] = name
        undecided &= ~differs
    why[places[best] > places[other]] = "central"
    return list(why)


def _similarity(ties: Ties, node: Array, heads: Array, best: Array, count: int) -> tuple[Array, Array, Array]:
    """Return kind, Jaccard similarity and containment of each document with its representative."""
    import numpy as np

    place = np.full(count, -1)
    place[ties.member] = np.arange(len(ties.member))
    tie = place[node]
    tied = node != heads
    kind = np.where(best, "representative", "exact").astype(object)
    jaccard, containment = np.ones(len(node)), np.ones(len(node))
    kind[tied] = np.where(ties.near[tie[tied]], "near", "contained")
    jaccard[tied], containment[tied] = ties.jaccard[tie[tied]], ties.containment[tie[tied]]
    return kind, jaccard, containment


def write_edges(task: EdgeTask) -> int:
    """Write edges.parquet, sorted by a and b."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(path: Path) -> None:
        documents = pq.read_table(task.documents, columns=["id", "node", "runs"], use_threads=False)
        ids = documents.column("id").combine_chunks()
        parts = []
        for a, b, pairs in _document_pairs(task, documents):
            columns = {"a": ids.take(pa.array(a)), "b": ids.take(pa.array(b))}
            parts.append(pa.table({**columns, **pairs}, schema=edges_schema()))
        table = pa.concat_tables(parts).sort_by([("a", "ascending"), ("b", "ascending")]).combine_chunks()
        pq.write_table(table, path, compression="zstd")

    commit(Path(task.target), write)
    return 0


def _document_pairs(task: EdgeTask, documents: pa.Table) -> Iterator[tuple[Array, Array, dict[str, Any]]]:
    """Yield pairs of rows of the table of documents: copies of similar texts, then copies of one text."""
    import numpy as np
    import pyarrow as pa

    node = documents.column("node").to_numpy()
    by_node = np.argsort(node, kind="stable")
    sizes = np.bincount(node)
    starts = np.concatenate(([0], np.cumsum(sizes)))
    shown = np.where(sizes > _MAX_COPIES, 1, sizes)
    edges = read_edges(task.edges)
    a, b = edges.column("a").to_numpy(), edges.column("b").to_numpy()
    times = shown[a] * shown[b]
    each = np.repeat(np.arange(len(a)), times)
    nth = np.arange(len(each)) - np.repeat(np.cumsum(times) - times, times)
    first = by_node[starts[a[each]] + nth // shown[b[each]]]
    second = by_node[starts[b[each]] + nth % shown[b[each]]]
    kind = edges.column("kind").cast(pa.string()).combine_chunks().take(pa.array(each))
    similarity = {name: edges.column(name).to_numpy()[each].astype(np.float32) for name in ("jaccard", "containment")}
    yield first, second, {**similarity, "kind": kind}
    several = (sizes > 1) & (sizes <= _MAX_COPIES)
    for distance in range(int(sizes.max()) if len(sizes) else 0):
        here = np.flatnonzero(several[node[by_node]])
        here = here[here + distance + 1 < len(by_node)] if distance < _MAX_COPIES else here[:0]
        here = here[node[by_node[here]] == node[by_node[here + distance + 1]]]
        if not len(here):
            break
        yield by_node[here + distance + 1], by_node[here], _equal(len(here))
    many = np.flatnonzero(sizes > _MAX_COPIES)
    if len(many):
        others = np.concatenate([by_node[starts[n] + 1 : starts[n + 1]] for n in many.tolist()])
        yield others, np.repeat(by_node[starts[many]], sizes[many] - 1), _equal(len(others))


def _equal(count: int) -> dict[str, Any]:
    import numpy as np
    import pyarrow as pa

    ones = np.ones(count, dtype=np.float32)
    return {"jaccard": ones, "containment": ones, "kind": pa.array(["exact"] * count, pa.string())}
