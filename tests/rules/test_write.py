"""Rules to a file: what is written reads back the same, in the form `rules fmt` wants."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from curator.rules.fmt import format_pack
from curator.rules.model import Case, Pack, Rule, When, Where
from curator.rules.write import pack_to_toml

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
odd = st.lists(texts | st.sampled_from(["'''", "\\", '"""', "a'", "\x7f", "\t", "\r\n", "é", '"', "\n"]), max_size=3)


@given(odd, odd, odd, texts, st.none() | texts, st.lists(st.tuples(texts, texts), max_size=2))
def test_written_rules_read_back_the_same(
    literals: list[str],
    patterns: list[str],
    examples: list[str],
    note: str,
    site: str | None,
    cases: list[tuple[str, str]],
) -> None:
    rule = Rule(
        id="x.y",
        title=f"title {note}"[:120],
        note=note,
        kind="line",
        site=site,
        priority=-3,
        where=Where(last=3, after="prose"),
        when=When(sentence=False, min_words=2),
        is_=tuple(sorted(set(literals), key=lambda text: (text.casefold(), text))),
        any=tuple(dict.fromkeys(patterns)),
        match=tuple(examples),
        max_share=0.25,
        case=tuple(Case(input=before, output=after) for before, after in cases),
    )
    header = Pack(pack="site/x.example", version="1", license="CC0-1.0", site="x.example")
    written = pack_to_toml(header, [rule, rule])
    assert Pack.model_validate(tomllib.loads(written)) == header.model_copy(update={"rule": (rule, rule)})
    assert format_pack(written) == written


def test_a_pack_says_once_what_all_its_rules_share() -> None:
    rule = Rule(id="x.y", title="House advertisement", kind="line", site="x.example", lang="id", is_=("our shop",))
    header = Pack(pack="site/x.example", version="1", license="CC0-1.0", site="x.example")
    assert (
        pack_to_toml(header, [rule])
        == """\
#:schema ../rule.schema.json
pack    = "site/x.example"
version = "1"
license = "CC0-1.0"
site    = "x.example"

[[rule]]
id     = "x.y"
title  = "House advertisement"
kind   = "line"
action = "drop"
status = "experimental"
lang   = "id"
is     = ["our shop"]
"""
    )
