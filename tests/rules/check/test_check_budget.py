"""R060: rules compile in time and do not slow cleaning down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rulefiles import RULE, local, rule

from curator.rules.check import budget
from curator.rules.check.budget import (
    COMPILE_SECONDS,
    MIN_RATIO,
    check_compile_time,
    check_throughput,
    relative_throughput,
)
from curator.rules.check.folder import RulesFolder
from curator.rules.check.source import Sources, gather

if TYPE_CHECKING:
    import pytest

LINES = {"en": "".join(f"The gates of dam {number} opened at dawn, and water fell.\n" for number in range(60))}


def sources(folder: Path, rules: str) -> Sources:
    made = local(folder, rules, LINES)
    return gather([made.path("any/local")], RulesFolder(made.root, owned=True))[0]


def test_rules_that_take_long_to_compile_are_caught(tmp_path: Path) -> None:
    found = sources(tmp_path, RULE)
    assert list(check_compile_time(found, {"id": 0.2, "de": 0.3, None: 0.1})) == []
    slow = list(check_compile_time(found, {"id": 2 * COMPILE_SECONDS, "ms": 0.1, "de": 0.2, None: 0.1}))
    assert [finding.code for finding in slow] == ["R060", "R060"]  # what Indonesian compiles, Malay waits for too
    assert "'ms'" in slow[1].message


def test_rules_for_every_language_count_for_each(tmp_path: Path) -> None:
    [finding] = check_compile_time(sources(tmp_path, RULE), {"de": 0.1, None: 2 * COMPILE_SECONDS})
    assert "'de'" in finding.message


def test_matching_is_measured_against_a_plain_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = relative_throughput(sources(tmp_path / "fast", RULE))
    patterns = [rf"'{letter}.{{{n}}}\p{{L}}'" for letter in "aeioudntrs" for n in range(60)]
    slow = rule(starts="", any=f"[{', '.join(patterns)}]")
    found = sources(tmp_path / "slow", slow)
    much = relative_throughput(found)
    assert fast is not None
    assert much is not None
    assert fast > max(2 * much, MIN_RATIO)
    monkeypatch.setattr(budget, "MIN_RATIO", (fast + much) / 2)  # where the limit lies is a matter of the engine
    assert [finding.code for finding in check_throughput(found)] == ["R060"]
    assert list(check_throughput(sources(tmp_path / "again", RULE))) == []


def test_a_folder_without_known_good_lines_is_not_measured(tmp_path: Path) -> None:
    made = local(tmp_path, RULE)
    found, _ = gather([made.path("any/local")], RulesFolder(made.root, owned=True))
    assert relative_throughput(found) is None
