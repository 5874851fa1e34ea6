"""`curator rules check` and `explain`: what goes where, and how they end."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from rulefiles import RULE, local, rule, run

from curator.rules.check.catalogue import catalogue

SLOW = RULE.replace("match ", "any    = ['^\\d+ \\p{Lu}+$']\nmatch ")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return local(tmp_path / "good", RULE).root


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    return local(tmp_path / "bad", rule(keep='["Our shop"]')).root


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    return local(tmp_path / "slow", SLOW).root


def test_exit_codes_tell_errors_from_warnings(good: Path, bad: Path, slow: Path, tmp_path: Path) -> None:
    assert run("rules", "check", good).returncode == 0
    assert run("rules", "check", bad).returncode == 1
    assert run("rules", "check", slow).returncode == 0
    assert run("rules", "check", slow, "--strict").returncode == 1
    assert run("rules", "check", tmp_path / "nowhere").returncode == 2


def test_findings_go_to_stdout_and_the_sum_to_stderr(bad: Path, slow: Path) -> None:
    result = run("rules", "check", bad)
    assert f"{bad / 'any' / 'local.toml'}:" in result.stdout.decode()
    assert result.stderr.decode() == "1 rules, 1 findings: 1 error\n"
    assert run("rules", "check", slow).stderr.decode() == "1 rules, 1 findings: 1 warning\n"


def test_a_clean_folder_says_so(good: Path) -> None:
    result = run("rules", "check", good)
    assert (result.stdout, result.stderr) == (b"", b"1 rules, 0 findings\n")


def test_each_format_is_what_it_says(bad: Path) -> None:
    def printed(form: str) -> str:
        result = run("rules", "check", bad, "--format", form)
        assert result.returncode == 1
        return result.stdout.decode()

    assert json.loads(printed("json"))[0]["code"] == "R020"
    assert json.loads(run("rules", "check", bad, "--json").stdout) == json.loads(printed("json"))
    assert json.loads(printed("sarif"))["runs"][0]["results"][0]["ruleId"] == "R020"
    assert Xml.fromstring(printed("junit")).get("failures") == "1"
    assert printed("github").startswith("::error file=")
    assert printed("text") == run("rules", "check", bad).stdout.decode()  # no terminal here
    assert "R020" in printed("rich")


def test_a_clean_folder_prints_valid_reports(good: Path) -> None:
    assert run("rules", "check", good).stdout == b""
    assert json.loads(run("rules", "check", good, "--json").stdout) == []
    assert Xml.fromstring(run("rules", "check", good, "--format", "junit").stdout).get("failures") == "0"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "xml"),
        ("--json", "--format", "text"),
        ("--base", "main"),
        ("--baseline", "x.json"),
        ("--changed-only",),  # no repository here
    ],
)
def test_wrong_usage_ends_with_2(good: Path, arguments: tuple[str, ...]) -> None:
    result = run("rules", "check", good, *arguments)
    assert result.returncode == 2
    assert result.stderr
    assert b"Traceback" not in result.stderr


def test_what_cannot_be_read_ends_with_3(good: Path, tmp_path: Path) -> None:
    assert run("rules", "check", good, "--labelled", tmp_path / "nowhere.jsonl").returncode == 3
    assert run("rules", "check", good, "--sample", tmp_path / "nowhere").returncode == 3


def test_a_fault_of_the_check_itself_is_no_finding(good: Path, tmp_path: Path) -> None:
    broken = tmp_path / "path" / "ahocorasick_rs.py"
    broken.parent.mkdir()
    broken.write_text("raise OSError('no such library')\n", encoding="utf-8")
    import os

    result = run(
        "rules", "check", good, env={**os.environ, "PYTHONPATH": f"{broken.parent}:{os.environ.get('PYTHONPATH', '')}"}
    )
    assert result.returncode == 3
    assert b"no such library" in result.stderr


def test_the_lock_is_updated_on_request(good: Path) -> None:
    lock = good / "ids.lock"
    lock.write_text("", encoding="utf-8")
    assert run("rules", "check", good).returncode == 1
    assert lock.read_text(encoding="utf-8") == ""
    assert run("rules", "check", good, "--update-lock").returncode == 0
    assert lock.read_text(encoding="utf-8") == "local.line.promo\n"


def test_explain_says_why_and_shows_both() -> None:
    shown = run("rules", "explain", "R022").stdout.decode()
    assert shown.startswith("R022 (error): ")
    assert "known-good" in shown
    assert "Bad:\n    [[rule]]" in shown
    assert "Good:\n    [[rule]]" in shown


def test_explain_lists_all_codes_and_refuses_others() -> None:
    listed = run("rules", "explain").stdout.decode().splitlines()
    assert [line.split()[0] for line in listed] == list(catalogue())
    assert listed[0].startswith("R001  error")
    result = run("rules", "explain", "R999")
    assert result.returncode == 2
    assert b"R022" in result.stderr
