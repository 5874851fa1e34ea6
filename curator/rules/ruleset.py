"""The rules of a run together: their order, their hash, their compiled form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from curator.language import understood_by
from curator.rules.match import Matcher
from curator.rules.model import Rule

if TYPE_CHECKING:
    from curator.rules.html import Selectors

__all__ = ["RuleSet"]

# Rule subsets kept compiled, each for some languages and sites: a corpus of many sites must not fill the memory.
_MAX_SCOPES = 256
_KIND_ORDER = {"html": 0, "block": 1, "line": 2, "span": 3, "signal": 4}


def _precedence(rule: Rule) -> tuple[bool, int, int, int, str]:
    scope = 0 if rule.site else 1 if rule.lang else 2
    return rule.action != "keep", _KIND_ORDER[rule.kind], scope, -rule.priority, rule.id


class RuleSet:
    """All rules of a run, in the order in which they win: keep, block, line, span; site, lang, any; priority; id."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: tuple[Rule, ...] = tuple(sorted(rules, key=_precedence))
        self._sites = frozenset(rule.site for rule in self.rules if rule.site)
        self._scopes: dict[tuple[frozenset[str], frozenset[str]], RuleSet] = {}

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

    def for_document(self, languages: frozenset[str], site: str | None) -> RuleSet:
        """Return the rules that may fire on a document in one of `languages` on `site`, in the same order."""
        sites = frozenset(s for s in self._sites if site and (site == s or site.endswith("." + s)))
        key = (languages, sites)
        if key not in self._scopes:
            if len(self._scopes) >= _MAX_SCOPES:
                self._scopes.clear()
            self._scopes[key] = RuleSet(
                rule
                for rule in self.rules
                if (not rule.site or rule.site in sites)
                and (not rule.lang or any(understood_by(language, rule.lang) for language in languages))
            )
        return self._scopes[key]

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all that decides what the rules do; examples and notes are left out."""
        telling = {"title", "note", "match", "keep", "case"}
        dump = [rule.model_dump(mode="json", exclude=telling, exclude_defaults=True) for rule in self.rules]
        return hashlib.sha256(json.dumps(dump, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @cached_property
    def limited(self) -> tuple[Rule, ...]:
        """The rules that may only take so much of one document."""
        return tuple(r for r in self.rules if r.max_hits is not None or r.max_share is not None)

    @cached_property
    def matchless(self) -> tuple[int, ...]:
        """The numbers of the rules that look at place and shape alone."""
        return tuple(n for n, r in enumerate(self.rules) if not r.has_matcher and r.kind not in ("html", "signal"))

    @cached_property
    def selectors(self) -> Selectors:
        """The compiled selectors of the html rules, built on first use."""
        from curator.rules.html import Selectors

        return Selectors(self.rules)

    @cached_property
    def matcher(self) -> Matcher:
        """The compiled matchers, built on first use."""
        return Matcher(self.rules)
