"""A page to the text of its article, with what the page says about it.

A page is parsed once: `parse_page` gives its tree, which html rules prune, and `extract_tree` finds the article in what
is left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from curator.document import Metadata
from curator.extract.metadata import host_of, read_facts

__all__ = ["Extracted", "Page", "extract_page", "extract_tree", "host_of", "parse_page", "parse_tree"]

# The largest of 1,329 real pages has 10,200 elements; at 30,000 a page takes about four seconds, and more grows faster.
_MAX_ELEMENTS = 30_000
# A page with more tags is not even parsed: a million take half a gigabyte.
_MAX_TAGS = 1_000_000
# With more than this, those that only format text are dissolved first: extractors need minutes for 200,000 of them.
_MANY_ELEMENTS = 15_000
_FORMATTING = (
    "span",
    "font",
    "b",
    "i",
    "em",
    "strong",
    "u",
    "small",
    "big",
    "sub",
    "sup",
    "ins",
    "mark",
    "wbr",
    "nobr",
)
# Classes, ids and styles are searched again and again by every extractor; addresses of embedded images are no classes.
_LONGEST_ATTRIBUTE = 10_000
_SURROGATES = re.compile("[\ud800-\udfff\x00]")  # trafilatura cuts a page off at a lone surrogate
# Where a browser may break a word: they split words for every reader but a browser.
_SOFT_HYPHENS = ("\u00ad", "&shy;", "&#173;", "&#xad;", "&#xAD;")


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page: its tree (an `lxml.html` element, free to be pruned), and what it says about itself.

    The metadata are those of the whole page: what names the author or the tags is often boilerplate in the text.
    `description` and `nodes` (its JSON-LD objects) help to find the article. A page with too many elements to look at
    has no tree, and says so in `too_large`.
    """

    tree: Any
    metadata: Metadata
    language: str | None = None
    description: str = ""
    nodes: tuple[Mapping[str, Any], ...] = ()
    too_large: str = ""


@dataclass(frozen=True, slots=True)
class Extracted:
    """The article of a page: its paragraphs joined by blank lines ("" where none was found), and its metadata.

    `refused` says what else the page is, an index or an error, and by which signs; "" where it may be an article.
    """

    text: str
    metadata: Metadata
    language: str | None = None
    refused: str = ""


def extract_page(html: str, *, url: str | None = None) -> Extracted:
    """Find the article of a page."""
    return extract_tree(parse_page(html, url=url))


def parse_page(html: str, *, url: str | None = None) -> Page:
    """Parse a page and read its metadata; the tree is None where the text is no page."""
    if (tags := html.count("<")) > _MAX_TAGS:
        return _unread(url, f"{tags:,} tags, more than {_MAX_TAGS:,}")
    tree = parse_tree(html)
    if tree is None:
        return _unread(url)
    count = _element_count(tree)
    if count > _MAX_ELEMENTS:
        return _unread(url, f"{count:,} elements, more than {_MAX_ELEMENTS:,}")
    facts = read_facts(tree, url=url)
    return Page(tree, facts.metadata, facts.language, facts.description, tuple(facts.nodes))


def _unread(url: str | None, too_large: str = "") -> Page:
    return Page(None, Metadata(url=url, site=host_of(url)), too_large=too_large)


def parse_tree(html: str) -> Any | None:
    """Parse a page; None where the text is no page.

    Source: the parser of trafilatura, which mends what its extraction trips over and leaves comments and processing
    instructions out. Soft hyphens are left out as well.
    """
    from lxml import etree
    from trafilatura.utils import load_html

    for hyphen in _SOFT_HYPHENS:
        html = html.replace(hyphen, "")
    tree = load_html(_SURROGATES.sub("", html))
    if tree is None:
        return None
    for value in tree.xpath(f"//@*[string-length() > {_LONGEST_ATTRIBUTE}]"):
        del value.getparent().attrib[value.attrname]
    if _element_count(tree) > _MANY_ELEMENTS:
        etree.strip_tags(tree, *_FORMATTING)
        tree = load_html(etree.tostring(tree, encoding="unicode", method="html"))  # texts side by side become one
    return tree


def _element_count(tree: Any) -> int:
    return int(tree.xpath("count(descendant::*)"))


def extract_tree(page: Page) -> Extracted:
    """Find the article in the tree of a page, which stays as it is, and tell whether there is one.

    Source: trafilatura, and on pages where its voters disagree a model of the page's blocks (`curator.extract.blocks`).
    """
    from curator.extract.blocks.choose import choose_blocks
    from curator.extract.blocks.cut import cut_page
    from curator.extract.pagekind import tell_kind
    from curator.extract.pagelook import is_surely_article

    if page.tree is None:
        return Extracted("", page.metadata, page.language)
    found = choose_blocks(page.tree, description=page.description, nodes=page.nodes)
    refused = ""
    if not (found.path == "agreed" and is_surely_article(page.nodes)):
        cut = found.cut or cut_page(page.tree)
        kind = tell_kind(page.tree, cut, page.nodes, url=page.metadata.url, text=found.text)
        refused = "" if kind.is_article else f"{kind.kind}: {'; '.join(kind.signs)}"
    lines = (line for line in found.text.split("\n") if line.strip())
    return Extracted("\n\n".join(lines), page.metadata, page.language, refused)
