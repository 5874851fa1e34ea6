"""FineWeb's own rules: few lines that end as sentences, many short ones, lines that repeat, lists.

Source: Penedo et al. 2024, "The FineWeb Datasets", arXiv 2406.17557, section 3.6, and datatrove's FineWebQualityFilter.
Blank lines do not count, and sentence ends of all scripts do.
"""

from __future__ import annotations

from collections.abc import Iterator

from curator.document import Verdict
from curator.filters.repetition import repeated
from curator.filters.seen import Seen, ends_as_sentence
from curator.filters.settings import FineWebSettings
from curator.rules.view import UNSPACED

__all__ = ["REASONS", "judge"]

REASONS = {
    "fineweb-punctuation": "few lines end as sentences do",
    "fineweb-short-lines": "most lines are short",
    "fineweb-duplicate-lines": "lines repeat",
    "fineweb-list": "too many lines for so few words: a list",
}


def judge(seen: Seen, settings: FineWebSettings) -> Iterator[Verdict]:
    """Yield what speaks against a document."""
    lines = seen.lines
    if not lines:
        return
    ended = sum(map(ends_as_sentence, lines)) / len(lines)
    if ended <= settings.min_punctuation:
        yield Verdict(False, "fineweb-punctuation", f"{ended:.0%} of the lines")
    short = sum(_width(line, seen) <= settings.short_line for line in lines) / len(lines)
    if short >= settings.max_short_lines:
        yield Verdict(False, "fineweb-short-lines", f"{short:.0%} of at most {settings.short_line} characters")
    again = repeated(lines)[1] / sum(map(len, lines))
    if again >= settings.max_duplicate_characters:
        yield Verdict(False, "fineweb-duplicate-lines", f"{again:.1%} of the characters stood there before")
    per_word = len(lines) / max(len(seen.words), 1)
    if per_word > settings.max_lines_per_word:
        yield Verdict(False, "fineweb-list", f"{per_word:.2f} lines a word")


def _width(line: str, seen: Seen) -> int:
    return len(line) + (len(UNSPACED.findall(line)) if seen.is_unspaced else 0)
