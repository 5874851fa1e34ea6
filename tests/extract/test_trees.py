from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from curator.extract.forest import Forest, dump

# Two trees: one asks both features, one only the second.
TREES = [[0, 5, -700, [1, 2, 100, 900]], [1, 0, -50, 50]]


def forest() -> Forest:
    return Forest({"features": ["size", "links"], "bias": 7, "settings": {}, "trees": TREES})


def test_odds_are_the_bias_and_the_leaves_reached() -> None:
    rows = np.array([[5, 9], [6, 2], [6, 3], [6, 0]], np.int16)
    assert forest().odds(rows).tolist() == [7 - 700 + 50, 7 + 100 + 50, 7 + 900 + 50, 7 + 100 - 50]


def test_a_tree_is_asked_down_to_its_last_leaf_and_may_have_32() -> None:
    stairs: Any = 0
    for step in reversed(range(31)):
        stairs = [0, step, step - 100, stairs]
    stored = {"features": ["size"], "bias": 0, "settings": {}, "trees": [stairs, 5]}
    rows = np.arange(-1, 33, dtype=np.int16)[:, None]
    assert Forest(stored).odds(rows).tolist() == [max(size, 0) - 95 if size < 31 else 5 for size in range(-1, 33)]
    with pytest.raises(ValueError, match="33 leaves"):
        Forest(stored | {"trees": [[0, -7, 1, stairs]]})


def test_no_rows_have_no_odds() -> None:
    assert forest().odds(np.zeros((0, 2), np.int16)).tolist() == []


def test_many_rows_get_the_odds_each_would_get_alone() -> None:
    rows = np.random.default_rng(0).integers(-3, 12, (1_201, 2)).astype(np.int16)
    assert forest().odds(rows).tolist() == [int(forest().odds(row[None])[0]) for row in rows]


def test_moves_add_up_to_the_way_from_root_to_leaf() -> None:
    trees = forest()
    leaves = trees.leaves(np.array([[6, 3]], np.int16))
    moved = trees.moves([0, 1])[leaves].sum(axis=1)
    # From the mean of all leaves (100) to that of those for larger sizes (500), on to 900; and from 0 to 50.
    assert moved.tolist() == [[500 - 100, 900 - 500 + 50]]


def test_what_is_dumped_is_read_again() -> None:
    text = "".join(dump(["size", "links"], 7, {"least": 0.5}, TREES, {"made_by": "hand"}))
    again, rows = Forest.from_json(text), np.array([[6, 3]], np.int16)
    assert again.odds(rows).tolist() == forest().odds(rows).tolist()
    assert (again.features, again.settings) == (("size", "links"), {"least": 0.5})
    assert text.count("\n") >= len(TREES)  # a tree a line
