"""A forest of small decision trees, kept as one readable JSON file and evaluated with numpy alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["Forest"]

SCALE = 100  # features times this, rounded, is what trees compare: the same on every machine
_LEAF_SCALE = 1_000  # leaves are thousandths of log odds
_ROWS_AT_ONCE = 2_000
Array = Any


class Forest:
    """Trees of the form [feature, threshold, left, right] down to a leaf, an integer; `<=` goes left.

    The answer for a row is the sigmoid of the sum of its leaves and the bias, in thousandths.
    """

    def __init__(self, stored: Mapping[str, Any]) -> None:
        self.features: list[str] = list(stored["features"])
        self.bias: int = stored["bias"]
        self.settings: Mapping[str, float] = stored["settings"]
        nodes: list[tuple[int, int, int, int]] = []
        self._roots = np.array([_lay_out(tree, nodes) for tree in stored["trees"]], dtype=np.int64)
        table = np.array(nodes, dtype=np.int64)
        self._feature, self._threshold = table[:, 0].copy(), table[:, 1].copy()
        self._child = table[:, 2:].reshape(-1).copy()  # the left one of node n at 2n, the right one at 2n + 1
        self._depth = max(_depth(tree) for tree in stored["trees"])

    @classmethod
    def from_json(cls, text: str) -> Forest:
        """Read a forest as the training script writes it."""
        return cls(json.loads(text))

    def chances(self, rows: Array) -> Array:
        """Return the chance of each row, 0 to 1; `rows` are float [rows, features] in the order of `features`."""
        scaled = np.rint(np.clip(rows, -1e6, 1e6) * SCALE).astype(np.int64)
        parts = [self._sums(scaled[at : at + _ROWS_AT_ONCE]) for at in range(0, len(scaled), _ROWS_AT_ONCE)]
        total = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
        answer: Array = 1 / (1 + np.exp(-(total + self.bias) / _LEAF_SCALE))
        return answer

    def _sums(self, scaled: Array) -> Array:
        """Walk all rows down all trees at once, a level a step; a leaf is a node that leads to itself."""
        flat = scaled.reshape(-1)
        offset = (np.arange(len(scaled)) * scaled.shape[1])[:, None]
        node = np.broadcast_to(self._roots, (len(scaled), len(self._roots)))
        for _ in range(self._depth):
            beyond = flat[offset + self._feature[node]] > self._threshold[node]
            node = self._child[2 * node + beyond]
        return self._threshold[node].sum(axis=1)


def _lay_out(tree: Any, nodes: list[tuple[int, int, int, int]]) -> int:
    """Append a tree to the table of nodes; return the number of its root. A leaf holds its value as a threshold."""
    number = len(nodes)
    if isinstance(tree, int):
        nodes.append((0, tree, number, number))
        return number
    feature, threshold, left, right = tree
    nodes.append((0, 0, 0, 0))
    nodes[number] = (feature, threshold, _lay_out(left, nodes), _lay_out(right, nodes))
    return number


def _depth(tree: Any) -> int:
    return 0 if isinstance(tree, int) else 1 + max(_depth(tree[2]), _depth(tree[3]))


def dump(
    features: Sequence[str], bias: int, settings: Mapping[str, float], trees: Sequence[Any], notes: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the lines of a forest's file: one tree a line, so that a change shows in a diff."""
    head = {"notes": notes, "settings": settings, "bias": bias, "features": list(features)}
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "trees": ['
    lines = [json.dumps(tree, separators=(",", ":")) for tree in trees]
    yield ",\n".join(lines)
    yield "]}\n"
