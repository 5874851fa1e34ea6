"""A part of the inputs: the first documents, or some from all over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from curator.sources import read_split
from curator.sources.model import Split

__all__ = ["chosen"]

_PLACES = 20  # where a sample is taken


def chosen(splits: Sequence[Split], *, limit: int = 0, sample: int = 0) -> list[Split]:
    """Return the splits that hold the first `limit` documents, or about `sample` documents from all over; else all.

    Rows that are no document count too.
    """
    if sample:
        places = min(len(splits), _PLACES, sample)
        each = -(-sample // places) if places else 0
        return [replace(splits[n * len(splits) // places], limit=each) for n in range(places)]
    if not limit:
        return list(splits)
    taken: list[Split] = []
    left = limit
    for split in splits:
        part = replace(split, limit=left)
        taken.append(part)
        left -= sum(1 for _ in read_split(part))
        if left <= 0:
            break
    return taken
