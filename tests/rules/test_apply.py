"""What is cut with a line or a span, and what stays between two lines that stay."""

from __future__ import annotations

from typing import Any

import pytest

from curator.document import Removal, restore
from curator.rules.apply import Excision
from curator.rules.decide import Context
from curator.rules.model import Rule
from curator.rules.ruleset import RuleSet
from curator.rules.settle import settle


def strip(text: str, **fields: Any) -> str:
    rule = Rule.model_validate({"id": "x.y", "title": "a rule", "kind": "line", "status": "stable", **fields})
    settled = settle(text, RuleSet([rule]), Context(), max_share=1.0)
    assert restore(settled.text, settled.removals) == text
    return settled.text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\n\nAD\n\nb", "a\n\nb"),
        ("a\nAD\n\nb", "a\n\nb"),  # the longer break stays, wherever it stands
        ("a\n\nAD\nb", "a\n\nb"),
        ("a\nAD\nb", "a\nb"),
        ("a\nAD\n\n\nAD\nb", "a\n\n\nb"),
        ("AD\n\na", "a"),
        ("a\n\nAD", "a"),
        ("a\n\nAD\nAD", "a"),
        ("AD\nAD\n\na\nb", "a\nb"),
        ("a\n\nAD\n\n  b", "a\n\nb"),  # the first of two equal breaks stays
        ("AD", ""),
    ],
)
def test_longest_break_stays_between_lines_that_stay(text: str, left: str) -> None:
    assert strip(text, **{"is": ["ad"]}) == left


@pytest.mark.parametrize(
    ("text", "fields", "left"),
    [
        ("ROMA - Piove.", {"any": ["^ROMA - "]}, "Piove."),
        ("It rains.***", {"ends": ["***"]}, "It rains."),
        ("It rains. ***", {"ends": ["***"]}, "It rains."),
        ("It (AD) rains.", {"has": ["(ad)"]}, "It rains."),  # no two spaces are left
        ("a\n***\nb", {"ends": ["***"]}, "a\nb"),  # nothing is left of the line
    ],
)
def test_spans_take_the_space_they_would_leave_doubled(text: str, fields: dict[str, Any], left: str) -> None:
    assert strip(text, kind="span", **fields) == left


def test_spans_that_close_a_line_together_leave_no_space_behind() -> None:
    rules = [
        Rule.model_validate({"id": f"x.{n}", "title": "a rule", "kind": "span", "status": "stable", "has": [text]})
        for n, text in enumerate(["(see also: x)", "(afp)"])
    ]
    settled = settle("It rains. (See also: x) (AFP)\nb", RuleSet(rules), Context(), max_share=1.0)
    assert settled.text == "It rains.\nb"


def test_a_span_takes_the_marks_that_would_change_the_letter_before_it() -> None:
    # Without the accent's going, "e" and the accent would become "é" and no offset after it would be right.
    assert strip("the fiancexx\u0301 left", kind="span", any=["(?P<cut>xx)"]) == "the fiance left"


def test_lines_of_one_block_are_one_removal() -> None:
    rule = Rule.model_validate(
        {"id": "x.y", "title": "a rule", "kind": "block", "until": "end", "status": "stable", "is": ["tags"]}
    )
    settled = settle("a\n\nTags\n\nb\nc", RuleSet([rule]), Context(), max_share=1.0)
    assert [(r.text, r.rule) for r in settled.removals] == [("\n\nTags\n\nb\nc", "x.y")]


def test_excision_leads_back_through_several_rounds() -> None:
    excision = Excision("one two three four")
    excision.take([Removal(4, 8, "a", "drop", "two ")])
    assert excision.text == "one three four"
    excision.take([Removal(2, 10, "b", "drop", "e three ")])
    assert excision.text == "onfour"
    assert [(r.rule, r.text) for r in excision.removals] == [("b", "e "), ("a", "two "), ("b", "three ")]
    assert restore(excision.text, excision.removals) == "one two three four"
