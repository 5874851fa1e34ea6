"""Line filters of well-known corpora, and a block finder: what whole-page text is cleaned with elsewhere.

Each takes a text and returns it with some of its lines left out. Written after their papers and public code; where a
filter also rejects whole documents, that is left out: the question here is which lines stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from curator.rules.view import View

__all__ = ["FILTERS"]

_STOPS = tuple(".!?\"'”’")
_BADGES = re.compile(r"^\W*\d[\d.,]*\s*[KkMm]?\s*(likes?|shares?|comments?|views?|retweets?|followers?)?\W*$")
_CALLS = re.compile(r"\b(sign[- ]in|sign[- ]up|log[- ]in|read more|items in cart|home)\b", re.IGNORECASE)
_FINEWEB_STOPS = (".", "?", "!", '"', "'", "”", "’", "。", "！", "？", "।", "…")


def _lines(text: str, keep: Callable[[str], bool]) -> str:
    return "\n".join(line for line in text.split("\n") if keep(line.strip()))


def c4(text: str) -> str:
    """Keep lines that end in terminal punctuation and have three words (Raffel et al., 2020; five in the code)."""

    def keep(line: str) -> bool:
        low = line.lower()
        return line.endswith(_STOPS) and len(line.split()) >= 5 and "javascript" not in low and "lorem ipsum" not in low

    return _lines(text, keep)


def fineweb(text: str) -> str:
    """Drop lines shorter than 30 characters that do not end a sentence, and repeated ones (Penedo et al., 2024).

    FineWeb rejects documents by these shares; as a line filter they say which lines are at fault.
    """
    seen: set[str] = set()

    def keep(line: str) -> bool:
        if line in seen or (len(line) < 30 and not line.endswith(_FINEWEB_STOPS)):
            return False
        seen.add(line)
        return True

    return _lines(text, keep)


def refinedweb(text: str) -> str:
    """Drop lines mainly upper case, numeric, counters, one word, or calls to act (Penedo et al., 2023, G.2)."""

    def keep(line: str) -> bool:
        letters = [char for char in line if char.isalpha()]
        digits = sum(map(str.isdigit, line))
        if len(line.split()) <= 1 and len(line) < 30:
            return False
        if letters and sum(map(str.isupper, letters)) > 0.5 * len(letters):
            return False
        if digits > 0.5 * max(len(line), 1) or _BADGES.match(line):
            return False
        return not (len(line.split()) <= 10 and _CALLS.search(line))

    return _lines(text, keep)


def block(text: str) -> str:
    """Keep the stretch of lines with the largest sum: words (60 at most) for prose, -6 for any other line."""
    view = View(text)
    best, total, begin, stretch = 0, 0, 0, (0, 0)
    for number in range(len(view)):
        width = len(view.lines[number]) + 1.3 * sum("\u3040" <= char <= "\u9fff" for char in view.lines[number])
        prose = (width >= 70 and view.is_sentence(number)) or width >= 250
        total += min(view.words(number), 60) if prose else -6
        if total <= 0:
            total, begin = 0, number + 1
        elif total > best:
            best, stretch = total, (begin, number + 1)
    return "\n".join(text[view.starts[n] : view.ends[n]] for n in range(*stretch))


FILTERS: Mapping[str, Callable[[str], str]] = {
    "no-op": lambda text: text, "C4 lines": c4, "FineWeb lines": fineweb, "RefinedWeb lines": refinedweb,
    "max-sum block": block,
}  # fmt: skip
