"""Gopher's rules on the quality of a document.

Source: Rae et al. 2021, "Scaling Language Models", arXiv 2112.11446, appendix A1.1. Its stop words are English, so they
are asked of English documents only; the length of a word is asked of alphabets with capitals only: a Korean word
has two or three characters, a Hindi one some more with its signs, a Japanese one has no end.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from curator.document import Verdict
from curator.filters.seen import Seen
from curator.filters.settings import GopherSettings

__all__ = ["REASONS", "judge"]

REASONS = {
    "gopher-words": "fewer or more words than filters.gopher allows",
    "gopher-word-length": "words are too short or too long on average",
    "gopher-symbols": "too many hash signs or ellipses",
    "gopher-bullets": "nearly all lines begin with a bullet",
    "gopher-ellipses": "many lines end in an ellipsis",
    "gopher-alphabetic": "many words have no letter",
    "gopher-stop-words": "hardly any of the most frequent English words",
}
_STOP_WORDS = frozenset(["the", "be", "to", "of", "and", "that", "have", "with"])
_BULLETS = ("•", "‣", "▪", "●", "◦", "- ", "* ")
_ELLIPSES = ("...", "…")


def judge(seen: Seen, settings: GopherSettings) -> Iterator[Verdict]:
    """Yield what speaks against a document."""
    words = seen.words
    count = len(words)
    if not settings.min_words <= count <= settings.max_words:
        detail = f"{count:,} words, not {settings.min_words:,} to {settings.max_words:,}"
        yield Verdict(False, "gopher-words", detail)
    if not words:
        return
    yield from _words(words, seen, settings)
    yield from _lines(seen.lines, settings)


def _words(words: list[str], seen: Seen, settings: GopherSettings) -> Iterator[Verdict]:
    count = len(words)
    # Letters and digits: the comma after a word does not make it longer.
    mean = sum(map(str.isalnum, itertools.chain.from_iterable(words))) / count
    if seen.has_case and not settings.min_word_length <= mean <= settings.max_word_length:
        yield Verdict(False, "gopher-word-length", f"{mean:.1f} characters a word")
    symbols = max(seen.text.count("#"), sum(map(seen.text.count, _ELLIPSES))) / count
    if symbols > settings.max_symbols:
        yield Verdict(False, "gopher-symbols", f"{symbols:.2f} hash signs or ellipses a word")
    alphabetic = sum(any(map(str.isalpha, word)) for word in words) / count
    if alphabetic < settings.min_alphabetic:
        yield Verdict(False, "gopher-alphabetic", f"{alphabetic:.0%} of the words have a letter")
    if seen.language == "en" and settings.min_stop_words:
        found = len(_STOP_WORDS.intersection(word.lower().strip(".,;:!?\"'“”‘’()") for word in words))
        if found < settings.min_stop_words:
            yield Verdict(False, "gopher-stop-words", f"{found} of them, fewer than {settings.min_stop_words}")


def _lines(lines: list[str], settings: GopherSettings) -> Iterator[Verdict]:
    bullets = sum(line.startswith(_BULLETS) for line in lines) / len(lines)
    if bullets > settings.max_bullets:
        yield Verdict(False, "gopher-bullets", f"{bullets:.0%} of the lines")
    ellipses = sum(line.endswith(_ELLIPSES) for line in lines) / len(lines)
    if ellipses > settings.max_ellipses:
        yield Verdict(False, "gopher-ellipses", f"{ellipses:.0%} of the lines")
