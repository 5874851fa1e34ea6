"""Sums, distances and runs over the lines around each line, all in whole numbers."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from curator.extract.forest import Ints

__all__ = ["FAR", "Bools", "Windows", "among", "best_stretch", "share"]

Bools = NDArray[np.bool_]
FAR: Final = 200  # lines; farther is as far


def share(part: Ints, whole: Ints | int) -> Ints:
    """Return part of whole in thousandths."""
    return part * 1000 // np.maximum(whole, 1)


class Windows:
    """What stands around each of `size` lines."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.at: Ints = np.arange(size)

    def sums(self, rows: Ints, before: int, after: int) -> Ints:
        """Return, for rows of figures per line, the sums from `before` lines before to `after` lines after each."""
        total = np.zeros((len(rows), self.size + 1), np.int64)
        np.cumsum(rows, axis=1, out=total[:, 1:])
        high = np.minimum(self.at + after + 1, self.size)
        low = np.maximum(self.at - before, 0)
        sums: Ints = total[:, high] - total[:, low]
        return sums

    def shifted(self, row: Ints, by: int, beyond: int = 0) -> Ints:
        """Return what stands `by` lines further on, or back where it is negative."""
        out = np.full(self.size, beyond, np.int64)
        if by >= 0:
            out[: max(self.size - by, 0)] = row[by:]
        else:
            out[-by:] = row[:by] if -by < self.size else row[:0]
        return out

    def since(self, flag: Bools) -> Ints:
        """Return how many lines ago a flag was last up, the line itself left out."""
        last = np.maximum.accumulate(np.where(flag, self.at, -FAR))
        distance: Ints = np.minimum(self.at - np.append(-FAR, last[:-1]), FAR)
        return distance

    def until(self, flag: Bools) -> Ints:
        """Return in how many lines a flag will next be up, the line itself left out."""
        return self.since(flag[::-1])[::-1]

    def run(self, flag: Bools) -> tuple[Ints, Ints]:
        """Return the length of the run of equal flags each line stands in, and how deep it stands in it."""
        begins = np.diff(flag, prepend=~flag[:1])
        edge = np.flatnonzero(begins)
        number = np.cumsum(begins) - 1
        length = np.diff(np.append(edge, self.size))
        return length[number], self.at - edge[number]


def among(row: NDArray[Any], wanted: Sequence[int]) -> Bools:
    """Return which figures are one of a few; `np.isin` takes ten times as long for the lines of a page."""
    return functools.reduce(np.logical_or, [row == one for one in wanted])


def best_stretch(gain: Ints) -> tuple[int, int]:
    """Return the stretch (first, past the last) whose gains add up to most."""
    total = np.append(0, np.cumsum(gain))
    end = int(np.argmax(total - np.minimum.accumulate(total)))
    return int(np.argmin(total[: end + 1])), end
