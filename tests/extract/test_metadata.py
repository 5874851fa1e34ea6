"""What a page says about its article, and where it says it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from curator.cleaner import Cleaner
from curator.document import Document, Metadata
from curator.extract.page import parse_page

PROSE = "The council met on Monday evening and voted to repair the old bridge before winter comes. " * 4
DATA = {
    "@type": "NewsArticle",
    "headline": "Bridge to be mended",
    "datePublished": "2024-05-03T08:00:00+02:00",
    "author": [{"@type": "Person", "name": "Ada Olsen"}, {"@type": "Person", "name": "Per Lund"}],
    "articleSection": "Town",
    "keywords": ["bridge", "council"],
}


def facts(head: str = "", body: str = "", url: str | None = None) -> Metadata:
    return parse_page(f"<html lang='en'><head>{head}</head><body>{body}<p>{PROSE}</p></body></html>", url=url).metadata


def linked_data(data: dict[str, Any]) -> str:
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_linked_data_come_first_and_say_so() -> None:
    known = facts(linked_data(DATA) + '<meta name="author" content="The Web Team">')
    assert (known.date, known.authors, known.section) == ("2024-05-03", ("Ada Olsen", "Per Lund"), "Town")
    assert known.tags == ("bridge", "council")
    assert {known.sources[field] for field in ("date", "authors", "section", "tags")} == {"jsonld"}


@pytest.mark.parametrize(
    ("head", "body", "url", "day", "source"),
    [
        ('<meta property="article:published_time" content="2024-05-03T08:00:00Z">', "", None, "2024-05-03", "meta"),
        ("", '<time itemprop="datePublished" datetime="2024-05-03">x</time>', None, "2024-05-03", "microdata"),
        ("", "", "https://paper.example/2024/05/03/bridge", "2024-05-03", "address"),
        ("", "<p class='date'>May 3, 2024</p>", None, "2024-05-03", "text"),
    ],
)
def test_day_of_publication_and_its_place(head: str, body: str, url: str | None, day: str, source: str) -> None:
    known = facts(head, body, url)
    assert (known.date, known.sources["date"]) == (day, source)


def test_captions_address_and_site_are_read() -> None:
    known = facts(
        '<link rel="canonical" href="https://www.paper.example/a">',
        "<figure><img><figcaption>The bridge. Photo: A. Olsen</figcaption></figure>",
    )
    assert known.captions == ("The bridge. Photo: A. Olsen",)
    assert (known.url, known.site) == ("https://www.paper.example/a", "paper.example")
    assert known.sources["url"] == "meta"


def test_an_agency_among_the_authors_is_the_source() -> None:
    known = facts('<meta name="author" content="Ada Olsen, Reuters">')
    assert known.authors[0] == "Ada Olsen"
    assert (known.source, known.sources["source"]) == ("Reuters", "meta")


def test_what_the_source_of_a_document_says_is_given() -> None:
    html = f"<html><head>{linked_data(DATA)}</head><body><h1>Bridge</h1><p>{PROSE}</p></body></html>"
    known = Cleaner().clean(Document("x", html, title="The old bridge", date="4 May 2024")).metadata
    assert (known.title, known.date, known.authors[0]) == ("The old bridge", "2024-05-04", "Ada Olsen")
    assert (known.sources["title"], known.sources["date"], known.sources["authors"]) == ("given", "given", "jsonld")
