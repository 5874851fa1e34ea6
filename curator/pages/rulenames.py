"""The rules on a page, by number: a page may show a rule a thousand times."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["RuleNames"]


class RuleNames:
    """The rules a page names, each once; a span refers to one by its place."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles, self._places = titles, dict[str, int]()

    def place(self, rule: str) -> int:
        """Return the place of a rule in the list."""
        return self._places.setdefault(rule, len(self._places))

    def listed(self) -> list[dict[str, str]]:
        """Return id and title of each rule, by place."""
        return [{"id": rule, "title": self._titles.get(rule, "")} for rule in self._places]
