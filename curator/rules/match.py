"""Finding what rules look for: literals through one automaton, patterns through RE2, which cannot be made to hang.

What a line says is the same wherever it stands, so it is found once and remembered for lines that come again. Only
patterns of rules for the head or the tail of a text wait until a line is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from curator.rules.lookout import Lookout
from curator.rules.model import Rule
from curator.rules.patterns import Hit, Pattern, as_bytes, compile_pattern, window
from curator.rules.shape import is_shaped
from curator.rules.view import View

__all__ = ["Found", "Matcher", "Sighting"]

# Lines a lookout remembers: of 28,000 lines of 405 whole pages about which there was something to ask, 20,000 had come
# before.
_MOST_REMEMBERED = 8_192
_LONGEST_REMEMBERED = 200  # characters; longer lines are prose, which is rarely said twice

Found = dict[int, dict[int, Hit]]  # line -> rule -> hit


class Matcher:
    """The text matchers of many rules.

    Patterns are compiled when a line first needs them: of a thousand a document meets a few, and each takes RE2 some
    milliseconds.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self.exceptions: dict[int, tuple[str, ...]] = {}
        self._everywhere = Lookout()
        nearby: dict[tuple[bool, bool], Lookout] = {}  # at the head, at the tail
        for number, rule in enumerate(rules):
            if rule.kind in ("html", "signal"):
                continue
            for how, literals in (("is", rule.is_), ("starts", rule.starts), ("ends", rule.ends), ("has", rule.has)):
                self._everywhere.add_literals(number, how, literals)
            first, last = rule.where.first, rule.where.last
            lookout = self._everywhere
            if first or last:
                lookout = nearby.setdefault((bool(first), bool(last)), Lookout())
                lookout.widen(first, last)
            for source in rule.any:
                lookout.add_pattern(Pattern(number, source, first, last))
            if rule.none:
                self.exceptions[number] = rule.none
        self.nearby = tuple(nearby.values())
        self._said: dict[str, dict[int, Hit]] = {}
        self._to_ask: list[dict[str, tuple[Pattern, ...]]] = [{} for _ in self.nearby]

    def hits(self, view: View) -> Found:
        """Return, for each line with any, the rules (by number) that found their text in it."""
        return self.look(view).hits(view)

    def look(self, view: View) -> Sighting:
        """Look over a text once; the sighting then tells the hits of it and of what is left of it later."""
        sighting, recall = Sighting(self), self._said.get
        fresh: list[int] = []
        for line, text in enumerate(view.lines):
            known = recall(text)
            if known is None:
                fresh.append(line)
            elif known:
                sighting.found[line] = known
        found, waiting = self._everywhere.look([view.lines[line] for line in fresh]) if fresh else ({}, {})
        for number, hits in found.items():
            sighting.note(fresh[number], hits)
        for number, patterns in waiting.items():
            sighting.ask(view, fresh[number], patterns)
        sighting.drop_exceptions(view)
        for number in {**found, **waiting}:
            line = fresh[number]
            _remember(self._said, view.lines[line], sighting.found.get(line, {}))
        return sighting

    def look_near(self, number: int, texts: Sequence[str]) -> list[tuple[Pattern, ...]]:
        """Return, for each of some lines at the head or the tail, the patterns to ask about it there."""
        memory = self._to_ask[number]
        fresh = [text for text in dict.fromkeys(texts) if text not in memory]
        _, waiting = self.nearby[number].look(fresh) if fresh else ({}, {})
        known = {text: tuple(dict.fromkeys(waiting.get(line, ()))) for line, text in enumerate(fresh)}
        patterns = [known[text] if text in known else memory[text] for text in texts]
        for text in fresh:
            _remember(memory, text, known[text])
        return patterns

    def forget(self) -> None:
        """Forget the lines seen, as if no text had been looked at."""
        self._said.clear()
        for memory in self._to_ask:
            memory.clear()

    def is_exception(self, rule: int, line: str) -> bool:
        """Tell whether a line is one a rule (by number) says it is not about: its `none` patterns."""
        exceptions = self.exceptions.get(rule)
        if not exceptions:
            return False
        data = as_bytes(line)
        return any(compile_pattern(exception).search(data) for exception in exceptions)


