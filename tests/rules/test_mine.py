"""Mining: what repeats around articles becomes rules, what repeats in articles does not."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

from curator.errors import OutputError
from curator.mining import count_corpus, mine_languages, mine_sites, page_text, write_packs
from curator.rules.check.examples import fires_on
from curator.rules.check.run import check_rules
from curator.rules.decide import Context
from curator.rules.linecounts import LineCounts, merge
from curator.rules.load import load_rules
from curator.rules.match import Matcher
from curator.rules.mine import Thresholds, propose_language, propose_site
from curator.rules.model import Pack
from curator.rules.ruleset import RuleSet
from curator.rules.settle import settle
from curator.rules.stretch import article_lines, prose_hashes
from curator.rules.view import View
from curator.rules.write import pack_to_toml

SITE = "harian.example"
PLACES = ["Karsa", "Lembor", "Tanjung", "Wanea", "Ruteng", "Bolok", "Sikka", "Ende", "Maumere", "Alor", "Rote", "Sabu"]


def prose(place: str, about: str) -> str:
    return f"The {about} of {place} said on Monday that the bridge over the river would be closed until the rain ends."


def article(place: str, *inside: str) -> list[str]:
    """An article of its own: headline, four paragraphs, and what stands between the second and the third."""
    first, second, *rest = (prose(place, about) for about in ("mayor", "ferry captain", "teacher", "oldest fisherman"))
    return [f"Bridge of {place} closes after the flood", first, second, *inside, *rest]


def page(*lines: str | Sequence[str]) -> str:
    return "\n\n".join(itertools.chain.from_iterable([part] if isinstance(part, str) else part for part in lines))


MENU = ["Home", "Politics and law", "Sport", "Weather maps", "Sign in", "Search the archive"]
FOOTER = ["About this newspaper", "Advertise with us", "Terms", "Privacy", "All rights reserved by Harian"]


def counted(pages: Sequence[str], site: str = SITE) -> LineCounts:
    counts = LineCounts()
    for text in pages:
        counts.add(site, text)
    return counts


def proposed(pages: Sequence[str], **thresholds: float) -> set[str]:
    """Return the lines and patterns proposed for a site with these pages."""
    rules = propose_site(counted(pages), SITE, Thresholds(**thresholds))  # type: ignore[arg-type]
    return {text for rule in rules for text in (*rule.is_, *rule.any)}


def test_menu_and_footer_are_proposed_and_cleaning_with_them_leaves_the_articles() -> None:
    articles = [article(place) for place in PLACES]
    pages = [page(MENU, lines, FOOTER) for lines in articles]
    rules = propose_site(counted(pages), SITE, status="stable")
    found = {rule.is_[0] for rule in rules}
    assert found >= {"home", "politics and law", "search the archive", "advertise with us"}
    for text, lines in zip(pages, articles, strict=True):
        left = settle(text, RuleSet(rules), Context(site=SITE)).text.split("\n\n")
        assert left == lines
    assert all(rule.status == "experimental" for rule in propose_site(counted(pages), SITE))


def test_a_single_word_close_to_articles_is_proposed_where_its_neighbours_never_change() -> None:
    kickers = ["Politics", "Weather", "Sport"]

    def pages(number: int, *below: str) -> list[str]:
        parts = enumerate(PLACES[:number])
        return [page(MENU, kickers[n % 3], article(place), [*below, "Share", "Print"], FOOTER) for n, place in parts]

    found = proposed(pages(12))
    assert {"share", "print"} <= found
    assert not {kicker.lower() for kicker in kickers} & found
    # Right below articles it is a heading of theirs, unless it is on nearly all pages of the site.
    assert "share" not in proposed(pages(4))
    assert "print" in proposed(pages(4))
    others = [page(MENU, article(place), FOOTER) for place in ("Kupang", "Atambua")]
    assert "share" not in proposed([*pages(12), *others])


def test_the_headline_of_a_column_is_not_taken_for_the_name_of_the_site() -> None:
    daily = ["Weather of today on the coast", "Monday 3 March"]
    column = [page(MENU, [*daily, *article(place)[1:]], FOOTER) for place in PLACES[:8]]
    others = [page(MENU, article(place), FOOTER) for place in PLACES[8:]]
    assert daily[0].lower() not in proposed([*column, *others])
    assert MENU[-1].lower() in proposed([*column, *others])


LONG_NOTICE = (
    "We and our partners store information on your device and ask you to agree to that before you read on, which you "
    "may take back whenever you like, and which costs you nothing at all."
)


def counted_with(notice: str, pages: Sequence[str]) -> set[str]:
    counts = LineCounts()
    for text in pages:
        counts.add(SITE, text, notices=frozenset(prose_hashes(notice)))
    return {text for rule in propose_site(counts, SITE) for text in (*rule.is_, *rule.any)}


def test_a_known_notice_is_neither_an_article_nor_the_end_of_one() -> None:
    pages = [page(MENU, article(place), ["Share this story", "Print", LONG_NOTICE], FOOTER) for place in PLACES]
    # Longer than all that articles say, it makes them look like copies of one.
    assert proposed(pages) == set()
    found = counted_with(LONG_NOTICE, pages)
    assert {LONG_NOTICE.lower(), "share this story", "print", "home", "advertise with us"} <= found
    assert not {line.lower() for place in PLACES for line in article(place)} & found


def test_running_text_is_counted_where_it_may_be_a_notice() -> None:
    text = page(MENU, LONG_NOTICE, article("Karsa"), FOOTER)

    def of(notices: frozenset[int] | None) -> dict[str, bool]:
        counts = LineCounts()
        counts.add(SITE, text, notices=notices)
        return {line: count.prose for (line, _), count in counts.lines[SITE].items()}

    everything = of(None)
    assert sum(everything.values()) > 2
    assert of(frozenset()) == {line: False for line, is_prose in everything.items() if not is_prose}
    assert [line for line, is_prose in of(frozenset(prose_hashes(LONG_NOTICE))).items() if is_prose] == [
        LONG_NOTICE.lower()
    ]


def test_a_story_stored_again_and_again_is_no_notice() -> None:
    story = article("Karsa")
    versions = [page(MENU, story, prose(place, "head of the oldest school"), FOOTER) for place in PLACES[:6]]
    assert counted_with("\n".join(story), versions) == set()
    # Where nobody says so they look like different articles.
    assert "home" in proposed(versions)


def test_running_text_in_which_numbers_differ_is_news() -> None:
    said = "The index of the coast closed {} points lower on Friday, in line with all other indexes of the region."
    pages = [page(MENU, article(place), [*FOOTER, said.format(n)]) for n, place in enumerate(PLACES, 31)]
    assert not [text for text in proposed(pages) if "index" in text]
    assert said.format(7).lower() in proposed(
        [text.replace(said.format(n), said.format(7)) for n, text in enumerate(pages, 31)]
    )


def test_headings_inside_articles_are_not_proposed() -> None:
    pages = [page(MENU, article(place, "Background", "What happens next"), FOOTER) for place in PLACES]
    assert not {"background", "what happens next"} & proposed(pages)


def test_a_menu_word_that_is_a_heading_on_one_page_is_left_alone() -> None:
    far = ["Home", "Politics", "Ende", *MENU[1:], *MENU[1:]]
    pages = [page(far, article(place), FOOTER) for place in PLACES[:8]]
    assert {"politics", "ende"} <= proposed(pages)
    assert "ende" not in proposed([*pages, page(far, article("Kupang", "Ende"), FOOTER)])


def test_a_heading_over_lists_that_differ_is_not_proposed() -> None:
    # Below the last prose, on every page, but between lines that are never the same: a recipe.
    pages = [page(MENU, article(p), f"Serves {p}", "What you need", f"{p} rice", FOOTER) for p in PLACES]
    found = proposed(pages)
    assert "what you need" not in found
    assert "advertise with us" in found


def test_copies_of_one_article_are_one_article() -> None:
    text = page(MENU, article("Karsa", "Background"), FOOTER)
    assert proposed([text] * 5) == set()
    assert proposed([text, text.replace("Monday", "Tuesday", 1), text]) == set()


def test_headlines_among_the_most_read_are_kept_for_their_own_page() -> None:
    headlines = [article(place)[0] for place in PLACES]
    most_read = ["Most read stories", *headlines[:4], *FOOTER]
    pages = [page(MENU, article(place), most_read) for place in PLACES]
    found = proposed(pages)
    assert not {line.lower() for line in headlines} & found
    assert "advertise with us" in found


def test_running_text_must_be_on_half_the_pages_and_on_two_more() -> None:
    notice = "We and our partners store information on your device and ask you to agree to that before you read on."
    others = [page(MENU, article(place), FOOTER) for place in PLACES]
    with_notice = [page(MENU, article(place), [*FOOTER, notice]) for place in PLACES]
    assert notice.lower() in proposed(with_notice)
    assert notice.lower() not in proposed([*with_notice[:5], *others[5:]])
    assert notice.lower() not in proposed(with_notice[:4])
    assert notice.lower() in proposed(with_notice[:5])


def test_a_long_line_that_repeats_inside_articles_is_no_part_of_them() -> None:
    call = "Follow Harian on every channel you like and never miss a story"
    pages = [page(MENU, article(place, call), FOOTER) for place in PLACES]
    assert call.lower() in proposed(pages)
    assert call.lower() not in proposed([*pages[:5], *(page(MENU, article(p), FOOTER) for p in PLACES[5:])])


def test_few_pages_and_a_small_share_of_them_prove_nothing() -> None:
    line = "Special offer for subscribers"
    pages = [page(MENU, article(place), FOOTER) for place in PLACES]
    some = [page(MENU, article(place), [*FOOTER, line]) for place in ("Kupang", "Soe", "Atambua")]
    assert line.lower() in proposed([*pages, *some])
    assert line.lower() not in proposed([*pages, *some[:2]])
    assert line.lower() in proposed([*pages, *some[:2]], documents=2)
    assert line.lower() not in proposed([*pages, *some], share=0.5)
    assert proposed(some[:2]) == set()


def test_lines_that_differ_in_numbers_become_one_pattern_and_bare_numbers_nothing() -> None:
    pages = [
        page(MENU, article(place), [*FOOTER, "12", "* * *", str(n), f"Read {n} times (today)"])
        for n, place in enumerate(PLACES, 101)
    ]
    found = proposed(pages)
    assert r"^Read \d+ times \(today\)$" in found
    assert not {"12", "* * *", r"^\d+$"} & found


def test_half_characters_are_passed_over() -> None:
    pages = [page(MENU, article(place), ["Follow \ud83d us", *FOOTER]) for place in PLACES]
    assert "advertise with us" in proposed(pages)
    assert LineCounts.from_table(counted(pages).to_table()) == counted(pages)


def test_a_site_of_which_no_line_was_kept_shows_nothing() -> None:
    table = counted([page(MENU, article("Karsa"), FOOTER)]).to_table()
    counts = LineCounts.from_table(table.slice(0, 1))
    assert (counts.sites[SITE].documents, propose_site(counts, SITE)) == (1, [])


def test_documents_without_running_text_show_nothing() -> None:
    counts = counted([page(MENU, FOOTER)] * 9)
    assert counts.sites == {}
    assert propose_site(counts, SITE) == []


def test_the_article_is_found_between_menus_and_notices() -> None:
    notice = "We use cookies on this site to measure how you read it, and you may say no to that."
    view = View(page([notice], MENU, article("Karsa", "Background"), FOOTER))
    stretch = article_lines(view, view.prose)
    assert [view.lines[n] for n in stretch] == article("Karsa", "Background")[1:]


@given(st.lists(st.tuples(st.sampled_from(["a.example", "b.example"]), documents()), max_size=6), st.data())
def test_counts_merge_in_any_order_and_grouping_and_survive_arrow(
    pages: list[tuple[str, str]], data: st.DataObject
) -> None:
    lead = prose("Karsa", "mayor")
    parts = []
    whole = LineCounts()
    for site, text in pages:
        part = LineCounts()
        part.add(site, f"{text}\n{lead}")
        whole.add(site, f"{text}\n{lead}")
        parts.append(part)
    cut = data.draw(st.integers(0, len(parts)))
    shuffled = data.draw(st.permutations(parts))
    assert merge(*parts) == whole
    assert merge(merge(*shuffled[:cut]), merge(*shuffled[cut:])) == whole
    table = whole.to_table()
    assert LineCounts.from_table(table) == whole
    assert table == merge(*shuffled).to_table()


def test_counts_of_parts_in_one_table_are_the_counts_of_the_whole() -> None:
    import pyarrow as pa

    pages = [page(MENU, article(place), FOOTER) for place in PLACES]
    parts = [counted(pages[:5]).to_table(), counted(pages[5:]).to_table()]
    assert {"site", "line", "documents", "prose", "example"} <= set(parts[0].column_names)
    assert LineCounts.from_table(pa.concat_tables(parts)) == counted(pages)


def test_proposals_pass_the_check_and_do_not_depend_on_the_order_of_pages(tmp_path: Path) -> None:
    alike = ["Write to us about news", "Write to us about news of the coast", "Write to us about sport"]
    below = ["関連記事", *alike, *FOOTER]
    pages = [page(MENU, article(p), [f"Seen {n} times today", *below]) for n, p in enumerate(PLACES)]
    rules = propose_site(counted(pages), SITE)
    assert rules == propose_site(counted(pages[::-1]), SITE)
    header = Pack(pack=f"site/{SITE}", version="1", license="CC0-1.0", site=SITE)
    path = tmp_path / f"{SITE}.toml"
    path.write_text(pack_to_toml(header, rules), encoding="utf-8")
    count, findings = check_rules([path])
    assert count == len(rules) > 8
    assert [finding for finding in findings if finding.level == "error"] == []
    other = propose_site(counted(pages, "other.example"), "other.example")
    assert not {rule.id for rule in rules} & {rule.id for rule in other}


@given(st.lists(documents(), min_size=1, max_size=4))
def test_every_rule_takes_the_line_it_was_mined_from_and_not_a_longer_one(pages: list[str]) -> None:
    counts = counted([f"{text}\n{prose(place, 'mayor')}" for place, text in zip(PLACES, pages, strict=False)])
    for rule in propose_site(counts, SITE, Thresholds(documents=1, share=0.01, long_share=0.01)):
        matcher = Matcher((rule,))
        assert [fires_on(rule, matcher, line) for line in (*rule.match, *rule.keep)] == [True, False], rule


def sites_with(line: str, number: int) -> LineCounts:
    """Count one page of each of several sites; all have the line below their article."""
    pages = {f"{p.lower()}.example": page(MENU, article(p), ["Tips", line, *FOOTER]) for p in PLACES[:number]}
    return merge(*(counted([text], site) for site, text in pages.items()))


def test_a_phrase_of_several_sites_of_a_language_is_proposed_for_it() -> None:
    line = "Sign up for our morning letter"
    languages = {f"{place.lower()}.example": "en" for place in PLACES}
    (rule,) = [r for r in propose_language(sites_with(line, 3), languages) if r.is_ == (line.lower(),)]
    assert (rule.lang, rule.site, rule.status) == ("en", None, "experimental")
    assert line.lower() not in {t for r in propose_language(sites_with(line, 2), languages) for t in r.is_}
    some = dict(list(languages.items())[:2])
    assert line.lower() not in {t for r in propose_language(sites_with(line, 3), some) for t in r.is_}


def test_names_and_lines_inside_articles_are_not_proposed_for_a_language() -> None:
    languages = {f"{place.lower()}.example": "en" for place in PLACES}

    def found(counts: LineCounts) -> set[str]:
        return {text for rule in propose_language(counts, languages) for text in rule.is_}

    assert "new jersey" not in found(sites_with("New Jersey", 12))
    assert "follow our story live" not in found(sites_with("Follow our story live", 4))
    assert "follow our story live" in found(sites_with("Follow our story live", 5))
    inside = counted([page(MENU, article("Kupang", "Follow our story live"), FOOTER)], "sabu.example")
    assert "follow our story live" not in found(merge(sites_with("Follow our story live", 5), inside))


def test_an_agency_story_on_many_sites_is_one_article() -> None:
    text = page(article("Karsa"), "Reporting from the river by our own team", FOOTER)
    counts = merge(*(counted([text], f"{place.lower()}.example") for place in PLACES))
    assert propose_language(counts, dict.fromkeys(counts.sites, "en")) == []


def test_page_text_has_a_line_for_each_block() -> None:
    html = """<html><head><title>T</title></head><body><nav><a>News</a> <a>Sport</a></nav><script>x()</script>
    <p>Rain<!-- no --> and <b>wind</b><svg><path/></svg> came<br>overnight.</p>
    <table><tr><td>1</td><td>2</td></table>tail"""
    assert page_text(html).split("\n") == ["News Sport", "Rain and wind came", "overnight.", "1", "2", "tail"]
    assert page_text("<!-- nothing -->") == ""


def write_corpus(folder: Path) -> Path:
    folder.mkdir()
    rows = [
        {"url": f"https://www.{SITE}/{place}", "lang": "id", "text": page(MENU, article(place), FOOTER)}
        for place in PLACES
    ]
    rows.append({"text": page(article("Kupang"))})
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    html = "".join(f"<p>{line}</p>" for line in article("Soe"))
    menu = "".join(f"<li>{line}</li>" for line in MENU)
    (folder / "page.html").write_text(
        f'<html><head><link rel="canonical" href="https://{SITE}/soe"></head><body><ul>{menu}</ul>'
        f"<article>{html}</article></body></html>",
        encoding="utf-8",
    )
    return folder


def test_a_corpus_is_mined_by_site_and_what_has_none_is_counted(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "corpus")
    found = count_corpus([folder], with_languages=True)
    assert found.counts.sites.keys() == {SITE}
    assert found.passed_over == {"no-site": 1}
    whole = count_corpus([folder], whole_page=True).counts.lines[SITE]
    line = ("search the archive", False)
    assert whole[line].documents == found.counts.lines[SITE][line].documents + 1
    by_folder = count_corpus([folder], site_from="folder")
    assert by_folder.counts.sites["corpus"].documents == len(PLACES) + 2
    (pack,) = mine_sites(found)
    assert (pack.name, pack.header.site) == (SITE, SITE)
    assert pack.documents == len(PLACES) + 1
    assert 0.3 < pack.covered < 0.7
    assert [pack.name for pack in mine_languages(found)] == ["id"]


def test_mined_packs_are_written_once_and_loaded(tmp_path: Path) -> None:
    packs = mine_sites(count_corpus([write_corpus(tmp_path / "corpus")]))
    (path,) = write_packs(packs, tmp_path / "rules")
    assert len(load_rules(path, shipped=False, preview=True)) == len(packs[0].rules)
    with pytest.raises(OutputError, match="there already"):
        write_packs(packs, tmp_path / "rules")
    assert write_packs(packs, tmp_path / "rules", force=True) == [path]


def test_the_command_writes_packs_to_stdout_or_to_files(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "corpus")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "curator", "rules", "mine", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, check=False, encoding="utf-8")

    shown = run()
    assert shown.returncode == 0
    assert SITE in shown.stderr
    assert "1 no-site" in shown.stderr
    assert tomllib.loads(shown.stdout)["site"] == SITE
    written = run("--out", str(tmp_path / "out"))
    assert (written.returncode, written.stdout) == (0, "")
    assert (tmp_path / "out" / f"{SITE}.toml").read_text(encoding="utf-8") == shown.stdout
    assert run("--out", str(tmp_path / "out")).returncode == 3
    none = run("--min-documents", "50")
    assert (none.returncode, none.stdout) == (0, "")
    assert run("--by", "language").returncode == 0
