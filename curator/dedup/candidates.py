"""Pairs of texts that may be similar: those that share a hash of a content-defined sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["candidate_pairs", "sample"]

# One hash in eight, at least sixteen: of two texts that share 50 shingles, one pair in 800 is missed; of 120, one in
# ten million (FracMinHash, Irber et al. 2022).
_FRACTION = 8
_AT_LEAST = 16
# Texts that share a hash with more than this many others are paired with the best of them only: a story with 600
# copies makes 600 pairs, not 180,000.
_MAX_GROUP = 64


def sample(shingles: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the part of a sorted set of hashes that stands for it: the same part of whatever set holds them."""
    import numpy as np

    below = int(np.searchsorted(shingles, np.uint64(2**64 // _FRACTION)))
    return shingles[: max(below, _AT_LEAST)]


def candidate_pairs(samples: Mapping[int, np.ndarray[Any, Any]]) -> list[tuple[int, int]]:
    """Return the pairs (a < b) of keys whose samples share a hash; keys are ranks, the best representative lowest."""
    import duckdb
    import numpy as np
    import pyarrow as pa

    if not samples:
        return []
    keys = np.repeat(np.fromiter(samples, dtype=np.int64), [len(s) for s in samples.values()])
    hashes = np.concatenate(list(samples.values()))
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        connection.register("postings", pa.table({"hash": hashes, "doc": keys}))
        rows = connection.execute(
            f"""
            with shared as (
                select hash, min(doc) as best, count(*) as size from postings group by hash having count(*) > 1
            ),
            inside as (select doc, hash, best, size from postings join shared using (hash))
            select a.doc, b.doc from inside a join inside b on a.hash = b.hash and a.doc < b.doc
            where a.size <= {_MAX_GROUP}
            union
            select best, doc from inside where size > {_MAX_GROUP} and doc > best
            """  # noqa: S608  (a constant)
        ).fetchall()
    return sorted(rows)
