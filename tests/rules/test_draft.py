"""A new rule lands in the right pack, in canonical form, tried on its own examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from curator.errors import RuleError, UsageError
from curator.rules.check.run import check_rules
from curator.rules.draft import Drafted, conditions, draft_rule, pack_path
from curator.rules.fmt import format_pack
from curator.rules.load import read_pack

PROMO = {
    "title": "House advertisement",
    "kind": "line",
    "action": "drop",
    "starts": ["promo:"],
    "match": ["Promo: diskon 50 persen"],
    "keep": ["Promo itu berakhir kemarin."],
}


def draft(root: Path, slug: str = "promo", **options: Any) -> Drafted:
    fields = {key: options.pop(key) for key in list(options) if key not in ("lang", "site", "file")}
    return draft_rule(root, slug, {**PROMO, **fields}, **options)


def test_the_first_rule_of_a_language_makes_its_pack(tmp_path: Path) -> None:
    drafted = draft(tmp_path, lang="sw", where={"last": 20}, when={"max_words": 8})
    assert drafted == Drafted("sw.line.promo", tmp_path / "lang" / "sw.toml", 7, ())
    assert drafted.path.read_text(encoding="utf-8") == (
        "#:schema ../rule.schema.json\n"
        'pack    = "lang/sw"\n'
        'version = "1"\n'
        'license = "CC0-1.0"\n'
        'lang    = "sw"\n'
        "\n"
        "[[rule]]\n"
        'id     = "sw.line.promo"\n'
        'title  = "House advertisement"\n'
        'kind   = "line"\n'
        'action = "drop"\n'
        'status = "experimental"\n'
        "where  = { last = 20 }\n"
        "when   = { max_words = 8 }\n"
        'starts = ["promo:"]\n'
        'match  = ["Promo: diskon 50 persen"]\n'
        'keep   = ["Promo itu berakhir kemarin."]\n'
    )
    assert check_rules([tmp_path]) == (1, [])


def test_a_second_rule_joins_the_pack_and_its_comments_stay(tmp_path: Path) -> None:
    first = draft(tmp_path, lang="sw")
    commented = first.path.read_text(encoding="utf-8").replace("[[rule]]", "# ours\n[[rule]]")
    first.path.write_text(commented, encoding="utf-8")
    second = draft(tmp_path, "tail.promo", lang="sw")
    text = second.path.read_text(encoding="utf-8")
    assert text.startswith(commented)
    assert text == format_pack(text)
    assert [rule.id for rule in read_pack(second.path)] == ["sw.line.promo", "sw.tail.promo"]
    assert text.splitlines()[second.line - 1 : second.line + 1] == ["[[rule]]", 'id     = "sw.tail.promo"']


def test_a_rule_keeps_its_scope_whatever_pack_it_is_in(tmp_path: Path) -> None:
    (in_site,) = read_pack(draft(tmp_path, site="news.example", lang="sw").path)
    assert (in_site.id, in_site.site, in_site.lang) == ("site.news-example.line.promo", "news.example", "sw")
    (in_file,) = read_pack(draft(tmp_path, lang="sw", file="any/promos.toml").path)
    assert (in_file.id, in_file.lang) == ("sw.line.promo", "sw")
    (for_all,) = read_pack(draft(tmp_path, file="any/all.toml").path)
    assert (for_all.id, for_all.lang, for_all.site) == ("any.line.promo", None, None)


def test_nothing_to_tell_the_pack_by_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no pack"):
        pack_path(tmp_path)


@pytest.mark.parametrize(("slug", "lang"), [("promo", "sw"), ("line.baca-juga", "id")])
def test_an_id_that_exists_here_or_among_the_shipped_is_refused(tmp_path: Path, slug: str, lang: str) -> None:
    draft(tmp_path, lang="sw")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.toml")}
    with pytest.raises(RuleError, match="exists"):
        draft(tmp_path, slug, lang=lang)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.toml")} == before


def test_the_id_of_a_rule_that_is_gone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ids.lock").write_text("sw.line.gone\nsw.line.promo\n", encoding="utf-8")
    with pytest.raises(RuleError, match=r"was called sw\.line\.promo once"):
        draft(tmp_path, lang="sw")
    assert draft(tmp_path, "other", lang="sw").rule == "sw.line.other"


def test_a_rule_is_for_a_language_not_for_a_country(tmp_path: Path) -> None:
    drafted = draft(tmp_path, lang="sw-KE")
    assert (drafted.rule, drafted.path) == ("sw.line.promo", tmp_path / "lang" / "sw.toml")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "block"}, "until"),
        ({"until": "end"}, "until"),
        ({"into": "editor"}, "into"),
        ({"action": "extract", "into": "nobody"}, "into"),
        ({"title": "Ad"}, "title"),
        ({"when": {"words": 3}}, r"when\.words"),
        ({"slug": "Promo"}, "id"),
    ],
)
def test_what_makes_no_rule_is_not_written(tmp_path: Path, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        draft(tmp_path, fields.pop("slug", "promo"), lang="sw", **fields)
    assert list(tmp_path.rglob("*.toml")) == []


def test_a_broken_pack_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "lang" / "sw.toml"
    path.parent.mkdir()
    path.write_text("lang = 'sw\n", encoding="utf-8")
    with pytest.raises(RuleError, match="not TOML"):
        draft(tmp_path, lang="sw")
    assert path.read_text(encoding="utf-8") == "lang = 'sw\n"


def test_examples_that_fail_are_found_at_their_line(tmp_path: Path) -> None:
    drafted = draft(tmp_path, lang="sw", any=["("])
    lines = drafted.path.read_text(encoding="utf-8").splitlines()
    assert [(finding.code, lines[finding.line - 1][:4]) for finding in drafted.findings] == [("R010", "any ")]
    drafted = draft(tmp_path, "second", lang="sw", keep=["Promo: on"])
    lines = drafted.path.read_text(encoding="utf-8").splitlines()
    assert [(finding.code, lines[finding.line - 1]) for finding in drafted.findings] == [
        ("R020", 'keep   = ["Promo: on"]')
    ]


def test_texts_are_written_so_that_they_read_back(tmp_path: Path) -> None:
    odd = ['Promo: "diskon" C:\\x', "Promo:\tx\u00a0y\u200c\x7f 'z'"]
    (rule,) = read_pack(draft(tmp_path, lang="sw", match=odd, any=[r"^it's \d+$"]).path)
    assert list(rule.match) == odd
    assert rule.any == (r"^it's \d+$",)


def test_conditions_are_those_of_a_rule_file() -> None:
    assert conditions("{ last = 20, after = 'prose' }", "where") == {"last": 20, "after": "prose"}
    assert conditions("", "where") == {}
    with pytest.raises(UsageError, match="max_words 8"):
        conditions("max_words 8", "when")
