"""R003: ids are unique, and say where the rule belongs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from curator.rules.check.finding import Finding
from curator.rules.check.source import SourcedRule

__all__ = ["check_identity"]


def check_identity(rules: Iterable[SourcedRule]) -> Iterator[Finding]:
    """Yield a finding for each id that an earlier rule has."""
    seen: dict[str, SourcedRule] = {}
    for sourced in rules:
        first = seen.setdefault(sourced.rule.id, sourced)
        if first is not sourced:
            place = f"{first.path}:{first.line('id')}"
            yield sourced.finding(
                "R003",
                f"id {sourced.rule.id} is taken by the rule at {place}",
                key="id",
                hint="give it an id of its own",
            )
