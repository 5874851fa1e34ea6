"""R091, R092: literals and patterns that say what no line holds as rules see it: dead weight that looks like a rule."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from curator.rules.check.finding import Finding
from curator.rules.check.patterns import shortened
from curator.rules.check.source import SourcedRule
from curator.rules.model import Rule, When
from curator.rules.shape import is_shaped
from curator.rules.view import View, marker_length, normalise

__all__ = ["check_shapes", "check_unseen"]

_BEGINNING = re.compile(r"\(?\^(?:\((?:\?:)?)?\\?([^\s\\(\[.?*+{}$|]|\\[*+|]) ")


def check_unseen(rules: Iterable[SourcedRule]) -> Iterator[Finding]:
    """Yield a finding for each literal or pattern with something that no line has in plain form (R091)."""
    for sourced in rules:
        rule = sourced.rule
        for key, literals in _literals(rule):
            for literal in literals:
                yield from _invisible(sourced, key, literal)
                # A hyphen may be a long dash in the text, which is no marker.
                size = marker_length(literal)
                marker, rest = literal[:size].strip(), literal[size:]
                if marker.strip("- ") and any(map(str.isalnum, rest)) and key in ("is", "starts"):
                    message = f"the list marker {marker} is not part of a line: {literal!r} takes what {rest!r} takes"
                    hint = "take it out, and make sure that the rest alone is boilerplate"
                    yield sourced.finding("R091", message, key=key, hint=hint)
        for key, patterns in (("any", rule.any), ("none", rule.none)):
            for pattern in patterns:
                yield from _invisible(sourced, key, pattern)
                yield from _never_there(sourced, key, pattern)


def check_shapes(rules: Iterable[SourcedRule]) -> Iterator[Finding]:
    """Yield a finding for each literal of which no line can have the shape that `when` asks for (R092)."""
    for sourced in rules:
        for key, literals in _literals(sourced.rule):
            for literal in literals:
                why = _misfit(sourced.rule, key, literal)
                if why:
                    hint = "take the literal out, or widen `when`"
                    message = f"{literal!r} never matches: {why}"
                    yield sourced.finding("R092", message, key=key, hint=hint)


def _literals(rule: Rule) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("is", rule.is_), ("starts", rule.starts), ("ends", rule.ends), ("has", rule.has)


def _invisible(sourced: SourcedRule, key: str, text: str) -> Iterator[Finding]:
    for character in dict.fromkeys(text):
        # What a view drops leaves nothing of a line that has nothing else.
        if unicodedata.category(character) == "Cf" and not len(View(character)):
            name = unicodedata.name(character, "no name").lower()
            message = f"an invisible character (U+{ord(character):04X}, {name}), which no line has: {shortened(text)}"
            hint = "take it out: rules see lines without such characters"
            yield sourced.finding("R091", message, key=key, hint=hint)


def _never_there(sourced: SourcedRule, key: str, pattern: str) -> Iterator[Finding]:
    for character in dict.fromkeys(pattern):
        plain = normalise(character)
        if plain != character:
            message = f"{character!r} is {plain!r} in every line that rules see: {shortened(pattern)}"
            yield sourced.finding("R091", message, key=key, hint=f"write {plain} (once, in a class)")
    begins = _BEGINNING.match(pattern)
    marker = begins[1].removeprefix("\\") if begins else ""
    if marker not in ("", "-") and marker_length(f"{marker} x"):
        message = f"no line begins with the list marker {marker}: {shortened(pattern)}"
        yield sourced.finding("R091", message, key=key, hint="take it out: rules see lines without their markers")


def _misfit(rule: Rule, key: str, literal: str) -> str:
    """Return what keeps a line with a literal from having the shape a rule asks for, or ""."""
    view, when = View(literal), rule.when
    if not len(view):
        return ""
    words, most = view.words(0), when.max_words
    if most is not None and words > most:
        return f"it has {words} words, and max_words = {most}"
    if key == "is" and when.min_words is not None and words < when.min_words:
        return f"it has {words} words, and min_words = {when.min_words}"
    ends = rule.model_copy(update={"when": When(sentence=when.sentence)})
    # How a line is written does not count, literals are caseless; a sentence ends where the line does.
    if key in ("is", "ends") and (key == "is" or when.sentence is False) and not is_shaped(ends, view, 0):
        return f"it ends {'unlike' if when.sentence else 'like'} a sentence"
    return ""
