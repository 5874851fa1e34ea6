from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import EXPECTED
from wholepages import ARTICLES, whole_page

from curator.cleaner import Cleaner
from curator.document import Cleaned, Document, restore
from curator.judgement import LINE_MODEL, STRAY_LINE, Judgement
from curator.repair import repair
from curator.rules.load import load_rules
from curator.rules.model import Rule
from curator.rules.ruleset import RuleSet
from curator.settings import CleanSettings

LANGUAGES = sorted(ARTICLES)


def cleaned(text: str, *, text_is: str = "auto", rules: RuleSet | None = None) -> Cleaned:
    settings = CleanSettings.model_validate({"text": text_is})
    return Cleaner(rules or RuleSet(()), settings).clean(Document("", text, "text"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_article_of_a_whole_page_is_found(language: str) -> None:
    text, article, furniture = whole_page(language)
    lines = {line for line in cleaned(text).text.split("\n") if line}
    body = article[1:]  # the headline may go: its like stand in the lists
    kept = sum(len(line) for line in body if line in lines)
    assert kept >= 0.9 * sum(map(len, body))  # a heading and the short items of a list under it may be lost
    assert sum(line in lines for line in furniture) <= 0.05 * len(furniture)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_model_takes_can_be_put_back(language: str) -> None:
    found = cleaned(whole_page(language)[0])
    assert any(removal.rule == LINE_MODEL for removal in found.removals)
    assert restore(found.text, found.removals) == found.repaired


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article_found_is_main_text_the_second_time(language: str) -> None:
    once = cleaned(whole_page(language)[0], rules=load_rules())
    again = cleaned(once.text, rules=load_rules())
    assert again.text == once.text
    assert not again.removals


def test_every_line_that_goes_says_why() -> None:
    removals = [r for r in cleaned(whole_page("en")[0]).removals if r.rule == LINE_MODEL]
    assert all(removal.why and removal.why.startswith("chance 0.") for removal in removals)
    assert len({removal.why for removal in removals}) > len(removals) // 4


def test_main_text_is_left_to_the_rules() -> None:
    texts = [file.read_text(encoding="utf-8") for file in sorted((EXPECTED / "articles").rglob("*.txt"))]
    assert len(texts) > 80
    assert [text[:40] for text in texts if Judgement.of(repair(text), None, "auto").odds > 0] == []
    assert [text[:40] for text in texts if cleaned(text).removals] == []


def article_and_strays() -> tuple[list[str], list[str]]:
    """Return the lines of an article, and a few that a scraper left after it: no page, and no clean text."""
    _, article, furniture = whole_page("en")
    return article, [line for line in furniture if len(line.split()) < 4][:8]


def test_lines_of_main_text_that_are_hardly_its_own_go() -> None:
    article, strays = article_and_strays()
    text = "\n\n".join([*article, *strays])
    assert Judgement.of(repair(text), None, "auto").odds <= 0
    found = cleaned(text)
    assert found.text == repair("\n\n".join(article))
    assert {removal.rule for removal in found.removals} == {STRAY_LINE}
    assert restore(found.text, found.removals) == found.repaired
    assert cleaned(text, text_is="main").text == repair(text)


def test_a_stray_line_that_a_rule_knows_is_the_rules() -> None:
    article, strays = article_and_strays()
    known = Rule(id="x.known", title="A line this rule knows", kind="line", status="stable", is_=(strays[3],))
    kept = Rule(id="x.kept", title="A line to be kept", kind="line", action="keep", status="stable", is_=(strays[5],))
    found = cleaned("\n\n".join([*article, *strays]), rules=RuleSet([known, kept]))
    assert [removal.text.strip() for removal in found.removals if removal.rule == "x.known"] == [strays[3]]
    assert strays[5] in found.text


def test_a_text_said_to_be_main_text_is_not_asked_about() -> None:
    text, *_ = whole_page("en")
    assert cleaned(text, text_is="main").text == repair(text)


def test_a_text_said_to_be_a_whole_page_is_cleaned_in_any_case() -> None:
    _, article, _ = whole_page("en")
    short = "\n".join(["Home", "Sign in", "Weather", "Traffic", *article, "Terms", "Privacy", "Cookies", "Contact"])
    assert cleaned(short, text_is="page").text != repair(short)


def test_lines_that_keep_rules_keep_stay() -> None:
    text, *_ = whole_page("en")
    keep = Rule(id="x.keep", title="What must stay in any case", kind="line", action="keep", has=("Otters",))
    assert "Otters return to the mill race" not in cleaned(text).text
    assert "Otters return to the mill race" in cleaned(text, rules=RuleSet([keep])).text


def test_the_headline_its_source_gives_stays() -> None:
    text, article, _ = whole_page("en")
    found = Cleaner(RuleSet(())).clean(Document("", text, "text", title=article[0]))
    assert article[0] in found.text.split("\n")


def test_the_answer_does_not_depend_on_what_was_cleaned_before() -> None:
    texts = [whole_page(language)[0] for language in LANGUAGES]
    one, two = Cleaner(RuleSet(())), Cleaner(RuleSet(()))
    forth = [one.clean(Document("", text, "text")).removals for text in texts]
    back = [two.clean(Document("", text, "text")).removals for text in reversed(texts)]
    assert forth == back[::-1]


def test_a_short_text_needs_no_model() -> None:
    code = (
        "import sys; from curator.cleaner import Cleaner; from curator.document import Document;"
        "from curator.rules.ruleset import RuleSet;"
        "Cleaner(RuleSet(())).clean(Document('', 'Dam opens\\n\\nThe gates opened at dawn.', 'text'));"
        "sys.exit('curator.extract.lines.model' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
