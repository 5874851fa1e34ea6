"""Forests of small decision trees, kept as readable JSON files and evaluated with numpy alone.

Features, thresholds and leaves are whole numbers, so a forest answers the same on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["UNIT", "Forest", "Ints", "Rows", "dump"]

UNIT = 1_000  # leaves are thousandths of log-odds
_ROWS_AT_ONCE = 500  # rows times trees must stay in a processor's cache
_LEVELS_OF_ALL = 4  # below, most are at a leaf: to leave them out takes half the time

Ints = NDArray[np.int64]
Rows = NDArray[np.integer[Any]]  # [rows, features]; small integers are faster


class Forest:
    """Trees of the form [feature, threshold, left, right] down to a leaf, an integer; `<=` goes left.

    Attributes:
        features: the names of the features, in the order of the columns.
        settings: numbers that belong to the use of the forest.
    """

    def __init__(self, stored: Mapping[str, Any]) -> None:
        self.features: tuple[str, ...] = tuple(stored["features"])
        self.settings: Mapping[str, float] = stored["settings"]
        self.bias: int = stored["bias"]
        trees = stored["trees"]
        nodes: list[tuple[int, int, int, int, int]] = []
        # What numbers rows of a table is as wide as a pointer: `take` would have to convert it at every step.
        self._roots = np.array([_lay_out(tree, nodes) for tree in trees], np.intp)
        table = np.array(nodes, np.intp)
        self._feature, self._threshold = np.ascontiguousarray(table[:, 0]), table[:, 1].astype(np.int32)
        self._child = np.ascontiguousarray(table[:, 2:4]).ravel()  # the left one of node n at 2n, the right at 2n + 1
        self._value = np.ascontiguousarray(table[:, 4])
        self._inner = self._child[::2] != np.arange(len(nodes))

    @classmethod
    def from_json(cls, text: str) -> Forest:
        """Read a forest as `dump` writes it."""
        return cls(json.loads(text))

    def odds(self, rows: Rows) -> Ints:
        """Return the log-odds of each row in thousandths; `rows` is [rows, features]."""
        return self.odds_of(self.leaves(rows))

    def chances(self, rows: Rows) -> NDArray[np.float64]:
        """Return the chance of each row, 0 to 1; `rows` is [rows, features]."""
        chances: NDArray[np.float64] = 1 / (1 + np.exp(-self.odds(rows) / UNIT))
        return chances

    def odds_of(self, leaves: NDArray[np.intp]) -> Ints:
        """Return the log-odds of rows that end in these leaves, [rows, trees], in thousandths."""
        odds: Ints = self._value.take(leaves).sum(axis=1, dtype=np.int64) + self.bias
        return odds

    def leaves(self, rows: Rows) -> NDArray[np.intp]:
        """Return the node in which each row ends in each tree, [rows, trees]."""
        parts = [self._descend(rows[at : at + _ROWS_AT_ONCE]) for at in range(0, len(rows), _ROWS_AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self._roots)), np.intp)

    def _descend(self, rows: Rows) -> NDArray[np.intp]:
        """Go down one level a step in all trees at once; later with those rows and trees that are at no leaf yet."""
        flat, width = rows.ravel(), rows.shape[1]
        node = np.repeat(self._roots[None, :], len(rows), axis=0)
        first = (np.arange(len(rows), dtype=np.intp) * width)[:, None]
        for _ in range(_LEVELS_OF_ALL):
            node = self._next(node, first, flat)
        node = node.ravel()
        moving = np.flatnonzero(self._inner.take(node))
        first = moving // len(self._roots) * width
        while len(moving):
            reached = self._next(node.take(moving), first, flat)
            node[moving] = reached
            inner = self._inner.take(reached)
            moving, first = moving[inner], first[inner]
        return node.reshape(len(rows), -1)

    def _next(self, node: NDArray[np.intp], first: NDArray[np.intp], flat: Rows) -> NDArray[np.intp]:
        """Return the nodes one level below, of rows that begin at `first` of all features; a leaf leads to itself."""
        asked = self._feature.take(node)  # `take` is twice as fast as an index in brackets
        asked += first
        beyond = flat.take(asked) > self._threshold.take(node)
        below = 2 * node
        below += beyond
        return self._child.take(below)

    def moves(self, groups: Sequence[int]) -> Ints:
        """Return, for each node, how much each group of features moves a row on the way down to it, in thousandths.

        Every step down a tree moves the answer from the mean of the leaves under one node to that of those under the
        next; the step is put down to the feature asked. Source: Saabas, "Interpreting random forests" (2014).

        Args:
            groups: the group of each feature, numbered from 0.
        """
        moved = np.zeros((len(self._value), max(groups) + 1), np.int64)
        for node in range(len(self._value)):  # a node stands before those below it
            for below in self._child[2 * node : 2 * node + 2].tolist():
                if below != node:
                    moved[below] = moved[node]
                    moved[below, groups[self._feature[node]]] += self._value[below] - self._value[node]
        return moved


def _lay_out(tree: Any, nodes: list[tuple[int, int, int, int, int]]) -> int:
    """Append a tree to the table of nodes (feature, threshold, left, right, value); return the number of its root."""
    number = len(nodes)
    _append(tree, nodes)
    return number


def _append(tree: Any, nodes: list[tuple[int, int, int, int, int]]) -> tuple[int, int]:
    """Append a tree to the table; return the sum and the number of its leaves. A node's value is their mean."""
    number = len(nodes)
    if isinstance(tree, int):
        nodes.append((0, 0, number, number, tree))
        return tree, 1
    feature, threshold, left, right = tree
    nodes.append((0, 0, 0, 0, 0))
    left_sum, left_count = _append(left, nodes)
    other = len(nodes)
    right_sum, right_count = _append(right, nodes)
    total, count = left_sum + right_sum, left_count + right_count
    nodes[number] = (feature, threshold, number + 1, other, total // count)
    return total, count


def dump(
    features: Sequence[str], bias: int, settings: Mapping[str, float], trees: Sequence[Any], notes: Mapping[str, Any]
) -> Iterator[str]:
    """Yield a forest's file piece by piece: one tree a line, so that a change shows in a diff."""
    head = {"notes": notes, "settings": settings, "bias": bias}
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2]
    yield ',\n "features": ' + json.dumps(list(features)) + ',\n "trees": [\n'
    yield ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in trees)
    yield "\n]}\n"
