"""The last tasks: from similar pairs of texts to clusters.parquet and edges.parquet, which speak of documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.dedup.cluster import Pairs, Ties, cluster
from curator.dedup.columns import read_columns
from curator.dedup.representative import criteria
from curator.dedup.similarity import KINDS
from curator.settings import DedupSettings

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, Any]

__all__ = [
    "DROPPED_AS",
    "ClusterTask",
    "EdgeTask",
    "clusters_schema",
    "edges_schema",
    "read_edges",
    "write_clusters",
    "write_edges",
]

# Why a row of clusters.parquet goes, as SQL over its columns and $drop; null where it stays.
DROPPED_AS = """
    case when list_contains($drop, kind) then kind when list_contains($drop, 'story') and story <> id then 'story' end
"""
# The columns behind the criteria by which a representative is chosen.
_COLUMN_OF = {
    "incumbent": "incumbent",
    "indexed": "generation",
    "site": "preference",
    "longest": "characters",
    "earliest": "day",
}
# Of a text with more copies than this only the first stands for all of them in edges.parquet.
_MAX_COPIES = 64
_EDGE = ("a", "b", "jaccard", "containment", "kind")


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
    """Return the columns of clusters.parquet: one row for each document that has copies, or shares a story.

    `kind` is representative, exact, near or contained, or null: without copies, a cluster of its own. `jaccard` and
    `containment` are to the representative; `story` is the id of the best-ranked document that tells it.
    """
    import pyarrow as pa

    names = ("id", "cluster", "representative", "kind", "jaccard", "containment", "reason", "story")
    return pa.schema([(name, pa.float64() if name in _EDGE[2:4] else pa.string()) for name in names])


def edges_schema() -> pa.Schema:
    """Return the columns of edges.parquet: every similar pair, a the text with fewer shingles.

    `containment` is how much of a stands in b; pairs of kind exact, near and contained tie documents together, those of
    kind short and template do not.
    """
    import pyarrow as pa

    return pa.schema([(name, pa.float64() if name in _EDGE[2:4] else pa.string()) for name in _EDGE])


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

    wanted = ["node", "leader", *_COLUMN_OF.values()]
    documents = read_columns(task.documents, *wanted)
    node, leader = documents["node"], documents["leader"]
    edges = read_edges(task.edges)
    by_rank = "indexed" in task.settings.representative
    ties = cluster(_tying(edges), documents["preference"][leader], by_rank=by_rank)
    head = np.arange(int(node.max()) + 1 if len(node) else 0)
    head[ties.member] = ties.representative
    heads = head[node]
    rows = np.flatnonzero(np.bincount(heads, minlength=1)[heads] > 1)
    best = (leader & (node == heads))[rows]
    # Clusters side by side; in each the representative first, then the best of the others.
    order = np.lexsort((rows, ~best, heads[rows]))
    rows, best = rows[order], best[order]
    first = np.flatnonzero(best)
    sizes = np.diff(np.append(first, len(rows)))
    ids = _ids(task.documents, rows)
    chosen = np.repeat(ids[first], sizes)
    kind, jaccard, containment = _likeness(ties, node[rows], heads[rows], best)
    reason = _reasons(documents, rows[first], rows[first + 1], criteria(task.settings))
    sort = np.lexsort((ids, ~best, chosen)) if len(ids) else np.empty(0, np.int64)
    columns = {
        "id": ids,
        "cluster": chosen,
        "representative": chosen,
        "kind": kind,
        "jaccard": jaccard,
        "containment": containment,
        "reason": np.repeat(reason, sizes),
        "story": np.full(len(ids), None),
    }
    schema = clusters_schema()
    return pa.table([pa.array(columns[f.name][sort], f.type) for f in schema], schema=schema)


def _ids(documents: str, rows: Array) -> Array:
    """Return the ids in the given rows of the table of documents, as an array of strings."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    column: Any = pq.read_table(documents, columns=["id"], use_threads=False).column("id")
    return np.array(column.take(pa.array(rows)).to_pylist(), dtype=object)


def read_edges(paths: tuple[str, ...]) -> dict[str, Array]:
    """Return the similar pairs of all files, sorted and each once, so that nothing depends on who found them."""
    import numpy as np

    if not paths:
        return {name: np.empty(0, np.float64 if name in _EDGE[2:4] else np.int64) for name in _EDGE}
    edges = read_columns(paths, *_EDGE)
    order = np.lexsort((edges["b"], edges["a"]))
    again = (np.diff(edges["a"][order]) == 0) & (np.diff(edges["b"][order]) == 0)
    order = order[np.concatenate(([True], ~again))] if len(order) else order
    return {name: values[order] for name, values in edges.items()}


