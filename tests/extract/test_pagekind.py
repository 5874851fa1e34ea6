"""Pages that are no article are told by what they are; articles are not."""

from __future__ import annotations

import gzip
import json

import pytest
from conftest import DATA, ROOT
from lists import list_pages

from curator.cleaner import Cleaner
from curator.document import Document
from curator.extract.page import extract_page

BROKEN = sorted((DATA / "broken").glob("*.html"))
GOLD = ROOT.parent / "shared" / "gold"


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_page_that_is_no_article_says_what_it_is(file: object) -> None:
    name = getattr(file, "name", "")
    verdict = Cleaner().clean(Document(name, (DATA / "broken" / name).read_bytes(), "html")).verdict
    assert (verdict.kept, verdict.reason) == (False, "not-an-article")
    assert verdict.detail.split(":")[0] == name.split("-")[0]


def test_article_pages_are_let_through() -> None:
    pages = [page for page in (DATA / "pages").glob("*.html") if not page.stem.startswith("index")]
    assert len(pages) > 5
    for page in pages:
        assert extract_page(page.read_text(encoding="utf-8")).refused == "", page.name


def test_nine_of_ten_lists_are_refused_in_any_layout_and_language() -> None:
    pages = list(list_pages())
    passed = [name for name, address, page in pages if not extract_page(page, url=address).refused.startswith("index")]
    assert len(pages) >= 50
    assert len(passed) <= 0.1 * len(pages), passed


def test_list_of_links_below_an_article_does_not_make_it_a_list() -> None:
    prose = "The council met on Monday evening and voted to repair the old bridge before winter comes. " * 3
    name, address, page = next(list_pages())
    article = page.replace("<main>", f"<main><article><h1>{name}</h1>{f'<p>{prose}</p>' * 4}</article>")
    found = extract_page(article, url=address + "2024/05/bridge-to-be-mended")
    assert not found.refused
    assert "repair the old bridge" in found.text


@pytest.mark.shared
@pytest.mark.skipif(not GOLD.is_dir(), reason="no `shared/gold` beside the checkout")
def test_labelled_articles_are_hardly_ever_refused() -> None:
    import pyarrow.parquet as pq

    with gzip.open(GOLD / "gold.jsonl.gz", "rt", encoding="utf-8") as stream:
        whole = {row["id"] for row in map(json.loads, stream) if row["gold_text"].strip()}
    rows = pq.read_table(GOLD / "pages.parquet", columns=["id", "url", "html"]).to_pylist()
    pages = [row for row in rows if row["id"] in whole][::8]
    refused = [row["id"] for row in pages if extract_page(row["html"], url=row["url"]).refused]
    assert len(refused) <= 0.01 * len(pages), refused
