"""R030 to R032: rules that do what another does, can never win, or contradict each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulefiles import RULE, local, rule, word_at

ONLINE = rule(
    id='"local.line.online"', starts='["our shop online"]', match='["Our shop online"]', keep='["An online shop."]'
)


def test_a_rule_that_adds_nothing_is_told_of(tmp_path: Path) -> None:
    folder = local(tmp_path, RULE + ONLINE)
    [finding] = folder.findings()
    assert (finding.code, finding.level, finding.rule) == ("R030", "warning", "local.line.online")
    assert "local.line.promo takes every" in finding.message


@pytest.mark.parametrize(
    "other",
    [
        ONLINE.replace('match  = ["', 'match  = ["Our shop online and at the harbour of the old town", "').replace(
            "when   = { max_words = 6 }\n", ""
        ),
        RULE.replace("line.promo", "line.online").replace('"our shop"', '"our stall"').replace("Our shop", "Our stall"),
    ],
    ids=["one example is its own", "another text"],
)
def test_a_rule_that_adds_something_passes(tmp_path: Path, other: str) -> None:
    assert local(tmp_path, RULE + other).codes() == []


def test_a_rule_for_one_place_does_not_make_one_for_all_places_redundant(tmp_path: Path) -> None:
    head = (
        RULE.replace("when ", "where  = { first = 5 }\nwhen ")
        .replace("our shop", "our")
        .replace("line.promo", "head.promo")
    )
    folder = local(
        tmp_path, head.replace("Our shop in town", "Our garden").replace("Our shopping", "His shopping") + RULE
    )
    assert "R030" not in {code for code, _ in folder.codes()}


def test_an_extract_rule_is_not_redundant_before_one_that_drops(tmp_path: Path) -> None:
    extract = ONLINE.replace('kind   = "line"', 'kind   = "line"\naction = "extract"\ninto   = "source"')
    assert "R030" in {c for c, _ in local(tmp_path / "after", extract.replace(".online", ".zone") + RULE).codes()}
    assert local(tmp_path / "before", extract.replace(".online", ".a") + RULE).codes() == []


SAME = RULE.replace("line.promo", "line.shop").replace("in town", "online").replace("Our shopping", "His shopping")


def test_a_rule_behind_its_double_is_an_error(tmp_path: Path) -> None:
    found = {finding.code: finding for finding in local(tmp_path, RULE + SAME).findings()}
    assert found["R031"].rule == "local.line.shop"
    assert found["R031"].level == "error"
    assert found["R031"].related is not None
    assert found["R031"].related[0] == found["R031"].path


@pytest.mark.parametrize(
    "other",
    [
        SAME.replace("when   = { max_words = 6 }\n", ""),
        SAME.replace('["our shop"]', '["our shop", "our stall"]'),
        SAME.replace("when ", "where  = { first = 5 }\nwhen "),
        SAME.replace('"stable"', '"deprecated"').replace("kind ", 'note   = "No."\nkind '),
    ],
    ids=["another shape", "another text", "another place", "not in use"],
)
def test_a_rule_that_differs_is_not_shadowed(tmp_path: Path, other: str) -> None:
    assert "R031" not in {code for code, _ in local(tmp_path, RULE + other).codes()}


def test_blocks_that_reach_as_far_as_each_other_are_doubles(tmp_path: Path) -> None:
    block = RULE.replace('"line"', '"block"\nuntil  = "prose"')
    other = SAME.replace('"line"', '"block"\nuntil  = "prose"')
    assert "R031" in {code for code, _ in local(tmp_path / "same", block + other).codes()}
    further = other.replace('"prose"', '"end"')
    assert "R031" not in {code for code, _ in local(tmp_path / "further", block + further).codes()}


def test_an_experimental_rule_does_not_stand_before_a_stable_one(tmp_path: Path) -> None:
    assert "R031" in {c for c, _ in local(tmp_path / "a", RULE + SAME.replace("stable", "experimental")).codes()}
    assert "R031" not in {c for c, _ in local(tmp_path / "b", RULE.replace("stable", "experimental") + SAME).codes()}


KEEP = """
[[rule]]
id     = "local.keep.shop"
title  = "Lines about the shop in town are news"
kind   = "line"
action = "keep"
status = "stable"
ends   = ["shop in town"]
match  = ["She has a shop in town"]
keep   = ["She has a shop in the village"]
"""


def test_a_keep_rule_that_protects_an_example_contradicts_its_rule(tmp_path: Path) -> None:
    [finding] = [finding for finding in local(tmp_path, RULE + KEEP).findings() if finding.code == "R032"]
    assert (word_at(finding), finding.rule) == ("match", "local.line.promo")
    assert "local.keep.shop" in finding.message


@pytest.mark.parametrize(
    "keep",
    [
        KEEP.replace("shop in town", "shop in this town"),
        KEEP.replace("ends ", "where  = { last = 5 }\nends ").replace(
            'where  = { last = 5 }\nends   = ["shop in town"]', 'where  = { last = 5 }\nends   = ["shop in town"]'
        ),
        KEEP.replace('"stable"', '"experimental"'),
    ],
    ids=["another text", "another place", "used on request only"],
)
def test_a_keep_rule_that_does_not_always_win_is_fine(tmp_path: Path, keep: str) -> None:
    assert "R032" not in {code for code, _ in local(tmp_path, RULE + keep).codes()}