def _tying(edges: dict[str, Array]) -> Pairs:
    """Return the pairs that tie documents together."""
    ties = edges["kind"] <= KINDS.index("contained")
    a, b, jaccard, containment, kind = (edges[name][ties] for name in _EDGE)
    return Pairs(a, b, jaccard, containment, kind == KINDS.index("near"))


def _reasons(documents: dict[str, Array], best: Array, other: Array, names: tuple[str, ...]) -> Array:
    """Return for each cluster the criterion that set its representative apart from the best of the others."""
    import numpy as np

    why = np.full(len(best), names[-1], dtype=object)
    undecided = np.ones(len(best), dtype=bool)
    for name in names[:-1]:
        values = documents[_COLUMN_OF[name]]
        differs = undecided & (values[best] != values[other])
        why[differs] = name
        undecided &= ~differs
    why[best > other] = "central"  # the other ranks higher, but is not similar to all
    return why


def _likeness(ties: Ties, node: Array, heads: Array, best: Array) -> tuple[Array, Array, Array]:
    """Return kind, Jaccard similarity and containment of each document with its representative."""
    import numpy as np

    kind = np.where(best, "representative", "exact").astype(object)
    jaccard, containment = np.ones(len(node)), np.ones(len(node))
    tied = np.flatnonzero(node != heads)
    tie = np.searchsorted(ties.member, node[tied])
    kind[tied] = np.where(ties.near[tie], "near", "contained")
    jaccard[tied], containment[tied] = ties.jaccard[tie], ties.containment[tie]
    return kind, jaccard, containment


def write_edges(task: EdgeTask) -> int:
    """Write edges.parquet, sorted by a and b."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(path: Path) -> None:
        documents = read_columns(task.documents, "node", "runs")
        parts = list(_document_pairs(documents["node"], documents["runs"] > 0, read_edges(task.edges)))
        a, b, jaccard, containment, kind = (np.concatenate(column) for column in zip(*parts, strict=True))
        first, second = _ids(task.documents, a), _ids(task.documents, b)
        order = np.lexsort((second, first)) if len(first) else np.empty(0, np.int64)
        names = np.array([*KINDS, "exact"], dtype=object)
        columns = (first, second, jaccard, containment, names[kind])
        table = pa.table(
            [pa.array(c[order], f.type) for c, f in zip(columns, edges_schema(), strict=True)], schema=edges_schema()
        )
        pq.write_table(table, path, compression="zstd")

    commit(Path(task.target), write)
    return 0


def _document_pairs(node: Array, worded: Array, edges: dict[str, Array]) -> Iterator[tuple[Array, ...]]:
    """Yield pairs of rows of the table of documents: copies of similar texts, then copies of one text."""
    import numpy as np

    by_node = np.argsort(node, kind="stable")
    sizes = np.bincount(node, minlength=1)
    starts = np.cumsum(sizes) - sizes
    shown = np.where(sizes > _MAX_COPIES, 1, sizes)
    a, b, jaccard, containment, kind = (edges[name] for name in _EDGE)
    times = shown[a] * shown[b]
    each = np.repeat(np.arange(len(a)), times)
    nth = np.arange(len(each)) - np.repeat(np.cumsum(times) - times, times)
    first = by_node[starts[a[each]] + nth // shown[b[each]]]
    second = by_node[starts[b[each]] + nth % shown[b[each]]]
    yield first, second, jaccard[each], containment[each], kind[each]

    def equal(these: Array, those: Array) -> tuple[Array, ...]:
        ones = np.ones(len(these))
        return these, those, ones, ones, np.full(len(these), len(KINDS))

    # The copies of one text stand side by side: each with the next, with the one after that, …
    here = np.flatnonzero((sizes[node] > 1)[by_node] & worded[by_node])
    crowded = sizes[node[by_node[here]]] > _MAX_COPIES
    many, here = here[crowded], here[~crowded]
    leaders = starts[node[by_node[many]]]
    yield equal(by_node[many[many != leaders]], by_node[leaders[many != leaders]])
    for distance in range(1, _MAX_COPIES):
        here = here[here + distance < len(by_node)]
        here = here[node[by_node[here]] == node[by_node[here + distance]]]
        yield equal(by_node[here + distance], by_node[here])
