"""Which copy of a story stays, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["rank", "reason"]

_NO_DATE = "9999"


def _key(document: Mapping[str, Any]) -> tuple[int, str, str]:
    return -document["characters"], document["published"] or _NO_DATE, document["id"]


def rank(documents: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the numbers of the documents, the one to keep first: longest clean text, then earliest date, then id."""
    return sorted(range(len(documents)), key=lambda n: _key(documents[n]))


def reason(best: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> str:
    """Return what set the representative apart from the runner-up: longest, earliest or id."""
    runner_up = min(map(_key, others))
    for part, name in enumerate(("longest", "earliest")):
        if _key(best)[part] != runner_up[part]:
            return name
    return "id"
