"""What a pattern cannot match without: literals that let one automaton rule out almost every line before RE2 is asked.

The idea is that of RE2's FilteredRE2 (R. Cox, "Regular Expression Matching with a Trigram Index", 2012), on whole
literals instead of trigrams. Patterns are read here by RE2's syntax, as far as literals need it; Python's own parser of
expressions takes twice the time, a good part of what a command pays before its work begins.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = [
    "ALTERNATIVES",
    "EMPTY",
    "NONE",
    "Atoms",
    "Known",
    "Parts",
    "Strings",
    "joined_strings",
    "read",
    "required_atoms",
]

Strings = frozenset[str]

ALTERNATIVES = 256  # more alternatives than this are no filter
_ANCHOR_WORTH = 4  # bytes: three letters at the beginning of a line are as rare as seven anywhere
_SHORTEST = 3  # bytes; shorter literals are in every other line
EMPTY: Strings = frozenset({""})
NONE: Strings = frozenset()
_DIGITS: Strings = frozenset("0123456789")
_TOKEN = re.compile(
    r"""
      (?P<text>[^\\^$.|?*+()\[\]{}]+)
    | \\(?P<escape>[pP](?:\{\^?\w+\}|\w)|x(?:\{[0-9A-Fa-f]+\}|[0-9A-Fa-f]{2})|.)
    | (?P<class>\[\^?\]?(?:[^\]\\[]|\\.|\[:\^?\w+:\]|\[)*\])
    | (?P<flags>\(\?[a-zA-Z]*-?[a-zA-Z]*\))
    | (?P<open>\((?:\?(?:P?<\w+>|[a-zA-Z]*-?[a-zA-Z]*:))?)
    | (?P<close>\))
    | (?P<or>\|)
    | (?P<count>[*+?]|\{\d+(?:,\d*)?\})\??
    | (?P<anchor>[\^$])
    | (?P<any>[.])
    | (?P<brace>[{}\]])
    """,
    re.VERBOSE | re.DOTALL,
)
_ZERO_WIDTH = "bBAz"
_ANCHORS = {("anchor", "^"): "^", ("escape", "A"): "^", ("anchor", "$"): "$", ("escape", "z"): "$"}
_CLASS_LETTERS = re.compile(r"\\\w|\[:|.-.", re.DOTALL)  # in a class: \d, \pL, [:alpha:], a range


@dataclass(frozen=True, slots=True)
class Atoms:
    """Literals (lower case) of which every match contains at least one; `anchored`: at the beginning of the line."""

    literals: Strings
    anchored: bool = False

    @property
    def rarity(self) -> int:
        """How rare the commonest of the literals is, roughly: few lines begin with what many hold."""
        return self.shortest + _ANCHOR_WORTH * self.anchored

    @property
    def shortest(self) -> int:
        """The length of the shortest literal, in bytes of UTF-8."""
        return min([len(literal.encode("utf-8", "surrogatepass")) for literal in self.literals])


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a part of a pattern.

    Attributes:
        exact: the strings it matches, where they are few and known.
        best: its best literals.
        opening, closing: strings of which every match of something begins or ends with one; "" begins everything.
        optional: whether it may match nothing.
    """

    exact: Strings | None = None
    best: Atoms | None = None
    opening: Strings = EMPTY
    closing: Strings = EMPTY
    optional: bool = False


_UNKNOWN = Known()


@functools.lru_cache(maxsize=20_000)
def required_atoms(pattern: str) -> Atoms | None:
    r"""Return the literals a pattern cannot match without, or None where there are none worth looking for.

    >>> sorted(required_atoms(r"^(read|see) also ?[:\d]").literals)
    ['read also', 'read also ', 'see also', 'see also ']
    >>> required_atoms(r"^\d{1,2}:\d{2}$") is None
    True
    """
    best = read(pattern, Parts).best
    return best if best and best.shortest >= _SHORTEST else None


def read(pattern: str, parts: type[Parts]) -> Known:
    """Return what is known of a pattern; `parts` is how parts that follow one another are put together."""
    try:
        return _Reader(pattern, parts).alternatives(at_start=False)
    except _UnreadableError:
        return _UNKNOWN


class _UnreadableError(Exception):
    """A pattern uses syntax that is not known here; it is then asked on every line, and RE2 judges it."""


