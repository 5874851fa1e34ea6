"""The canonical form: one layout, comments kept, meaning untouched."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import RuleError
from curator.rules.fmt import CASE_KEYS, FILE_KEYS, RULE_KEYS, format_pack, reformatted, write_pack
from curator.rules.layout import LITERALS, PATTERNS
from curator.rules.load import pack_files, shipped_rules_dir
from curator.rules.model import Case, Pack, Rule

MESSY = """\
# Wording of portals.

version = "1"
#:schema ../rule.schema.json
pack="lang/id"   # the name
license   = 'CC0-1.0'
# lang = "jv"

# --- heads

# The first.
[[rule]]   # beside the header
keep = [ # near misses
  'He said "ad".', "It's an ad",
  # the last one
  "Ads\\u00a0grew" # beside
  , # after the comma
]
is = ["tags", "ad", "Tags", "ad"]
where.last = 20
where.first = 5
kind = "line"
id = "x.line.ad"
match = ["Ad"]
any = ["^ad$", "^it's$", "^\\\\d+$", "\\u00a0$"]
title = "Advertisement"
custom-key = 7

[[rule.case]]
output = '''
b
'''
input  = '''
Ad
b
'''
# closes the case


[[rule]]
id    = "x.line.b"
title = "Another"
kind  = "line"
starts = ["b"]
[rule.when]
sentence = false   # half lines
max_words = 3
# the end
"""

CANONICAL = """\
#:schema ../rule.schema.json
# Wording of portals.

pack    = "lang/id"  # the name
version = "1"
license = "CC0-1.0"
# lang = "jv"

# --- heads

# The first.
[[rule]]  # beside the header
id     = "x.line.ad"
title  = "Advertisement"
kind   = "line"
where  = { first = 5, last = 20 }
is     = ["ad", "Tags", "tags"]
any    = ['^ad$', '''^it's$''', '^\\d+$', "\\u00a0$"]
match  = ["Ad"]
# near misses
keep   = [
  'He said "ad".',
  "It's an ad",
  # the last one
  "Ads\\u00a0grew",  # beside
  # after the comma
]
custom-key = 7
[[rule.case]]
input  = '''
Ad
b
'''
output = '''
b
'''
# closes the case

