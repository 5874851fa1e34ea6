"""A text before cleaning, cut where something went: what every view of removals is drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from curator.document import Removal

__all__ = ["pieces"]


def pieces(repaired: str, removals: Iterable[Removal]) -> Iterator[tuple[str, Removal | None]]:
    """Yield the text from its beginning to its end as (piece, the removal that took it, or None where it stayed).

    Args:
        removals: of that text, in order; those of layer html are passed over, the text never had them.

    >>> list(pieces("One. [Ad]", [Removal(5, 9, "x.line.ad", "drop", "[Ad]")]))[0]
    ('One. ', None)
    """
    position = 0
    for removal in removals:
        if removal.layer == "html":
            continue
        if removal.start > position:
            yield repaired[position : removal.start], None
        yield removal.text, removal
        position = removal.end
    if position < len(repaired):
        yield repaired[position:], None
