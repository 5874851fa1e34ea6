"""Marks become labelled examples that `curator rules eval` reads, and proposals that rule files take."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from curator.corpus import BuildResult, build
from curator.document import Removal
from curator.errors import InputError
from curator.review.export import export_marks
from curator.review.label import labelled
from curator.review.marks import Mark, Marks, Place
from curator.review.open import open_review
from curator.review.removals import Wanted, places
from curator.rules.check.folder import RulesFolder
from curator.rules.check.known_good import read_false_positives
from curator.rules.check.labelled import read_labelled
from curator.rules.evaluate import evaluate
from curator.rules.load import load_rules
from curator.settings import Settings

TEXT = "The gates opened.\n\nAd\n\nThe crowd came. (ab)\n\nRead also:\nA headline\nA sentence of the story.\n\nEnd"


def taken(text: str, rule: str = "x.line.ad") -> Place:
    start = TEXT.index(text)
    return Place("a", rule, "text", start, start + len(text), text)


def marked(text: str, mark: str, *lines: int) -> Mark:
    return Mark(taken(text), mark, lines)


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "labelled.jsonl").read_text(encoding="utf-8").splitlines()]


def test_only_lines_somebody_spoke_of_are_labelled() -> None:
    found = labelled(TEXT, [marked("Ad\n\n", "right"), marked("\n\nEnd", "wrong")], [])
    assert found.lines[1] == "Ad"
    assert found.labels == (2, 0, 2, 2, 2, 2, 1)


def test_a_piece_that_was_right_says_how_its_line_must_read() -> None:
    right = labelled(TEXT, [marked(" (ab)", "right")], [])
    assert (right.labels[2], right.changed) == (1, {2: "The crowd came."})
    wrong = labelled(TEXT, [marked(" (ab)", "wrong")], [])
    assert (wrong.labels[2], wrong.changed) == (1, {})


def test_lines_that_were_named_are_content_and_the_others_are_not() -> None:
    block = "Read also:\nA headline\nA sentence of the story.\n\n"
    assert labelled(TEXT, [marked(block, "wrong", 2)], []).labels[3:6] == (0, 0, 1)
    assert labelled(TEXT, [marked(block, "wrong")], []).labels[3:6] == (1, 1, 1)
    assert labelled(TEXT, [marked(block, "right")], []).labels[3:6] == (0, 0, 0)


def test_a_line_with_another_removal_nobody_spoke_of_stays_neutral() -> None:
    others = [taken("The crowd")]
    assert labelled(TEXT, [marked(" (ab)", "right")], others).labels[2] == 2


def test_equal_removals_of_one_document_are_told_apart() -> None:
    nav = Removal(0, 0, "any.html.nav", "prune", "Home", layer="html", element="nav")
    found = places("a", [nav, nav])
    assert [place.nth for place in found] == [0, 1]
    assert found[0].key != found[1].key


@pytest.fixture(scope="module")
def marked_folder(corpus: BuildResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Marks of all removals from Indonesian articles: all right, but the links to other stories wrong."""
    folder = tmp_path_factory.mktemp("marks")
    marks = Marks(folder)
    for place in open_review(corpus.out, folder, Wanted(100_000)).places.values():
        if place.document.startswith("data/articles/id/"):
            marks.add(
                place,
                "wrong" if place.rule == "id.line.baca-juga" else "right",
                note="it is needed" if "juga" in place.text else "",
            )
    return folder


def test_rules_that_are_marked_right_score_so(corpus: BuildResult, marked_folder: Path, tmp_path: Path) -> None:
    done = export_marks(corpus.out, marked_folder, tmp_path)
    texts = list(read_labelled(tmp_path / "labelled.jsonl"))
    assert len(texts) == done.documents > 3
    assert {text.lang for text in texts} == {"id"}
    result = evaluate(texts, load_rules())
    wrong = result.rules["id.line.baca-juga"]
    assert (wrong.keep, wrong.drop) == (done.wrong, 0)
    others = [score for name, score in result.rules.items() if name != "id.line.baca-juga"]
    assert sum(score.keep for score in others) == 0
    assert sum(score.drop for score in others) > 20
    spans = [score for name, score in result.rules.items() if ".span." in name]
    assert sum(score.right for score in spans) == sum(score.spans for score in spans) > 3


