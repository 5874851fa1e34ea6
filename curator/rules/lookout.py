"""Looking over lines for the literals and patterns of rules: one automaton finds literals, screens the rest.

The automaton looks for literals of rules and for those a pattern cannot match without. RE2 is asked about a pattern
only where such a literal is, and where the line begins and ends as the pattern demands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from curator.rules.atoms import required_atoms
from curator.rules.patterns import Hit, Pattern, as_bytes, one_case, stops
from curator.rules.view import marker_length, normalise

__all__ = ["Lookout"]

_BREAK = b"\n"

# What one needle stands for: patterns, with what their lines begin and end with, and literals.
_Edged = tuple[Pattern, tuple[bytes, ...], tuple[bytes, ...]]
_Targets = tuple[tuple[_Edged, ...], tuple["_Literal", ...]]


@dataclass(frozen=True, slots=True)
class _Literal:
    """A literal of a rule; `how` is is, starts, ends or has; `length` in characters."""

    rule: int
    how: str
    length: int

    def find(self, line: str, text: bytes, begin: int, place: int) -> Hit | None:
        """Return the hit of the literal in a line that holds it, unless it is part of a word there.

        Args:
            text: where the line stands, in one case, from `begin` on, and the literal from `place` on.
        """
        if self.how == "is":
            return Hit((0, self.length))
        start = 0
        if self.how == "has":
            start = len(text[begin:place].decode("utf-8", "surrogatepass"))
        elif self.how == "ends":
            start = len(line) - self.length
        end = start + self.length
        if _splits_word(line, start) or _splits_word(line, end):
            return None
        return Hit((start, end), (end, len(line)) if self.how == "starts" else None)


class Lookout:
    """What the rules that look at one stretch of a text look for there: its first and last so many lines, or all.

    Literals are whole words (letters beside them make no match) and caseless; `is` is the whole line.
    """

    def __init__(self, first: int | None = None, last: int | None = None) -> None:
        self.first, self.last = first, last
        self._needles: dict[bytes, list[_Literal | Pattern]] = {}
        self._loose: list[Pattern] = []  # without a literal

    def widen(self, first: int | None, last: int | None) -> None:
        """Look at so many first and last lines, if they are more."""
        self.first = max(self.first or 0, first or 0) or None
        self.last = max(self.last or 0, last or 0) or None

    def add_literals(self, rule: int, how: str, literals: Iterable[str]) -> None:
        """Look for literals of a rule (by number)."""
        for literal in literals:
            anchored = how in ("is", "starts")
            text = one_case(normalise(literal[marker_length(literal) if anchored else 0 :]))
            text = text.strip() if how == "is" else text.lstrip() if how == "starts" else text
            text = text.rstrip() if how == "ends" else text
            if not text:
                continue  # it would be everywhere; `rules check` says so (R013)
            head = "\n" if anchored else ""
            tail = "\n" if how in ("is", "ends") else ""
            self._add(f"{head}{text}{tail}", _Literal(rule, how, len(text)))

    def add_pattern(self, pattern: Pattern) -> None:
        """Look for lines that a pattern may match."""
        atoms = required_atoms(pattern.source)
        for literal in atoms.literals if atoms else ():
            self._add(("\n" if atoms and atoms.anchored else "") + one_case(literal), pattern)
        if atoms is None:
            self._loose.append(pattern)

    def _add(self, needle: str, target: _Literal | Pattern) -> None:
        if needle.strip("\n") and "\n" not in needle[1:-1]:  # a line holds something, and no break
            self._needles.setdefault(as_bytes(needle), []).append(target)

    def look(self, lines: Sequence[str]) -> tuple[dict[int, dict[int, Hit]], dict[int, list[Pattern]]]:
        """Return, for each of some lines (by number here) with any, the hits of literals, and the patterns to ask."""
        found, waiting = self._scan(lines) if self._needles else ({}, {})
        for line, pattern in stops(self._loose, lines):
            waiting.setdefault(line, []).append(pattern)
        return found, waiting

    def _scan(self, lines: Sequence[str]) -> tuple[dict[int, dict[int, Hit]], dict[int, list[Pattern]]]:
        haystack = as_bytes(one_case("\n".join(["", *lines, ""])))
        found: dict[int, dict[int, Hit]] = {}
        waiting: dict[int, list[Pattern]] = {}
        line, begin, past = -1, 0, 0  # the line looked at, and where the breaks before and after it stand
        for needle, start, _ in self._automaton.find_matches_as_indexes(haystack, overlapping=True):
            # Matches come in the order of their ends, so of their lines. A needle may begin with the break before its
            # line; any other byte of it lies inside the line, but for the break after it.
            if start >= past:
                line += haystack.count(_BREAK, past, start + 1)
                begin = haystack.rfind(_BREAK, past, start + 1)
                past = haystack.find(_BREAK, begin + 1)
            patterns, literals = self._targets[needle] or self._sort_out(needle)
            for pattern, begins, ends in patterns:
                if haystack.startswith(begins, begin) and haystack.endswith(ends, begin, past + 1):
                    waiting.setdefault(line, []).append(pattern)
            for literal in literals:
                hit = literal.find(lines[line], haystack, begin + 1, start)
                if hit:
                    found.setdefault(line, {}).setdefault(literal.rule, hit)
        return found, waiting

    @cached_property
    def _automaton(self) -> Any:
        from ahocorasick_rs import BytesAhoCorasick, Implementation

        return BytesAhoCorasick(list(self._needles), implementation=Implementation.ContiguousNFA)

    @cached_property
    def _named(self) -> list[list[_Literal | Pattern]]:
        return list(self._needles.values())

    @cached_property
    def _targets(self) -> list[_Targets | None]:
        return [None] * len(self._needles)

    def _sort_out(self, needle: int) -> _Targets:
        """Prepare what a needle stands for when it is first met: most never are."""
        named = self._named[needle]
        self._targets[needle] = targets = (
            tuple((target, *target.edges) for target in named if isinstance(target, Pattern)),
            tuple(target for target in named if isinstance(target, _Literal)),
        )
        return targets


def _splits_word(text: str, index: int) -> bool:
    """Tell whether a cut at `index` would stand between two letters of one word."""
    if not 0 < index < len(text):
        return False
    before, after = text[index - 1], text[index]
    # From U+0E00 on, scripts are mostly written without spaces, so every place is a word's edge.
    return before.isalnum() and after.isalnum() and max(before, after) < "\u0e00"
