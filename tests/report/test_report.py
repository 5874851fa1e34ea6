"""The page about a build: what is on it, that it repeats, and that a document cannot write into it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from conftest import DATA

from curator.cleaner import clean
from curator.corpus import BuildResult, build
from curator.errors import InputError
from curator.report import sample
from curator.report.clusters import word_diff
from curator.report.corpus import article_page, corpus_page
from curator.settings import Settings


def data_of(page: str) -> dict[str, Any]:
    """Return the data a page is drawn from."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


@pytest.fixture(scope="module")
def page(corpus: BuildResult) -> str:
    return corpus_page(corpus.out)


@pytest.fixture(scope="module")
def data(page: str) -> dict[str, Any]:
    return data_of(page)


def text_of(item: dict[str, Any], *, after: bool) -> str:
    return "".join(text for text, *rule in item["pieces"] if not (after and rule))


def chart(charts: Sequence[dict[str, Any]], name: str) -> dict[str, int]:
    return {row[0]: row[1] for row in next(c for c in charts if c["id"] == name)["rows"]}


def test_the_funnel_is_that_of_the_manifest(corpus: BuildResult, data: dict[str, Any]) -> None:
    steps = {row[0]: row[1] for row in data["funnel"]}
    assert (steps["read"], steps["written"]) == (corpus.funnel.read, corpus.funnel.written)


def test_figures_count_every_document(corpus: BuildResult, data: dict[str, Any]) -> None:
    assert sum(chart(data["figures"], "lengths").values()) == corpus.funnel.written
    languages = chart(data["figures"], "languages")
    assert languages["id"] == corpus.funnel.languages["id"]
    sizes = chart(data["figures"], "cluster-sizes")
    assert sum(sizes.values()) == corpus.funnel.clusters
    ledger = [row for file in corpus.out.glob("ledger/*") for row in pq.read_table(file).to_pylist()]
    assert chart(data["removals"], "rules")["any.head.section"] == sum(r["rule"] == "any.head.section" for r in ledger)


def test_dates_after_the_build_are_counted_and_not_drawn(corpus: BuildResult, data: dict[str, Any]) -> None:
    found = next(c for c in data["figures"] if c["id"] == "dates")
    published = [
        d for f in corpus.out.glob("data/*/*") for d in pq.read_table(f, columns=["published"])[0].to_pylist() if d
    ]
    drawn = sum(row[1] for row in found["rows"])
    assert drawn == sum(day <= corpus.manifest.finished[:10] for day in published)
    assert max(row[0] for row in found["rows"]) <= corpus.manifest.finished[:7]


def test_a_document_is_shown_as_it_was_and_as_it_is(corpus: BuildResult, data: dict[str, Any]) -> None:
    rows = {row["id"]: row for f in corpus.out.glob("data/*/*") for row in pq.read_table(f).to_pylist()}
    kept = [item for item in data["documents"] if item["id"] in rows and not item["cut"]]
    assert len(kept) == corpus.funnel.written
    for item in kept:
        assert text_of(item, after=True) == rows[item["id"]]["text"]
    seed = next(item for item in kept if item["id"].endswith("001_7ea180f5c03ff7b4.txt"))
    assert text_of(seed, after=False) == clean((DATA / seed["id"].removeprefix("data/")).read_bytes()).repaired
    named = [data["rules"][rule[0]]["id"] for _, *rule in seed["pieces"] if rule]
    assert "id.line.baca-juga" in named


def test_copies_and_rejected_rows_are_among_the_documents(corpus: BuildResult, data: dict[str, Any]) -> None:
    reasons = [item["reason"] for item in data["documents"]]
    assert reasons.count("near") == corpus.funnel.dropped["near"]
    assert "empty" in reasons


def test_a_cluster_shows_how_the_copy_differs(data: dict[str, Any]) -> None:
    groups = [g for g in data["clusters"]["biggest"] if g["representative"].endswith("harbour-crane-collapse.txt")]
    (member,) = groups[0]["members"]
    assert member["kind"] == "near"
    assert ["-", "injuring"] in member["diff"]
    assert ["+", "hurting"] in member["diff"]


def test_quarantine_is_listed_with_its_reasons(corpus: BuildResult, data: dict[str, Any]) -> None:
    assert dict(data["quarantine"]["reasons"]) == {**corpus.funnel.failed, **corpus.funnel.rejected}
    listed = {row["id"]: row["reason"] for row in data["quarantine"]["rows"]}
    assert listed["data/broken/empty.txt"] == "empty"


