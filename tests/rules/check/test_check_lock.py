"""R003, R090: the lock lists every id, and no id vanishes."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulefiles import RULE, Folder, local, rule

from curator.errors import UsageError
from curator.rules.check.run import Wishes, check_rules


def test_a_shipped_id_must_be_locked(tmp_path: Path) -> None:
    folder = local(tmp_path, RULE)
    folder.lock("other.line.x")
    assert ("R003", "id") in folder.codes()
    (folder.root / "ids.lock").unlink()
    [missing] = folder.findings()
    assert (missing.code, missing.hint) == ("R003", f"curator rules check --update-lock {folder.root}")


def test_update_lock_adds_ids_and_never_takes_one_out(tmp_path: Path) -> None:
    folder = local(tmp_path, RULE)
    folder.lock("zoo.line.gone", "abc.line.gone")
    gone = folder.codes(update_lock=True)
    lock = folder.root / "ids.lock"
    assert lock.read_text(encoding="utf-8") == "abc.line.gone\nlocal.line.promo\nzoo.line.gone\n"
    assert gone == [("R090", "abc.line.gone"), ("R090", "zoo.line.gone")]
    assert [path.name for path in folder.root.iterdir() if path.is_file()] == ["ids.lock"]


def test_the_lock_is_sorted(tmp_path: Path) -> None:
    folder = local(tmp_path, RULE + rule(id='"a.line.x"', starts='["x"]', match='["X"]', keep='["y"]'))
    lock = folder.root / "ids.lock"
    lock.write_text("local.line.promo\na.line.x\n", encoding="utf-8")
    assert folder.codes() == [("R003", "local.line.promo")]
    assert folder.codes(update_lock=True) == []


def test_only_a_rules_folder_has_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(RULE.lstrip(), encoding="utf-8")
    with pytest.raises(UsageError, match="rules folder"):
        check_rules([path], Wishes(update_lock=True))


def test_a_locked_id_is_not_gone_while_its_file_is_broken(tmp_path: Path) -> None:
    folder = local(tmp_path, RULE)
    folder.write("any/local", RULE.replace('"House', "House"))
    assert [code for code, _ in folder.codes()] == ["R001"]


NEW = rule(id='"local.line.shop"', starts='["our stall"]', match='["Our stall"]', keep='["A stall."]')


@pytest.mark.parametrize(
    ("old", "codes"),
    [
        ('status = "deprecated"\nreplaced_by = "local.line.shop"', []),
        ('status = "deprecated"', [("R090", "status")]),
        ('status = "deprecated"\nreplaced_by = "local.line.nowhere"', [("R090", "replaced_by")]),
        ('status = "deprecated"\nreplaced_by = "local.line.promo"', [("R090", "replaced_by")]),  # round and round
        ('status = "stable"\nreplaced_by = "local.line.shop"', [("R090", "replaced_by")]),
    ],
)
def test_a_deprecated_rule_leads_to_one_in_use(tmp_path: Path, old: str, codes: list[tuple[str, str]]) -> None:
    folder = local(tmp_path, RULE.replace('status = "stable"', old) + NEW)
    assert folder.codes() == codes


def test_a_note_is_enough_where_nothing_took_over(tmp_path: Path) -> None:
    deprecated = RULE.replace("kind ", 'note   = "The shop closed."\nkind ').replace("stable", "deprecated")
    assert local(tmp_path, deprecated).codes() == []


def test_a_chain_of_replacements_is_followed(tmp_path: Path) -> None:
    first = RULE.replace('status = "stable"', 'status = "deprecated"\nreplaced_by = "local.line.second"')
    second = first.replace("line.promo", "line.second").replace('by = "local.line.second"', 'by = "local.line.shop"')
    folder = Folder(
        tmp_path,
        {"any/local": first + second.replace("our shop", "our old shop").replace("Our shop i", "Our old shop i") + NEW},
    )
    assert folder.codes() == []
