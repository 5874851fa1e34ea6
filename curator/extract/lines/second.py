"""A second look at each line, once there is a first guess for every line of the page."""

from __future__ import annotations

import numpy as np

from curator.extract.lines.characters import Ints
from curator.extract.lines.features import FAR, Page, best_stretch, share
from curator.extract.lines.forest import probability

__all__ = ["second_features"]


def second_features(page: Page, guess: Ints) -> dict[str, Ints]:
    """Return features by name from the first guess, log-odds in thousandths per line."""
    w = page.windows
    odds = np.clip(guess, -6000, 6000)
    p = probability(guess)
    weight = np.minimum(page.weight, 60) + 1
    mass = p * weight
    likely = p > 2048
    out = {"guess": odds, "weight": weight}
    for by in (1, 2, 3, 4, 5):
        out[f"guess_{by}"] = w.shifted(odds, by, -6000)
        out[f"guess_-{by}"] = w.shifted(odds, -by, -6000)
    rows = np.stack([p, mass, weight, likely.astype(np.int64)])
    for label, before, after in (("b3", 3, -1), ("a3", -1, 3), ("b8", 8, -1), ("a8", -1, 8), ("b20", 20, -1), ("a20", -1, 20), ("2", 2, 2), ("6", 6, 6)):
        ps, ms, ws, ls = w.sums(rows, before, after)
        out[f"p_{label}"] = ps
        out[f"mass_{label}"] = ms >> 6
        out[f"mean_{label}"] = share(ms, ws) * 1000 >> 12
        out[f"likely_{label}"] = ls
    total = max(int(mass.sum()), 1)
    before = np.cumsum(mass)
    out["mass_before"] = share(before - mass, total)
    out["mass_after"] = share(total - before, total)
    root = np.sqrt(weight.astype(np.float64) * 256).astype(np.int64)
    start, end = best_stretch(odds * root)
    at = np.arange(page.size)
    out["stretch_start"] = np.clip(at - start, -FAR, FAR)
    out["stretch_end"] = np.clip(at - end, -FAR, FAR)
    inside = int(mass[start:end].sum())
    out["stretch_share"] = np.full(page.size, share(np.int64(inside), total))
    out["since_likely"] = w.since(likely)
    out["until_likely"] = w.until(likely)
    sure = p > 3277
    out["since_sure"] = w.since(sure)
    out["until_sure"] = w.until(sure)
    out["run"], out["deep"] = w.run(likely)
    out["page_mass"] = np.full(page.size, share(np.int64(total >> 12), int(weight.sum())))
    out["page_sure"] = np.full(page.size, share(np.int64((p * sure * weight).sum()), total))
    out["page_kept"] = np.full(page.size, int((p * weight).sum()) >> 12)
    out |= _rank(page, guess, p)
    out |= _words(page, p, likely)
    out |= _segments(page, p, likely, mass)
    return out


def _rank(page: Page, guess: Ints, p: Ints) -> dict[str, Ints]:
    order = np.argsort(-guess, kind="stable")
    w = page.weight[order]
    kept = np.cumsum(w)
    hit = np.cumsum(p[order] * w)
    f = 2000 * hit // np.maximum(kept * 4096 + hit[-1], 1) if len(hit) else hit
    best = int(np.argmax(f)) if len(f) else 0
    rank = np.empty(page.size, np.int64)
    value = np.empty(page.size, np.int64)
    rank[order] = np.arange(page.size) - best
    value[order] = f
    out = {"rank": np.clip(rank, -FAR, FAR), "f_at": value, "f_best": np.full(page.size, f.max(initial=0))}
    cut = int(guess[order[best]]) if len(order) else 0
    out["over_cut"] = np.clip(guess - cut, -6000, 6000)
    keep = rank <= 0
    out["since_kept"] = page.windows.since(keep)
    out["until_kept"] = page.windows.until(keep)
    out["kept_before"] = np.cumsum(keep) - keep
    out["kept_after"] = int(keep.sum()) - np.cumsum(keep)
    return out


