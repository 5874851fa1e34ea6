"""R070: packs are in canonical form."""

from __future__ import annotations

from pathlib import Path

from rulefiles import HEAD, RULE, local, rule, word_at

from curator.rules.fmt import format_pack


def test_a_pack_in_another_form_is_caught_at_the_first_line_that_differs(tmp_path: Path) -> None:
    folder = local(tmp_path, RULE)
    path = folder.path("any/local")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('kind   = "line"', 'kind = "line"'), encoding="utf-8")
    [finding] = folder.findings()
    assert (finding.code, word_at(finding)) == ("R070", "kind")
    assert finding.hint == f"curator rules fmt {path}"


def test_a_pack_that_lacks_only_its_last_line_break_is_caught(tmp_path: Path) -> None:
    folder = local(tmp_path, RULE)
    path = folder.path("any/local")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.rstrip("\n"), encoding="utf-8")
    assert [finding.code for finding in folder.findings()] == ["R070"]


def test_a_pack_in_canonical_form_passes(tmp_path: Path) -> None:
    folder = local(tmp_path, rule(starts='["our stall", "our shop"]'))
    text = folder.path("any/local").read_text(encoding="utf-8")
    assert text == format_pack(HEAD.format(name="any/local") + rule(starts='["our shop", "our stall"]'))
    assert folder.codes() == []
