"""Dates as people print them to ISO 8601 days."""

from __future__ import annotations

import re
import warnings

__all__ = ["iso_day"]

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")


def iso_day(text: str | None, languages: tuple[str, ...] = ()) -> str | None:
    """Return the day a text names as YYYY-MM-DD, or None where it names none.

    Source: dateparser (which trafilatura brings along), strict about day, month and year being there.

    >>> iso_day("14 Mei 2022, 18:45 WIB", ("id",))
    '2022-05-14'
    """
    if not text:
        return None
    plain = _ISO.search(text)
    if plain:
        return plain[0]
    import dateparser

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        # Absolute dates only: "two hours ago" would make the answer depend on the day of the run.
        settings = {"REQUIRE_PARTS": ["day", "month", "year"], "PARSERS": ["absolute-time"]}
        likely = sorted({code for code in languages if code != "und"})
        for known in (likely, None) if likely else (None,):
            try:
                found = dateparser.parse(text, languages=known, settings=settings)
            except ValueError:  # a language dateparser has no data for
                continue
            if found:
                return str(found.date().isoformat())
    return None