class Parts:
    """Parts of a pattern that follow one another, joined as far as their strings are few and known."""

    def __init__(self, *, at_start: bool) -> None:
        self.at_start = at_start  # whether what comes next can only stand at the beginning of the line
        self._first = True
        self._found: list[Atoms] = []
        self._whole: Strings | None = EMPTY
        self._strings, self._anchored = EMPTY, False

    @property
    def opens(self) -> bool:
        """Whether the next part stands at the beginning of the line, with nothing before it."""
        return self.at_start and self._strings == EMPTY

    def add(self, part: Known, *, anchor: str = "") -> None:
        """Add what is known of the next part; `anchor`: ^ or $, it matches the edge of the line and nothing else."""
        exact, inner = part.exact, part.best
        self._whole = joined_strings(self._whole, exact)
        joined = joined_strings(self._strings, exact)
        if joined:
            self._anchored = self._anchored or self.opens
            self._strings = joined
        else:
            self._close()
            self._found += [inner] if inner else []
            # What cannot be joined to the strings before it may begin strings of its own.
            self._strings, self._anchored = exact or EMPTY, False
        self.at_start = anchor == "^" and (self._first or self.at_start)
        self._first = False

    def known(self) -> Known:
        """Return what is known of all of it; the best literals are the rarest, then the fewest."""
        self._close()
        best = max(self._found, key=lambda atoms: (atoms.rarity, -len(atoms.literals))) if self._found else None
        return Known(self._whole, best)

    def _close(self) -> None:
        if "" not in self._strings:
            self._found.append(Atoms(self._strings, self._anchored))


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str, parts: type[Parts]) -> None:
        self._parts = parts
        self._tokens = list(_tokens(pattern))
        self._next = 0

    def alternatives(self, *, at_start: bool) -> Known:
        """Read up to the parenthesis that closes this group, or the end."""
        branches = []
        depth_start = at_start
        sequence = self._parts(at_start=depth_start)
        while self._next < len(self._tokens):
            kind, text = self._tokens[self._next]
            self._next += 1
            if kind == "close":
                break
            if kind == "or":
                branches.append(sequence.known())
                sequence = self._parts(at_start=depth_start)
            elif kind != "flags":
                self._part(sequence, kind, text)
        branches.append(sequence.known())
        return branches[0] if len(branches) == 1 else _either(branches)

    def _part(self, sequence: Parts, kind: str, text: str) -> None:
        if kind == "text":
            if len(text) > 1 and self._counted():  # a count is about the last character only
                sequence.add(Known(frozenset({text[:-1].lower()})))
                text = text[-1]
            known = Known(frozenset({text.lower()}))
        elif kind == "open":
            known = self.alternatives(at_start=sequence.opens)
        elif kind == "class":
            known = _class(text[1:-1])
        elif kind == "escape":
            known = _escaped(text)
        elif kind == "anchor":
            known = Known(EMPTY)
        else:
            known = _UNKNOWN
        anchor = "" if self._counted() else _ANCHORS.get((kind, text), "")
        sequence.add(self._repeated(known), anchor=anchor)

    def _counted(self) -> bool:
        return self._next < len(self._tokens) and self._tokens[self._next][0] == "count"

    def _repeated(self, known: Known) -> Known:
        """Return what is known of a part with the count that follows it, if one does."""
        while self._counted():
            count = self._tokens[self._next][1]
            self._next += 1
            exact = known.exact
            opening, closing = exact or known.opening, exact or known.closing
            if count == "?":
                known = Known(exact | EMPTY if exact else None, None, opening, closing, optional=True)
            elif count == "*" or re.match(r"\{0+\D", count):
                known = Known(None, None, opening, closing, optional=True)
            else:
                best = known.best or (Atoms(exact) if exact and "" not in exact else None)
                known = Known(None, best, opening, closing, known.optional)
        return known


def _tokens(pattern: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(pattern):
        found = _TOKEN.match(pattern, position)
        if found is None or found.lastgroup is None or found["escape"] in ("Q", "C"):
            raise _UnreadableError
        yield found.lastgroup, found[found.lastgroup]
        position = found.end()


def _escaped(escape: str) -> Known:
    if escape in _ZERO_WIDTH:
        return Known(EMPTY)
    if escape[0] == "x" and len(escape) > 1:
        return Known(frozenset({chr(int(escape.strip("x{}"), 16)).lower()}))
    if escape == "d":
        return Known(opening=_DIGITS, closing=_DIGITS)
    return _UNKNOWN if escape[0].isalnum() else Known(frozenset({escape.lower()}))


def _class(inside: str) -> Known:
    """Return what is known of a class: its characters where they are listed one by one or all digits are among them."""
    if inside.startswith("^"):
        return _UNKNOWN
    listed = inside.replace("\\d", "").replace("0-9", "")
    if _CLASS_LETTERS.search(listed):
        return _UNKNOWN
    characters = frozenset(re.sub(r"\\(.)", r"\1", listed).lower())
    if listed == inside:
        return Known(characters)
    characters |= _DIGITS  # too many to be joined to what follows
    return Known(opening=characters, closing=characters)


def joined_strings(first: Strings | None, second: Strings | None) -> Strings | None:
    """Return all strings of the first with one of the second after it; None where they are unknown or too many."""
    if not first or not second or len(first) * len(second) > ALTERNATIVES:
        return None
    if first is EMPTY or second is EMPTY:
        return second if first is EMPTY else first
    return frozenset([a + b for a in first for b in second])


def _either(branches: Sequence[Known]) -> Known:
    exact = [known.exact for known in branches if known.exact]
    strings = frozenset().union(*exact) if len(exact) == len(branches) else None
    opening = NONE.union(*[known.opening for known in branches])
    closing = NONE.union(*[known.closing for known in branches])
    found = [known.best for known in branches if known.best]
    literals: Strings = frozenset(literal for atoms in found for literal in atoms.literals)
    if len(found) < len(branches) or len(literals) > ALTERNATIVES:
        return Known(strings, None, opening, closing)
    return Known(strings, Atoms(literals, all(atoms.anchored for atoms in found)), opening, closing)
