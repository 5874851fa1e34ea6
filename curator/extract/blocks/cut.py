"""A page cut into blocks and tokens: what the block model and the verdict on the page's kind both start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from curator.extract.blocks.walk import Page, walk
from curator.extract.blocks.words import Tokens, tokenize

__all__ = ["Cut", "cut_page"]


@dataclass(frozen=True, slots=True)
class Cut:
    """The blocks of a page, their texts in lower case (each closed by a line feed), and their tokens."""

    page: Page
    lowered: str
    tokens: Tokens


def cut_page(tree: Any) -> Cut:
    """Cut the tree of a page, an `lxml.html` element, which stays as it is."""
    body = tree.find("body")
    page = walk(tree if body is None else body)
    lowered = "".join([text.lower() + "\n" for text in page.text])
    return Cut(page, lowered, tokenize(lowered, len(page.text)))
