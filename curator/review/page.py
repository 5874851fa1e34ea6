"""The page of a review: every removal drawn, with what was said of it so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from curator.pages.page import Page, drawn_page
from curator.pages.rulenames import RuleNames
from curator.review.label import lines_of
from curator.review.marks import Mark, Marks
from curator.review.removals import UNKNOWN, Draw, Piece, Sighted

__all__ = ["review_page"]

_ASSETS = files("curator.review") / "assets"
_LONGEST = 6_000  # characters shown of one removal


def review_page(corpus: str, draw: Draw, marks: Marks, titles: Mapping[str, str] | None = None) -> Page:
    """Return the page on which removals are marked.

    Args:
        corpus: its name.
        titles: what each rule is, by id.
    """
    names = RuleNames(titles or {})
    items = [_item(one, marks.of(one.place), names) for one in draw.sighted]
    shown, rules = len(items), len({one.removal.rule for one in draw.sighted})
    lede = f"All {shown:,} removals, by {rules:,} rules."
    if shown < draw.removals:
        by = f"{rules:,} of {draw.rules:,} rules" if rules < draw.rules else f"{rules:,} rules, all there are"
        lede = (
            f"{shown:,} of {draw.removals:,} removals, by {by}. No rule comes twice before every other has come;"
            " the same each time."
        )
    data = {"lede": lede, "corpus": corpus, "items": items, "rules": names.listed(), "file": str(marks.path)}
    script, style = _ASSETS / "review.js", _ASSETS / "review.css"
    return drawn_page(f"Review of {corpus}", data, script, style=style, answers=True)


def _item(one: Sighted, said: Mark | None, names: RuleNames) -> dict[str, Any]:
    row, removal = one.row, one.removal
    return {
        "key": one.place.key,
        "rule": names.place(removal.rule),
        "text": removal.text[:_LONGEST],
        "parts": [removal.text[start:end] for start, end in lines_of(removal.text) if end <= _LONGEST],
        "cut": max(0, len(removal.text) - _LONGEST),
        "action": removal.action,
        "element": removal.element,
        "also": list(removal.also),
        "why": removal.why,
        "before": _drawn(one.before, names),
        "after": _drawn(one.after, names),
        "site": row["site"] or UNKNOWN,
        "language": row["language"] or UNKNOWN,
        "title": row["title"],
        "id": row["id"],
        "url": row["url"],
        "became": row["reason"],
        "mark": said.mark if said else "",
        "lines": list(said.lines) if said else [],
        "note": said.note if said else "",
    }


def _drawn(pieces: Sequence[Piece], names: RuleNames) -> list[list[Any]]:
    return [[text, names.place(rule)] if rule else [text] for text, rule in pieces]
