"""A tree to the blocks of text a reader sees, and the boxes around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from curator.extract.blocks.marks import GROUPS, mark_bits

__all__ = ["TAGS", "Boxes", "Page", "walk"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SKIPPED = _words("""
    script style noscript template svg select option textarea iframe button object head math canvas video audio map
    datalist rt rp dialog
""")
_INLINE = _words("""
    a abbr acronym b bdi bdo big cite code data dfn em font i ins del kbd label mark nobr q ruby rb s samp small
    span strike strong sub sup time tt u var wbr img picture source
""")
_BOLD = frozenset(("b", "strong"))
# Tags told apart, in the box itself and among its ancestors; all others are "other".
_TOLD_APART = """
    other p div li h1 h2 h3 h4 h5 h6 article aside section main header footer nav figure figcaption ul ol dl td th
    table form blockquote pre address details body a
"""
TAGS = tuple(_TOLD_APART.split())
_TAG_NUMBER = {tag: number for number, tag in enumerate(TAGS)}
_NAMED = ("class", "id", "role", "itemprop", "data-testid", "data-component", "data-type", "data-module", "data-block")
_HIDDEN = 1 << list(GROUPS).index("hidden")
# Deeper, the rest of a branch is one block: two Python frames a level must fit the interpreter's limit of 1,000.
_MAX_DEPTH = 200
_MAX_BLOCKS = 20_000


@dataclass(slots=True)
class Boxes:
    """The block-level elements of a page in document order; each covers the blocks start..end (half-open)."""

    parent: list[int] = field(default_factory=list)
    tag: list[int] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)  # of the element itself
    marks_above: list[int] = field(default_factory=list)  # of it and all its ancestors
    tags_above: list[int] = field(default_factory=list)  # bit n: TAGS[n] among it and its ancestors
    signature: list[int] = field(default_factory=list)  # same number: same tag and class, here and in the parent
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """The blocks of a page in document order: their texts, the box each lies in, what is linked and bold in it."""

    boxes: Boxes = field(default_factory=Boxes)
    text: list[str] = field(default_factory=list)
    box: list[int] = field(default_factory=list)
    linked: list[int] = field(default_factory=list)  # characters inside links
    links: list[int] = field(default_factory=list)
    bold: list[int] = field(default_factory=list)  # characters
    marks: list[int] = field(default_factory=list)  # of inline elements that hold at least half of the block
    after_break: list[int] = field(default_factory=list)  # 1 where a <br> and not an element begins it


def walk(body: Any) -> Page:
    """Cut a <body> (an lxml element) into blocks: the text between two edges of block-level elements or line breaks."""
    walker = _Walker()
    walker.box(body, -1, "", False)
    return walker.page


class _Walker:
    """Walks a tree once; what it collects of the block at hand is emptied by `_flush`."""

    def __init__(self) -> None:
        self.page = Page()
        self._signatures: dict[tuple[str, str], int] = {}
        self._pieces: list[str] = []
        self._linked = self._links = self._bold = 0
        self._marked: dict[int, int] = {}
        self._broken = self._depth = 0

    def box(self, element: Any, parent: int, above: str, link: bool) -> None:
        """Walk a block-level element."""
        boxes, tag = self.page.boxes, element.tag
        number = len(boxes.parent)
        own = _described(element)
        marks = mark_bits(own) if own else 0
        if _is_hidden(element):
            marks |= _HIDDEN
        code = _TAG_NUMBER.get(tag, 0)
        name = f"{tag}.{element.get('class') or ''}"
        signature = self._signatures.setdefault((name, above), len(self._signatures))
        bit = 1 << code
        if parent < 0:
            above_marks, above_tags, depth = 0, bit, 0
        else:
            above_marks = boxes.marks_above[parent] | marks
            above_tags = boxes.tags_above[parent] | bit
            depth = boxes.depth[parent] + 1
        boxes.parent.append(parent)
        boxes.tag.append(code)
        boxes.depth.append(depth)
        boxes.marks.append(marks)
        boxes.marks_above.append(above_marks)
        boxes.tags_above.append(above_tags)
        boxes.signature.append(signature)
        boxes.start.append(len(self.page.text))
        boxes.end.append(0)
        if element.text:
            self._add(element.text, link, False, 0)
        self._children(element, number, name, link, False, 0)
        self._flush(number)
        boxes.end[number] = len(self.page.text)

    def _children(self, element: Any, box: int, name: str, link: bool, bold: bool, marks: int) -> None:
        if self._depth > _MAX_DEPTH or len(self.page.text) > _MAX_BLOCKS:
            self._add(" ".join(text for child in element for text in child.itertext()), link, bold, marks)
            return
        self._depth += 1
        for child in element:
            tag = child.tag
            if not isinstance(tag, str) or tag in _SKIPPED:
                pass
            elif tag in _INLINE:
                self._inline(child, box, name, link, bold, marks)
            elif tag == "br":
                self._flush(box)
                self._broken = 1
            else:
                self._flush(box)
                self.box(child, box, name, link)
            tail = child.tail
            if tail:
                self._add(tail, link, bold, marks)
        self._depth -= 1

    def _inline(self, element: Any, box: int, name: str, link: bool, bold: bool, marks: int) -> None:
        tag = element.tag
        if tag == "a":
            link = True
            self._links += 1
        elif tag in _BOLD:
            bold = True
        shown = element.get("class")
        if shown:
            marks |= mark_bits(shown)
        if element.text:
            self._add(element.text, link, bold, marks)
        if len(element):
            self._children(element, box, name, link, bold, marks)

    def _add(self, text: str, link: bool, bold: bool, marks: int) -> None:
        self._pieces.append(text)
        if link:
            self._linked += len(text)
        if bold:
            self._bold += len(text)
        if marks:
            self._marked[marks] = self._marked.get(marks, 0) + len(text)

    def _flush(self, box: int) -> None:
        page = self.page
        if self._pieces:
            text = " ".join("".join(self._pieces).split())
            if text:
                size = len(text)
                page.text.append(text)
                page.box.append(box)
                page.linked.append(min(self._linked, size))
                page.links.append(self._links)
                page.bold.append(min(self._bold, size))
                bits = 0
                for marks, characters in self._marked.items():
                    if 2 * characters >= size:
                        bits |= marks
                page.marks.append(bits)
                page.after_break.append(self._broken)
                self._linked = self._links = self._bold = self._broken = 0
            self._pieces = []
            if self._marked:
                self._marked = {}


def _described(element: Any) -> str:
    values = element.attrib
    if not values:
        return ""
    return " ".join([values[name] for name in _NAMED if name in values])


def _is_hidden(element: Any) -> bool:
    style = element.get("style")
    if style and "display" in style and "none" in style:
        return True
    return element.get("hidden") is not None or element.get("aria-hidden") == "true"
