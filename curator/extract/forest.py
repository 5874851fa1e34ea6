"""Forests of small decision trees, kept as readable JSON files and evaluated with numpy alone.

Features, thresholds and leaves are whole numbers, so a forest answers the same on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["UNIT", "Forest", "Ints", "Rows", "dump"]

UNIT = 1_000  # leaves are thousandths of log-odds
_ROWS_AT_ONCE = 256  # rows times trees must stay in a processor's cache
_MOST_LEAVES = 32  # of a tree: a bit for each

Ints = NDArray[np.int64]
Rows = NDArray[np.integer[Any]]  # [rows, features]; small integers are faster


class Forest:
    """Trees of the form [feature, threshold, left, right] down to a leaf, an integer; `<=` goes left.

    Attributes:
        features: the names of the features, in the order of the columns.
        settings: numbers that belong to the use of the forest.

    Raises:
        ValueError: a tree has more than 32 leaves.
    """

    def __init__(self, stored: Mapping[str, Any]) -> None:
        self.features: tuple[str, ...] = tuple(stored["features"])
        self.settings: Mapping[str, float] = stored["settings"]
        self.bias: int = stored["bias"]
        nodes: list[_Node] = []
        trees = [_lay_out(tree, nodes) for tree in stored["trees"]]
        self._parents = [(node.feature, node.below) for node in nodes]
        self._value = np.array([node.value for node in nodes], np.intp)
        # What is asked in each tree, [questions, trees]; a tree with fewer questions than another asks some in vain.
        most = max((len(tree.questions) for tree in trees), default=0)
        asked = np.zeros((3, most, len(trees)), np.int64)
        self._leaf = np.zeros((len(trees), _MOST_LEAVES), np.intp)
        for number, tree in enumerate(trees):
            asked[:, : len(tree.questions), number] = np.reshape(tree.questions, (-1, 3)).T
            self._leaf[number, : len(tree.leaves)] = tree.leaves
        self._feature, self._threshold = asked[0].astype(np.intp), asked[1].astype(np.int32)
        self._left = asked[2].astype(np.uint32).view(np.int32)

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
        parts = [self._descend(rows[at : at + _ROWS_AT_ONCE].T) for at in range(0, len(rows), _ROWS_AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self._leaf)), np.intp)

    def _descend(self, columns: Rows) -> NDArray[np.intp]:
        """Ask all questions of all trees, whether or not a row comes by them; `columns` is [features, rows].

        Each answer `>` rules out the leaves to the left of its question; the first leaf left is the one. Source:
        Lucchese et al., "QuickScorer" (2015). It takes half the time of going down level by level.
        """
        columns = np.ascontiguousarray(columns)
        thresholds = self._threshold.astype(columns.dtype)
        gone = np.zeros((len(self._leaf), columns.shape[1]), np.int32)  # a bit for each leaf that is ruled out
        for feature, threshold, left in zip(self._feature, thresholds, self._left, strict=True):
            beyond = columns.take(feature, axis=0) > threshold[:, None]
            bits = np.negative(beyond.view(np.int8)).astype(np.int32)  # all of them, or none
            bits &= left[:, None]
            gone |= bits
        possible = ~gone
        lowest = (possible & -possible).view(np.uint32)
        first = (lowest.astype(np.float32).view(np.int32) >> 23) - 127  # the exponent of a power of two
        return np.take_along_axis(self._leaf, first, axis=1).T

    def moves(self, groups: Sequence[int]) -> Ints:
        """Return, for each node, how much each group of features moves a row on the way down to it, in thousandths.

        Every step down a tree moves the answer from the mean of the leaves under one node to that of those under the
        next; the step is put down to the feature asked. Source: Saabas, "Interpreting random forests" (2014).

        Args:
            groups: the group of each feature, numbered from 0.
        """
        moved = np.zeros((len(self._value), max(groups) + 1), np.int64)
        for node, (feature, children) in enumerate(self._parents):  # a node stands before those below it
            for below in children:
                moved[below] = moved[node]
                moved[below, groups[feature]] += self._value[below] - self._value[node]
        return moved


@dataclass(slots=True)
class _Node:
    value: int = 0  # the mean of the leaves under it
    feature: int = 0
    below: tuple[int, ...] = ()


@dataclass(slots=True)
class _Tree:
    """Questions (feature, threshold, a bit for each leaf to the left), and the nodes that are leaves, left to right."""

    questions: list[tuple[int, int, int]] = field(default_factory=list)
    leaves: list[int] = field(default_factory=list)


def _lay_out(stored: Any, nodes: list[_Node]) -> _Tree:
    """Append the nodes of a tree to those of others."""
    tree = _Tree()
    _append(stored, tree, nodes)
    if len(tree.leaves) > _MOST_LEAVES:
        raise ValueError(f"a tree has {len(tree.leaves)} leaves, more than {_MOST_LEAVES}")
    return tree


def _append(stored: Any, tree: _Tree, nodes: list[_Node]) -> int:
    """Append a part of a tree; return the sum of its leaves."""
    number, first = len(nodes), len(tree.leaves)
    nodes.append(node := _Node())
    if isinstance(stored, int):
        tree.leaves.append(number)
        node.value = stored
        return stored
    feature, threshold, left, right = stored
    total = _append(left, tree, nodes)
    other, past = len(nodes), len(tree.leaves)
    tree.questions.append((feature, threshold, (1 << past) - (1 << first)))
    total += _append(right, tree, nodes)
    node.value, node.feature, node.below = total // (len(tree.leaves) - first), feature, (number + 1, other)
    return total


def dump(
    features: Sequence[str], bias: int, settings: Mapping[str, float], trees: Sequence[Any], notes: Mapping[str, Any]
) -> Iterator[str]:
    """Yield a forest's file piece by piece: one tree a line, so that a change shows in a diff."""
    head = {"notes": notes, "settings": settings, "bias": bias}
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2]
    yield ',\n "features": ' + json.dumps(list(features)) + ',\n "trees": [\n'
    yield ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in trees)
    yield "\n]}\n"
