"""The numbers that `random.Random(0)` gives one after the other, many at a time.

langdetect draws at random, always from the same beginning: what it draws for a text depends only on how many things
there are to choose from. So the bits are made once, and the choices of a text read off them all at once.
"""

from __future__ import annotations

import functools
import math
import random
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Draws"]

_FIRST = 2_048  # words of 32 bits; a text takes some hundred


class Draws:
    """Normal numbers, and choices among `many` things (1 to 2**32 - 1), as `gauss` and `choice` give them.

    Source: `Random.gauss` and `Random._randbelow`, which leaves out what is too large; the same in Python 3.11 to 3.13.
    """

    def __init__(self, many: int) -> None:
        self._many = many
        self._at = 0  # the word that comes next
        self._normal: float | None = None  # they are made in pairs
        self._read(_FIRST)

    def _read(self, count: int) -> None:
        self._words = _words(count)
        numbers = self._words >> np.uint32(32 - self._many.bit_length())
        self._places = np.flatnonzero(numbers < self._many)
        self._choices = numbers[self._places]

    def gauss(self) -> float:
        """Return a normal number of mean 0 and deviation 1."""
        number, self._normal = self._normal, None
        if number is None:
            while len(self._words) < self._at + 4:
                self._read(2 * len(self._words))
            angle = self._uniform() * 2.0 * math.pi
            radius = math.sqrt(-2.0 * math.log(1.0 - self._uniform()))
            number, self._normal = math.cos(angle) * radius, math.sin(angle) * radius
        return number

    def _uniform(self) -> float:
        high, low = self._words[self._at : self._at + 2].tolist()
        self._at += 2
        return float(((high >> 5) * (1 << 26) + (low >> 6)) / (1 << 53))

    def ahead(self, count: int) -> NDArray[np.unsignedinteger[Any]]:
        """Return the next choices, numbers below `many`, without taking them."""
        while len(self._places) < (first := int(self._places.searchsorted(self._at))) + count:
            self._read(2 * len(self._words))
        return self._choices[first : first + count]

    def take(self, count: int) -> None:
        """Take so many choices, of those that were looked at."""
        self._at = int(self._places[int(self._places.searchsorted(self._at)) + count - 1]) + 1


@functools.cache
def _words(count: int) -> NDArray[np.uint32]:
    return np.frombuffer(random.Random(0).randbytes(4 * count), "<u4")  # noqa: S311 (no secret: they are to repeat)
