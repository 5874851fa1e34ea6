"""The tasks that find candidate pairs: postings to groups by part of the hashes, groups to pairs by part of the nodes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.dedup.candidates import MAX_NODES, Least, count_pairs, events, group, likely, postings
from curator.dedup.representative import Shard
from curator.dedup.shingles import HASH_BITS, LEVELS
from curator.errors import CuratorError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["GroupTask", "NeedTask", "PairTask", "count_postings", "find_pairs", "group_postings", "parts_for", "read_note", "settle_need"]

_WORK_ITEMS = 1 << 25  # postings, pairs or hashes that one task holds: 270 MB, and as much again while it works


@dataclass(frozen=True, slots=True)
class GroupTask:
    """Group the postings whose hash leaves the rest `part` when divided by `of`, a power of two."""

    shards: tuple[Shard, ...]
    documents: str
    part: int
    of: int
    target: str


@dataclass(frozen=True, slots=True)
class PairTask:
    """Find the candidate pairs whose better node leaves the rest `part` when divided by `of`."""

    groups: tuple[str, ...]
    documents: str
    least: Least
    part: int
    of: int
    target: str


@dataclass(frozen=True, slots=True)
class NeedTask:
    """Find which texts must be compared word by word, and in which lots."""

    pairs: tuple[str, ...]
    documents: str
    target: str


def parts_for(items: int) -> int:
    """Return into how many parts to cut so much work, a power of two."""
    return 1 << max(0, (-(-items // _WORK_ITEMS) - 1).bit_length())


def count_postings(prints: str) -> int:
    """Return how many postings a file of fingerprints holds, or a few more: a document without one counts as one."""
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(prints)
    columns = [metadata.schema.column(n).path.split(".")[0] for n in range(metadata.num_columns)]
    place = columns.index("postings")
    return sum(metadata.row_group(group).column(place).num_values for group in range(metadata.num_row_groups))


def read_note(path: str | Path, key: str) -> Any:
    """Return what a task noted in the metadata of its file."""
    import pyarrow.parquet as pq

    return json.loads(pq.read_metadata(path).metadata[key.encode()])


def group_postings(task: GroupTask) -> int:
    """Write the postings of a part that share a hash with another; distinct texts only."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(path: Path) -> None:
        # Room for all of them; memory is taken only where something is put.
        packed = np.empty(sum(count_postings(shard.prints) for shard in task.shards), dtype=np.uint64)
        filled = 0
        for shard, (nodes, apart) in zip(task.shards, _nodes_by_shard(task), strict=True):
            lists = pq.read_table(shard.prints, columns=["postings"], use_threads=False).column(0).combine_chunks()
            hashes = lists.values.to_numpy()
            lengths = np.diff(lists.offsets.to_numpy())
            if apart.any():  # what different sites post never meets
                hashes = hashes ^ np.repeat(apart & np.uint64((1 << HASH_BITS) - 1), lengths)
            owners = np.repeat(nodes, lengths)
            wanted = owners >= 0
            if task.of > 1:
                wanted &= (hashes & np.uint64(task.of - 1)) == task.part
            found = postings(hashes[wanted], owners[wanted])
            packed[filled : filled + len(found)] = found
            filled += len(found)
        grouped = group(packed[:filled])
        table = pa.table({"posting": grouped}, metadata={"events": json.dumps(events(grouped))})
        pq.write_table(table, path, compression="none", use_dictionary=False, write_statistics=False)

    commit(Path(task.target), write)
    return 0


def _nodes_by_shard(task: GroupTask) -> list[tuple[Array, Array]]:
    """Return for each shard the node of each of its documents, -1 where another stands for it, and what is apart."""
    import numpy as np
    import pyarrow.parquet as pq

    found = _leaders(task.documents, ["shard", "position", "node", "apart"])
    if len(found["node"]) > MAX_NODES:
        hint = "deduplicate part of them first and the rest --against the index of it"
        raise CuratorError(f"more than {MAX_NODES:,} different texts", hint=hint)
    sizes = [pq.read_metadata(shard.prints).num_rows for shard in task.shards]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    nodes = np.full(int(starts[-1]), -1, dtype=np.int32)
    apart = np.zeros(len(nodes), dtype=np.uint64)
    places = starts[found["shard"]] + found["position"]
    nodes[places], apart[places] = found["node"], found["apart"]
    return [(nodes[a:b], apart[a:b]) for a, b in zip(starts[:-1], starts[1:], strict=True)]


