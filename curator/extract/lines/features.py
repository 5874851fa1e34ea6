"""What the first look sees of each line of a page: its form, its words, its place, and what stands around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from curator.extract.forest import Ints, Rows
from curator.extract.lines import characters as c
from curator.extract.lines.cues import CUES
from curator.extract.lines.page import Page
from curator.extract.lines.windows import FAR, among, share

__all__ = ["GROUPS", "group_of", "line_features", "matrix"]

_MOST: Final = 32_000
_INDENT: Final = 60
_MARKERS: Final = "#*-+>|•●▪■◆▶►→›✓☛"
_COLONS: Final = [ord(colon) for colon in ":\uff1a"]
# How many lines before and after a line are added up; b and a are the lines before it alone and after it.
_REACHES: Final = {"2": (2, 2), "5": (5, 5), "10": (10, 10), "b8": (8, -1), "a8": (-1, 8),
            "b20": (20, -1), "a20": (-1, 20)}  # fmt: skip
_AROUND: Final = {
    "tokens": "2 5 10", "width": "2 5 a20", "prose": "2 5 10", "commas": "2 5 10 b8 a8 b20 a20",
    "capitals": "2 5 10 b20 a20", "known": "2 10 b20 a20", "common": "2 5 10 b20", "repeated": "2 5 10 a8 b20 a20",
    "spaced": "2 5 b8 b20 a20", "lead": "2 10 a20", "times": "2 5 10 a8 b20 a20", "digits": "10 b8 a8 b20 a20",
    "long": "2 5 10", "ends": "10", "units": "2", **{f"cue_{name}": "2 10" for name in CUES},
}  # fmt: skip
_SHARES: Final = {
    "capital_share": ("capitals", "spaced", "2 5 10 b8 a8 b20 a20"),
    "known_share": ("known", "long", "2 5 10 b8 a8 b20 a20"),
    "lead_share": ("lead", "long", "2 5 10 a20"), "common_share": ("common", "units", "2 10"),
}  # fmt: skip
# What the features of a line are about, for explanations; the rest are about what stands around it.
GROUPS: Final = ("form", "words", "repetition", "place", "page", "neighbours")


def line_features(page: Page) -> dict[str, Ints]:
    """Return all features by name, each with one whole number per line."""
    return _form(page) | _words(page) | _repetition(page) | _place(page) | _blocks(page) | _whole(page) | _around(page)


def group_of(feature: str) -> int:
    """Return the number in `GROUPS` of what a feature is about."""
    for number, names in enumerate(_NAMES.values()):
        if feature in names:
            return number
    return len(GROUPS) - 1


def matrix(features: Mapping[str, Ints], names: Sequence[str]) -> Rows:
    """Return the named features, one column each; beyond 32,000 all is the same."""
    return np.clip(np.stack([features[name] for name in names], axis=1), -_MOST, _MOST).astype(np.int16)


def _form(page: Page) -> dict[str, Ints]:
    s, n, view = page.spelling, page.spelling.counts, page.view
    text = view.text
    letters = n[:, [c.UPPER, c.LOWER, c.LETTER, c.HANGUL, c.CJK, c.THAI]].sum(axis=1)
    caseless = n[:, [c.LETTER, c.HANGUL, c.CJK, c.THAI]].sum(axis=1)
    indents = (min(start - 1 - text.rfind("\n", 0, start), _INDENT) for start in view.starts)
    breaks = (text.count("\n", a, b) for a, b in zip([0, *view.ends], view.starts, strict=False))
    markers = (1 + _MARKERS.find(text[start]) for start in view.starts)
    return {
        "width": page.width, "tokens": page.tokens, "upper": share(n[:, c.UPPER], letters),
        "capitals": share(page.capitals, page.spaced), "caseless": share(caseless, letters),
        "commas": n[:, c.COMMA], "comma_share": share(n[:, c.COMMA], page.tokens), "terminals": n[:, c.TERMINAL],
        "terminal_share": share(n[:, c.TERMINAL], page.tokens), "closers": n[:, c.CLOSER], "bars": n[:, c.BAR],
        "digits": share(n[:, c.DIGIT], s.length), "ends": page.ends.astype(np.int64),
        "last_class": s.last.astype(np.int64), "first_class": s.first.astype(np.int64),
        "colon_end": among(s.last_code, _COLONS).astype(np.int64), "prose": page.prose.astype(np.int64),
        "group_prose": page.group_prose.astype(np.int64), "group_width": page.group_width,
        "marker": np.fromiter(markers, np.int64, page.size), "blank": np.fromiter(breaks, np.int64, page.size),
        "indent": np.fromiter(indents, np.int64, page.size),
    }  # fmt: skip


def _words(page: Page) -> dict[str, Ints]:
    similar = page.likeness(0) >= 600
    return {
        "long_words": page.long_words, "known": share(page.known_words, page.long_words),
        "unique": share(page.unique_words, page.long_words), "common": share(page.common_words, page.units),
        "common_n": page.common_words, "lead": share(page.lead_words, page.long_words),
        "since_first": page.windows.since(similar), **{f"cue_{name}": row for name, row in page.cues.items()},
    }  # fmt: skip


def _repetition(page: Page) -> dict[str, Ints]:
    words, w = page.spelling.words, page.windows
    head = np.full(page.size, -1)
    edge = np.flatnonzero(np.diff(words.line, prepend=-1))
    head[words.line[edge]] = words.key[edge]
    alike = [(w.shifted(head, by, -2) == head).astype(np.int64) for by in (-2, -1, 1, 2)]
    return {"repeat": page.repeat, "same_before": page.same_before, "head_near": np.sum(alike, axis=0)}


def _place(page: Page) -> dict[str, Ints]:
    w, at, prose = page.windows, page.windows.at, page.group_prose
    tokens, prose_tokens = np.cumsum(page.tokens), np.cumsum(np.where(prose, page.tokens, 0))
    before = np.cumsum(prose)
    prose_run, prose_deep = w.run(prose)
    quiet_run, quiet_deep = w.run(~prose)
    start = page.block[0]
    under = at >= start
    pauses = np.cumsum(~prose & (quiet_run >= 4) & (quiet_deep == 0))

    def since_block(total: Ints) -> Ints:
        return np.where(under, total - total[min(start, page.size - 1)], -1)

    return {
        "at": at, "left": at[::-1], "at_share": share(at, page.size), "token_share": share(tokens, int(tokens[-1])),
        "prose_share": share(prose_tokens, int(prose_tokens[-1])), "prose_before": before - prose,
        "prose_after": int(before[-1]) - before, "since_prose": w.since(prose), "until_prose": w.until(prose),
        "short_run": w.run(page.width < 40)[0], "prose_run": prose_run, "prose_deep": prose_deep,
        "quiet_run": quiet_run, "pauses": since_block(pauses),
        "longest_pause": np.maximum.accumulate(np.where(under & ~prose, quiet_run, 0)),
        "times_since": since_block(np.cumsum(page.times)), "dates_since": since_block(np.cumsum(page.dates)),
    }  # fmt: skip


def _blocks(page: Page) -> dict[str, Ints]:
    at, out = page.windows.at, {}
    for name, (start, end) in (("block", page.block), ("wide", page.wide_block)):
        out[f"{name}_start"] = np.clip(at - start, -FAR, FAR)
        out[f"{name}_end"] = np.clip(at - end, -FAR, FAR)
        out[f"{name}_at"] = np.clip((at - start) * 1000 // max(end - start, 1), -500, 1500)
    start, end = page.block
    block = (at >= start) & (at < end)
    in_block = page.within(block)[page.pair_key] > block[page.pair_line]
    out["block_known"] = share(page.count(page.long[page.pair_key] & in_block), page.long_words)
    return out


def _whole(page: Page) -> dict[str, Ints]:
    """Return what is the same for all lines of a page."""
    total, prose = int(page.tokens.sum()), int(page.tokens[page.group_prose].sum())
    figures = {
        "page_lines": page.size, "page_tokens": total, "page_prose": prose * 1000 // max(total, 1),
        "page_line_tokens": total // page.size, "page_prose_lines": int(page.group_prose.sum()),
    }  # fmt: skip
    for name, (start, end) in (("block", page.block), ("wide", page.wide_block)):
        figures[f"{name}_lines"] = end - start
        figures[f"{name}_share"] = int(page.tokens[start:end].sum()) * 1000 // max(total, 1)
    return {name: np.full(page.size, figure) for name, figure in figures.items()}


def _around(page: Page) -> dict[str, Ints]:
    w, n = page.windows, page.spelling.counts
    figures = {
        "tokens": page.capped, "prose": np.where(page.group_prose, page.capped, 0), "common": page.common_words,
        "known": page.known_words, "long": page.long_words, "repeated": (page.repeat > 1).astype(np.int64),
        "width": np.minimum(page.width, 400), "ends": page.ends.astype(np.int64), "capitals": page.capitals,
        "spaced": page.spaced, "units": page.units, "lead": page.lead_words, "times": page.times,
        "digits": n[:, c.DIGIT], "commas": n[:, c.COMMA],
        **{f"cue_{name}": np.minimum(row, 3) for name, row in page.cues.items()},
    }  # fmt: skip
    names, rows = list(figures), np.stack(list(figures.values()))
    sums = {reach: dict(zip(names, w.sums(rows, *ends), strict=True)) for reach, ends in _REACHES.items()}
    out = {f"{name}_{reach}": sums[reach][name] for name, reaches in _AROUND.items() for reach in reaches.split()}
    for name, (part, whole, reaches) in _SHARES.items():
        out |= {f"{name}_{reach}": share(sums[reach][part], sums[reach][whole]) for reach in reaches.split()}
    out["width_before"], out["width_after"] = w.shifted(page.width, -1), w.shifted(page.width, 1)
    out["common_after"] = w.shifted(page.common_words, 1)
    out["last_class_after"] = w.shifted(page.spelling.last.astype(np.int64), 1)
    return out


_NAMES: Final = {
    "form": ("width", "tokens", "upper", "capitals", "caseless", "commas", "comma_share", "terminals", "terminal_share",
             "closers", "bars", "digits", "ends", "last_class", "first_class", "colon_end", "prose", "group_prose",
             "group_width", "marker", "blank", "indent"),
    "words": ("long_words", "known", "unique", "common", "common_n", "lead", "since_first", "block_known",
              *(f"cue_{name}" for name in CUES)),
    "repetition": ("repeat", "same_before", "head_near"),
    "place": ("at", "left", "at_share", "token_share", "prose_share", "prose_before", "prose_after", "since_prose",
              "until_prose", "short_run", "prose_run", "prose_deep", "quiet_run", "pauses", "longest_pause",
              "times_since", "dates_since", "block_start", "block_end", "block_at", "wide_start", "wide_end",
              "wide_at"),
    "page": ("page_lines", "page_tokens", "page_prose", "page_line_tokens", "page_prose_lines", "block_lines",
             "block_share", "wide_lines", "wide_share"),
}  # fmt: skip
