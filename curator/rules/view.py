"""The view: a text as rules see it, line by line, with a way back to the original offsets.

Rules never meet no-break spaces, curly quotes, long dashes, full-width colons, zero-width characters or the Turkish i:
the view has one plain form of each. Every replacement is one character for one, so an offset in a view line is an
offset in the text; only lines with zero-width characters need a map.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property

from curator.document import Removal

__all__ = ["UNSPACED", "View", "as_bytes", "fold", "marker_length", "normalise", "view_of"]

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
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_ODD = re.compile(f"[{''.join(map(re.escape, _PLAIN_FORM))}{_INVISIBLE}]")
_ODD_ASCII = "\t\v\f"
_ASCII = bytes(range(128))
_MANY = 8  # one byte of so many beyond ASCII: a text in a script of its own
# What extractors put before items and links: "- ", "> ", "• ", "👉 "; never the whole line. Long dashes are not among
# them: they open speech in many languages.
_MARKS = "-*+>|•●▪■◆▶►→›✓☛👉"
_MARKER = re.compile(rf"(?:[{_MARKS}]\uFE0F?[ \u00a0]+)+(?=\S)")
_LINE = re.compile(r"\S(?:[^\n]*\S)?")
_ZERO_WIDTH = re.compile(f"[{_INVISIBLE}]")

# Scripts written without spaces: two characters count as one word.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
# Thai, Lao, Burmese and Khmer end a sentence with a space or with nothing.
_UNPUNCTUATED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]$")
_UNPUNCTUATED_SENTENCE = 40  # characters; captions and headlines in these scripts are shorter as a rule
_CLOSERS = "\"')]}\u300d\u300f\uff09\u3011\u203a"
_TERMINALS = tuple(".!?\u2026\u3002\uff01\uff1f\uff0e\u0964\u06d4\u061f\u1362\u1367\u0589")
_PROSE_WORDS = 12
# Characters: twelve words have eleven spaces between them, or are twenty-four characters of an unspaced script.
_SHORTEST_PROSE = 2 * _PROSE_WORDS - 2
_LONG_WORD = re.compile(r"[^\W\d_][\w'-]{3,}")  # articles and prepositions are short and lower case even in headlines
_TITLE_CASE = 0.75
# Cleaning asks for the view of a text four times; of a long one the memory it takes matters more.
_LONGEST_REMEMBERED = 200_000  # characters
_ASCII_FOLD = {code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)}


def normalise(text: str) -> str:
    """Return the text in plain form, character for character; zero-width characters stay.

    >>> normalise("READ\u00a0 “Iran” – x")
    'READ  "Iran" - x'
    """
    return _plain(text)[0]


def as_bytes(text: str) -> bytes:
    """Return text as RE2 and the automaton read it: UTF-8, lone surrogates as they are."""
    return text.encode("utf-8", "surrogatepass")


def _beyond_ascii(text: str) -> frozenset[str] | None:
    """Return the characters of a text beyond ASCII, or None where they are too many to tell them fast."""
    beyond = as_bytes(text).translate(None, _ASCII)
    return None if len(beyond) * _MANY > len(text) else frozenset(beyond.decode("utf-8", "surrogatepass"))


def _plain(text: str, beyond: frozenset[str] | None = None) -> tuple[str, bool]:
    """Return the text in plain form, and whether it has zero-width characters; `beyond`: all it has beyond ASCII."""
    odds = set(_ODD.findall(text if beyond is None else "".join(beyond)))
    odds.update(odd for odd in _ODD_ASCII if odd in text)
    plain_forms = odds & _PLAIN_FORM.keys()
    for odd in plain_forms:  # a few replacements are ten times as fast as one translation
        text = text.replace(odd, _PLAIN_FORM[odd])
    return text, plain_forms != odds


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
    if text.isascii():  # most lines; a tenth of the time
        return text.translate(_ASCII_FOLD)
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


class View:
    """The non-blank lines of a text in plain form.

    Attributes:
        text: the text, untouched.
        lines: the plain form of each line, without the list marker an extractor may have put before it.
        starts, ends: offsets in `text` of each line's first character and past its last, outer white space left out.
        beyond_ascii: the characters of the text beyond ASCII, and maybe others; None where they are too many to tell.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.beyond_ascii = _beyond_ascii(text)
        plain, has_invisible = _plain(text, self.beyond_ascii)
        self.lines: list[str] = _LINE.findall(plain)
        self._markers: dict[int, int] = {}  # line -> the length of the list marker before it
        # By the line itself, so that what is left of a text (`without`) need not count again.
        self._words: dict[str, int] = {}
        self._folds: dict[str, str] = {}
        marked = [line for line, seen in enumerate(self.lines) if seen[0] in _MARKS and _MARKER.match(seen)]
        untouched = _LINE.findall(text) if marked else []
        for line in marked:
            length = marker_length(untouched[line])
            if length:  # none where a long dash was made plain
                self._markers[line] = length
                self.lines[line] = self.lines[line][length:]
        if has_invisible:
            self._leave_out_invisible()

    def _leave_out_invisible(self) -> None:
        """Take zero-width characters out of the lines, and lines out that have no others."""
        lines = [line.strip() for line in _ZERO_WIDTH.sub("", "\n".join(self.lines)).split("\n")]
        if "" in lines:
            seen = [line for line, text in enumerate(lines) if text]
            lines = [lines[line] for line in seen]
            self._bounds = [self._bounds[line] for line in seen]
            self._markers = {now: self._markers[line] for now, line in enumerate(seen) if line in self._markers}
        self.lines = lines

    @cached_property
    def _bounds(self) -> list[tuple[int, int]]:
        # Most texts come and go and nobody asks where their lines stand.
        return [found.span() for found in _LINE.finditer(self.text)]

    @cached_property
    def starts(self) -> list[int]:
        """Offsets in the text of the first character of each line."""
        return [start for start, _ in self._bounds]

    @cached_property
    def ends(self) -> list[int]:
        """Offsets in the text past the last character of each line."""
        return [end for _, end in self._bounds]

    def without(self, removals: Sequence[Removal], kept: Sequence[int]) -> View:
        """Return the view of this text without whole lines, as if made from what is left.

        Args:
            removals: what goes, in order: no piece of a line that stays.
            kept: the numbers of the lines that stay.
        """
        left = View.__new__(View)
        pieces, position = [], 0
        for removal in removals:
            pieces.append(self.text[position : removal.start])
            position = removal.end
        left.text = "".join([*pieces, self.text[position:]])
        bounds = left._bounds = []  # noqa: SLF001  (a view of its own kind, here and below)
        gone = 0
        waiting = iter([*removals, None])
        upcoming = next(waiting)
        for first, past in _stretches(kept):
            while upcoming and upcoming.end <= self._bounds[first][0]:
                gone += upcoming.end - upcoming.start
                upcoming = next(waiting)
            bounds += [(start - gone, end - gone) for start, end in self._bounds[first:past]]
        left.lines = [self.lines[line] for line in kept]
        left.beyond_ascii = self.beyond_ascii
        left._words, left._folds = self._words, self._folds  # noqa: SLF001
        numbers = {line: number for number, line in enumerate(kept)}
        left._markers = {numbers[line]: length for line, length in self._markers.items() if line in numbers}  # noqa: SLF001
        left.prose = tuple(numbers[line] for line in self.prose if line in numbers)
        return left

    def __len__(self) -> int:
        return len(self.lines)

    def offset(self, line: int, index: int) -> int:
        """Return the offset in the text of character `index` of a view line."""
        start, end = self._bounds[line]
        start += self._markers.get(line, 0)
        if len(self.lines[line]) == end - start:
            return start + index
        position, left = start, index
        while position < end and (left or _ZERO_WIDTH.match(self.text, position)):
            left -= 0 if _ZERO_WIDTH.match(self.text, position) else 1
            position += 1
        return position

    def words(self, line: int) -> int:
        """Return the number of words of a line; two characters of an unspaced script are one."""
        text = self.lines[line]
        if text not in self._words:
            unspaced = 0 if text.isascii() else len(UNSPACED.findall(text))
            if unspaced:
                others = sum(any(map(str.isalnum, word)) for word in UNSPACED.sub(" ", text).split())
                self._words[text] = others + math.ceil(unspaced / 2)
            else:
                self._words[text] = len(text.split())
        return self._words[text]

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
        return len(self.lines[line]) > _SHORTEST_PROSE and self.is_sentence(line) and self.words(line) >= _PROSE_WORDS

    def fold(self, line: int) -> str:
        """Return the letters and digits of a line, case folded."""
        text = self.lines[line]
        if text not in self._folds:
            self._folds[text] = fold(text)
        return self._folds[text]

    @cached_property
    def prose(self) -> tuple[int, ...]:
        """The line numbers of running text, in order."""
        return tuple(i for i, line in enumerate(self.lines) if len(line) > _SHORTEST_PROSE and self.is_prose(i))


def view_of(text: str) -> View:
    """Return the view of a text; the same one again where it is asked for soon, with what was counted in it."""
    return _view_of(text) if len(text) <= _LONGEST_REMEMBERED else View(text)


@functools.lru_cache(maxsize=4)
def _view_of(text: str) -> View:
    return View(text)


def _stretches(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of consecutive numbers: the first, and one past the last."""
    first = 0
    for i in range(1, len(numbers) + 1):
        if i == len(numbers) or numbers[i] != numbers[i - 1] + 1:
            yield numbers[first], numbers[i - 1] + 1
            first = i
