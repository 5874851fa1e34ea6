"""What the second look sees of each line, once there is a first guess for every line of the page."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from curator.extract.forest import UNIT, Ints
from curator.extract.lines.page import Page
from curator.extract.lines.windows import FAR, Bools, best_stretch, share

__all__ = ["WHOLE", "best_cut", "chance", "second_features"]

WHOLE: Final = 4096  # a chance of 1
_LIKELY, _SURE = WHOLE // 2, WHOLE * 4 // 5
_FINE: Final = 64  # steps of one unit of log-odds
_FARTHEST: Final = 8 * _FINE
_CLIPPED: Final = 6 * UNIT
_REACHES: Final = {"b3": (3, -1), "a3": (-1, 3), "2": (2, 2), "6": (6, 6), "b20": (20, -1), "a20": (-1, 20)}

# From a table, so that no machine rounds differently.
_CHANCES: Final = np.array([round(WHOLE / (1 + math.exp(-x / _FINE))) for x in range(-_FARTHEST, _FARTHEST + 1)])


def chance(odds: Ints) -> Ints:
    """Return chances in 4096ths for log-odds in thousandths."""
    steps = (odds * _FINE + UNIT // 2) // UNIT
    chances: Ints = _CHANCES[np.clip(steps, -_FARTHEST, _FARTHEST) + _FARTHEST]
    return chances


def best_cut(weight: Ints, chances: Ints, order: Ints) -> tuple[int, Ints]:
    """Return how many lines of an order to keep, and the expected F1 of keeping that many more, in thousandths.

    The F1 to expect of a choice is twice its expected hits through what it keeps and all there is to hit.
    """
    hits = np.cumsum((chances * weight)[order])
    expected = 2000 * hits // np.maximum(np.cumsum(weight[order]) * WHOLE + hits[-1], 1)
    return int(np.argmax(expected)) + 1, expected


def second_features(page: Page, guess: Ints) -> dict[str, Ints]:
    """Return features by name, from the first guess: log-odds in thousandths for each line."""
    w, weight, chances = page.windows, page.weight + 1, chance(guess)
    odds = np.clip(guess, -_CLIPPED, _CLIPPED)
    capped = np.minimum(weight, 60)
    mass = chances * capped
    likely, sure = chances > _LIKELY, chances > _SURE
    out = {"guess": odds}
    for by in (1, 2, 3):
        out[f"guess_{by}"], out[f"guess_-{by}"] = w.shifted(odds, by, -_CLIPPED), w.shifted(odds, -by, -_CLIPPED)
    rows = np.stack([chances, mass, capped])
    for reach, ends in _REACHES.items():
        total, masses, weights = w.sums(rows, *ends)
        out[f"chance_{reach}"] = total
        out[f"mean_{reach}"] = share(masses, weights) * 1000 // WHOLE
    before, whole = np.cumsum(mass), int(mass.sum())
    out["mass_before"], out["mass_after"] = share(before - mass, whole), share(whole - before, whole)
    out |= _stretch(page, odds, mass, capped)
    out["since_likely"], out["until_likely"] = w.since(likely), w.until(likely)
    out["since_sure"], out["until_sure"] = w.since(sure), w.until(sure)
    out["run"], out["deep"] = w.run(likely)
    for name, figure in {
        "page_chance": whole // WHOLE * 1000 // max(int(capped.sum()), 1),
        "page_sure": int(mass[sure].sum()) * 1000 // max(whole, 1),
        "page_kept": int((chances * weight).sum()) // WHOLE,
    }.items():
        out[name] = np.full(page.size, figure)
    return out | _rank(page, guess, chances) | _words(page, chances) | _segments(page, likely, mass)


def _stretch(page: Page, odds: Ints, mass: Ints, capped: Ints) -> dict[str, Ints]:
    """Find the stretch of lines most likely the article's."""
    root = np.sqrt(capped.astype(np.float64) * 256).astype(np.int64)
    start, end = best_stretch(odds * root)
    at = page.windows.at
    inside = int(mass[start:end].sum()) * 1000 // max(int(mass.sum()), 1)
    return {
        "stretch_start": np.clip(at - start, -FAR, FAR), "stretch_end": np.clip(at - end, -FAR, FAR),
        "stretch_share": np.full(page.size, inside),
    }  # fmt: skip


