"""How far a text is the one it should be: shared sequences of four words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from curator.rules.view import UNSPACED

__all__ = ["CLEAN", "Overlap", "overlap"]

# A text with precision and recall of this much is called clean: a reader would not notice the rest.
CLEAN = 0.95
_LENGTH = 4
_WORD = re.compile(rf"{UNSPACED.pattern}|[^\W_]+")
_Grams = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Precision and recall of a text, 0..1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    @property
    def clean(self) -> bool:
        """Whether hardly anything is missing or too much."""
        return min(self.precision, self.recall) >= CLEAN


def overlap(text: str, expected: str) -> Overlap:
    """Compare two texts by their sequences of four words, each as often as it occurs; white space and case are nothing.

    A character of a script without spaces counts as a word.

    >>> overlap("The gates opened early. Advertisement", "The gates opened early.")
    Overlap(precision=0.5, recall=1.0)
    """
    found, wanted = _grams(text), _grams(expected)
    shared = sum((found & wanted).values())
    return Overlap(_share(shared, found, wanted), _share(shared, wanted, found))


def _share(shared: int, whole: _Grams, other: _Grams) -> float:
    if whole:
        return shared / whole.total()
    return 0.0 if other else 1.0


def _grams(text: str) -> _Grams:
    words = _words(text)
    if len(words) < _LENGTH:
        return Counter([tuple(words)] if words else [])
    return Counter(zip(*(words[start:] for start in range(_LENGTH)), strict=False))


def _words(text: str) -> Sequence[str]:
    plain = unicodedata.normalize("NFKC", text).lower()
    # Marks that combine are letters' looks; in scripts without spaces each stands for a sound, and counts.
    plain = "".join(c for c in plain if c.isascii() or unicodedata.category(c) not in ("Mn", "Cf") or UNSPACED.match(c))
    return _WORD.findall(UNSPACED.sub(lambda found: f" {found[0]} ", plain))
