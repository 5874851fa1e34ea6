"""The pages in a browser: nothing is asked of the network, filters work, everybody can use them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Visit, axe_source, chromium
from conftest import DATA

from curator.cleaner import clean
from curator.corpus import BuildResult, build
from curator.pages.page import write_page
from curator.report.corpus import article_page, corpus_page

GRAVE = ("serious", "critical")
EVIL = "</script><script>document.title='taken'</script><img src=x onerror=alert(1)><b>Bold claim</b>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from chromium()


@pytest.fixture(scope="module")
def pages(corpus: BuildResult, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of each kind, as files."""
    folder = tmp_path_factory.mktemp("pages")
    seed = DATA / "seeds" / "001_7ea180f5c03ff7b4.txt"
    written = {
        "corpus": corpus_page(corpus.out, {"id.line.baca-juga": "Read-also link"}),
        "article": article_page(seed.name, clean(seed.read_bytes()), {"id.line.baca-juga": "Read-also link"}),
    }
    for name, page in written.items():
        write_page(folder / f"{name}.html", page)
    return {name: folder / f"{name}.html" for name in written}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("kind", ["corpus", "article"])
def test_quiet_alone_and_as_wide_as_the_window(
    browser: Any, pages: dict[str, Path], kind: str, width: int, scheme: str
) -> None:
    with Visit(browser, pages[kind], width=width, scheme=scheme) as visit:
        visit.page.mouse.wheel(0, 20_000)
        assert visit.complaints == []
        assert visit.requests == [pages[kind].as_uri()]
        assert visit.page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
@pytest.mark.parametrize("kind", ["corpus", "article"])
def test_axe_finds_no_serious_violation(
    browser: Any, pages: dict[str, Path], kind: str, width: int, scheme: str
) -> None:
    axe = axe_source()
    with Visit(browser, pages[kind], width=width, scheme=scheme, bypass_csp=True) as visit:
        for box in visit.page.locator("#show-ids").all():
            box.check()
        visit.open_everything()
        visit.page.evaluate(axe)
        found = visit.page.evaluate("axe.run()")
        grave = [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"] if v["impact"] in GRAVE]
        assert grave == []
        assert len(found["passes"]) > 10


@pytest.mark.parametrize("facet", ["rule", "site", "language", "reason"])
def test_a_filter_leaves_the_documents_it_names(browser: Any, pages: dict[str, Path], facet: str) -> None:
    wanted = {"rule": "id.line.baca-juga", "site": "hillcountrydispatch.example", "language": "fr", "reason": "near"}
    value = wanted[facet]
    with Visit(browser, pages["corpus"]) as visit:
        items = visit.page.evaluate("data.documents")
        expected = [item for item in items if value in (item["rules"] if facet == "rule" else [item[facet]])]
        assert 0 < len(expected) < len(items)
        visit.page.select_option(f"#filter-{facet}", f"={value}")
        titles = visit.page.locator("#documents-list > details h3").all_inner_texts()
        assert sorted(titles) == sorted(" ".join((item["title"] or item["id"]).split()) for item in expected)
        assert visit.page.inner_text(".found") == f"{len(expected)} of {len(items)} documents"
        visit.page.get_by_role("button", name="Clear filters").click()
        assert visit.page.inner_text(".found").startswith(f"{len(items)} of")


def test_filters_work_together_and_words_are_found(browser: Any, pages: dict[str, Path]) -> None:
    with Visit(browser, pages["corpus"]) as visit:
        visit.page.get_by_label("Words in the text or title").fill("goat that slipped")
        assert visit.page.inner_text(".found").startswith("1 of")
        visit.page.select_option("#filter-language", "=id")
        assert visit.page.inner_text(".found").startswith("0 of")


def test_a_rule_in_the_figures_leads_to_its_documents(browser: Any, pages: dict[str, Path]) -> None:
    with Visit(browser, pages["corpus"]) as visit:
        visit.page.locator("#figure-rules").get_by_role("button", name="id.line.baca-juga").click()
        assert visit.page.input_value("#filter-rule") == "=id.line.baca-juga"
        assert visit.page.locator("#documents-list del[data-rule='id.line.baca-juga']").first.is_visible()


def test_all_documents_can_be_reached(browser: Any, pages: dict[str, Path]) -> None:
    with Visit(browser, pages["corpus"]) as visit:
        total = int(visit.page.inner_text(".found").split(" ")[0])
        more = visit.page.get_by_role("button", name="Show", exact=False).last
        while more.is_visible():
            more.click()
        assert visit.page.locator("#documents-list > details").count() == total > 100


def test_before_after_and_marked(browser: Any, pages: dict[str, Path]) -> None:
    cleaned = clean((DATA / "seeds" / "001_7ea180f5c03ff7b4.txt").read_bytes())
    shown = "document.querySelector('.text').innerText"
    with Visit(browser, pages["article"]) as visit:
        taken = visit.page.locator(".text del").first
        assert "line-through" in taken.evaluate("e => getComputedStyle(e).textDecorationLine")
        visit.page.get_by_label("after cleaning").check()
        assert visit.page.evaluate(shown).strip() == cleaned.text.strip()
        visit.page.get_by_label("before cleaning").check()
        assert taken.evaluate("e => getComputedStyle(e).textDecorationLine") == "none"
        assert "Baca Juga" in visit.page.evaluate(shown)


def test_the_rule_is_told_to_pointer_and_keyboard(browser: Any, pages: dict[str, Path]) -> None:
    with Visit(browser, pages["article"]) as visit:
        taken = visit.page.locator("del[data-rule='id.line.baca-juga']").first
        assert taken.get_attribute("title") == "id.line.baca-juga · Read-also link"
        taken.hover()
        assert visit.page.inner_text("#said") == "id.line.baca-juga · Read-also link"
        visit.page.keyboard.press("Escape")
        assert not visit.page.locator("#said").is_visible()
        taken.focus()
        assert visit.page.locator("#said").is_visible()
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.tagName") == "DEL"


def test_the_keyboard_reaches_filters_and_documents(browser: Any, pages: dict[str, Path]) -> None:
    with Visit(browser, pages["corpus"]) as visit:
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.className") == "skip"
        visit.page.locator("#documents-list > details > summary").nth(1).focus()
        visit.page.keyboard.press("Enter")
        visit.page.locator("#documents-list > details").nth(1).locator(".text").wait_for(state="visible")


def test_a_document_full_of_markup_and_script_is_text(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    sentences = "The council met on Monday to speak of the bridge. " * 30
    row = {"id": f"1 {EVIL}", "title": EVIL, "site": EVIL, "text": f"{EVIL}\n\n{sentences}", "lang": "en"}
    copy = {**row, "id": f"2 {EVIL}"}
    odd = {"id": f"3 {EVIL}", "text": EVIL}
    lines = "".join(json.dumps(r) + "\n" for r in (row, copy, odd))
    (tmp_path / "in" / "evil.jsonl").write_text(lines, encoding="utf-8")
    result = build([tmp_path / "in"], tmp_path / "out", workers=1)
    write_page(tmp_path / "evil.html", corpus_page(result.out))
    with Visit(browser, tmp_path / "evil.html") as visit:
        visit.open_everything()
        assert visit.page.title() == "out"
        assert visit.page.locator("main img, main b, main script").count() == 0
        assert "<b>Bold claim</b>" in visit.page.inner_text("#documents-list .text >> nth=0")
        assert visit.complaints == []
        assert len(visit.requests) == 1
