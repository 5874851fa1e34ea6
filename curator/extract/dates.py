"""Dates as people print them to ISO 8601 days."""

from __future__ import annotations

import datetime
import functools
import re
import warnings
from collections.abc import Iterable, Mapping

__all__ = ["iso_day", "month_names"]

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NAMED = (
    re.compile(r"(?P<day>\d{1,2})\.? (?P<month>[^\W\d_]+)\.?,? (?P<year>\d{4})(?!\d)"),
    re.compile(r"(?P<month>[^\W\d_]+)\.? (?P<day>\d{1,2}),? (?P<year>\d{4})(?!\d)"),
)


def iso_day(text: str | None, languages: tuple[str, ...] = ()) -> str | None:
    """Return the day a text names as YYYY-MM-DD, or None where it names none.

    The common forms are read with the month names of CLDR (babel), which takes a tenth of the time that the rest takes:
    dateparser (which trafilatura brings along), strict about day, month and year being there.

    >>> iso_day("14 Mei 2022, 18:45 WIB", ("id",)), iso_day("3.5.2021", ("de",))
    ('2022-05-14', '2021-05-03')
    """
    if not text:
        return None
    plain = _ISO.search(text)
    if plain:
        return plain[0]
    likely = sorted({code for code in languages if code != "und"})
    return _named_day(text, likely) or _parsed_day(text, likely)


def _named_day(text: str, languages: Iterable[str]) -> str | None:
    for found in filter(None, (form.search(text) for form in _NAMED)):
        for language in languages:
            month = month_names(language).get(found["month"].lower())
            if month:
                try:
                    return datetime.date(int(found["year"]), month, int(found["day"])).isoformat()
                except ValueError:  # the 31st of February
                    return None
    return None


@functools.cache
def month_names(language: str) -> Mapping[str, int]:
    """Return the month names of a language, long and short, in lower case."""
    from babel import localedata

    if not localedata.exists(language):
        return {}
    months = localedata.load(language)["months"]
    names: dict[str, int] = {}
    for context in ("stand-alone", "format"):
        for width in ("abbreviated", "wide"):
            table = months.get(context, {}).get(width)  # where it is no dict it refers to another one of these
            if isinstance(table, dict):
                names |= {name.lower().rstrip("."): number for number, name in table.items()}
    return names


def _parsed_day(text: str, languages: list[str]) -> str | None:
    import dateparser

    # Absolute dates only: "two hours ago" would make the answer depend on the day of the run.
    settings = {"REQUIRE_PARTS": ["day", "month", "year"], "PARSERS": ["absolute-time"]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for known in (languages, None) if languages else (None,):
            try:
                found = dateparser.parse(text, languages=known, settings=settings)
            except ValueError:  # a language dateparser has no data for
                continue
            if found:
                return str(found.date().isoformat())
    return None
