"""Finding what rules look for: literals through one automaton, patterns through RE2, which cannot be made to hang."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curator.errors import RuleError
from curator.rules.view import View, normalise

if TYPE_CHECKING:
    from curator.rules.model import Rule

__all__ = ["Hit", "Matcher", "compile_pattern"]

_MAX_MEMORY = 8 << 20  # bytes RE2 may use for one pattern: its own default, named so that the check can quote it


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule found its text in one line.

    `cut` is what a span rule takes out, `value` what an extract rule keeps; both in characters of the view line.
    """

    cut: tuple[int, int]
    value: tuple[int, int] | None = None


def compile_pattern(pattern: str, where: str = "") -> Any:
    """Compile one RE2 pattern, caseless unless it says `(?-i:…)`.

    Raises:
        RuleError: RE2 cannot compile it.
    """
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        hint = "patterns are RE2: no look-around, no back-references; put a literal into is, starts, ends or has"
        raise RuleError(f"pattern does not compile: {reason}", where=where, hint=hint) from None


class _Pattern:
    """One compiled pattern and the numbers of its `cut` and `value` groups (google-re2 takes numbers only)."""

    __slots__ = ("_cut", "_search", "_value")

    def __init__(self, pattern: str, where: str) -> None:
        compiled = compile_pattern(pattern, where)
        self._search = compiled.search
        self._cut = compiled.groupindex.get("cut", 0)
        self._value = compiled.groupindex.get("value")

    def find(self, text: str) -> Hit | None:
        found = self._search(text)
        if found is None:
            return None
        value = found.span(self._value) if self._value is not None else None
        return Hit(found.span(self._cut), value if value and value[0] >= 0 else None)


class Matcher:
    """The text matchers of many rules, compiled.

    Literals are whole words (letters beside them make no match) and caseless; `is` is the whole line.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._needles: dict[bytes, list[tuple[int, str, int]]] = {}
        self._patterns: list[tuple[int, int | None, int | None, tuple[_Pattern, ...]]] = []
        self._exceptions: dict[int, tuple[_Pattern, ...]] = {}
        for number, rule in enumerate(rules):
            if rule.kind in ("html", "signal"):
                continue
            for how, literals in (("is", rule.is_), ("starts", rule.starts), ("ends", rule.ends), ("has", rule.has)):
                self._add_literals(number, how, literals)
            if rule.any:
                patterns = tuple(_Pattern(p, rule.id) for p in rule.any)
                self._patterns.append((number, rule.where.first, rule.where.last, patterns))
            if rule.none:
                self._exceptions[number] = tuple(_Pattern(p, rule.id) for p in rule.none)
        self._targets = list(self._needles.values())
        self._automaton = _automaton(list(self._needles))

    def _add_literals(self, rule: int, how: str, literals: Iterable[str]) -> None:
        for literal in literals:
            text = normalise(literal).lower()
            text = text.strip() if how == "is" else text.lstrip() if how == "starts" else text
            text = text.rstrip() if how == "ends" else text
            head = "\n" if how in ("is", "starts") else ""
            tail = "\n" if how in ("is", "ends") else ""
            self._needles.setdefault(f"{head}{text}{tail}".encode(), []).append((rule, how, len(text)))

    def hits(self, view: View) -> dict[int, dict[int, Hit]]:
        """Return, for each line with any, the rules (by number) that found their text in it."""
        found: dict[int, dict[int, Hit]] = {}
        if self._automaton is not None:
            self._find_literals(view, found)
        self._find_patterns(view, found)
        for line, rules in found.items():
            text = view.lines[line]
            for rule in [r for r in rules if r in self._exceptions]:
                if any(pattern.find(text) for pattern in self._exceptions[rule]):
                    del rules[rule]
        return {line: rules for line, rules in found.items() if rules}

    def _find_literals(self, view: View, found: dict[int, dict[int, Hit]]) -> None:
        folded = [line.lower().encode("utf-8", "surrogatepass") for line in view.lines]
        haystack = b"\n" + b"\n".join(folded) + b"\n"
        line_starts: list[int] = []  # of each line's leading line break, in bytes of the haystack
        position = 0
        for line in folded:
            line_starts.append(position)
            position += len(line) + 1
        for needle, start, end in self._automaton.find_matches_as_indexes(haystack, overlapping=True):
            # A needle may begin with the break before its line; any other byte of it lies inside the line.
            number = bisect_right(line_starts, start) - 1
            if number >= len(folded):
                continue
            text, begins = view.lines[number], line_starts[number]
            for rule, how, length in self._targets[needle]:
                # Bytes to characters: only `has` needs to count, the others are anchored.
                if how == "has":
                    begin = len(haystack[begins + 1 : start].decode("utf-8", "surrogatepass"))
                else:
                    begin = len(text) - length if how == "ends" else 0
                if begin >= 0 and end <= begins + len(folded[number]) + 2:
                    self._add_literal_hit(found, number, text, rule, how, (begin, begin + length))

    @staticmethod
    def _add_literal_hit(
        found: dict[int, dict[int, Hit]], line: int, text: str, rule: int, how: str, cut: tuple[int, int]
    ) -> None:
        begin, end = cut
        if (how != "starts" and _splits_word(text, begin)) or (how != "ends" and _splits_word(text, end)):
            return
        value = (end, len(text)) if how == "starts" else None
        found.setdefault(line, {}).setdefault(rule, Hit(cut, value))

    def _find_patterns(self, view: View, found: dict[int, dict[int, Hit]]) -> None:
        count = len(view)
        for rule, first, last, patterns in self._patterns:
            for line in _window(count, first, last):
                if rule in found.get(line, ()):
                    continue
                text = view.lines[line]
                hit = next((h for h in (pattern.find(text) for pattern in patterns) if h), None)
                if hit:
                    found.setdefault(line, {})[rule] = hit


def _automaton(needles: list[bytes]) -> Any:
    if not needles:
        return None
    from ahocorasick_rs import BytesAhoCorasick, Implementation

    return BytesAhoCorasick(needles, implementation=Implementation.ContiguousNFA)


def _window(count: int, first: int | None, last: int | None) -> Iterable[int]:
    """Return the line numbers among the first and last lines asked for; all of them where nothing was asked."""
    if first is None and last is None:
        return range(count)
    head = range(min(first or 0, count))
    return [*head, *range(max(len(head), count - (last or 0)), count)]


def _splits_word(text: str, index: int) -> bool:
    """Tell whether a cut at `index` would stand between two letters of one word."""
    if not 0 < index < len(text):
        return False
    before, after = text[index - 1], text[index]
    # From U+0E00 on, scripts are mostly written without spaces, so every place is a word's edge.
    return before.isalnum() and after.isalnum() and max(before, after) < "\u0e00"
