"""The tasks that compare texts: all shingles of those that candidate pairs name, then each pair, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.dedup.pairing import read_pairs
from curator.dedup.representative import Shard
from curator.dedup.shingles import shingle
from curator.dedup.candidates import Least
from curator.dedup.verify import Edges, same_template, verify
from curator.settings import DedupSettings

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, Any]

__all__ = ["KINDS", "ShingleTask", "VerifyTask", "edge_schema", "shingle_texts", "verify_pairs"]

# What becomes of a similar pair. The first two tie documents together; of the others one text is too short for its
# likeness to mean much, or its numbers contradict the other's.
KINDS = ("near", "contained", "short", "template")


@dataclass(frozen=True, slots=True)
class ShingleTask:
    """Shingle those texts of one shard that are needed."""

    number: int
    shard: Shard
    need: str
    settings: DedupSettings
    target: str


@dataclass(frozen=True, slots=True)
class VerifyTask:
    """Compare the pairs of one lot."""

    lot: int
    need: str
    pairs: tuple[str, ...]
    shingled: tuple[str, ...]
    settings: DedupSettings
    target: str


def least_of(settings: DedupSettings) -> Least:
    """Return from where on two texts are similar."""
    return Least(settings.jaccard, settings.containment)


def edge_schema() -> pa.Schema:
    """Return the columns of similar pairs of nodes: a has no more shingles than b."""
    import pyarrow as pa

    return pa.schema(
        {
            "a": pa.int32(),
            "b": pa.int32(),
            "jaccard": pa.float64(),
            "containment": pa.float64(),
            "kind": pa.dictionary(pa.int8(), pa.string()),
        }
    )


def shingle_texts(task: ShingleTask) -> int:
    """Write all shingles and numbers of the needed texts of a shard, by lot."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    schema = pa.schema(
        {
            "lot": pa.int32(),
            "node": pa.int32(),
            "words": pa.float32(),
            "hashes": pa.list_(pa.field("hash", pa.uint64(), nullable=False)),
            "numbers": pa.list_(pa.field("hash", pa.uint64(), nullable=False)),
        }
    )

    def write(path: Path) -> None:
        need = pq.read_table(task.need, filters=[("shard", "=", task.number)], use_threads=False)
        texts = _rows(task.shard.texts, need.column("row").to_numpy())
        found = shingle(texts, task.settings.shingle_words)
        lists = (
            pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(values)).cast(schema.field("hashes").type)
            for offsets, values in ((found.offsets, found.hashes), (found.number_offsets, found.numbers))
        )
        table = pa.table(
            [need.column("lot"), need.column("node"), pa.array(found.words, pa.float32()), *lists], schema=schema
        )
        with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
            lots = table.column("lot").unique().to_pylist()
            for lot in lots:  # a row group each: a lot reads what it needs
                writer.write_table(table.filter(pc.equal(table.column("lot"), lot)) if len(lots) > 1 else table)

    commit(Path(task.target), write)
    return 0


def _rows(path: str, rows: Array) -> list[str]:
    """Return the texts in the given rows of a Parquet file; rows ascend."""
    import numpy as np
    import pyarrow.parquet as pq

    texts: list[str] = []
    with pq.ParquetFile(path) as table:
        first = 0
        for group in range(table.metadata.num_row_groups):
            count = table.metadata.row_group(group).num_rows
            here = rows[np.searchsorted(rows, first) : np.searchsorted(rows, first + count)]
            if len(here):
                column = table.read_row_group(group, columns=["text"], use_threads=False).column(0)
                texts += column.take(here - first).to_pylist()
            first += count
    return texts


def verify_pairs(task: VerifyTask) -> int:
    """Write the similar pairs of a lot; return how many were compared."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    compared = 0

    def write(path: Path) -> None:
        nonlocal compared
        sets = pa.concat_tables(_lot(source, task.lot) for source in task.shingled)
        nodes = sets.column("node").to_numpy()
        order = np.argsort(nodes)
        a, b = read_pairs(task.pairs)
        here = _member(a, nodes[order]) & _member(b, nodes[order])
        a, b = (order[np.searchsorted(nodes, side[here], sorter=order)] for side in (a, b))
        compared = len(a)
        edges = verify(a, b, *_flat(sets, "hashes"), least_of(task.settings))
        kinds = _kinds(edges, sets, task.settings)
        columns = [
            pa.array(nodes[edges.a]),
            pa.array(nodes[edges.b]),
            pa.array(edges.jaccard),
            pa.array(edges.containment),
            pa.array(kinds, pa.string()).dictionary_encode().cast(edge_schema().field("kind").type),
        ]
        pq.write_table(pa.table(columns, schema=edge_schema()), path, compression="lz4")

    commit(Path(task.target), write)
    return compared


def _lot(source: str, lot: int) -> pa.Table:
    """Return the texts of one lot from a file that has a row group for each."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(source) as file:
        groups = range(file.metadata.num_row_groups)
        here = [n for n in groups if file.metadata.row_group(n).column(0).statistics.min == lot]
        return file.read_row_groups(here, use_threads=False)


def _flat(sets: pa.Table, name: str) -> tuple[Array, Array]:
    """Return a column of lists as their values and where each list begins."""
    lists = sets.column(name).combine_chunks()
    offsets = lists.offsets.to_numpy()
    return lists.values.to_numpy()[offsets[0] :], offsets - offsets[0]


def _member(values: Array, sorted_set: Array) -> Array:
    import numpy as np

    if not len(sorted_set):
        return np.zeros(len(values), dtype=bool)
    places = np.minimum(np.searchsorted(sorted_set, values), len(sorted_set) - 1)
    return np.asarray(sorted_set[places] == values)


def _kinds(edges: Edges, sets: pa.Table, settings: DedupSettings) -> list[str]:
    """Return what becomes of each similar pair."""
    short = sets.column("words").to_numpy() < settings.min_words
    numbers, offsets = _flat(sets, "numbers")

    def numbers_of(place: int) -> Array:
        return numbers[offsets[place] : offsets[place + 1]]

    def kind(a: int, b: int, jaccard: float) -> str:
        if short[a] or short[b]:
            return "short"
        if jaccard < settings.template_jaccard and same_template(numbers_of(a), numbers_of(b)):
            return "template"
        return "near" if jaccard >= settings.jaccard else "contained"

    return list(map(kind, edges.a.tolist(), edges.b.tolist(), edges.jaccard.tolist()))
