"""What a block model may know about each block of a page, as one row of numbers per block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from curator.extract.blocks.cut import Cut
from curator.extract.blocks.marks import CUES, GROUPS, cue_hits
from curator.extract.blocks.walk import TAGS, Page
from curator.extract.blocks.words import agreement, coverage, grams_of

__all__ = ["VOTERS", "Evidence", "describe", "gather", "is_candidate"]

VOTERS = ("own", "trafilatura", "readability", "description", "json_ld")
_MEAN_OF = 3  # the first voters, whose mean is "the vote"
Array = Any  # numpy arrays

_CHARACTERS = (  # classes of characters; 0 is all else
    "0123456789",
    ",，、،;；",
    ".!?。！？।؟…",
    "\"'“”„«»‘’「」『』‚‹›",
    "|»›>→▶•·→►/–-#",
    ":：",
    "@©®",
    " ",
    ")]）】",
)
_ENDS, _QUOTES, _SIGNS, _COLON, _SPACE = 3, 4, 5, 6, 8
_CLASS_OF = np.zeros(65_536, dtype=np.uint8)
for _number, _members in enumerate(_CHARACTERS, 1):
    for _member in _members:
        _CLASS_OF[ord(_member)] = _number

_SELF_TAGS = tuple(
    TAGS.index(tag) for tag in ("p", "div", "li", "td", "blockquote", "figcaption", "pre", "section", "article")
)
_ABOVE = (
    "article", "aside", "section", "main", "header", "footer", "nav", "figure", "figcaption", "ul", "ol", "dl",
    "td", "table", "form", "blockquote", "details", "address", "a", "li", "p",
)  # fmt: skip
_ABOVE_TAGS = tuple(TAGS.index(tag) for tag in _ABOVE)
_HEADINGS = tuple(TAGS.index(f"h{n}") for n in range(1, 7))
_LEVELS = 4
_MAX_STEPS = 8


@dataclass(frozen=True, slots=True)
class Evidence:
    """A page's blocks with what voters say of them: `votes` is float [voters, blocks] in the order of `VOTERS`."""

    cut: Cut
    votes: Array
    agreements: tuple[float, ...]  # of the first voters with trafilatura's answer, 0 to 1
    sizes: tuple[int, ...]  # distinct three-grams of each voter


def gather(cut: Cut, texts: dict[str, str]) -> Evidence:
    """Compare the blocks of a page with the texts of the voters, by name; a voter without a text votes for nothing."""
    tokens = cut.tokens
    known = {text: grams_of(text, tokens) for text in {texts.get(name, "") for name in VOTERS}}
    grams = [known[texts.get(name, "")] for name in VOTERS]
    answer = grams[VOTERS.index("trafilatura")][2]
    agreements = tuple(agreement(grams[VOTERS.index(name)][2], answer) for name in ("own", "readability", "json_ld"))
    return Evidence(cut, coverage(tokens, grams), agreements, tuple(g[2].size for g in grams))


def is_candidate(evidence: Evidence) -> Array:
    """Return which blocks are worth judging: voted for, prose, or close to what trafilatura took."""
    page, votes, size = evidence.cut.page, evidence.votes, evidence.cut.tokens.size
    linked = np.array(page.linked) / np.maximum([len(text) for text in page.text], 1)
    named = VOTERS.index("description")
    voted = (np.delete(votes, named, axis=0) >= 0.5).any(axis=0) | (votes[named] > 0.3)
    kept = np.flatnonzero((votes[VOTERS.index("trafilatura")] >= 0.5) & (size > 2))
    near = np.zeros(len(size), dtype=bool)
    if kept.size:
        near[max(kept[0] - 3, 0) : kept[-1] + 4] = True
    return voted | near | ((size >= 6) & (linked < 0.6))


