"""Two builds compared: counts, rules, documents side by side."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import DATA

from curator.compare import Counts, changed_documents, compare, side_by_side
from curator.corpus import BuildResult, build
from curator.errors import InputError
from curator.settings import Settings


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A build of Indonesian articles, and one with an article less, one more, and one rule fewer."""
    folder = tmp_path_factory.mktemp("compare")
    articles = folder / "articles"
    shutil.copytree(DATA / "articles" / "id", articles)
    common = {"templates": {"enabled": False}, "dedup": {"drop": []}}
    settings = Settings.model_validate(common)
    before = build([articles], folder / "before", settings, workers=1)
    first = min(p for p in articles.iterdir() if p.name.startswith("banjir"))
    shutil.copy(DATA / "articles" / "en" / "heat-pump-grants.txt", articles / "new.txt")
    (articles / max(p.name for p in articles.iterdir() if p != first and p.name != "new.txt")).unlink()
    fewer = Settings.model_validate({**common, "rules": {"ignore": ["id", "ms", "jv"]}})
    after = build([articles], folder / "after", fewer, workers=1)
    return before.out, after.out


def test_a_build_equals_itself(corpus: BuildResult) -> None:
    found = compare(corpus.out, corpus.out)
    assert found.same
    assert (found.total, found.languages, found.rules, found.identity) == (Counts(), {}, (), ())
    assert found.before == found.after == corpus.funnel.written


def test_documents_and_rules_that_differ_are_counted(builds: tuple[Path, Path]) -> None:
    found = compare(*builds)
    assert not found.same
    assert found.total.added == found.total.removed == 1
    assert found.languages["en"] == Counts(added=1)
    assert found.languages["id"].removed == 1
    rule = next(change for change in found.rules if change.rule == "id.line.baca-juga")
    assert rule.before > 0 == rule.after
    assert found.total.changed > 1
    assert rule.documents > 1
    assert any("rules.ignore" in line for line in found.identity)
    assert sum((c.changed for c in found.sites.values()), 0) == found.total.changed


def test_the_reverse_comparison_is_the_reverse(builds: tuple[Path, Path]) -> None:
    there, back = compare(*builds), compare(*reversed(builds))
    assert (there.total.added, there.total.removed) == (back.total.removed, back.total.added)
    assert there.total.changed == back.total.changed


def test_changed_documents_come_first_and_differ(builds: tuple[Path, Path]) -> None:
    shown = changed_documents(*builds, 100)
    changes = [d for d in shown if d.before is not None and d.after is not None]
    assert shown[: len(changes)] == changes
    assert len(changes) == compare(*builds).total.changed
    assert any("aca juga" in d.after.lower() and "aca juga" not in d.before.lower() for d in changes)
    assert len(changed_documents(*builds, 1)) == 1


def test_sides_hold_every_line_that_differs() -> None:
    rows = list(side_by_side("a\nb\nc\nd\ne\nf", "a\nb\nc\nd\ne\ng\nh"))
    assert rows == [(" ", "a", "a"), (" ", "…", "…"), (" ", "e", "e"), ("~", "f", "g"), ("~", "", "h")]


def test_a_folder_that_is_no_build_is_refused(builds: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="manifest"):
        compare(builds[0], tmp_path)


def test_the_command_ends_with_one_where_builds_differ(builds: tuple[Path, Path]) -> None:
    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "curator", "diff", *map(str, arguments)], capture_output=True, text=True, check=False
        )

    same, differ, figures = run(builds[0], builds[0]), run(*builds, "--show", "2"), run(*builds, "--json")
    assert (same.returncode, differ.returncode, figures.returncode) == (0, 1, 1)
    assert "0 added, 0 removed, 0 changed" in same.stdout
    assert "1 added, 1 removed" in differ.stdout
    assert differ.stdout.count("before") >= 2
    assert json.loads(figures.stdout)["total"]["added"] == 1
