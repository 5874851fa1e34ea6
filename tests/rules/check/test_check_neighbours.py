"""R022: what one rule keeps is content to the others where it is a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulefiles import HEAD, RULE, Folder, local, rule, word_at

SENTENCE = "Our shop was the first here."
SCRAP = "Our shop by the sea"


def keeps(line: str, **changes: str) -> str:
    """Return a rule for other lines, which keeps one."""
    fields = {"id": '"local.line.stall"', "starts": '["our stall"]', "match": '["Our stall"]', "keep": f"['{line}']"}
    return rule(**{**fields, **changes})


def cuts(pattern: str) -> str:
    """Return a rule that cuts a piece of a line."""
    fields = {"id": '"local.span.cut"', "kind": '"span"', "when": "", "starts": "", "any": f"['{pattern}']"}
    return rule(**fields, match="['CORRIN - It rained. (AFP)', 'Read also the letter, CORRIN']", keep='["It rained."]')


def levels(folder: Folder, *places: str) -> list[tuple[str, str]]:
    return [(finding.code, finding.level) for finding in folder.findings(*places)]


def test_a_rule_that_takes_a_sentence_another_keeps_is_caught(tmp_path: Path) -> None:
    folder = Folder(tmp_path, {"any/local": RULE, "any/more": keeps(SENTENCE)})
    [finding] = folder.findings()
    assert (finding.code, finding.level, finding.rule) == ("R022", "error", "local.line.promo")
    assert finding.path == str(folder.path("any/local"))
    # Checked alone, the pack that keeps the line shows it too: one of them must give way.
    [turned] = folder.findings("any/more")
    assert (turned.code, turned.path, word_at(turned)) == ("R022", str(folder.path("any/more")), "keep")


@pytest.mark.parametrize("line", [SCRAP, "Our shop is our pride.", "Our shop : our pride ."])
def test_a_scrap_that_a_like_rule_takes_is_pointed_out(tmp_path: Path, line: str) -> None:
    assert levels(local(tmp_path, RULE + keeps(line))) == [("R022", "hint")]


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": '"block"', "until": '"end"'},
        {"where": "{ last = 5 }"},
        {"when": "{ prose_after = 0 }"},
    ],
    ids=str,
)
def test_a_scrap_is_left_to_rules_of_another_kind_place_or_language(tmp_path: Path, changes: dict[str, str]) -> None:
    assert levels(local(tmp_path / "scrap", RULE + keeps(SCRAP, **changes))) == []
    assert levels(local(tmp_path / "sentence", RULE + keeps(SENTENCE, **changes))) == [("R022", "error")]


def test_what_a_rule_claims_as_its_own_is_no_content(tmp_path: Path) -> None:
    claimed = rule(match=f'["{SENTENCE}"]')
    assert levels(local(tmp_path, claimed + keeps(SENTENCE))) == []


@pytest.mark.parametrize(
    ("line", "pattern", "caught"),
    [
        ("The bridge was closed on Monday, she said. (AFP)", r" ?\(AFP\)$", False),
        ("CORRIN - The bridge was closed on Monday, she said.", r"^CORRIN - ", False),
        ("Read also the letter, he said to nobody there.", r"^read also the letter, |\(AFP\)$", True),  # it tears it
        ("The bridge (AFP) was closed on Monday, she said.", r" ?\(AFP\)", True),
        ("The bridge was closed on Monday, she said (AFP).", r" said \(AFP\).$", True),  # what is left is no sentence
    ],
)
def test_a_span_rule_may_cut_what_stands_beside_a_sentence(
    tmp_path: Path, line: str, pattern: str, *, caught: bool
) -> None:
    found = levels(local(tmp_path, cuts(pattern) + keeps(line)))
    assert [each for each in found if each[0] == "R022"] == ([("R022", "error")] if caught else [])


def test_what_a_span_rule_keeps_no_span_rule_may_cut(tmp_path: Path) -> None:
    line = "The bridge was closed on Monday, she said. (AFP)"
    fields = {"kind": '"span"', "when": "", "starts": "", "any": "['^It was ']", "match": '["It was raining."]'}
    found = levels(local(tmp_path, cuts(r" ?\(AFP\)$") + keeps(line, **fields)))
    assert [each for each in found if each[0] == "R022"] == [("R022", "error")]


def test_languages_that_do_not_meet_may_disagree(tmp_path: Path) -> None:
    german = HEAD.format(name="lang/de") + 'lang    = "de"\n' + rule(id='"de.line.promo"')
    other = keeps(SENTENCE, id='"en.line.x"')
    english = HEAD.format(name="lang/en") + other  # no language of its own, but its examples are English
    assert levels(Folder(tmp_path, {"lang/de": german, "lang/en": english})) == []


@pytest.mark.parametrize(("code", "caught"), [("de", False), ("en", True)])
def test_an_example_for_all_languages_is_read_in_the_language_it_looks_like(
    tmp_path: Path, code: str, *, caught: bool
) -> None:
    line = "Our shop was the first one on the hill, she said."
    pack = HEAD.format(name=f"lang/{code}") + f'lang    = "{code}"\n' + rule(id=f'"{code}.line.promo"', when="")
    folder = Folder(tmp_path, {f"lang/{code}": pack, "any/more": keeps(line)})
    assert levels(folder) == ([("R022", "error")] if caught else [])


def test_rules_of_different_sites_do_not_meet(tmp_path: Path) -> None:
    def pack(site: str, text: str) -> str:
        return HEAD.format(name=f"site/{site}") + f'site    = "{site}"\n' + text

    other = keeps(SENTENCE, id='"x.line.stall"')
    apart = {"site/a.example": pack("a.example", RULE), "site/b.example": pack("b.example", other)}
    assert levels(Folder(tmp_path / "apart", apart)) == []
    one = {"site/a.example": pack("a.example", RULE + other)}
    assert levels(Folder(tmp_path / "one", one)) == [("R022", "error")]
