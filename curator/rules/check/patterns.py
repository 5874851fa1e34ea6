r"""R010 to R016: patterns that RE2 refuses, that cannot mean what they say, that are slow, or that need be none.

What a pattern is made of is read with Python's own parser, as in `curator.rules.atoms`; where RE2 knows more than it,
a check that needs the parts of a pattern has nothing to say.
"""

from __future__ import annotations

import re
import re._constants as ops  # type: ignore[import-not-found]  # private, as in atoms
import re._parser as parser  # type: ignore[import-not-found]
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from curator.errors import RuleError
from curator.rules.atoms import required_atoms
from curator.rules.check.finding import Finding
from curator.rules.check.source import SourcedRule
from curator.rules.patterns import compile_pattern
from curator.rules.view import normalise

__all__ = [
    "MAX_INSTRUCTIONS",
    "broken_patterns",
    "check_literals",
    "check_patterns",
    "letter_beside_boundary",
    "plain_literal",
    "shortened",
]

# A pattern is compiled when a line first needs it, so the first document of a language waits for a hundred of them. Of
# 2,662 patterns as first written the largest tenth took three quarters of the time; nearly all were counted `\p{L}`.
MAX_INSTRUCTIONS = 30_000
_SECONDS = 0.3e-6  # per instruction, measured over the same patterns

_GROUP = re.compile(r"\(\?P?<(\w+)>")
_SPACE_CLASS = re.compile(r"(?<!\\)(?:\\\\)*\\s")
_UNICODE_CLASS = re.compile(r"\\[pP](?:\{\^?\w+\}|\w)")
_PLAIN = re.compile(r"(\^?)((?:[^\\^$.|?*+()\[\]{}]|\\[^\w])+)(\$?)")
_SHOWN = 100  # characters of a pattern in a message: enough to tell it from its neighbours
_PLACES = {("", ""): "has", ("^", ""): "starts", ("", "$"): "ends", ("^", "$"): "is"}


def broken_patterns(sourced: SourcedRule) -> Iterator[Finding]:
    """Yield a finding for each pattern of a rule that RE2 cannot compile within its memory (R010)."""
    for key, pattern in _patterns(sourced):
        try:
            compile_pattern(pattern)
        except RuleError as error:
            yield sourced.finding("R010", error.what, key=key, hint=error.hint)


def check_patterns(rules: Iterable[SourcedRule]) -> Iterator[Finding]:
    r"""Yield a finding for all that is wrong with patterns.

    R010 what RE2 cannot compile, and groups that mean nothing, R011 `\s`, R012 `\b` beside a letter it does not see,
    R013 a pattern that is in every line, R014 one that is slow, R015 one that a literal says better, R016 one that is
    large.
    """
    for sourced in rules:
        broken = list(broken_patterns(sourced))
        yield from broken
        for key, pattern in _patterns(sourced):
            yield from _check_meaning(sourced, key, pattern)
            if not broken:
                yield from _check_reach(sourced, key, pattern)


def check_literals(rules: Iterable[SourcedRule]) -> Iterator[Finding]:
    """Yield a finding for each literal of which nothing is left in plain form (R013)."""
    for sourced in rules:
        rule = sourced.rule
        for key, literals in (("is", rule.is_), ("starts", rule.starts), ("ends", rule.ends), ("has", rule.has)):
            for literal in literals:
                if not normalise(literal).strip():
                    hint = "take it out: lines are compared without white space at their ends"
                    yield sourced.finding("R013", f"an empty literal: {literal!r}", key=key, hint=hint)


def _patterns(sourced: SourcedRule) -> Iterator[tuple[str, str]]:
    for key, patterns in (("any", sourced.rule.any), ("none", sourced.rule.none)):
        for pattern in patterns:
            yield key, pattern


def shortened(pattern: str) -> str:
    """Return a pattern as it is shown in a message: long ones by their beginning."""
    return pattern if len(pattern) <= _SHOWN else f"{pattern[: _SHOWN - 1]}…"


def _check_meaning(sourced: SourcedRule, key: str, pattern: str) -> Iterator[Finding]:
    for name in _GROUP.findall(pattern):
        if name not in ("cut", "value"):
            hint = "name a group `cut` (what a span takes out) or `value` (what extract keeps); others need no name"
            message = f"a group called {name!r} means nothing: {shortened(pattern)}"
            yield sourced.finding("R010", message, key=key, hint=hint)
    if _SPACE_CLASS.search(pattern):
        hint = r"write a plain space, or ` ?`: in the lines that rules see every kind of space is one"
        yield sourced.finding("R011", rf"`\s` in a pattern: {shortened(pattern)}", key=key, hint=hint)
    letter = letter_beside_boundary(pattern)
    if letter:
        hint = r"write `( |$)`, `(^| )` or `[^\p{L}]` instead, or make it a literal: literals are whole words"
        message = rf"`\b` beside {letter!r}, where RE2 sees no word: {shortened(pattern)}"
        yield sourced.finding("R012", message, key=key, hint=hint)