def _words(page: Page, p: Ints, likely: np.ndarray) -> dict[str, Ints]:
    key, line = page.pair_key, page.pair_line
    kinds = page.spelling.words.kinds
    own = p[line]
    inside = np.bincount(key, weights=own, minlength=kinds).astype(np.int64)[key] - own
    outside = np.bincount(key, weights=4096 - own, minlength=kinds).astype(np.int64)[key] - (4096 - own)
    long = page.long[key]
    n = page.long_words
    add = lambda row: np.bincount(line[long], weights=row[long], minlength=page.size).astype(np.int64)  # noqa: E731
    out = {
        "word_mass": add(np.minimum(inside, 4 * 4096)) // np.maximum(n, 1),
        "word_in": share(add((inside >= 2048).astype(np.int64)), n),
        "word_out": share(add((outside >= 2048).astype(np.int64)), n),
        "word_only_in": share(add(((inside >= 2048) & (outside < 2048)).astype(np.int64)), n),
        "word_only_out": share(add(((inside < 2048) & (outside >= 2048)).astype(np.int64)), n),
    }
    w = page.windows
    rows = np.stack([add((inside >= 2048).astype(np.int64)), n])
    for label, before, after in (("2", 2, 2), ("5", 5, 5)):
        a, b = w.sums(rows, before, after)
        out[f"word_in_{label}"] = share(a, b)
    return out


def _segments(page: Page, p: Ints, likely: np.ndarray, mass: Ints) -> dict[str, Ints]:
    """Tell the stretches of likely lines apart: an article, and what else is written like one."""
    size = page.size
    w = page.windows
    near = likely | (w.since(likely) <= 2) & (w.until(likely) <= 2)
    number = np.cumsum(np.diff(near, prepend=False) & near)
    segment = np.where(near, number, 0)
    count = int(number[-1]) + 1
    mine = np.bincount(segment, weights=mass, minlength=count).astype(np.int64)
    mine[0] = 0
    biggest = int(np.argmax(mine)) if count > 1 else 0
    first = int(np.argmax(mine * 5 >= mine.max())) if count > 1 else 0
    order = np.argsort(-mine, kind="stable")
    place = np.empty(count, np.int64)
    place[order] = np.arange(count)
    total = max(int(mine.sum()), 1)
    out = {
        "segment_mass": mine[segment] >> 12, "segment_share": share(mine, total)[segment], "segment_at": segment,
        "segment_place": place[segment], "segments": np.full(size, count), "from_biggest": segment - biggest,
        "from_first": segment - first, "segment_to_best": share(mine, int(mine.max(initial=1)))[segment],
    }  # fmt: skip
    key, line = page.pair_key, page.pair_line
    kinds = page.spelling.words.kinds
    long = page.long[key]
    n = page.long_words
    for name, which in (("biggest", biggest), ("first", first)):
        chosen = (segment[line] == which) & long & (which > 0)
        there = np.bincount(key[chosen], minlength=kinds)
        hit = long & (there[key] - chosen > 0)
        row = np.bincount(line[hit], minlength=size)
        out[f"{name}_words"] = share(row, n)
        by_segment = share(np.bincount(segment, weights=row, minlength=count).astype(np.int64), np.bincount(segment, weights=n, minlength=count).astype(np.int64))
        out[f"{name}_segment_words"] = np.where(segment > 0, by_segment[segment], -1)
        a, b = w.sums(np.stack([row, n]), 4, 4)
        out[f"{name}_words_near"] = share(a, b)
    clock = np.cumsum(page.times + page.dates)
    start = int(np.argmax(segment == first)) if first else 0
    out["clock_since_first"] = np.where(np.arange(size) >= start, clock - clock[start], -1)
    head, of = page.overlap(np.array([0, page.title]))
    title_hit = np.bincount(segment, weights=head * n // 1000, minlength=count).astype(np.int64)
    out["segment_title"] = share(title_hit, np.bincount(segment, weights=n, minlength=count).astype(np.int64))[segment]
    return out
