"""R020, R021: a rule does what its own examples say, and each example is given once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from curator.rules.check.finding import Finding
from curator.rules.check.firing import Firings, fire_on_own, reads_lines
from curator.rules.check.lines import Line
from curator.rules.check.patterns import broken_patterns
from curator.rules.check.source import SourcedRule, Sources
from curator.rules.decide import Context
from curator.rules.match import Matcher
from curator.rules.model import Rule
from curator.rules.ruleset import RuleSet
from curator.rules.settle import settle
from curator.rules.shape import is_shaped
from curator.rules.view import View

__all__ = ["check_duplicates", "check_examples", "fires_on", "plain"]


def check_examples(rules: Sequence[SourcedRule], firings: Firings | None = None) -> Iterator[Finding]:
    """Yield a finding for each example a rule does not treat as it says, and for a rule without any (R020).

    Args:
        firings: which rule fires on which line, where that is known already.
    """
    firings = firings or fire_on_own(rules)
    own: dict[SourcedRule, list[Line]] = {}
    for line in firings.lines:
        if line.owner:
            own.setdefault(line.owner, []).append(line)
    for sourced in rules:
        rule = sourced.rule
        if rule.kind == "signal":
            continue
        if not rule.case and not (rule.match and rule.keep):
            hint = "give lines it must remove (match) and lines it must not (keep), or a whole [[rule.case]]"
            yield sourced.finding("R020", "the rule proves nothing: no match and keep examples, and no case", hint=hint)
        if rule.kind == "html" or any(broken_patterns(sourced)):
            continue  # R080 looks at pages; R010 has said what is broken
        yield from _check_lines(sourced, own.get(sourced, ()), firings)
        yield from _check_cases(sourced)


def _check_lines(sourced: SourcedRule, lines: Iterable[Line], firings: Firings) -> Iterator[Finding]:
    rule = sourced.rule
    if (rule.match or rule.keep) and not reads_lines(rule):
        hint = "a rule of place and shape alone is proved by a [[rule.case]]"
        yield sourced.finding("R020", "examples are lines, but the rule looks at no text", key="match", hint=hint)
        return
    for line in lines:
        fires = sourced in firings.by_line.get(line, ())
        if line.role == "match" and not fires:
            hint = f"it fails on {_obstacle(rule, line.text)}"
            yield sourced.finding("R020", f"`match` example does not match: {line.text!r}", key="match", hint=hint)
        if line.role == "keep" and fires:
            hint = "make the literal longer, or add a condition under `when` or an exception under `none`"
            yield sourced.finding("R020", f"`keep` example matches: {line.text!r}", key="keep", hint=hint)


def fires_on(rule: Rule, matcher: Matcher, line: str) -> bool:
    """Tell whether a rule fires on a line as far as the line alone decides: its text and shape, not its place."""
    view = View(line)
    hits = matcher.hits(view)
    return any(hits.get(number) and is_shaped(rule, view, number) for number in range(len(view)))


def _obstacle(rule: Rule, line: str) -> str:
    view = View(line)
    if not Matcher((rule,)).hits(view):
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


def check_duplicates(sources: Sources) -> Iterator[Finding]:
    """Yield a finding for each example that says nothing new (R021).

    It stands in the same rule already, or in another rule of the same kind, scope and place. The same line may be one
    thing above an article and another below it, so rules for different places may share examples.
    """
    first: dict[tuple[object, ...], SourcedRule] = {}
    for sourced in sources.rules:
        rule = sourced.rule
        alike = (rule.kind, rule.lang, rule.site, rule.where, rule.when.prose_after, rule.until, rule.max_lines)
        for key, examples in (("match", rule.match), ("keep", rule.keep), ("case", [c.input for c in rule.case])):
            counts = Counter(map(plain, examples))
            for text, count in counts.items():
                hint = "take it out, or write another one that shows something else"
                if count > 1:
                    yield sourced.finding("R021", f"`{key}` example given {count} times: {text!r}", key=key, hint=hint)
                if rule.status == "deprecated":
                    continue  # the rule that took over may well have its examples
                other = first.setdefault((alike, key, text), sourced)
                if other.rule.id != rule.id:  # else R003 has said so
                    place = (other.path, other.line(key))
                    message = f"`{key}` example of {other.rule.id} too: {text!r}"
                    yield sourced.finding("R021", message, key=key, hint=hint, related=place)


def plain(text: str) -> str:
    """Return a text as rules see it, line by line."""
    return "\n".join(View(text).lines)