class Sighting:
    """What a matcher saw in a text, kept while lines of it go: a line is looked at once, wherever it then stands.

    Attributes:
        found: line -> rule -> hit; what a line says is shared between texts, so it is replaced and never changed.
        waiting: line -> the patterns to ask about it as soon as it is among the first or last lines they look at.
        seen: for each lookout over the head or the tail, the lines it has looked at.
    """

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._unchecked: set[int] = set()
        self.found: Found = {}
        self.waiting: dict[int, tuple[Pattern, ...]] = {}
        self.seen: list[set[int]] = [set() for _ in matcher.nearby]

    def hits(self, view: View) -> Found:
        """Return, for each line of the view with any, the rules (by number) that found their text in it.

        Rules that ask for a line of another form are left out where that spares a question.
        """
        for number, lookout in enumerate(self._matcher.nearby):
            lines = window(len(view), lookout.first, lookout.last)
            fresh = [line for line in lines if line not in self.seen[number]]
            self.seen[number].update(fresh)
            if fresh:
                texts = [view.lines[line] for line in fresh]
                for line, patterns in zip(fresh, self._matcher.look_near(number, texts), strict=True):
                    if patterns:
                        self.waiting[line] = self.waiting.get(line, ()) + patterns
        for line in list(self.waiting):
            self._ask_near(view, line)
        self.drop_exceptions(view)
        return self.found

    def note(self, line: int, hits: dict[int, Hit]) -> None:
        """Keep the first hit of each rule in a line."""
        self.found[line] = {**hits, **self.found.get(line, {})}
        self._unchecked.add(line)

    def ask(self, view: View, line: int, patterns: Iterable[Pattern]) -> None:
        """Ask patterns about a line, those of each rule until one finds something."""
        rules = self._matcher.rules
        for pattern in dict.fromkeys(patterns):
            if pattern.rule not in self.found.get(line, ()) and is_shaped(rules[pattern.rule], view, line):
                hit = pattern.find(view.lines[line])
                if hit:
                    self.note(line, {pattern.rule: hit})

    def _ask_near(self, view: View, line: int) -> None:
        """Ask the patterns that may look at a line now; the others wait on."""
        waiting = self.waiting.pop(line)
        now = [pattern for pattern in waiting if pattern.sees(line, len(view))]
        if len(now) < len(waiting):
            self.waiting[line] = tuple(pattern for pattern in waiting if pattern not in now)
        if now:
            self.ask(view, line, now)

    def drop_exceptions(self, view: View) -> None:
        """Forget what was found since the last time in lines that the rules say they are not about."""
        exceptions = self._matcher.exceptions
        for line in self._unchecked:
            hits = self.found[line]
            if exceptions.keys().isdisjoint(hits):
                continue
            left = {rule: hit for rule, hit in hits.items() if not self._matcher.is_exception(rule, view.lines[line])}
            if left:
                self.found[line] = left
            else:
                del self.found[line]
        self._unchecked.clear()

    def renumbered(self, lines: Sequence[int]) -> Sighting:
        """Return the sighting of a view of which only these lines (their present numbers, in order) are left."""
        left = Sighting(self._matcher)
        for now, line in enumerate(lines):
            if line in self.found:
                left.found[now] = self.found[line]
            if line in self.waiting:
                left.waiting[now] = self.waiting[line]
        left.seen = [{now for now, line in enumerate(lines) if line in seen} for seen in self.seen]
        return left


def _remember(memory: dict[str, Any], line: str, what: object) -> None:
    """Keep what is known of a line, unless it is long; a memory that is full begins anew."""
    if len(line) <= _LONGEST_REMEMBERED:
        if len(memory) >= _MOST_REMEMBERED:
            memory.clear()
        memory[line] = what
