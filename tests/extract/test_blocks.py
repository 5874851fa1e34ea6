"""The block model: what it takes from a page that trafilatura alone gets wrong, and that it always takes the same."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import DATA

from curator.extract.blocks.choose import as_whole, choose_blocks, likely, shipped_forest
from curator.extract.blocks.cut import cut_page
from curator.extract.blocks.votes import collect_votes
from curator.extract.blocks.words import texts_agree
from curator.extract.forest import Forest
from curator.extract.jsonld import NEWS
from curator.extract.page import extract_page, parse_page

VERSES = (
    "The river runs below the mill, and nobody has counted the boats this year.",
    "In spring the water rises as far as the third step of the old stair.",
    "We sang it twice, and twice the hall stood up and sang along with us.",
)
CHORUS = "<p>Row, brothers, row, the night is long and the mill is near, row, brothers, row.</p>"
ASIDE = '<aside><a href="/x">Other story of the day</a></aside>'


def page(body: str) -> str:
    return f"<html><head><title>T</title></head><body><header><a href='/'>Home</a></header>{body}{ASIDE}</body></html>"


def story(name: str, lines: tuple[str, ...] = VERSES) -> str:
    paragraphs = "".join(
        f"<p>{line} It was told in {name}, and {name} took its time with it.</p>" for line in lines * 2
    )
    return f"<article><h1>{name} has a story to tell</h1>{paragraphs}</article>"


def test_a_refrain_is_kept_as_often_as_it_is_sung() -> None:
    verses = "".join(f"<p>{verse} It was number {n} of the evening.</p>{CHORUS * 3}" for n, verse in enumerate(VERSES))
    text = extract_page(page(f"<article><h1>A song</h1>{verses}</article>")).text
    assert text.count("Row, brothers") == 9


def test_the_next_story_on_the_page_is_not_this_article() -> None:
    text = extract_page(page(f"<main>{story('Marlow')}<div>{story('Henley')}</div></main>")).text
    assert "told in Marlow" in text
    assert "Henley" not in text


def test_extraction_leaves_the_tree_and_the_library_as_they_are() -> None:
    import trafilatura
    from lxml import etree

    html = (DATA / "pages" / "portal-widgets-id.html").read_text(encoding="utf-8")
    parsed, alone = parse_page(html), trafilatura.extract(html)
    before = etree.tostring(parsed.tree)
    first = choose_blocks(parsed.tree)
    assert etree.tostring(parsed.tree) == before
    assert choose_blocks(parsed.tree).text == first.text
    assert trafilatura.extract(html) == alone


def test_all_voters_are_heard() -> None:
    votes = collect_votes(parse_page((DATA / "pages" / "wordpress-fr.html").read_text(encoding="utf-8")).tree)
    assert all("vieux four communal" in text for text in (votes.text, votes.own, votes.readability))


def test_where_the_voters_agree_the_model_is_not_asked() -> None:
    prose = "".join(f"<p>{verse} {VERSES[n % 3]} {verse}</p>" for n, verse in enumerate(VERSES * 4))
    tree = parse_page(f"<html><body><article>{prose}</article></body></html>").tree
    found = choose_blocks(tree, forest=None)
    assert found.path == "agreed"
    assert found.cut is None


def test_an_unsure_model_leaves_the_text_to_trafilatura() -> None:
    stored = {"features": [], "bias": 0, "trees": [0], "settings": {**shipped_forest().settings, "fallback": 1.1}}
    html = (DATA / "pages" / "portal-widgets-id.html").read_text(encoding="utf-8")
    tree = parse_page(html).tree
    found = choose_blocks(tree, forest=Forest({**stored, "features": shipped_forest().features}))
    assert found.path == "unsure"
    assert found.text == collect_votes(tree).text


@pytest.mark.parametrize(("declared", "kept"), [(NEWS, [0]), (1, [0, 1]), (0, [0, 1])])
def test_a_smaller_chance_is_enough_on_a_page_that_does_not_say_it_is_news(declared: int, kept: list[int]) -> None:
    chance, size = np.array([0.9, 0.45, 0.3]), np.array([50, 10, 10])
    found, expected = likely(chance, size, declared, {"keep": 0.4, "keep_news": 0.5})
    assert found.tolist() == kept
    assert expected == pytest.approx(2 * sum(chance[kept] * size[kept]) / (sum(size[kept]) + sum(chance * size)))


def test_what_a_page_says_it_is_reaches_the_model() -> None:
    html = (DATA / "pages" / "portal-widgets-id.html").read_text(encoding="utf-8")
    tree, feature = parse_page(html).tree, "page.declared"
    stored = {"features": [feature], "bias": 0, "trees": [[0, 150, -9000, 9000]]}
    forest = Forest({**stored, "settings": shipped_forest().settings})
    for kind, path in (("NewsArticle", "blocks"), ("Article", "unsure")):
        assert choose_blocks(tree, nodes=[{"@type": kind}], forest=forest).path == path


def test_a_forest_adds_up_its_leaves() -> None:
    trees = [[0, 150, -1000, [1, 0, 500, 2000]], 250]
    forest = Forest({"features": ["a", "b"], "bias": 0, "settings": {}, "trees": trees})
    chances = forest.chances(as_whole(np.array([[1.5, 0.0], [1.6, 0.0], [1.6, 0.1]])))
    assert np.allclose(chances, 1 / (1 + np.exp(-np.array([-0.75, 0.75, 2.25]))))


def test_texts_agree_by_their_three_grams() -> None:
    one = " ".join(VERSES)
    assert texts_agree(one, one.upper().replace(" ", "\n"), 0.99)
    assert not texts_agree(one, " ".join(VERSES[:2]), 0.9)
    assert not texts_agree("", one, 0.5)


def test_a_very_deep_page_is_cut_all_the_same() -> None:
    tree = parse_page("<html><body>" + "<div><i>" * 120 + VERSES[0] + "</body></html>").tree
    assert VERSES[0] in " ".join(cut_page(tree).page.text)
