"""Hashes of runs of numbers: of all words of a text, of all shingles of its words, in a few passes over arrays.

The hash of a run is a polynomial of its numbers modulo 2^64 (Karp and Rabin 1987). It is read off a running sum over
the whole array and then mixed, so that it costs the same however long the runs are and however much they overlap.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["CHUNK", "RunningSum", "hash_runs", "hash_strings", "mixed", "offsets_of", "reserve"]

# Numbers taken on at once: what the passes write must stay in the processor's cache.
CHUNK = 1 << 17
# Odd constants without structure, fixed for good, as an index keeps hashes: from the digits of pi, and of splitmix64.
_CHARACTER_BASE, _WORD_BASE = 0x243F6A8885A308D3, 0x13198A2E03707345
_MIX_1, _MIX_2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_KEPT_BYTES = 32_000_000  # glibc's own limit is 32 MiB (M_MMAP_THRESHOLD, mallopt(3))


class RunningSum:
    """The running sum of an array, off which the hash of any run of it can be read; hashes are not mixed yet."""

    def __init__(self, values: Array, base: int = _WORD_BASE) -> None:
        import numpy as np

        self._sums = np.zeros(len(values) + 1, dtype=np.uint64)
        running = self._sums[1:]
        running[:] = values
        running *= _powers(base, len(values))
        np.cumsum(running, out=running)
        self._back = _powers(pow(base, -1, 1 << 64), len(values) + 1)

    def runs(self, begins: Array, ends: Array) -> Array:
        """Return the hashes of the runs from `begins` up to `ends`."""
        import numpy as np

        hashes: Array = np.take(self._sums, ends)
        hashes -= np.take(self._sums, begins)
        hashes *= np.take(self._back, begins)
        return hashes

    def windows(self, size: int) -> Array:
        """Return the hashes of all runs of one length, the first beginning at 0."""
        hashes: Array = self._sums[size:] - self._sums[:-size]
        hashes *= self._back[: len(hashes)]
        return hashes


def hash_runs(values: Array, begins: Array, ends: Array) -> Array:
    """Return the hashes of runs that do not overlap and stand in order: the words of a text."""
    import numpy as np

    hashes = np.empty(len(begins), dtype=np.uint64)
    for first, last, low, high in _pieces(begins, ends, len(values)):
        sums = RunningSum(values[low:high], _CHARACTER_BASE)
        hashes[first:last] = sums.runs(begins[first:last] - low, ends[first:last] - low)
    return mixed(hashes)


def hash_strings(strings: Any) -> Array:
    """Return a hash of each string of an Arrow array without nulls."""
    import numpy as np
    import pyarrow as pa

    values = strings.cast(pa.large_string())
    _, offsets, data = values.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int64)[values.offset : values.offset + len(values) + 1]
    characters = np.frombuffer(data or b"", dtype=np.uint8)[: bounds[-1]].astype(np.uint16)
    characters += 1  # or leading zero bytes would not count
    return hash_runs(characters, bounds[:-1], bounds[1:])


def _pieces(begins: Array, ends: Array, length: int) -> Iterator[tuple[int, int, int, int]]:
    """Cut a long array between runs: the first and the last run of each piece, where it begins and where it ends."""
    import numpy as np

    if length <= 2 * CHUNK:
        yield 0, len(begins), 0, length
        return
    first = 0
    while first < len(begins):
        low = int(begins[first])
        last = max(int(np.searchsorted(ends, low + CHUNK)), first + 1)
        yield first, last, low, int(ends[last - 1])
        first = last


def mixed(hashes: Array) -> Array:
    """Mix the bits of hashes, in place (splitmix64, Steele et al. 2014)."""
    import numpy as np

    shifted = hashes >> np.uint64(30)
    hashes ^= shifted
    hashes *= np.uint64(_MIX_1)
    np.right_shift(hashes, np.uint64(27), out=shifted)
    hashes ^= shifted
    hashes *= np.uint64(_MIX_2)
    np.right_shift(hashes, np.uint64(31), out=shifted)
    hashes ^= shifted
    return hashes


def offsets_of(counts: Array) -> Array:
    """Return where lists of these lengths begin, and where the last one ends."""
    import numpy as np

    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)))


@functools.cache
def reserve() -> None:
    """Make glibc keep the memory of arrays it was given back: page by page anew, it costs more than the arithmetic."""
    import numpy as np

    np.empty(_KEPT_BYTES, dtype=np.uint8)  # freed here: from now on arrays up to this size come from the heap


class _Powers:
    """The powers of one base modulo 2^64, as far as they were asked for."""

    def __init__(self, base: int) -> None:
        import numpy as np

        self._base = base
        self._known: Array = np.ones(1, dtype=np.uint64)

    def first(self, count: int) -> Array:
        import numpy as np

        if len(self._known) < count:
            grown = np.ones(max(count, 2 * CHUNK + 2), dtype=np.uint64)
            done = 1
            while done < len(grown):
                more = min(done, len(grown) - done)
                step = np.uint64(pow(self._base, done, 1 << 64))
                np.multiply(grown[:more], step, out=grown[done : done + more])
                done += more
            self._known = grown
        return self._known[:count]


@functools.cache
def _powers_of(base: int) -> _Powers:
    return _Powers(base)


def _powers(base: int, count: int) -> Array:
    """Return base^0, base^1, … modulo 2^64."""
    return _powers_of(base).first(count)
