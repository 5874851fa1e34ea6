"""What the boxes around a block say about it: how much of each is article, going by the voters."""

from __future__ import annotations

import numpy as np

from curator.extract.blocks.columns import Array, Columns
from curator.extract.blocks.marks import GROUPS
from curator.extract.blocks.walk import Page

__all__ = ["Boxes", "add_boxes"]

_LEVELS = 4
_MAX_STEPS = 8


class Boxes:
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


def add_boxes(out: Columns, boxes: Boxes, size: Array, vote: Array, linked: Array, tag_p: Array) -> None:
    """Add the columns; the arrays have one number for each block, `size` in tokens, the others are shares."""
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
