"""The rules of a run together: their order, their hash, their compiled form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from curator.rules.match import Matcher
from curator.rules.model import Rule

__all__ = ["RuleSet"]

_KIND_ORDER = {"html": 0, "block": 1, "line": 2, "span": 3, "signal": 4}


def _precedence(rule: Rule) -> tuple[bool, int, int, int, str]:
    scope = 0 if rule.site else 1 if rule.lang else 2
    return rule.action != "keep", _KIND_ORDER[rule.kind], scope, -rule.priority, rule.id


class RuleSet:
    """All rules of a run, in the order in which they win: keep, block, line, span; site, lang, any; priority; id."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: tuple[Rule, ...] = tuple(sorted(rules, key=_precedence))

    def __len__(self) -> int:
        return len(self.rules)

    def __reduce__(self) -> tuple[Any, ...]:
        # Workers compile their own matcher: automata do not travel.
        return RuleSet, (self.rules,)

    def to_json(self) -> str:
        """Return all rules as JSON, to be read by `from_json` in another process."""
        return json.dumps([rule.model_dump(mode="json", by_alias=True, exclude_defaults=True) for rule in self.rules])

    @classmethod
    def from_json(cls, text: str) -> RuleSet:
        """Return the rule set that `to_json` wrote."""
        return cls(Rule.model_validate(rule) for rule in json.loads(text))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all that decides what the rules do; examples and notes are left out."""
        telling = {"title", "note", "match", "keep", "case"}
        dump = [rule.model_dump(mode="json", exclude=telling, exclude_defaults=True) for rule in self.rules]
        return hashlib.sha256(json.dumps(dump, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @cached_property
    def matcher(self) -> Matcher:
        """The compiled matchers, built on first use."""
        return Matcher(self.rules)
