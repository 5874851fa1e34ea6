"""What a `keep` example of one rule says to the other rules: a sentence is content to all, a scrap only to its like."""

from __future__ import annotations

from curator.language import understood_by
from curator.rules.check.finding import Level
from curator.rules.check.lines import Line, is_sentence, looks_like
from curator.rules.match import Matcher
from curator.rules.model import Rule
from curator.rules.view import View

__all__ = ["objection"]


def objection(rule: Rule, line: Line) -> Level | None:
    """Return how grave it is that a rule takes the `keep` example of another one; None where it may.

    An error for a sentence, unless all that goes is a piece before or after it, and the owner is no span rule: what it
    keeps is the line. A hint for a scrap, where both rules look for the same kind of thing in the same place.
    """
    owner = line.owner.rule if line.owner else None
    if owner is None:
        return None
    level: Level
    view = View(line.text)
    sentences = [number for number, text in enumerate(view.lines) if is_sentence(text)]
    if sentences:
        level = "error"
        may = rule.kind == "span" and owner.kind != "span" and all(_is_spared(rule, view, n) for n in sentences)
    else:
        level = "hint"
        may = _scope(rule) != _scope(owner)
    return None if may or not _is_read(rule, line) else level


def _is_read(rule: Rule, line: Line) -> bool:
    """Tell whether a document in the language a line is in meets a rule; packs for all languages do not say it."""
    if rule.lang is None or line.lang is not None:
        return True  # else they would not have met
    return understood_by(looks_like(line.text), rule.lang)


def _is_spared(rule: Rule, view: View, number: int) -> bool:
    """Tell whether a span rule cuts a line only before or after a sentence, and leaves that as it was."""
    text = view.lines[number]
    hit = Matcher((rule,)).hits(view).get(number, {}).get(0)
    if hit is None:
        return True
    start, end = hit.cut
    left = f"{text[:start]}{text[end:]}".strip()
    at_edge = start == 0 or end == len(text)
    return at_edge and left != "" and View(left).is_sentence(0) and not left[0].islower()


def _scope(rule: Rule) -> tuple[object, ...]:
    return rule.kind, rule.lang, rule.site, rule.where, rule.when.prose_after, rule.until
