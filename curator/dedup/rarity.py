"""What the terms of a text weigh among all texts: rare ones more, each text a vector of one length.

How rare a term is, is measured by the texts of the same language: as many as share the common words of a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.database import database
from curator.dedup.columns import flat, read_columns

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["UNIT", "SpreadTask", "WeighTask", "count_texts", "weigh_terms"]

UNIT = 4096  # the length of a vector: similarities are sums of whole numbers, and do not depend on the order
_KEYS, _MOST_TEXTS = 12, 64  # a text is looked up by its heaviest terms, of those that no more texts have
_COMMON = 10  # the tenth most common word of a text is an ordinary word of its language, and no numeral
_LIGHT = 32  # terms below this of a text's length are left out: they move a similarity by 0.0001
_STEPS = 64  # of the logarithm by which rare terms weigh more


@dataclass(frozen=True, slots=True)
class SpreadTask:
    """Count the texts that have a term."""

    terms: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class WeighTask:
    """Make vectors of the terms of some texts; `spread` tells how many texts have each."""

    terms: str
    spread: str
    target: str


def count_texts(task: SpreadTask) -> int:
    """Write (term, texts) of every term that several texts have, in order of terms."""

    def write(path: Path) -> None:
        with database(path.parent) as connection:
            connection.execute(
                """
                copy (
                    select term, count(*) as texts from (select unnest(terms) as term from read_parquet($sources))
                    group by term having count(*) > 1 order by term
                ) to $target (format parquet)
                """,
                {"sources": list(task.terms), "target": str(path)},
            )

    commit(Path(task.target), write)
    return 0


def weigh_terms(task: WeighTask) -> int:
    """Write (node, term, weight, key) of the terms that count; by its `key` terms a text is looked up."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(path: Path) -> None:
        spread = read_columns(task.spread, "term", "texts")
        kinds: dict[str, Any] = {"node": pa.int32(), "term": pa.uint64(), "weight": pa.int32(), "key": pa.bool_()}
        schema = pa.schema(kinds)
        with (
            pq.ParquetFile(task.terms) as source,
            pq.ParquetWriter(path, schema, compression="lz4", use_dictionary=False) as writer,
        ):
            for number in range(source.num_row_groups):  # some hundred texts
                table = source.read_row_group(number, columns=["node", "terms", "weights"], use_threads=False)
                (terms, bounds), (weights, _) = flat(table.column("terms")), flat(table.column("weights"))
                columns = _vectors(terms, weights, bounds, _texts_with(terms, spread["term"], spread["texts"]))
                columns["node"] = table.column("node").to_numpy()[columns.pop("row")]
                writer.write_table(pa.table({name: pa.array(columns[name]) for name in schema.names}, schema=schema))

    commit(Path(task.target), write)
    return 0


def _texts_with(terms: Array, known: Array, texts: Array) -> Array:
    """Return how many texts have each term; one, where it is not known."""
    import numpy as np

    if not len(known):
        return np.ones(len(terms), np.int64)
    place = np.minimum(np.searchsorted(known, terms), len(known) - 1)
    return np.where(known[place] == terms, texts[place], 1)


def _vectors(terms: Array, weights: Array, bounds: Array, texts: Array) -> dict[str, Array]:
    """Return row, term, weight and key of the terms that are left, in order of rows and terms."""
    import numpy as np

    sizes = np.diff(bounds)
    row = np.repeat(np.arange(len(sizes)), sizes)
    common = np.lexsort((-texts, row))  # of each row the most common first
    worded = np.flatnonzero(sizes)
    reach = np.zeros(len(sizes))
    reach[worded] = texts[common][bounds[worded] + np.minimum(sizes[worded], _COMMON) - 1]
    rare = np.floor(_STEPS * np.log(1 + np.maximum(reach[row], texts) / texts) + 0.5)
    weight = weights * rare
    length = np.sqrt(np.bincount(row, weight * weight, minlength=len(sizes)))
    share = UNIT * weight / length[row]
    left = np.flatnonzero((texts > 1) & (share >= _LIGHT))
    row, term, texts = row[left], terms[left], texts[left]
    unit = np.floor(share[left] + 0.5).astype(np.int32)
    # The heaviest of each row first, those too common to look a text up by behind all others.
    order = np.lexsort((term, -unit, texts > _MOST_TEXTS, row))
    begin = np.searchsorted(row, row)
    nth = np.empty(len(order), np.int64)
    nth[order] = np.arange(len(order))
    return {"row": row, "term": term, "weight": unit, "key": (nth - begin < _KEYS) & (texts <= _MOST_TEXTS)}
