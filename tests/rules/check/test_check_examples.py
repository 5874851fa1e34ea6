"""R001, R002, R020, R021: files load, rules do what their examples say, and each example is given once."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulefiles import RULE, Folder, local, rule

from curator.rules.check.examples import check_examples
from curator.rules.check.patterns import check_patterns
from curator.rules.check.source import read_sources

CASE = """
[[rule]]
id     = "local.head.again"
title  = "Headline printed a second time"
kind   = "line"
status = "stable"
when   = { same_as = "title" }

[[rule.case]]
input  = '''
Dam opens its gates early

Dam opens its gates early

The gates of the old dam opened at dawn on Monday, a whole day early.
'''
output = '''
Dam opens its gates early

The gates of the old dam opened at dawn on Monday, a whole day early.
'''
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (RULE.replace('"House', "House"), ("R001", "title")),
        (RULE.replace("starts", "begins"), ("R002", "begins")),
        (RULE.replace('"line"', '"lines"'), ("R002", "kind")),
        (rule(match='["Our shop in town", "Your shop"]'), ("R020", "match")),
        (rule(match='["Our shop in town", "Our shop is the best of all shops"]'), ("R020", "match")),
        (rule(keep='["Our shop"]'), ("R020", "keep")),
        (rule(keep=""), ("R020", "[[rule]]")),
        (CASE.replace("output = '''\n", "output = '''\nRead on\n"), ("R020", "[[rule.case]]")),
        (CASE.replace("\n[[rule.case]]", 'match  = ["A dam"]\n\n[[rule.case]]'), ("R020", "match")),
    ],
)
def test_a_bad_file_is_caught_at_its_line(tmp_path: Path, text: str, found: tuple[str, str]) -> None:
    assert local(tmp_path, text).codes() == [found]


@pytest.mark.parametrize("text", [RULE, CASE], ids=["lines", "case"])
def test_a_good_file_passes(tmp_path: Path, text: str) -> None:
    assert local(tmp_path, text).codes() == []


def test_the_hint_says_what_an_example_fails_on(tmp_path: Path) -> None:
    [text] = local(tmp_path / "a", rule(match='["Your shop"]')).findings()
    [shape] = local(tmp_path / "b", rule(match='["Our shop is the best of all shops"]')).findings()
    assert "its text" in text.hint
    assert "its shape: 8 words" in shape.hint


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"match": '["Our shop", "Our shop"]'}, "match"),
        ({"match": '["Our\u00a0shop", "Our shop"]'}, "match"),  # the same to a rule
        ({"keep": '["The shop is ours.", "The shop is ours."]'}, "keep"),
    ],
)
def test_an_example_given_twice_in_a_rule_is_caught(tmp_path: Path, changes: dict[str, str], key: str) -> None:
    assert local(tmp_path, rule(**changes)).codes() == [("R021", key)]


def test_an_example_of_another_rule_is_caught_in_the_file_that_is_checked(tmp_path: Path) -> None:
    other = rule(id='"local.line.stall"', ends='["in town"]', starts="", match='["Our shop in town", "Stall in town"]')
    folder = Folder(tmp_path, {"any/local": RULE, "any/more": other.replace("Our shopping", "His shopping")})
    found = [finding for finding in folder.findings() if finding.code == "R021"]
    assert [finding.path for finding in found] == [str(folder.path("any/more"))]
    assert found[0].related is not None
    assert found[0].related[0] == str(folder.path("any/local"))
    turned = [finding for finding in folder.findings("any/local") if finding.code == "R021"]
    assert [finding.path for finding in turned] == [str(folder.path("any/local"))]


def test_rules_for_different_places_may_share_examples(tmp_path: Path) -> None:
    head = rule(id='"local.head.promo"', where="{ first = 5 }", keep='["My shopping."]')
    folder = local(tmp_path, RULE + head)
    assert "R021" not in {code for code, _ in folder.codes()}


def test_rules_can_be_tried_on_their_own_examples_alone(tmp_path: Path) -> None:
    path = tmp_path / "draft.toml"
    path.write_text(rule(match='["Your shop"]') + rule(id='"x.y"', any="['our (']"), encoding="utf-8")
    rules, findings = read_sources([path])
    assert findings == []
    assert [finding.code for finding in check_patterns(rules)] == ["R010"]
    assert [finding.code for finding in check_examples(rules)] == ["R020"]
