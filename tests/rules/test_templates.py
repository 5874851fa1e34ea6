"""A site's template lines in one document: what they may take, and what stays whatever a pack says."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents, rule_sets

from curator.cleaner import Cleaner
from curator.document import Document, Removal, restore
from curator.repair import repair
from curator.rules.decide import Context
from curator.rules.model import Rule
from curator.rules.ruleset import RuleSet
from curator.rules.templates import Templates, settle_page
from curator.rules.view import View

SITE = "harian.example"
MENU = ["Berita utama", "Olahraga", "Cuaca dan ombak", "Arsip", "Masuk", "Iklan baris", "Tentang kami", "Kontak"]
PROSE = "The bridge over the river was closed on Monday because the flood had carried away one of its pillars."
NOTICE = "We and our partners store information on your device and ask you to agree to that before you read on."


def line_rule(number: int, text: str, **fields: object) -> Rule:
    given = {"id": f"site.harian.{number}", "title": "a line", "kind": "line", "status": "stable", "is": (text,)}
    return Rule.model_validate(given | {"site": SITE} | fields)


def templates(lines: Iterable[str]) -> Templates:
    return Templates({SITE: tuple(line_rule(number, line.lower()) for number, line in enumerate(lines))})


def cleaned(lines: Iterable[str], own: Templates, *, rules: RuleSet | None = None, **fields: str):
    document = Document("", "\n\n".join(lines), "text", **{"site": SITE, **fields})
    cleaner = Cleaner(rules or RuleSet(()))
    article = cleaner.extract(document)
    found = cleaner.clean_extracted(article, own)
    assert restore(found.text, found.removals) == article.text
    return found


def test_a_short_article_under_a_long_menu_loses_the_menu() -> None:
    long = [*MENU, *(f"Kota {name}" for name in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")]
    found = cleaned([*long, PROSE, PROSE.replace("Monday", "Tuesday")], templates(long))
    assert found.text == f"{PROSE}\n\n{PROSE.replace('Monday', 'Tuesday')}"
    assert (found.verdict.kept, found.verdict.reason) == (True, "")
    assert len(found.removals) == len(long)


def test_the_last_running_text_is_never_taken_and_the_verdict_says_so() -> None:
    more = ["Rain is coming, said the mayor of Karsa", "Nobody was hurt when it fell into the water"]
    lines = [*MENU, NOTICE, *more]
    found = cleaned(lines, templates([*MENU, NOTICE]))
    assert found.text == "\n\n".join(lines)
    assert (found.verdict.kept, found.verdict.reason) == (True, "guard-templates")
    assert "no running text would stay" in found.verdict.detail
    assert cleaned([*lines, PROSE], templates([*MENU, NOTICE])).text == "\n\n".join([*more, PROSE])


def test_other_rules_still_run_where_template_lines_are_left_in() -> None:
    advert = line_rule(99, "iklan", id="any.line.advert", site=None)
    found = cleaned([*MENU, NOTICE, "Iklan"], templates([*MENU, NOTICE]), rules=RuleSet([advert]))
    assert [removal.rule for removal in found.removals] == ["any.line.advert"]
    assert found.verdict.reason == "guard-templates"


def test_a_page_without_running_text_is_emptied_of_template_lines() -> None:
    assert cleaned([*MENU, *MENU], templates(MENU)).verdict.reason == "empty"


def test_the_headline_stays_where_the_source_tells_it() -> None:
    lines = ["Cuaca dan ombak", *MENU, PROSE, PROSE.lower()]
    kept = cleaned(lines, templates(MENU), title="Cuaca dan ombak | Harian").text.split("\n\n")
    assert kept.count("Cuaca dan ombak") == 2
    assert "Cuaca dan ombak" not in cleaned(lines, templates(MENU), title="Banjir di Karsa").text


def test_what_other_rules_know_is_left_to_them() -> None:
    source = Rule(
        id="any.line.source",
        title="the source",
        kind="line",
        action="extract",
        into="source",
        status="stable",
        any=("^Sumber: (?P<value>.+)$",),
        where={"last": 2},
    )
    lines = [*MENU, PROSE, PROSE.lower(), "Sumber: Antara"]
    found = cleaned(lines, templates([*MENU, "Sumber: Antara"]), rules=RuleSet([source]))
    assert found.metadata.source == "Antara"
    assert [r.rule for r in found.removals][-1] == "any.line.source"
    # Below its own limit a rule knows nothing, and the line is a template line after all.
    limited = source.model_copy(update={"max_share": 0.001})
    found = cleaned(lines, templates([*MENU, "Sumber: Antara"]), rules=RuleSet([limited]))
    assert [r.rule for r in found.removals][-1] == "site.harian.8"


def test_exceptions_of_other_rules_win() -> None:
    exception = line_rule(98, "arsip", id="any.keep.archive", site=None, action="keep")
    found = cleaned([*MENU, PROSE, PROSE.lower()], templates(MENU), rules=RuleSet([exception]))
    assert found.text.split("\n\n")[0] == "Arsip"
    assert len(found.removals) == len(MENU) - 1


def test_rules_of_a_site_are_not_used_on_another_nor_on_hosts_under_it() -> None:
    lines = [*MENU, PROSE, PROSE.lower()]
    for site in ("other.example", f"sport.{SITE}"):
        assert cleaned(lines, templates(MENU), site=site).removals == ()
    assert len(cleaned(lines, templates(MENU), site=f"www.{SITE.upper()}").removals) == len(MENU)
    named = {"site": "Harian Pagi", "url": f"https://{SITE}/1"}
    assert len(cleaned(lines, templates(MENU), **named).removals) == len(MENU)


def test_a_line_that_other_rules_make_a_template_line_goes_too() -> None:
    mark = Rule(id="any.span.mark", title="an end mark", kind="span", status="stable", any=(r"(?P<cut> \*+)$",))
    found = cleaned(["Berita utama ***", PROSE, PROSE.lower()], templates(MENU), rules=RuleSet([mark]))
    assert [(r.rule, r.text) for r in found.removals] == [
        ("site.harian.0", "Berita utama"),
        ("any.span.mark", " ***"),
        ("site.harian.0", "\n\n"),
    ]


@settings(max_examples=300)
@given(documents(), rule_sets, st.data())
def test_nothing_is_lost_nothing_is_left_and_prose_stays(text: str, rules: RuleSet, data: st.DataObject) -> None:
    repaired = repair(text)
    view = View(repaired)
    known = [line for line in view.lines if re.search(r"\w", line)]
    own = templates(data.draw(st.lists(st.sampled_from(known), unique=True)) if known else ())
    context = Context(site=SITE, title=data.draw(st.none() | st.sampled_from(known)) if known else None)
    once = settle_page(repaired, rules, context, max_share=1.0, templates=own)
    assert restore(once.text, once.removals) == repaired
    assert in_order(once.removals)
    again = settle_page(once.text, rules, context, max_share=1.0, templates=own)
    assert again.guard == "unsettled" or (again.text, again.removals) == (once.text, ())
    alone = settle_page(repaired, RuleSet(()), context, max_share=1.0, templates=own)
    assert bool(View(alone.text).prose) == bool(view.prose)


def in_order(removals: tuple[Removal, ...]) -> bool:
    return all(one.end <= other.start for one, other in itertools.pairwise(removals))
