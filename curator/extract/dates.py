"""Dates as people print them to ISO 8601 days."""

from __future__ import annotations

import datetime
import functools
import re
import warnings
from collections.abc import Iterable, Mapping
from typing import Any, cast

__all__ = ["iso_day", "month_names"]

_DIGIT = re.compile(r"\d")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NAMED = (
    re.compile(r"(?P<day>\d{1,2})\.? (?P<month>[^\W\d_]+)\.?,? (?P<year>\d{4})(?!\d)"),
    re.compile(r"(?P<month>[^\W\d_]+)\.? (?P<day>\d{1,2}),? (?P<year>\d{4})(?!\d)"),
)
# Thailand counts from the Buddha: 2567 is 2024. No article was written after _LATEST.
_BUDDHIST, _LATEST = 543, 2_400


def iso_day(text: str | None, languages: tuple[str, ...] = ()) -> str | None:
    """Return the day a text names as YYYY-MM-DD, or None where it names none.

    The common forms are read with the month names of CLDR (babel), which takes a tenth of the time that the rest takes:
    dateparser (which trafilatura brings along), strict about day, month and year being there.

    >>> iso_day("14 Mei 2022, 18:45 WIB", ("id",)), iso_day("3.5.2021", ("de",)), iso_day("19 ม.ค. 2567", ("th",))
    ('2022-05-14', '2021-05-03', '2024-01-19')
    >>> iso_day("First published: Jan 19, 2024 18:30 IST", ("hi",)), iso_day("two hours ago")
    ('2024-01-19', None)
    """
    if not text or not _DIGIT.search(text):
        return None
    plain = _ISO.search(text)
    if plain:
        return plain[0]
    likely = sorted({code for code in languages if code != "und"})
    if not likely:
        return _named_day(text, ["en"]) or _parsed_day(text, None)
    likely += [] if "en" in likely else ["en"]  # English dates stand on pages of every language
    # One after the other: 3.5. is in May where one language says so, and in March where another does.
    return _named_day(text, likely) or next(filter(None, (_parsed_day(text, language) for language in likely)), None)


def _named_day(text: str, languages: Iterable[str]) -> str | None:
    for found in filter(None, (form.search(text) for form in _NAMED)):
        for language in languages:
            month = month_names(language).get(found["month"].lower())
            if month:
                try:
                    year = _common_era(int(found["year"]), language)
                    return datetime.date(year, month, int(found["day"])).isoformat()
                except ValueError:  # the 31st of February
                    return None
    return None


def _common_era(year: int, language: str | None) -> int:
    return year - _BUDDHIST if language == "th" and year > _LATEST else year


@functools.cache
def month_names(language: str, *, short: bool = True) -> Mapping[str, int]:
    """Return the month names of a language, long and, where not said otherwise, short, in lower case."""
    from babel import localedata

    if not localedata.exists(language):
        return {}
    data = cast("dict[str | int | None, Any]", localedata.load(language))
    months = localedata.LocaleDataDict(data)["months"]  # a table that refers to another one is followed
    names: dict[str, int] = {}
    for context in ("stand-alone", "format"):
        for width in ("abbreviated", "wide") if short else ("wide",):
            names |= {name.lower().rstrip("."): number for number, name in months[context][width].items()}
    return names


def _parsed_day(text: str, language: str | None) -> str | None:
    import dateparser
    from dateparser.data.languages_info import language_order

    if language is not None and language not in language_order:
        return None
    # Absolute dates only: "two hours ago" would make the answer depend on the day of the run.
    settings = {"REQUIRE_PARTS": ["day", "month", "year"], "PARSERS": ["absolute-time"]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = dateparser.parse(text, languages=[language] if language else None, settings=settings)
    if found is None:
        return None
    return datetime.date(_common_era(found.year, language), found.month, found.day).isoformat()
