"""R080: selectors of html rules parse, and select in pages what the rule's own examples say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from curator.errors import RuleError
from curator.rules.check.finding import Finding
from curator.rules.check.source import SourcedRule, Sources

if TYPE_CHECKING:
    from curator.rules.html import Selector

__all__ = ["check_html", "check_sites"]


def check_html(sources: Sources) -> Iterator[Finding]:
    """Yield a finding for each selector that does not parse, and each example it does not treat as it says (R080)."""
    for sourced in sources.checked_rules:
        if sourced.rule.kind == "html":
            selectors, broken = _selectors(sourced)
            yield from broken
            if not broken:
                yield from _check_pages(sourced, selectors)


def check_sites(sources: Sources) -> Iterator[Finding]:
    """Yield a finding for each rule of a site pack that is not for a site (R080)."""
    for pack in sources.checked_packs:
        place = sources.folder.place_of(Path(pack.path)) or pack.pack.pack
        for sourced in pack.rules:
            if not sourced.rule.site and (place.startswith("site/") or sourced.rule.id.startswith("site.")):
                hint = 'write site = "news.example" at the top of the file'
                yield sourced.finding("R080", "a rule of a site pack that would run on every site", key="id", hint=hint)


def _selectors(sourced: SourcedRule) -> tuple[list[Selector], list[Finding]]:
    from curator.rules.html import compile_selector

    selectors: list[Selector] = []
    broken: list[Finding] = []
    for kind, texts in (("css", sourced.rule.css), ("xpath", sourced.rule.xpath)):
        for text in texts:
            try:
                selectors.append(compile_selector(kind, text))
            except RuleError as error:
                broken.append(sourced.finding("R080", f"{error.what}: {text}", key=kind, hint=error.hint))
    if not selectors and not broken:
        hint = 'give it css = ["aside.related"] or xpath = ["//aside"]'
        broken.append(sourced.finding("R080", "an html rule that selects nothing", key="kind", hint=hint))
    return selectors, broken


def _check_pages(sourced: SourcedRule, selectors: list[Selector]) -> Iterator[Finding]:
    from lxml import html

    for key, snippets in (("match", sourced.rule.match), ("keep", sourced.rule.keep)):
        for snippet in snippets:
            page = html.document_fromstring(f"<html><body>{snippet}</body></html>")
            selected = any(selector.select(page) for selector in selectors)
            if selected != (key == "match"):
                what = "selects nothing in" if key == "match" else "selects something in"
                hint = "examples of html rules are pieces of HTML; the selector looks at them inside <body>"
                yield sourced.finding("R080", f"it {what} its `{key}` example: {snippet!r}", key=key, hint=hint)
