"""Finding what rules look for: literals through one automaton, patterns through RE2, which cannot be made to hang.

One pass of the automaton over a text finds the lines with a literal of a rule and those with a literal that a pattern
cannot match without; RE2 is asked about the latter only. Patterns without such a literal are asked where their rules
may look: mostly the head or the tail of a text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from curator.rules.atoms import required_atoms
from curator.rules.model import Rule
from curator.rules.patterns import Hit, Pattern, compile_pattern, screens, window
from curator.rules.shape import is_shaped
from curator.rules.view import View, marker_length, normalise

__all__ = ["Matcher", "Sighting"]


_BREAK = re.compile(b"\n")

Found = dict[int, dict[int, "Hit"]]  # line -> rule -> hit


@dataclass(frozen=True, slots=True)
class _Literal:
    """What a needle stands for: a literal of a rule, `how` is is, starts, ends or has; `length` in characters."""

    rule: int
    how: str
    length: int


class Matcher:
    """The text matchers of many rules.

    Patterns are compiled when a line first needs them: of a thousand a document meets a few, and each takes RE2 some
    milliseconds. Literals are whole words (letters beside them make no match) and caseless; `is` is the whole line.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        # How far from the beginning and the end of a text rules look that do not look everywhere.
        self.reach = (
            max((r.where.first or 0 for r in rules), default=0),
            max((r.where.last or 0 for r in rules), default=0),
        )
        self._needles: dict[bytes, list[_Literal | Pattern]] = {}
        self._exceptions: dict[int, tuple[str, ...]] = {}
        loose: list[Pattern] = []
        for number, rule in enumerate(rules):
            if rule.kind in ("html", "signal"):
                continue
            for how, literals in (("is", rule.is_), ("starts", rule.starts), ("ends", rule.ends), ("has", rule.has)):
                self._add_literals(number, how, literals)
            for source in rule.any:
                pattern = Pattern(number, source, rule.where.first, rule.where.last)
                if not self._add_atoms(pattern):
                    loose.append(pattern)
            if rule.none:
                self._exceptions[number] = rule.none
        # For each needle its patterns and its literals.
        self._targets = [
            (tuple(t for t in targets if isinstance(t, Pattern)), tuple(t for t in targets if isinstance(t, _Literal)))
            for targets in self._needles.values()
        ]
        self._automaton = _automaton(list(self._needles))
        self._screens = screens(loose)

    def _add_literals(self, rule: int, how: str, literals: Iterable[str]) -> None:
        for literal in literals:
            anchored = how in ("is", "starts")
            text = _fold(normalise(literal[marker_length(literal) if anchored else 0 :]))
            text = text.strip() if how == "is" else text.lstrip() if how == "starts" else text
            text = text.rstrip() if how == "ends" else text
            if not text:
                continue  # it would be everywhere; `rules check` says so (R013)
            head = "\n" if anchored else ""
            tail = "\n" if how in ("is", "ends") else ""
            self._add(f"{head}{text}{tail}", _Literal(rule, how, len(text)))

    def _add_atoms(self, pattern: Pattern) -> bool:
        """Have the automaton look for what a pattern cannot match without; False where there is nothing of the kind."""
        atoms = required_atoms(pattern.source)
        for literal in atoms.literals if atoms else ():
            self._add(("\n" if atoms and atoms.anchored else "") + _fold(literal), pattern)
        return atoms is not None

    def _add(self, needle: str, target: _Literal | Pattern) -> None:
        if needle.strip("\n") and "\n" not in needle[1:-1]:  # a line holds something, and no break
            self._needles.setdefault(needle.encode("utf-8", "surrogatepass"), []).append(target)

    def hits(self, view: View) -> Found:
        """Return, for each line with any, the rules (by number) that found their text in it."""
        return self.look(view).hits(view)

    def look(self, view: View) -> Sighting:
        """Look over a text once; the sighting then tells the hits of it and of what is left of it later."""
        sighting = Sighting(self)
        if self._automaton is not None:
            self._scan(view, sighting)
        return sighting

    def is_exception(self, rule: int, line: str) -> bool:
        """Tell whether a line is one a rule (by number) says it is not about: its `none` patterns."""
        exceptions = self._exceptions.get(rule)
        if not exceptions:
            return False
        data = line.encode("utf-8", "surrogatepass")
        return any(compile_pattern(exception).search(data) for exception in exceptions)

    def screen(self, view: View, sighting: Sighting) -> None:
        """Note which patterns without a literal may match lines that have come into their sight."""
        for number, screen in enumerate(self._screens):
            seen = sighting.screened.setdefault(number, set())
            lines = [line for line in window(len(view), screen.first, screen.last) if line not in seen]
            if lines:
                seen.update(lines)
                for line, patterns in screen.ask(view, lines):
                    sighting.waiting.setdefault(line, []).extend(patterns)

    def _scan(self, view: View, sighting: Sighting) -> None:
        haystack = ("\n" + _fold("\n".join(view.lines)) + "\n").encode("utf-8", "surrogatepass")
        matches = self._automaton.find_matches_as_indexes(haystack, overlapping=True)
        if not matches:
            return
        # Where each line's leading break stands. A needle may begin with the break before its line; any other byte of
        # it lies inside the line.
        breaks = [found.start() for found in _BREAK.finditer(haystack)]
        seen: set[tuple[int, int]] = set()
        for needle, start, _ in matches:
            line = bisect_right(breaks, start) - 1
            patterns, literals = self._targets[needle]
            if patterns and (line, needle) not in seen:
                seen.add((line, needle))
                sighting.waiting.setdefault(line, []).extend(patterns)
            for literal in literals:
                before = haystack[breaks[line] + 1 : start] if literal.how == "has" else b""
                _note_literal(view.lines[line], literal, before, sighting.found.setdefault(line, {}))