def _rank(page: Page, guess: Ints, chances: Ints) -> dict[str, Ints]:
    """Tell where each line stands among all, most likely first, and where the cut would be."""
    order = np.argsort(-guess, kind="stable")
    count, expected = best_cut(page.weight + 1, chances, order)
    rank, value = np.empty(page.size, np.int64), np.empty(page.size, np.int64)
    rank[order], value[order] = page.windows.at, expected
    kept = rank < count
    out = {
        "rank": np.clip(rank - count + 1, -FAR, FAR), "expected": value,
        "expected_best": np.full(page.size, int(expected.max())),
        "over_cut": np.clip(guess - guess[order[count - 1]], -_CLIPPED, _CLIPPED),
    }  # fmt: skip
    before = np.cumsum(kept)
    return out | {"kept_before": before - kept, "kept_after": int(before[-1]) - before}


def _words(page: Page, chances: Ints) -> dict[str, Ints]:
    """Tell whether a line's longer words stand in likely lines, in unlikely ones, or in both."""
    kinds, own = page.spelling.words.kinds, chances[page.pair_line]
    long = page.long[page.pair_key]

    def others(row: Ints) -> Ints:
        total: Ints = np.bincount(page.pair_key, row, minlength=kinds).astype(np.int64)[page.pair_key] - row
        return total

    inside, outside = others(own) >= _LIKELY, others(WHOLE - own) >= _LIKELY
    return {
        "word_in": share(page.count(long & inside), page.long_words),
        "word_out": share(page.count(long & outside), page.long_words),
        "word_only_in": share(page.count(long & inside & ~outside), page.long_words),
        "word_only_out": share(page.count(long & outside & ~inside), page.long_words),
    }


def _segments(page: Page, likely: Bools, mass: Ints) -> dict[str, Ints]:
    """Tell the stretches of likely lines apart: an article, and what else is written like one."""
    w, size, n = page.windows, page.size, page.long_words
    near = likely | ((w.since(likely) <= 2) & (w.until(likely) <= 2))
    number = np.cumsum(np.diff(near, prepend=False) & near)
    segment = np.where(near, number, 0)
    count = int(number[-1]) + 1
    of = np.bincount(segment, mass, minlength=count).astype(np.int64)
    of[0] = 0
    biggest = int(np.argmax(of))
    first = int(np.argmax((5 * of >= of.max()) & (of > 0)))
    place = np.empty(count, np.int64)
    place[np.argsort(-of, kind="stable")] = np.arange(count)
    out = {
        "segment_mass": of[segment] // WHOLE, "segment_share": share(of, int(of.sum()))[segment],
        "segment_to_best": share(of, int(of.max()))[segment], "segment_place": place[segment],
        "segments": np.full(size, count), "from_biggest": segment - biggest, "from_first": segment - first,
    }  # fmt: skip
    for name, chosen in (("biggest", biggest), ("first", first)):
        lines = (segment == chosen) & (chosen > 0)
        shared = page.long[page.pair_key] & (page.within(lines)[page.pair_key] > lines[page.pair_line])
        row = page.count(shared)
        whole, words = (np.bincount(segment, each, minlength=count).astype(np.int64) for each in (row, n))
        near_row, near_words = w.sums(np.stack([row, n]), 4, 4)
        out[f"{name}_segment_words"] = np.where(segment > 0, share(whole, words)[segment], -1)
        out[f"{name}_words_near"] = share(near_row, near_words)
    clock = np.cumsum(page.times + page.dates)
    start = int(np.argmax(segment == first))
    out["clock_since_first"] = np.where(w.at >= start, clock - clock[start], -1) if first else np.full(size, -1)
    return out