def _check_reach(sourced: SourcedRule, key: str, pattern: str) -> Iterator[Finding]:
    if compile_pattern(pattern).search(b"") is not None:
        what = "calls off every match" if key == "none" else "is in every line"
        hint = "let at least one character of it be required: + instead of *, no ? around all of it"
        message = f"the pattern matches an empty line, so it {what}: {shortened(pattern)}"
        yield sourced.finding("R013", message, key=key, hint=hint)
    else:
        yield from _check_size(sourced, key, pattern)
        if key == "any":
            yield from _check_cost(sourced, pattern)


def _check_size(sourced: SourcedRule, key: str, pattern: str) -> Iterator[Finding]:
    size = compile_pattern(pattern).programsize
    if size > MAX_INSTRUCTIONS:
        hint = r"""write a negated class for each counted \p{…}: [^ \d,:;!?()"|] has 12 instructions, \p{L} 1,200"""
        message = f"{size:,} instructions, which take RE2 {size * _SECONDS * 1000:.0f} ms: {shortened(pattern)}"
        yield sourced.finding("R016", message, key=key, hint=hint)


def _check_cost(sourced: SourcedRule, pattern: str) -> Iterator[Finding]:
    where, literal = sourced.rule.where, plain_literal(pattern)
    if literal:
        place, text = literal
        hint = f"write {place} = [{text!r}]; literals are faster and match whole words only"
        yield sourced.finding("R015", f"the pattern is a literal: {shortened(pattern)}", key="any", hint=hint)
    elif not (where.first or where.last) and required_atoms(pattern) is None:
        hint = "give it three letters that every match has, or a place: where = { first = … } or { last = … }"
        message = f"slow: no literal rules a line out, so every line of every article is tried: {shortened(pattern)}"
        yield sourced.finding("R014", message, key="any", hint=hint)


def plain_literal(pattern: str) -> tuple[str, str] | None:
    r"""Return the matcher and the text that say the same as a pattern, where it is a literal.

    >>> plain_literal(r"^baca juga:"), plain_literal(r"\(\*\)$"), plain_literal("^(a|b)$")
    (('starts', 'baca juga:'), ('ends', '(*)'), None)
    """
    found = _PLAIN.fullmatch(pattern)
    if not found or not found[2].strip():
        return None
    return _PLACES[found[1], found[3]], re.sub(r"\\(.)", r"\1", found[2])


def letter_beside_boundary(pattern: str) -> str | None:
    r"""Return a letter outside ASCII that can stand right beside a `\b` of a pattern.

    RE2 knows only ASCII words: between a space and `т` it sees no boundary.

    >>> letter_beside_boundary(r"(по|на) \b(тему|x)"), letter_beside_boundary(r"\bread\b")
    ('т', None)
    """
    if r"\b" not in pattern.lower():
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about classes that another version of Python may read otherwise
            tree = list(parser.parse(_UNICODE_CLASS.sub("0", pattern)))
    except (re.error, RecursionError, OverflowError):
        return None
    return next((c for c in _beside(tree, "", "") if c.isalpha() and not c.isascii()), None)


def _beside(nodes: Sequence[Any], before: str, after: str) -> Iterator[str]:
    """Yield the characters beside each word boundary; `before` and `after` are those outside these nodes."""
    for position, (kind, value) in enumerate(nodes):
        left, open_left = _edge(nodes[:position], last=True)
        right, open_right = _edge(nodes[position + 1 :], last=False)
        left, right = left + before * open_left, right + after * open_right
        if kind is ops.AT and value in (ops.AT_BOUNDARY, ops.AT_NON_BOUNDARY):
            yield from left + right
        for branch in _branches(kind, value):
            yield from _beside(branch, left, right)


def _edge(nodes: Sequence[Any], *, last: bool) -> tuple[str, bool]:
    """Return the characters nodes can begin (or end) with, and whether they can be empty."""
    found = ""
    for kind, value in reversed(nodes) if last else nodes:
        if kind is ops.AT:
            continue
        if kind is ops.LITERAL:
            return found + chr(value), False
        if kind is ops.IN:
            return found + "".join(_members(value)), False
        branches = [_edge(branch, last=last) for branch in _branches(kind, value)]
        found += "".join(letters for letters, _ in branches)
        optional = kind in (ops.MAX_REPEAT, ops.MIN_REPEAT) and value[0] == 0
        if not optional and not any(empty for _, empty in branches):
            return found, False
    return found, True


def _members(items: Iterable[Any]) -> Iterator[str]:
    for kind, value in items:
        if kind is ops.NEGATE:
            return
        if kind is ops.LITERAL:
            yield chr(value)
        elif kind is ops.RANGE:
            yield from map(chr, value)


def _branches(kind: Any, value: Any) -> list[list[Any]]:
    """Return the sequences of nodes inside a node."""
    if kind is ops.SUBPATTERN:
        return [list(value[3])]
    if kind in (ops.MAX_REPEAT, ops.MIN_REPEAT):
        return [list(value[2])]
    return [list(branch) for branch in value[1]] if kind is ops.BRANCH else []
