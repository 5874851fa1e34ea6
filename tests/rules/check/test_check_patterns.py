"""R010 to R015: patterns that cannot work, cannot mean what they say, are slow, or need be none."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulefiles import RULE, local, rule

from curator.rules.check.patterns import letter_beside_boundary, plain_literal


def with_pattern(pattern: str, key: str = "any", **more: str) -> str:
    text = rule(**{"keep": '["The shop is ours."]', **more})
    return text.replace("match ", f"{key:<6} = ['{pattern}']\nmatch ")


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        (r"^our (?=shop)", "R010"),
        (r"^(our) \1", "R010"),
        (r"our shop (\p{L}{1,500}){1,500}x", "R010"),
        (r"^(?P<name>our) shop", "R010"),
        (r"^our\s+shop", "R011"),
        (r"^our[\s-]shop", "R011"),
        (r"^our shop реклама\b", "R012"),
        (r"^our shop \b(тема|x)", "R012"),
        (r"^\d+ \p{Lu}+$", "R014"),
        (r"^our shop:", "R015"),
        (r"\(our shop\)$", "R015"),
    ],
)
def test_a_bad_pattern_is_caught_at_its_line(tmp_path: Path, pattern: str, code: str) -> None:
    assert local(tmp_path, with_pattern(pattern)).codes() == [(code, "any")]


@pytest.mark.parametrize(
    "pattern",
    [
        r"^our shop( |$)",
        r"^our (?P<cut>shop) (?P<value>\d)",
        r"^our \\shop \d",
        r"^our \bshop\b x",
        r"^our shop.*реклама \bx",
        r"^our shop.?",
        r"^(our|his) (big )?shop",
    ],
)
def test_a_good_pattern_passes(tmp_path: Path, pattern: str) -> None:
    assert local(tmp_path, with_pattern(pattern)).codes() == []


def test_a_broken_pattern_does_not_keep_the_other_checks_from_running(tmp_path: Path) -> None:
    other = rule(id='"local.line.bar"', starts='["our bar"]', match='["Our bar"]', keep='["Our bar, too"]')
    folder = local(tmp_path, with_pattern(r"^our (?=shop)") + other, {"en": "Our shop was first\n"})
    entry = '[[known]]\nrule = "local.line.promo"\nline = "Our shop"\nreason = "x"\ndate = 2026-11-23\n'
    (folder.root / "known-fp.toml").write_text(entry, encoding="utf-8")
    sample = tmp_path / "sample"
    sample.mkdir()
    (sample / "a.txt").write_text("The gates of the old dam opened.\n\nOur bar\n", encoding="utf-8")
    assert [code for code, _ in folder.codes(sample=sample)] == ["R040", "R010", "R020"]


@pytest.mark.parametrize("pattern", [r"^(our shop)?", r"our shop|$", "(x*)"])
def test_a_pattern_that_is_in_every_line_is_caught(tmp_path: Path, pattern: str) -> None:
    found = local(tmp_path, with_pattern(pattern)).codes()
    assert ("R013", "any") in found
    assert "R014" not in {code for code, _ in found}


def test_an_exception_that_is_in_every_line_calls_off_the_rule(tmp_path: Path) -> None:
    assert ("R013", "none") in local(tmp_path, with_pattern(r"^(x)?", key="none")).codes()
    assert local(tmp_path / "good", with_pattern(r"^our shop x", key="none")).codes() == []


def test_a_literal_says_something(tmp_path: Path) -> None:
    assert ("R013", "starts") in local(tmp_path, rule(starts='[" ", "our shop"]')).codes()
    assert local(tmp_path / "good", RULE).codes() == []


def test_a_place_makes_a_pattern_cheap(tmp_path: Path) -> None:
    assert local(tmp_path, with_pattern(r"^\d+ \p{Lu}+$", where="{ first = 5 }")).codes() == []


@pytest.mark.parametrize("key", ["any", "none"])
def test_a_pattern_that_takes_long_to_compile_is_caught(tmp_path: Path, key: str) -> None:
    found = local(tmp_path, with_pattern(r"^our \p{L}{2,40} shop x$", key=key)).findings()
    assert [(finding.code, finding.level) for finding in found] == [("R016", "warning")]
    assert "instructions" in found[0].message
    small = with_pattern(r"^our \p{L}+ [^ \d,:]{2,40} shop x$", key=key)
    assert local(tmp_path / "good", small).codes() == []


def test_levels_are_those_of_the_catalogue(tmp_path: Path) -> None:
    [slow] = local(tmp_path / "slow", with_pattern(r"^\d+ \p{Lu}+$")).findings()
    [plain] = local(tmp_path / "plain", with_pattern("^our shop:")).findings()
    assert (slow.level, plain.level) == ("warning", "hint")
    assert "starts = ['our shop:']" in plain.hint


@pytest.mark.parametrize(
    ("pattern", "literal"),
    [
        ("^tags$", ("is", "tags")),
        ("tags:$", ("ends", "tags:")),
        ("tags", ("has", "tags")),
        (r"^\[ad\]", ("starts", "[ad]")),
        ("^tags?", None),
        (r"^\d", None),
        ("^$", None),
    ],
)
def test_plain_literals_are_told_from_patterns(pattern: str, literal: tuple[str, str] | None) -> None:
    assert plain_literal(pattern) == literal


@pytest.mark.parametrize(
    ("pattern", "letter"),
    [
        (r"\bтема", "т"),
        (r"тема\b", "а"),
        (r"(a|é)\b", "é"),
        (r"\b[ёa]", "ё"),
        (r"(a\b)ё", "ё"),
        (r"x\b(?:a?)ё", "ё"),
        (r"é \b", None),
        (r"\p{Lu}é\b", "é"),
        (r"[^é]\b", None),
        (r"\bread\b", None),
        (r"(", None),
    ],
)
def test_letters_beside_a_boundary_are_found_through_groups(pattern: str, letter: str | None) -> None:
    assert letter_beside_boundary(pattern) == letter
