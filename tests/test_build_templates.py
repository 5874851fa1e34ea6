"""Template lines in a build: what repeats around the articles of a site goes, what repeats in them stays."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import checksums
from typer.testing import CliRunner

from curator.cli.app import app
from curator.corpus import BuildResult, build
from curator.document import restore
from curator.errors import OutputError, RuleError, UsageError
from curator.ledger import read_removals
from curator.progress import Silent
from curator.rules.check.run import check_rules
from curator.rules.linecounts import LineCounts
from curator.rules.load import load_rules
from curator.rules.mine import Thresholds, propose_site
from curator.rules.stretch import prose_hashes
from curator.settings import Settings

# A site whose furniture is in no language a rule is written for.
HEAD = [
    "La ĵurnalo de la marbordo ekde 1907",
    "Ŝtrumo",
    "Hejmo",
    "Urbo kaj haveno",
    "Sporto",
    "Kulturo",
    "Serĉi en la arkivo",
    "Ensaluti",
]
# Longer than any line of an article, and close to it.
NOTICE = (
    "Ĉi tiu ĵurnalo uzas kuketojn por mezuri kiom ofte ĝi estas legata kaj de kiu, kaj vi povas tion malpermesi per la "
    "agordoj de via retumilo aŭ skribe."
)
FOOT = [
    "Sendi al amiko",
    "Presi",
    NOTICE,
    "Pri ni",
    "Reklamoj",
    "Kontakto kaj adreso",
    "Ĉiuj rajtoj rezervitaj de la eldonejo Ŝtrumo",
]
PLACES = ["Karsa", "Lembor", "Wanea", "Ruteng", "Bolok", "Sikka", "Ende", "Maumere", "Alor", "Rote", "Sabu", "Soe"]
OTHERS = ["Kupang", "Atambua", "Kefa", "Larantuka", "Waingapu"]
THINGS = ["bridge", "market hall", "school", "old lighthouse", "ferry landing", "salt works"]


def article(number: int, place: str) -> list[str]:
    """The lines of one article, with what looks like furniture: headings and a refrain that other articles have too."""
    thing, other = THINGS[number % 6], THINGS[(number + 1) % 6]
    return [
        f"{place} will rebuild its {thing} before the rains",
        f"The council of {place} decided on Monday night to rebuild the {thing}, which a storm had damaged in March.",
        f"It will cost {number + 3} million and take a year, said the engineer who has looked at every beam of it.",
        "Background",
        f"The {other} of {place} was repaired only {number + 2} years ago, with money that came from the harbour.",
        "What happens next",
        f"Work on the {thing} begins in week {number + 9}, and the fishermen of {place} keep their nets elsewhere.",
        f"{PLACES[-number - 1]} and {place} have asked the province for help with both, and wait for an answer.",
    ]


def text_of(lines: Sequence[str]) -> str:
    return "\n\n".join(lines)


def with_furniture(number: int, lines: list[str]) -> list[str]:
    """Put the furniture of the site around an article; the time to read it and its readers differ by page."""
    return [*HEAD, f"{number % 7 + 2} minutoj por legi", *lines, f"Legita {number * 37 + 5} fojojn", *FOOT]


def write_rows(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def row(site: str, number: int, lines: Sequence[str]) -> dict[str, str]:
    return {"id": f"{site}-{number}", "url": f"https://www.{site}/{number}", "text": text_of(lines)}


def site_rows() -> list[dict[str, str]]:
    """Twelve pages of a site, two of another with the same furniture, and one document without a site."""
    pages = [with_furniture(n, article(n, place)) for n, place in enumerate(PLACES)]
    others = [with_furniture(n, article(n, place)) for n, place in enumerate(OTHERS[:2])]
    rows = [row("strumo.example", n, lines) for n, lines in enumerate(pages)]
    rows += [row("two.example", n, lines) for n, lines in enumerate(others)]
    return [*rows, {"id": "homeless", "text": text_of(with_furniture(5, article(5, OTHERS[2])))}]


def keep_all(**templates: object) -> Settings:
    """Settings for many small tasks, that drop no near duplicate and leave all lines to the templates and rules."""
    return Settings.model_validate(
        {"task_documents": 4, "clean": {"text": "main"}, "dedup": {"drop": ["exact"]}, "templates": templates}
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """The corpus of the made sites, and the file it is from beside it."""
    folder = tmp_path_factory.mktemp("site")
    return build([write_rows(folder / "in.jsonl", site_rows())], folder / "corpus", keep_all(), workers=1)


def texts(corpus: Path) -> dict[str, str]:
    files = corpus.glob("data/**/*.parquet")
    return {r["id"]: r["text"] for f in files for r in pq.read_table(f, columns=["id", "text"]).to_pylist()}


def test_no_template_line_is_left_and_no_line_of_an_article_is_gone(built: BuildResult) -> None:
    found = texts(built.out)
    for number, place in enumerate(PLACES):
        assert found[f"strumo.example-{number}"].split("\n\n") == article(number, place)


def test_two_pages_of_a_site_and_documents_without_one_lose_nothing(built: BuildResult) -> None:
    given = {r["id"]: r["text"] for r in site_rows()}
    found = texts(built.out)
    for name in ("two.example-0", "two.example-1", "homeless"):
        assert found[name] == given[name]


def test_removals_are_in_the_ledger_under_the_ids_of_the_pack(built: BuildResult) -> None:
    own = {rule.id for rule in load_rules(built.out / "templates.toml", shipped=False).rules}
    given = {r["id"]: r["text"] for r in site_rows()}
    found, size, spans = texts(built.out), 0, 0
    removals = dict(read_removals(built.out))
    assert len(removals) == len(PLACES)
    for name, taken in removals.items():
        assert restore(found[name], taken) == given[name]
        assert {r.rule for r in taken} <= own
        assert len(taken) == len(HEAD) + len(FOOT) + 2
        spans, size = spans + len(taken), size + sum(len(r.text) for r in taken)
    assert built.manifest.templates == {"rules": 17, "sites": 1, "removals": spans, "characters_removed": size}


def test_pack_is_an_output_that_loads_and_passes_the_check(built: BuildResult) -> None:
    path = built.out / "templates.toml"
    count, findings = check_rules([path])
    assert count == len(load_rules(path, shipped=False)) == 17
    assert [finding for finding in findings if finding.level == "error"] == []
    (listed,) = [o for o in built.manifest.outputs if o["path"] == "templates.toml"]
    assert (listed["rows"], listed["bytes"]) == (17, path.stat().st_size)
    card = (built.out / "README.md").read_text(encoding="utf-8")
    assert listed["sha256"][:16] in card
    assert "17 rules for 1 sites" in card


def test_rules_are_those_mined_from_all_pages_at_once(built: BuildResult) -> None:
    counts = LineCounts()
    for number, place in enumerate(PLACES):
        text = text_of(with_furniture(number, article(number, place)))
        counts.add("strumo.example", text, notices=frozenset(prose_hashes(NOTICE)))
    mined = propose_site(counts, "strumo.example", Thresholds(), status="stable")
    loaded = load_rules(built.out / "templates.toml", shipped=False)
    assert {rule.id: rule for rule in loaded.rules} == {rule.id: rule for rule in mined}


def test_same_bytes_for_any_worker_count_task_size_and_input_order(tmp_path: Path, built: BuildResult) -> None:
    rows = site_rows()
    one = write_rows(tmp_path / "a.jsonl", rows[:7])
    two = write_rows(tmp_path / "b.jsonl", rows[7:])
    first, second, third = (tmp_path / n / "corpus" for n in "123")
    build([one, two], first, keep_all(), workers=1)
    build([two, one], second, keep_all(), workers=2)
    assert checksums(first) == checksums(second)
    assert "templates.toml" in checksums(first)
    large = keep_all().model_copy(update={"task_documents": 100})
    build([one, two], third, large, workers=1)
    packs = [(out / "templates.toml").read_bytes() for out in (built.out, first, third)]
    assert packs[0] == packs[1] == packs[2]


class Stopping(Silent):
    """A reporter that ends the build when a stage begins, and notes how many tasks each had left to do."""

    def __init__(self, last: str = "") -> None:
        self.last, self.tasks = last, dict[str, int]()

    def stage(self, name: str, tasks: int) -> None:
        self.tasks[name] = tasks
        if name == self.last:
            raise KeyboardInterrupt


@pytest.mark.parametrize("stage", ["count", "templates", "pack", "clean"])
def test_killed_between_the_passes_it_goes_on_where_it_stopped(tmp_path: Path, built: BuildResult, stage: str) -> None:
    source = shutil.copy(built.out.parent / "in.jsonl", tmp_path)
    with pytest.raises(KeyboardInterrupt):
        build([source], tmp_path / "corpus", keep_all(), workers=1, reporter=Stopping(stage))
    rest = Stopping()
    build([source], tmp_path / "corpus", keep_all(), workers=1, reporter=rest)
    order = ["extract", "count", "templates", "pack", "clean"]
    assert [name for name in order if rest.tasks[name]] == order[order.index(stage) :]
    assert checksums(tmp_path / "corpus") == checksums(built.out)


def test_pack_of_an_earlier_build_is_used_instead_of_counting(tmp_path: Path, built: BuildResult) -> None:
    pack = built.out / "templates.toml"
    lines = with_furniture(3, article(3, OTHERS[3]))
    source = write_rows(tmp_path / "new.jsonl", [row("strumo.example", 99, lines)])
    watched = Stopping()
    again = build([source], tmp_path / "corpus", keep_all(), templates=pack, workers=1, reporter=watched)
    assert "count" not in watched.tasks
    assert texts(again.out)["strumo.example-99"].split("\n\n") == article(3, OTHERS[3])
    assert (again.out / "templates.toml").read_bytes() == pack.read_bytes()
    assert again.manifest.templates["removals"] == 17
    assert build([source], again.out, keep_all(), templates=pack, workers=1).resumed
    with pytest.raises(OutputError, match=r"templates: [0-9a-f]{64} → "):
        build([source], again.out, keep_all(), workers=1)


def test_ledger_and_funnel_say_where_template_lines_were_left_in(tmp_path: Path, built: BuildResult) -> None:
    listing = [*HEAD, "Karsa: ferry at nine", "Lembor: no ferry", *FOOT]
    source = write_rows(tmp_path / "in.jsonl", [row("strumo.example", 1, listing)])
    result = build([source], tmp_path / "out", keep_all(), templates=built.out / "templates.toml", workers=1)
    assert texts(result.out)["strumo.example-1"].split("\n\n") == listing
    assert result.funnel.guarded == {"guard-templates": 1}
    ((_, entries),) = read_removals(result.out)
    assert [(entry.rule, entry.action) for entry in entries] == [("curator.guard-templates", "guard")]


def test_pack_that_is_not_about_the_text_of_sites_is_refused_at_once(tmp_path: Path, built: BuildResult) -> None:
    source = built.out.parent / "in.jsonl"
    everywhere = tmp_path / "everywhere.toml"
    pack = (built.out / "templates.toml").read_text(encoding="utf-8")
    everywhere.write_text(pack.replace('site   = "strumo.example"\n', "", 1), encoding="utf-8")
    with pytest.raises(RuleError, match="not for the text of one site"):
        build([source], tmp_path / "out", templates=everywhere, workers=1)
    everywhere.write_text(pack.replace('"stable"', '"experimental"'), encoding="utf-8")
    with pytest.raises(RuleError, match="no rule of this pack would run"):
        build([source], tmp_path / "out", templates=everywhere, workers=1)
    with pytest.raises(UsageError, match="given and switched off"):
        build([source], tmp_path / "out", keep_all(enabled=False), templates=built.out / "templates.toml")
    assert not (tmp_path / "out").exists()


def test_settings_say_how_often_a_line_must_repeat(tmp_path: Path, built: BuildResult) -> None:
    source = built.out.parent / "in.jsonl"
    for name, settings in (("off", keep_all(enabled=False)), ("many", keep_all(min_pages=13))):
        result = build([source], tmp_path / name, settings, workers=1)
        assert result.manifest.templates == {}
        assert not (result.out / "templates.toml").exists()
        assert texts(result.out)["strumo.example-0"] == site_rows()[0]["text"]


def test_the_command_takes_a_pack_and_can_do_without(tmp_path: Path, built: BuildResult) -> None:
    source = str(built.out.parent / "in.jsonl")

    def run(*arguments: str) -> str:
        return CliRunner().invoke(app, ["build", source, "-w", "1", *arguments]).output

    assert "template lines of 1 sites" in run("-o", str(tmp_path / "a"), "--templates", f"{built.out}/templates.toml")
    assert "template lines" not in run("-o", str(tmp_path / "b"), "--no-templates")
    assert not (tmp_path / "b" / "templates.toml").exists()
