"""--changed-only: findings about what git says changed, and stable rules that are new."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from rulefiles import RULE, Folder, rule

from curator.errors import UsageError
from curator.rules.check.changed import revision

BAD = rule(keep='["Our shop"]')
BAR = rule(id='"local.line.bar"', starts='["our bar"]', match='["Our bar"]', keep='["Our bars."]')


def git(folder: Path, *arguments: str) -> str:
    """Run git in a repository of the test, whatever the user's own settings are."""
    names = {f"GIT_{who}_{what}": "x@y.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, env=environment, text=True).stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A rules folder, committed; both packs have a fault."""
    made = Folder(tmp_path / "project" / "rules", {"any/local": BAD, "any/bar": BAR.replace("Our bars.", "Our bar")})
    git(tmp_path / "project", "init", "--quiet", "--initial-branch=main")
    commit(made)
    return made


def commit(folder: Folder) -> str:
    git(folder.root, "add", "--all", ".")
    git(folder.root, "commit", "--quiet", "--message=x")
    return git(folder.root, "rev-parse", "HEAD")


def test_only_changed_files_are_shown(folder: Folder) -> None:
    assert len(folder.findings()) == 2
    assert folder.findings(base="HEAD") == []
    folder.write("any/bar", BAR.replace("Our bars.", "Our bar, too"))
    assert {finding.path for finding in folder.findings(base="HEAD")} == {str(folder.path("any/bar"))}


def test_a_new_file_counts_before_git_knows_it(folder: Folder) -> None:
    folder.write("any/new", rule(id='"local.line.new"', starts='["our inn"]', match='["Our inn"]', keep='["Our inn"]'))
    found = {finding.path for finding in folder.findings(base="HEAD")}
    assert found == {str(folder.path("any/new"))}


def test_another_base_brings_back_what_changed_since(folder: Folder) -> None:
    first = git(folder.root, "rev-parse", "HEAD")
    folder.write("any/bar", BAR.replace("Our bars.", "Our bar, too"))
    commit(folder)
    assert folder.findings(base="HEAD") == []
    assert {finding.path for finding in folder.findings(base=first)} == {str(folder.path("any/bar"))}


def test_what_the_base_branch_got_meanwhile_is_not_this_change(folder: Folder) -> None:
    git(folder.root, "checkout", "--quiet", "-b", "topic")
    folder.write("any/bar", BAR.replace("Our bars.", "Our bar, too"))
    commit(folder)
    git(folder.root, "checkout", "--quiet", "main")
    folder.write("any/local", BAD.replace("Our shop", "Our shop, too"))
    commit(folder)
    git(folder.root, "checkout", "--quiet", "topic")
    assert {finding.path for finding in folder.findings(base="main")} == {str(folder.path("any/bar"))}


def test_other_packs_are_still_compared_with(folder: Folder) -> None:
    folder.write("any/bar", BAR.replace("local.line.bar", "local.line.promo"))
    assert ("R003", "id") in folder.codes(base="HEAD")


def test_a_rule_that_a_new_known_good_line_meets_is_shown_there(folder: Folder) -> None:
    lines = folder.root / "known-good" / "en.txt"
    lines.write_text("It rained.\nOur bar was first\n", encoding="utf-8")
    [finding] = folder.findings(base="HEAD")
    assert (finding.code, finding.path, finding.line) == ("R022", str(lines), 2)


def test_a_rule_that_is_gone_is_shown(folder: Folder) -> None:
    folder.path("any/bar").unlink()
    assert folder.codes(base="HEAD") == [("R090", "local.line.bar")]


def test_a_new_rule_begins_as_experimental(folder: Folder) -> None:
    new = rule(id='"local.line.new"', starts='["our inn"]', match='["Our inn"]', keep='["Our inns."]')
    folder.write("any/new", new)
    assert ("R004", "status") in folder.codes(base="HEAD", update_lock=True)
    folder.write("any/new", new.replace('"stable"', '"experimental"'))
    assert folder.codes(base="HEAD") == []
    commit(folder)
    folder.write("any/new", new)  # promoted: it was there before
    assert folder.codes(base="HEAD") == []


def test_without_a_lock_in_the_base_no_rule_is_called_new(folder: Folder) -> None:
    git(folder.root, "rm", "--quiet", "--cached", "ids.lock")
    git(folder.root, "commit", "--quiet", "--message=x")
    folder.write("any/bar", BAR)
    assert folder.codes(base="HEAD") == []


def test_warnings_about_rules_that_are_as_they_were_are_not_of_the_change(folder: Folder) -> None:
    slow = rule(id='"local.line.slow"', starts="", any=r"['^\p{Lu}+ \d+$']", match='["Inn 5"]', keep='["Inn five"]')
    assert folder.codes("any/bar") == [("R020", "keep")]
    folder.write("any/bar", BAR + slow)
    folder.lock("local.line.bar", "local.line.promo", "local.line.slow")
    commit(folder)
    folder.write("any/bar", BAR.replace('["our bar"]', '["our bar", "our pub"]') + slow)
    assert folder.codes("any/bar") == [("R014", "any")]
    assert folder.codes(base="HEAD") == []
    folder.write("any/bar", BAR + slow.replace("Inn five", "Inn six"))
    assert folder.codes(base="HEAD") == [("R014", "any")]


def test_errors_in_a_changed_file_are_shown_whatever_rule_they_are_about(folder: Folder) -> None:
    folder.write("any/bar", BAR + RULE.replace("local.line.promo", "local.line.more"))
    assert ("R031", "id") in folder.codes(base="HEAD", update_lock=True)


def test_there_must_be_a_repository_and_a_commit(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="git says"):
        revision(folder.root, "no-such-branch")
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(UsageError, match="not a git repository"):
        revision(tmp_path / "elsewhere")


def test_git_has_to_be_there(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="not installed"):
        revision(folder.root)