def find_pairs(task: PairTask) -> int:
    """Write the candidate pairs of a part, a < b, sorted."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(path: Path) -> None:
        grouped = [pq.read_table(source, use_threads=False).column(0).to_numpy() for source in task.groups]
        a, b, shared = count_pairs(grouped, task.part, task.of)
        columns = _leaders(task.documents, ["runs", "level", *(f"posted_{share}" for _, share in LEVELS)])
        posted = np.stack([columns[f"posted_{share}"] for _, share in LEVELS], axis=1)
        chosen = likely((a, b, shared), posted, columns["level"], columns["runs"], task.least)
        table = pa.table({"a": a[chosen].astype(np.int32), "b": b[chosen].astype(np.int32)})
        pq.write_table(table, path, compression="lz4")

    commit(Path(task.target), write)
    return 0


def _leaders(documents: str, names: list[str]) -> dict[str, Array]:
    """Return columns of the documents that stand for a node, in the order of nodes."""
    import pyarrow.parquet as pq

    found = pq.read_table(documents, columns=[*names, "leader"], use_threads=False)
    leader = found.column("leader")
    return {name: found.column(name).filter(leader).to_numpy() for name in names}


def settle_need(task: NeedTask) -> int:
    """Write the texts to compare, by shard: `lot` says with which others; no pair lies across two lots.

    Pairs of two texts of an earlier corpus have been compared before.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(path: Path) -> None:
        columns = _leaders(task.documents, ["shard", "position", "row", "runs"])
        known = indexed_nodes(task.documents, len(columns["runs"]))
        a, b = read_pairs(task.pairs)
        new = ~(known[a] & known[b])
        nodes = np.unique(np.concatenate((a[new], b[new])))
        lots = _lots(a[new], b[new], nodes, columns["runs"])
        table = pa.table(
            {
                "shard": columns["shard"][nodes],
                "row": columns["row"][nodes],
                "node": nodes.astype(np.int32),
                "lot": lots.astype(np.int32),
            }
        ).sort_by([("shard", "ascending"), ("row", "ascending")])
        note = {"lots": json.dumps(int(lots.max()) + 1 if len(lots) else 0)}
        note["shards"] = json.dumps(np.unique(columns["shard"][nodes]).tolist())
        pq.write_table(table.replace_schema_metadata(note), path, compression="lz4")

    commit(Path(task.target), write)
    return 0


def indexed_nodes(documents: str, count: int) -> Array:
    """Return for each node whether a document of an earlier corpus has its text."""
    import numpy as np
    import pyarrow.parquet as pq

    found = pq.read_table(documents, columns=["node", "indexed"], use_threads=False)
    known = np.zeros(count, dtype=bool)
    known[found.column("node").filter(found.column("indexed")).to_numpy()] = True
    return known


def read_pairs(paths: tuple[str, ...]) -> tuple[Array, Array]:
    """Return the candidate pairs of all parts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.concat_tables(pq.read_table(path, use_threads=False) for path in paths)
    return table.column("a").to_numpy(), table.column("b").to_numpy()


def _lots(a: Array, b: Array, nodes: Array, runs: Array) -> Array:
    """Return a lot for each node, so that no lot is larger than a task can hold unless its texts hang together."""
    import numpy as np

    sizes = runs[nodes].astype(np.int64)
    if int(sizes.sum()) <= _WORK_ITEMS:
        return np.zeros(len(nodes), dtype=np.int64)
    component = _components(np.searchsorted(nodes, a), np.searchsorted(nodes, b), len(nodes))
    names, component = np.unique(component, return_inverse=True)
    weights = np.bincount(component, weights=sizes, minlength=len(names))
    lot_of = ((np.cumsum(weights) - weights) // _WORK_ITEMS).astype(np.int64)
    return np.asarray(np.unique(lot_of, return_inverse=True)[1][component])


def _components(a: Array, b: Array, count: int) -> Array:
    """Return for each of `count` nodes the lowest node it is connected with.

    Every edge pulls the higher label of its ends down to the lower, then labels jump to their labels' labels (Shiloach
    and Vishkin 1982): a few rounds.
    """
    import numpy as np

    label = np.arange(count)
    while True:
        low, high = np.minimum(label[a], label[b]), np.maximum(label[a], label[b])
        if (low == high).all():
            return label
        np.minimum.at(label, high, low)
        while not (label[label] == label).all():
            label = label[label]