[[rule]]
id     = "x.line.b"
title  = "Another"
kind   = "line"
# half lines
when   = { max_words = 3, sentence = false }
starts = ["b"]
# the end
"""


def meaning(text: str) -> dict[str, Any]:
    """What a pack says, literals and patterns sorted and each once."""
    data = tomllib.loads(text)
    for rule in data.get("rule", ()):
        rule.update({key: sorted(set(rule[key])) for key in LITERALS | PATTERNS if key in rule})
    return data


def comments(text: str) -> list[str]:
    return sorted(re.findall(r"#[^\n]*", text))


def test_the_canonical_form_of_a_messy_pack() -> None:
    assert format_pack(MESSY) == CANONICAL


def test_the_canonical_form_is_its_own_canonical_form() -> None:
    assert format_pack(CANONICAL) == CANONICAL


def test_formatting_changes_no_meaning_and_loses_no_comment() -> None:
    assert meaning(format_pack(MESSY)) == meaning(MESSY)
    assert comments(format_pack(MESSY)) == comments(MESSY)


@pytest.mark.parametrize("path", pack_files([shipped_rules_dir()]), ids=lambda path: path.stem)
def test_shipped_packs_keep_their_meaning_and_come_to_rest(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    once = format_pack(text)
    assert format_pack(once) == once
    assert meaning(once) == meaning(text)
    assert sorted(re.findall(r"^ *#.*$", once, re.MULTILINE)) == sorted(re.findall(r"^ *#.*$", text, re.MULTILINE))


def test_every_key_a_pack_may_have_has_its_place() -> None:
    for model, keys, inner in ((Pack, FILE_KEYS, {"rule"}), (Rule, RULE_KEYS, {"case"}), (Case, CASE_KEYS, set())):
        assert {field.alias or name for name, field in model.model_fields.items()} - inner <= set(keys)
        assert len(set(keys)) == len(keys)


def test_long_lists_stand_one_item_to_a_line() -> None:
    literals = [f"read this story about number {number:02}" for number in range(20)]
    text = f"[[rule]]\nid = 'x.line.a'\nstarts = {literals}\n"
    lines = format_pack(text).splitlines()
    assert lines[2] == "starts = ["
    assert lines[3:-1] == [f'  "{literal}",' for literal in literals]
    assert lines[-1] == "]"


@pytest.mark.parametrize(("length", "lines"), [(108, 1), (109, 3)])
def test_a_list_of_120_columns_stays_on_its_line(length: int, lines: int) -> None:
    text = format_pack(f"[[rule]]\nis = ['{'a' * (length - 1)}']\n")
    assert len(text.splitlines()) == lines + 1
    assert max(map(len, text.splitlines())) <= 120


def test_a_pack_in_a_rules_folder_names_its_schema_and_another_does_not() -> None:
    assert format_pack('pack = "lang/id"\n').startswith("#:schema ../rule.schema.json\n")
    assert format_pack('pack = "mine"\n') == 'pack = "mine"\n'
    assert format_pack('#:schema https://x.example/s.json\npack = "lang/id"\n').count("#:schema") == 1


def test_windows_line_ends_become_plain_ones() -> None:
    assert format_pack(CANONICAL.replace("\n", "\r\n")) == CANONICAL


@pytest.mark.parametrize(
    ("text", "message"),
    [("id = 'x\n", "not TOML"), ("[other]\na = 1\n", "table that packs do not have: other"), ("[[x]]\n", "x")],
)
def test_what_is_no_pack_is_refused(text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message) as caught:
        format_pack(text)
    assert caught.value.hint


def test_only_packs_not_in_canonical_form_are_named(tmp_path: Path) -> None:
    good, bad = tmp_path / "a.toml", tmp_path / "b.toml"
    good.write_text(CANONICAL, encoding="utf-8")
    bad.write_text(MESSY, encoding="utf-8")
    assert [(path, text, new) for path, text, new in reformatted([tmp_path])] == [(bad, MESSY, format_pack(MESSY))]
    broken = tmp_path / "c.toml"
    broken.write_text("a = 1\nb = 'x\n", encoding="utf-8")
    with pytest.raises(RuleError, match=re.escape(f"{broken}:2: not TOML")):
        list(reformatted([broken]))


def test_a_written_pack_keeps_its_mode_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(MESSY, encoding="utf-8")
    path.chmod(0o640)
    write_pack(path, CANONICAL)
    assert path.read_text(encoding="utf-8") == CANONICAL
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


# --- any pack, however it is written

TEXTS = st.text(st.sampled_from("ab \"'\\#,[]{}=\u00a0\u200cé読"), min_size=1, max_size=12)
COMMENTS = st.text(st.sampled_from("ab \"'#,[]="), max_size=8).map(lambda text: f"#{text}".rstrip())


def toml_string(text: str) -> st.SearchStrategy[str]:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    forms = [f'"{escaped}"', f'"{escaped}"'.replace("\u00a0", "\\u00a0"), f'"""{escaped}"""']
    if "'" not in text:
        forms += [f"'{text}'", f"'''{text}'''"]
    return st.sampled_from(forms)


@st.composite
def lists(draw: st.DrawFn) -> str:
    """A list of strings, with comments and line breaks wherever TOML lets them stand."""

    def between() -> str:
        pieces = draw(
            st.lists(st.one_of(COMMENTS.map(lambda c: f" {c}\n"), st.sampled_from([" ", "\n", "\n\n"])), max_size=2)
        )
        return "".join(pieces)

    parts = ["[", between()]
    for text in draw(st.lists(TEXTS, max_size=4)):
        parts += [draw(toml_string(text)), between(), ",", between()]
    return "".join([*parts, "]"])


@st.composite
def tables(draw: st.DrawFn, header: str, keys: dict[str, st.SearchStrategy[str]]) -> str:
    """The lines of one table: keys in any order, comments and blank lines between them."""
    lines = [f"{header}{draw(st.sampled_from(['', '  # beside']))}"] if header else []
    for key in draw(st.lists(st.sampled_from(sorted(keys)), unique=True)):
        lines += draw(st.lists(st.one_of(COMMENTS, st.just("")), max_size=3))
        lines.append(f"{key} ={draw(keys[key])}{draw(st.one_of(st.just(''), COMMENTS.map(' '.__add__)))}")
    return "\n".join([*lines, *draw(st.lists(st.one_of(COMMENTS, st.just("")), max_size=3))])


STRINGS = TEXTS.flatmap(toml_string)
RULES = {
    **dict.fromkeys(("is", "starts", "has", "any", "none", "match", "keep", "css"), lists()),
    **dict.fromkeys(("id", "title", "note", "unknown"), STRINGS),
    "when": st.sampled_from(["{}", "{ sentence = false, max_words=3 }"]),
    "where.last": st.just("3"),
    "priority": st.just(" +5"),
}


@st.composite
def packs(draw: st.DrawFn) -> str:
    parts = [draw(tables("", {"pack": STRINGS, "version": STRINGS, "lang": STRINGS}))]
    for _ in range(draw(st.integers(0, 3))):
        parts.append(draw(tables("[[rule]]", RULES)))
        cases = st.lists(tables("[[rule.case]]", {"input": STRINGS, "output": STRINGS}), max_size=2)
        parts += draw(cases)
    return "\n".join(parts)


@given(packs())
def test_any_pack_keeps_its_meaning_and_its_comments_and_comes_to_rest(text: str) -> None:
    once = format_pack(text)
    assert meaning(once) == meaning(text)
    assert format_pack(once) == once
    added = 1 if once.startswith("#:schema") else 0
    assert comment_count(once) == comment_count(text) + added


def comment_count(text: str) -> int:
    """Count comments with tomlkit's own reader, so that a hash in a string is none."""
    import tomlkit

    strings = r"""'''.*?'''(?!')|\"{3}(?:\\.|[^\\])*?\"{3}(?!")|'[^'\n]*'|"(?:\\.|[^"\\\n])*"|(#[^\n]*)"""
    assert tomlkit.dumps(tomlkit.parse(text)) == text
    return sum(bool(found[1]) for found in re.finditer(strings, text, re.DOTALL))
