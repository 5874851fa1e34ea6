"""What is told about each line of a page: its form, its words, its neighbours, its place. All whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from curator.extract.lines import characters as c
from curator.extract.lines.characters import Alphabet, Ints, Spelling
from curator.rules.view import View

__all__ = ["Page", "line_features"]

Bools = NDArray[np.bool_]
FAR: Final = 200  # lines; farther is as far


def share(part: Ints, whole: Ints | int) -> Ints:
    """Return part of whole in thousandths."""
    return part * 1000 // np.maximum(whole, 1)


class Windows:
    """Sums over the lines around each line."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._at = np.arange(size)

    def sums(self, rows: Ints, before: int, after: int) -> Ints:
        """Return, for rows of figures per line, the sums over `before` lines before to `after` lines after each."""
        total = np.zeros((len(rows), self.size + 1), np.int64)
        np.cumsum(rows, axis=1, out=total[:, 1:])
        high = np.clip(self._at + after + 1, 0, self.size)
        low = np.clip(self._at - before, 0, self.size)
        return total[:, high] - total[:, low]

    def shifted(self, row: Ints, by: int, beyond: int = 0) -> Ints:
        """Return what stands `by` lines further on (or back)."""
        out = np.full(self.size, beyond, np.int64)
        if by >= 0:
            out[: max(self.size - by, 0)] = row[by:]
        else:
            out[-by:] = row[:by] if -by < self.size else row[:0]
        return out

    def since(self, flag: Bools) -> Ints:
        """Return how many lines ago a flag was last up, the line itself left out."""
        last = np.maximum.accumulate(np.where(flag, self._at, -FAR))
        return np.minimum(self._at - np.append(-FAR, last[:-1]), FAR)

    def until(self, flag: Bools) -> Ints:
        """Return in how many lines a flag will next be up, the line itself left out."""
        return self.since(flag[::-1])[::-1]

    def run(self, flag: Bools) -> tuple[Ints, Ints]:
        """Return the length of the stretch of equal flags each line stands in, and how deep it stands in it."""
        edge = np.flatnonzero(np.diff(flag, prepend=~flag[:1]))
        number = np.cumsum(np.diff(flag, prepend=~flag[:1])) - 1
        length = np.diff(np.append(edge, self.size))
        return length[number], self._at - edge[number]


def best_stretch(gain: Ints) -> tuple[int, int]:
    """Return the stretch (first, past the last) whose gains add up to most."""
    total = np.append(0, np.cumsum(gain))
    lowest = np.minimum.accumulate(total)
    end = int(np.argmax(total - lowest))
    return int(np.argmin(total[: end + 1])), end


