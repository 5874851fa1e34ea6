"""A review of a built corpus, ready to be served."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from curator.errors import InputError, UsageError
from curator.manifest import Manifest
from curator.review.marks import Marks
from curator.review.page import review_page
from curator.review.removals import Wanted, draw_removals
from curator.review.server import Review
from curator.tables import open_tables

__all__ = ["open_review"]


def open_review(corpus: Path, marks: Path, wanted: Wanted, titles: Mapping[str, str] | None = None) -> Review:
    """Draw the removals of a build that are to be looked at, and read what was said of them.

    Args:
        marks: the folder of the marks.
        titles: what each rule is, by id.

    Raises:
        InputError: the folder holds no finished build, or the marks cannot be read.
        UsageError: no removal is wanted that there is.
    """
    Manifest.read(corpus / "manifest.json")
    try:
        with open_tables(corpus) as tables:
            draw = draw_removals(tables, wanted)
    except OSError as error:
        raise InputError(f"cannot be read: {error}", where=str(corpus), hint="curator build INPUT --out DIR") from None
    if not draw.sighted:
        asked = bool(wanted.rules or wanted.sites or wanted.languages)
        hint = (
            "curator report shows which rules, sites and languages there are" if asked else "there is nothing to mark"
        )
        raise UsageError("no such removal is in this corpus", where=str(corpus), hint=hint)
    said = Marks(marks)
    name = corpus.resolve().name
    places = {one.place.key: one.place for one in draw.sighted}
    return Review(lambda: review_page(name, draw, said, titles), places, said)
