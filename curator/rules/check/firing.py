"""Which rule fires on which line, for all examples and all known-good lines at once.

Rules are compiled once, those of a language together, and meet only lines of languages they are used for.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from curator.errors import RuleError
from curator.language import UNDETERMINED, understood_by
from curator.rules.check.lines import Line, examples, is_sentence, known_good_lines, looks_like
from curator.rules.check.patterns import broken_patterns
from curator.rules.check.source import SourcedRule, Sources
from curator.rules.match import Found, Matcher
from curator.rules.model import Rule, Where
from curator.rules.ruleset import RuleSet
from curator.rules.shape import is_shaped
from curator.rules.view import View

__all__ = ["Firings", "fire", "fire_on_own", "may_meet", "reads_lines", "usable"]


@dataclass(slots=True)
class Firings:
    """What came of it.

    Attributes:
        lines: all lines that were tried.
        by_line: the rules that fire on each line as far as the line alone decides: its text and shape, not its place.
        seconds: the processor time that compiling the rules of each language took.
    """

    lines: list[Line]
    by_line: dict[Line, list[SourcedRule]] = field(default_factory=dict)
    seconds: dict[str | None, float] = field(default_factory=dict)


def reads_lines(rule: Rule) -> bool:
    """Tell whether a rule is tried on lines: it looks at their text, and is not for pages or for counting only."""
    return rule.has_matcher and rule.kind in ("line", "span", "block")


def fire(sources: Sources) -> Firings:
    """Try the rules on all examples, and on the known-good lines of the rules folder.

    Where neither the rule nor the line is being checked, nothing is tried.
    """
    checked = set(sources.checked_rules)
    result = Firings([*examples(sources.rules), *known_good_lines(sources.folder)])
    wanted = [line for line in result.lines if line.path in sources.checked]
    for lang, rules in _by_language(sources.rules).items():
        concerned = not checked.isdisjoint(rules)
        _try(rules, result.lines if concerned else [line for line in wanted if _matters(line, lang)], result)
    return result


def _matters(line: Line, lang: str | None) -> bool:
    """Tell whether it can matter what rules of another language find in a line that is to be checked.

    Of the examples of a rule for all languages only sentences do, in their own: nothing else is against it (R022), and
    no rule of one language covers or protects one for all (R030 to R032).
    """
    if lang is None or line.owner is None or line.owner.rule.lang is not None:
        return True
    tongue = line.lang or (looks_like(line.text) if line.role == "keep" and is_sentence(line.text) else None)
    return tongue is not None and understood_by(tongue, lang)


def fire_on_own(rules: Sequence[SourcedRule]) -> Firings:
    """Try rules on their own examples (and on each other's)."""
    result = Firings(list(examples(rules)))
    for alike in _by_language(rules).values():
        _try(alike, result.lines, result)
    return result


def usable(rules: Iterable[SourcedRule]) -> RuleSet:
    """Return those of some rules whose patterns compile, experimental ones too, each id once."""
    sound = (sourced.rule for sourced in rules if not any(broken_patterns(sourced)))
    return RuleSet({rule.id: rule for rule in sound}.values())


def _by_language(rules: Iterable[SourcedRule]) -> dict[str | None, list[SourcedRule]]:
    by_lang: dict[str | None, list[SourcedRule]] = {}
    for sourced in rules:
        if reads_lines(sourced.rule):
            by_lang.setdefault(sourced.rule.lang, []).append(sourced)
    return by_lang


def _try(rules: Sequence[SourcedRule], lines: Sequence[Line], result: Firings) -> None:
    """Try the rules of one language on those of the lines that they may meet."""
    lang = rules[0].rule.lang
    understood = {tongue for tongue in {line.lang for line in lines} if _is_understood(tongue, lang)}
    met = [line for line in lines if line.lang in understood]
    if not met:
        return
    view, owners = _view(met)
    sound, found = _match(rules, view, result)
    for number, hits in found.items():
        line = owners[number]
        for hit in hits:
            if may_meet(sound[hit].rule, line) and is_shaped(sound[hit].rule, view, number):
                fired = result.by_line.setdefault(line, [])
                if sound[hit] not in fired:
                    fired.append(sound[hit])


def _match(rules: Sequence[SourcedRule], view: View, result: Firings) -> tuple[Sequence[SourcedRule], Found]:
    """Return the rules whose patterns compile, and the lines of a view they find their texts in, by their number.

    Without their places: an example stands nowhere, and a known-good line can stand anywhere.
    """
    import re2

    began = time.process_time()
    matcher = Matcher([sourced.rule.model_copy(update={"where": Where()}) for sourced in rules])
    result.seconds[rules[0].rule.lang] = time.process_time() - began
    try:
        return rules, matcher.hits(view)
    except (RuleError, re2.error):  # rare; to look at all patterns first would compile those that no line needs
        sound = [sourced for sourced in rules if not any(broken_patterns(sourced))]
        return _match(sound, view, result) if sound else ((), {})


def may_meet(rule: Rule, line: Line) -> bool:
    """Tell whether a rule is used where a line stands: in a language that understands it, not on another site."""
    other = line.owner.rule.site if line.owner else None
    return _is_understood(line.lang, rule.lang) and (not rule.site or not other or rule.site == other)


def _is_understood(tongue: str | None, lang: str | None) -> bool:
    return lang is None or understood_by(tongue or UNDETERMINED, lang)


def _view(lines: Sequence[Line]) -> tuple[View, list[Line]]:
    """Return all lines as one view, and for each line of the view which one it is."""
    offsets, position = [], 0
    for line in lines:
        offsets.append(position)
        position += len(line.text) + 1
    view = View("\n".join(line.text for line in lines))
    return view, [lines[bisect_right(offsets, start) - 1] for start in view.starts]
