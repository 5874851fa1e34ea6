"""Patterns on lines: compiled by RE2, which cannot be made to hang, and asked one by one or many at once."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from curator.errors import RuleError
from curator.rules.edges import edges
from curator.rules.view import View, as_bytes

__all__ = [
    "MAX_PATTERN_MEMORY",
    "Hit",
    "Pattern",
    "Screen",
    "compile_any",
    "compile_pattern",
    "one_case",
    "one_case_bytes",
    "screens",
    "window",
]

MAX_PATTERN_MEMORY = 8 << 20  # bytes RE2 may use for one pattern: its own default, named so that checks can quote it
# Instructions in the patterns of one screen. Larger ones have more states than RE2 keeps and are twenty times as slow:
# over whole pages, 22 patterns ran at 8 MB/s in one screen and at 57 MB/s in nine of this size.
_MAX_SCREEN_SIZE = 16_000
_MAX_SCREEN_MEMORY = 4 * MAX_PATTERN_MEMORY
_CLASS_SIZE = 600  # instructions of one class of Unicode letters
# A count of Unicode letters, among escapes and other classes.
_COUNT = re.compile(
    r"(?P<letters>\\[pP]\{\^?\w+\}|\[(?:[^\]\\[]|\\.)*\\[pP](?:[^\]\\[]|\\.)*\])\{(?P<least>\d+),\d*\}"
    r"|\\.|\[\^?\]?(?:[^\]\\[]|\\.|\[:\^?\w+:\]|\[)*\]",
    re.DOTALL,
)
_GROUP_NAME = re.compile(r"\(\?P?<\w+>")


class Hit(NamedTuple):
    """One rule found its text in one line.

    `cut` is what a span rule takes out, `value` what an extract rule keeps; both in characters of the view line.
    """

    cut: tuple[int, int]
    value: tuple[int, int] | None = None


def one_case(plain: str) -> str:
    """Return plain text in the case in which literals are compared, character for character."""
    return plain.lower().replace("ς", "σ")


def one_case_bytes(plain: str, beyond_ascii: Iterable[str] | None) -> bytes:
    """Return `as_bytes(one_case(plain))`, in half the time where it is known what the text has beyond ASCII."""
    if beyond_ascii is None:
        return as_bytes(one_case(plain))
    data = as_bytes(plain).lower()
    for character in beyond_ascii:
        other = one_case(character)
        if other != character:
            data = data.replace(as_bytes(character), as_bytes(other))
    return data


@functools.lru_cache(maxsize=20_000)
def compile_pattern(pattern: str, where: str = "") -> Any:
    """Compile one RE2 pattern for bytes (UTF-8), caseless unless it says `(?-i:…)`; `where` is for the error.

    Raises:
        RuleError: RE2 cannot compile it in `MAX_PATTERN_MEMORY` bytes.
    """
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MAX_PATTERN_MEMORY
    options.never_capture = not _GROUP_NAME.search(pattern)  # only groups with a name are asked for, and all take time
    try:
        return re2.compile(as_bytes(pattern), options)
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        hint = "patterns are RE2: no look-around, no back-references; put a literal into is, starts, ends or has"
        raise RuleError(f"pattern does not compile: {reason}: {pattern}", where=where, hint=hint) from None


@functools.lru_cache(maxsize=20_000)
def compile_any(patterns: tuple[str, ...]) -> tuple[Any, ...]:
    """Compile patterns of which it matters only whether one matches: to one, where RE2 can hold it.

    Raises:
        RuleError: RE2 cannot compile a pattern in `MAX_PATTERN_MEMORY` bytes.
    """
    try:
        return (compile_pattern("|".join(f"(?:{_GROUP_NAME.sub('(?:', pattern)})" for pattern in patterns)),)
    except RuleError:
        return tuple(compile_pattern(pattern) for pattern in patterns)


@functools.lru_cache(maxsize=1_000)
def _compile_screens(patterns: tuple[str, ...]) -> list[tuple[Any, frozenset[str]]]:
    """Compile patterns to as few as run fast; each finds, in many lines at once, what any of its patterns would.

    Returns:
        what was compiled, and the patterns in it.
    """
    groups: list[list[str]] = []
    size = 0
    for pattern in sorted(patterns, key=lambda p: (_rough_size(p), p)):
        size += _rough_size(pattern)
        if not groups or size > _MAX_SCREEN_SIZE:
            groups.append([])
            size = _rough_size(pattern)
        groups[-1].append(pattern)
    return [(_compile_multiline(tuple(group)), frozenset(group)) for group in groups]


def _rough_size(pattern: str) -> int:
    """Return about how many instructions RE2 makes of a pattern without counts: what tells is its Unicode classes."""
    return len(pattern) + _CLASS_SIZE * pattern.count("\\p")


def _without_counts(pattern: str) -> str:
    r"""Return a pattern that matches wherever this one does, and is many times smaller.

    What makes patterns large is counts of Unicode letters: each is as many copies of a class of 600 instructions.

    >>> _without_counts(r"^[\p{L}.]{2,40}( \d{4}){0,2}$")
    '^[\\p{L}.]+( \\d{4}){0,2}$'
    """

    def loosened(found: re.Match[str]) -> str:
        return found[0] if not found["letters"] else found["letters"] + ("+" if int(found["least"]) else "*")

    return _COUNT.sub(loosened, pattern)


@functools.lru_cache(maxsize=20_000)
def _compile_multiline(patterns: tuple[str, ...]) -> Any:
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.never_nl = True  # a negated class must not reach into the next line
    options.never_capture = True
    options.max_mem = _MAX_SCREEN_MEMORY
    branches = (f"(?:{_GROUP_NAME.sub('(?:', _without_counts(pattern))})" for pattern in patterns)
    return re2.compile(as_bytes(f"(?m)(?:{'|'.join(branches)}).*"), options)  # to the end of the line: found once


@dataclass(frozen=True, eq=False)
class Pattern:
    """One pattern of a rule, and the lines its rule may look at: the first and last so many, or all."""

    rule: int
    source: str
    first: int | None
    last: int | None

    @functools.cached_property
    def edges(self) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """What a line it matches begins with, one or the other, and ends with: in one case, with the breaks around it.

        Where that may be anything, it is the break alone.
        """
        begins, ends = (tuple(as_bytes(one_case(text)) for text in texts) for texts in edges(self.source))
        return begins, ends

    @property
    def bound(self) -> bool:
        """Whether the rule looks at the head or the tail of a text only."""
        return bool(self.first or self.last)

    def fits(self, line: bytes) -> bool:
        """Tell whether a line, in one case and with the breaks around it, begins and ends as one it matches."""
        begins, ends = self.edges
        return line.startswith(begins) and line.endswith(ends)

    def find(self, line: str) -> Hit | None:
        """Ask RE2 about one view line."""
        compiled = compile_pattern(self.source)
        data = as_bytes(line)
        found = compiled.search(data)
        if found is None:
            return None
        groups = compiled.groupindex
        value = found.span(groups[b"value"]) if b"value" in groups else (-1, -1)
        cut = _characters(data, found.span(groups.get(b"cut", 0)))
        return Hit(cut, _characters(data, value) if value[0] >= 0 else None)


@dataclass(frozen=True)
class Screen:
    """Patterns without a required literal, asked all at once about the lines their rules may look at.

    One alternation of them runs over many lines in one call of RE2; the few lines it stops at are then asked for each.
    """

    patterns: tuple[Pattern, ...]
    first: int | None
    last: int | None

    @property
    def bound(self) -> bool:
        """Whether the patterns look at the head or the tail of a text only."""
        return bool(self.first or self.last)

    @functools.cached_property
    def _compiled(self) -> list[tuple[Any, list[Pattern]]]:
        screens = _compile_screens(tuple(dict.fromkeys(pattern.source for pattern in self.patterns)))
        return [(screen, [p for p in self.patterns if p.source in sources]) for screen, sources in screens]

    def ask(self, view: View, numbers: Sequence[int]) -> Iterator[tuple[int, list[Pattern]]]:
        """Yield those of the lines (by number) that patterns may match, with these patterns."""
        data = as_bytes("\n".join([view.lines[line] for line in numbers]))
        for screen, patterns in self._compiled:
            position = index = 0
            for found in screen.finditer(data):
                index += data.count(b"\n", position, found.start())
                position = found.start()
                yield numbers[index], patterns


def screens(patterns: Iterable[Pattern]) -> list[Screen]:
    """Return screens for patterns: one for those that look at every line, one for the head, one for the tail."""
    groups: dict[str, list[Pattern]] = {}
    for pattern in patterns:
        place = "head" if pattern.first and not pattern.last else "tail" if pattern.last and not pattern.first else ""
        groups.setdefault(place if pattern.first or pattern.last else "all", []).append(pattern)

    def widest(numbers: Iterable[int | None]) -> int | None:
        return max((number for number in numbers if number), default=None)

    return [
        Screen(tuple(group), widest(p.first for p in group), widest(p.last for p in group)) for group in groups.values()
    ]


def window(count: int, first: int | None, last: int | None) -> Iterable[int]:
    """Return the line numbers among the first and last lines asked for; all of them where nothing was asked."""
    if first is None and last is None:
        return range(count)
    head = range(min(first or 0, count))
    return [*head, *range(max(len(head), count - (last or 0)), count)]


def _characters(data: bytes, span: tuple[int, int]) -> tuple[int, int]:
    """Return a span of UTF-8 bytes in characters."""
    start = len(data[: span[0]].decode("utf-8", "surrogatepass"))
    return start, start + len(data[span[0] : span[1]].decode("utf-8", "surrogatepass"))
