"""R030 to R032: rules that do what another does, that can never win, or that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from curator.rules.check.finding import Finding
from curator.rules.check.firing import Firings
from curator.rules.check.lines import Line
from curator.rules.check.source import SourcedRule, Sources
from curator.rules.model import Rule, When
from curator.rules.ruleset import RuleSet

__all__ = ["AROUND", "check_contradictions", "check_redundant", "check_shadowed", "protects"]

# The conditions about the lines around one; the others are about its own form.
AROUND = tuple(key for key in When.model_fields if key not in ("min_words", "max_words", "sentence", "title_case"))
# What a rule looks at, as against what it does and what it says about itself.
_LOOKS_AT = ("is_", "starts", "ends", "has", "any", "none", "css", "xpath", "where", "when")


def check_shadowed(sources: Sources) -> Iterator[Finding]:
    """Yield a finding for each rule that never comes to act: one before it looks for the very same (R031)."""
    seen: dict[str, list[SourcedRule]] = {}
    for sourced in _in_turn(sources):
        rule = sourced.rule
        before = seen.setdefault(_looks_at(rule), [])
        other = next((other for other in before if _stands_for(other.rule, rule)), None)
        if other:
            hint = "take one of them out, or let them look for different things"
            message = f"{other.rule.id} looks for the same and always comes first"
            place = (other.path, other.line("id"))
            yield sourced.finding("R031", message, key="id", hint=hint, related=place)
        before.append(sourced)


def check_redundant(sources: Sources, firings: Firings) -> Iterator[Finding]:
    """Yield a finding for each rule all of whose `match` examples one other rule takes as well (R030)."""
    turn = {sourced: number for number, sourced in enumerate(_in_turn(sources))}
    for sourced, lines in _proofs(firings).items():
        rule = sourced.rule
        if rule.action == "keep" or sourced not in turn:
            continue
        takers = [set(firings.by_line.get(line, ())) for line in lines]
        for other in sorted(set.intersection(*takers) - {sourced}, key=lambda other: other.rule.id):
            if other not in turn or not _stands_for(other.rule, rule):
                continue
            if turn[other] < turn[sourced] or _does(other.rule) == _does(rule):
                hint = "add an example that only this rule takes, or take the rule out"
                message = f"{other.rule.id} takes every `match` example of this rule"
                place = (other.path, other.line("match"))
                yield sourced.finding("R030", message, key="match", hint=hint, related=place)
                break


def check_contradictions(firings: Firings) -> Iterator[Finding]:
    """Yield a finding for each line a rule says it takes and a `keep` rule protects (R032)."""
    for sourced, lines in _proofs(firings).items():
        if sourced.rule.action == "keep":
            continue
        for line in lines:
            for other in firings.by_line.get(line, ()):
                if protects(other.rule, sourced.rule):
                    hint = "narrow the keep rule, or give an example that it leaves alone"
                    message = f"the keep rule {other.rule.id} protects a `match` example: {line.text!r}"
                    place = (other.path, other.line("id"))
                    yield sourced.finding("R032", message, key="match", hint=hint, related=place)


def _stands_for(other: Rule, rule: Rule) -> bool:
    """Tell whether one rule could do the work of another: in use where it is, and, for two blocks, of one extent."""
    if other.kind == rule.kind == "block" and (other.until, other.max_lines) != (rule.until, rule.max_lines):
        return False
    return _covers(other, rule) and _serves(other, rule)


def _covers(general: Rule, special: Rule) -> bool:
    """Tell whether a rule is in use, and looks at a line, wherever another one does: language, site, place, company."""
    if general.lang not in (None, special.lang) or general.site not in (None, special.site):
        return False
    if general.where != special.where and general.where.model_dump(exclude_none=True):
        return False
    return all(getattr(general.when, key) in (None, getattr(special.when, key)) for key in AROUND)


def protects(keep: Rule, rule: Rule) -> bool:
    """Tell whether a keep rule that fires on a line always saves it from another rule."""
    return keep.action == "keep" and _covers(keep, rule) and _serves(keep, rule)


def _serves(other: Rule, rule: Rule) -> bool:
    """Tell whether a rule runs whenever another one does; experimental rules run by request."""
    return other.status == "stable" or rule.status == "experimental"


def _does(rule: Rule) -> tuple[Any, ...]:
    return rule.kind, rule.action, rule.into, rule.until, rule.max_lines


def _in_turn(sources: Sources) -> list[SourcedRule]:
    """Return the rules that are in use in the order in which they win; those that win less come last."""
    by_id = {sourced.rule.id: sourced for sourced in sources.rules if sourced.rule.status != "deprecated"}
    return [by_id[rule.id] for rule in RuleSet(sourced.rule for sourced in by_id.values()).rules]


def _proofs(firings: Firings) -> dict[SourcedRule, list[Line]]:
    """Return the `match` examples by rule."""
    proofs: dict[SourcedRule, list[Line]] = {}
    for line in firings.lines:
        if line.owner and line.role == "match":
            proofs.setdefault(line.owner, []).append(line)
    return proofs


def _looks_at(rule: Rule) -> str:
    """Return what a rule looks at, written so that the order of literals does not count."""
    dump = rule.model_dump(include=set(_LOOKS_AT), exclude_defaults=True)
    return repr(
        sorted((key, sorted(value) if isinstance(value, tuple | list) else value) for key, value in dump.items())
    )
