"""What a text is made of, character by character and word by word, as numpy arrays over all its lines at once.

Counting happens in whole numbers only, so that the same text gives the same figures on every machine.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from curator.extract.forest import Ints
from curator.extract.lines.cues import CUES
from curator.rules.view import View

__all__ = ["CLASSES", "Alphabet", "Spelling", "Spelt", "Words"]


Spelt = NDArray[np.uint64]  # numbers that stand for words

(
    OTHER, SPACE, UPPER, LOWER, LETTER, MARK, DIGIT, HANGUL, CJK, THAI, TERMINAL, COMMA, CLOSER, BAR, SYMBOL,
) = range(1, 16)  # fmt: skip
CLASSES: Final = 16

_TERMINALS = frozenset(
    ".!?\u2026\u3002\uff01\uff1f\uff0e\uff61\u0964\u0965\u06d4\u061f\u1362\u1367\u0589\u203c\u2048\u2049"
)
_COMMAS = frozenset(",;:\u060c\u061b\u3001\uff0c\uff1b\uff1a\u1363\u1364\u055d")
_CLOSERS = frozenset("\"')]}\u300d\u300f\uff09\u3011\u203a\u00bb\u201d\u2019\u300b")
_BARS = frozenset("|/\\>\u00b7\u2022\u203a\u2192\u25b6\u25cf\u25aa\u25a0\u2023\u00bb_=~*#+^")
_HAN_KANA = (
    (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0xFF66, 0xFF9F),
    (0x20000, 0x3FFFF),
)  # fmt: skip
_THAI_LIKE = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF))  # Thai, Lao, Burmese, Khmer
_HANGUL = ((0x1100, 0x11FF), (0xAC00, 0xD7AF))
_BY_CHARACTER = {
    **dict.fromkeys(_TERMINALS, TERMINAL), **dict.fromkeys(_COMMAS, COMMA),
    **dict.fromkeys(_CLOSERS, CLOSER), **dict.fromkeys(_BARS, BAR),
}  # fmt: skip
_BY_CATEGORY = {"Lu": UPPER, "Lt": UPPER, "Ll": LOWER, "Lo": LETTER, "Lm": LETTER, "Nd": DIGIT}
_BY_MAJOR = {"M": MARK, "Z": SPACE, "S": SYMBOL}

_WORD = np.zeros(CLASSES, bool)
_WORD[[UPPER, LOWER, LETTER, MARK, DIGIT, HANGUL]] = True
# A character of a script written without spaces belongs to a word of its own making: two Chinese, four Thai.
_BASE: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = pow(_BASE, -1, 1 << 64)
_TABLE: Final = 1 << 17  # powers; longer texts are rare
_MOST_WORDS: Final = 64  # of a line that tell it from others


def classify(character: str) -> int:
    """Return the class of one character."""
    code = ord(character)
    for ranges, name in ((_HAN_KANA, CJK), (_THAI_LIKE, THAI), (_HANGUL, HANGUL)):
        if any(low <= code <= high for low, high in ranges):
            return name
    if character in _BY_CHARACTER:
        return _BY_CHARACTER[character]
    category = unicodedata.category(character)
    return _BY_CATEGORY.get(category) or _BY_MAJOR.get(category[0]) or (SPACE if character.isspace() else OTHER)


class Alphabet:
    """The class and the lower case of every character met so far; one object serves all texts."""

    def __init__(self) -> None:
        self._classes = np.zeros(0x110000, np.uint8)
        self._cues: dict[str, NDArray[np.uint64]] = {}
        self._lower = np.zeros(0x110000, np.uint32)
        self._learn(range(0x180))

    def _learn(self, codes: range | list[int]) -> None:
        for code in codes:
            character = chr(code)
            lower = character.lower()
            self._classes[code] = classify(character)
            self._lower[code] = ord(lower) if len(lower) == 1 else code

    def cues(self) -> Mapping[str, NDArray[np.uint64]]:
        """Return, for each kind of cue, the numbers of its words as `Words.spelt` has them."""
        if not self._cues:
            for name, said in CUES.items():
                spelling = Spelling(View("\n".join(said.split())), self)
                self._cues[name] = np.unique(spelling.words.spelt)
        return self._cues

    def read(self, codes: NDArray[np.uint32]) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
        """Return the class and the lower case of each code point."""
        classes = self._classes[codes]
        if not classes.all():
            self._learn(np.unique(codes[classes == 0]).tolist())
            classes = self._classes[codes]
        return classes, self._lower[codes]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text in reading order; two Chinese characters or four Thai ones that touch are one as well.

    Attributes:
        line: the line each stands in.
        key: the same number for the same word, case folded, of this text.
        kinds: how many different words there are; `spelt` has a number for each that is the same in all texts.
        size: characters.
        capital: whether it begins with a capital letter.
        spaced: whether it is written between spaces.
    """

    line: Ints
    key: Ints
    kinds: int
    spelt: NDArray[np.uint64]
    size: Ints
    capital: NDArray[np.bool_]
    spaced: NDArray[np.bool_]


