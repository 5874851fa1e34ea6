"""Loading packs: what is added, left out, refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from curator.errors import RuleError, UsageError
from curator.rules.load import load_rules, read_pack
from curator.rules.ruleset import RuleSet

RULE = """
[[rule]]
id     = "local.line.promo"
title  = "House advertisement"
kind   = "line"
status = "stable"
is     = ["our shop"]
match  = ["Our shop"]
keep   = ["Our shop window was broken."]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "pack.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_added_packs_never_replace_the_shipped_ones(tmp_path: Path) -> None:
    shipped = {rule.id for rule in load_rules().rules}
    both = {rule.id for rule in load_rules(write(tmp_path, RULE)).rules}
    assert both == shipped | {"local.line.promo"}


def test_file_defaults_hold_for_its_rules(tmp_path: Path) -> None:
    (rule,) = read_pack(write(tmp_path, 'lang = "id"\nsite = "x.example"\n' + RULE))
    assert (rule.lang, rule.site) == ("id", "x.example")


def test_select_and_ignore_go_by_whole_parts_of_ids() -> None:
    assert {rule.id.split(".")[0] for rule in load_rules(select=["id"]).rules} == {"id"}
    assert not any(".span.dateline" in rule.id for rule in load_rules(ignore=["*.span.dateline*"]).rules)
    assert not any(rule.id.startswith("any.span.") for rule in load_rules(ignore=["any.span"]).rules)
    with pytest.raises(UsageError, match=r"any\.spa"):
        load_rules(ignore=["any.spa"])


def test_experimental_rules_run_in_preview_only(tmp_path: Path) -> None:
    path = write(tmp_path, RULE.replace("stable", "experimental"))
    assert "local.line.promo" not in {rule.id for rule in load_rules(path).rules}
    assert "local.line.promo" in {rule.id for rule in load_rules(path, preview=True).rules}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[[rule]]\nid = 'x.y\n", 2, "not TOML"),
        (RULE.replace("is    ", "iss   "), 7, "unknown key `iss`"),
        (RULE + "where = { frist = 3 }\n", 10, "unknown key `frist`"),
        (RULE.replace('"line"', '"lines"'), 5, "kind"),
        (RULE.replace('["our shop"]', '"our shop"'), 7, "is"),
        (RULE.replace('id     = "local.line.promo"\n', ""), 2, "id"),
        (RULE + 'into = "author"\n', 2, "into"),
    ],
)
def test_bad_files_are_refused_with_file_and_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(RuleError) as caught:
        read_pack(path)
    assert caught.value.where == f"{path}:{line}"
    assert message in caught.value.what
    assert caught.value.hint


def test_unknown_key_is_met_with_the_nearest_known_one(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="did you mean `starts`"):
        read_pack(write(tmp_path, RULE.replace("is    ", "start ")))


def test_a_pattern_that_cannot_be_compiled_is_refused_when_it_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="does not compile"):
        load_rules(write(tmp_path, RULE + "any = ['(?=x)']\n"))


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="used twice"):
        load_rules(write(tmp_path, RULE + RULE))


def test_hash_is_of_what_rules_do_and_not_of_their_order_or_notes(tmp_path: Path) -> None:
    rules = load_rules().rules
    noted = [rule.model_copy(update={"note": "changed"}) for rule in reversed(rules)]
    other = [rules[0].model_copy(update={"priority": 7}), *rules[1:]]
    assert RuleSet(rules).hash == RuleSet(noted).hash == RuleSet.from_json(RuleSet(rules).to_json()).hash
    assert RuleSet(other).hash != RuleSet(rules).hash
