"""Characters as deduplication sees them: case, accents and invisible marks fall away, words are runs of what stays.

One table maps every code point to a number: 0 where a word ends, else the folded character, with flags for scripts
that are written without spaces and for the few characters that fold to none or to several.
"""

from __future__ import annotations

import functools
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["ALPHABETIC", "CHARACTER", "IDEOGRAPHIC", "FoldTable", "fold", "fold_table"]

CHARACTER = 0x1FFFFF  # the bits of the folded character
IDEOGRAPHIC = 1 << 24  # a word of its own: Han, kana
ALPHABETIC = 1 << 25  # a word of its own, of a script that spells words out without spaces: Thai, Lao, Burmese, Khmer
_SEVERAL = 1 << 30  # folds to no character or to several
_UNKNOWN = 1 << 31  # not looked up yet
_BLOCK = 256  # code points that are looked up together

_UNSPACED = (
    (IDEOGRAPHIC, ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x3FFFF))),
    (ALPHABETIC, ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF))),
)
# Marks some sites write and others do not. Elsewhere marks are letters: vowels of Indic scripts, tones of Thai.
_OPTIONAL_MARKS = ((0x0300, 0x036F), (0x0591, 0x05C7), (0x0640, 0x0640), (0x064B, 0x065F), (0x0670, 0x0670))


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def fold(character: str) -> str:
    """Return what one character of a text in NFC counts as: "" if it does not count, " " if it ends a word.

    >>> [fold(c) for c in "Éß’x\u200b٣"]
    ['e', 'ss', ' ', 'x', '', '3']
    """
    category = unicodedata.category(character)
    if category == "Cf" or "\ufe00" <= character <= "\ufe0f":  # invisible: soft hyphens, joiners, variation selectors
        return ""
    if category[0] not in "LMN":
        return " "
    if category == "Nd":
        return str(unicodedata.decimal(character))
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", character).casefold())
    folded = unicodedata.normalize("NFC", "".join(c for c in parts if not _within(ord(c), _OPTIONAL_MARKS)))
    return "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in folded)


class FoldTable:
    """The fold of every code point as an array, filled in where texts need it."""

    def __init__(self) -> None:
        import numpy as np

        self._table: Array = np.full(0x110000, _UNKNOWN, dtype=np.uint32)
        self._several: dict[int, tuple[int, ...]] = {}
        self._ascii = bytes(_value(fold(chr(code))) for code in range(128)).ljust(256, b"\0")

    def apply(self, text: str, starts: Array) -> tuple[Array, Array, int]:
        """Return the fold of a text in NFC, where what began at `starts` begins in it, and all flags that occur."""
        import numpy as np

        if text.isascii():
            return np.frombuffer(text.encode("ascii").translate(self._ascii), dtype=np.uint8), starts, 0
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        folded = np.take(self._table, codes)
        flags = int(np.bitwise_or.reduce(folded))
        if flags & _UNKNOWN:
            for block in np.unique(codes[folded == _UNKNOWN] // _BLOCK).tolist():
                self._fill(block)
            folded = np.take(self._table, codes)
            flags = int(np.bitwise_or.reduce(folded))
        if flags & _SEVERAL:
            folded, starts = self._expand(codes, folded, starts)
            flags = int(np.bitwise_or.reduce(folded)) if len(folded) else 0
        return folded, starts, flags

    def spread(self, text: str, values: Array) -> Array:
        """Return values of the characters of a text in NFC as values of what `apply` makes of them."""
        import numpy as np

        if text.isascii():
            return values
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        several = np.flatnonzero(np.take(self._table, codes) == _SEVERAL)
        if not len(several):
            return values
        lengths = np.ones(len(codes), dtype=np.int64)
        lengths[several] = [len(self._several[code]) for code in codes[several].tolist()]
        return np.repeat(values, lengths)

    def _fill(self, block: int) -> None:
        for code in range(block * _BLOCK, (block + 1) * _BLOCK):
            values = tuple(map(_value, fold(chr(code))))
            if len(values) == 1:
                self._table[code] = values[0]
            else:
                self._table[code] = _SEVERAL
                self._several[code] = values

    def _expand(self, codes: Array, folded: Array, starts: Array) -> tuple[Array, Array]:
        """Put the characters in place that fold to none or to several."""
        import numpy as np

        places = np.flatnonzero(folded == _SEVERAL)
        values = [self._several[code] for code in codes[places].tolist()]
        lengths = np.ones(len(codes), dtype=np.int64)
        lengths[places] = [len(v) for v in values]
        ends = np.cumsum(lengths)
        expanded = np.repeat(folded, lengths)
        first = ends[places] - lengths[places]
        for nth in range(max(map(len, values))):
            rows = [n for n, v in enumerate(values) if len(v) > nth]
            expanded[first[rows] + nth] = [values[n][nth] for n in rows]
        moved = np.concatenate((np.zeros(1, dtype=np.int64), ends))[starts]
        return expanded, moved


def _value(character: str) -> int:
    """Return the table's number for a folded character."""
    if character == " ":
        return 0
    code = ord(character)
    return code | next((flag for flag, ranges in _UNSPACED if _within(code, ranges)), 0)


@functools.cache
def fold_table() -> FoldTable:
    """Return the table of this process."""
    return FoldTable()