class Spelling:
    """The characters of the lines of a view.

    Attributes:
        counts: lines by classes, how many characters of each class.
        length: characters per line.
        first, last: class of the first character of each line, and of the last that is no closing quote or bracket.
        said: one number per line; lines with the same letters and digits have the same.
        words: the words.
    """

    def __init__(self, view: View, alphabet: Alphabet) -> None:
        text = "\n".join(view.lines)
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        lengths = np.fromiter(map(len, view.lines), np.int64, len(view))
        starts = np.cumsum(lengths + 1) - lengths - 1
        ends = starts + lengths
        classes, lower = alphabet.read(codes)
        classes = classes.copy()
        classes[ends[:-1]] = SPACE
        line = np.repeat(np.arange(len(view)), np.append(lengths[:-1] + 1, lengths[-1]))
        self.classes, self.codes, self.line_of = classes, codes, line
        self.starts, self.ends, self.length = starts, ends, lengths
        self.counts: Ints = np.bincount(line * CLASSES + classes, minlength=len(view) * CLASSES).reshape(-1, CLASSES)
        self.counts[:-1, SPACE] -= 1
        self.first = classes[starts]
        last = ends - 1
        for _ in range(3):
            last = np.where((classes[last] == CLOSER) & (last > starts), last - 1, last)
        self.last, self.last_code = classes[last], codes[last]
        self.words, self.said = _words(classes, lower, line, len(view))


def _words(classes: NDArray[np.uint8], lower: NDArray[np.uint32], line: Ints, lines: int) -> tuple[Words, Ints]:
    inside = _WORD[classes]
    edge = np.flatnonzero(np.diff(inside, prepend=False, append=False))
    starts, ends = edge[::2], edge[1::2]
    pairs = _together(classes == CJK, 2)
    fours = _together(classes == THAI, 4)
    begin = np.concatenate([starts, pairs, fours])
    order = np.argsort(begin, kind="stable")
    begin, end = begin[order], np.concatenate([ends, pairs + 2, fours + 4])[order]
    hashes, size, spaced = _hash(lower, begin, end), end - begin, order < len(starts)
    kinds, key = np.unique(hashes, return_inverse=True)
    where = line[begin]
    words = Words(where, key, len(kinds), kinds, size, classes[begin] == UPPER, spaced)
    return words, _said(where, hashes, lines)


def _together(of_script: NDArray[np.bool_], size: int) -> Ints:
    """Return where `size` characters of a script begin that stand side by side."""
    run = of_script
    for _ in range(size - 1):
        run = run & np.append(of_script[1:], False)
        of_script = np.append(of_script[1:], False)
    return np.flatnonzero(run)


def _powers(base: int, least: int) -> NDArray[np.uint64]:
    """Return powers of a number modulo 2**64 from 0 on, at least so many."""
    return _table(base, _TABLE << max((least - 1) // _TABLE, 0).bit_length())


@functools.lru_cache(maxsize=4)
def _table(base: int, count: int) -> NDArray[np.uint64]:
    powers = np.full(count, base, np.uint64)
    powers[0] = 1
    return np.cumprod(powers, out=powers)


def _hash(lower: NDArray[np.uint32], starts: Ints, ends: Ints) -> NDArray[np.uint64]:
    """Return a number for each stretch of characters: a polynomial modulo 2**64, from the sums of the whole text."""
    count = len(lower) + 1
    sums = np.zeros(count, np.uint64)
    np.cumsum(lower * _powers(_BASE, count)[1:count], out=sums[1:])
    hashes: NDArray[np.uint64] = (sums[ends] - sums[starts]) * _powers(_INVERSE, count)[starts]
    return hashes


def _said(line: Ints, hashes: NDArray[np.uint64], lines: int) -> Ints:
    """Return a number for each line, made of its words in order; 0 for a line without any."""
    result = np.zeros(lines, np.uint64)
    if len(line):
        first = np.flatnonzero(np.diff(line, prepend=-1))
        place = np.arange(len(line)) - np.repeat(first, np.diff(np.append(first, len(line))))
        mixed = (hashes ^ (hashes >> np.uint64(29))) * _powers(_BASE, _MOST_WORDS + 1)[place % _MOST_WORDS + 1]
        result[line[first]] = np.add.reduceat(mixed, first)
    return result.view(np.int64)
