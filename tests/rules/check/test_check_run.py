"""All checks in one call: which packs are read, what is shown, how long it takes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from conftest import ROOT
from rulefiles import HEAD, RULE, Folder, local, rule

from curator.errors import InputError, RuleError, UsageError
from curator.rules.check.run import check_rules
from curator.rules.load import load_rules, shipped_rules_dir
from curator.rules.model import When


def test_the_shipped_rules_have_no_errors_and_are_checked_in_ten_seconds() -> None:
    began = time.process_time()
    count, findings = check_rules([shipped_rules_dir()])
    # Ten seconds for 1,200 rules.
    assert time.process_time() - began < 10 * max(1, count / 1200)
    assert count > 15
    assert [finding for finding in findings if finding.level == "error"] == []


def test_a_pack_elsewhere_meets_the_shipped_known_good_lines(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    line = (shipped_rules_dir() / "known-good" / "en.txt").read_text(encoding="utf-8").splitlines()[0]
    literal = " ".join(line.lower().split()[:4])
    path.write_text(rule(starts=f"['''{literal}''']", when="").lstrip(), encoding="utf-8")
    _, findings = check_rules([path])
    found = {finding.code for finding in findings}
    assert "R022" in found
    assert not found & {"R003", "R004", "R051", "R060", "R090"}  # what concerns a rules folder only
    assert {finding.path for finding in findings} == {str(path)}


def test_a_pack_elsewhere_does_not_answer_for_the_shipped_rules(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    taken = next(r for r in load_rules().rules if r.kind == "line" and r.lang is None and r.when == When() and r.is_)
    path.write_text(rule(keep=f'["{taken.is_[0]}"]').lstrip(), encoding="utf-8")
    _, findings = check_rules([path])
    assert "R022" not in {finding.code for finding in findings}


def test_the_next_version_of_a_shipped_pack_replaces_it(tmp_path: Path) -> None:
    path = tmp_path / "id.toml"
    path.write_bytes((shipped_rules_dir() / "lang" / "id.toml").read_bytes())
    _, findings = check_rules([path])
    assert not {"R003", "R021", "R031"} & {finding.code for finding in findings}


def test_one_file_is_checked_against_the_others_of_its_folder(tmp_path: Path) -> None:
    folder = Folder(tmp_path, {"any/local": rule(match='["Your shop"]'), "any/more": RULE})
    assert {finding.code for finding in folder.findings()} == {"R003", "R020"}
    found = folder.findings("any/more")
    assert {finding.path for finding in found} == {str(folder.path("any/more"))}
    assert {finding.code for finding in found} == {"R003"}


def test_files_of_two_rules_folders_are_a_wrong_call(tmp_path: Path) -> None:
    one, two = local(tmp_path / "one", RULE), local(tmp_path / "two", RULE)
    with pytest.raises(UsageError, match="two rules folders"):
        check_rules([one.path("any/local"), two.path("any/local")])


def test_a_path_that_is_not_there_is_a_wrong_call_and_a_file_that_cannot_be_read_is_not(tmp_path: Path) -> None:
    with pytest.raises(RuleError):
        check_rules([tmp_path / "nowhere"])
    (tmp_path / "known-good").mkdir()
    folder = local(tmp_path, RULE, {"en": "It rained.\n"})
    (folder.root / "known-good" / "xx.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(InputError, match="cannot be read"):
        folder.findings()


def test_a_file_that_is_not_utf_8_is_a_finding(tmp_path: Path) -> None:
    folder = local(tmp_path, RULE)
    folder.path("any/bad").write_bytes(HEAD.format(name="any/bad").encode() + b"# \xff\n")
    assert [finding.code for finding in folder.findings()] == ["R001"]


def test_findings_come_in_order_of_place(tmp_path: Path) -> None:
    folder = local(tmp_path, rule(keep='["Our shop"]', any="['^our\\s']", starts=""))
    folder.write("lang/xx", HEAD.format(name="lang/xx") + RULE)
    findings = folder.findings()
    assert len(findings) > 3
    assert findings == sorted(findings, key=lambda finding: (finding.path, finding.line, finding.code))


def test_the_catalogue_travels_in_the_package() -> None:
    assert (ROOT / "curator" / "rules" / "check" / "catalogue.toml").is_file()
