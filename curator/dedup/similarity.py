"""The tasks that compare texts: all shingles of those that candidate pairs name, then each pair, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.dedup.candidates import Least
from curator.dedup.columns import flat, read_columns, write_columns
from curator.dedup.representative import Shard
from curator.dedup.shingles import shingle
from curator.dedup.verify import Edges, same_template, verify
from curator.settings import DedupSettings

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["KINDS", "ShingleTask", "VerifyTask", "kinds_of", "least_of", "shingle_texts", "texts_of", "verify_pairs"]

# What becomes of a similar pair. The first two tie documents together; of the others one text is too short for its
# likeness to mean much, or its numbers contradict the other's.
KINDS = ("near", "contained", "short", "template")
_NEAR, _CONTAINED, _SHORT, _TEMPLATE = range(4)
_BRIEF_TIMES, _SHORT_TIMES = 2, 3
_LOOSE = 0.8


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
    pairs: tuple[str, ...]
    shingled: tuple[str, ...]
    settings: DedupSettings
    target: str


def least_of(settings: DedupSettings) -> Least:
    """Return from where on two texts are similar."""
    return Least(settings.jaccard, settings.containment, _BRIEF_TIMES * settings.min_words)


def shingle_texts(task: ShingleTask) -> int:
    """Write all shingles and numbers of the needed texts of a shard, a row group for each lot."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(path: Path) -> None:
        need = read_columns(task.need, "shard", "row", "node", "lot")
        here = need["shard"] == task.number
        row, node, lot = (need[name][here] for name in ("row", "node", "lot"))
        found = shingle(texts_of(task.shard.texts, row), task.settings.shingle_words)
        table = pa.table(
            {
                "lot": pa.array(lot),
                "node": pa.array(node),
                "words": pa.array(found.words),
                "hashes": pa.ListArray.from_arrays(pa.array(found.offsets, pa.int32()), pa.array(found.hashes)),
                "numbers": pa.ListArray.from_arrays(
                    pa.array(found.number_offsets, pa.int32()), pa.array(found.numbers)
                ),
            }
        )
        with pq.ParquetWriter(path, table.schema, compression="none", use_dictionary=False) as writer:
            for number in np.unique(lot).tolist():
                writer.write_table(table.filter(pa.array(lot == number)))

    commit(Path(task.target), write)
    return 0


def texts_of(path: str, rows: Array) -> list[str]:
    """Return the texts in the given rows of a Parquet file; rows ascend."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts: list[str] = []
    with pq.ParquetFile(path) as table:
        first = 0
        for group in range(table.metadata.num_row_groups):
            count = table.metadata.row_group(group).num_rows
            here = rows[np.searchsorted(rows, first) : np.searchsorted(rows, first + count)]
            if len(here):
                column: Any = table.read_row_group(group, columns=["text"], use_threads=False).column(0)
                texts += column.take(pa.array(here - first)).to_pylist()
            first += count
    return texts


def verify_pairs(task: VerifyTask) -> int:
    """Write the similar pairs of a lot, a the text with fewer shingles; return how many pairs were compared."""
    import numpy as np
    import pyarrow as pa

    compared = 0

    def write(path: Path) -> None:
        nonlocal compared
        sets: Any = pa.concat_tables([_lot(source, task.lot) for source in task.shingled])
        nodes = sets.column("node").to_numpy()
        order = np.argsort(nodes)
        pairs = read_columns(task.pairs, "a", "b")
        here = _member(pairs["a"], nodes[order]) & _member(pairs["b"], nodes[order])
        a, b = (order[np.searchsorted(nodes, pairs[side][here], sorter=order)] for side in ("a", "b"))
        compared = len(a)
        words = sets.column("words").to_numpy()
        edges = verify(a, b, flat(sets.column("hashes")), words, least_of(task.settings))
        kinds = kinds_of(edges, words, flat(sets.column("numbers")), task.settings)
        columns = {"a": nodes[edges.a], "b": nodes[edges.b], "jaccard": edges.jaccard, "containment": edges.containment}
        write_columns(path, {**columns, "kind": kinds})

    commit(Path(task.target), write)
    return compared


def _lot(source: str, lot: int) -> Any:
    """Return the texts of one lot from a file that has a row group for each."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(source) as file:
        groups = range(file.metadata.num_row_groups)
        here = [n for n in groups if getattr(file.metadata.row_group(n).column(0).statistics, "min", None) == lot]
        return file.read_row_groups(here, use_threads=False)


def _member(values: Array, sorted_set: Array) -> Array:
    import numpy as np

    places = np.searchsorted(sorted_set, values)
    return np.asarray(sorted_set[np.minimum(places, len(sorted_set) - 1)] == values)


def kinds_of(edges: Edges, words: Array, numbers: tuple[Array, Array], settings: DedupSettings) -> Array:
    """Return what becomes of each similar pair, as numbers of KINDS."""
    import numpy as np

    fewest = np.minimum(words[edges.a], words[edges.b])
    near = edges.jaccard >= _required(settings.jaccard, fewest, settings.min_words)
    contained = edges.containment >= _required(settings.containment, fewest, settings.min_words)
    kinds = np.select([near, contained], [_NEAR, _CONTAINED], _SHORT).astype(np.int8)
    values, offsets = numbers

    def numbers_of(place: int) -> Array:
        return values[offsets[place] : offsets[place + 1]]

    for n in np.flatnonzero((edges.jaccard < settings.template_jaccard) & (kinds != _SHORT)).tolist():
        loose = bool(max(edges.jaccard[n], edges.containment[n]) < _LOOSE)
        if same_template(numbers_of(edges.a[n]), numbers_of(edges.b[n]), loose=loose):
            kinds[n] = _TEMPLATE
    return kinds


def _required(limit: float, words: Array, least_words: int) -> Array:
    """Return how similar texts of so many words must be.

    Of a few words each says much: texts below `least_words` must be equal. From there the demand falls evenly, and at
    _SHORT_TIMES as many words it has come down to the limit.
    """
    import numpy as np

    span = max((_SHORT_TIMES - 1) * least_words, 1)
    brevity = np.clip((_SHORT_TIMES * least_words - words) / span, 0, 1)
    return np.asarray(np.where(words < least_words, 2.0, limit + (1 - limit) * brevity))