def test_proposals_are_what_rule_files_take(corpus: BuildResult, marked_folder: Path, tmp_path: Path) -> None:
    done = export_marks(corpus.out, marked_folder, tmp_path / "out")
    keep = tomllib.loads((tmp_path / "out" / "keep-examples.toml").read_text(encoding="utf-8"))
    (rule,) = keep["rule"]
    assert rule["id"] == "id.line.baca-juga"
    assert len(rule["keep"]) == done.proposals > 1
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    shutil.copy(tmp_path / "out" / "known-fp.toml", tmp_path / "rules")
    known, problems = read_false_positives(RulesFolder(tmp_path / "rules", owned=True))
    assert problems == []
    assert {(rule["id"], line) in known for line in rule["keep"]} == {True}
    assert "it is needed" in (tmp_path / "out" / "known-fp.toml").read_text(encoding="utf-8")


def test_what_a_rule_took_with_other_lines_is_told_in_words(corpus: BuildResult, tmp_path: Path) -> None:
    marks = Marks(tmp_path)
    found = open_review(corpus.out, tmp_path, Wanted(100_000)).places.values()
    block = next(place for place in found if place.rule == "en.block.related" and "Ferry captain" in place.text)
    lines = [line for line in block.text.split("\n") if line.strip()]
    number = next(n for n, line in enumerate(lines) if "Ferry captain" in line)
    marks.add(block, "wrong", (number,))
    other = next(place for place in found if place.rule == "en.line.ad-marker")
    marks.add(replace(other, rule="curator.line-model"), "wrong")
    export_marks(corpus.out, tmp_path, tmp_path / "out")
    text = (tmp_path / "out" / "keep-examples.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text) == {}
    assert "# en.block.related: not by their words" in text
    assert lines[number] in text
    assert "# curator.line-model: it is in no shipped rule file" in text
    (row,) = [row for row in rows(tmp_path / "out") if row["id"] == block.document]
    assert row["labels"][row["lines"].index(lines[number])] == 1
    assert row["labels"].count(0) == len(lines) - 1


def test_marks_hold_after_a_build_with_other_rules(tmp_path: Path) -> None:
    prose = "The council met on Monday to speak of the bridge, and nobody left before midnight. " * 12
    (tmp_path / "in").mkdir()
    texts = {"a": f"{prose}\n\nAdvertisement\n\n{prose}", "b": f"{prose} Too.\n\nAdvertisement\n\n{prose}"}
    lines = [json.dumps({"id": name, "text": text, "lang": "en"}) for name, text in texts.items()]
    (tmp_path / "in" / "x.jsonl").write_text("\n".join(lines), encoding="utf-8")
    settings: dict[str, Any] = {"templates": {"enabled": False}, "dedup": {"drop": []}}
    build([tmp_path / "in"], tmp_path / "out", Settings.model_validate(settings), workers=1)
    marks = Marks(tmp_path / "marks")
    for place in open_review(tmp_path / "out", tmp_path / "marks", Wanted()).places.values():
        if place.text.strip() == "Advertisement":
            marks.add(place, "wrong")
    before = export_marks(tmp_path / "out", tmp_path / "marks", tmp_path / "before")
    fewer = Settings.model_validate(settings | {"rules": {"packs": ["lang/id"]}})
    build([tmp_path / "in"], tmp_path / "fewer", fewer, workers=1)
    after = export_marks(tmp_path / "fewer", tmp_path / "marks", tmp_path / "after")
    assert before.documents == after.documents == 2
    assert rows(tmp_path / "before") == rows(tmp_path / "after")
    one = marks.all()[0].place
    marks.add(replace(one, document="c"), "wrong")
    marks.add(replace(one, text="advertisement"), "wrong")
    lost = export_marks(tmp_path / "fewer", tmp_path / "marks", tmp_path / "lost")
    assert (lost.documents, sum(lost.left_out.values())) == (2, 2)


def test_without_marks_there_is_nothing_to_export(corpus: BuildResult, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing is marked"):
        export_marks(corpus.out, tmp_path, tmp_path / "out")


def test_the_command_writes_and_says_what(corpus: BuildResult, marked_folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "curator"]
    review = [*command, "review", str(corpus.out), "--marks", str(marked_folder), "--export", str(tmp_path)]
    done = subprocess.run(review, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [Path(line).name for line in done.stdout.splitlines()] == [
        "labelled.jsonl",
        "known-fp.toml",
        "keep-examples.toml",
    ]
    assert "labelled documents" in done.stderr
    scored = subprocess.run(
        [*command, "rules", "eval", str(tmp_path / "labelled.jsonl")], capture_output=True, check=False
    )
    assert (scored.returncode, b"id.line.baca-juga" in scored.stdout) == (0, True)
    assert subprocess.run([*review, "--rule", "x"], capture_output=True, check=False).returncode == 2
