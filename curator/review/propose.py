"""Wrong marks to proposals for rule files: lines a rule must not take, and lines it may take all the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from curator.review.label import content_of
from curator.review.marks import Mark
from curator.rules.check.examples import fires_on
from curator.rules.match import Matcher
from curator.rules.model import Rule
from curator.rules.view import View
from curator.rules.write import toml_string

__all__ = ["Proposal", "keep_examples", "known_false_positives", "proposals"]

_REASON = "marked wrong in a review; say why the rule may take it all the same"
_KEEP_HEAD = """\
# Lines that a rule took from a corpus and a person marked wrong, as `curator review --export` found them.
# Add each to `keep` of its rule and narrow the rule until `curator rules check` passes. A rule that must stay as it is
# gets the entry of known-fp.toml instead.
"""
_KNOWN_HEAD = """\
# Entries for known-fp.toml of a rules folder: content that a rule takes and may take. Only for rules that must stay as
# they are, each with its reason; all others get the line as a `keep` example (keep-examples.toml).
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line of content that a rule took.

    Attributes:
        fires: whether the rule fires on the line itself; else it took it with another line, or for its place.
        known: whether the rule is in a rule file this can be proposed for.
    """

    rule: str
    line: str
    fires: bool
    known: bool
    note: str
    day: str


def proposals(marks: Iterable[tuple[Mark, str]], rules: Mapping[str, Rule]) -> list[Proposal]:
    """Return what wrong marks say of rules, by rule and line, each once.

    Args:
        marks: each with the text before the rules, or the text of the removal where that is not there any more.
        rules: by id.
    """
    found: dict[tuple[str, str], Proposal] = {}
    matchers: dict[str, Matcher] = {}
    for mark, text in marks:
        name = mark.place.rule
        rule = rules.get(name)
        if rule:
            matchers.setdefault(name, Matcher((rule,)))
        for line in _lines(mark, text):
            fires = bool(rule and fires_on(rule, matchers[name], line))
            proposal = Proposal(name, line, fires, rule is not None, mark.note, mark.at[:10])
            found.setdefault((name, line), proposal)
    return [found[key] for key in sorted(found)]


def _lines(mark: Mark, text: str) -> Iterator[str]:
    """Yield the lines that content of a removal stands on, whole."""
    shift = mark.place.start if text == mark.place.text else 0
    view = View(text)
    for low, high in content_of(mark):
        for start, end in zip(view.starts, view.ends, strict=True):
            if text[max(start, low - shift) : max(start, min(end, high - shift))].strip():
                yield text[start:end]


def keep_examples(found: Iterable[Proposal]) -> str:
    """Return lines a rule must not take, as `keep` of a rule has them; what it took with others as a comment."""
    by_rule: dict[str, list[Proposal]] = {}
    for proposal in found:
        by_rule.setdefault(proposal.rule, []).append(proposal)
    parts = [_KEEP_HEAD]
    for rule, lines in by_rule.items():
        own = [proposal.line for proposal in lines if proposal.fires]
        if own:
            parts.append(f"\n[[rule]]\nid   = {toml_string(rule)}\nkeep = [\n")
            parts += [f"  {toml_string(line)},\n" for line in own]
            parts.append("]\n")
        far = [proposal for proposal in lines if not proposal.fires]
        if far:
            parts.append(f"\n# {rule}: {_advice(far[0])}\n")
            parts += [f"#   {toml_string(proposal.line)}\n" for proposal in far]
    return "".join(parts)


def _advice(proposal: Proposal) -> str:
    if not proposal.known:
        return "it is in no shipped rule file; narrow it or take it out where it comes from. It took"
    return "not by their words: narrow `where`, `until` or `max_lines`, and prove it by a [[rule.case]]. It took"


def known_false_positives(found: Iterable[Proposal]) -> str:
    """Return the entries of known-fp.toml that let the rules be as they are."""
    entries = (
        f"\n[[known]]\nrule   = {toml_string(proposal.rule)}\nline   = {toml_string(proposal.line)}\n"
        f"reason = {toml_string(proposal.note or _REASON)}\ndate   = {proposal.day}\n"
        for proposal in found
        if proposal.fires
    )
    return "".join([_KNOWN_HEAD, *entries])
