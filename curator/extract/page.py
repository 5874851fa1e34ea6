"""A page to the text of its article, with what the page says about it. Extraction is trafilatura's.

A page is parsed once: `parse_page` gives its tree, which html rules prune, and `extract_tree` finds the article in what
is left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from curator.document import Metadata

__all__ = ["Extracted", "Page", "extract_page", "extract_tree", "host_of", "parse_page"]

_SURROGATES = re.compile("[\ud800-\udfff\x00]")  # trafilatura cuts a page off at a lone surrogate


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page: its tree (an `lxml.html` element, free to be pruned), and what it says about itself.

    The metadata are those of the whole page: what names the author or the tags is often boilerplate in the text.
    """

    tree: Any
    metadata: Metadata
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    """The article of a page: its paragraphs joined by blank lines ("" where none was found), and its metadata."""

    text: str
    metadata: Metadata
    language: str | None = None


def extract_page(html: str, *, url: str | None = None) -> Extracted:
    """Find the article of a page."""
    return extract_tree(parse_page(html, url=url))


def parse_page(html: str, *, url: str | None = None) -> Page:
    """Parse a page and read its metadata; the tree is None where the text is no page.

    Source: the parser of trafilatura, which mends what its extraction trips over and leaves comments and processing
    instructions out.
    """
    from trafilatura.utils import load_html

    html = _SURROGATES.sub("", html)
    tree = load_html(html)
    if tree is None:
        return Page(None, Metadata(url=url, site=host_of(url)))
    return Page(tree, _metadata(tree, url), _declared_language(html))


def extract_tree(page: Page) -> Extracted:
    """Find the article in the tree of a page, which stays as it is.

    Source: trafilatura, default mode, without its cross-document deduplication, which makes a page's text depend on
    the pages before it.
    """
    from trafilatura import bare_extraction

    found: Any = page.tree is not None and bare_extraction(
        page.tree,
        url=page.metadata.url,
        include_comments=False,
        include_tables=True,
        deduplicate=False,
    )
    if not found:
        return Extracted("", page.metadata, page.language)
    lines = (line for line in (found.text or "").split("\n") if line.strip())
    return Extracted("\n\n".join(lines), page.metadata, page.language)


def _metadata(tree: Any, url: str | None) -> Metadata:
    from trafilatura.metadata import extract_metadata

    try:
        found = extract_metadata(tree, url)
    except (TypeError, ValueError):  # e.g. of an address in the page that is none
        return Metadata(url=url, site=host_of(url))
    address = url or found.url
    return Metadata(
        title=found.title,
        url=address,
        site=host_of(address) or found.sitename,
        date=found.date,
        authors=tuple(name.strip() for name in (found.author or "").split(";") if name.strip()),
        tags=tuple(dict.fromkeys(tag.strip() for tag in (found.tags or []) if tag.strip())),
    )


def _declared_language(html: str) -> str | None:
    declared = re.search(
        r"<html[^>]{0,400}?\blang\s*=\s*[\"']?([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)", html[:20_000], re.IGNORECASE
    )
    return declared[1] if declared else None


def host_of(url: str | None) -> str | None:
    """Return the host of a URL without `www.`, or None."""
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:  # e.g. an unclosed bracket in the host
        return None
    return host.removeprefix("www.") if isinstance(host, str) and host else None
