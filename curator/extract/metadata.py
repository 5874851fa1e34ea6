"""What a page says about its article beside the text, and where it says it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from curator.document import Metadata
from curator.extract.dates import iso_day
from curator.extract.jsonld import Node, article_node, nodes_of, strings
from curator.extract.names import agency_among, people

__all__ = ["PageFacts", "host_of", "read_facts"]

_TITLES = (
    "og:title",
    "twitter:title",
    "citation_title",
    "dc.title",
    "dcterms.title",
    "parsely-title",
    "headline",
    "title",
)
_AUTHORS = (
    "author", "article:author", "authors", "byl", "citation_author", "dc.creator", "dcterms.creator", "creator",
    "parsely-author", "sailthru.author", "article:author_name", "article.author", "cxenseparse:author", "mrf:authors",
)  # fmt: skip
_DATES = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "date.published",
    "publish-date", "publish_date", "publication_date", "publishdate", "pubdate", "parsely-pub-date", "sailthru.date",
    "citation_publication_date", "citation_date", "dc.date.issued", "dc.date.created", "dcterms.created",
    "dcterms.date", "dc.date", "date", "article:created", "created", "cxenseparse:recs:publishtime", "bt:pubdate",
    "rnews:datepublished", "originalpublicationdate", "published_time", "release_date",
    "displaydate", "publishedtime", "published-date",
)  # fmt: skip
_TAGS = ("article:tag", "news_keywords", "keywords", "parsely-tags", "sailthru.tags", "citation_keywords")
_SECTIONS = ("article:section", "og:article:section", "parsely-section", "section", "cxenseparse:category", "category")
_SITES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "article:publisher", "twitter:site")
_DESCRIPTIONS = ("description", "og:description", "twitter:description")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_SUFFIX = re.compile(r"^(.+?)\s+[|–—·•»«:-]+\s+([^|–—·•»«]{2,60})$")
_MAX_CAPTIONS, _LONGEST_CAPTION = 50, 1_000
_LONGEST_BYLINE, _MAX_BYLINES = 120, 12
_YEARS = range(1990, 2100)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says about itself: metadata, its language, and what helps to find its article."""

    metadata: Metadata
    language: str | None
    description: str
    nodes: list[Node]


class _Told:
    """The values found so far, and where each was found; the first one found stays."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.sources: dict[str, str] = {}

    def tell(self, field: str, value: Any, source: str) -> None:
        if value and field not in self.values:
            self.values[field], self.sources[field] = value, source


def read_facts(tree: Any, *, url: str | None = None) -> PageFacts:
    """Read title, authors, day, site, section, tags, agency, captions and language of a parsed page.

    Each is taken from the first of these places that has it: JSON-LD, meta elements, microdata, the text, the address;
    `Metadata.sources` says from which.
    """
    meta = _meta(tree)
    nodes = nodes_of(tree)
    node = article_node(nodes) or {}
    told = _Told()
    language = _language(tree, node, meta)
    address = url or _address(tree, meta)
    site_name = next(iter(strings(node.get("publisher"))), None) or _first(meta, _SITES)
    told.tell("title", *_title(tree, node, meta, site_name))
    _tell_authors(told, _credits(tree, node, meta))
    told.tell("source", agency_among(strings(node.get("sourceOrganization")) + strings(node.get("provider"))), "jsonld")
    languages = (language.split("-")[0].lower(),) if language else ()
    for text, source in _days(tree, node, meta):
        if "date" not in told.values:
            told.tell("date", _day(text, languages), source)
    in_address = _IN_ADDRESS.search(urlsplit(address).path) if address and host_of(address) else None
    if in_address:
        told.tell("date", "-".join(in_address.groups()), "address")
    if "date" not in told.values:
        told.tell("date", _guessed_day(tree, address), "text")
    told.tell("site", host_of(address), "address")
    told.tell("site", site_name, "meta")
    told.tell("section", next(iter(strings(node.get("articleSection"))), None), "jsonld")
    told.tell("section", _first(meta, _SECTIONS), "meta")
    told.tell("tags", _tags(strings(node.get("keywords"))), "jsonld")
    for name in _TAGS:
        told.tell("tags", _tags(meta.get(name, [])), "meta")
    told.tell(
        "tags", _tags(_text(link) for link in tree.iter("a") if "tag" in (link.get("rel") or "").split()), "microdata"
    )
    told.tell("captions", _captions(tree), "text")
    told.tell("url", address, "given" if url else "meta")
    metadata = Metadata(sources=told.sources, **told.values)
    return PageFacts(metadata, language, "\n".join(dict.fromkeys(_all(meta, _DESCRIPTIONS))), nodes)


def _meta(tree: Any) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or "").strip()
        if content:
            for attribute in ("name", "property", "itemprop"):
                name = element.get(attribute)
                if name:
                    found.setdefault(name.strip().lower(), []).append(content)
    return found


def _first(meta: Mapping[str, list[str]], names: Iterable[str]) -> str | None:
    return next((meta[name][0] for name in names if name in meta), None)


def _all(meta: Mapping[str, list[str]], names: Iterable[str]) -> list[str]:
    return [text for name in names for text in meta.get(name, [])]


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _spaced(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _language(tree: Any, node: Node, meta: Mapping[str, list[str]]) -> str | None:
    declared = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang")
    told = [declared, *strings(node.get("inLanguage")), _first(meta, ("content-language", "og:locale", "language"))]
    found = (re.match(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*$", (text or "").strip()) for text in told)
    return next((match[0].replace("_", "-") for match in found if match), None)


def _address(tree: Any, meta: Mapping[str, list[str]]) -> str | None:
    links = (link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    for text in (*links, *_all(meta, ("og:url", "twitter:url"))):
        if text and text.strip().lower().startswith(("http://", "https://")) and host_of(text.strip()):
            return str(text.strip())
    return None


def _title(tree: Any, node: Node, meta: Mapping[str, list[str]], site_name: str | None) -> tuple[str | None, str]:
    """Return the headline: what meta data call it, without the site's name, or the only <h1>, or the <title>."""
    headings = [text for text in map(_text, tree.iter("h1")) if text]
    told = [(text, "meta") for text in _all(meta, _TITLES)] + [
        (text, "jsonld") for text in strings(node.get("headline"))
    ]
    if len(headings) == 1:
        told.append((headings[0], "text"))
    element = next(tree.iter("title"), None)
    printed = _text(element) if element is not None else ""
    told += [(printed, "meta"), *((text, "text") for text in headings[:1])]
    for text, source in told:
        plain = " ".join(text.split())
        if plain and plain.casefold() != (site_name or "").casefold():
            return _without_site(plain, headings, site_name), source
    return None, ""


