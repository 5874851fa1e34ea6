"""`rules check`: each check catches a bad file and passes a good one."""

from __future__ import annotations

from pathlib import Path

import pytest

from curator.rules.check.run import check_rules
from curator.rules.load import shipped_rules_dir

GOOD = """
[[rule]]
id     = "local.line.promo"
title  = "House advertisement"
kind   = "line"
status = "stable"
when   = { max_words = 6 }
any    = ['^our (shop|store)$']
match  = ["Our shop"]
keep   = ["Our shop window was broken."]
"""


def codes(tmp_path: Path, text: str) -> list[tuple[str, int]]:
    path = tmp_path / "pack.toml"
    path.write_text(text, encoding="utf-8")
    _, findings = check_rules([path])
    assert all(finding.hint and finding.path == str(path) for finding in findings)
    return [(finding.code, finding.line) for finding in findings]


def test_a_good_file_has_no_findings(tmp_path: Path) -> None:
    assert codes(tmp_path, GOOD) == []


def test_the_shipped_rules_have_no_findings() -> None:
    count, findings = check_rules([shipped_rules_dir()])
    assert count > 15
    assert findings == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (GOOD.replace('"Our shop"', '"Our shop'), ("R001", 9)),
        (GOOD.replace("any   ", "anny  "), ("R002", 8)),
        (GOOD + GOOD, ("R003", 13)),
        (GOOD.replace("our (", "our (?="), ("R010", 8)),
        (GOOD.replace('match  = ["Our shop"]', 'match  = ["Our shop", "Your shop"]'), ("R020", 9)),
        (GOOD.replace('"Our shop window was broken."', '"Our store"'), ("R020", 10)),
        (GOOD.replace('match  = ["Our shop"]\n', ""), ("R020", 2)),
        (GOOD + "[[rule.case]]\ninput = 'Our shop'\noutput = 'Our shop'\n", ("R020", 11)),
    ],
)
def test_bad_files_are_caught_at_their_line(tmp_path: Path, text: str, found: tuple[str, int]) -> None:
    assert codes(tmp_path, text) == [found]
