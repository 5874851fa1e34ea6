"""R091, R092: literals and patterns that say what no line holds as rules see it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulefiles import RULE, local, rule


def codes(folder: Path, rules: str) -> list[tuple[str, str]]:
    return [found for found in local(folder, rules).codes() if found[0] in ("R091", "R092")]


@pytest.mark.parametrize(
    ("key", "value", "caught"),
    [
        ("starts", '["our shop", "+ info"]', True),
        ("is", '["our shop", "• info"]', True),
        ("has", '["our shop", "a + info"]', False),  # in a line it is no list marker
        ("starts", '["our shop", "- info"]', False),  # nor is a long dash
        ("is", '["our shop", "* * *"]', False),  # of a line of marks one is left
        ("starts", '["our shop", "our\\u200cshop"]', True),
        ("starts", '["our shop", "our\\u00a0shop"]', False),  # literals are compared in plain form
        ("any", "['^our shop', '^• info$']", True),
        ("any", "['^our shop', '^[•-] info$']", False),
        ("any", "['^our shop', '^- info$']", False),
        ("any", "['^our shop', 'the shop’s own']", True),
        ("any", "['^our shop', 'info – all of it']", True),
        ("any", "['^our shop', 'info： all of it']", True),
        ("none", "['the shop’s own']", True),
        ("none", "['the shop.s own']", False),
    ],
)
def test_what_no_line_has_is_pointed_out(tmp_path: Path, key: str, value: str, *, caught: bool) -> None:
    pack = rule(**({key: value} if key in ("starts", "none") else {"starts": "", key: value}))
    assert codes(tmp_path, pack) == ([("R091", key)] if caught else [])


@pytest.mark.parametrize(
    ("literal", "key", "when", "caught"),
    [
        ("our shop in the middle of town", "is", "{ max_words = 6 }", True),
        ("our shop in the middle of town", "starts", "{ max_words = 6 }", True),
        ("our shop in the middle of town", "has", "{ max_words = 7 }", False),
        ("our shops", "is", "{ min_words = 3 }", True),
        ("our shops", "starts", "{ min_words = 3 }", False),  # more may follow
        ("our shop!", "is", "{ sentence = false }", True),
        ("our shop!", "ends", "{ sentence = false }", True),
        ("our shop!", "starts", "{ sentence = false }", False),
        ("our shops", "is", "{ sentence = true }", True),
        ("our shops", "is", "{ title_case = true }", False),  # literals are caseless
    ],
)
def test_a_literal_that_no_line_of_the_shape_has_is_pointed_out(
    tmp_path: Path, literal: str, key: str, when: str, *, caught: bool
) -> None:
    pack = rule(when=when, **{"starts": "", key: f'["{literal}"]'})
    assert codes(tmp_path, pack) == ([("R092", key)] if caught else [])


def test_a_plain_rule_passes(tmp_path: Path) -> None:
    assert codes(tmp_path, RULE) == []
