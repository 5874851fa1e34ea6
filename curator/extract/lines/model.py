"""The line model: two forests that say of each line how likely it is the article's, and one that knows whole pages."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from curator.extract.forest import UNIT, Forest, Ints, Rows
from curator.extract.lines.characters import Alphabet
from curator.extract.lines.features import GROUPS, group_of, line_features, matrix
from curator.extract.lines.gate import gate_features
from curator.extract.lines.page import Page
from curator.extract.lines.second import WHOLE, best_cut, chance, second_features
from curator.extract.lines.windows import Bools
from curator.rules.view import View

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
        moved: what spoke for each line and against it, by group of features, in thousandths of log-odds.
    """

    kept: Bools
    chances: Ints
    expected: float
    moved: Ints

    def why(self, line: int) -> str:
        """Return why a line went: its chance, and what spoke against it most, in log-odds.

        >>> Choice(np.array([False]), np.array([82]), 0.9, np.array([[-400, 100, 0, -1300, 0, -2100]])).why(0)
        'chance 0.02: neighbours -2.1, place -1.3, form -0.4'
        """
        order = sorted(range(len(GROUPS)), key=lambda group: (int(self.moved[line, group]), group))
        against = [f"{GROUPS[g]} {self.moved[line, g] / UNIT:.1f}" for g in order[:_REASONS] if self.moved[line, g] < 0]
        said = f"chance {self.chances[line] / WHOLE:.2f}"
        return f"{said}: {', '.join(against)}" if against else said


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
    def _moves(self) -> Ints:
        # A row for each group: all groups at once would take six times the memory, and thrice the time.
        return np.ascontiguousarray(self.first.moves([group_of(name) for name in self.first.features]).T)

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
        moved = np.stack([moves.take(leaves).sum(axis=1) for moves in self._moves], axis=1)
        return Choice(kept, chances, expected, moved)


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
