"""All checks over rule files, in one call."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from curator.rules.check.examples import check_examples, check_patterns
from curator.rules.check.finding import Finding
from curator.rules.check.identity import check_identity
from curator.rules.check.source import read_sources
from curator.rules.load import pack_files

__all__ = ["check_rules"]


def check_rules(paths: Iterable[Path]) -> tuple[int, list[Finding]]:
    """Return the number of rules below paths, and all that is wrong with them, in order of place.

    Raises:
        RuleError: a path does not exist or holds no rule file.
    """
    rules, findings = read_sources(pack_files(paths))
    for check in (check_identity, check_patterns, check_examples):
        findings += check(rules)
    return len(rules), sorted(findings, key=lambda finding: finding.sort_key)