def test_the_same_build_gives_the_same_page(corpus: BuildResult, page: str) -> None:
    assert corpus_page(corpus.out) == page


def test_a_large_corpus_is_sampled_and_the_page_says_so(corpus: BuildResult, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "DOCUMENTS", 80)
    small = data_of(corpus_page(corpus.out))
    assert len(small["documents"]) == 80
    assert small["sampled"].startswith("A sample of 80 of 1")
    assert sample.SEED in small["sampled"]
    assert len({item["language"] for item in small["documents"]}) > 10
    assert "near" in {item["reason"] for item in small["documents"]}
    assert sum(chart(small["figures"], "lengths").values()) == corpus.funnel.written


def test_a_build_without_the_file_of_copies_is_shown_too(corpus: BuildResult, tmp_path: Path) -> None:
    shutil.copytree(corpus.out, tmp_path / "old")
    (tmp_path / "old" / "copies.parquet").unlink()
    old = data_of(corpus_page(tmp_path / "old"))
    assert len(old["documents"]) == len(data_of(corpus_page(corpus.out))["documents"]) - sum(
        corpus.funnel.dropped.values()
    )
    assert {m["diff"] for g in old["clusters"]["biggest"] for m in g["members"]} == {None}


def test_markup_in_a_document_stays_inside_the_data_and_a_guard_is_named(tmp_path: Path) -> None:
    evil = "</script><script>document.title='taken'</script><img src=x onerror=alert(1)> {{title}} "
    (tmp_path / "in").mkdir()
    row = {"id": f"x{evil}", "title": evil, "site": evil, "text": f"{evil}\n\n" + "The council met on Monday. " * 30}
    sentence = "Nobody could say on Monday what the bridge over the river had cost."
    guarded = {"id": "guarded", "text": "\n\n".join([sentence, *["Advertisement"] * 40, sentence]), "lang": "en"}
    lines = "".join(json.dumps(r) + "\n" for r in (row, guarded))
    (tmp_path / "in" / "a.jsonl").write_text(lines, encoding="utf-8")
    result = build([tmp_path / "in"], tmp_path / "out", Settings(), workers=1)
    page = corpus_page(result.out)
    reasons = {item["id"]: item["reason"] for item in data_of(page)["documents"]}
    assert reasons["guarded"] == "guard-boilerplate"
    assert page.count("<script") == page.count("</script>") == 2
    assert "<img" not in page
    (item,) = [item for item in data_of(page)["documents"] if item["id"] != "guarded"]
    assert item["title"] == evil
    assert evil.strip() in text_of(item, after=False)


def test_the_page_of_one_article_has_all_of_it() -> None:
    cleaned = clean((DATA / "seeds" / "001_7ea180f5c03ff7b4.txt").read_bytes())
    data = data_of(article_page("seed.txt", cleaned, {"id.line.baca-juga": "Read-also link"}))
    (item,) = data["documents"]
    assert text_of(item, after=False) == cleaned.repaired
    assert text_of(item, after=True) == cleaned.text
    assert {"id": "id.line.baca-juga", "title": "Read-also link"} in data["rules"]


def test_no_build_no_page(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="curator build"):
        corpus_page(tmp_path)


def test_word_diff_puts_both_texts_together_again() -> None:
    one, other = "Banjir merendam 340 rumah di lereng.", "Banjir merendam 304 rumah warga di lereng."
    parts = list(word_diff(one, other))
    assert "".join(text for sign, text in parts if sign != "+") == one
    assert "".join(text for sign, text in parts if sign != "-") == other
    assert ("-", "340") in parts


def test_the_command_writes_the_page_beside_the_corpus(corpus: BuildResult, tmp_path: Path) -> None:
    shutil.copytree(corpus.out, tmp_path / "mine")
    done = subprocess.run(
        [sys.executable, "-m", "curator", "report", str(tmp_path / "mine")], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"")
    page = (tmp_path / "mine.report.html").read_text(encoding="utf-8")
    assert not list((tmp_path / "mine").glob("*.html"))
    assert any(rule["title"] for rule in data_of(page)["rules"])


def test_clean_prints_a_page() -> None:
    seed = DATA / "seeds" / "001_7ea180f5c03ff7b4.txt"
    done = subprocess.run([sys.executable, "-m", "curator", "clean", str(seed), "--html"], capture_output=True)
    assert done.returncode == 0
    assert done.stdout.startswith(b"<!doctype html>")
    both = subprocess.run(
        [sys.executable, "-m", "curator", "clean", str(seed), "--html", "--json"], capture_output=True
    )
    assert both.returncode == 2
