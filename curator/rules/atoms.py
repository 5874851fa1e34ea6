"""What a pattern cannot match without: literals that let one automaton rule out almost every line before RE2 is asked.

The idea is that of RE2's FilteredRE2 (R. Cox, "Regular Expression Matching with a Trigram Index", 2012), on whole
literals instead of trigrams.
"""

from __future__ import annotations

import functools
import re
import re._constants as ops  # type: ignore[import-not-found]  # the parser of `re`, private but stable since 3.11
import re._parser as parser  # type: ignore[import-not-found]
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

__all__ = ["Atoms", "required_atoms"]

# RE2's Unicode classes, which Python's parser does not know; for the literals around them any class will do.
_UNICODE_CLASS = re.compile(r"\\[pP](?:\{\^?\w+\}|\w)")
_ALTERNATIVES = 256  # more alternatives than this are no filter
_ANCHOR_WORTH = 4  # bytes: three letters at the beginning of a line are as rare as seven anywhere
_SHORTEST = 3  # bytes; shorter literals are in every other line


@dataclass(frozen=True, slots=True)
class Atoms:
    """Literals (lower case) of which every match contains at least one; `anchored`: at the beginning of the line."""

    literals: frozenset[str]
    anchored: bool = False

    @property
    def rarity(self) -> int:
        """How rare the commonest of the literals is, roughly: few lines begin with what many hold."""
        return self.shortest + _ANCHOR_WORTH * self.anchored

    @property
    def shortest(self) -> int:
        """The length of the shortest literal, in bytes of UTF-8."""
        return min(len(literal.encode("utf-8", "surrogatepass")) for literal in self.literals)


@functools.lru_cache(maxsize=20_000)
def required_atoms(pattern: str) -> Atoms | None:
    r"""Return the literals a pattern cannot match without, or None where there are none worth looking for.

    >>> sorted(required_atoms(r"^(read|see) also ?[:\d]").literals)
    ['read also', 'read also ', 'see also', 'see also ']
    >>> required_atoms(r"^\d{1,2}:\d{2}$") is None
    True
    """
    best = _required(_parse(pattern))
    return best if best and best.shortest >= _SHORTEST else None


def _parse(pattern: str) -> list[Any]:
    """Return a pattern parsed, or nothing where it uses RE2 syntax that Python does not have."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about classes that another version of Python may read otherwise
            return list(parser.parse(_UNICODE_CLASS.sub(r"\\w", pattern), re.IGNORECASE))
    except (re.error, RecursionError, OverflowError):
        return []


def _required(nodes: Sequence[Any], at_start: bool = False) -> Atoms | None:
    """Return the best literals of a sequence of parsed nodes: the rarest, then the fewest.

    Args:
        at_start: whether the sequence can only match at the beginning of the line.
    """
    found: list[Atoms] = []
    strings, anchored = {""}, False
    for position, (kind, value) in enumerate([*nodes, (None, None)]):
        exact = _exact(kind, value)
        joined = {a + b for a, b in product(strings, exact)} if exact else set()
        if 0 < len(joined) <= _ALTERNATIVES:
            anchored = anchored or (strings == {""} and at_start)
            strings = joined
        else:
            if "" not in strings:
                found.append(Atoms(frozenset(strings), anchored))
            inner = _inner(kind, value, at_start and strings == {""})
            if inner:
                found.append(inner)
            # What cannot be joined to the strings before it may begin strings of its own.
            strings, anchored = (exact, False) if exact and len(exact) <= _ALTERNATIVES else ({""}, False)
        begins = kind is ops.AT and value in (ops.AT_BEGINNING, ops.AT_BEGINNING_STRING)
        at_start = begins and (position == 0 or at_start)
    return max(found, key=lambda atoms: (atoms.rarity, -len(atoms.literals)), default=None)


def _exact(kind: Any, value: Any) -> set[str] | None:
    """Return the strings a node matches, lower case, or None where they are not few and known."""
    if kind is ops.LITERAL:
        return {chr(value).lower()}
    if kind is ops.AT:
        return {""}
    if kind is ops.IN and all(k is ops.LITERAL for k, _ in value):
        return {chr(v).lower() for _, v in value}
    if kind is ops.SUBPATTERN:
        return _exact_sequence(value[3])
    if kind is ops.BRANCH:
        branches = [_exact_sequence(branch) for branch in value[1]]
        return None if any(b is None for b in branches) else {s for b in branches if b for s in b}
    if kind in (ops.MAX_REPEAT, ops.MIN_REPEAT) and value[:2] == (0, 1):
        inner = _exact_sequence(value[2])
        return None if inner is None else inner | {""}
    return None


def _exact_sequence(nodes: Iterable[Any]) -> set[str] | None:
    strings = {""}
    for kind, value in nodes:
        exact = _exact(kind, value)
        if exact is None or len(strings) * len(exact) > _ALTERNATIVES:
            return None
        strings = {a + b for a, b in product(strings, exact)}
    return strings


def _inner(kind: Any, value: Any, at_start: bool) -> Atoms | None:
    """Return the literals a compound node cannot match without."""
    if kind is ops.SUBPATTERN:
        return _required(list(value[3]), at_start)
    if kind in (ops.MAX_REPEAT, ops.MIN_REPEAT) and value[0] >= 1:
        return _required(list(value[2]), at_start)
    if kind is ops.BRANCH:
        return _any_of([_required(list(branch), at_start) for branch in value[1]])
    return None


def _any_of(branches: Sequence[Atoms | None]) -> Atoms | None:
    found = [atoms for atoms in branches if atoms]
    union = frozenset(literal for atoms in found for literal in atoms.literals)
    if len(found) < len(branches) or not 0 < len(union) <= _ALTERNATIVES:
        return None
    return Atoms(union, all(atoms.anchored for atoms in found))