class Sighting:
    """What a matcher saw in a text, kept while lines of it go: a line is looked at once, wherever it then stands.

    Attributes:
        found: line -> rule -> hit.
        waiting: line -> the patterns to ask about it as soon as their rules may look there.
        screened: screen -> the lines it has looked at.
    """

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._fresh = True
        self.found: Found = {}
        self.waiting: dict[int, list[Pattern]] = {}
        self.screened: dict[int, set[int]] = {}

    def hits(self, view: View) -> Found:
        """Return, for each line of the view with any, the rules (by number) that found their text in it.

        Rules that ask for a line of another form are left out where that spares a question.
        """
        self._matcher.screen(view, self)
        if self._fresh:
            self._drop_exceptions(view, list(self.found))
            lines: Iterable[int] = list(self.waiting)
            self._fresh = False
        else:  # only what has come into the head or the tail can be new
            lines = [line for line in window(len(view), *self._matcher.reach) if line in self.waiting]
        for line in lines:
            self._ask(view, line)
        self._drop_exceptions(view, lines)
        return self.found

    def _ask(self, view: View, line: int) -> None:
        """Ask the patterns that wait for a line and may look at it now."""
        hits, rules, count = self.found.get(line, {}), self._matcher.rules, len(view)
        later = []
        for pattern in dict.fromkeys(self.waiting.pop(line)):
            if not pattern.sees(line, count):
                later.append(pattern)
            elif pattern.rule not in hits and is_shaped(rules[pattern.rule], view, line):
                hit = pattern.find(view.lines[line])
                if hit:
                    hits[pattern.rule] = hit
        if later:
            self.waiting[line] = later
        if hits:
            self.found[line] = hits

    def _drop_exceptions(self, view: View, lines: Iterable[int]) -> None:
        for line in lines:
            hits = self.found.get(line, {})
            for rule in [r for r in hits if self._matcher.is_exception(r, view.lines[line])]:
                del hits[rule]
            if line in self.found and not hits:
                del self.found[line]

    def renumbered(self, lines: Sequence[int]) -> Sighting:
        """Return the sighting of a view of which only these lines (their present numbers, in order) are left."""
        left = Sighting(self._matcher)
        left._fresh = False
        for now, line in enumerate(lines):
            if line in self.found:
                left.found[now] = self.found[line]
            if line in self.waiting:
                left.waiting[now] = self.waiting[line]
        for number, seen in self.screened.items():
            left.screened[number] = {now for now, line in enumerate(lines) if line in seen}
        return left


def _note_literal(text: str, literal: _Literal, before: bytes, rules: dict[int, Hit]) -> None:
    if literal.how == "has":
        begin = len(before.decode("utf-8", "surrogatepass"))
    else:
        begin = len(text) - literal.length if literal.how == "ends" else 0
    end = begin + literal.length
    if (literal.how != "starts" and _splits_word(text, begin)) or (literal.how != "ends" and _splits_word(text, end)):
        return
    rules.setdefault(literal.rule, Hit((begin, end), (end, len(text)) if literal.how == "starts" else None))


def _automaton(needles: list[bytes]) -> Any:
    if not needles:
        return None
    from ahocorasick_rs import BytesAhoCorasick, Implementation

    return BytesAhoCorasick(needles, implementation=Implementation.ContiguousNFA)


def _fold(plain: str) -> str:
    """Return plain text in the case literals are compared in, character for character."""
    return plain.lower().replace("ς", "σ")


def _splits_word(text: str, index: int) -> bool:
    """Tell whether a cut at `index` would stand between two letters of one word."""
    if not 0 < index < len(text):
        return False
    before, after = text[index - 1], text[index]
    # From U+0E00 on, scripts are mostly written without spaces, so every place is a word's edge.
    return before.isalnum() and after.isalnum() and max(before, after) < "\u0e00"
