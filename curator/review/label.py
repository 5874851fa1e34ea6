"""Marks of removals to labels of lines: what `curator rules eval` reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from curator.judgement import MODEL_TITLES
from curator.review.marks import Mark, Place
from curator.rules.view import View

__all__ = ["Labels", "content_of", "is_by_rule", "labelled", "lines_of", "speaks_of_lines"]

_DROP, _KEEP, _NEUTRAL = 0, 1, 2
_Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one text: for each line, and how lines must read of which a piece must go, by number."""

    lines: tuple[str, ...]
    labels: tuple[int, ...]
    changed: dict[int, str]

    @property
    def telling(self) -> bool:
        """Whether a line is labelled at all."""
        return any(label != _NEUTRAL for label in self.labels)

    def row(self, document: str, text: str, lang: str | None, site: str | None) -> dict[str, Any]:
        """Return the row of a labelled text."""
        found = {"id": document, "lang": lang, "site": site, "text": text, "lines": self.lines, "labels": self.labels}
        return found | ({"changed": {str(n): left for n, left in self.changed.items()}} if self.changed else {})


def lines_of(text: str) -> list[_Range]:
    r"""Return where the lines of a removal are that say something.

    >>> lines_of("\n\nTags\n\n  rain\n")
    [(2, 6), (8, 14)]
    """
    found = []
    position = 0
    for line in text.split("\n"):
        if line.strip():
            found.append((position, position + len(line)))
        position += len(line) + 1
    return found


def content_of(mark: Mark) -> list[_Range]:
    """Return what should have stayed of a removal that was wrong: the lines that were named, or all of it."""
    if mark.mark != "wrong":
        return []
    lines = lines_of(mark.place.text)
    start = mark.place.start
    chosen = [lines[n] for n in mark.lines if n < len(lines)] or [(0, len(mark.place.text))]
    return [(start + low, start + high) for low, high in chosen]


def labelled(text: str, marks: Sequence[Mark], others: Iterable[Place]) -> Labels:
    """Label the lines of a text by what was said of its removals; a line nobody spoke of is neutral.

    Args:
        text: before the rules.
        marks: right or wrong, of removals of layer text that fit it.
        others: the removals nobody spoke of; a line with a piece of one is neutral too.
    """
    kept = [part for mark in marks for part in content_of(mark)]
    gone = [part for mark in marks for part in _boilerplate(mark)]
    unknown = [(place.start, place.end) for place in others if place.layer == "text"]
    view = View(text)
    labels: list[int] = []
    changed: dict[int, str] = {}
    for number, line in enumerate(zip(view.starts, view.ends, strict=True)):
        cut = list(_within(text, line, gone))
        if any(_within(text, line, unknown)):
            labels.append(_NEUTRAL)
        elif cut and not (left := _without(text, line, cut)):
            labels.append(_DROP)
        elif cut:
            labels.append(_KEEP)
            changed[number] = left
        else:
            labels.append(_KEEP if any(_within(text, line, kept)) else _NEUTRAL)
    return Labels(tuple(text[a:b] for a, b in zip(view.starts, view.ends, strict=True)), tuple(labels), changed)


def is_by_rule(place: Place) -> bool:
    """Tell whether a rule or the line model made a removal, and not an option: no mask, no headline."""
    return place.rule in MODEL_TITLES or not place.rule.startswith("curator.")


def speaks_of_lines(place: Place) -> bool:
    """Tell whether labels of lines can speak of a removal: it is of a text, and made by a rule."""
    return place.layer == "text" and is_by_rule(place)


def _boilerplate(mark: Mark) -> list[_Range]:
    """Return what was right to go of a removal."""
    if mark.mark == "right":
        return [(mark.place.start, mark.place.end)]
    start = mark.place.start
    content = content_of(mark)
    return [
        (start + a, start + b)
        for a, b in lines_of(mark.place.text)
        if mark.lines and (start + a, start + b) not in content
    ]


def _within(text: str, line: _Range, parts: Iterable[_Range]) -> Iterator[_Range]:
    """Yield what parts of a text have of a line, where that is more than white space."""
    for start, end in parts:
        low, high = max(start, line[0]), min(end, line[1])
        if low < high and text[low:high].strip():
            yield low, high


def _without(text: str, line: _Range, cut: Iterable[_Range]) -> str:
    """Return what is left of a line."""
    pieces, position = [], line[0]
    for low, high in sorted(cut):
        pieces.append(text[position:low])
        position = max(position, high)
    return "".join([*pieces, text[position : line[1]]]).strip()