class _Columns:
    """Named columns, all of one length."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.columns: list[Array] = []

    def add(self, name: str, values: Array) -> None:
        self.names.append(name)
        self.columns.append(values)


def describe(evidence: Evidence) -> tuple[list[str], Array]:
    """Return the names of the features and their values: float32 [blocks, features]."""
    page, size = evidence.cut.page, evidence.cut.tokens.size.astype(float)
    out = _Columns()
    count = len(page.text)
    length = np.array([len(text) for text in page.text], dtype=float)
    linked = np.array(page.linked) / np.maximum(length, 1)
    boxes = _BoxArrays(page)
    vote = evidence.votes[:_MEAN_OF].mean(axis=0)
    _add_votes(out, evidence, vote)
    _add_block(out, page, boxes, size, length, linked)
    _add_characters(out, evidence, length)
    strong = (vote >= 0.5) & (size > 2)
    _add_place(out, boxes, size, strong)
    tag_p = boxes.tag[boxes.of] == TAGS.index("p")
    _add_boxes(out, boxes, size, vote, linked, tag_p)
    _add_neighbours(out, size, vote, linked, tag_p)
    total = float(size.sum())
    for name, value in (
        *((f"page.{voter}", np.log1p(s)) for voter, s in zip(VOTERS, evidence.sizes, strict=True)),
        *((f"page.share.{voter}", s / max(total, 1.0)) for voter, s in zip(VOTERS[:3], evidence.sizes, strict=False)),
        ("page.agree.own", evidence.agreements[0]),
        ("page.agree.readability", evidence.agreements[1]),
        ("page.agree.json_ld", evidence.agreements[2]),
        ("page.tokens", np.log1p(total)),
        ("page.blocks", np.log1p(count)),
        ("page.p", float((size * tag_p).sum()) / max(total, 1.0)),
    ):
        out.add(name, np.full(count, value))
    return out.names, np.column_stack(out.columns).astype(np.float32)


class _BoxArrays:
    """The boxes of a page as arrays, with the next larger box around each."""

    def __init__(self, page: Page) -> None:
        boxes = page.boxes
        self.of = np.array(page.box, dtype=np.int64)  # the box of each block
        self.parent = np.maximum(np.array(boxes.parent, dtype=np.int64), 0)
        self.tag, self.depth = np.array(boxes.tag), np.array(boxes.depth)
        self.start, self.end = np.array(boxes.start), np.array(boxes.end)
        self.marks = np.array(boxes.marks, dtype=np.int64)
        self.marks_above = np.array(boxes.marks_above, dtype=np.int64)
        self.tags_above = np.array(boxes.tags_above, dtype=np.int64)
        self.signature = np.array(boxes.signature)
        wider = [0] * len(boxes.parent)
        start, end = boxes.start, boxes.end
        for number, parent in enumerate(boxes.parent):
            if parent >= 0:
                same = start[parent] == start[number] and end[parent] == end[number]
                wider[number] = wider[parent] if same else parent
        self.wider = np.array(wider, dtype=np.int64)

    def sums(self, values: Array) -> Array:
        """Return the sum of a value of blocks over each box."""
        running = np.concatenate(([0.0], np.cumsum(values)))
        return running[self.end] - running[self.start]


def _add_votes(out: _Columns, evidence: Evidence, vote: Array) -> None:
    for name, votes in zip(VOTERS, evidence.votes, strict=True):
        out.add(f"vote.{name}", votes)
    out.add("vote.mean", vote)


def _add_block(out: _Columns, page: Page, boxes: _BoxArrays, size: Array, length: Array, linked: Array) -> None:
    tag, of = boxes.tag[boxes.of], boxes.of
    inline = np.array(page.marks, dtype=np.int64)
    out.add("tokens", size)
    out.add("length", np.log1p(length))
    out.add("linked", linked)
    out.add("links", np.minimum(page.links, 20))
    out.add("bold", np.array(page.bold) / np.maximum(length, 1))
    out.add("after_break", np.array(page.after_break))
    counts: dict[str, int] = {}
    for text in page.text:
        counts[text] = counts.get(text, 0) + 1
    out.add("copies", np.array([min(counts[text], 9) for text in page.text]))
    seen: dict[str, int] = {}
    earlier = []
    for text in page.text:
        earlier.append(seen.get(text, 0))
        seen[text] = 1
    out.add("seen_before", np.array(earlier))
    out.add("depth", boxes.depth[of])
    for number in _SELF_TAGS:
        out.add(f"tag.{TAGS[number]}", tag == number)
    level = np.zeros(len(tag))
    for number, code in enumerate(_HEADINGS, 1):
        level[tag == code] = number
    out.add("heading", level)
    for number in _ABOVE_TAGS:
        out.add(f"above.{TAGS[number]}", boxes.tags_above[of] >> number & 1)
    parent, grand = boxes.parent[of], boxes.parent[boxes.parent[of]]
    own = boxes.marks[of] | inline
    for number, name in enumerate(GROUPS):
        near = (own >> number & 1) * 4
        near = np.maximum(near, np.maximum((boxes.marks[parent] >> number & 1) * 2, boxes.marks[grand] >> number & 1))
        out.add(f"mark.{name}", near)
        out.add(f"mark_above.{name}", boxes.marks_above[of] >> number & 1)


def _add_characters(out: _Columns, evidence: Evidence, length: Array) -> None:
    lowered, text = evidence.cut.lowered, "\n".join(evidence.cut.page.text) + "\n"
    points = np.frombuffer(lowered.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    stops = np.flatnonzero(points == 10)
    starts = np.concatenate(([0], stops[:-1] + 1))
    kinds = _CLASS_OF[np.minimum(points, 65_535)]
    size = np.maximum(length, 1)

    def rate(mask: Array) -> Array:
        return np.add.reduceat(mask.astype(np.int32), starts) / size

    for number, name in (
        (1, "digits"),
        (2, "commas"),
        (_ENDS, "ends"),
        (_QUOTES, "quotes"),
        (_SIGNS, "signs"),
        (_COLON, "colons"),
    ):
        out.add(f"rate.{name}", rate(kinds == number))
    if len(text) == len(lowered):
        upper = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32) != points
        out.add("rate.upper", rate(upper))
        out.add("first.upper", upper[starts])
    else:  # a lower-case letter that takes two characters
        out.add("rate.upper", np.zeros(len(stops)))
        out.add("first.upper", np.zeros(len(stops)))
    first, last = kinds[starts], kinds[stops - 1]
    out.add("first.kind", first)
    out.add("last.ends", last == _ENDS)
    out.add("last.kind", last)
    out.add(
        "sentences",
        np.add.reduceat(((kinds == _ENDS) & np.concatenate((kinds[1:] != _ENDS, [True]))).astype(np.int32), starts),
    )
    found = cue_hits(lowered)
    groups = np.array([group for group, _ in found], dtype=np.int64)
    places = np.array([place for _, place in found], dtype=np.int64)
    block = np.searchsorted(stops, places)
    opening = places - starts[block] <= 20 if places.size else np.zeros(0, dtype=bool)
    for number, name in enumerate(CUES):
        mine = groups == number
        out.add(f"cue.{name}", np.bincount(block[mine], minlength=len(stops)))
        out.add(f"cue_first.{name}", np.bincount(block[mine & opening], minlength=len(stops)) > 0)


def _add_place(out: _Columns, boxes: _BoxArrays, size: Array, strong: Array) -> None:
    count = len(size)
    order = np.arange(count)
    before = np.cumsum(size) - size
    out.add("place", order / max(count, 1))
    out.add("place.tokens", before / max(float(size.sum()), 1.0))
    kept = np.flatnonzero(strong)
    first, last = (int(kept[0]), int(kept[-1])) if kept.size else (0, count - 1)
    out.add("from_first", np.clip(order - first, -50, 50))
    out.add("from_last", np.clip(order - last, -50, 50))
    out.add("from_last.tokens", np.sign(order - last) * np.log1p(np.abs(before - before[last])))
    out.add("from_first.tokens", np.sign(order - first) * np.log1p(np.abs(before - before[first])))
    out.add("voted_before", np.cumsum(strong * size) / max(float((strong * size).sum()), 1.0))
    tag = boxes.tag[boxes.of]
    heading = (tag >= _HEADINGS[0]) & (tag <= _HEADINGS[-1])
    out.add("since_heading", order - np.maximum.accumulate(np.where(heading, order, -30)))
    following = np.minimum.accumulate(np.where(heading, order, count + 30)[::-1])[::-1]
    out.add("to_heading", np.minimum(following - order, 30))
    # Blocks between this one and the nearest voted one, on each side.
    voted_before = order - np.maximum.accumulate(np.where(strong, order, -99))
    voted_after = np.minimum.accumulate(np.where(strong, order, count + 99)[::-1])[::-1] - order
    out.add("since_vote", np.minimum(voted_before, 60))
    out.add("to_vote", np.minimum(voted_after, 60))


def _add_boxes(out: _Columns, boxes: _BoxArrays, size: Array, vote: Array, linked: Array, tag_p: Array) -> None:
    sums = {
        "tokens": boxes.sums(size),
        "votes": boxes.sums(size * vote),
        "linked": boxes.sums(size * linked),
        "p": boxes.sums(size * tag_p),
        "blocks": (boxes.end - boxes.start).astype(float),
    }
    all_votes = max(float((size * vote).sum()), 1e-9)
    share = sums["votes"] / all_votes  # of the page's votes, in each box
    tokens = np.maximum(sums["tokens"], 1)

    def add(level: str, box: Array) -> None:
        out.add(f"{level}.vote", sums["votes"][box] / tokens[box])
        out.add(f"{level}.linked", sums["linked"][box] / tokens[box])
        out.add(f"{level}.tokens", np.log1p(sums["tokens"][box]))
        out.add(f"{level}.p", sums["p"][box] / tokens[box])
        out.add(f"{level}.blocks", np.log1p(sums["blocks"][box]))
        out.add(f"{level}.share", share[box])

    order = np.arange(len(size))
    box = boxes.of
    for level in range(_LEVELS):
        add(f"box{level}", box)
        if level < 2:
            out.add(f"box{level}.place", (order - boxes.start[box]) / np.maximum(sums["blocks"][box], 1))
        box = boxes.wider[box]
    # Up to the box that holds the article, going by the votes, and the branch of it that this block is in.
    branch = boxes.of.copy()
    steps = np.zeros(len(size))
    for _ in range(_MAX_STEPS):
        up = boxes.wider[branch]
        rising = share[up] < 0.8
        branch = np.where(rising, up, branch)
        steps += rising
    inside = share[boxes.of] >= 0.8
    out.add("steps", np.where(inside, -1, steps))
    add("branch", branch)
    for number, name in enumerate(GROUPS):
        out.add(f"branch.mark.{name}", boxes.marks[branch] >> number & 1)
    home = boxes.wider[branch]
    out.add("home.vote", sums["votes"][home] / tokens[home])
    out.add("home.blocks", np.log1p(sums["blocks"][home]))
    out.add("home.place", (order - boxes.start[home]) / np.maximum(sums["blocks"][home], 1))
    signature = boxes.signature[boxes.of]
    many = int(signature.max()) + 1
    weight = np.bincount(signature, size, minlength=many)
    out.add("alike.vote", (np.bincount(signature, size * vote, minlength=many) / np.maximum(weight, 1))[signature])
    out.add("alike.linked", (np.bincount(signature, size * linked, minlength=many) / np.maximum(weight, 1))[signature])
    blocks = np.bincount(signature, minlength=many)
    out.add("alike.blocks", np.log1p(blocks)[signature])
    out.add("alike.tokens", (weight / np.maximum(blocks, 1))[signature])
    out.add("alike.share", np.bincount(signature, size * vote, minlength=many)[signature] / all_votes)


def _add_neighbours(out: _Columns, size: Array, vote: Array, linked: Array, tag_p: Array) -> None:
    count = len(size)
    short = np.log1p(size)
    for distance in (-2, -1, 1, 2):
        for name, values in (("vote", vote), ("tokens", short), ("linked", linked), ("p", tag_p.astype(float))):
            moved = np.full(count, -1.0)
            if distance < 0:
                moved[-distance:] = values[:distance]
            else:
                moved[:-distance] = values[distance:]
            out.add(f"next{distance:+d}.{name}", moved)
    order = np.arange(count)
    for reach in (2, 5):
        low, high = np.maximum(order - reach, 0), np.minimum(order + reach + 1, count)
        for name, values in (("vote", vote * size), ("tokens", size), ("linked", linked * size)):
            running = np.concatenate(([0.0], np.cumsum(values)))
            total = running[high] - running[low]
            if name != "tokens":
                weights = np.concatenate(([0.0], np.cumsum(size)))
                total = total / np.maximum(weights[high] - weights[low], 1)
            out.add(f"window{reach}.{name}", total)
