"""The tasks that write the files of an index, and that read the similar pairs of one again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.atomic import commit
from curator.dedup.columns import pair_keys, read_columns, write_columns
from curator.dedup.fingerprint import print_schema
from curator.dedup.outcome import read_edges
from curator.dedup.representative import Shard
from curator.dedup.similarity import KINDS, texts_of

__all__ = ["IndexEdgesTask", "KnownTask", "PartTask", "recall_edges", "write_index_edges", "write_part"]

_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class PartTask:
    """Put the fingerprints of one shard and their texts into one file."""

    number: int
    shard: Shard
    documents: str
    target: str


def write_part(task: PartTask) -> int:
    """Write a part of an index: the documents that are in the table of documents; return their number."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = print_schema(texts=True)
    count = first = 0

    def write(path: Path) -> None:
        nonlocal count, first
        there = read_columns(task.documents, "shard", "position")
        positions = np.sort(there["position"][there["shard"] == task.number])
        with pq.ParquetWriter(path, schema, compression="zstd") as writer, pq.ParquetFile(task.shard.prints) as prints:
            for batch in prints.iter_batches(_BATCH, use_threads=False):
                here = positions[np.searchsorted(positions, first) : np.searchsorted(positions, first + batch.num_rows)]
                table: Any = pa.Table.from_batches([batch]).take(pa.array(here - first))
                if "text" not in table.column_names:
                    texts = texts_of(task.shard.texts, table.column("row").to_numpy())
                    table = table.append_column("text", pa.array(texts, pa.string()))
                rows = pa.array(range(count, count + len(here)), pa.int32())
                writer.write_table(table.set_column(table.column_names.index("row"), "row", rows).select(schema.names))
                count, first = count + len(here), first + batch.num_rows
            writer.add_key_value_metadata({"failed": "{}", "texts": ""})

    commit(Path(task.target), write)
    return count


@dataclass(frozen=True, slots=True)
class KnownTask:
    """Recall the similar pairs of earlier texts that are candidates still."""

    pairs: tuple[str, ...]
    documents: str
    index: str
    target: str


def recall_edges(task: KnownTask) -> int:
    """Write the similar pairs of two earlier texts, as `verify_pairs` writes those of new ones."""
    import numpy as np

    def write(path: Path) -> None:
        found = read_columns(task.documents, "node", "leader", "content", "runs")
        of_nodes = {name: values[found["leader"]] for name, values in found.items()}
        order = np.argsort(of_nodes["content"])
        known = read_columns(task.index, "content_a", "content_b", "jaccard", "containment", "kind")
        content = of_nodes["content"][order]
        places = [np.minimum(np.searchsorted(content, known[f"content_{x}"]), len(order) - 1) for x in "ab"]
        there = (content[places[0]] == known["content_a"]) & (content[places[1]] == known["content_b"])
        known = {name: values[there] for name, values in known.items()}
        a, b = (order[place[there]] for place in places)
        # Of two texts with as many shingles a is the one that ranks lower.
        even = np.isclose(known["jaccard"] * (2 - known["containment"]), known["containment"], rtol=1e-9)
        swap = even & (a < b)
        a, b = np.where(swap, b, a), np.where(swap, a, b)
        pairs = read_columns(task.pairs, "a", "b")
        wanted = np.isin(pair_keys(a, b), pair_keys(pairs["a"], pairs["b"]))
        columns = {"a": a.astype(np.int32), "b": b.astype(np.int32)}
        columns |= {name: known[name] for name in ("jaccard", "containment", "kind")}
        write_columns(path, {name: values[wanted] for name, values in columns.items()})

    commit(Path(task.target), write)
    return 0


@dataclass(frozen=True, slots=True)
class IndexEdgesTask:
    """Keep similar pairs for later runs: by their texts, as nodes are numbered anew each time."""

    edges: tuple[str, ...]
    documents: str
    target: str


def write_index_edges(task: IndexEdgesTask) -> int:
    """Write all similar pairs of texts."""
    import numpy as np

    def write(path: Path) -> None:
        found = read_columns(task.documents, "leader", "content")
        content = found["content"][found["leader"]]
        edges = read_edges(task.edges)
        columns = {f"content_{side}": content[edges[side]] for side in ("a", "b")}
        columns |= {name: edges[name] for name in ("jaccard", "containment")}
        columns["kind"] = edges["kind"].astype(np.int8)
        order = np.lexsort((columns["content_b"], columns["content_a"]))
        write_columns(path, {name: values[order] for name, values in columns.items()}, kinds=KINDS)

    commit(Path(task.target), write)
    return 0
