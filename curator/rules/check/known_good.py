"""R022, R051: no rule takes a line that is known to be content, but for those a person has looked at and listed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from curator.language import UNDETERMINED
from curator.rules.check.catalogue import level_of
from curator.rules.check.examples import fires_on, plain
from curator.rules.check.finding import Finding, Level
from curator.rules.check.firing import Firings, may_meet
from curator.rules.check.folder import RulesFolder
from curator.rules.check.lines import Line, known_good_lines
from curator.rules.check.neighbours import objection
from curator.rules.check.overlap import AROUND, protects
from curator.rules.check.patterns import broken_patterns, shortened
from curator.rules.check.source import SourcedRule, Sources
from curator.rules.decide import Context, decide
from curator.rules.match import Matcher
from curator.rules.model import Rule, Where
from curator.rules.ruleset import RuleSet
from curator.rules.shape import is_shaped
from curator.rules.view import View

__all__ = [
    "KnownFalsePositives",
    "check_false_positives",
    "check_known_good",
    "check_structure",
    "read_false_positives",
]

_FIELDS = ("rule", "line", "reason", "date")
_FORM = "each [[known]] has rule, line, reason and date, and nothing else"
# So short that `first` and `last` of every rule reach all of it; its paragraphs are prose in every rule's eyes.
_ARTICLE = (
    "Village opens a second bridge over the river",
    "The mayor cut a red ribbon on Monday morning while the school band played in the rain.",
    "Farmers had asked for a second crossing since the flood took the wooden one eleven years ago.",
    "Nobody could say on Monday what the whole work had cost, or who would pay the rest of it.",
    "The first cart went over the new bridge at noon, and it carried nothing but a crate of eggs.",
)
_STANDFIRST = 8  # words; a line of content as long as this may stand between headline and first paragraph
_NOTHING: dict[str, tuple[str, ...]] = {"is_": (), "starts": (), "ends": (), "has": (), "any": ()}


@dataclass(frozen=True, slots=True)
class KnownFalsePositives:
    """The pairs of rule id and line (in plain form) that are known and accepted, with the line each stands on."""

    pairs: dict[tuple[str, str], int]

    def __contains__(self, pair: tuple[str, str]) -> bool:
        return (pair[0], plain(pair[1])) in self.pairs


def read_false_positives(folder: RulesFolder) -> tuple[KnownFalsePositives, list[Finding]]:
    """Return the known false positives of a rules folder, and what is wrong with their list (R051)."""
    path = folder.known_false_positives
    pairs: dict[tuple[str, str], int] = {}
    findings: list[Finding] = []
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return KnownFalsePositives({}), [_about_list(folder, 1, f"not TOML: {error}", "quote each line with '…'")]
    entries = data.get("known", [])
    headers = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() == "[[known]]"]
    if set(data) - {"known"} or len(headers) != len(entries):
        findings.append(_about_list(folder, 1, "not a list of [[known]] tables", _FORM))
    for number, entry in zip(headers, entries, strict=False):
        problem = _problem(entry)
        if problem:
            findings.append(_about_list(folder, number, problem, _FORM))
        else:
            pairs[entry["rule"], plain(entry["line"])] = number
    return KnownFalsePositives(pairs), findings


def check_known_good(firings: Firings, known: KnownFalsePositives) -> Iterator[Finding]:
    """Yield a finding for each line of content that a rule takes (R022): known-good, or what another rule keeps."""
    alone: dict[SourcedRule, RuleSet] = {}
    for line, fired in firings.by_line.items():
        if line.role == "match":
            continue
        guards = [sourced.rule for sourced in fired if sourced.rule.action == "keep"]
        for sourced in fired:
            rule = sourced.rule
            if sourced is line.owner or rule.action == "keep" or (rule.id, line.text) in known:
                continue
            if any(protects(guard, rule) for guard in guards) or plain(line.text) in map(plain, rule.match):
                continue  # a keep rule saves it, or the rule claims it: to its owner it is just not its own
            if _looks_around(rule):
                # As a stable rule: what an experimental one is not yet allowed to take, it would take one day.
                stable = rule.model_copy(update={"status": "stable"})
                if not _takes(alone.setdefault(sourced, RuleSet([stable])), line):
                    continue
            level = objection(rule, line) if line.owner else level_of("R022")
            if level:
                yield _taken(sourced, line, level)


def check_structure(sources: Sources, known: KnownFalsePositives) -> Iterator[Finding]:
    """Yield a finding for known-good lines that a rule of place and shape alone takes (R022).

    Such a rule does not read, so lines of one shape are one line to it: the first of them is tried.
    """
    for sourced in sources.checked_rules:
        rule = sourced.rule
        if rule.has_matcher or rule.kind not in ("line", "block") or rule.action == "keep":
            continue
        if any(broken_patterns(sourced)):
            continue
        alone = RuleSet([rule.model_copy(update={"status": "stable"})])
        tried: set[tuple[object, ...]] = set()
        for line in known_good_lines(sources.folder):
            view = View(line.text)
            if not len(view) or not may_meet(rule, line) or (rule.id, line.text) in known:
                continue
            shape = (view.words(0), view.is_sentence(0), view.is_title_case(0), line.text if rule.none else "")
            if shape not in tried and is_shaped(rule, view, 0) and _takes(alone, line):
                yield _taken(sourced, line, level_of("R022"))
            tried.add(shape)


def _looks_around(rule: Rule) -> bool:
    """Tell whether what a rule takes depends on where the line stands."""
    return rule.where != Where() or any(getattr(rule.when, key) is not None for key in AROUND)


def _takes(alone: RuleSet, line: Line) -> bool:
    """Tell whether a rule takes a line from the middle of a short article, or from below its headline if it is long."""
    rule = alone.rules[0]
    context = Context(frozenset({line.lang or UNDETERMINED}), rule.site)
    for place in (3, 1):
        article = [*_ARTICLE[:place], line.text, *_ARTICLE[place:]]
        view = View("\n\n".join(article))
        if place == 1 and view.words(place) < _STANDFIRST:
            continue
        taken = decide(view, alone, context)
        if place in taken.lines or any(span.line == place for span in taken.spans):
            return True
    return False


def _taken(sourced: SourcedRule, line: Line, level: Level) -> Finding:
    key, text = _through(sourced.rule, line.text)
    owner = line.owner
    whose = f"a `keep` example of {owner.rule.id}" if owner else f"a known-good line ({line.path}:{line.number})"
    through = f"{key}: {shortened(text)}" if key else "it"
    narrow = f"narrow {through} (a longer literal, when, where, none)"
    claim = (
        "if it is boilerplate, give it as a `match` example here"
        if owner
        else "if it is right, list it in known-fp.toml"
    )
    hint = f"{narrow}; {claim}"
    message = f"it takes {whose}: {line.text!r}"
    return sourced.finding("R022", message, key=key, hint=hint, level=level, related=line.place)


def _through(rule: Rule, line: str) -> tuple[str, str]:
    """Return which matcher of a rule fires on a line."""
    for key in ("is", "starts", "ends", "has", "any"):
        name = "is_" if key == "is" else key
        for text in getattr(rule, name):
            alone = rule.model_copy(update={**_NOTHING, name: (text,)})
            if Matcher((alone,)).hits(View(line)):
                return key, text
    return "", rule.id


def check_false_positives(sources: Sources, known: KnownFalsePositives) -> Iterator[Finding]:
    """Yield a finding for each known false positive that is none any more (R051)."""
    rules = {sourced.rule.id: sourced for sourced in sources.rules}
    for (rule_id, line), number in known.pairs.items():
        sourced = rules.get(rule_id)
        if sourced is None:
            message = f"there is no rule {rule_id}"
        elif any(broken_patterns(sourced)) or _may_take(sourced.rule, line):
            continue
        else:
            message = f"{rule_id} does not take this line any more: {line!r}"
        yield _about_list(sources.folder, number, message, "take the entry out")


def _may_take(rule: Rule, line: str) -> bool:
    return fires_on(rule, Matcher((rule,)), line) if rule.has_matcher else is_shaped(rule, View(line), 0)


def _problem(entry: Mapping[str, Any]) -> str:
    missing = [key for key in _FIELDS if not entry.get(key)]
    wrong = [key for key in ("rule", "line", "reason") if not isinstance(entry.get(key, ""), str)]
    unknown = sorted(set(entry) - set(_FIELDS))
    return "; ".join(
        f"{what}: {', '.join(keys)}"
        for what, keys in (("missing", missing), ("not a text", wrong), ("unknown", unknown))
        if keys
    )


def _about_list(folder: RulesFolder, line: int, message: str, hint: str) -> Finding:
    path = str(folder.known_false_positives)
    return Finding("R051", message, path, line, hint, level=level_of("R051"))
