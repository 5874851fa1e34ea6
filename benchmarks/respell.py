"""Pages rewritten in the letters of other scripts: the same lines with the same labels, as training material.

Labelled pages in Chinese, Japanese, Thai, Korean, Arabic or Hindi are few. What marks an article among menus (its
length of line, its punctuation, words that return) is much the same in every script, so pages of alphabetic scripts are
respelt: a word becomes the same made-up word wherever it stands.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import partial

__all__ = ["SCRIPTS", "number_of"]

_PIECE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|\s+|.", re.DOTALL)
_FULL_WIDTH = {
    ".": "。", "!": "！", "?": "？", ",": "、", ";": "、", ":": "：",
    **dict.fromkeys('"“„«', "「"), **dict.fromkeys("”»", "」"),
}  # fmt: skip
_KANA, _KATAKANA, _HAN, _THAI, _HANGUL = 0x3042, 0x30A2, 0x4E00, 0x0E01, 0xAC00


def number_of(word: str, salt: int = 0) -> int:
    """Return a number for a word, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(f"{salt}{word}".encode(), digest_size=8).digest(), "little")


def _made_up(word: str, length: float, first: int, letters: int) -> str:
    drawn = (number_of(word, salt) % letters for salt in range(max(1, round(length))))
    return "".join(chr(first + letter) for letter in drawn)


def _chinese(line: str) -> str:
    out = []
    for piece in _PIECE.findall(line):
        said = piece.lower()
        if piece.isspace():
            continue
        if not piece[0].isalpha():
            out.append(_FULL_WIDTH.get(piece, piece))
        elif len(piece) <= 3:
            out.append(_made_up(said, 1 if len(piece) < 3 else 2, _KANA, 70))
        elif piece[0].isupper() and number_of(said) % 3 == 0:
            out.append(_made_up(said, len(piece) / 2, _KATAKANA, 80))
        else:
            ending = _made_up(said[-2:], 1, _KANA, 70) if number_of(said) % 3 == 1 else ""
            out.append(_made_up(said, len(piece) / 2.8, _HAN, 3_000) + ending)
    return re.sub(r"(\d)[。、](\d)", r"\1.\2", "".join(out))


def _thai(line: str) -> str:
    out, before = [], ""
    for piece in _PIECE.findall(line):
        if piece[0].isalpha():
            out.append(_made_up(piece.lower(), max(2.0, len(piece) * 0.9), _THAI, 46))
        elif piece.isspace():
            out.append(" " if before in {",", ";", ":", "."} else "")
        elif piece not in {".", ","}:
            out.append(piece)
        before = piece
    return "".join(out).strip() or line


def _korean(line: str) -> str:
    pieces = _PIECE.findall(line)
    return "".join(_made_up(p.lower(), len(p) / 2.4, _HANGUL, 9_000) if p[0].isalpha() else p for p in pieces)


def _alphabetic(line: str, first: int, letters: int, signs: dict[str, str]) -> str:
    out = []
    for piece in _PIECE.findall(line):
        if piece[0].isalpha():
            out.append("".join(chr(first + ord(letter) * 7 % letters) for letter in piece.lower()))
        else:
            out.append(signs.get(piece, piece))
    return "".join(out)


def _lower_headlines(line: str) -> str:
    """Write headlines and menus as most languages do: lower case but for the first letter and some names."""
    out, first = [], True
    for piece in _PIECE.findall(line):
        word = piece
        if piece[0].isalpha():
            if not first and piece[0].isupper() and piece[1:].islower() and number_of(piece.lower()) % 4:
                word = piece.lower()
            first = False
        elif piece in {".", "!", "?"}:
            first = True
        out.append(word)
    return "".join(out)


# The most frequent first; a page gets one of them.
SCRIPTS: tuple[Callable[[str], str], ...] = (
    *(_chinese,) * 3,
    _thai,
    _korean,
    partial(_alphabetic, first=0x0621, letters=26, signs={",": "،", "?": "؟", ";": "؛"}),  # Arabic
    partial(_alphabetic, first=0x0905, letters=50, signs={".": "।"}),  # Hindi
    *(_lower_headlines,) * 2,
)
