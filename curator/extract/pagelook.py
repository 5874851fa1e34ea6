"""What a page looks like from a distance: passages, headlines, cards, and what it calls itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

from curator.extract.blocks.cut import Cut
from curator.extract.blocks.walk import Page
from curator.extract.jsonld import Node, article_node, page_types
from curator.extract.pagewords import (
    CONSENT_WORDS,
    LIST_CLASS,
    LIST_PATH,
    SAYINGS,
    SEARCH_PATH,
    SHORT_PATH,
    SINGLE_CLASS,
)

__all__ = ["WEAK_SIGNS", "PageLook", "is_surely_article", "look_at"]

_PROSE = 20  # tokens: a block of so many, hardly linked, is a paragraph
_QUERIES = frozenset(("q", "s", "query", "search", "keyword", "keywords", "suche", "buscar", "suchbegriff"))
WEAK_SIGNS = ("declared a website", "its address is short")  # many a site says so of every page


@dataclass(frozen=True, slots=True)
class PageLook:
    """What the kinds are told by."""

    passage: int  # tokens of the longest stretch of paragraphs that no linked headline interrupts
    stretch: int  # the same over blocks of any length: a poem, a table, a list
    cards: float  # share of the paragraphs in boxes of one kind that begin with a linked headline, four or more of them
    beside: int  # tokens of the paragraphs outside those
    teasers: int  # linked headlines with 6 to 60 tokens of unlinked text right below
    tokens: int
    linked: float  # share of the tokens that is in linked headlines
    headlines: int  # blocks that are a link, of 4 to 40 tokens
    alike: int  # headlines of the commonest kind of box
    title: str
    heading: str
    asks_password: bool
    declared: int  # points that speak for an article: what JSON-LD, Open Graph and classes call the page
    listed: tuple[tuple[str, int], ...]  # what calls it a list, with points
    searched: bool
    types: frozenset[str]
    consent: float  # share of the tokens of longer blocks that are about consent; 0 where no heading is
    found: int  # characters of the text that extraction found


def is_surely_article(nodes: Sequence[Node]) -> bool:
    """Return whether a page's JSON-LD describes one dated article, so that it need not be looked at further."""
    node = article_node(nodes)
    return node is not None and bool(node.get("datePublished")) and "itemlist" not in page_types(nodes)


def look_at(tree: Any, cut: Cut, nodes: Sequence[Node], url: str | None, text: str) -> PageLook:
    """Look at a page; `text` is the article that extraction found in it."""
    page, size = cut.page, cut.tokens.size
    linked = np.array(page.linked) / np.maximum([len(block) for block in page.text], 1) if page.text else np.zeros(0)
    headline = (linked >= 0.6) & (size >= 4) & (size <= 40)
    prose = (size >= _PROSE) & (linked < 0.3)
    types = frozenset(page_types(nodes))
    metas = {(m.get("property") or m.get("name") or "").lower(): m.get("content") or "" for m in tree.iter("meta")}
    named = _class_of(tree)
    address = url or metas.get("og:url") or ""
    boxes = [page.boxes.signature[page.box[n]] for n in np.flatnonzero(headline)]
    title = next((" ".join("".join(t.itertext()).split()) for t in tree.iter("title")), "") or metas.get("og:title", "")
    heading = next((t for t in (" ".join("".join(h.itertext()).split()) for h in tree.iter("h1", "h2")) if t), "")
    cards = _card_share(page, size, prose, headline)
    return PageLook(
        passage=_longest_passage(size, prose, headline),
        stretch=_longest_passage(size, linked < 0.3, headline),
        cards=cards,
        beside=round((1 - cards) * float(size[prose].sum())),
        teasers=_teasers(size, linked, headline),
        tokens=int(size.sum()),
        linked=float(size[headline].sum() / max(int(size.sum()), 1)),
        headlines=int(headline.sum()),
        alike=max((boxes.count(box) for box in set(boxes)), default=0),
        title=title,
        heading=heading,
        asks_password=any((field.get("type") or "").lower() == "password" for field in tree.iter("input")),
        declared=_declared(nodes, metas, named),
        listed=_listed(types, metas, named, address),
        searched=_is_search(address),
        types=types,
        consent=_consent_share(cut) if any(map(SAYINGS["consent"].search, (title, heading))) else 0.0,
        found=len(text),
    )


