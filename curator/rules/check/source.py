"""Rule files read for checking: what can be loaded, and findings for what cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from curator.errors import RuleError
from curator.rules.check.finding import Finding
from curator.rules.load import parse_pack, read_pack
from curator.rules.locate import Locator
from curator.rules.model import Rule

__all__ = ["SourcedRule", "read_sources"]


@dataclass(frozen=True, slots=True)
class SourcedRule:
    """A rule, and where it stands."""

    rule: Rule
    path: str
    number: int  # place in the file, from 0
    locator: Locator

    def line(self, key: str = "") -> int:
        """Return the line of the rule, or of one of its keys."""
        return self.locator.rule(self.number, key)

    def finding(self, code: str, message: str, *, key: str = "", hint: str = "") -> Finding:
        """Return a finding about this rule, at the line of a key of it."""
        return Finding(code, message, self.path, self.line(key), hint, self.rule.id)


def read_sources(paths: Iterable[Path]) -> tuple[list[SourcedRule], list[Finding]]:
    """Return the rules of files, and a finding (R001 syntax, R002 schema) for each file that cannot be loaded."""
    rules: list[SourcedRule] = []
    findings: list[Finding] = []
    for path in paths:
        found = parse_pack(path)
        if isinstance(found, list):
            findings += (_finding(path, problem) for problem in found)
            continue
        pack = read_pack(path)
        locator = Locator(path.read_text(encoding="utf-8"))
        rules += [SourcedRule(rule, str(path), number, locator) for number, rule in enumerate(pack)]
    return rules, findings


def _finding(path: Path, problem: RuleError) -> Finding:
    line = problem.where.rpartition(":")[2]
    code = "R001" if problem.what.startswith(("not TOML", "cannot be read")) else "R002"
    return Finding(code, problem.what, str(path), int(line) if line.isdigit() else 1, problem.hint)
