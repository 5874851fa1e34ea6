"""One document from raw to cleaned: the Python twin of `curator clean`."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.document import Cleaned, Document, Kind, Metadata, Removal, Repaired, Verdict
from curator.errors import InputError
from curator.extract.dates import iso_day
from curator.extract.decode import decode, inflate, sniff_kind
from curator.extract.page import Extracted, host_of, parse_page
from curator.judgement import Judgement, settle_text
from curator.language import UNDETERMINED, detect_language, primary_subtag
from curator.repair import repair
from curator.rules.decide import Context
from curator.rules.load import load_rules
from curator.rules.ruleset import RuleSet
from curator.rules.settle import Settled
from curator.rules.templates import Templates
from curator.rules.title import find_title
from curator.rules.view import view_of
from curator.screen import REASONS, screen
from curator.settings import CleanSettings
from curator.site import rule_site

if TYPE_CHECKING:
    from curator.extract.lines.model import LineModel

__all__ = ["Cleaner", "cached_cleaner", "clean"]

# The id under which `--title drop` stands in the ledger; ids that begin with "curator." belong to the program.
TITLE_OPTION = "curator.title-drop"
# Cleaning can change what language a text looks like; it has always settled in two rounds.
_MAX_LANGUAGE_ROUNDS = 3
# Where the detector was so sure and at most this share of what it saw went, it is not asked again.
_SURE, _LITTLE_GONE = 0.99, 0.3
# A text of more lines is a dump of many articles, or a log; rules would take gigabytes for it.
_MAX_LINES = 100_000


class Cleaner:
    """Cleans documents with one rule set, or with the shipped stable rules; make one and use it often.

    Of the shipped rules only those are loaded that the documents' languages need.
    """

    def __init__(
        self,
        rules: RuleSet | None = None,
        settings: CleanSettings | None = None,
        line_model: LineModel | None = None,
    ) -> None:
        self._rules = rules
        self._line_model = line_model  # the shipped one where none is given
        self.settings = settings or CleanSettings()

    def clean(self, document: Document) -> Cleaned:
        """Prune and extract (HTML only), repair, find the language, apply the rules, judge.

        Raises:
            InputError: the content is no text, or in an unknown encoding.
        """
        return self.clean_extracted(self.extract(document))

    def extract(self, document: Document) -> Repaired:
        """Do the first half of cleaning: all that needs the raw content.

        Raises:
            InputError: the content is no text, or in an unknown encoding.
        """
        raw, limit = document.content, self.settings.max_bytes
        if isinstance(raw, bytes) and len(raw) <= limit:
            raw = inflate(raw, limit, document.origin)
        if len(raw) > limit:
            # Of gzip data no more is inflated than tells that it is too much.
            size = f"{len(raw):,} bytes," if len(raw) == len(document.content) else "inflated,"
            return _rejected(document, Verdict(False, "too-large", f"{size} more than clean.max_bytes = {limit:,}"))
        text = raw if isinstance(raw, str) else decode(raw, where=document.origin)
        if not text.strip():
            return _rejected(document, Verdict(False, "empty", REASONS["empty"]))
        kind = document.kind or sniff_kind(text)
        if kind == "html":
            return self._extract_page(document, text)
        if (lines := text.count("\n")) > _MAX_LINES:
            return _rejected(document, Verdict(False, "too-large", f"{lines:,} lines, more than {_MAX_LINES:,}"))
        return self._repaired(document, kind, Extracted(text, Metadata(url=document.url, site=host_of(document.url))))

    def _extract_page(self, document: Document, html: str) -> Repaired:
        """Prune the page by html rules and find the article in the rest."""
        from curator.article import find_article  # brings lxml along, which a text does not need

        page = parse_page(html, url=document.url)
        if page.too_large:
            return _rejected(document, Verdict(False, "too-large", page.too_large), "html", page.metadata)
        # The language of the text is not known yet: rules of one are used where the source or the page declares it.
        declared = frozenset({primary_subtag(document.language or page.language)} - {UNDETERMINED})
        rules = self._rules if self._rules is not None else _shipped_rules(declared)
        known = _with_source(page.metadata, document)
        fitting = rules.for_document(declared, rule_site(known.site, known.url))
        article, pruned = find_article(html, page, fitting, max_share=self.settings.max_share)
        if article.refused:
            return _rejected(document, Verdict(False, "not-an-article", article.refused), "html", article.metadata)
        if not article.text.strip():
            verdict = Verdict(False, "no-article", REASONS["no-article"])
            return _rejected(document, verdict, "html", article.metadata)
        return replace(self._repaired(document, "html", article), pruned=pruned.removals, guard=pruned.guard)

    def _repaired(self, document: Document, kind: Kind, page: Extracted) -> Repaired:
        declared = primary_subtag(document.language or page.language)
        return Repaired(
            repair(page.text), _with_source(page.metadata, document), declared, bool(document.language), kind
        )

    def clean_extracted(self, article: Repaired, templates: Templates | None = None) -> Cleaned:
        """Do the second half of cleaning: all that needs the rules for text; those for template lines come first."""
        repaired, known, declared = article.text, article.metadata, article.language
        if not article.verdict.kept:
            return Cleaned(repaired, repaired, known, declared, 0.0, (), article.verdict, article.kind)
        text_is = self.settings.text if article.kind == "text" else "main"
        page = Judgement.of(repaired, self._line_model, text_is)
        seen = page.article  # menus are often in another language
        detected, score = detect_language(seen)
        for _ in range(_MAX_LANGUAGE_ROUNDS):
            languages = frozenset({declared, detected} - {UNDETERMINED}) or frozenset({UNDETERMINED})
            context = Context(languages, rule_site(known.site, known.url), known.title)
            rules = self._rules if self._rules is not None else _shipped_rules(context.languages)
            settled = settle_text(
                page,
                rules,
                context,
                max_share=self.settings.max_share,
                templates=templates,
                model=self._line_model,
                text_is=text_is,
            )
            if score >= _SURE and len(settled.text) > (1 - _LITTLE_GONE) * len(seen):
                break
            looks_like, score = detect_language(settled.text)
            if looks_like == detected:
                break
            detected = looks_like
        title = find_title(view_of(settled.text), known.title)
        metadata = _with_extracted(known, settled, title, (declared, detected))
        removals, text = settled.removals, settled.text
        if self.settings.title == "drop" and title is not None:
            text, removals = _drop_title(repaired, settled, title)
        # What the page or the source declares is believed over a detector only where the detector abstains or agrees:
        # many pages declare the language of their template.
        language = declared if article.told or detected == UNDETERMINED else detected
        verdict = screen(text, settled.guard or article.guard, self.settings)
        return Cleaned(text, repaired, metadata, language, score, article.pruned + removals, verdict, article.kind)


def _rejected(document: Document, verdict: Verdict, kind: Kind = "text", metadata: Metadata | None = None) -> Repaired:
    known, declared = _with_source(metadata or Metadata(), document), primary_subtag(document.language)
    return Repaired("", known, declared, bool(document.language), document.kind or kind, verdict)


def _with_source(metadata: Metadata, document: Document) -> Metadata:
    """Return the metadata with what the source said filled in; the source knows better than the page."""
    day = iso_day(document.date, (primary_subtag(document.language),))
    given = {"title": document.title, "url": document.url, "site": document.site or host_of(document.url), "date": day}
    told: dict[str, Any] = {field: value for field, value in given.items() if value}
    if not document.site and metadata.site:
        told.pop("site", None)
    return replace(metadata, **told, sources={**metadata.sources, **dict.fromkeys(told, "given")})


def _with_extracted(known: Metadata, settled: Settled, title: int | None, languages: Iterable[str]) -> Metadata:
    """Return the metadata with what extract rules found in the text."""
    found: dict[str, list[str]] = {}
    for field, value in settled.extracted:
        found.setdefault(field, []).append(value)

    def first(field: str) -> str | None:
        return next(iter(found.get(field, ())), None)

    days = (iso_day(text, tuple(languages)) for text in found.get("date", ()))
    headline = settled.text[slice(*_line(settled.text, title))] if title is not None else None
    said: dict[str, Any] = {
        # A page's own title can be the site's; the line printed above the article is the headline.
        "title": headline or None,
        "site": first("site_name"),
        "date": next((day for day in days if day), None),
        "authors": tuple(found.get("author", ())),
        "editor": first("editor"),
        "source": first("source"),
        "dateline": first("dateline"),
        "tags": tuple(found.get("tags", ())),
        "captions": tuple(found.get("caption", ())),
    }
    new = {field: value for field, value in said.items() if value and not getattr(known, field)}
    # Captions of the page and those that rules took out of the text are other ones.
    new |= {"captions": tuple(dict.fromkeys((*known.captions, *said["captions"])))} if said["captions"] else {}
    sources = {field: "text" if field == "title" else "rule" for field in new if field not in known.sources}
    return replace(known, **new, sources={**known.sources, **sources})


def _line(text: str, line: int) -> tuple[int, int]:
    view = view_of(text)
    return view.starts[line], view.ends[line]


def _drop_title(repaired: str, settled: Settled, title: int) -> tuple[str, tuple[Removal, ...]]:
    """Take the headline out as well, as one more removal."""
    from curator.rules.apply import Excision

    view = view_of(settled.text)
    end = view.starts[title + 1] if title + 1 < len(view) else len(settled.text)
    start = view.starts[title] if title + 1 < len(view) else (view.ends[title - 1] if title else 0)
    excision = Excision(repaired)
    excision.take(settled.removals)
    excision.take([Removal(start, end, TITLE_OPTION, "drop", settled.text[start:end])])
    return excision.text, excision.removals


@functools.lru_cache(maxsize=256)
def _shipped_rules(languages: frozenset[str]) -> RuleSet:
    return load_rules(languages=languages)


@functools.lru_cache(maxsize=2)
def cached_cleaner(rules: str, settings: CleanSettings) -> Cleaner:
    """Return the cleaner of this process for a file of rules: they are compiled and profiles loaded once."""
    return Cleaner(RuleSet.from_json(Path(rules).read_text(encoding="utf-8")), settings)


@functools.cache
def _default_cleaner() -> Cleaner:
    return Cleaner()


def clean(
    raw: str | bytes,
    *,
    kind: Kind | None = None,
    url: str | None = None,
    language: str | None = None,
    rules: RuleSet | None = None,
) -> Cleaned:
    """Clean one raw scraped article.

    Args:
        raw: a page or a text; bytes are decoded.
        kind: "html" or "text"; told by the content where not given.
        url: where the article came from; site rules need it.
        language: BCP 47 tag; detected where not given.
        rules: a rule set from `load_rules`; the shipped stable rules where not given.

    Raises:
        InputError: the bytes are no text, or in an unknown encoding; `kind` is not one.

    >>> cleaned = clean("Dam opens early\\n\\nThe gates opened at dawn, a day early.\\n\\nAdvertisement")
    >>> cleaned.text
    'Dam opens early\\n\\nThe gates opened at dawn, a day early.'
    >>> cleaned.removals[0].rule
    'en.line.ad-marker'
    """
    if kind not in (None, "html", "text"):
        raise InputError(f"unknown kind {kind!r}", hint="html or text")
    cleaner = _default_cleaner() if rules is None else Cleaner(rules)
    return cleaner.clean(Document("", raw, kind, url=url, language=language))
