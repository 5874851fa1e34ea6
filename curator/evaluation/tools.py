"""What cleaned texts are compared with: trafilatura on pages, nothing at all on texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from curator.cleaner import Cleaner
from curator.document import Document, Kind
from curator.errors import InputError
from curator.extract.decode import decode, inflate
from curator.rules.ruleset import RuleSet
from curator.settings import CleanSettings

__all__ = ["CURATOR", "Tool", "tools_for"]

Tool = Callable[[Document], str]
CURATOR = "curator"


def tools_for(kind: Kind, rules: RuleSet, settings: CleanSettings) -> Mapping[str, Tool]:
    """Return the tools for documents of a kind, this one first. Each gives "" for what it finds no article in."""
    cleaner = Cleaner(rules, settings)

    def curated(document: Document) -> str:
        return cleaner.clean(document).text

    ours: dict[str, Tool] = {CURATOR: curated}
    if kind == "text":
        return ours | {"nothing done": lambda document: _decoded(document, settings)}
    modes: Mapping[str, Mapping[str, bool]] = {
        "trafilatura": {},
        "trafilatura, precision": {"favor_precision": True},
        "trafilatura, recall": {"favor_recall": True},
    }
    return ours | {name: _trafilatura(settings, **options) for name, options in modes.items()}


def _trafilatura(settings: CleanSettings, **options: Any) -> Tool:
    import trafilatura

    def extract(document: Document) -> str:
        page = _decoded(document, settings)
        return trafilatura.extract(page, url=document.url, include_comments=False, **options) or ""

    return extract


def _decoded(document: Document, settings: CleanSettings) -> str:
    content = document.content
    if isinstance(content, str):
        return content
    try:
        return decode(inflate(content, settings.max_bytes, document.origin), where=document.origin)
    except InputError:
        return ""  # nothing can be made of it by any tool
