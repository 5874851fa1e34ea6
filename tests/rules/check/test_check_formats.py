"""Findings as people, programs and CI systems read them."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest  # noqa: TC002  # fixtures are annotated with it
from rich.console import Console

from curator.rules.check.catalogue import catalogue
from curator.rules.check.finding import Finding
from curator.rules.check.formats import as_github, as_json, as_junit, as_rich, as_sarif, as_text

ERROR = Finding(
    "R022",
    "it takes 'a: b,\u0001 100 %'",
    "rules/lang/ä b.toml",
    7,
    "narrow it",
    "x.line.y",
    "error",
    ("rules/kg.txt", 3),
)
WARNING = Finding("R030", "it adds nothing", "rules/lang/ä b.toml", 9, "take it out", "x.line.z", "warning")
HINT = Finding("R015", "[red]a literal[/red]", "rules/any/x.toml", 1, "", "x.line.q", "hint")
ALL = [HINT, ERROR, WARNING]


def test_text_has_one_line_for_each_finding_and_one_for_what_to_try() -> None:
    assert as_text(ALL).splitlines() == [
        "rules/any/x.toml:1: hint R015: [red]a literal[/red]",
        "rules/lang/ä b.toml:7: error R022: it takes 'a: b,\u0001 100 %'",
        "    try: narrow it",
        "rules/lang/ä b.toml:9: warning R030: it adds nothing",
        "    try: take it out",
    ]
    assert as_text([]) == ""


def test_rich_names_each_file_once_and_shows_messages_as_they_are() -> None:
    out = io.StringIO()
    console = Console(file=out, width=200, force_terminal=True, color_system="standard")
    for text in as_rich(ALL):
        console.print(text)
    shown = out.getvalue()
    assert "\x1b[" in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert plain.count("rules/lang/ä b.toml") == 1
    assert "hint    R015  [red]a literal[/red]" in plain
    assert "try: narrow it" in plain


def test_json_has_all_fields() -> None:
    _, error, warning = json.loads(as_json(ALL))
    assert error == {
        "code": "R022",
        "level": "error",
        "message": ERROR.message,
        "file": "rules/lang/ä b.toml",
        "line": 7,
        "rule": "x.line.y",
        "hint": "narrow it",
        "related": {"file": "rules/kg.txt", "line": 3},
    }
    assert warning["related"] is None
    assert json.loads(as_json([])) == []


def test_github_commands_are_one_line_each_and_escaped() -> None:
    hint, error, warning = as_github([HINT, Finding("R001", "50 %\nof it", "a,b:c.toml", 2, "x"), WARNING]).split("\n")
    assert hint == "::notice file=rules/any/x.toml,line=1,title=R015::[red]a literal[/red]"
    assert error == "::error file=a%2Cb%3Ac.toml,line=2,title=R001::50 %25%0Aof it%0Atry: x"
    assert warning.startswith("::warning file=rules/lang/ä b.toml,line=9,")


def test_github_and_sarif_name_files_below_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    inside = Finding("R001", "m", str(tmp_path / "rules" / "ä b.toml"), 1)
    outside = Finding("R001", "m", str(tmp_path.parent / "x.toml"), 1)
    assert "file=rules/ä b.toml," in as_github([inside])
    results = json.loads(as_sarif([inside, outside]))["runs"][0]["results"]
    uris = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results]
    assert uris == ["rules/%C3%A4%20b.toml", (tmp_path.parent / "x.toml").as_uri()]


def test_sarif_has_the_structure_of_version_2_1_0() -> None:
    log = json.loads(as_sarif(ALL))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert [rule["id"] for rule in driver["rules"]] == list(catalogue())
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    assert [result["level"] for result in run["results"]] == ["note", "error", "warning"]
    for result, finding in zip(run["results"], ALL, strict=True):
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == finding.code
        assert result["message"]["text"].startswith(finding.message)
        [place] = result["locations"]
        assert place["physicalLocation"]["region"] == {"startLine": finding.line}
        assert place["physicalLocation"]["artifactLocation"]["uri"].isascii()
    assert len(run["results"][1]["relatedLocations"]) == 1
    assert json.loads(as_sarif([]))["runs"][0]["results"] == []


def test_junit_counts_what_it_holds_and_only_errors_fail() -> None:
    root = Xml.fromstring(as_junit(ALL))  # refuses characters that XML cannot hold
    assert root.tag == "testsuites"
    [suite] = root
    cases = suite.findall("testcase")
    assert all(case.get("name") and case.get("classname") for case in cases)
    for element in (root, suite):
        counts = {key: int(element.get(key, "")) for key in ("tests", "failures", "errors", "skipped")}
        assert counts == {"tests": len(cases), "failures": 1, "errors": 0, "skipped": 2}
    [failure] = suite.iter("failure")
    assert failure.get("type") == "R022"
    assert "narrow it" in (failure.text or "")
    passed = {case.get("classname") for case in cases if len(case) == 0}
    assert passed == set(catalogue()) - {"R022", "R030", "R015"}


def test_a_clean_junit_report_has_a_case_for_every_check() -> None:
    assert Xml.fromstring(as_junit([])).get("tests") == str(len(catalogue()))
