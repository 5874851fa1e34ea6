"""A page to the text of its article, with what the page says about it. Extraction is trafilatura's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from curator.document import Metadata

__all__ = ["Extracted", "extract_page", "host_of"]

_SURROGATES = re.compile("[\ud800-\udfff\x00]")  # trafilatura cuts a page off at a lone surrogate


@dataclass(frozen=True, slots=True)
class Extracted:
    """The article of a page: its paragraphs joined by blank lines ("" where none was found), and its metadata."""

    text: str
    metadata: Metadata
    language: str | None = None


def extract_page(html: str, *, url: str | None = None) -> Extracted:
    """Find the article of a page.

    Source: trafilatura, default mode, without its cross-document deduplication, which makes a page's text depend on
    the pages before it.
    """
    from trafilatura import bare_extraction

    found: Any = bare_extraction(
        _SURROGATES.sub("", html),
        url=url,
        include_comments=False,
        include_tables=True,
        deduplicate=False,
        with_metadata=True,
    )
    if found is None:
        return Extracted("", Metadata(url=url, site=host_of(url)))
    lines = (line for line in (found.text or "").split("\n") if line.strip())
    return Extracted("\n\n".join(lines), _metadata(found, url), found.language or _declared_language(html))


def _metadata(found: Any, url: str | None) -> Metadata:
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
