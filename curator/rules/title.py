"""Finding the headline among the lines of a text."""

from __future__ import annotations

from collections.abc import Iterable

from curator.rules.view import View, fold

__all__ = ["find_title", "lines_saying"]

# Masthead, tagline, date, section and byline may stand above the headline; rarely more than that.
_HEAD = 15
_MIN_WORDS, _MAX_WORDS = 3, 40
_MAX_DIGITS = 0.3  # share of the letters and digits; above it the line is a date or a table row


def find_title(view: View, hint: str | None = None) -> int | None:
    """Return the line number of the headline, or None.

    In this order: a line of the head printed twice; the line that says what `hint` (the title the page gave) says;
    the first line of the head that has the form of a headline and stands before the first prose, or, in a text that
    opens with furniture, before the second (the first can be the site's tagline).
    """
    head = range(min(_HEAD, len(view)))
    candidates = [i for i in head if _is_like_title(view, i)]
    seen: dict[str, int] = {}
    for i in candidates:
        if view.fold(i) in seen:
            return seen[view.fold(i)]
        seen[view.fold(i)] = i
    if said_so := lines_saying(view, hint, candidates):
        return min(said_so)
    headlines = [i for i in candidates if not view.is_sentence(i)]
    for number, prose in enumerate(view.prose[:2]):
        found = next((i for i in headlines if i < prose), None)
        if found is not None or (number == 0 and prose == 0):
            return found
    return None


def lines_saying(view: View, title: str | None, lines: Iterable[int]) -> set[int]:
    """Return those of some lines that say what a page gives as its title; pages write "Headline - Site" there."""
    wanted = fold(title) if title else ""
    if not wanted:
        return set()
    folds = ((line, view.fold(line)) for line in lines)
    return {line for line, said in folds if said and wanted.startswith(said) and 2 * len(said) >= len(wanted)}


def _is_like_title(view: View, line: int) -> bool:
    if not _MIN_WORDS <= view.words(line) <= _MAX_WORDS:
        return False
    said = view.fold(line)
    return bool(said) and (said.isalpha() or sum(map(str.isdigit, said)) <= _MAX_DIGITS * len(said))
