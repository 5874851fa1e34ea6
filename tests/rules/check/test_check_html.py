"""R080: selectors parse and select what the examples say; rules of site packs are for a site."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulefiles import HEAD, RULE, Folder, local, word_at

HTML = """
[[rule]]
id     = "local.html.promo"
title  = "House advertisement"
kind   = "html"
action = "prune"
status = "stable"
css    = ["aside.promo", "div.shop > p"]
xpath  = ['//section[@id="shop"]']
match  = ["<aside class='promo'>Our shop</aside>", "<div><section id='shop'>Our shop</section></div>"]
keep   = ["<p class='promo'>Our shop was the first.</p>"]
"""


def test_a_good_html_rule_passes(tmp_path: Path) -> None:
    assert local(tmp_path, HTML).codes() == []


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('"aside.promo"', '"aside["', "css"),
        ("//section[", "//section[[", "xpath"),
        ("<aside class='promo'>", "<aside class='other'>", "match"),
        ("<p class='promo'>", "<aside class='promo'>", "keep"),
    ],
)
def test_a_bad_html_rule_is_caught_at_its_line(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert local(tmp_path, HTML.replace(old, new)).codes() == [("R080", key)]


def test_rules_of_a_site_pack_name_their_site(tmp_path: Path) -> None:
    head = HEAD.format(name="site/news.example")
    bad = Folder(tmp_path / "bad", {"site/news.example": head + RULE})
    [finding] = bad.findings()
    assert (finding.code, word_at(finding)) == ("R080", "id")
    good = Folder(tmp_path / "good", {"site/news.example": head + 'site    = "news.example"\n' + RULE})
    assert good.codes() == []
