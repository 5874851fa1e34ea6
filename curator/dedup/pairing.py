"""The tasks that find candidate pairs: from postings to groups, from groups to pairs, from pairs to texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.dedup.candidates import MAX_NODES, Least, count_pairs, events, group, likely, postings
from curator.dedup.columns import flat, read_columns, write_columns
from curator.dedup.representative import Shard
from curator.dedup.shingles import HASH_BITS, LEVELS
from curator.errors import CuratorError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = [
    "GroupTask",
    "NeedTask",
    "PairTask",
    "components",
    "count_postings",
    "find_pairs",
    "group_postings",
    "parts_for",
    "settle_need",
]

# Postings, pairs or hashes that one task holds: 34 MB, and three times as much again while it works. With twice
# as many a million documents take 1.2 GB in two workers, 0.9 as it is, and eight seconds less.
_WORK_ITEMS = 1 << 22


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
    """Find which texts must be compared word by word, and in which lots.

    `known`: whether pairs of two texts of earlier corpora have been compared before.
    """

    pairs: tuple[str, ...]
    documents: str
    known: bool
    target: str


def parts_for(items: int) -> int:
    """Return into how many parts to cut so much work, a power of two.

    >>> parts_for(0), parts_for(10_000_000), parts_for(25_000_000)
    (1, 4, 8)
    """
    return 1 << max(-(-items // _WORK_ITEMS) - 1, 0).bit_length()


def count_postings(prints: str) -> int:
    """Return how many postings a file of fingerprints holds, or a few more: a document without one counts as one."""
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(prints)
    names = [metadata.schema.column(n).path.split(".")[0] for n in range(metadata.num_columns)]
    place = names.index("postings")
    return sum(metadata.row_group(n).column(place).num_values for n in range(metadata.num_row_groups))


def group_postings(task: GroupTask) -> int:
    """Write the postings of a part that share a hash with another; distinct texts only."""
    import numpy as np
    import pyarrow.parquet as pq

    def write(path: Path) -> None:
        # Room for all of them; memory is taken only where something is put.
        packed = np.empty(sum(count_postings(shard.prints) for shard in task.shards), dtype=np.uint64)
        filled = 0
        for shard, (nodes, apart) in zip(task.shards, _nodes_by_shard(task), strict=True):
            table = pq.read_table(shard.prints, columns=["postings"], use_threads=False)
            hashes, offsets = flat(table.column("postings"))
            lengths = np.diff(offsets)
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
        write_columns(path, {"posting": grouped}, events=events(grouped))

    commit(Path(task.target), write)
    return 0


def _nodes_by_shard(task: GroupTask) -> Iterator[tuple[Array, Array]]:
    """Yield for each shard the node of each of its documents, -1 where another stands for it, and what is apart."""
    import numpy as np
    import pyarrow.parquet as pq

    found = _leaders(task.documents, "shard", "position", "node", "apart")
    if len(found["node"]) > MAX_NODES:
        hint = "deduplicate a part first, and the rest --against the index of it"
        raise CuratorError(f"more than {MAX_NODES:,} different texts", where=task.documents, hint=hint)
    sizes = [pq.read_metadata(shard.prints).num_rows for shard in task.shards]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    nodes = np.full(int(starts[-1]), -1, dtype=np.int32)
    apart = np.zeros(len(nodes), dtype=np.uint64)
    places = starts[found["shard"]] + found["position"]
    nodes[places], apart[places] = found["node"], found["apart"]
    yield from ((nodes[a:b], apart[a:b]) for a, b in pairwise(starts.tolist()))


def _leaders(documents: str, *names: str) -> dict[str, Array]:
    """Return columns of the documents that stand for a node, in the order of nodes."""
    found = read_columns(documents, *names, "leader")
    leader = found.pop("leader")
    return {name: values[leader] for name, values in found.items()}


def find_pairs(task: PairTask) -> int:
    """Write the candidate pairs of a part, a < b, sorted."""
    import numpy as np

    def write(path: Path) -> None:
        grouped = (read_columns(source, "posting")["posting"] for source in task.groups)  # one at a time
        pairs = count_pairs(grouped, task.part, task.of)
        names = [f"posted_{share}" for _, share in LEVELS]
        columns = _leaders(task.documents, "words", "level", *names)
        posted = np.stack([columns[name] for name in names], axis=1)
        chosen = likely(pairs, posted, columns["level"], columns["words"], task.least)
        write_columns(path, {"a": pairs[0][chosen], "b": pairs[1][chosen]})

    commit(Path(task.target), write)
    return 0


def settle_need(task: NeedTask) -> int:
    """Write the texts to compare, by shard and row: `lot` says with which others; no pair lies across two lots."""
    import numpy as np

    def write(path: Path) -> None:
        columns = _leaders(task.documents, "shard", "row", "runs")
        pairs = read_columns(task.pairs, "a", "b")
        new: Any = slice(None)
        if task.known:
            earlier = _indexed(task.documents, len(columns["runs"]))
            new = ~(earlier[pairs["a"]] & earlier[pairs["b"]])
        a, b = pairs["a"][new], pairs["b"][new]
        nodes = np.unique(np.concatenate((a, b)))
        lots = _lots(a, b, nodes, columns["runs"])
        order = np.lexsort((columns["row"][nodes], columns["shard"][nodes]))
        nodes, lots = nodes[order], lots[order]
        shards = columns["shard"][nodes]
        table = {"shard": shards, "row": columns["row"][nodes], "node": nodes, "lot": lots.astype(np.int32)}
        write_columns(path, table, lots=len(np.unique(lots)), shards=np.unique(shards).tolist())

    commit(Path(task.target), write)
    return 0


def _indexed(documents: str, count: int) -> Array:
    """Return for each node whether a document of an earlier corpus has its text."""
    import numpy as np

    found = read_columns(documents, "node", "indexed")
    known = np.zeros(count, dtype=bool)
    known[found["node"][found["indexed"]]] = True
    return known


def _lots(a: Array, b: Array, nodes: Array, runs: Array) -> Array:
    """Return a lot for each node, so that no lot is larger than a task can hold unless its texts hang together."""
    import numpy as np

    sizes = runs[nodes].astype(np.int64)
    if int(sizes.sum()) <= _WORK_ITEMS:
        return np.zeros(len(nodes), dtype=np.int64)
    component = components(np.searchsorted(nodes, a), np.searchsorted(nodes, b), len(nodes))
    names, component = np.unique(component, return_inverse=True)
    weights = np.bincount(component, weights=sizes, minlength=len(names))
    lot_of = ((np.cumsum(weights) - weights) // _WORK_ITEMS).astype(np.int64)
    return np.asarray(np.unique(lot_of, return_inverse=True)[1][component])


def components(a: Array, b: Array, count: int) -> Array:
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