def _longest_passage(size: Any, prose: Any, headline: Any) -> int:
    longest = running = 0
    for tokens, is_prose, is_headline in zip(size.tolist(), prose.tolist(), headline.tolist(), strict=True):
        if is_headline:
            running = 0
        elif is_prose:
            running += tokens
            longest = max(longest, running)
    return longest


def _consent_share(cut: Cut) -> float:
    """Return the share of the longer blocks' tokens that stands in blocks about consent; 0 for pages with much text."""
    size = cut.tokens.size
    longer = size >= 8
    total = int(size[longer].sum())
    if not 0 < total < 3_000:
        return 0.0
    about = sum(int(size[n]) for n in np.flatnonzero(longer).tolist() if CONSENT_WORDS.search(cut.page.text[n]))
    return about / total


def _teasers(size: Any, linked: Any, headline: Any) -> int:
    text = (size >= 6) & (size <= 60) & (linked < 0.3)
    return int((headline[:-1] & text[1:]).sum() + (headline[:-2] & ~text[1:-1] & ~headline[1:-1] & text[2:]).sum())


def _card_share(page: Page, size: Any, prose: Any, headline: Any) -> float:
    """Return the share of the paragraphs' tokens that lies in cards, at least four boxes of one kind."""
    boxes = page.boxes
    places = np.flatnonzero(headline)
    cards: dict[int, list[tuple[int, int]]] = {}
    for start, end, signature in zip(boxes.start, boxes.end, boxes.signature, strict=True):
        if 2 <= end - start <= 40:
            first = int(np.searchsorted(places, start))
            if first < len(places) and places[first] < min(start + 4, end):
                cards.setdefault(signature, []).append((start, end))
    covered = np.zeros(len(size), dtype=bool)
    for spans in cards.values():
        if len(spans) >= 4:
            for start, end in spans:
                covered[start:end] = True
    return float(size[prose & covered].sum() / max(int(size[prose].sum()), 1))


def _class_of(tree: Any) -> str:
    body = tree.find("body")
    return f"{tree.get('class') or ''} {body.get('class') or '' if body is not None else ''}".lower()


def _declared(nodes: Sequence[Node], metas: dict[str, str], named: str) -> int:
    points = 3 if is_surely_article(nodes) else 0
    if metas.get("og:type", "").lower() == "article":
        points += 1
    if any(name in metas for name in ("article:published_time", "citation_title", "datepublished", "parsely-pub-date")):
        points += 2
    if SINGLE_CLASS.search(named):
        points += 2
    return points


def _listed(types: frozenset[str], metas: dict[str, str], named: str, address: str) -> tuple[tuple[str, int], ...]:
    collection = types & {"collectionpage", "itemlist", "searchresultspage", "blog"} and not types & {
        "newsarticle",
        "article",
    }
    website = metas.get("og:type", "").lower() in ("website", "blog")
    return (
        ("declared a collection", 2 if collection else 0),
        ("its class is a list's", 2 if LIST_CLASS.search(named) and not SINGLE_CLASS.search(named) else 0),
        ("declared a website", 1 if website else 0),
        ("its address is a list's", 2 if _has_list_address(address) else 0),
        ("its address is short", 1 if SHORT_PATH.search(_path(address)) else 0),
    )


def _has_list_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:  # an unclosed bracket in the host
        return False
    return bool(parts.netloc and (LIST_PATH.search(parts.path) or "page" in parse_qs(parts.query)))


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _is_search(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(SEARCH_PATH.search(parts.path)) or bool(_QUERIES & parse_qs(parts.query).keys())
