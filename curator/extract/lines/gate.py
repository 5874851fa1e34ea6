"""Telling a whole page (menus above, lists below) from main text, by a few numbers about the text."""

from __future__ import annotations

import numpy as np

from curator.extract.forest import Ints
from curator.extract.lines import characters as c
from curator.extract.lines.page import Page
from curator.extract.lines.windows import share

__all__ = ["gate_features"]

_SHORT, _LONG = 30, 100  # characters


def gate_features(page: Page) -> dict[str, Ints]:
    """Return numbers about a text by name, each an array of one."""
    start, end = page.block
    wide_start, wide_end = page.wide_block
    size, prose = page.size, page.group_prose
    tokens, total = page.tokens, max(int(page.tokens.sum()), 1)
    short, repeated = page.width < _SHORT, page.repeat > 1
    prose_lines = np.flatnonzero(prose)
    first, last = (int(prose_lines[0]), int(prose_lines[-1])) if len(prose_lines) else (size, -1)
    quiet = page.windows.run(~prose)[0][~prose]
    inside = slice(start, end)
    numbers = {
        "lines": size, "tokens": total, "line_tokens": total * 10 // size, "prose_lines": int(prose.sum()),
        "prose": _part(int(tokens[prose].sum()), total), "prose_share": _part(int(prose.sum()), size),
        "above": start, "below": size - end, "above_tokens": int(tokens[:start].sum()),
        "below_tokens": int(tokens[end:].sum()), "above_wide": wide_start, "below_wide": size - wide_end,
        "above_prose": first, "below_prose": size - 1 - last, "block": _part(int(tokens[inside].sum()), total),
        "block_prose": _part(int(prose[inside].sum()), end - start),
        "block_short": _part(int(short[inside].sum()), end - start), "short": _part(int(short.sum()), size),
        "short_lines": int(short.sum()), "long": _part(int((page.width >= _LONG).sum()), size),
        "median": int(np.sort(page.width)[size // 2]), "low": int(np.sort(page.width)[size // 4]),
        "repeated": _part(int(repeated.sum()), size), "repeated_lines": int(repeated.sum()),
        "quiet": int(quiet.max(initial=0)), "quiet_mean": int(quiet.mean()) if len(quiet) else 0,
        "ends": _part(int(page.ends.sum()), size), "marks": int((page.spelling.counts[:, c.BAR] > 0).sum()),
        "capitals": _part(int(page.capitals.sum()), int(page.spaced.sum())),
        "known": _part(int(page.known_words.sum()), int(page.long_words.sum())),
        "unknown_lines": int((share(page.known_words, page.long_words) < 100).sum()),
        "dates": int(((page.dates > 0) & short).sum()), "times": int(((page.times > 0) & short).sum()),
    }  # fmt: skip
    return {name: np.array([number]) for name, number in numbers.items()}


def _part(some: int, whole: int) -> int:
    return some * 1000 // max(whole, 1)
