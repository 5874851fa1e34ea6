"""R040, R050, R052: what rules do to raw texts and to labelled ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from rulefiles import RULE, Folder, local, rule

from curator.errors import InputError
from curator.rules.check.labelled import read_labelled
from curator.rules.evaluate import evaluate
from curator.rules.load import load_rules

PROSE = "The gates of the old dam opened at dawn on Monday, {} hours before the crowd had come."
BAR = rule(id='"local.line.bar"', starts='["our bar"]', match='["Our bar"]', keep='["The bar is ours."]')


def test_a_rule_that_fires_on_no_text_is_told_of(tmp_path: Path) -> None:
    sample = tmp_path / "sample" / "en"
    sample.mkdir(parents=True)
    (sample / "a.txt").write_text(f"Dam opens\n\n{PROSE}\n\nOur shop in town\n", encoding="utf-8")
    folder = local(tmp_path, RULE + BAR)
    assert folder.codes() == []
    [finding] = folder.findings(sample=sample.parent)
    assert (finding.code, finding.rule, finding.level) == ("R040", "local.line.bar", "error")
    folder.write("any/local", RULE + BAR.replace('"stable"', '"experimental"'))
    assert [f.level for f in folder.findings(sample=sample.parent)] == ["warning"]
    (sample / "b.txt").write_text(f"Bar opens\n\n{PROSE}\n\nOur bar in town\n", encoding="utf-8")
    assert folder.codes(sample=sample.parent) == []


def test_a_rule_that_another_one_beats_to_it_is_alive(tmp_path: Path) -> None:
    sample = tmp_path / "sample"
    sample.mkdir()
    (sample / "a.txt").write_text(f"{PROSE}\n\nOur shop in town\n", encoding="utf-8")
    town = rule(id='"local.line.town"', starts="", ends='["in town"]', match='["A bar in town"]', keep='["A town."]')
    assert "R040" not in {code for code, _ in local(tmp_path, RULE + town).codes(sample=sample)}


def test_a_sample_holds_texts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no text here"):
        local(tmp_path, RULE).codes(sample=tmp_path / "nowhere")


def labelled(folder: Path, *rows: tuple[list[str], list[object]]) -> Path:
    path = folder / "labelled.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for number, (lines, labels) in enumerate(rows):
            file.write(json.dumps({"id": f"text-{number}", "lines": lines, "labels": labels}) + "\n")
    return path


def long_text(taken: int) -> tuple[list[str], list[object]]:
    """Return a text of many lines of content, some of which the rule takes."""
    prose = [PROSE.format(number) for number in range(80)]
    shops = [f"Our shop {number}" for number in range(taken)]
    return prose + shops, [1] * 80 + ["K"] * taken


def test_a_rule_that_takes_content_is_caught(tmp_path: Path) -> None:
    folder = local(tmp_path, RULE)
    [finding] = folder.findings(labelled=labelled(tmp_path, long_text(1)))
    assert (finding.code, finding.rule) == ("R050", "local.line.promo")
    assert "1 line of content" in finding.message
    assert "Our shop 0" in finding.hint
    assert folder.codes(labelled=labelled(tmp_path, long_text(0))) == []


def test_one_line_in_a_thousand_may_be_a_wrong_label(tmp_path: Path) -> None:
    rows = [long_text(1), *[long_text(0)] * 12]
    assert local(tmp_path, RULE).codes(labelled=labelled(tmp_path, *rows)) == []


def test_with_a_baseline_only_what_is_worse_is_caught(tmp_path: Path) -> None:
    folder = local(tmp_path, RULE)
    before = labelled(tmp_path, long_text(2))
    rules = load_rules(folder.root, shipped=False)
    baseline = tmp_path / "before.json"
    baseline.write_text(json.dumps(evaluate(read_labelled(before), rules).figures()), encoding="utf-8")
    assert folder.codes(labelled=before, baseline=baseline) == []
    [finding] = folder.findings(labelled=labelled(tmp_path, long_text(3)), baseline=baseline)
    assert (finding.code, "2 before" in finding.message) == ("R050", True)


def test_a_known_false_positive_is_not_counted(tmp_path: Path) -> None:
    folder = local(tmp_path, RULE)
    entry = '[[known]]\nrule = "local.line.promo"\nline = "Our shop 0"\nreason = "a wrong label"\ndate = 2026-11-23\n'
    (folder.root / "known-fp.toml").write_text(entry, encoding="utf-8")
    assert folder.codes(labelled=labelled(tmp_path, long_text(1))) == []


def test_a_text_that_loses_much_of_its_content_is_caught(tmp_path: Path) -> None:
    lines = [PROSE.format(1), PROSE.format(2), "Our shop was first here"]
    one = (lines, ["K", "K", "K"])
    # Among so much other content the rule is allowed a line, but not of this text.
    rows = [one, *[long_text(0)] * 13]
    [finding] = local(tmp_path, RULE).findings(labelled=labelled(tmp_path, *rows))
    assert (finding.code, finding.rule) == ("R052", "local.line.promo")
    assert "text-0" in finding.message
    assert local(tmp_path / "good", RULE).codes(labelled=labelled(tmp_path, (lines, ["K", "K", "D"]))) == []


def test_a_text_of_which_rules_would_take_most_is_caught(tmp_path: Path) -> None:
    lines = [f"Our shop number {number}" for number in range(30)]
    path = labelled(tmp_path, (lines, [0] * 30))
    folder = local(tmp_path, RULE)
    [finding] = folder.findings(labelled=path)
    assert (finding.code, finding.path) == ("R052", str(path))
    assert "'share'" in finding.message
    rules = load_rules(folder.root, shipped=False)
    baseline = tmp_path / "before.json"
    baseline.write_text(json.dumps(evaluate(read_labelled(path), rules).figures()), encoding="utf-8")
    assert folder.codes(labelled=path, baseline=baseline) == []  # it was so before


def test_a_rule_of_another_file_is_not_shown(tmp_path: Path) -> None:
    folder = Folder(tmp_path, {"any/local": RULE, "any/more": BAR})
    path = labelled(tmp_path, long_text(1))
    assert folder.codes("any/more", labelled=path) == []
    assert [code for code, _ in folder.codes("any/local", labelled=path)] == ["R050"]
