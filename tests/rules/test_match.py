"""Where literals and patterns are found."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import DATA

from curator.errors import RuleError
from curator.rules.edges import edges
from curator.rules.load import load_rules
from curator.rules.match import Matcher
from curator.rules.model import Rule
from curator.rules.patterns import Hit, Pattern, compile_pattern, window
from curator.rules.shape import is_shaped
from curator.rules.view import View


def rule(**fields: Any) -> Rule:
    return Rule.model_validate({"id": "x.y", "title": "a rule", "kind": "span", **fields})


def hits(line: str, **fields: Any) -> list[int]:
    found = Matcher([rule(**fields)]).hits(View(f"before\n{line}\nafter"))
    return sorted(found)


@pytest.mark.parametrize(
    ("line", "fields", "fires"),
    [
        ("Tags", {"is": ["tags"]}, True),
        ("Tags here", {"is": ["tags"]}, False),
        ("TAGS: a, b", {"starts": ["tags:"]}, True),
        ("My tags: a, b", {"starts": ["tags:"]}, False),
        ("Tagsüber regnet es", {"starts": ["tags"]}, False),  # a whole word, not its beginning
        ("Tags über dem Tor", {"starts": ["tags"]}, True),
        ("it ended ***", {"ends": ["***"]}, True),
        ("*** it began", {"ends": ["***"]}, False),
        ("see our app today", {"has": ["our app"]}, True),
        ("see your app today", {"has": ["our app"]}, False),
        ("下载我们的应用吧", {"has": ["我们的应用"]}, True),  # no word edges in Chinese
        ("İstanbul’da: x", {"starts": ["istanbul'da:"]}, True),
        ("por Ana", {"any": ["^por (?-i:[A-Z])"]}, True),
        ("por ana", {"any": ["^por (?-i:[A-Z])"]}, False),
        ("Read more: Reuters", {"starts": ["read more"], "none": ["reuters$"]}, False),
    ],
)
def test_literals_are_whole_words_and_patterns_are_re2(line: str, fields: dict[str, Any], fires: bool) -> None:
    assert hits(line, **fields) == ([1] if fires else [])


def test_spans_of_literals_count_characters_not_bytes() -> None:
    found = Matcher([rule(has=["реклама"])]).hits(View("Это — реклама здесь"))
    assert found == {0: {0: Hit((6, 13))}}


def test_cut_and_value_groups_are_what_a_pattern_takes_and_keeps() -> None:
    found = Matcher([rule(any=["^(?P<cut>(?P<value>ROMA) - )"])]).hits(View("ROMA - Piove"))
    assert found[0][0] == Hit((0, 7), (0, 4))


def test_value_of_a_starts_literal_is_the_rest_of_the_line() -> None:
    assert Matcher([rule(starts=["editor:"])]).hits(View("Editor: Ana Ruiz"))[0][0].value == (7, 16)


def test_pattern_that_re2_cannot_compile_is_an_error_with_a_hint() -> None:
    with pytest.raises(RuleError, match="look-around"):
        compile_pattern("(?=a)b")


def test_catastrophic_pattern_ends_at_once() -> None:
    assert compile_pattern(r"^(a|aa)+$").search("a" * 100_000 + "b") is None


def test_every_pattern_is_asked_wherever_it_can_match() -> None:
    # The automaton, the screens and the sighting only leave out lines that RE2 would say no to.
    rules = load_rules(preview=True)
    missed = []
    for language in sorted((DATA / "articles").iterdir()):
        article = min(language.glob("*.txt"))
        view = View(article.read_text(encoding="utf-8"))
        mine = rules.for_document(frozenset({language.name}), None)
        found = mine.matcher.hits(view)
        for number, rule in enumerate(mine.rules):
            patterns = [Pattern(number, source, rule.where.first, rule.where.last) for source in rule.any]
            for line in window(len(view), rule.where.first, rule.where.last) if patterns else ():
                hits = is_shaped(rule, view, line) and any(pattern.find(view.lines[line]) for pattern in patterns)
                if hits and not mine.matcher.is_exception(number, view.lines[line]):
                    missed += [(article.name, rule.id, line)] * (number not in found.get(line, {}))
    assert view.lines
    assert not missed


@pytest.mark.parametrize(
    ("pattern", "begins", "ends"),
    [
        (r"^(read|see) also$", ("\nread also", "\nsee also"), ("read also\n", "see also\n")),
        (r"^(\[ ?)?more .{3}[.!]?$", ("\n[ more ", "\n[more ", "\nmore "), ("\n",)),
        (r"^(\d\. )?tags: .+", (*(f"\n{digit}" for digit in range(10)), "\ntags: "), ("\n",)),
        (r"photo: .+|^ad$", ("\n",), ("\n",)),
        (r"^(^ad|ads)$", ("\nad", "\nads"), ("ad\n", "ads\n")),
        (r"^(^ad\d|ads)$", ("\n",), (*(f"{digit}\n" for digit in range(10)), "ads\n")),
        (r"(?-i:[A-Z])+ news$", ("\n",), (" news\n",)),
    ],
)
def test_edges_are_what_lines_must_begin_and_end_with(
    pattern: str, begins: tuple[str, ...], ends: tuple[str, ...]
) -> None:
    assert edges(pattern) == (begins, ends)


def test_line_that_comes_again_says_the_same_until_it_is_forgotten() -> None:
    matcher = Matcher([rule(starts=["read more"], none=["reuters$"]), rule(any=["^read .+s$"], where={"first": 2})])
    lines = ["Read more: Reuters", "Read more: rivers"]
    alone = {line: matcher.hits(View(line))[0].keys() for line in lines}
    again = matcher.hits(View("\n".join(["first", *lines, *lines])))
    assert alone == {lines[0]: {1}, lines[1]: {0, 1}}
    assert {line: set(found) for line, found in again.items()} == {1: {1}, 2: {0}, 4: {0}}
    matcher.forget()
    assert matcher.hits(View("\n".join(["first", *lines, *lines]))) == again


def test_matcher_remembers_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curator.rules.match._MOST_REMEMBERED", 3)
    matcher = Matcher([rule(has=["river"])])
    sizes = []
    for number in range(5):
        assert matcher.hits(View(f"river {number}")) == {0: {0: Hit((0, 5))}}
        sizes.append(len(matcher._memory))
    assert sizes == [1, 2, 3, 0, 1]  # full, it begins anew
