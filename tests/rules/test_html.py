"""Html rules: what selectors select, what is pruned, and what no rule may take."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import pytest
from conftest import DATA
from cssselect import HTMLTranslator
from hypothesis import given
from lxml import etree, html
from strategies import html_pages, html_rule_sets

from curator.errors import RuleError
from curator.extract.page import parse_tree
from curator.rules.html import compile_selector
from curator.rules.load import load_rules
from curator.rules.model import Rule
from curator.rules.prune import Pruned, prune, visible_text
from curator.rules.ruleset import RuleSet

PROSE = "The council met on Monday evening and voted to repair the old bridge before winter comes."


def rule(name: str = "any.html.x", *css: str, **options: Any) -> Rule:
    fields = {"title": "a rule", "kind": "html", "action": "prune", "status": "stable", "css": css, **options}
    return Rule(id=name, **fields)


def page(body: str) -> Any:
    return html.document_fromstring(f"<html><body>{body}</body></html>")


def article(*extra: str) -> Any:
    return page(f"<h1>Bridge to be repaired</h1>{f'<p>{PROSE}</p>' * 6}{''.join(extra)}")


def pruned(tree: Any, *rules: Rule) -> Pruned:
    return prune(tree, RuleSet(rules))


def body_of(tree: Any) -> str:
    return etree.tostring(tree.find("body"), encoding="unicode").removeprefix("<body>").removesuffix("</body>")


def went(found: Pruned) -> list[str | None]:
    return [removal.element for removal in found.removals]


SAMPLE = """
<div class="a x"><p class="b" id="q">1</p><i class="c">x</i><div class="e"><p class="b">2</p></div></div>
<p class="b">3</p><!-- c --><span class="B" lang="en-GB">s</span><section><h1>x</h1><p class="b d e-f"></p></section>
<ul role="menu"><li>1</li><li class="d">2</li></ul><P CLASS="b
d">4</P>
"""


@pytest.mark.parametrize(
    "selector",
    [
        "*",
        "p",
        "P",
        ".b",
        "p.b.d",
        "#q",
        ".a .b",
        ".a > .b",
        ".b + .c",
        "i + .e > p",
        "* + p",
        "p + p",
        ".a *",
        "p:not(.a .b)",
        "section:has(h1) .d",
        '[class="b" i]',
        '[class*="E-" i]',
        '[class^="e"]',
        '[class$="x"]',
        '[class*=""]',
        '[lang|="en"]',
        "[role]",
        "[id], li.d",
        "p:first-child",
        ".a > :nth-child(3) p",
        ":is(.c, .d)",
    ],
)
def test_a_selector_selects_what_css_says(selector: str) -> None:
    tree = page(SAMPLE)
    expected = list(etree.XPath(HTMLTranslator().css_to_xpath(selector))(tree))
    assert compile_selector("css", selector).select(tree) == expected
    assert list(RuleSet([rule("x.y", selector)]).selectors.select(tree)) == expected


def test_a_thousand_selectors_find_what_each_finds_alone() -> None:
    shipped = [rule for rule in load_rules(select=["any.html"]).rules if rule.kind == "html"]
    rules = RuleSet(shipped)
    for path in sorted((DATA / "pages").glob("*.html")):
        tree = parse_tree(path.read_text(encoding="utf-8"))
        alone = {
            (element, number)
            for number, one in enumerate(rules.rules)
            for text in one.css
            for element in compile_selector("css", text).select(tree)
        }
        together = rules.selectors.select(tree)
        assert {(element, number) for element, numbers in together.items() for number in numbers} == alone
        assert list(together) == [element for element in tree.iter() if element in together]


@pytest.mark.parametrize("path", ["count(//p)", "//comment()", "//p/@class", "//p/text()", "string(//p)", "//p = 3"])
def test_an_xpath_that_selects_no_element_selects_nothing(path: str) -> None:
    assert compile_selector("xpath", path).select(page(SAMPLE)) == []


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("css", "a[", "does not parse"),
        ("css", "p::before", "no element"),
        ("css", ".a ~ .b", "all siblings"),
        ("xpath", "//p[", "does not parse"),
        ("xpath", "//p[nonsense()]", "does not parse"),
        ("xpath", "//x:p", "does not parse"),
        ("xpath", "//p[//i]", "whole page"),
        ("xpath", "//p[@a and //i]", "whole page"),
        ("xpath", "//p[.//i[.//b]]", "whole page"),
        ("xpath", "//p[following::i]", "whole page"),
        ("xpath", "//p[preceding-sibling::p]", "whole page"),
    ],
)
def test_a_selector_that_is_wrong_or_slow_is_refused(kind: str, text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message) as caught:
        compile_selector(kind, text)
    assert caught.value.hint


@pytest.mark.parametrize("path", ["//p[.//i]", "//p[@class='//']", "(//p)[1]", "//p[preceding-sibling::*[1]/i]"])
def test_an_xpath_that_looks_near_is_accepted(path: str) -> None:
    compile_selector("xpath", path)


def test_a_pruned_element_is_a_removal_with_its_name_and_what_it_showed() -> None:
    tree = article('<div id="r" class="box related"><h3>More</h3><ul><li>One  dam</li><li>Two</li></ul></div>')
    found = pruned(tree, rule("any.html.related", ".related"))
    [removal] = found.removals
    assert (removal.layer, removal.action, removal.rule) == ("html", "prune", "any.html.related")
    assert (removal.element, removal.text) == ("div#r.box.related", "More\nOne dam\nTwo")
    assert (removal.start, removal.end) == (0, 0)
    assert "More" not in body_of(tree)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("<p>a</p><aside class='x'>ad</aside> tail <p>b</p>", "<p>a</p> tail <p>b</p>"),
        ("<div>first<aside class='x'>ad</aside>second</div>", "<div>first<br>second</div>"),
        ("<div><aside class='x'>ad</aside>second</div>", "<div>second</div>"),
        ("<div><!-- c --><aside class='x'>ad</aside>second</div>", "<div><!-- c -->second</div>"),
        ("<div><aside class='x'>1</aside><aside class='x'>2</aside> two</div>", "<div> two</div>"),
        ("<div><aside class='x'>ad <!-- c --> more</aside></div>", "<div></div>"),
    ],
)
def test_text_behind_a_pruned_element_stays(body: str, left: str) -> None:
    tree = page(body)
    pruned(tree, rule("x.y", ".x"))
    assert html.tostring(tree.find("body"), encoding="unicode") == f"<body>{left}</body>"


def test_what_a_keep_rule_selects_stays_and_what_is_around_it_too() -> None:
    tree = article('<div class="box"><p class="fact">It is old.</p><p class="ad">Buy</p></div><div class="box">B</div>')
    found = pruned(tree, rule("x.box", ".box"), rule("x.ad", ".ad"), rule("x.fact", ".fact", action="keep"))
    assert went(found) == ["p.ad", "div.box"]
    assert "It is old." in body_of(tree)


def test_of_nested_elements_the_outermost_goes_and_names_the_other_rules() -> None:
    tree = article('<div class="box"><p class="ad">Buy</p></div>')
    [removal] = pruned(tree, rule("x.ad", ".ad"), rule("x.box", ".box"), rule("x.div", "div")).removals
    assert (removal.rule, removal.also) == ("x.box", ("x.div", "x.ad"))


def test_a_rule_of_the_site_takes_what_one_for_all_would_take_too() -> None:
    tree = article('<div class="box">Buy</div>')
    rules = RuleSet([rule("any.html.a", ".box"), rule("site.html.z", ".box", site="news.example")])
    assert [removal.rule for removal in prune(tree, rules).removals] == ["site.html.z"]


@pytest.mark.parametrize("selector", ["html", "body", "main", "head", "div:has(h1)", "h1", "*:has(> p)"])
def test_no_rule_takes_the_backbone_of_a_page(selector: str) -> None:
    tree = page(f"<main><div><h1>Bridge</h1>{f'<p>{PROSE}</p>' * 6}</div></main>")
    before = html.tostring(tree)
    assert pruned(tree, rule("x.y", selector)).removals == ()
    assert html.tostring(tree) == before


def test_a_wrapper_of_much_of_the_prose_stays_and_a_small_box_of_the_same_class_goes() -> None:
    tree = page(f'<h1>Bridge</h1><div class="x">{f"<p>{PROSE}</p>" * 4}</div><p>{PROSE}</p><div class="x">Share</div>')
    assert went(pruned(tree, rule("x.y", ".x"))) == ["div.x"]
    assert body_of(tree).count("winter") == 5


def test_a_rule_that_takes_the_article_paragraph_by_paragraph_is_switched_off() -> None:
    tree = page("<h1>Bridge</h1>" + f'<p class="x">{PROSE}</p>' * 9 + '<p class="y">Share this</p>')
    found = pruned(tree, rule("x.x", ".x"), rule("x.y", ".y"))
    assert (went(found), found.stopped) == (["p.y"], ("x.x",))


def test_links_are_no_prose_so_a_list_of_headlines_goes_from_a_short_article() -> None:
    links = "".join(f'<li><a href="/{n}">{PROSE}</a></li>' for n in range(9))
    tree = page(f"<h1>Bridge</h1><p>{PROSE}</p><ul class='x'>{links}</ul>")
    assert went(pruned(tree, rule("x.y", ".x"))) == ["ul.x"]


def test_rules_that_together_take_most_of_a_page_take_nothing() -> None:
    tree = page("<h1>Bridge</h1>" + "".join(f'<p class="x{n}">{PROSE}</p>' for n in range(4)) + f"<p>{PROSE}</p>")
    rules = RuleSet([rule(f"x.x{n}", f".x{n}") for n in range(4)])
    assert prune(tree, rules).guard == "html"
    assert body_of(tree).count("winter") == 5
    assert len(prune(tree, rules, max_share=1.0).removals) == 4


@pytest.mark.parametrize("limit", [{"max_hits": 2}, {"max_share": 0.01}])
def test_a_rule_over_its_own_limit_is_switched_off_for_the_page(limit: dict[str, Any]) -> None:
    boxes = ['<p class="x">Share this story</p>'] * 3
    found = pruned(article(*boxes), rule("x.y", ".x", **limit))
    assert (found.removals, found.stopped) == ((), ("x.y",))
    assert len(pruned(article(*boxes[:1]), rule("x.y", ".x", max_hits=2, max_share=0.5)).removals) == 1


def test_only_a_stable_rule_takes_prose() -> None:
    boxes = (f'<aside class="x">{PROSE}</aside>', '<aside class="x">Share</aside>')
    assert len(pruned(article(*boxes), rule("x.y", ".x")).removals) == 2
    assert [r.text for r in pruned(article(*boxes), rule("x.y", ".x", status="experimental")).removals] == ["Share"]


def test_an_element_in_the_middle_of_a_sentence_stays() -> None:
    tree = page('<h1>A</h1><p>See <b><a class="x">the list</a></b> of winners.</p><p><a class="x">Share</a></p>')
    assert [removal.text for removal in pruned(tree, rule("x.y", ".x")).removals] == ["Share"]


def test_what_shows_nothing_stays() -> None:
    tree = article('<div class="x"><script>ad()</script><!-- ad --><img src="a"></div>')
    assert pruned(tree, rule("x.y", ".x")).removals == ()
    assert "ad()" in body_of(tree)


def test_visible_text_is_a_line_for_each_block_and_no_script() -> None:
    tree = page("<div>a<b>b</b> <i>c\n d</i><p>e</p>f<script>s</script>g<br>h<!-- c -->i<style>t</style></div> tail")
    assert visible_text(tree.find(".//div")) == "ab c d\ne\nfg\nhi"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("<div class='x'>a</div>", "div.x"),
        ("<div id=' i ' class=' x  y '>a</div>", "div#i.x.y"),
        ("<ul class='u'><li><b title='x'>a</b></li></ul>", "ul.u > li > b"),
        (f"<div class='x {'y' * 90}'>a</div>", f"div.x.{'y' * 53}…"),
    ],
)
def test_the_ledger_names_an_element_as_a_selector_would(body: str, name: str) -> None:
    assert went(pruned(article(body), rule("x.y", ".x", "[title=x]"))) == [name]


@pytest.mark.parametrize(
    "markup",
    [
        "<div class=x>" * 50_000 + "deep" + "</div>" * 50_000,
        "<p class=x>a</p>" * 50_000,
        "<div class=x><p class=y>" * 50_000,
        "<x" * 10_000 + "<p class='x",
        "<table><tr><div class=x>a<td>b</tr></p></div></html><p class=x>c",
        "<p class='" + "x " * 100_000 + "'>a</p>",
    ],
)
def test_bad_markup_is_pruned_in_bounded_time(markup: str) -> None:
    tree = parse_tree(f"<html><body><h1>Bridge</h1><p>{PROSE}</p>{markup}")
    rules = RuleSet([rule("x.y", ".x", ".y .x", "p + .x", "p:nth-child(3)"), rule("x.z", xpath=("//p[.//x]//p",))])
    start = time.process_time()
    prune(tree, rules)
    assert time.process_time() - start < 20
    assert "council" in visible_text(tree)


def shown(tree: Any) -> list[str]:
    return visible_text(tree).split()


@given(html_pages(), html_rule_sets)
def test_pruning_takes_what_the_ledger_says_and_nothing_else(source: str, rules: RuleSet) -> None:
    tree, whole = page(source), page(source)
    found = prune(tree, rules)
    left = shown(tree) + [word for removal in found.removals for word in removal.text.split()]
    assert sorted("".join(left)) == sorted("".join(shown(whole)))
    again = page(source)
    assert prune(again, rules) == found
    assert html.tostring(again) == html.tostring(tree)


def elements_with(words: Iterable[str], tree: Any) -> list[Any]:
    return [element for element in tree.iter("*") if set((element.get("class") or "").split()) & set(words)]


@given(html_pages(), html_rule_sets)
def test_what_is_kept_is_there_whatever_else_rules_say(source: str, rules: RuleSet) -> None:
    tree = page(source)
    words = {text[1:] for one in rules.rules if one.action == "keep" for text in one.css}
    kept = len(elements_with(words, tree))
    prune(tree, rules)
    assert len(elements_with(words, tree)) == kept
