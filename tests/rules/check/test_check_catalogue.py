"""The catalogue says what every check looks for, and its examples are true."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from rulefiles import RULE, local

import curator.rules.check
from curator.errors import UsageError
from curator.rules.check.catalogue import catalogue, entry, level_of

# About files, figures or time: there is no example to run, and a bad and a good case of each in another test.
TOLD_ONLY = {
    "R004": "test_check_identity.py",
    "R040": "test_check_corpus.py",
    "R050": "test_check_corpus.py",
    "R051": "test_check_known_good.py",
    "R052": "test_check_corpus.py",
    "R060": "test_check_budget.py",
}


def test_every_code_that_can_be_raised_is_in_the_catalogue_and_no_other() -> None:
    raised = set()
    for path in Path(curator.rules.check.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"R\d{3}", node.value):
                raised.add(node.value)
    assert raised == set(catalogue())
    assert list(catalogue()) == sorted(catalogue())


def test_every_entry_says_why_and_shows_how() -> None:
    for found in catalogue().values():
        assert found.level in ("error", "warning", "hint")
        assert len(found.why) > 100
        assert found.bad != found.good
        assert max(map(len, f"{found.why}\n{found.bad}\n{found.good}".split("\n"))) <= 120


def test_what_has_no_example_to_run_is_tested_where_it_is_said() -> None:
    for code, name in TOLD_ONLY.items():
        text = Path(__file__).with_name(name).read_text(encoding="utf-8")
        assert f'"{code}"' in text, "caught"
        assert "== []" in text, "passes"


def pack(example: str) -> str:
    """Return rules as they stand, or a whole rule around the keys of an example."""
    if example.startswith("[[rule]]"):
        return "\n" + example
    keys = set(re.findall(r"^(\w+) *=", example, re.MULTILINE))
    lines = [line for line in RULE.splitlines() if line.split("=")[0].strip() not in keys]
    return "\n".join([*lines, example, ""])


@pytest.mark.parametrize("code", sorted(set(catalogue()) - set(TOLD_ONLY)))
def test_the_bad_example_is_caught_and_the_good_one_passes(tmp_path: Path, code: str) -> None:
    for name, example in (("bad", entry(code).bad), ("good", entry(code).good)):
        folder = local(tmp_path / name, pack(example))
        if code == "R070":  # as it stands: the other tests put packs in canonical form
            text = folder.path("any/local").read_text(encoding="utf-8")
            stands = text.replace(entry(code).good, example)
            folder.path("any/local").write_text(stands, encoding="utf-8")
        found = {finding.code for finding in folder.findings("any/local")}
        assert (code in found) == (name == "bad"), found


def test_levels_come_from_the_catalogue() -> None:
    assert [level_of(code) for code in ("R001", "R014", "R015")] == ["error", "warning", "hint"]


def test_an_unknown_code_is_a_wrong_call() -> None:
    assert entry("r022") is entry("R022")
    with pytest.raises(UsageError, match="R999"):
        entry("R999")
