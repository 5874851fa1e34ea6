"""Filters on what is known of a document: language, length, site, day of publication."""

from __future__ import annotations

from collections.abc import Iterator

from curator.document import Verdict
from curator.filters.seen import Seen
from curator.filters.settings import FilterSettings
from curator.site import rule_site

__all__ = ["REASONS", "judge"]

REASONS = {
    "filter-language": "a language that is not among filters.languages",
    "filter-language-score": "a language told with less than filters.min_language_score",
    "filter-length": "shorter or longer than filters allow",
    "filter-site": "a site that filters leave out",
    "filter-date": "published before or after the days that filters keep",
}


def judge(seen: Seen, settings: FilterSettings) -> Iterator[Verdict]:
    """Yield what speaks against a document."""
    if settings.languages and seen.language not in settings.languages:
        yield Verdict(False, "filter-language", f"{seen.language}, not {', '.join(settings.languages)}")
    if seen.language_score < settings.min_language_score:
        detail = f"{seen.language} with {seen.language_score:.2f}, less than {settings.min_language_score:g}"
        yield Verdict(False, "filter-language-score", detail)
    yield from _length(seen, settings)
    yield from _site(seen, settings)
    yield from _date(seen, settings)


def _length(seen: Seen, settings: FilterSettings) -> Iterator[Verdict]:
    words = len(seen.words) if settings.min_words or settings.max_words else 0
    for unit, count in (("words", words), ("characters", len(seen.text))):
        low, high = getattr(settings, f"min_{unit}"), getattr(settings, f"max_{unit}")
        if count < low:
            yield Verdict(False, "filter-length", f"{count:,} {unit}, fewer than filters.min_{unit} = {low:,}")
        if high and count > high:
            yield Verdict(False, "filter-length", f"{count:,} {unit}, more than filters.max_{unit} = {high:,}")


def _site(seen: Seen, settings: FilterSettings) -> Iterator[Verdict]:
    if not settings.allowed_sites and not settings.blocked_sites:
        return
    host = rule_site(seen.metadata.site, seen.metadata.url)
    if _named(host, settings.blocked_sites):
        yield Verdict(False, "filter-site", f"{host} is blocked")
    if settings.allowed_sites and not _named(host, settings.allowed_sites):
        yield Verdict(False, "filter-site", f"{host or 'a site nobody names'} is not among those allowed")


def _named(host: str | None, sites: tuple[str, ...]) -> bool:
    parts = host.split(".") if host else []
    return any(".".join(parts[n:]) in sites for n in range(len(parts)))


def _date(seen: Seen, settings: FilterSettings) -> Iterator[Verdict]:
    first, last = settings.published_from, settings.published_until
    if not first and not last:
        return
    day = seen.metadata.date
    if day is None:
        if settings.undated == "reject":
            yield Verdict(False, "filter-date", "no date is known")
    elif first and day < first.isoformat():
        yield Verdict(False, "filter-date", f"{day}, before {first}")
    elif last and day[:10] > last.isoformat():
        yield Verdict(False, "filter-date", f"{day}, after {last}")
