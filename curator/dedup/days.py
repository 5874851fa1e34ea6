"""The days a text names in full, whatever its language: what tells two events of one kind apart."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

__all__ = ["MOST_DAYS", "named_days"]

MOST_DAYS = 4  # that count, the first ones: a text dates itself early
_MONTH, _YEAR = 30.44, 365.25  # days, on average: a gap is measured, not a calendar
_NUMBERS = re.compile(r"(?<!\d)(\d{1,4}) ?[/.\-年] ?(\d{1,2}) ?[/.\-月] ?(\d{2,4})(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|ª)?\.? ?(?:de |of )?"
    r"([^\W\d_]+)\.?,? ?(?:de |of )?(\d{4})(?!\d)"
)
_AFTER_MONTH = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)? ?,? ?(\d{4})(?!\d)")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\.? $")
_LONGEST = 20  # characters of a month's name
# Languages of large news markets; a month name that is another month elsewhere (listopad) counts in none. Long names
# only: of forty languages, short ones are too often words, or other months, of another one.
_LANGUAGES = (
    "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id it ko lt lv ms nb nl pl pt ro ru sk sl sr sv sw ta th tr"
    " uk ur vi"
)


def named_days(text: str) -> list[float]:
    """Return the first different days a text names with their year, as numbers of days that can be subtracted.

    Where day and month could be each other, both readings count.

    >>> [named_days(text) for text in ("Selasa (31/5/2022)", "on 31 May 2022", "on May 31 , 2022", "in May")]
    [[738718.7], [738718.7], [738718.7], []]
    """
    found: dict[float, None] = {}
    for _, year, month, day in sorted(_readings(text)):
        if 1 <= month <= 12 and 1 <= day <= 31 and 1900 <= year <= 2100:
            found[round(year * _YEAR + month * _MONTH + day, 2)] = None
    return list(found)[:MOST_DAYS]


def _readings(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield (place in the text, year, month, day)."""
    for found in _NUMBERS.finditer(text):
        first, second, third = map(int, found.groups())
        if first > 31:
            yield found.start(), first, second, third
            continue
        year = third if third > 99 else 2000 + third
        yield found.start(), year, second, first
        yield found.start(), year, first, second
    months = _months()
    for found in _DAY_FIRST.finditer(text):
        if number := months.get(found[2].lower()):
            yield found.start(), int(found[3]), number, int(found[1])
    for found in _AFTER_MONTH.finditer(text):
        word = _WORD_BEFORE.search(text[max(found.start() - _LONGEST, 0) : found.start()])
        if word and (number := months.get(word[1].lower())):
            yield found.start(), int(found[2]), number, int(found[1])


@functools.cache
def _months() -> Mapping[str, int]:
    from curator.extract.dates import month_names

    known: dict[str, set[int]] = {}
    for language in _LANGUAGES.split():
        for name, number in month_names(language, short=False).items():
            known.setdefault(name, set()).add(number)
    return {name: numbers.pop() for name, numbers in known.items() if len(numbers) == 1}
