"""What terms weigh among all texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curator.dedup.rarity import UNIT, SpreadTask, WeighTask, count_texts, weigh_terms

TEXTS = 100
COMMON = range(12)  # terms that all texts have
PAIRED = 1_000  # from here on terms that two texts share
LONE = 5_000  # and terms of one text


@pytest.fixture
def weighed(tmp_path: Path) -> list[dict[str, int]]:
    """Return the vectors of a hundred texts in two files: each shares twenty terms with its neighbour."""
    texts = [[*COMMON, *(PAIRED + text // 2 * 20 + n for n in range(20)), LONE + text] for text in range(TEXTS)]
    halves = (range(0, TEXTS, 2), range(1, TEXTS, 2))
    for half, nodes in enumerate(halves):
        terms = pa.array([texts[node] for node in nodes], pa.list_(pa.uint64()))
        weights = pa.array([[16] * len(texts[node]) for node in nodes], pa.list_(pa.int32()))
        columns = {"node": pa.array(nodes, pa.int32()), "terms": terms, "weights": weights}
        pq.write_table(pa.table(columns), tmp_path / f"terms-{half}.parquet")
    sources = tuple(str(tmp_path / f"terms-{half}.parquet") for half in range(2))
    spread = str(tmp_path / "spread.parquet")
    count_texts(SpreadTask(sources, spread))
    assert pq.read_table(spread).num_rows == len(COMMON) + TEXTS // 2 * 20
    rows = []
    for source in sources:
        weigh_terms(WeighTask(source, spread, f"{source}.vectors"))
        rows += pq.read_table(f"{source}.vectors").to_pylist()
    return rows


def test_rare_terms_weigh_more_and_all_vectors_have_one_length(weighed: list[dict[str, int]]) -> None:
    for node in range(TEXTS):
        own = [row for row in weighed if row["node"] == node]
        weights = {row["term"]: row["weight"] for row in own}
        assert len(weights) == len(own) == len(COMMON) + 20
        assert min(w for t, w in weights.items() if t >= PAIRED) > 5 * max(w for t, w in weights.items() if t < PAIRED)
        # What no other text has is left out, and still counts for the length.
        assert 0.9 * UNIT < np.sqrt(sum(weight**2 for weight in weights.values())) < UNIT
        assert not any(term >= LONE for term in weights)


def test_a_text_is_looked_up_by_its_heaviest_terms_the_lowest_first(weighed: list[dict[str, int]]) -> None:
    for node in range(TEXTS):
        keys = [row["term"] for row in weighed if row["node"] == node and row["key"]]
        assert keys == [PAIRED + node // 2 * 20 + n for n in range(12)]
