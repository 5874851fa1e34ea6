"""Pages that go on with the next story: what follows the first one is not this article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from curator.extract.blocks.walk import TAGS, Page

__all__ = ["first_story"]

_ARTICLE, _HEADLINE = TAGS.index("article"), TAGS.index("h1")
_ENOUGH = 100  # tokens: with less than that kept of it, the first of them may be a teaser


def first_story(page: Page, kept: Sequence[int], size: Any) -> list[int]:
    """Return the kept blocks without those of further stories: later <article> elements with an <h1> of their own.

    Args:
        page: the blocks.
        kept: numbers of blocks, rising.
        size: tokens of each block.
    """
    stories = _stories(page)
    if len(stories) < 2:
        return list(kept)
    start, end = stories[0]
    if sum(int(size[n]) for n in kept if start <= n < end) < _ENOUGH:
        return list(kept)
    return [n for n in kept if not any(first <= n < last for first, last in stories[1:])]


def _stories(page: Page) -> list[tuple[int, int]]:
    """Return the stretches of blocks of the innermost <article> elements around each <h1>, one for each element."""
    boxes = page.boxes
    found: dict[int, None] = {}
    for box in page.box:
        if boxes.tag[box] == _HEADLINE:
            while box >= 0 and boxes.tag[box] != _ARTICLE:
                box = boxes.parent[box]
            if box >= 0:
                found[box] = None
    stretches = [(boxes.start[box], boxes.end[box]) for box in found]
    # One <article> inside another is a part of it, not the next story.
    return [one for one in stretches if not any(a <= one[0] and one[1] <= b and (a, b) != one for a, b in stretches)]
