"""Gopher's rules on repetition: a text that says the same over and over.

Source: Rae et al. 2021, arXiv 2112.11446, table A1. Of what repeats, everything after its first occurrence counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from curator.document import Verdict
from curator.filters.seen import Seen
from curator.filters.settings import RepetitionSettings

__all__ = ["REASONS", "judge", "repeated"]

REASONS = {
    "repetition-lines": "lines repeat",
    "repetition-paragraphs": "paragraphs repeat",
    "repetition-top": "a few words make up much of the text",
    "repetition-sequences": "sequences of words repeat",
}
_TOP, _SEQUENCES = (2, 3, 4), (5, 6, 7, 8, 9, 10)  # words


def judge(seen: Seen, settings: RepetitionSettings) -> Iterator[Verdict]:
    """Yield what speaks against a document."""
    for unit, parts, most, most_characters in (
        ("lines", seen.lines, settings.max_lines, settings.max_line_characters),
        ("paragraphs", seen.paragraphs, settings.max_paragraphs, settings.max_paragraph_characters),
    ):
        count, characters = repeated(parts)
        if parts and (share := count / len(parts)) > most:
            yield Verdict(False, f"repetition-{unit}", f"{share:.0%} of the {unit} stood there before")
        elif seen.text and (share := characters / len(seen.text)) > most_characters:
            yield Verdict(False, f"repetition-{unit}", f"{share:.0%} of the characters are in {unit} seen before")
    yield from _words(seen.words, settings)


def repeated(parts: Sequence[str]) -> tuple[int, int]:
    """Return how many parts stood there before, and their characters.

    >>> repeated(["a b", "c", "a b", "a b"])
    (2, 6)
    """
    again = len(parts) - len(set(parts))
    if not again:
        return 0, 0
    return again, sum(len(part) * (count - 1) for part, count in Counter(parts).items())


def _words(words: Sequence[str], settings: RepetitionSettings) -> Iterator[Verdict]:
    lengths = [len(word) for word in words]
    total = sum(lengths)
    for size, most in zip(_TOP, settings.max_top, strict=True):
        counts = Counter(_sequences(words, size))
        sequence, count = counts.most_common(1)[0] if counts else ((), 0)
        share = count * sum(map(len, sequence)) / total if count > 1 else 0.0
        if share > most:
            yield Verdict(False, "repetition-top", f"{share:.0%} of the characters are “{' '.join(sequence)}”")
            return
    for size, most in zip(_SEQUENCES, settings.max_sequences, strict=True):
        characters = _repeated_sequences(words, lengths, size)
        if not characters:
            return  # longer ones cannot repeat where these do not
        if (share := characters / total) > most:
            yield Verdict(False, "repetition-sequences", f"{share:.0%} of the characters, in sequences of {size} words")
            return


def _sequences(words: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[n:] for n in range(size)), strict=False)


def _repeated_sequences(words: Sequence[str], lengths: Sequence[int], size: int) -> int:
    """Return the characters in sequences that stood there before, no word counted twice."""
    seen: set[tuple[str, ...]] = set()
    characters = free = 0
    for start, sequence in enumerate(_sequences(words, size)):
        if start >= free and sequence in seen:
            characters += sum(lengths[start : start + size])
            free = start + size
        else:
            seen.add(sequence)
    return characters
