"""Boosted trees over whole numbers: every level of a tree asks one question, so a leaf is a row of bits.

Source: "oblivious" or symmetric trees, as in CatBoost (Prokhorenkova et al., 2018). All sums are of whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curator.extract.lines.characters import Ints

__all__ = ["Forest", "probability"]

UNIT = 1000  # leaves are thousandths of log-odds
_CHUNK = 60_000  # lines times trees at once


class Forest:
    """A sum of trees.

    Attributes:
        features: the names of the features asked for.
    """

    def __init__(self, model: Mapping[str, Any]) -> None:
        self.features: Sequence[str] = tuple(model["features"])
        self._bias = int(model["bias"])
        self._depth = int(model["depth"])
        trees = model["trees"]
        # One row per level, so that the bits of all trees are set level by level.
        self._asked = np.array([[tree[2 * level] for tree in trees] for level in range(self._depth)], np.intp)
        self._over = np.array([[tree[2 * level + 1] for tree in trees] for level in range(self._depth)], np.int32)
        leaves = np.array([tree[2 * self._depth :] for tree in trees], np.int32)
        self._leaves = leaves.ravel()
        self._first = (np.arange(len(trees)) << self._depth).astype(np.int32)

    def log_odds(self, rows: NDArray[np.int32]) -> Ints:
        """Return the log-odds of each line in thousandths; `rows` holds the features, one row each."""
        lines = rows.shape[1]
        step = max(_CHUNK // len(self._first), 1)
        parts = [self._some(np.ascontiguousarray(rows[:, i : i + step])) for i in range(0, lines, step)]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def _some(self, rows: NDArray[np.int32]) -> Ints:
        leaf = np.repeat(self._first[:, None], rows.shape[1], axis=1)
        for level in range(self._depth):
            over = rows[self._asked[level]] > self._over[level][:, None]
            leaf += over.astype(np.int32) << level
        return self._leaves[leaf].sum(axis=0, dtype=np.int64) + self._bias


def _table() -> NDArray[np.int64]:
    import math

    return np.array([round(4096 / (1 + math.exp(-x / 64))) for x in range(-512, 513)], np.int64)


_PROBABILITIES = _table()


def probability(log_odds: Ints) -> Ints:
    """Return probabilities in 4096ths for log-odds in thousandths."""
    steps = np.clip((log_odds * 64 + UNIT // 2) // UNIT, -512, 512)
    return _PROBABILITIES[steps + 512]
