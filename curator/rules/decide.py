"""Deciding which rule takes which line or span of one view. Nothing is removed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from curator.rules.match import Sighting
from curator.rules.model import Rule
from curator.rules.patterns import Hit, window
from curator.rules.ruleset import RuleSet
from curator.rules.shape import is_shaped
from curator.rules.title import find_title, lines_saying
from curator.rules.view import View

__all__ = ["Context", "Decisions", "LineDecision", "SpanDecision", "decide", "in_runs"]

_HEAD = 6  # lines that count as the head for `echoed_in = "head"`
_SAME_LENGTH = 8  # lines that say the same differ in punctuation and spaces only, so hardly in length
_MIN_ECHO = 4  # letters; shorter names occur inside other words by chance


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about a document beside its text.

    `languages` are those it may be in: what its source says and what its text looks like. Where they differ, the rules
    of both are used, so a wrong label costs nothing.
    """

    languages: frozenset[str] = frozenset({"und"})
    site: str | None = None
    title: str | None = None
    switched_off: frozenset[str] = frozenset()  # rules a guard has stopped for this document
    spares_headline: bool = False  # lines that say the title stay, whatever a rule says


@dataclass(slots=True)
class LineDecision:
    """A line goes. `block` is the line where the block began, for lines taken together."""

    rule: Rule
    value: str | None = None
    block: int | None = None
    also: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SpanDecision:
    """A piece of a line goes; offsets are of the text, not of the view."""

    line: int
    start: int
    end: int
    rule: Rule
    value: str | None = None


@dataclass(slots=True)
class Decisions:
    """All that goes from one view; `sighting` is what the matcher saw in it."""

    sighting: Sighting
    lines: dict[int, LineDecision] = field(default_factory=dict)
    spans: list[SpanDecision] = field(default_factory=list)
    kept: set[int] = field(default_factory=set)  # lines that rules keep, or that say the headline that is spared

    def __bool__(self) -> bool:
        return bool(self.lines or self.spans)

    def hits(self) -> Counter[str]:
        """Return how often each rule fired; a block counts once."""
        counts = Counter(d.rule.id for n, d in self.lines.items() if d.block in (None, n))
        counts.update(s.rule.id for s in self.spans)
        return counts


def decide(view: View, rules: RuleSet, context: Context, sighting: Sighting | None = None) -> Decisions:
    """Return what the rules take from a view: `keep` wins over all, then block, line and span in rule-set order.

    Args:
        sighting: what the rules' matcher saw in the view, where it has seen it already.
    """
    return _Pass(view, rules, context, sighting).run()


def in_runs(lines: Sequence[int], length: int) -> list[int]:
    """Return those of some sorted line numbers that stand in unbroken runs of at least `length`.

    >>> in_runs([1, 2, 3, 7, 9, 10, 11, 12], 3)
    [1, 2, 3, 9, 10, 11, 12]
    """
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return [line for run in runs if len(run) >= length for line in run]


