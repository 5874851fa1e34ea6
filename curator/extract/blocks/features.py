"""What a block model may know about each block of a page, as one row of numbers per block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from curator.extract.blocks.boxes import Boxes, add_boxes
from curator.extract.blocks.columns import Array, Columns
from curator.extract.blocks.cut import Cut
from curator.extract.blocks.letters import add_letters
from curator.extract.blocks.marks import GROUPS
from curator.extract.blocks.walk import TAGS, Page
from curator.extract.blocks.words import agreement, coverage, grams_of

__all__ = ["VOTERS", "Evidence", "describe", "gather", "is_candidate"]

VOTERS = ("own", "trafilatura", "readability", "description", "json_ld")
_MEAN_OF = 3  # the first voters, whose mean is "the vote"

_SELF_TAGS = tuple(
    TAGS.index(tag) for tag in ("p", "div", "li", "td", "blockquote", "figcaption", "pre", "section", "article")
)
_ABOVE = (
    "article", "aside", "section", "main", "header", "footer", "nav", "figure", "figcaption", "ul", "ol", "dl",
    "td", "table", "form", "blockquote", "details", "address", "a", "li", "p",
)  # fmt: skip
_ABOVE_TAGS = tuple(TAGS.index(tag) for tag in _ABOVE)
_HEADINGS = tuple(TAGS.index(f"h{n}") for n in range(1, 7))


@dataclass(frozen=True, slots=True)
class Evidence:
    """A page's blocks with what voters say of them: `votes` is float [voters, blocks] in the order of `VOTERS`."""

    cut: Cut
    votes: Array
    agreements: tuple[float, ...]  # of the first voters with trafilatura's answer, 0 to 1
    sizes: tuple[int, ...]  # distinct three-grams of each voter
    declared: int = 0  # what the page says it is: see `declared_kind`


def gather(cut: Cut, texts: dict[str, str], declared: int = 0) -> Evidence:
    """Compare the blocks of a page with the texts of the voters, by name; a voter without a text votes for nothing.

    `declared` is what the page says it is: see `curator.extract.jsonld.declared_kind`.
    """
    tokens = cut.tokens
    known = {text: grams_of(text, tokens) for text in {texts.get(name, "") for name in VOTERS}}
    grams = [known[texts.get(name, "")] for name in VOTERS]
    answer = grams[VOTERS.index("trafilatura")][2]
    agreements = tuple(agreement(grams[VOTERS.index(name)][2], answer) for name in ("own", "readability", "json_ld"))
    return Evidence(cut, coverage(tokens, grams), agreements, tuple(g[2].size for g in grams), declared)


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


def describe(evidence: Evidence) -> tuple[list[str], Array]:
    """Return the names of the features and their values: float32 [blocks, features]."""
    page, size = evidence.cut.page, evidence.cut.tokens.size.astype(float)
    out = Columns()
    count = len(page.text)
    length = np.array([len(text) for text in page.text], dtype=float)
    linked = np.array(page.linked) / np.maximum(length, 1)
    boxes = Boxes(page)
    vote = evidence.votes[:_MEAN_OF].mean(axis=0)
    _add_votes(out, evidence, vote)
    _add_block(out, page, boxes, size, length, linked)
    add_letters(out, evidence.cut, length)
    strong = (vote >= 0.5) & (size > 2)
    _add_place(out, boxes, size, strong)
    tag_p = boxes.tag[boxes.of] == TAGS.index("p")
    add_boxes(out, boxes, size, vote, linked, tag_p)
    _add_neighbours(out, size, vote, linked, tag_p)
    total = float(size.sum())
    for name, value in (
        *((f"page.{voter}", np.log1p(s)) for voter, s in zip(VOTERS, evidence.sizes, strict=True)),
        *((f"page.share.{voter}", s / max(total, 1.0)) for voter, s in zip(VOTERS[:3], evidence.sizes, strict=False)),
        ("page.agree.own", evidence.agreements[0]),
        ("page.agree.readability", evidence.agreements[1]),
        ("page.agree.json_ld", evidence.agreements[2]),
        ("page.declared", evidence.declared),
        ("page.tokens", np.log1p(total)),
        ("page.blocks", np.log1p(count)),
        ("page.p", float((size * tag_p).sum()) / max(total, 1.0)),
    ):
        out.add(name, np.full(count, value))
    return out.names, np.column_stack(out.columns).astype(np.float32)


def _add_votes(out: Columns, evidence: Evidence, vote: Array) -> None:
    for name, votes in zip(VOTERS, evidence.votes, strict=True):
        out.add(f"vote.{name}", votes)
    out.add("vote.mean", vote)


def _add_block(out: Columns, page: Page, boxes: Boxes, size: Array, length: Array, linked: Array) -> None:
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


def _add_place(out: Columns, boxes: Boxes, size: Array, strong: Array) -> None:
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


def _add_neighbours(out: Columns, size: Array, vote: Array, linked: Array, tag_p: Array) -> None:
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
