"""Running a rule set over a text until nothing more goes, and the guards that stop it from going too far.

Taking a line away can bring another into the place a rule looks at. Repeating until nothing changes makes cleaning
idempotent: what comes out, cleaned again, stays as it is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from curator.document import Removal
from curator.repair import repair
from curator.rules.apply import Excision, cut
from curator.rules.decide import Context, Decisions, decide
from curator.rules.ruleset import RuleSet
from curator.rules.view import View, view_of

__all__ = ["MAX_SHARE", "Settled", "settle"]

# A text that loses more than this share of its characters to rules is returned untouched: over 258 articles of 40
# countries no article came near it, so what does is no article or meets a bad rule.
MAX_SHARE = 0.6
# ... unless nearly all its sentences are left: a teaser or a notice goes, a dateline is cut off, hardly more.
_SENTENCES_LEFT = 0.75
_SENTENCE_WORDS = 6
# Texts settle in two or three rounds; a text that has not settled in this many is left untouched.
_MAX_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Settled:
    """A text the rules have nothing more to take from.

    Attributes:
        text: what is left.
        removals: what went, in offsets of the text that came in.
        extracted: (field, value) pairs in reading order.
        guard: the guard that fired, or "": `share` and `unsettled` leave the text untouched, `boilerplate` says that
            more than the share went and nearly all sentences stayed.
        stopped: rules that took more than they may and were switched off for this text.
    """

    text: str
    removals: tuple[Removal, ...] = ()
    extracted: tuple[tuple[str, str], ...] = ()
    guard: str = ""
    stopped: tuple[str, ...] = ()


@dataclass(slots=True)
class _Run:
    """Rules running over a text: `whole` is the view of it, `view` that of what is left of it."""

    excision: Excision
    whole: View
    view: View
    extracted: list[tuple[int, str, str]] = field(default_factory=list)
    hits: Counter[str] = field(default_factory=Counter)


def settle(text: str, rules: RuleSet, context: Context, *, max_share: float = MAX_SHARE) -> Settled:
    """Apply rules to a repaired text until nothing more goes.

    Args:
        max_share: the share of characters (white space aside) rules may take in all, 0..1.
    """
    excision = Excision(text)
    extracted: list[tuple[str, str]] = []
    stopped: set[str] = set()
    whole: View | None = None
    while True:
        greedy: set[str] = set()
        run = _within_limits(excision.text, rules, context, greedy)
        if run is None:
            return Settled(text, guard="unsettled", stopped=tuple(sorted(stopped | greedy)))
        stopped |= greedy
        whole = whole or run.whole
        excision.take(run.excision.removals)
        extracted += [(into, value) for _, into, value in sorted(run.extracted)]
        # Where a rule was switched off, what is left may bring it under its limit again: what comes out must be what
        # cleaning it again would give.
        if not greedy or not run.excision.removals:
            break
    guard = _guard(whole, run.view, excision, max_share)
    if guard == "share":
        return Settled(text, guard=guard, stopped=tuple(sorted(stopped)))
    return Settled(excision.text, excision.removals, tuple(extracted), guard, tuple(sorted(stopped)))


def _guard(whole: View, left: View, excision: Excision, max_share: float) -> str:
    """Return "share" where rules took too much, sentences with it, and "boilerplate" where nearly all of them are left.

    A short article under long menus loses most of its characters and not one sentence; that is what rules are for.
    """
    if sum(_size(removal.text) for removal in excision.removals) <= max_share * _size(whole.text):
        return ""
    before, after = _sentences_size(whole), _sentences_size(left)
    return "boilerplate" if after and after >= _SENTENCES_LEFT * before else "share"


def _sentences_size(view: View) -> int:
    """Return the number of characters in lines that end as a sentence ends, the shortest left out."""
    lines = (line for line in range(len(view)) if view.is_sentence(line) and view.words(line) >= _SENTENCE_WORDS)
    return sum(_size(view.lines[line]) for line in lines)


def _within_limits(text: str, rules: RuleSet, context: Context, stopped: set[str]) -> _Run | None:
    """Run the rules, without those that take more than they may, whose ids are added to `stopped`."""
    while True:
        run = _run(text, rules, replace(context, switched_off=frozenset(stopped)))
        greedy = _over_their_limit(text, rules, run) if run else set()
        if not greedy:
            return run
        stopped |= greedy  # each round stops at least one more rule, so this ends


def _run(text: str, rules: RuleSet, context: Context) -> _Run | None:
    """Take out what the rules decide, round after round; None if that does not come to rest."""
    whole = view_of(text)
    run, sighting = _Run(Excision(text), whole, whole), None
    for _ in range(_MAX_ROUNDS):
        view = run.view
        decisions = decide(view, rules, context, sighting)
        removals = cut(view, decisions) if decisions else []
        if not removals:
            return run
        run.hits += decisions.hits()
        _note_values(run, view, decisions, len(text))
        run.excision.take(removals)
        if decisions.spans:
            if repair(run.excision.text) != run.excision.text:
                return None  # the pieces left of a line spell something that repair would change
            run.view, sighting = view_of(run.excision.text), None
        else:
            kept = [line for line in range(len(view)) if line not in decisions.lines]
            run.view, sighting = view.without(removals, kept), decisions.sighting.renumbered(kept)
    return None


def _note_values(run: _Run, view: View, decisions: Decisions, length: int) -> None:
    """Keep what extract rules took, with its distance from the end of the text, which later rounds do not move much."""
    for line, decision in decisions.lines.items():
        if decision.rule.into and decision.value and decision.block in (None, line):
            run.extracted.append((view.starts[line] - len(view.text) + length, decision.rule.into, decision.value))
    for span in decisions.spans:
        if span.rule.into and span.value and span.line not in decisions.lines:
            run.extracted.append((span.start - len(view.text) + length, span.rule.into, span.value))


def _over_their_limit(text: str, rules: RuleSet, run: _Run) -> set[str]:
    over = set()
    for rule in rules.limited if run.hits else ():
        taken = run.hits[rule.id]
        if rule.max_hits is not None and taken > rule.max_hits:
            over.add(rule.id)
        if rule.max_share is not None and taken:
            size = sum(_size(r.text) for r in run.excision.removals if r.rule == rule.id)
            if size > rule.max_share * _size(text):
                over.add(rule.id)
    return over


def _size(text: str) -> int:
    """Return the number of characters of a text, white space aside."""
    return sum(map(len, text.split()))
