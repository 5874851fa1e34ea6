"""A card that two write: what the curator wrote stands between marks, all the rest is a person's and stays."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["add_sections", "merge_body"]

_BLOCK = re.compile(r"<!-- curator: (?P<name>[a-z-]+) -->\n(?P<text>.*?)<!-- curator: end -->(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
_FENCE = re.compile(r"^(```+|~~~+).*?^\1[`~]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a card: a block of the curator's by name, or a person's text."""

    name: str | None
    text: str


def merge_body(blocks: Mapping[str, str], previous: str) -> str:
    r"""Return a card's body: new blocks in the places of the old, with what a person wrote around them.

    A block whose heading a person uses outside of the marks is left out: they wrote it themselves.

    Args:
        blocks: text by name, in the order of a card that is new.
        previous: the body as it was, or "".

    >>> old = merge_body({"numbers": "## Numbers\n\n1\n"}, "") + "\n## Thanks\n\nTo all.\n"
    >>> print(merge_body({"numbers": "## Numbers\n\n2\n"}, old))
    <!-- curator: numbers -->
    ## Numbers
    <BLANKLINE>
    2
    <!-- curator: end -->
    <BLANKLINE>
    ## Thanks
    <BLANKLINE>
    To all.
    <BLANKLINE>
    """
    pieces = _pieces(previous.replace("\r\n", "\n"))
    taken = {heading for piece in pieces if piece.name is None for heading in _headings(piece.text)}
    wanted = {name: text for name, text in blocks.items() if not taken.intersection(_headings(text)[:1])}
    merged = [piece if piece.name is None else _Piece(piece.name, wanted.get(piece.name, "")) for piece in pieces]
    for name in wanted:
        if not any(piece.name == name for piece in merged):
            merged.insert(_place(name, list(wanted), merged), _Piece(name, wanted[name]))
    parts = [_marked(piece) for piece in merged if piece.text.strip()]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def add_sections(body: str, other: str) -> str:
    """Return a body with the sections a person wrote in another one; of two under one heading the other's counts.

    A section goes from a heading of the second level to the next.
    """
    theirs = [piece.text for piece in _pieces(other.replace("\r\n", "\n")) if piece.name is None]
    new = {_headings(part)[0]: part for text in theirs for part in _sections(text) if _headings(part)}
    pieces = []
    for piece in _pieces(body.replace("\r\n", "\n")):
        parts = _sections(piece.text) if piece.name is None else ()
        kept = [new.pop(_headings(part)[0], part) if _headings(part) else part for part in parts]
        pieces.append(_Piece(None, "\n".join(part.strip("\n") + "\n" for part in kept)) if parts else piece)
    pieces += [_Piece(None, part) for part in new.values()]
    return "\n".join(_marked(piece).strip("\n") + "\n" for piece in pieces)


def _sections(text: str) -> list[str]:
    """Cut a text before its headings of the second level; those inside of code are none."""
    hidden = _FENCE.sub(lambda match: "`" * len(match[0]), text)
    starts = [match.start() for match in re.finditer(r"^## ", hidden, re.MULTILINE)]
    cuts = [0, *starts, len(text)]
    return [part for a, b in itertools.pairwise(cuts) if (part := text[a:b]).strip()]


def _pieces(body: str) -> list[_Piece]:
    found, place = [], 0
    for match in _BLOCK.finditer(body):
        found += [_Piece(None, body[place : match.start()]), _Piece(match["name"], match["text"])]
        place = match.end()
    return [piece for piece in (*found, _Piece(None, body[place:])) if piece.text.strip()]


def _place(name: str, order: list[str], merged: list[_Piece]) -> int:
    """Return where a block that is new goes: after the nearest one before it, else in front."""
    before = order[: order.index(name)]
    places = [n for n, piece in enumerate(merged) if piece.name in before]
    if places:
        return places[-1] + 1
    # Of a card without any block, the person's text comes first.
    return 0 if any(piece.name for piece in merged) else len(merged)


def _headings(text: str) -> list[str]:
    return [heading.casefold() for heading in _HEADING.findall(_FENCE.sub("", text))]


def _marked(piece: _Piece) -> str:
    text = piece.text.strip("\n")
    return text if piece.name is None else f"<!-- curator: {piece.name} -->\n{text}\n<!-- curator: end -->"
