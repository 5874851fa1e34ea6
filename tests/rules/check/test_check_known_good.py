"""R022, R051: no rule takes a line that is known to be content, but for those that were looked at and listed."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulefiles import HEAD, RULE, Folder, local, rule, word_at

CONTENT = "Our shop was first"


def test_a_rule_that_takes_a_known_good_line_is_caught(tmp_path: Path) -> None:
    folder = local(tmp_path, RULE, {"en": f"It rained.\n{CONTENT}\n"})
    [finding] = folder.findings()
    assert (finding.code, word_at(finding), finding.rule) == ("R022", "starts", "local.line.promo")
    assert finding.related == (str(folder.root / "known-good" / "en.txt"), 2)
    assert CONTENT in finding.message
    assert "starts: our shop" in finding.hint


def test_a_rule_that_leaves_known_good_lines_alone_passes(tmp_path: Path) -> None:
    assert local(tmp_path, RULE, {"en": "It rained.\nOur shopping took long\n"}).codes() == []


@pytest.mark.parametrize(("code", "caught"), [("id", True), ("ms", True), ("en", False), ("de", False)])
def test_a_language_s_rules_meet_the_lines_of_languages_that_understand_them(
    tmp_path: Path, code: str, *, caught: bool
) -> None:
    pack = HEAD.format(name="lang/id") + 'lang    = "id"\n' + rule(id='"id.line.promo"')
    folder = Folder(tmp_path, {"lang/id": pack}, {code: f"{CONTENT}\n"})
    assert [c for c, _ in folder.codes()] == (["R022"] if caught else [])


def test_a_keep_rule_saves_a_line(tmp_path: Path) -> None:
    keep = rule(id='"local.keep.first"', action='"keep"', when="", starts="", ends='["was first"]')
    keep = keep.replace("Our shop in town", "It was first").replace("Our shopping", "His shopping")
    assert local(tmp_path, RULE + keep, {"en": f"{CONTENT}\n"}).codes() == []


@pytest.mark.parametrize(
    ("where", "line", "caught"),
    [
        ('{ before = "prose" }', "Our shop was first", False),  # a subheading stands between paragraphs
        ('{ before = "prose" }', "Our shop was the first on the hill, she said", True),  # as standfirst
        ('{ after = "prose" }', "Our shop was first", False),
        ("{ first = 4 }", "Our shop was first", True),  # a short article is all head
        ("{ last = 5 }", "Our shop was first", True),
    ],
)
def test_a_rule_about_place_meets_content_where_content_stands(
    tmp_path: Path, where: str, line: str, *, caught: bool
) -> None:
    text = RULE.replace("when   = { max_words = 6 }", f"where  = {where}")
    found = [code for code, _ in local(tmp_path, text, {"en": f"{line}\n"}).codes()]
    assert found == (["R022"] if caught else [])


SHAPE = """
[[rule]]
id     = "local.line.short"
title  = "Short lines"
kind   = "line"
status = "stable"
when   = { max_words = 3 }

[[rule.case]]
input  = '''
Ad
'''
output = '''
'''
"""


def test_a_rule_of_shape_alone_that_takes_content_is_caught(tmp_path: Path) -> None:
    folder = local(tmp_path, SHAPE, {"en": "It rained for days on end.\nThe long night\n"})
    [finding] = folder.findings()
    assert (finding.code, finding.rule) == ("R022", "local.line.short")
    assert "The long night" in finding.message


@pytest.mark.parametrize("more", ["prose_after = 0", "repeats = 2", 'same_as = "title"'])
def test_a_rule_of_shape_and_company_may_take_what_stands_elsewhere(tmp_path: Path, more: str) -> None:
    text = SHAPE.replace("max_words = 3", f"max_words = 3, {more}")
    found = local(tmp_path, text, {"en": "The long night\n"}).codes()
    assert "R022" not in {code for code, _ in found}


def known(folder: Folder, **changes: str) -> list[tuple[str, str]]:
    entry = {"rule": '"local.line.promo"', "line": f'"{CONTENT}"', "reason": '"nobody says so"', "date": "2026-11-23"}
    lines = [f"{key} = {value}" for key, value in {**entry, **changes}.items() if value]
    (folder.root / "known-fp.toml").write_text("\n".join(["# looked at", "[[known]]", *lines, ""]), encoding="utf-8")
    return folder.codes()


def test_a_listed_line_is_no_finding(tmp_path: Path) -> None:
    assert known(local(tmp_path, RULE, {"en": f"{CONTENT}\n"})) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"line": '"It rained"'},
        {"rule": '"local.line.gone"'},
        {"reason": ""},
        {"line": "3"},
        {"seen": '"yesterday"'},
    ],
    ids=["does not fire any more", "no such rule", "no reason", "no text", "unknown key"],
)
def test_an_entry_that_lists_nothing_is_an_error(tmp_path: Path, changes: dict[str, str]) -> None:
    folder = local(tmp_path, RULE)
    assert known(folder, **changes) == [("R051", "[[known]]")]


@pytest.mark.parametrize("text", ["[[known]\n", "[known]\nrule = 'x'\n", "other = 3\n"])
def test_a_list_that_is_none_is_an_error(tmp_path: Path, text: str) -> None:
    folder = local(tmp_path, RULE)
    (folder.root / "known-fp.toml").write_text(text, encoding="utf-8")
    assert [(finding.code, finding.line) for finding in folder.findings()] == [("R051", 1)]