class Page:
    """A whole-page text on its way to a decision."""

    def __init__(self, view: View, alphabet: Alphabet) -> None:
        self.view = view
        self.size = len(view)
        self.spelling = Spelling(view, alphabet)
        self.windows = Windows(self.size)
        s = self.spelling
        n = s.counts
        words = s.words
        self.spaced: Ints = np.bincount(words.line[words.spaced], minlength=self.size)
        self.units: Ints = np.bincount(words.line, minlength=self.size)
        self.weight = self.spaced + n[:, c.CJK] + n[:, c.THAI]
        self.tokens = self.spaced + n[:, c.CJK] * 5 // 9 + n[:, c.THAI] // 4
        self.width = s.length + (n[:, c.CJK] + n[:, c.HANGUL]) * 13 // 10
        self.ends = (s.last == c.TERMINAL) | ((s.last == c.THAI) & (self.width >= 40))
        self.prose = ((self.width >= 70) & (self.tokens >= 8) & self.ends) | (self.width >= 250)
        self._groups()
        self._vocabulary()
        gain = np.where(self.gprose, np.minimum(self.tokens, 60), -6)
        self.block = best_stretch(gain)
        wide = np.where(self.gprose, 2 * np.minimum(self.tokens, 60), -5)
        self.wide_block = best_stretch(wide)
        self._clock()
        self._lead()

    def _groups(self) -> None:
        """Join the pieces of paragraphs that a scraper cut at inline tags."""
        s = self.spelling
        joins = np.zeros(self.size, bool)  # with the line before
        lower = (s.first == c.LOWER) | (s.first == c.COMMA) | (s.first == c.TERMINAL) | (s.first == c.CLOSER)
        comma = np.isin(s.last_code, [ord(x) for x in ",\u060c\u3001\uff0c"])
        joins[1:] = lower[1:] | comma[:-1]
        self.joins = joins
        group = np.cumsum(~joins)
        group -= group[0]
        self.group = group
        sums = [
            np.bincount(group, weights=x).astype(np.int64)
            for x in (self.width, self.tokens, s.counts[:, c.TERMINAL])
        ]
        ends = self.ends[np.flatnonzero(np.append(np.diff(group), 1))]
        prose = (sums[0] >= 70) & (sums[1] >= 8) & ends | (sums[0] >= 250) & (sums[2] > 0)
        self.group_width = sums[0][group]
        self.gprose = prose[group] | self.prose

    def _vocabulary(self) -> None:
        """Find the page's own function words and which words return in other prose lines."""
        words = self.spelling.words
        pair = np.unique(words.key * self.size + words.line)
        key, line = pair // self.size, pair % self.size
        self.pair_key, self.pair_line = key, line
        in_prose = self.gprose[line]
        df = np.bincount(key[in_prose], minlength=words.kinds)
        prose_lines = int(self.gprose.sum())
        self.df = df
        common = np.zeros(words.kinds, bool)
        if words.kinds:
            top = np.argsort(-df, kind="stable")[:40]
            common[top] = df[top] * 100 >= 15 * max(prose_lines, 4)
        self.common = common
        is_long = words.size >= np.where(words.spaced, 5, 2)
        long = np.zeros(words.kinds, bool)
        long[words.key[is_long]] = True
        long &= ~common
        self.long = long
        length = long[key]
        here = df[key] - in_prose
        count = lambda keep: np.bincount(line[keep], minlength=self.size)  # noqa: E731
        self.long_words = count(length)
        self.known_words = count(length & (here >= 1))
        self.well_known = count(length & (here >= 3))
        occurrences = np.bincount(words.key, minlength=words.kinds) if words.kinds else np.zeros(0, np.int64)
        self.unique_words = count(length & (occurrences[key] == 1))
        self.common_words = np.bincount(words.line[common[words.key]], minlength=self.size) if words.kinds else np.zeros(self.size, np.int64)
        self.capitals = np.bincount(words.line[words.capital], minlength=self.size)
        self.different = np.bincount(line, minlength=self.size)

    def _clock(self) -> None:
        """Count what looks like a time of day or a date: digits on both sides of a colon, a dot, a slash or a dash."""
        s = self.spelling
        digit = s.classes == c.DIGIT
        between = np.flatnonzero(digit[:-2] & digit[2:]) + 1
        sign = s.codes[between]
        times = between[(sign == 58) | (sign == 0xFF1A)]
        dates = between[(sign == 46) | (sign == 47) | (sign == 45) | (sign == 0x5E74) | (sign == 0x6708)]
        self.times = np.bincount(s.line_of[times], minlength=self.size)
        self.dates = np.bincount(s.line_of[dates], minlength=self.size)

    def _lead(self) -> None:
        """Find the headline above the main stretch and the first prose lines under it, and who shares their words."""
        start = self.block[0]
        above = np.arange(max(0, start - 80), start)
        self.title = 0
        kinds = self.spelling.words.kinds
        if len(above):
            sel = (self.pair_line >= self.block[0]) & (self.pair_line < self.block[1])
            inside = np.bincount(self.pair_key[sel], minlength=kinds)
            w = np.where(self.long[self.pair_key], np.minimum(inside[self.pair_key], 5), 0)
            tally = np.bincount(self.pair_line, weights=w, minlength=self.size).astype(np.int64)
            fits = (self.tokens[above] >= 3) & (self.tokens[above] <= 40)
            score = np.where(fits, tally[above] * 1000 // (self.long_words[above] + 3), -1)
            self.title = int(above[len(above) - 1 - np.argmax(score[::-1])])
        prose = np.flatnonzero(self.gprose)
        lead = prose[prose >= start][:8]
        wanted = np.zeros(kinds, np.int64)
        chosen = np.isin(self.pair_line, np.append(lead, [self.title, 0]))
        np.add.at(wanted, self.pair_key[chosen], 1)
        in_lead = chosen & self.long[self.pair_key]
        other = self.long[self.pair_key] & (wanted[self.pair_key] - in_lead > 0)
        self.lead_words = np.bincount(self.pair_line[other], minlength=self.size)

    def overlap(self, lines: Ints) -> tuple[Ints, Ints]:
        """Return how much of each line's long words some lines have, and how much of theirs each line has."""
        wanted = np.zeros(self.spelling.words.kinds, bool)
        chosen = np.isin(self.pair_line, lines)
        wanted[self.pair_key[chosen & self.long[self.pair_key]]] = True
        hit = np.bincount(self.pair_line[wanted[self.pair_key]], minlength=self.size)
        return share(hit, self.long_words), share(hit, int(wanted.sum()))

    @cached_property
    def repeats(self) -> tuple[Ints, Ints, Ints]:
        """How often each line's words stand in the page, how far the same line is, and whether it is not the first."""
        said = self.spelling.said
        order = np.argsort(said, kind="stable")
        kinds, inverse, count = np.unique(said, return_inverse=True, return_counts=True)
        same_before = np.full(self.size, FAR)
        same_after = np.full(self.size, FAR)
        gap = np.diff(order)
        same = np.diff(said[order]) == 0
        same_before[order[1:][same]] = gap[same]
        same_after[order[:-1][same]] = gap[same]
        count = np.where(kinds == 0, 0, count)
        return count[inverse], np.minimum(same_before, FAR), np.minimum(same_after, FAR)


def line_features(page: Page) -> dict[str, Ints]:
    """Return all features by name, each with one whole number per line."""
    out: dict[str, Ints] = {}
    for part in (_form, _vocabulary, _repetition, _place, _blocks, _around):
        out |= part(page)
    return out


def _form(page: Page) -> dict[str, Ints]:
    s, n = page.spelling, page.spelling.counts
    letters = n[:, [c.UPPER, c.LOWER, c.LETTER, c.HANGUL, c.CJK, c.THAI]].sum(axis=1)
    words = s.words
    starts, ends = s.starts, s.ends
    second = s.classes[np.minimum(starts + 1, len(s.classes) - 1)]
    code_first = s.codes[starts]
    digits_in = np.bincount(words.line[(s.classes[_begin(page)] == c.DIGIT) & (words.size == 4)], minlength=page.size) if len(words.line) else np.zeros(page.size, np.int64)
    text = page.view.text
    view = page.view
    has = lambda ch: np.bincount(s.line_of[s.codes == ord(ch)], minlength=page.size)  # noqa: E731
    marker = np.fromiter((ord(text[a]) if text[a] in "#*-+>|•●▪■◆▶►→›✓☛" else 0 for a in view.starts), np.int64, page.size)
    blank = np.fromiter((text.count("\n", a, b) for a, b in zip([0, *view.ends], view.starts, strict=False)), np.int64, page.size)
    indent = np.fromiter((a - 1 - text.rfind("\n", 0, a) for a in view.starts), np.int64, page.size)
    longest = np.zeros(page.size, np.int64)
    np.maximum.at(longest, words.line, words.size)
    number = n[:, c.DIGIT]
    return {
        "width": page.width, "tokens": page.tokens, "letters": share(letters, s.length),
        "upper": share(n[:, c.UPPER], letters), "capitals": share(page.capitals, page.spaced),
        "digits": share(number, s.length), "commas": n[:, c.COMMA], "comma_share": share(n[:, c.COMMA], page.tokens),
        "terminals": n[:, c.TERMINAL], "terminal_share": share(n[:, c.TERMINAL], page.tokens),
        "bars": n[:, c.BAR], "symbols": n[:, c.SYMBOL], "others": n[:, c.OTHER], "closers": n[:, c.CLOSER],
        "caseless": share(n[:, c.LETTER] + n[:, c.HANGUL] + n[:, c.CJK] + n[:, c.THAI], letters),
        "ends": page.ends.astype(np.int64), "last_class": s.last.astype(np.int64), "first_class": s.first.astype(np.int64),
        "second_class": second.astype(np.int64), "colon_end": np.isin(s.last_code, [58, 0xFF1A]).astype(np.int64),
        "question": has("?") + has("？"), "exclaim": has("!"), "ellipsis": np.isin(s.last_code, [0x2026]) | False,
        "at": has("@"), "copyright": has("©"), "percent": has("%"), "paren": has("("), "slash": has("/"), "bar": has("|"),
        "quote": has('"'), "colon": has(":"), "dash": has("-"), "dot": has("."),
        "years": digits_in, "word_size": s.length * 10 // np.maximum(page.tokens, 1), "longest": longest,
        "joins": page.joins.astype(np.int64), "group_width": page.group_width, "prose": page.prose.astype(np.int64),
        "gprose": page.gprose.astype(np.int64), "marker": marker, "blank": blank, "indent": np.minimum(indent, 60),
        "first_code": (code_first < 128) * code_first.astype(np.int64),
        "times": page.times, "dates": page.dates,
        "different": share(page.different, page.units),
    }  # fmt: skip


def _begin(page: Page) -> Ints:
    return page.spelling.word_begin


def _vocabulary(page: Page) -> dict[str, Ints]:
    first_over, first_of = page.overlap(np.array([0]))
    out = {
        "long_words": page.long_words, "known": share(page.known_words, page.long_words), "known_n": page.known_words,
        "well_known": share(page.well_known, page.long_words), "unique": share(page.unique_words, page.long_words),
        "common": share(page.common_words, page.units), "common_n": page.common_words,
        "first_over": first_over, "first_of": first_of, "lead": share(page.lead_words, page.long_words),
    }  # fmt: skip
    title = page.title
    over, of = page.overlap(np.array([title]))
    out |= {"title_over": over, "title_of": of, "title_at": np.arange(page.size) - title}
    likeness = np.minimum(first_over, first_of)
    near = page.windows.since(likeness >= 600)
    out |= {"since_first": near, "until_first": page.windows.until(likeness >= 600)}
    return out


def _repetition(page: Page) -> dict[str, Ints]:
    count, before, after = page.repeats
    w = page.windows
    words = page.spelling.words
    head = np.full(page.size, -1)
    tail = np.full(page.size, -1)
    if len(words.line):
        edge = np.flatnonzero(np.diff(words.line, prepend=-1))
        head[words.line[edge]] = words.key[edge]
        tail[words.line[edge]] = words.key[np.append(edge[1:], len(words.line)) - 1]
    out = {"repeat": count, "same_before": before, "same_after": after}
    for name, row in (("head", head), ("tail", tail)):
        keys = row + 1
        many = np.bincount(keys, minlength=1)[keys]
        out[f"{name}_many"] = np.where(row >= 0, many, 0)
        out[f"{name}_near"] = ((w.shifted(row, 1, -2) == row).astype(np.int64) + (w.shifted(row, -1, -2) == row)
                               + (w.shifted(row, 2, -2) == row) + (w.shifted(row, -2, -2) == row))
    return out


def _place(page: Page) -> dict[str, Ints]:
    at = np.arange(page.size)
    tokens = np.cumsum(page.tokens)
    total = int(tokens[-1]) if page.size else 0
    prose_tokens = np.cumsum(np.where(page.gprose, page.tokens, 0))
    w = page.windows
    short = page.width < 40
    run, deep = w.run(short)
    start = page.block[0]
    from_start = lambda row: (lambda t: np.where(at >= start, t - t[start], -1))(np.cumsum(row))  # noqa: E731
    quiet, _ = w.run(~page.gprose)
    new_break = (~page.gprose) & (quiet >= 4) & np.append(True, page.gprose[:-1])
    longest_break = np.maximum.accumulate(np.where((at >= start) & ~page.gprose, quiet, 0))
    prun, pdeep = w.run(page.gprose)
    prose_total = int(prose_tokens[-1]) if page.size else 0
    one = np.ones(page.size, np.int64)
    lines_after = at[::-1]
    return {
        "at": at, "left": lines_after, "at_share": share(at, page.size), "token_share": share(tokens, total),
        "prose_share": share(prose_tokens, prose_total), "prose_before": np.cumsum(page.gprose) - page.gprose,
        "prose_after": int(page.gprose.sum()) - np.cumsum(page.gprose), "since_prose": w.since(page.gprose),
        "until_prose": w.until(page.gprose), "short_run": run, "short_deep": deep, "prose_run": prun, "prose_deep": pdeep,
        "breaks": from_start(new_break), "longest_break": longest_break, "times_since": from_start(page.times),
        "dates_since": from_start(page.dates), "quiet_run": quiet,
        "page_lines": one * page.size, "page_tokens": one * total, "page_prose": one * share(np.int64(prose_total), total),
        "page_line_tokens": one * (total // max(page.size, 1)), "page_prose_lines": one * int(page.gprose.sum()),
    }  # fmt: skip


def _blocks(page: Page) -> dict[str, Ints]:
    at = np.arange(page.size)
    out: dict[str, Ints] = {}
    total = max(int(page.tokens.sum()), 1)
    for name, (start, end) in (("block", page.block), ("wide", page.wide_block)):
        inside = int(page.tokens[start:end].sum())
        out[f"{name}_start"] = np.clip(at - start, -FAR, FAR)
        out[f"{name}_end"] = np.clip(at - end, -FAR, FAR)
        out[f"{name}_at"] = np.clip((at - start) * 1000 // max(end - start, 1), -500, 1500)
        out[f"{name}_lines"] = np.full(page.size, end - start)
        out[f"{name}_share"] = np.full(page.size, inside * 1000 // total)
    start, end = page.block
    inside = np.zeros(page.spelling.words.kinds, np.int64)
    in_block = (page.pair_line >= start) & (page.pair_line < end)
    inside = np.bincount(page.pair_key[in_block], minlength=page.spelling.words.kinds)
    known = page.long[page.pair_key] & ((inside[page.pair_key] - in_block) > 0)
    tf = np.bincount(page.pair_line, weights=np.where(known, np.minimum(inside[page.pair_key] - in_block, 8), 0), minlength=page.size).astype(np.int64)
    known_n = np.bincount(page.pair_line[known], minlength=page.size)
    out["block_known"] = share(known_n, page.long_words)
    out["block_tf"] = tf * 100 // np.maximum(page.long_words, 1)
    return out


def _around(page: Page) -> dict[str, Ints]:
    w = page.windows
    capped = np.minimum(page.tokens, 60)
    short = (page.width < 40).astype(np.int64)
    repeated = (page.repeats[0] > 1).astype(np.int64)
    base = {
        "tokens": capped, "prose": np.where(page.gprose, capped, 0), "common": page.common_words,
        "known": page.known_words, "long": page.long_words, "short": short, "repeated": repeated,
        "width": np.minimum(page.width, 400), "ends": page.ends.astype(np.int64), "capitals": page.capitals,
        "spaced": page.spaced, "units": page.units, "lead": page.lead_words, "times": page.times, "digits": page.spelling.counts[:, c.DIGIT], "commas": page.spelling.counts[:, c.COMMA],
    }  # fmt: skip
    names = list(base)
    rows = np.stack([base[name] for name in names])
    out: dict[str, Ints] = {}
    sums = {}
    for label, before, after in (
        ("2", 2, 2), ("5", 5, 5), ("10", 10, 10), ("b3", 3, -1), ("a3", -1, 3), ("b8", 8, -1), ("a8", -1, 8),
        ("b20", 20, -1), ("a20", -1, 20), ("b1", 1, -1), ("a1", -1, 1), ("b2", 2, -2), ("a2", -2, 2),
    ):  # fmt: skip
        got = w.sums(rows, before, after)
        sums[label] = got
        for number, name in enumerate(names):
            out[f"{name}_{label}"] = got[number]
        out[f"known_share_{label}"] = share(out[f"known_{label}"], out[f"long_{label}"])
        out[f"lead_share_{label}"] = share(out[f"lead_{label}"], out[f"long_{label}"])
        out[f"capital_share_{label}"] = share(out[f"capitals_{label}"], out[f"spaced_{label}"])
        out[f"common_share_{label}"] = share(out[f"common_{label}"], out[f"units_{label}"])
    one = page.spelling.last.astype(np.int64), page.spelling.first.astype(np.int64)
    for by in (-3, -2, -1, 1, 2, 3):
        out[f"last_{by}"] = w.shifted(one[0], by)
        if abs(by) == 1:
            out[f"first_{by}"] = w.shifted(one[1], by)
            out[f"same_width_{by}"] = np.abs(w.shifted(page.width, by) - page.width)
        if abs(by) == 3:
            out[f"width_{by}"] = w.shifted(page.width, by)
    return out


def matrix(features: dict[str, Ints], names: list[str]) -> NDArray[np.int32]:
    """Return the named features, one row each."""
    return np.stack([np.clip(features[name], -(2**31), 2**31 - 1).astype(np.int32) for name in names])


Part = Callable[[Page], dict[str, Ints]]
