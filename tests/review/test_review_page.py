"""The page of a review in a browser: marks by keyboard, filters, undo; everybody can use it, and nothing leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Visit, axe_source, chromium
from reviews import serving

from curator.corpus import BuildResult, build
from curator.review.marks import Marks
from curator.review.removals import Wanted
from curator.review.server import ReviewServer

EVIL = "</script><script>document.title='taken'</script><img src=x onerror=alert(1)><b>Bold claim</b>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from chromium()


@pytest.fixture
def server(corpus: BuildResult, tmp_path: Path) -> Iterator[ReviewServer]:
    with serving(corpus.out, tmp_path / "marks", Wanted(1_000)) as server:
        yield server


def wait_for(visit: Visit, counts: str) -> None:
    """All of the counts, to the end: "1 wrong" is also the beginning of "1 wrong, 1 skipped"."""
    said = "text => document.querySelector('.found').textContent.endsWith(` marked: ${text}`)"
    visit.page.wait_for_function(said, arg=counts)


def said(server: ReviewServer) -> list[tuple[str, str]]:
    marks = Marks(server.review.marks.path.parent)
    return [(key, mark.mark) for key, place in server.review.places.items() if (mark := marks.of(place))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_quiet_and_as_wide_as_the_window_and_for_everybody(
    browser: Any, corpus: BuildResult, tmp_path: Path, width: int, scheme: str
) -> None:
    axe = axe_source()
    some = Wanted(40, rules=["en.tail.related", "en.line.ad-marker", "any.html.ads"])
    with (
        serving(corpus.out, tmp_path, some) as server,
        Visit(browser, server.address, width=width, scheme=scheme, bypass_csp=True) as visit,
    ):
        page = visit.page
        page.locator(".filters > summary").click()
        page.keyboard.press("r")
        wait_for(visit, "1 right, 0 wrong")
        # A removal of one line, one of several, one of an element, and what stands there when all is done.
        for wanted in ("parts.length === 1", "parts.length > 2", "element", None):
            at = f"review.queue.findIndex((item) => item.{wanted})" if wanted else "review.queue.length"
            page.evaluate(f"review.at = {at}; draw()")
            page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
            assert page.evaluate("document.documentElement.scrollWidth") == width
            page.evaluate(axe)
            found = page.evaluate("axe.run()")
            grave = [
                (v["id"], v["nodes"][0]["html"][:200])
                for v in found["violations"]
                if v["impact"] in ("serious", "critical")
            ]
            assert grave == []
            assert len(found["passes"]) > 10
        assert visit.complaints == []
        assert {url.removeprefix(server.address) for url in visit.requests} == {"", "mark"}


def test_marks_by_keyboard(browser: Any, server: ReviewServer) -> None:
    keys = list(server.review.places)
    with Visit(browser, server.address) as visit:
        for key, counts in (
            ("r", "1 right, 0 wrong"),
            ("w", "1 right, 1 wrong"),
            ("s", "1 right, 1 wrong, 1 skipped"),
            ("R", "2 right, 1 wrong, 1 skipped"),
        ):
            visit.page.keyboard.press(key)
            wait_for(visit, counts)
        assert said(server) == list(zip(keys, ("right", "wrong", "skip", "right"), strict=False))
        for counts in ("1 right, 1 wrong, 1 skipped", "1 right, 1 wrong"):
            visit.page.keyboard.press("u")
            wait_for(visit, counts)
        assert said(server) == list(zip(keys, ("right", "wrong"), strict=False))
        assert visit.page.inner_text("[role=status]").startswith("Taken back")
        assert visit.page.evaluate("review.item.key") == keys[2]
        visit.page.reload()
        assert visit.page.inner_text(".found") == "2 of 1,000 marked: 1 right, 1 wrong"
        assert visit.page.evaluate("review.item.key") == keys[2]
        assert visit.complaints == []


def test_marks_by_buttons_and_the_next_one_is_spoken(browser: Any, server: ReviewServer) -> None:
    with Visit(browser, server.address, width=390, has_touch=True) as visit:
        button = visit.page.get_by_role("button", name="Wrong")
        visit.page.get_by_label("Note").fill("a headline, w, r")
        button.tap()
        wait_for(visit, "0 right, 1 wrong")
        rule = visit.page.inner_text("#card-title")
        assert visit.page.inner_text("[role=status]").startswith(f"Marked wrong. Next, {rule}: ")
        assert visit.page.input_value("#note") == ""
        assert button.is_visible()
    (mark,) = Marks(server.review.marks.path.parent).all()
    assert mark.note == "a headline, w, r"


def test_keys_can_be_switched_off_and_typing_is_no_mark(browser: Any, server: ReviewServer) -> None:
    with Visit(browser, server.address) as visit:
        visit.page.get_by_label("Note").press_sequentially("wrrs")
        visit.page.get_by_label("Keys: r right").uncheck()
        visit.page.locator("#card").press("r")
        visit.page.get_by_label("Keys: r right").check()
        visit.page.locator("#card").press("Control+r")
        visit.page.wait_for_load_state()
        assert said(server) == []
        visit.page.locator("#card").press("r")
        wait_for(visit, "1 right, 0 wrong")


@pytest.mark.parametrize("facet", ["rule", "site", "language"])
def test_a_filter_leaves_the_removals_it_names(browser: Any, server: ReviewServer, facet: str) -> None:
    with Visit(browser, server.address) as visit:
        page = visit.page
        page.locator(".filters > summary").click()
        value = page.evaluate(f"document.getElementById('filter-{facet}').options[1].value")
        count = page.evaluate(
            f"data.items.filter((i) => facets.find(([n]) => n === '{facet}')[2](i) === '{value[1:]}').length"
        )
        page.select_option(f"#filter-{facet}", value)
        assert 0 < page.evaluate("review.queue.length") == count < 1_000
        assert page.inner_text(".filters > summary") == f"Filter: {value[1:]}"
        page.get_by_role("button", name="Clear filters").click()
        assert page.evaluate("review.queue.length") == 1_000


def test_what_was_marked_can_be_looked_at_again_and_changed(browser: Any, server: ReviewServer) -> None:
    first = next(iter(server.review.places))
    with Visit(browser, server.address) as visit:
        visit.page.keyboard.press("w")
        wait_for(visit, "0 right, 1 wrong")
        visit.page.locator(".filters > summary").click()
        visit.page.select_option("#filter-list", "wrong")
        assert visit.page.evaluate("review.item.key") == first
        assert visit.page.inner_text("#card .badge") == "wrong"
        visit.page.locator("#card").press("s")
        visit.page.locator("#card", has_text="No removal is left here").wait_for()
        assert said(server) == [(first, "wrong")]
        visit.page.locator("#card").press("u")
        visit.page.locator("#card .badge").wait_for()
        visit.page.locator("#card").press("r")
        wait_for(visit, "1 right, 0 wrong")
        assert said(server) == [(first, "right")]


def test_lines_of_a_removal_can_be_named(browser: Any, server: ReviewServer) -> None:
    with Visit(browser, server.address) as visit:
        visit.page.evaluate("review.at = review.queue.findIndex((i) => !i.element && i.parts.length > 3); draw()")
        visit.page.locator("input[name=line]").nth(2).check()
        visit.page.locator("#card").press("w")
        wait_for(visit, "0 right, 1 wrong")
        visit.page.locator("#card").press("u")
        wait_for(visit, "0 right, 0 wrong")
        visit.page.locator("#card").press("1")
        visit.page.locator("#card").press("w")
        wait_for(visit, "0 right, 1 wrong")
    (mark,) = Marks(server.review.marks.path.parent).all()
    assert mark.lines == (0,)


def test_a_mark_that_was_not_noted_is_not_counted(corpus: BuildResult, browser: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with serving(corpus.out, tmp_path / "file" / "in", Wanted(5)) as server, Visit(browser, server.address) as visit:
        visit.page.keyboard.press("r")
        visit.page.get_by_role("alert").wait_for()
        assert "cannot be written" in visit.page.inner_text("[role=alert]")
        assert visit.page.inner_text(".found").startswith("0 of 5")
        assert visit.page.evaluate("review.at") == 0


def test_a_document_full_of_markup_and_script_is_text(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    sentences = "The council met on Monday to speak of the bridge. " * 30
    row = {
        "id": f"1 {EVIL}",
        "title": EVIL,
        "site": EVIL,
        "lang": "en",
        "text": f"{EVIL}\n\nRead also: {EVIL}\n\n{sentences}",
    }
    (tmp_path / "in" / "evil.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    out = build([tmp_path / "in"], tmp_path / "out", workers=1).out
    with serving(out, tmp_path / "marks") as server, Visit(browser, server.address) as visit:
        visit.page.locator("details.table > summary").click()
        assert "<b>Bold claim</b>" in visit.page.inner_text("#card del.here")
        assert visit.page.locator("main img, main b, main script").count() == 0
        assert visit.page.title() == "Review of out"
        assert visit.complaints == []
        assert visit.requests == [server.address]
