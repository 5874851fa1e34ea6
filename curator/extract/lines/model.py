"""The line model: two forests that say of each line how likely it is the article's, and one that knows whole pages."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from curator.extract.forest import UNIT, Forest, Ints, Rows
from curator.extract.lines.characters import Alphabet
from curator.extract.lines.features import GROUPS, group_of, line_features, matrix
from curator.extract.lines.gate import gate_features
from curator.extract.lines.page import Page
from curator.extract.lines.second import WHOLE, best_cut, chance, second_features
from curator.extract.lines.windows import Bools
from curator.rules.view import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FIRST_LOOK", "Choice", "LineModel", "best_lines"]

_REASONS: Final = 3
FIRST_LOOK: Final = "line."  # before the names of features of the first look in the second


@dataclass(frozen=True, slots=True)
class Choice:
    """What the model says about the lines of a page.

    Attributes:
        kept: which lines are the article's.
        chances: how likely each is, in 4096ths.
        expected: the F1 to expect of the lines kept, 0..1: low where a person should look, or the HTML.
        leaves: the node of each tree in which each line ended.
        moves: how much each group of features moved a line on the way to each node, in thousandths of log-odds.
    """

    kept: Bools
    chances: Ints
    expected: float
    leaves: NDArray[np.intp]
    moves: NDArray[np.int32]

    def why(self, lines: Sequence[int]) -> list[str]:
        """Return why each of some lines went: its chance, and what spoke against it most, in log-odds.

        >>> moves = np.array([[-400], [100], [0], [-1300], [0], [-2100]])
        >>> Choice(np.array([False]), np.array([82]), 0.9, np.array([[0]]), moves).why([0])
        ['chance 0.02: neighbours -2.1, place -1.3, form -0.4']
        """
        leaves = self.leaves[list(lines)]
        moved = np.stack([moves.take(leaves).sum(axis=1, dtype=moves.dtype) for moves in self.moves], axis=1)
        most = np.argsort(moved, axis=1, kind="stable")[:, :_REASONS]
        rows = zip(self.chances[list(lines)].tolist(), most.tolist(), np.sort(moved, axis=1).tolist(), strict=True)
        return [_told(chance, groups, moved) for chance, groups, moved in rows]


def _told(chance: int, groups: Sequence[int], moved: Sequence[int]) -> str:
    """Say a chance, and what spoke against it: groups of features, with how much they moved it."""
    against = ", ".join(f"{GROUPS[g]} {by / UNIT:.1f}" for g, by in zip(groups, moved, strict=False) if by < 0)
    said = f"chance {chance / WHOLE:.2f}"
    return f"{said}: {against}" if against else said


class LineModel:
    """Finds the article among the lines of a text: three files of a folder. One object serves all texts.

    Source of the cut: the F1 to expect of a choice, from the chances of its lines (Lipton et al., "Optimal thresholding
    of classifiers to maximize F1 measure", 2014).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._alphabet = Alphabet()

    @staticmethod
    @functools.cache
    def shipped() -> LineModel:
        """Return the model that comes with the program."""
        return LineModel(Path(__file__).parent)

    @functools.cached_property
    def gate(self) -> Forest:
        """Knows whole pages; the others are read when there is one."""
        return self._read("gate")

    @functools.cached_property
    def first(self) -> Forest:
        """Looks at each line and what stands around it."""
        return self._read("first")

    @functools.cached_property
    def second(self) -> Forest:
        """Looks again, at what the first said of all lines."""
        return self._read("second")

    @functools.cached_property
    def _moves(self) -> NDArray[np.int32]:
        # A row for each group: all groups at once would take six times the memory, and thrice the time.
        moves = self.first.moves([group_of(name) for name in self.first.features])
        return np.ascontiguousarray(moves.T, np.int32)

    def _read(self, name: str) -> Forest:
        return Forest.from_json((self._folder / f"{name}.json").read_text(encoding="utf-8"))

    def page(self, view: View) -> Page:
        """Return the lines of a view with what the model asks of them; the view must have a line."""
        return Page(view, self._alphabet)

    @property
    def sure(self) -> float:
        """The log-odds in thousandths beyond which a text is a whole page for sure."""
        return self.gate.settings["sure"]

    def odds_of_whole(self, page: Page) -> int:
        """Return the log-odds, in thousandths, that a text is a whole page, with menus and lists, and no main text."""
        return int(self.gate.odds(matrix(gate_features(page), self.gate.features))[0])

    def is_unlikely(self, chance_of_line: int) -> bool:
        """Tell whether a line with this chance, in 4096ths, is hardly the article's."""
        return chance_of_line < self.second.settings["unlikely"] * WHOLE

    def choose(self, page: Page) -> Choice:
        """Return which lines are the article's."""
        features = line_features(page)
        leaves = self.first.leaves(matrix(features, self.first.features))
        guess = self.first.odds_of(leaves)
        chances = chance(self.second.odds(_second_rows(page, features, guess, self.second.features)))
        kept, expected = best_lines(page.weight, chances, self.second.settings["least_chance"])
        return Choice(kept, chances, expected, leaves, self._moves)


def _second_rows(page: Page, features: dict[str, Ints], guess: Ints, names: Sequence[str]) -> Rows:
    """Return the rows of the second look: its own features, and some of the first look's."""
    first = {FIRST_LOOK + name: row for name, row in features.items()}
    return matrix(second_features(page, guess) | first, names)


def best_lines(weight: Ints, chances: Ints, least: float) -> tuple[Bools, float]:
    """Return the lines with the best F1 to expect, and that F1; no line below the least chance is among them."""
    order = np.argsort(-chances, kind="stable")
    count, expected = best_cut(weight, chances, order)
    kept = np.zeros(len(chances), bool)
    kept[order[:count]] = True
    return kept & (chances >= least * WHOLE), int(expected[count - 1]) / 1000
