"""Finding what rules look for: literals through one automaton, patterns through RE2, which cannot be made to hang.

One pass of the automaton over a text finds the lines with a literal of a rule and those with a literal that a pattern
cannot match without; RE2 is asked about the latter only. Patterns without such a literal are asked where their rules
may look: mostly the head or the tail of a text.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from curator.errors import RuleError
from curator.rules.atoms import last_characters, required_atoms
from curator.rules.model import Rule
from curator.rules.shape import is_shaped
from curator.rules.view import View, marker_length, normalise

__all__ = ["MAX_PATTERN_MEMORY", "Hit", "Matcher", "compile_pattern", "window"]

MAX_PATTERN_MEMORY = 8 << 20  # bytes RE2 may use for one pattern: its own default, named so that checks can quote it

Found = dict[int, dict[int, "Hit"]]  # line -> rule -> hit


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule found its text in one line.

    `cut` is what a span rule takes out, `value` what an extract rule keeps; both in characters of the view line.
    """

    cut: tuple[int, int]
    value: tuple[int, int] | None = None


@functools.lru_cache(maxsize=20_000)
def compile_pattern(pattern: str, where: str = "") -> Any:
    """Compile one RE2 pattern for bytes (UTF-8), caseless unless it says `(?-i:…)`; `where` is for the error.

    Raises:
        RuleError: RE2 cannot compile it in `MAX_PATTERN_MEMORY` bytes.
    """
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MAX_PATTERN_MEMORY
    try:
        return re2.compile(pattern.encode("utf-8", "surrogatepass"), options)
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        hint = "patterns are RE2: no look-around, no back-references; put a literal into is, starts, ends or has"
        raise RuleError(f"pattern does not compile: {reason}: {pattern}", where=where, hint=hint) from None


@dataclass(frozen=True, slots=True)
class _Literal:
    """What a needle stands for: a literal of a rule, `how` is is, starts, ends or has; `length` in characters."""

    rule: int
    how: str
    length: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One pattern of a rule, and the lines its rule may look at: the first and last so many, or all."""

    rule: int
    source: str
    first: int | None
    last: int | None

    def sees(self, line: int, count: int) -> bool:
        if self.first is None and self.last is None:
            return True
        return line < (self.first or 0) or line >= count - (self.last or 0)

    def find(self, line: str) -> Hit | None:
        compiled = compile_pattern(self.source)
        data = line.encode("utf-8", "surrogatepass")
        found = compiled.search(data)
        if found is None:
            return None
        groups = compiled.groupindex
        value = found.span(groups[b"value"]) if b"value" in groups else (-1, -1)
        cut = _characters(data, found.span(groups.get(b"cut", 0)))
        return Hit(cut, _characters(data, value) if value[0] >= 0 else None)


class Matcher:
    """The text matchers of many rules.

    Patterns are compiled when a line first needs them: of a thousand a document meets a few, and each takes RE2 some
    milliseconds. Literals are whole words (letters beside them make no match) and caseless; `is` is the whole line.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._needles: dict[bytes, list[_Literal | _Pattern]] = {}
        self._exceptions: dict[int, tuple[str, ...]] = {}
        loose: list[_Pattern] = []
        for number, rule in enumerate(rules):
            if rule.kind in ("html", "signal"):
                continue
            for how, literals in (("is", rule.is_), ("starts", rule.starts), ("ends", rule.ends), ("has", rule.has)):
                self._add_literals(number, how, literals)
            for source in rule.any:
                pattern = _Pattern(number, source, rule.where.first, rule.where.last)
                if not self._add_atoms(pattern):
                    loose.append(pattern)
            if rule.none:
                self._exceptions[number] = rule.none
        self._targets = list(self._needles.values())
        self._automaton = _automaton(list(self._needles))
        self._loose = [_Loose(p, rules[p.rule], last_characters(p.source)) for p in loose]

    def _add_literals(self, rule: int, how: str, literals: Iterable[str]) -> None:
        for literal in literals:
            anchored = how in ("is", "starts")
            text = _fold(normalise(literal[marker_length(literal) if anchored else 0 :]))
            text = text.strip() if how == "is" else text.lstrip() if how == "starts" else text
            text = text.rstrip() if how == "ends" else text
            head = "\n" if anchored else ""
            tail = "\n" if how in ("is", "ends") else ""
            self._add(f"{head}{text}{tail}", _Literal(rule, how, len(text)))

    def _add_atoms(self, pattern: _Pattern) -> bool:
        """Have the automaton look for what a pattern cannot match without; False where there is nothing of the kind."""
        atoms = required_atoms(pattern.source)
        for literal in atoms.literals if atoms else ():
            self._add(("\n" if atoms and atoms.anchored else "") + _fold(literal), pattern)
        return atoms is not None

    def _add(self, needle: str, target: _Literal | _Pattern) -> None:
        self._needles.setdefault(needle.encode("utf-8", "surrogatepass"), []).append(target)

    def hits(self, view: View) -> Found:
        """Return, for each line with any, the rules (by number) that found their text in it."""
        found: Found = {}
        if self._automaton is not None:
            self._scan(view, found)
        for loose in self._loose:
            loose.ask(view, found)
        for line, rules in found.items():
            for rule in [r for r in rules if self.is_exception(r, view.lines[line])]:
                del rules[rule]
        return {line: rules for line, rules in found.items() if rules}

    def is_exception(self, rule: int, line: str) -> bool:
        """Tell whether a line is one a rule (by number) says it is not about: its `none` patterns."""
        exceptions = self._exceptions.get(rule)
        if not exceptions:
            return False
        data = line.encode("utf-8", "surrogatepass")
        return any(compile_pattern(exception).search(data) for exception in exceptions)

    def _scan(self, view: View, found: Found) -> None:
        haystack = ("\n" + _fold("\n".join(view.lines)) + "\n").encode("utf-8", "surrogatepass")
        matches = self._automaton.find_matches_as_indexes(haystack, overlapping=True)
        if not matches:
            return
        # Where each line's leading break stands. A needle may begin with the break before its line; any other byte of
        # it lies inside the line.
        breaks = [m.start() for m in re.finditer(b"\n", haystack)]
        asked: set[tuple[int, _Pattern]] = set()
        for needle, start, end in matches:
            line = bisect_right(breaks, start) - 1
            if line >= len(view) or end > breaks[line + 1] + 1:
                continue
            for target in self._targets[needle]:
                if isinstance(target, _Literal):
                    before = haystack[breaks[line] + 1 : start] if target.how == "has" else b""
                    _note_literal(view.lines[line], target, before, found.setdefault(line, {}))
                elif (line, target) not in asked:
                    asked.add((line, target))
                    _ask(target, view, line, found)


