"""Which rules are used, and with which fields: packs, select, ignore, override; names that are wrong or out of date."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from curator.errors import RuleError, SettingsError, UsageError
from curator.rules.choose import RenamedRuleWarning
from curator.rules.load import load_rules
from curator.rules.model import Rule, Where
from curator.rules.ruleset import RuleSet

RULES = """
[[rule]]
id     = "x.line.promo"
title  = "House advertisement"
kind   = "line"
status = "stable"
when   = { max_words = 6 }
is     = ["our shop"]

[[rule]]
id     = "x.line.trial"
title  = "Advertisement of the bar"
kind   = "line"
is     = ["our bar"]

[[rule]]
id     = "x.line.advert"
title  = "House advertisement, as it was called before"
kind   = "line"
status = "deprecated"
replaced_by = "x.line.house"
is     = ["our shop"]

[[rule]]
id     = "x.line.house"
title  = "House advertisement, as it was called for a week"
kind   = "line"
status = "deprecated"
replaced_by = "x.line.promo"
is     = ["our shop"]

[[rule]]
id     = "x.line.fax"
title  = "Invitation to send a fax"
note   = "Nobody sends one any more."
kind   = "line"
status = "deprecated"
is     = ["send us a fax"]
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "pack.toml"
    path.write_text(RULES, encoding="utf-8")
    return path


def ids(rules: RuleSet) -> set[str]:
    return {rule.id for rule in rules.rules}


def promo(rules: RuleSet) -> Rule:
    return next(rule for rule in rules.rules if rule.id == "x.line.promo")


def test_packs_leave_the_other_shipped_packs_out() -> None:
    assert {name.split(".")[0] for name in ids(load_rules(packs=["any", "lang/id"], preview=True))} == {"any", "id"}
    assert {name.split(".")[0] for name in ids(load_rules(packs=["lang/*v"], preview=True))} == {"jv", "lv", "sv"}


def test_a_pattern_of_packs_may_fit_none_and_added_packs_are_not_asked(pack: Path) -> None:
    assert ids(load_rules(pack, packs=["site/*.example"])) == {"x.line.promo"}


@pytest.mark.parametrize(("name", "near"), [("lang/idd", "lang/id"), ("langs", "lang"), ("site/news.example", "")])
def test_a_pack_that_is_not_there_is_an_error(name: str, near: str) -> None:
    with pytest.raises(UsageError, match="no pack is called") as caught:
        load_rules(packs=[name])
    assert caught.value.hint == (f"did you mean {near}?" if near else caught.value.hint)


def test_a_rule_of_a_pack_that_is_left_out_may_be_ignored_but_not_selected() -> None:
    assert ids(load_rules(packs=["any"], ignore=["id.line"])) == ids(load_rules(packs=["any"]))
    for wish in ({"select": ["id.line"]}, {"override": {"id.line.baca-juga": {}}}):
        with pytest.raises(UsageError, match="in no pack that is used"):
            load_rules(packs=["any"], **wish)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wish",
    [{"select": ["x.line.promos"]}, {"ignore": ["x.lin.promo"]}, {"override": {"x.line.promos": {"priority": 1}}}],
    ids=lambda wish: next(iter(wish)),
)
def test_an_unknown_name_is_an_error_that_names_the_nearest(pack: Path, wish: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="no rule is called") as caught:
        load_rules(pack, **wish)
    assert caught.value.where == next(iter(wish))
    assert caught.value.hint == "did you mean x.line.promo?"


def test_an_override_wants_a_whole_id(pack: Path) -> None:
    with pytest.raises(UsageError, match=r"x\.line"):
        load_rules(pack, override={"x.line": {"priority": 1}})


def test_an_override_changes_the_fields_it_names_and_the_hash(pack: Path) -> None:
    before = load_rules(pack)
    after = load_rules(pack, override={"x.line.promo": {"where": {"first": 4}, "is": ["our bar", "our shop"]}})
    rule = promo(after)
    assert (rule.where, rule.is_, rule.when) == (Where(first=4), ("our bar", "our shop"), promo(before).when)
    assert after.hash != before.hash
    assert promo(load_rules(pack)).where == Where()  # nothing shared was changed


def test_an_override_replaces_a_table_whole(pack: Path) -> None:
    when = promo(load_rules(pack, override={"x.line.promo": {"when": {"sentence": False}}})).when
    assert (when.sentence, when.max_words) == (False, None)


@pytest.mark.parametrize(
    ("fields", "said", "hint"),
    [
        ({"where": {"frist": 4}}, "unknown key `frist`", "did you mean `first`?"),
        ({"where": {"first": "4"}}, "where.first", ""),
        ({"into": "author"}, "`into` goes with", ""),
        ({"id": "x.line.other"}, "`id` of a rule", "ignore x.line.promo"),
        ({"kind": "span"}, "`kind` of a rule", ""),
    ],
    ids=str,
)
def test_an_override_that_makes_no_rule_is_an_error(pack: Path, fields: dict[str, Any], said: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_rules(pack, override={"x.line.promo": fields})
    assert caught.value.where == 'override."x.line.promo"'
    assert said in caught.value.what
    assert hint in caught.value.hint


def test_an_override_with_a_pattern_that_does_not_compile_is_an_error(pack: Path) -> None:
    with pytest.raises(RuleError, match="does not compile"):
        load_rules(pack, override={"x.line.promo": {"any": ["(?=x)"]}})


def test_experimental_rules_run_only_in_preview_even_if_they_are_named(pack: Path) -> None:
    assert "x.line.trial" not in ids(load_rules(pack, select=["x.line"]))
    assert "x.line.trial" in ids(load_rules(pack, select=["x.line"], preview=True))


def test_a_selection_that_leaves_no_rule_is_an_error(pack: Path) -> None:
    with pytest.raises(UsageError, match=r"x\.line\.trial") as caught:
        load_rules(pack, select=["x.line.trial"])
    assert "preview" in caught.value.hint


def test_deprecated_rules_do_not_run(pack: Path) -> None:
    assert ids(load_rules(pack, shipped=False, preview=True)) == {"x.line.promo", "x.line.trial"}


@pytest.mark.parametrize("name", ["x.line.advert", "x.line.house"])
def test_the_old_name_of_a_rule_works_and_says_the_new_one(pack: Path, name: str) -> None:
    says = rf"the rule {name} is now x\.line\.promo"
    with pytest.warns(RenamedRuleWarning, match=f"select: {says}"):
        assert ids(load_rules(pack, select=[name])) == {"x.line.promo"}
    with pytest.warns(RenamedRuleWarning, match=f"ignore: {says}"):
        assert "x.line.promo" not in ids(load_rules(pack, ignore=[name]))
    with pytest.warns(RenamedRuleWarning, match=f"override: {says}"):
        assert promo(load_rules(pack, override={name: {"priority": 3}})).priority == 3


def test_a_rule_without_an_heir_is_no_longer_there_and_that_is_said(pack: Path) -> None:
    with pytest.warns(RenamedRuleWarning, match=r"no longer used: Nobody sends one"):
        assert ids(load_rules(pack, ignore=["x.line.fax"])) == ids(load_rules(pack))


def test_a_prefix_that_fits_old_names_too_says_nothing(pack: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ids(load_rules(pack, select=["x.line"])) == {"x.line.promo"}
