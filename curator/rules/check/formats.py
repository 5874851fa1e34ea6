"""Findings as people, programs and CI systems read them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from curator.rules.check.catalogue import catalogue
from curator.rules.check.finding import Finding

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["FORMATS", "as_github", "as_json", "as_junit", "as_rich", "as_sarif", "as_text"]

_NAME = "curator rules check"
_GITHUB_LEVELS = {"error": "error", "warning": "warning", "hint": "notice"}
_SARIF_LEVELS = {"error": "error", "warning": "warning", "hint": "note"}
_STYLES = {"error": "bold red", "warning": "yellow", "hint": "cyan"}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_text(findings: Sequence[Finding]) -> str:
    """Return one line for each finding, `file:line: level code: message`, with what to try below it."""
    return "\n".join(line for finding in findings for line in _text_lines(finding))


def _text_lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.path}:{finding.line}: {finding.level} {finding.code}: {finding.message}"
    if finding.hint:
        yield f"    try: {finding.hint}"


def as_rich(findings: Sequence[Finding]) -> Iterator[Text]:
    """Yield the findings for a terminal: under the name of their file, in colours by level."""
    from rich.text import Text

    path = ""
    for finding in findings:
        if finding.path != path:
            path = finding.path
            yield Text.assemble("" if finding is findings[0] else "\n", (path, "bold underline"))
        grade = (f"{finding.level:<8}", _STYLES[finding.level])
        yield Text.assemble(f"  {finding.line:>5}  ", grade, (finding.code, "bold"), f"  {finding.message}")
        if finding.hint:
            yield Text.assemble(" " * 15, ("try: ", "green"), (finding.hint, "dim"))


def as_json(findings: Sequence[Finding]) -> str:
    """Return a JSON list of objects: code, level, message, file, line, rule, hint, related (file and line, or null)."""
    return json.dumps([_fields(finding) for finding in findings], ensure_ascii=False, indent=2)


def _fields(finding: Finding) -> dict[str, Any]:
    related = dict(zip(("file", "line"), finding.related, strict=True)) if finding.related else None
    return {
        "code": finding.code,
        "level": finding.level,
        "message": finding.message,
        "file": finding.path,
        "line": finding.line,
        "rule": finding.rule,
        "hint": finding.hint,
        "related": related,
    }


def as_github(findings: Sequence[Finding]) -> str:
    """Return workflow commands, which GitHub shows beside the lines of a pull request.

    Source: "Workflow commands for GitHub Actions", GitHub Docs.
    """
    return "\n".join(map(_github_line, findings))


def _github_line(finding: Finding) -> str:
    values = {"file": _relative(finding.path), "line": str(finding.line), "title": finding.code}
    properties = ",".join(f"{key}={_github_escape(value, ':,')}" for key, value in values.items())
    message = f"{finding.message}\ntry: {finding.hint}" if finding.hint else finding.message
    return f"::{_GITHUB_LEVELS[finding.level]} {properties}::{_github_escape(message)}"


def _github_escape(text: str, more: str = "") -> str:
    return "".join(f"%{ord(c):02X}" if c in f"%\r\n{more}" else c for c in text)


def as_sarif(findings: Sequence[Finding]) -> str:
    """Return a SARIF log for code scanning.

    Source: Static Analysis Results Interchange Format 2.1.0, OASIS, 2020.
    """
    from importlib.metadata import version

    codes = list(catalogue())
    driver = {"name": _NAME, "version": version("article-curator"), "rules": [_sarif_rule(code) for code in codes]}
    results = [{"ruleIndex": codes.index(finding.code), **_sarif_result(finding)} for finding in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def _sarif_rule(code: str) -> dict[str, Any]:
    entry = catalogue()[code]
    return {
        "id": code,
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": " ".join(entry.why.split())},
        "help": {"text": f"curator rules explain {code}"},
        "defaultConfiguration": {"level": _SARIF_LEVELS[entry.level]},
    }


def _sarif_result(finding: Finding) -> dict[str, Any]:
    message = f"{finding.message}\nTry: {finding.hint}" if finding.hint else finding.message
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": _SARIF_LEVELS[finding.level],
        "message": {"text": message},
        "locations": [_sarif_place(finding.path, finding.line)],
    }
    if finding.related:
        result["relatedLocations"] = [_sarif_place(*finding.related)]
    return result


def _sarif_place(path: str, line: int) -> dict[str, Any]:
    relative = _relative(path)
    uri = Path(relative).as_uri() if Path(relative).is_absolute() else quote(relative)
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}


def as_junit(findings: Sequence[Finding]) -> str:
    """Return a JUnit report: a test case for each finding, failed by errors only, and one for each check without."""
    from xml.etree import ElementTree as Xml

    found = {finding.code for finding in findings}
    errors = sum(finding.level == "error" for finding in findings)
    counts = {
        "tests": str(len(findings) + len(set(catalogue()) - found)),
        "failures": str(errors),
        "errors": "0",
        "skipped": str(len(findings) - errors),
    }
    suites = Xml.Element("testsuites", {"name": _NAME, **counts})
    suite = Xml.SubElement(suites, "testsuite", {"name": _NAME, **counts})
    for code, entry in catalogue().items():
        if code not in found:
            Xml.SubElement(suite, "testcase", {"classname": code, "name": entry.title})
    for finding in findings:
        name = _xml(f"{finding.path}:{finding.line}")
        case = Xml.SubElement(suite, "testcase", {"classname": finding.code, "name": name, "file": _xml(finding.path)})
        if finding.level == "error":
            failure = Xml.SubElement(case, "failure", {"type": finding.code, "message": _xml(finding.message)})
            failure.text = _xml("\n".join(_text_lines(finding)))
        else:
            Xml.SubElement(case, "skipped", {"message": _xml(f"{finding.level}: {finding.message}")})
    Xml.indent(suites)
    return Xml.tostring(suites, encoding="unicode", xml_declaration=True)


def _xml(text: str) -> str:
    """Return a text without the characters XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def _relative(path: str) -> str:
    """Return a path as seen from the working directory, with slashes, where it lies below it."""
    try:
        return Path(path).resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return Path(path).as_posix()


FORMATS: Mapping[str, Callable[[Sequence[Finding]], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
    "junit": as_junit,
}
