"""Which of the rules that were read are used, and how: `select`, `ignore`, `override`, `preview`.

A name that fits no rule is an error, so that a misspelt one is not a wish that nobody hears. A rule that was renamed
stays in its pack as a deprecated one and names its heir: settings that name it go on to work, and say so.
"""

from __future__ import annotations

import fnmatch
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from curator.errors import SettingsError, UsageError
from curator.rules.model import Rule
from curator.rules.patterns import compile_pattern
from curator.rules.problems import explained, remedy

__all__ = ["Choice", "RenamedRuleWarning", "choose", "compile_parts", "heir"]

_FIXED = ("id", "kind")  # with another one of these a rule would be another rule


class RenamedRuleWarning(UserWarning):
    """Settings name a rule that is deprecated."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wished of the rules.

    Attributes:
        select: id prefixes, or patterns such as `*.span.dateline`; only rules under one of them are used.
        ignore: likewise; rules under one of them are left out.
        override: fields with other values, by rule id.
        preview: use experimental rules too.
    """

    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    override: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    preview: bool = False


def choose(rules: Sequence[Rule], choice: Choice, left_out: Callable[[], Iterable[Rule]] = tuple) -> list[Rule]:
    """Return the rules that are used, with other fields where that is wished. Deprecated rules never run.

    Args:
        left_out: gives the rules of packs that were not read; they may be ignored, but not selected or overridden.

    Raises:
        UsageError: a name fits no rule, or `select` fits experimental rules only and `preview` is off.
        SettingsError: an override does not make a rule.
    """
    known = {rule.id: rule for rule in rules}
    select = [_current("select", name, known, left_out) for name in choice.select]
    ignore = [_current("ignore", name, known, left_out) for name in choice.ignore]
    for name, fields in choice.override.items():
        now = _current("override", name, known, left_out)
        if now not in known:
            raise _unknown("override", name, known)
        known[now] = _changed(known[now], fields)
    used = [
        rule
        for rule in known.values()
        if (choice.preview or rule.status != "experimental")
        and rule.status != "deprecated"
        and (not select or _is_under_one(rule.id, select))
        and not _is_under_one(rule.id, ignore)
    ]
    if select and not used:
        message = f"nothing under {', '.join(choice.select)} is in use"
        raise UsageError(message, where="select", hint="experimental rules need preview = true, or --preview")
    return used


def heir(rule: Rule, known: Mapping[str, Rule]) -> Rule | None:
    """Return the rule in use that took over from a deprecated one; None where the chain leads to none."""
    seen: set[str] = set()
    found: Rule | None = rule
    while found is not None and found.status == "deprecated" and found.id not in seen:
        seen.add(found.id)
        found = known.get(found.replaced_by or "")
    return None if found is None or found.status == "deprecated" else found


def _current(option: str, name: str, known: Mapping[str, Rule], left_out: Callable[[], Iterable[Rule]]) -> str:
    """Return the name by which settings mean a rule, or some; for a deprecated rule that of its heir."""
    rule = known.get(name)
    if rule is None:
        if any(_is_under(rule_id, name) for rule_id in known):
            return name
        if option == "ignore" and any(_is_under(rule.id, name) for rule in left_out()):
            return name
        raise _unknown(option, name, {**known, **{rule.id: rule for rule in left_out()}})
    if rule.status != "deprecated":
        return name
    now = heir(rule, known)
    said = f"the rule {name} is now {now.id}" if now else f"the rule {name} is no longer used: {rule.note}"
    warnings.warn(f"{option}: {said}", RenamedRuleWarning, stacklevel=4)
    return now.id if now else name


def _unknown(option: str, name: str, known: Mapping[str, Rule]) -> UsageError:
    import difflib

    if name in known or (option != "override" and any(_is_under(rule_id, name) for rule_id in known)):
        return UsageError(f"{name!r} is in no pack that is used", where=option, hint="add its pack to `packs`")
    parts = [rule_id.split(".") for rule_id in known]
    prefixes = {".".join(part[:size]) for part in parts for size in range(1, len(part) + 1)}
    candidates = known if option == "override" else prefixes
    near = difflib.get_close_matches(name, sorted(candidates), n=1)
    what = "" if option == "override" else " or begins with it"
    hint = f"did you mean {near[0]}?" if near else "curator rules list"
    return UsageError(f"no rule is called {name!r}{what}", where=option, hint=hint)


def _changed(rule: Rule, fields: Mapping[str, Any]) -> Rule:
    """Return a rule with other values for some fields, checked as one in a file is."""
    where = f'override."{rule.id}"'
    fixed = [name for name in _FIXED if name in fields]
    if fixed:
        hint = f"ignore {rule.id}, and write a rule of your own"
        raise SettingsError(f"`{fixed[0]}` of a rule cannot be overridden", where=where, hint=hint)
    try:
        changed = Rule.model_validate({**rule.model_dump(by_alias=True, exclude_defaults=True), **fields})
    except ValidationError as error:
        problem = error.errors()[0]
        raise SettingsError(explained(problem), where=where, hint=remedy(problem)) from None
    compile_parts(changed, where)
    return changed


def compile_parts(rule: Rule, where: str) -> None:
    """Compile the patterns and selectors of a rule, so that what is wrong with one is not said in the middle of a run.

    Raises:
        RuleError: one of them cannot be compiled; `where` is for the error.
    """
    for pattern in (*rule.any, *rule.none):
        compile_pattern(pattern, where=where)
    if rule.css or rule.xpath:
        from curator.rules.html import compile_selector

        for kind, selectors in (("css", rule.css), ("xpath", rule.xpath)):
            for selector in selectors:
                compile_selector(kind, selector)


def _is_under_one(rule_id: str, prefixes: Iterable[str]) -> bool:
    return any(_is_under(rule_id, prefix) for prefix in prefixes)


def _is_under(rule_id: str, prefix: str) -> bool:
    if "*" in prefix:
        return fnmatch.fnmatchcase(rule_id, prefix)
    return rule_id == prefix or rule_id.startswith(prefix.rstrip(".") + ".")
