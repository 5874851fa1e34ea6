"""The filter on scripts: of which writing the letters of a document are."""

from __future__ import annotations

import functools
import unicodedata
from collections import Counter
from collections.abc import Iterator

from curator.document import Verdict
from curator.filters.seen import Seen
from curator.filters.settings import FilterSettings

__all__ = ["REASONS", "judge"]

REASONS = {"filter-script": "too few letters of the scripts in filters.scripts"}

# A script, by the first word of its letters' Unicode names where that is another one.
_NAMES = {
    "cjk": "han",
    "ideographic": "han",
    "hiragana": "kana",
    "katakana": "kana",
    "katakana-hiragana": "kana",
}
_ALIASES = {"myanmar": "burmese", "oriya": "odia"}


def judge(seen: Seen, settings: FilterSettings) -> Iterator[Verdict]:
    """Yield what speaks against a document."""
    if not settings.scripts:
        return
    counts: Counter[str] = Counter()
    for character, count in Counter(seen.text).items():
        if character.isalpha():
            counts[script_of(character)] += count
    letters = counts.total()
    share = sum(counts[script] for script in settings.scripts) / letters if letters else 0.0
    if share < settings.min_script_share:
        most = counts.most_common(1)[0][0] if counts else "no letters"
        detail = f"{share:.0%} of its letters are {' or '.join(settings.scripts)}, most are {most}"
        yield Verdict(False, "filter-script", detail)


@functools.lru_cache(maxsize=4_096)
def script_of(letter: str) -> str:
    """Return the script of a letter, as its Unicode name tells.

    >>> [script_of(letter) for letter in "aЖ中あกᬅ"]
    ['latin', 'cyrillic', 'han', 'kana', 'thai', 'balinese']
    """
    words = unicodedata.name(letter, "unknown").lower().split()
    first = words[1] if words[0] in ("fullwidth", "halfwidth", "modifier") and len(words) > 1 else words[0]
    return _ALIASES.get(first, _NAMES.get(first, first))
