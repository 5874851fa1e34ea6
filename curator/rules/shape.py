"""The form of a line, as far as the line alone tells: how many words it has, how it ends, how it is written."""

from __future__ import annotations

from curator.rules.model import Rule
from curator.rules.view import View

__all__ = ["is_shaped"]


def is_shaped(rule: Rule, view: View, line: int) -> bool:
    """Tell whether a line has the form a rule asks for: number of words, sentence end."""
    when = rule.when
    if when.min_words is not None and view.words(line) < when.min_words:
        return False
    if when.max_words is not None and view.words(line) > when.max_words:
        return False
    if when.title_case is not None and view.is_title_case(line) != when.title_case:
        return False
    return when.sentence is None or view.is_sentence(line) == when.sentence
