"""Finding what rules look for: literals through one automaton, patterns through RE2, which cannot be made to hang.

One pass of the automaton over a text finds the lines with a literal of a rule and those with a literal that a pattern
cannot match without; RE2 is asked about the latter only. Patterns without such a literal are asked where their rules
may look: mostly the head or the tail of a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from curator.rules.atoms import required_atoms
from curator.rules.literals import Literal
from curator.rules.model import Rule
from curator.rules.patterns import Hit, Pattern, compile_any, one_case, one_case_bytes, screens, window
from curator.rules.shape import is_shaped
from curator.rules.view import View, as_bytes, marker_length, normalise

__all__ = ["Matcher", "Sighting"]


_BREAK = b"\n"

# Lines a matcher remembers: of 28,000 lines of 405 whole pages about which patterns were asked, 20,000 had come before.
_MOST_REMEMBERED = 4_096
_LONGEST_REMEMBERED = 200  # characters; longer lines are prose, which is rarely said twice

Found = dict[int, dict[int, "Hit"]]  # line -> rule -> hit
Bound = tuple[Sequence[Pattern], ...]


# What one needle stands for: the patterns that look everywhere, with what their lines begin and end with; those that
# look at the head or the tail; and the literals.
_Edged = tuple[Pattern, tuple[bytes, ...], tuple[bytes, ...]]
_Targets = tuple[tuple[_Edged, ...], tuple[Pattern, ...], tuple[Literal, ...]]


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
        self._needles: dict[bytes, list[Literal | Pattern]] = {}
        self.exceptions: dict[int, tuple[str, ...]] = {}
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
                self.exceptions[number] = rule.none
        self._named = list(self._needles.values())
        self._targets: list[_Targets | None] = [None] * len(self._named)
        self._automaton = _automaton(list(self._needles))
        self._everywhere = screens(pattern for pattern in loose if not pattern.bound)
        self._screens = screens(pattern for pattern in loose if pattern.bound)
        self._memory: dict[str, tuple[dict[int, Hit], Bound]] = {}

    def _add_literals(self, rule: int, how: str, literals: Iterable[str]) -> None:
        for literal in literals:
            anchored = how in ("is", "starts")
            text = one_case(normalise(literal[marker_length(literal) if anchored else 0 :]))
            text = text.strip() if how == "is" else text.lstrip() if how == "starts" else text
            text = text.rstrip() if how == "ends" else text
            if not text:
                continue  # it would be everywhere; `rules check` says so (R013)
            head = "\n" if anchored else ""
            tail = "\n" if how in ("is", "ends") else ""
            self._add(f"{head}{text}{tail}", Literal(rule, how, len(text)))

    def _add_atoms(self, pattern: Pattern) -> bool:
        """Have the automaton look for what a pattern cannot match without; False where there is nothing of the kind."""
        atoms = required_atoms(pattern.source)
        for literal in atoms.literals if atoms else ():
            self._add(("\n" if atoms and atoms.anchored else "") + one_case(literal), pattern)
        return atoms is not None

    def _add(self, needle: str, target: Literal | Pattern) -> None:
        if needle.strip("\n") and "\n" not in needle[1:-1]:  # a line holds something, and no break
            self._needles.setdefault(as_bytes(needle), []).append(target)

    def hits(self, view: View) -> Found:
        """Return, for each line with any, the rules (by number) that found their text in it."""
        return self.look(view).hits(view)

    def look(self, view: View) -> Sighting:
        """Look over a text once; the sighting then tells the hits of it and of what is left of it later."""
        sighting = Sighting(self)
        recalled = list(map(self._memory.get, view.lines))
        fresh = [line for line, known in enumerate(recalled) if known is None]
        if fresh:
            waiting = self._scan(view, fresh, sighting) if self._automaton is not None else {}
            for screen in self._everywhere:
                for line, patterns in screen.ask(view, fresh):
                    plain = as_bytes(one_case(f"\n{view.lines[line]}\n"))
                    waiting.setdefault(line, []).extend(pattern for pattern in patterns if pattern.fits(plain))
            for line, asked in waiting.items():
                sighting.ask(view, line, asked)
            sighting.drop_exceptions(view)
            self._remember(view, {*waiting, *sighting.found, *sighting.bound}, sighting)
        for line, known in enumerate(recalled):
            if known:
                sighting.recall(line, *known)
        return sighting

    def forget(self) -> None:
        """Forget the lines seen, as if no text had been looked at."""
        self._memory.clear()

    def _remember(self, view: View, lines: Iterable[int], sighting: Sighting) -> None:
        """Keep what lines say by themselves: those with something to ask about are mostly short, and come again."""
        for line in lines:
            text = view.lines[line]
            if len(text) <= _LONGEST_REMEMBERED:
                self._memory[text] = sighting.found.get(line, {}), sighting.bound.get(line, ())
        if len(self._memory) > _MOST_REMEMBERED:
            self._memory.clear()

    def is_exception(self, rule: int, line: str) -> bool:
        """Tell whether a line is one a rule (by number) says it is not about: its `none` patterns."""
        exceptions = self.exceptions.get(rule)
        if not exceptions:
            return False
        data = as_bytes(line)
        return any(compiled.search(data) for compiled in compile_any(exceptions))

    def screen(self, view: View, sighting: Sighting) -> None:
        """Note which patterns without a literal may match lines that have come into the head or the tail."""
        for number, screen in enumerate(self._screens):
            seen = sighting.screened.setdefault(number, set())
            lines = [line for line in window(len(view), screen.first, screen.last) if line not in seen]
            if lines:
                seen.update(lines)
                for line, patterns in screen.ask(view, lines):
                    sighting.bound[line] = (*sighting.bound.get(line, ()), patterns)

    def _scan(self, view: View, lines: Sequence[int], sighting: Sighting) -> dict[int, list[Pattern]]:
        """Note what literals are in some lines, and which patterns may be; return those to ask about them at once."""
        fresh = "\n".join(["", *map(view.lines.__getitem__, lines), ""])
        haystack = one_case_bytes(fresh, view.beyond_ascii)
        waiting: dict[int, list[Pattern]] = {}
        near: dict[int, list[Sequence[Pattern]]] = {}
        number, line, begin, past = -1, 0, 0, 0  # the line looked at, and where the breaks before and after it stand
        for needle, start, _ in self._automaton.find_matches_as_indexes(haystack, overlapping=True):
            # Matches come in the order of their ends, so of their lines. A needle may begin with the break before its
            # line; any other byte of it lies inside the line, but for the break after it.
            if start >= past:
                number += haystack.count(_BREAK, past, start + 1)
                begin = haystack.rfind(_BREAK, past, start + 1)
                past = haystack.find(_BREAK, begin + 1)
                line = lines[number]
            patterns, bound, literals = self._targets[needle] or self._sort_out(needle)
            for pattern, begins, ends in patterns:
                if haystack.startswith(begins, begin) and haystack.endswith(ends, begin, past + 1):
                    waiting.setdefault(line, []).append(pattern)
            if bound:
                near.setdefault(line, []).append(bound)
            for literal in literals:
                hit = literal.find(view.lines[line], haystack, begin + 1, start)
                if hit:
                    sighting.note(line, literal.rule, hit)
        for line, targets in near.items():
            sighting.bound[line] = tuple(targets)
        return waiting

    def _sort_out(self, needle: int) -> _Targets:
        """Prepare what a needle stands for when it is first met: most never are."""
        named = self._named[needle]
        patterns = [target for target in named if isinstance(target, Pattern)]
        self._targets[needle] = targets = (
            tuple((pattern, *pattern.edges) for pattern in patterns if not pattern.bound),
            tuple(pattern for pattern in patterns if pattern.bound),
            tuple(target for target in named if isinstance(target, Literal)),
        )
        return targets


class Sighting:
    """What a matcher saw in a text, kept while lines of it go: a line is looked at once, wherever it then stands.

    Attributes:
        found: line -> rule -> hit; what a line says is shared between texts, so it is replaced and never changed.
        bound: line -> the patterns to ask about it as soon as it is among the first or last lines they look at.
        screened: screen -> the lines it has looked at.
    """

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._unchecked: set[int] = set()
        self.found: Found = {}
        self.bound: dict[int, Bound] = {}
        self.screened: dict[int, set[int]] = {}

    def hits(self, view: View) -> Found:
        """Return, for each line of the view with any, the rules (by number) that found their text in it.

        Rules that ask for a line of another form are left out where that spares a question.
        """
        self._matcher.screen(view, self)
        for line in window(len(view), *self._matcher.reach):
            if line in self.bound:
                self._ask_bound(view, line)
        self.drop_exceptions(view)
        return self.found

    def recall(self, line: int, found: dict[int, Hit], bound: Bound) -> None:
        """Take up what was seen in another text that has this line."""
        if found:
            self.found[line] = found
        if bound:
            self.bound[line] = bound

    def note(self, line: int, rule: int, hit: Hit) -> None:
        """Keep the first hit of a rule in a line."""
        found = self.found.get(line, {})
        if rule not in found:
            self.found[line] = {**found, rule: hit}
            self._unchecked.add(line)

    def ask(self, view: View, line: int, patterns: Iterable[Pattern]) -> None:
        """Ask patterns about a line, those of each rule until one finds something."""
        rules = self._matcher.rules
        for pattern in dict.fromkeys(patterns):
            if pattern.rule not in self.found.get(line, ()) and is_shaped(rules[pattern.rule], view, line):
                hit = pattern.find(view.lines[line])
                if hit:
                    self.note(line, pattern.rule, hit)

    def _ask_bound(self, view: View, line: int) -> None:
        """Ask the patterns that may look at a line now; the others wait on."""
        from_end = len(view) - line
        now: list[Pattern] = []
        later: list[Pattern] = []
        for patterns in self.bound.pop(line):
            for pattern in patterns:
                sees = line < (pattern.first or 0) or from_end <= (pattern.last or 0)
                (now if sees else later).append(pattern)
        if later:
            self.bound[line] = (later,)
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
            if line in self.bound:
                left.bound[now] = self.bound[line]
        for number, seen in self.screened.items():
            left.screened[number] = {now for now, line in enumerate(lines) if line in seen}
        return left


def _automaton(needles: list[bytes]) -> Any:
    if not needles:
        return None
    from ahocorasick_rs import BytesAhoCorasick, Implementation

    return BytesAhoCorasick(needles, implementation=Implementation.ContiguousNFA)
