"""R003, R004: ids are unique and say where their rules belong; packs say what they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulefiles import HEAD, RULE, Folder, local, rule, word_at

from curator.rules.check.folder import RulesFolder
from curator.rules.check.identity import check_places
from curator.rules.check.source import gather

PACK = HEAD.format(name="lang/id") + 'lang    = "id"\n'


def test_a_good_folder_has_no_findings(tmp_path: Path) -> None:
    folder = local(tmp_path, RULE)
    folder.write(
        "lang/id", PACK + rule(id='"id.line.promo"', starts='["toko kami"]', match='["Toko kami"]', keep='["Tokonya."]')
    )
    folder.lock("local.line.promo", "id.line.promo")
    assert folder.findings() == []


def test_an_id_is_taken_once(tmp_path: Path) -> None:
    folder = local(tmp_path, RULE)
    folder.write("any/more", rule(starts='["our stall"]', match='["Our stall"]', keep='["A stall."]'))
    [finding] = folder.findings()
    assert (finding.code, word_at(finding), finding.path) == ("R003", "id", str(folder.path("any/more")))
    assert f"the rule at {folder.path('any/local')}:" in finding.message
    # Whichever of the two files is checked alone, it is the one that is shown.
    assert [f.path for f in folder.findings("any/local")] == [str(folder.path("any/local"))]


@pytest.mark.parametrize(
    ("place", "text", "word"),
    [
        ("any/local", HEAD.format(name="any/other") + RULE, "pack"),
        ("any/local", HEAD.format(name="any/local") + rule(lang='"en"'), "lang"),
        ("any/local", HEAD.format(name="any/local") + rule(site='"news.example"'), "site"),
        ("lang/id", HEAD.format(name="lang/id") + 'lang    = "ms"\n' + rule(id='"id.line.promo"'), "[[rule]]"),
        ("lang/id", PACK + RULE, "id"),
        ("lang/pt-BR", HEAD.format(name="lang/pt-BR") + rule(id='"pt-BR.x"').replace("pt-BR.x", "pt-br.x"), "id"),
        ("site/news.example", HEAD.format(name="site/news.example") + rule(site='"other.example"'), "site"),
        ("site/news.example", HEAD.format(name="site/news.example") + rule(site='"https://news.example"'), "site"),
        ("lang/nested/id", HEAD.format(name="lang/nested/id") + RULE, "#:schema"),
    ],
)
def test_path_pack_language_site_and_id_agree(tmp_path: Path, place: str, text: str, word: str) -> None:
    folder = Folder(tmp_path / "rules", {place: text})
    found = [finding for finding in folder.findings(place) if finding.code == "R003"]
    assert word in map(word_at, found)


def test_a_language_with_a_region_would_never_be_met(tmp_path: Path) -> None:
    folder = RulesFolder(local(tmp_path, RULE).root, owned=False)
    path = tmp_path / "mine.toml"
    path.write_text(rule(lang='"pt-BR"').lstrip(), encoding="utf-8")
    sources, _ = gather([path], folder)
    [finding] = check_places(sources)
    assert (finding.code, word_at(finding)) == ("R003", "lang")
    assert 'lang = "pt"' in finding.hint


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ('pack    = "any/local"\nversion = "1"\nlicense = "CC0-1.0"\n', []),
        ('version = "1"\nlicense = "CC0-1.0"\n', ["no `pack`"]),
        ('pack    = "any/local"\nlicense = "CC0-1.0"\n', ["no `version`"]),
        ('pack    = "any/local"\nversion = "1"\n', ["no licence"]),
        ('pack    = "any/local"\nversion = "1"\nlicense = "MIT"\n', ["under 'MIT'"]),
    ],
)
def test_shipped_packs_say_what_they_are_and_are_cc0(tmp_path: Path, head: str, words: list[str]) -> None:
    folder = local(tmp_path, RULE)
    folder.path("any/local").write_text(head + RULE, encoding="utf-8")
    found = [finding.message for finding in folder.findings() if finding.code == "R004"]
    assert len(found) == len(words)
    assert all(word in message for word, message in zip(words, found, strict=True))
