"""What rules do to labelled texts: per rule, per document and in all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from curator.errors import InputError
from curator.rules.check.labelled import LabelledText, compare
from curator.rules.evaluate import Evaluation, difference, evaluate, read_evaluation
from curator.rules.load import read_pack
from curator.rules.ruleset import RuleSet

RULES = """
[[rule]]
id     = "x.line.ad"
title  = "Advertisement marker"
kind   = "line"
status = "stable"
is     = ["ad", "our shop"]

[[rule]]
id     = "x.line.read"
title  = "Link to another story"
kind   = "line"
status = "stable"
starts = ["read:"]

[[rule]]
id     = "x.span.dateline"
title  = "Place before the lead"
kind   = "span"
action = "extract"
into   = "dateline"
status = "stable"
any    = ['^(?P<cut>(?P<value>LEEDS) - )']

[[rule]]
id     = "x.span.mark"
title  = "Mark at the end"
kind   = "span"
status = "stable"
ends   = ["(xyz)"]
"""
PROSE = "The gates of the old dam opened at dawn on Monday, an hour before the crowd had come."


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    path = tmp_path_factory.mktemp("rules") / "x.toml"
    path.write_text(RULES, encoding="utf-8")
    return RuleSet(read_pack(path))


def of(rules: RuleSet, *texts: LabelledText) -> Evaluation:
    return evaluate(texts, rules)


def test_lines_are_counted_by_label_for_the_rule_that_took_them(rules: RuleSet) -> None:
    text = LabelledText(
        "a", f"Ad\n{PROSE}\nRead: more\nOur shop\nAd\nLeft", ("drop", "keep", "neutral", "keep", "drop", "drop")
    )
    result = of(rules, text)
    ad = result.rules["x.line.ad"]
    assert (ad.hits, ad.drop, ad.keep, ad.neutral, ad.characters) == (3, 2, 1, 0, 11)
    assert ad.precision == pytest.approx(2 / 3)
    assert result.rules["x.line.read"].neutral == 1
    assert result.rules["x.line.read"].precision is None
    assert result.taken == (("x.line.ad", "a", "Our shop"),)
    totals = result.totals
    assert (totals["drop"], totals["dropped"], totals["keep"], totals["kept"], totals["neutral"]) == (3, 2, 2, 1, 1)
    assert (totals["documents"], totals["right"]) == (1, 0)


def test_pieces_of_lines_are_right_if_the_line_reads_as_it_should(rules: RuleSet) -> None:
    good = compare("good", f"LEEDS - {PROSE} (xyz)\nAd", PROSE)
    missed = compare("missed", f"London - {PROSE}\nAd", PROSE)
    wrong = compare("wrong", f"LEEDS - {PROSE}\nAd", f"LEEDS - {PROSE}")
    result = of(rules, good, missed, wrong)
    assert (result.totals["spans"], result.totals["exact"], result.totals["right"]) == (2, 1, 1)
    dateline = result.rules["x.span.dateline"]
    assert (dateline.hits, dateline.spans, dateline.right) == (2, 2, 1)
    assert [document.right for document in result.documents] == [True, False, False]


def test_what_a_drop_takes_of_content_is_lost_and_what_extract_takes_is_not(rules: RuleSet) -> None:
    extracted = LabelledText("a", f"LEEDS - {PROSE}", ("keep",))
    dropped = LabelledText("b", f"{PROSE} (xyz)", ("keep",))
    first, second = of(rules, extracted, dropped).documents
    assert (first.lost, first.takers) == (0, ())
    assert second.lost == pytest.approx(5 / (5 + len(PROSE.replace(" ", ""))))
    assert second.takers == ("x.span.mark",)


def test_a_text_that_came_out_as_labelled_is_right(rules: RuleSet) -> None:
    [document] = of(rules, LabelledText("a", f"Ad\n{PROSE}\nRead: more", ("drop", "keep", "neutral"))).documents
    assert document.right
    assert (document.lost, document.guard) == (0, "")


def test_a_guard_leaves_the_text_alone_and_is_counted(rules: RuleSet) -> None:
    result = of(rules, LabelledText("a", "Ad\nAd\nAd", ("drop", "drop", "drop")))
    assert result.documents[0].guard == "share"
    assert (result.totals["guarded"], result.totals["dropped"]) == (1, 0)
    assert result.figures()["guarded"] == ["a"]
    assert result.rules == {}


def test_figures_hold_no_text_and_can_be_read_back(rules: RuleSet, tmp_path: Path) -> None:
    figures = of(rules, LabelledText("a", f"Our shop\n{PROSE}", ("keep", "keep"))).figures()
    path = tmp_path / "before.json"
    path.write_text(json.dumps(figures), encoding="utf-8")
    assert "dam" not in path.read_text(encoding="utf-8")
    assert read_evaluation(path) == figures
    assert figures["rule_set"] == rules.hash
    for text in ("{", "[]", '{"totals": {}}'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="rules eval"):
            read_evaluation(path)


def test_the_difference_names_rules_that_came_and_went() -> None:
    def figures(**rules: dict[str, int]) -> dict[str, Any]:
        return {"totals": {"kept": sum(map(len, rules))}, "rules": rules}

    found = difference(
        figures(same={"hits": 1}, gone={"hits": 2, "keep": 0}), figures(same={"hits": 1}, new={"hits": 3})
    )
    assert found == {"totals": {"kept": -1}, "rules": {"gone": {"hits": -2}, "new": {"hits": 3}}}


def run(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "curator", "rules", "eval", *map(str, arguments)], capture_output=True, check=False
    )


def test_the_command_compares_two_folders_and_with_before(tmp_path: Path) -> None:
    pack = tmp_path / "x.toml"
    pack.write_text(RULES, encoding="utf-8")
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    for folder, text in ((raw, f"Our shop\n\n{PROSE}\n\nTags zzz\n"), (clean, f"{PROSE}\n")):
        folder.mkdir()
        (folder / "a.txt").write_text(text, encoding="utf-8")
    shown = run(raw, "--expected", clean, "--rules", pack)
    assert shown.returncode == 0, shown.stderr
    table = shown.stdout.decode()
    assert "x.line.ad" in table
    assert "lines to drop that went            1 of         2  0.5000" in table
    figures = json.loads(run(raw, "--expected", clean, "--json").stdout)
    assert figures["totals"]["dropped"] == 0
    before = tmp_path / "before.json"
    before.write_text(json.dumps(figures), encoding="utf-8")
    after = json.loads(run(raw, "--expected", clean, "--rules", pack, "--base", before, "--json").stdout)
    assert after["difference"]["rules"]["x.line.ad"]["drop"] == 1
    delta = run(raw, "--expected", clean, "--rules", pack, "--base", before).stdout.decode()
    assert "(+1)" in delta


def test_the_command_tells_wrong_calls(tmp_path: Path) -> None:
    assert run(tmp_path).returncode == 2
    assert run(tmp_path / "x.jsonl", "--expected", tmp_path).returncode == 2
    assert run(tmp_path / "x.jsonl").returncode == 3


def test_a_guard_that_lets_boilerplate_go_is_none_here(rules: RuleSet) -> None:
    lines = ["Read: the story of the dam and of all who built it, in pictures"] * 5
    result = of(rules, LabelledText("a", "\n".join([*lines, PROSE]), ("drop",) * 5 + ("keep",)))
    assert (result.documents[0].guard, result.totals["dropped"], result.documents[0].right) == ("", 5, True)
