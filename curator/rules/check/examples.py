"""R010, R020: patterns compile, and a rule does what its own examples say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from curator.errors import RuleError
from curator.rules.check.finding import Finding
from curator.rules.check.source import SourcedRule
from curator.rules.decide import Context
from curator.rules.match import Matcher, compile_pattern
from curator.rules.model import Rule
from curator.rules.ruleset import RuleSet
from curator.rules.settle import settle
from curator.rules.shape import is_shaped
from curator.rules.view import View

__all__ = ["check_examples", "check_patterns", "fires_on"]


def check_patterns(rules: Iterable[SourcedRule]) -> Iterator[Finding]:
    """Yield a finding for each pattern that RE2 cannot compile (R010)."""
    for sourced in rules:
        for key, patterns in (("any", sourced.rule.any), ("none", sourced.rule.none)):
            for pattern in patterns:
                try:
                    compile_pattern(pattern)
                except RuleError as error:
                    yield sourced.finding("R010", error.what, key=key, hint=error.hint)


def check_examples(rules: Iterable[SourcedRule]) -> Iterator[Finding]:
    """Yield a finding for each example a rule does not treat as it says, and for a rule without any (R020)."""
    for sourced in rules:
        rule = sourced.rule
        if rule.kind in ("html", "signal"):
            continue
        if not rule.case and not (rule.match and rule.keep):
            hint = "give lines it must remove (match) and lines it must not (keep), or a whole [[rule.case]]"
            yield sourced.finding("R020", "the rule proves nothing: no match and keep examples, and no case", hint=hint)
        if not all(map(_compiles, (*rule.any, *rule.none))):
            continue  # R010 has said so
        matcher = Matcher((rule,))
        yield from _check_lines(sourced, matcher)
        yield from _check_cases(sourced)


def _compiles(pattern: str) -> bool:
    try:
        compile_pattern(pattern)
    except RuleError:
        return False
    return True


def _check_lines(sourced: SourcedRule, matcher: Matcher) -> Iterator[Finding]:
    rule = sourced.rule
    if (rule.match or rule.keep) and not rule.has_matcher:
        hint = "a rule of place and shape alone is proved by a [[rule.case]]"
        yield sourced.finding("R020", "examples are lines, but the rule looks at no text", key="match", hint=hint)
        return
    for example in rule.match:
        if not fires_on(rule, matcher, example):
            hint = f"it fails on {_obstacle(matcher, example)}"
            yield sourced.finding("R020", f"`match` example does not match: {example!r}", key="match", hint=hint)
    for example in rule.keep:
        if fires_on(rule, matcher, example):
            hint = "make the literal longer, or add a condition under `when` or an exception under `none`"
            yield sourced.finding("R020", f"`keep` example matches: {example!r}", key="keep", hint=hint)


def fires_on(rule: Rule, matcher: Matcher, line: str) -> bool:
    """Tell whether a rule fires on a line as far as the line alone decides: its text and shape, not its place."""
    view = View(line)
    hits = matcher.hits(view)
    return any(hits.get(number) and is_shaped(rule, view, number) for number in range(len(view)))


def _obstacle(matcher: Matcher, line: str) -> str:
    view = View(line)
    if not matcher.hits(view):
        return "its text: no literal and no pattern fits (texts are compared in plain form, see rules/README.md)"
    return f"its shape: {view.words(0)} words, {'a' if view.is_sentence(0) else 'no'} sentence end, against `when`"


def _check_cases(sourced: SourcedRule) -> Iterator[Finding]:
    # Alone and as a stable rule: a case shows what the rule itself does.
    rules = RuleSet([sourced.rule.model_copy(update={"status": "stable"})])
    context = Context(site=sourced.rule.site)
    for case in sourced.rule.case:
        got = settle(case.input.strip(), rules, context, max_share=1.0).text
        if got != case.output.strip():
            hint = f"it leaves: {got!r}"
            yield sourced.finding("R020", "the case's output is not what the rule leaves", key="case", hint=hint)
