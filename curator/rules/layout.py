"""How the values of a pack are written in canonical form: inline tables, lists, strings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tomlkit.items import Array

__all__ = ["LITERALS", "PATTERNS", "beside", "in_order", "inline_table", "quoted", "string_list"]

LITERALS = frozenset({"is", "starts", "ends", "has"})
PATTERNS = frozenset({"css", "xpath", "any", "none"})
_WIDTH = 120  # columns

# Strings first: a comma or a hash inside one is neither.
_TOKEN = re.compile(
    r"""(?P<string>'''.*?'''(?!')|\"{3}(?:\\.|[^\\])*?\"{3}(?!")|'[^'\n]*'|"(?:\\.|[^"\\\n])*")|(?P<comment>\#[^\n]*)|\n""",
    re.DOTALL,
)


@dataclass(slots=True)
class _Element:
    """One string of a list, as written, with its comments; the last of a list has no string if comments end it."""

    written: str
    value: str
    above: list[str]
    beside: str = ""


def beside(comment: str) -> str:
    """Return a comment as it stands after a value.

    >>> beside("# why")
    '  # why'
    """
    return f"  {comment}" if comment else ""


def in_order(names: Iterable[str], order: Sequence[str]) -> list[str]:
    """Return names in the order given; those it does not have come after, as they came.

    >>> in_order(["b", "x", "a"], ["a", "b"])
    ['a', 'b', 'x']
    """
    places = {name: place for place, name in enumerate(order)}
    return sorted(names, key=lambda name: places.get(name, len(order)))


def inline_table(plain: Mapping[str, Any], order: Sequence[str]) -> str:
    """Return a table on one line.

    >>> inline_table({"last": 20, "after": "prose"}, ["first", "last"])
    '{ last = 20, after = "prose" }'
    """
    # JSON writes strings, numbers, truth values and lists of them as TOML does.
    shown = [f"{name} = {json.dumps(plain[name], ensure_ascii=False)}" for name in in_order(plain, order)]
    return f"{{ {', '.join(shown)} }}" if shown else "{}"


def string_list(begin: str, array: Array, name: str) -> tuple[str, list[str]]:
    """Return a list of strings as written after `begin`, and the comments of its bracket, which go above it.

    On one line where it fits and has no comments, else with one string per line. Literals are sorted; literals and
    patterns stand once; a list that holds anything but strings stays as it is.
    """
    if not array or not all(isinstance(value, str) for value in array):
        return array.as_string(), []
    elements, last, opening = _elements(array)
    if name in LITERALS | PATTERNS:
        elements = _once(elements)
    if name in LITERALS:
        elements.sort(key=lambda element: (element.value.casefold(), element.value))
    strings = [quoted(element.written, element.value, pattern=name in PATTERNS) for element in elements]
    line = f"[{', '.join(strings)}]"
    commented = bool(last) or any(element.above or element.beside for element in elements)
    if len(begin) + len(line) <= _WIDTH and "\n" not in line and not commented:
        return line, opening
    lines = [
        f"  {part}"
        for element, string in zip(elements, strings, strict=True)
        for part in (*element.above, f"{string},{beside(element.beside)}")
    ]
    return "\n".join(["[", *lines, *(f"  {comment}" for comment in last), "]"]), opening


def _elements(array: Array) -> tuple[list[_Element], list[str], list[str]]:
    """Return the strings of a list, the comments after the last, and those that stand beside its opening bracket."""
    elements: list[_Element] = []
    above: list[str] = []
    opening: list[str] = []
    values, on_line = iter(array), True
    for token in _TOKEN.finditer(array.as_string()):
        if token["string"]:
            elements.append(_Element(token["string"], str(next(values)), above))
            above, on_line = [], True
        elif token["comment"] and on_line and elements and not elements[-1].beside:
            elements[-1].beside = token["comment"]
        elif token["comment"]:
            (above if elements or not on_line else opening).append(token["comment"])
        else:
            on_line = False
    return elements, above, opening


def _once(elements: Iterable[_Element]) -> list[_Element]:
    """Return the elements, each string where it stands first, with the comments of all places."""
    once: dict[str, _Element] = {}
    for element in elements:
        first = once.setdefault(element.value, element)
        if first is not element:
            first.above += filter(None, [*element.above, element.beside])
    return list(once.values())


def quoted(written: str, value: str, *, pattern: bool) -> str:
    """Return a string in the quotes of its use: single for patterns, double for texts; as written where that loses.

    Escapes stay as they are: who wrote \\u00a0 meant it to be seen.

    >>> quoted('"^a b$"', "^a b$", pattern=True), quoted("'tags'", "tags", pattern=False)
    ("'^a b$'", '"tags"')
    """
    control = any(c < " " or c == "\x7f" for c in value)
    if control or (written.startswith('"') and (not pattern or re.search(r"\\[uU]", written))):
        return written
    if pattern or "\\" in value or '"' in value:
        if "'" not in value:
            return f"'{value}'"
        return written if "'''" in value or value.endswith("'") else f"'''{value}'''"
    return f'"{value}"'
