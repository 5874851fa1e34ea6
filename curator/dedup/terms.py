"""What a text is about, as weighted words: names and the words of the lead count most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.dedup.columns import read_columns
from curator.dedup.days import MOST_DAYS, named_days
from curator.dedup.representative import Shard
from curator.dedup.similarity import texts_of
from curator.dedup.words import cased_words

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["TermTask", "terms_of", "write_terms"]

_BATCH = 500  # texts at a time
# Told apart by topic on ECB+ (see benchmarks/dedup.py): the lead says what happened, names say to whom.
_LEAD_WORDS, _LEAD = 40, 3.0
_NAME = 3.0
_MOST_WORDS = 1_500  # of a text; a story is told in fewer
_UNIT = 16  # weights are whole numbers: their sums do not depend on the order
_HASH_BITS = 52


@dataclass(frozen=True, slots=True)
class TermTask:
    """Weigh the words of those texts of a shard that stand for a cluster or for themselves."""

    number: int
    shard: Shard
    tellers: str  # parquet of (shard, row, node)
    target: str


def write_terms(task: TermTask) -> int:
    """Write for each text its node, its terms with their weights, and the days it names; return how many there are."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    count = 0

    def write(path: Path) -> None:
        nonlocal count
        found = read_columns(task.tellers, "shard", "row", "node")
        here = found["shard"] == task.number
        rows, nodes = found["row"][here], found["node"][here]
        texts = texts_of(task.shard.texts, rows)
        schema = pa.schema(
            {
                "node": pa.int32(),
                "terms": pa.list_(pa.uint64()),
                "weights": pa.list_(pa.int32()),
                "days": pa.list_(pa.float64(), MOST_DAYS),
            }
        )
        with pq.ParquetWriter(path, schema, compression="lz4", use_dictionary=False) as writer:
            for start in range(0, len(texts), _BATCH):
                part = texts[start : start + _BATCH]
                terms, weights, bounds = terms_of(part)
                days = np.full((len(part), MOST_DAYS), np.nan)
                for n, text in enumerate(part):
                    named = named_days(text)
                    days[n, : len(named)] = named
                offsets = pa.array(bounds, pa.int32())
                columns = [
                    pa.array(nodes[start : start + _BATCH], pa.int32()),
                    pa.ListArray.from_arrays(offsets, pa.array(terms)),
                    pa.ListArray.from_arrays(offsets, pa.array(weights)),
                    pa.FixedSizeListArray.from_arrays(pa.array(days.ravel()), MOST_DAYS),
                ]
                writer.write_table(pa.table(columns, schema=schema))
                count += len(part)

    commit(Path(task.target), write)
    return count


def terms_of(texts: Sequence[str]) -> tuple[Array, Array, Array]:
    """Return the terms of texts (hashes), their weights, and where those of each text begin and end.

    A term weighs 1 + ln of how often it is there, in the lead thrice as often; thrice that where it is a name, that is,
    where it mostly begins with a capital inside a sentence.
    """
    import numpy as np

    words = cased_words(texts)
    counts = np.diff(words.bounds)
    documents = np.repeat(np.arange(len(texts), dtype=np.uint64), counts)
    nth = np.arange(len(documents)) - np.repeat(words.bounds[:-1], counts)
    early = nth < _MOST_WORDS
    packed = (documents[early] << np.uint64(_HASH_BITS)) | (words.hashes[early] >> np.uint64(64 - _HASH_BITS))
    keys, places = np.unique(packed, return_inverse=True)
    often = np.bincount(places, weights=np.where(nth[early] < _LEAD_WORDS, _LEAD, 1.0), minlength=len(keys))
    total = np.bincount(places, minlength=len(keys))
    named = np.bincount(places, weights=words.names[early], minlength=len(keys))
    weights = _UNIT * (1 + np.log(often)) * np.where(2 * named > total, _NAME, 1.0)
    sizes = np.bincount((keys >> np.uint64(_HASH_BITS)).astype(np.int64), minlength=len(texts))
    bounds = np.concatenate(([0], np.cumsum(sizes)))
    return keys & np.uint64((1 << _HASH_BITS) - 1), np.round(weights).astype(np.int32), bounds