def _without_site(title: str, headings: list[str], site_name: str | None) -> str:
    for heading in headings:
        if len(heading) >= len(title) / 3 and title.startswith(heading):
            return heading
    parts = _SUFFIX.match(title)
    if (
        parts
        and site_name
        and parts[2].casefold().strip() in (site_name.casefold(), site_name.casefold().split(".")[0])
    ):
        return parts[1]
    return title


def _credits(tree: Any, node: Node, meta: Mapping[str, list[str]]) -> Iterable[tuple[list[str], str]]:
    """Yield the places that name authors, the surest first."""
    yield strings(node.get("author")), "jsonld"
    yield _all(meta, _AUTHORS), "meta"
    marked = [element for element in tree.iter("a", "span", "div", "p", "address") if _names_author(element)]
    yield [text for text in map(_spaced, marked[:_MAX_BYLINES]) if len(text) <= _LONGEST_BYLINE], "microdata"
    from trafilatura.metadata import extract_author

    yield [extract_author(tree) or ""], "text"


def _tell_authors(told: _Told, places: Iterable[tuple[list[str], str]]) -> None:
    """Take the first names found; an account's name (one word in lower case) only where nothing better is."""
    accounts: list[tuple[tuple[str, ...], str]] = []
    for raw, source in places:
        names = people(raw)
        told.tell("source", agency_among(names), source)
        if names and all(name.isascii() and name.islower() and " " not in name for name in names):
            accounts.append((names, source))
        else:
            told.tell("authors", names, source)
        if "authors" in told.values:
            return
    for names, source in accounts:
        told.tell("authors", names, source)


def _names_author(element: Any) -> bool:
    if element.get("itemprop") == "author":
        return element.tag != "div" or not len(element)
    return "author" in (element.get("rel") or "").split() and element.tag == "a"


def _days(tree: Any, node: Node, meta: Mapping[str, list[str]]) -> Iterable[tuple[str, str]]:
    """Yield the dates of publication that the page marks as such."""
    yield from ((text, "jsonld") for text in strings(node.get("datePublished")) + strings(node.get("dateCreated")))
    yield from ((text, "meta") for text in _all(meta, _DATES))
    for element in tree.iter("time", "span", "div", "p", "abbr"):
        if "datePublished" in (element.get("itemprop") or "") or element.get("pubdate") is not None:
            yield (
                element.get("datetime") or element.get("content") or element.get("title") or _text(element),
                "microdata",
            )


def _guessed_day(tree: Any, address: str | None) -> str | None:
    """Return the day htmldate finds in the whole page."""
    from htmldate import find_date

    try:
        found: str | None = find_date(tree, extensive_search=True, original_date=True, url=address)
    except (TypeError, ValueError, AttributeError):  # e.g. of an address in the page that is none
        return None
    return found


def _day(text: str, languages: tuple[str, ...]) -> str | None:
    day = iso_day(text[:80], languages)
    return day if day and int(day[:4]) in _YEARS else None


def _tags(raw: Iterable[str]) -> tuple[str, ...]:
    split = (tag for text in raw for tag in re.split(r"[,;，、|]", text))
    return tuple(dict.fromkeys(" ".join(tag.split()) for tag in split if 1 < len(tag.strip()) <= 80))[:50]


def _captions(tree: Any) -> tuple[str, ...]:
    found = (_text(element) for element in tree.iter("figcaption"))
    return tuple(dict.fromkeys(text for text in found if text and len(text) <= _LONGEST_CAPTION))[:_MAX_CAPTIONS]


def host_of(url: str | None) -> str | None:
    """Return the host of a URL without `www.`, or None."""
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:  # e.g. an unclosed bracket in the host
        return None
    return host.removeprefix("www.") if isinstance(host, str) and host else None
