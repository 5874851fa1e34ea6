"""The view: a text as rules see it, line by line, with a way back to the original offsets.

Rules never meet no-break spaces, curly quotes, long dashes, full-width colons, zero-width characters or the Turkish i:
the view has one plain form of each. Every replacement is one character for one, so an offset in a view line is an
offset in the text; only lines with zero-width characters need a map.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import cached_property

__all__ = ["View", "fold", "marker_length", "normalise"]

_PLAIN = {
    " ": "\t\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    "'": "\u2018\u2019\u201a\u201b\u2032\u02bc\uff07",
    '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d",
    ":": "\uff1a\ufe55\ua789",
    "|": "\uff5c\u2502\u00a6",
    "i": "\u0130\u0131",
}
_PLAIN_FORM = {odd: plain for plain, odds in _PLAIN.items() for odd in odds}
_ODD = re.compile("[" + "".join(map(re.escape, _PLAIN_FORM)) + "]")
# What extractors put before items and links: "- ", "> ", "• ", "👉 "; never the whole line. Long dashes are not among
# them: they open speech in many languages.
_MARKER = re.compile(r"(?:[-*+>|•●▪■◆▶►→›✓☛👉]\uFE0F?[ \u00a0]+)+(?=\S)")
_LINE = re.compile(r"\S[^\n]*")
_ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")

# Scripts written without spaces: two characters count as one word.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
# Thai, Lao, Burmese and Khmer end a sentence with a space or with nothing.
_UNPUNCTUATED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]$")
_UNPUNCTUATED_SENTENCE = 40  # characters; captions and headlines in these scripts are shorter as a rule
_CLOSERS = "\"')]}\u300d\u300f\uff09\u3011\u203a"
_TERMINALS = tuple(".!?\u2026\u3002\uff01\uff1f\uff0e\u0964\u06d4\u061f\u1362\u1367\u0589")
_PROSE_WORDS = 12
_LONG_WORD = re.compile(r"[^\W\d_][\w'-]{3,}")  # articles and prepositions are short and lower case even in headlines
_TITLE_CASE = 0.75


def normalise(text: str) -> str:
    """Return the text in plain form, character for character; zero-width characters stay.

    >>> normalise("READ\u00a0 “Iran” – x")
    'READ  "Iran" - x'
    """
    for odd in set(_ODD.findall(text)):  # a few replacements are ten times as fast as one translation
        text = text.replace(odd, _PLAIN_FORM[odd])
    return text


def marker_length(text: str, start: int = 0, end: int | None = None) -> int:
    """Return the length of the list marker before a line: what stands between its first character and its text.

    >>> marker_length("- > Read also"), marker_length("– No, he said."), marker_length("-5 degrees")
    (4, 0, 0)
    """
    found = _MARKER.match(text, start, len(text) if end is None else end)
    return found.end() - start if found else 0


def fold(text: str) -> str:
    """Return the letters and digits of a text, case folded: two lines with one fold say the same.

    >>> fold("Beja Gadget!") == fold("Bejagadget")
    True
    """
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


class View:
    """The non-blank lines of a text in plain form.

    Attributes:
        text: the text, untouched.
        starts, ends: offsets in `text` of each line's first character and past its last, outer white space left out.
        lines: the plain form of each line, without the list marker an extractor may have put before it.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.lines: list[str] = []
        self._bases: list[int] = []  # offset of the first character of each plain line
        plain = normalise(text)
        invisible = _ZERO_WIDTH.search(plain) is not None
        for found in _LINE.finditer(plain):
            raw = found.group().rstrip()
            base = marker_length(text, found.start(), found.start() + len(raw))
            seen = _ZERO_WIDTH.sub("", raw[base:]).strip() if invisible else raw[base:] if base else raw
            if seen:
                self.starts.append(found.start())
                self.ends.append(found.start() + len(raw))
                self.lines.append(seen)
                self._bases.append(found.start() + base)
        self._words: dict[int, int] = {}
        self._folds: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self.lines)

    def offset(self, line: int, index: int) -> int:
        """Return the offset in the text of character `index` of a view line."""
        start, end = self._bases[line], self.ends[line]
        if len(self.lines[line]) == end - start:
            return start + index
        position, left = start, index
        while position < end and (left or _ZERO_WIDTH.match(self.text, position)):
            left -= 0 if _ZERO_WIDTH.match(self.text, position) else 1
            position += 1
        return position

    def words(self, line: int) -> int:
        """Return the number of words of a line; two characters of an unspaced script are one."""
        if line not in self._words:
            text = self.lines[line]
            unspaced = 0 if text.isascii() else len(_UNSPACED.findall(text))
            if unspaced:
                others = sum(any(map(str.isalnum, word)) for word in _UNSPACED.sub(" ", text).split())
                self._words[line] = others + math.ceil(unspaced / 2)
            else:
                self._words[line] = len(text.split())
        return self._words[line]

    def is_sentence(self, line: int) -> bool:
        """Tell whether a line ends as a sentence ends, closing quotes and brackets aside."""
        text = self.lines[line].rstrip(_CLOSERS)
        if text.endswith(_TERMINALS):
            return True
        return len(text) >= _UNPUNCTUATED_SENTENCE and _UNPUNCTUATED.search(text) is not None

    def is_title_case(self, line: int) -> bool:
        """Tell whether most longer words of a line begin with a capital, as headlines do in some languages."""
        words = _LONG_WORD.findall(self.lines[line])
        return bool(words) and sum(word[0].isupper() for word in words) >= _TITLE_CASE * len(words)

    def is_prose(self, line: int) -> bool:
        """Tell whether a line is running text: at least twelve words and a sentence end."""
        # Twelve words have eleven spaces between them, or twenty-four characters of an unspaced script.
        return (
            len(self.lines[line]) > 2 * _PROSE_WORDS - 2 and self.words(line) >= _PROSE_WORDS and self.is_sentence(line)
        )

    def fold(self, line: int) -> str:
        """Return the letters and digits of a line, case folded."""
        if line not in self._folds:
            self._folds[line] = fold(self.lines[line])
        return self._folds[line]

    @cached_property
    def prose(self) -> tuple[int, ...]:
        """The line numbers of running text, in order."""
        return tuple(i for i in range(len(self)) if self.is_prose(i))
