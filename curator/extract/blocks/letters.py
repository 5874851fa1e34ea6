"""What the characters and the words of a block say about it: rates of signs, how it begins and ends, cues."""

from __future__ import annotations

import numpy as np

from curator.extract.blocks.columns import Array, Columns
from curator.extract.blocks.cut import Cut
from curator.extract.blocks.marks import CUES, cue_hits

__all__ = ["add_letters"]

_CHARACTERS = (  # classes of characters; 0 is all else
    "0123456789",
    ",，、،;；",
    ".!?。！？।؟…",
    "\"'“”„«»‘’「」『』‚‹›",
    "|»›>→▶•·→►/–-#",
    ":：",
    "@©®",
    " ",
    ")]）】",
)
_ENDS, _QUOTES, _SIGNS, _COLON, _SPACE = 3, 4, 5, 6, 8
_CLASS_OF = np.zeros(65_536, dtype=np.uint8)
for _number, _members in enumerate(_CHARACTERS, 1):
    for _member in _members:
        _CLASS_OF[ord(_member)] = _number


def add_letters(out: Columns, cut: Cut, length: Array) -> None:
    """Add the columns; `length` is that of each block, in characters."""
    lowered, text = cut.lowered, "\n".join(cut.page.text) + "\n"
    points = np.frombuffer(lowered.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    stops = np.flatnonzero(points == 10)
    starts = np.concatenate(([0], stops[:-1] + 1))
    kinds = _CLASS_OF[np.minimum(points, 65_535)]
    size = np.maximum(length, 1)

    def rate(mask: Array) -> Array:
        return np.add.reduceat(mask.astype(np.int32), starts) / size

    for number, name in (
        (1, "digits"),
        (2, "commas"),
        (_ENDS, "ends"),
        (_QUOTES, "quotes"),
        (_SIGNS, "signs"),
        (_COLON, "colons"),
    ):
        out.add(f"rate.{name}", rate(kinds == number))
    if len(text) == len(lowered):
        upper = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32) != points
        out.add("rate.upper", rate(upper))
        out.add("first.upper", upper[starts])
    else:  # a lower-case letter that takes two characters
        out.add("rate.upper", np.zeros(len(stops)))
        out.add("first.upper", np.zeros(len(stops)))
    first, last = kinds[starts], kinds[stops - 1]
    out.add("first.kind", first)
    out.add("last.ends", last == _ENDS)
    out.add("last.kind", last)
    out.add(
        "sentences",
        np.add.reduceat(((kinds == _ENDS) & np.concatenate((kinds[1:] != _ENDS, [True]))).astype(np.int32), starts),
    )
    found = cue_hits(lowered)
    groups = np.array([group for group, _ in found], dtype=np.int64)
    places = np.array([place for _, place in found], dtype=np.int64)
    block = np.searchsorted(stops, places)
    opening = places - starts[block] <= 20 if places.size else np.zeros(0, dtype=bool)
    for number, name in enumerate(CUES):
        mine = groups == number
        out.add(f"cue.{name}", np.bincount(block[mine], minlength=len(stops)))
        out.add(f"cue_first.{name}", np.bincount(block[mine & opening], minlength=len(stops)) > 0)