class _Pass:
    def __init__(self, view: View, rules: RuleSet, context: Context, sighting: Sighting | None) -> None:
        self.view, self.context = view, context
        self.rules = rules.for_document(context.languages, context.site)
        sighting = sighting or self.rules.matcher.look(view)
        self.hits = sighting.hits(view)
        self.decisions = Decisions(sighting)

    @cached_property
    def title(self) -> int | None:
        return find_title(self.view, self.context.title)

    @cached_property
    def occurrence(self) -> list[int]:
        return _occurrences(self.view)

    def run(self) -> Decisions:
        spared = range(len(self.view) if self.context.spares_headline else 0)
        kept = self.decisions.kept = lines_saying(self.view, self.context.title, spared)
        by_rule = _lines_by_rule(self.hits)
        for number in sorted({*by_rule, *self.rules.matchless}):
            rule = self.rules.rules[number]
            if rule.id in self.context.switched_off:
                continue
            reach = self._reach(rule)
            candidates = by_rule.get(number, ()) if rule.has_matcher else self._lines_for(rule, reach)
            fitting = [n for n in candidates if n in reach and n not in kept and self._fits(rule, n)]
            if not rule.has_matcher:
                fitting = [n for n in fitting if not self.rules.matcher.is_exception(number, self.view.lines[n])]
            for line in in_runs(fitting, rule.when.run) if rule.when.run else fitting:
                hit = self.hits[line][number] if rule.has_matcher else None
                if rule.action == "keep":
                    kept.add(line)
                elif rule.kind == "block":
                    self._take_block(rule, line, hit, kept)
                elif rule.kind == "line":
                    self._take_line(rule, line, hit)
                elif hit:
                    self._take_span(rule, line, hit)
        return self.decisions

    def _lines_for(self, rule: Rule, reach: range) -> Iterable[int]:
        """Return the lines a rule without a matcher may fire on, as far as that is cheap to tell."""
        where = rule.where
        lines = window(len(self.view), where.first, where.last) if where.first or where.last else reach
        if rule.when.same_as == "title":
            if self.title is None:
                return ()
            size, texts = len(self.view.lines[self.title]), self.view.lines
            lines = [line for line in lines if abs(len(texts[line]) - size) <= _SAME_LENGTH]
        return lines

    def _reach(self, rule: Rule) -> range:
        """Return the stretch of lines in which a rule may fire, as far as title and prose bound it."""
        where, prose, low, high = rule.where, self.view.prose, 0.0, float(len(self.view))
        if where.before:
            high = min(high, max(0.0, self._landmark(where.before, 0)))
        if where.after:
            low = max(low, self._landmark(where.after, -1) + 1)
        if rule.when.prose_after is not None and len(prose) > rule.when.prose_after:
            low = max(low, prose[-rule.when.prose_after - 1])
        return range(int(min(low, high)), int(high))

    def _fits(self, rule: Rule, line: int) -> bool:
        where, view = rule.where, self.view
        if (where.first or where.last) and not (
            line < (where.first or 0) or line >= len(self.view) - (where.last or 0)
        ):
            return False
        if not (is_shaped(rule, view, line) and self._has_around(rule, line)):
            return False
        # A guard: prose may go only by a rule that has proved itself.
        return rule.status == "stable" or rule.action == "keep" or not view.is_prose(line)

    def _landmark(self, name: str, end: int) -> float:
        """Return the line of the title, or the first (end 0) or last (end -1) prose line.

        Nothing stands before or after a title that is not there, nor after prose; every line stands before it.
        """
        if name == "title":
            return self.title if self.title is not None else -1.0 if end == 0 else float("inf")
        return self.view.prose[end] if self.view.prose else float("inf")

    def _has_around(self, rule: Rule, line: int) -> bool:
        when, view = rule.when, self.view
        if when.repeats is not None and self.occurrence[line] < when.repeats:
            return False
        if when.same_as == "previous" and not (line and view.fold(line) and view.fold(line) == view.fold(line - 1)):
            return False
        if when.same_as == "title" and not self._says(self.title, line):
            return False
        return not when.echoed_in or self._is_echoed(line, when.echoed_in)

    def _says(self, other: int | None, line: int) -> bool:
        return other is not None and other != line and self.view.fold(other) == self.view.fold(line)

    def _is_echoed(self, line: int, place: str) -> bool:
        said = self.view.fold(line)
        if len(said) < _MIN_ECHO:
            return False
        others = range(min(_HEAD, len(self.view))) if place == "head" else [] if self.title is None else [self.title]
        return any(
            other != line and said in self.view.fold(other) and said != self.view.fold(other) for other in others
        )

    def _take_line(self, rule: Rule, line: int, hit: Hit | None, block: int | None = None) -> None:
        taken = self.decisions.lines.get(line)
        if taken:
            if taken.rule.id != rule.id and rule.id not in taken.also:
                taken.also.append(rule.id)
            return
        self.decisions.lines[line] = LineDecision(rule, self._value(line, hit), block)

    def _take_block(self, rule: Rule, line: int, hit: Hit | None, kept: set[int]) -> None:
        self._take_line(rule, line, hit, block=line)
        for following in range(line + 1, min(len(self.view), line + (rule.max_lines or len(self.view)))):
            between = self.view.text[self.view.ends[following - 1] : self.view.starts[following]]
            if rule.until == "blank" and between.count("\n") > 1:
                break
            prose = self.view.is_prose(following)
            if prose and (rule.until == "prose" or rule.status != "stable"):
                break
            if rule.until == "sentence" and self.view.is_sentence(following):
                break
            if following not in kept:
                self._take_line(rule, following, None, block=line)

    def _take_span(self, rule: Rule, line: int, hit: Hit) -> None:
        start, end = (self.view.offset(line, index) for index in hit.cut)
        overlaps = any(s.line == line and start < s.end and s.start < end for s in self.decisions.spans)
        if line not in self.decisions.lines and start < end and not overlaps:
            self.decisions.spans.append(SpanDecision(line, start, end, rule, self._value(line, hit)))

    def _value(self, line: int, hit: Hit | None) -> str | None:
        """Return the extracted text as it stands in the document, not in its plain form."""
        if hit is None:
            return None
        start, end = hit.value or (0, len(self.view.lines[line]))
        return self.view.text[self.view.offset(line, start) : self.view.offset(line, end)].strip()


def _lines_by_rule(hits: dict[int, dict[int, Hit]]) -> dict[int, list[int]]:
    by_rule: dict[int, list[int]] = {}
    for line in sorted(hits):
        for rule in hits[line]:
            by_rule.setdefault(rule, []).append(line)
    return by_rule


def _occurrences(view: View) -> list[int]:
    """Return, for each line, how many lines up to and with it say the same."""
    seen: Counter[str] = Counter()
    result = []
    for line in range(len(view)):
        said = view.fold(line)
        seen[said] += 1
        result.append(seen[said] if said else 1)
    return result