@dataclass(frozen=True, slots=True)
class _Loose:
    """A pattern without a required literal: asked on the lines its rule may take, as far as their end and form tell."""

    pattern: _Pattern
    rule: Rule
    last_characters: frozenset[str] | None

    def ask(self, view: View, found: Found) -> None:
        lasts, lines = self.last_characters, view.lines
        for line in window(len(lines), self.pattern.first, self.pattern.last):
            if (lasts is None or lines[line][-1].lower() in lasts) and is_shaped(self.rule, view, line):
                _ask(self.pattern, view, line, found)


def _ask(pattern: _Pattern, view: View, line: int, found: Found) -> None:
    """Ask RE2 about one line, unless the pattern's rule may not look there or has found something there already."""
    if pattern.sees(line, len(view)) and pattern.rule not in found.get(line, ()):
        hit = pattern.find(view.lines[line])
        if hit:
            found.setdefault(line, {})[pattern.rule] = hit


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


def window(count: int, first: int | None, last: int | None) -> Iterable[int]:
    """Return the line numbers among the first and last lines asked for; all of them where nothing was asked."""
    if first is None and last is None:
        return range(count)
    head = range(min(first or 0, count))
    return [*head, *range(max(len(head), count - (last or 0)), count)]


def _fold(plain: str) -> str:
    """Return plain text in the case literals are compared in, character for character."""
    return plain.lower().replace("ς", "σ")


def _characters(data: bytes, span: tuple[int, int]) -> tuple[int, int]:
    """Return a span of UTF-8 bytes in characters."""
    start = len(data[: span[0]].decode("utf-8", "surrogatepass"))
    return start, start + len(data[span[0] : span[1]].decode("utf-8", "surrogatepass"))


def _splits_word(text: str, index: int) -> bool:
    """Tell whether a cut at `index` would stand between two letters of one word."""
    if not 0 < index < len(text):
        return False
    before, after = text[index - 1], text[index]
    # From U+0E00 on, scripts are mostly written without spaces, so every place is a word's edge.
    return before.isalnum() and after.isalnum() and max(before, after) < "\u0e00"
