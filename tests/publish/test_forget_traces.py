"""Nothing of a forgotten document is left in any file, and what the tool cannot mend it names."""

from __future__ import annotations

import html
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import DATA
from test_build_templates import PLACES, article, keep_all, row, with_furniture, write_rows
from test_forget import GOAT, everything, rows

from curator.corpus import BuildResult, build
from curator.ledger import read_removals
from curator.manifest import Manifest
from curator.pages.page import write_page
from curator.publish.forget import forget
from curator.report.corpus import corpus_page
from curator.settings import Settings
from curator.tombstones import Tombstones


@pytest.fixture
def mine(corpus: BuildResult, tmp_path: Path) -> Path:
    """A copy of the corpus to take from."""
    shutil.copytree(corpus.out, tmp_path / "corpus")
    return tmp_path / "corpus"


def test_no_line_of_any_part_of_a_document_is_left(mine: Path) -> None:
    """One from each place a document can lie in: the corpus, the copies, quarantine."""
    copy = rows(mine, "copies.parquet")[0]
    rejected = next(r for r in rows(mine, "quarantine.parquet") if r["status"] == "rejected")
    kept = next(r for r in rows(mine, "data/id/*") if r["cluster_size"] == 1)
    gone = {r["id"]: r["text"] for r in (copy, rejected, kept)}
    said = set[str]()
    for name, removals in read_removals(mine):
        if name in gone:
            gone[name] += "".join(f"\n{removal.text}" for removal in removals)
    for name, text in gone.items():
        said |= {name, *(line.strip() for line in text.split("\n") if len(line.strip()) > 20)}
    others = (*rows(mine, "data/*/*"), *rows(mine, "copies.parquet"), *rows(mine, "quarantine.parquet"))
    theirs = "\n".join(str(r) for r in others if r["id"] not in gone)
    theirs += "".join(r.text for name, removals in read_removals(mine) if name not in gone for r in removals)
    own = {trace for trace in said if trace not in theirs}
    assert len(own) > 20
    before = everything(mine)
    assert all(trace in before for trace in own)
    done = forget(mine, Tombstones.of(ids=gone))
    assert (done.documents, done.copies, done.quarantined, done.traces) == (1, 1, 1, ())
    left = everything(mine) + corpus_page(mine)
    assert [trace for trace in own if trace in left] == []


def test_a_row_whose_id_came_before_goes_with_the_first(tmp_path: Path) -> None:
    body = ["The gates of the old dam opened at dawn on Monday. " * 9, "A ferry came late, and no one had waited. " * 9]
    lines = [json.dumps({"id": "twice-the-same", "text": text, "lang": "en"}) for text in body]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    out = build([tmp_path / "in.jsonl"], tmp_path / "out", workers=1).out
    assert rows(out, "quarantine.parquet")[0]["text"]
    done = forget(out, Tombstones.of(ids=["twice-the-same"]))
    assert (done.documents, done.quarantined, done.traces) == (1, 1, ())
    for trace in ("twice-the-same", "the old dam", "A ferry came late"):
        assert trace not in everything(out)


def test_an_increment_does_not_bring_it_back(tmp_path: Path) -> None:
    articles = sorted((DATA / "articles" / "en").glob("*.txt"))[:4]
    (tmp_path / "in").mkdir()
    for path in articles[:3]:
        shutil.copy(path, tmp_path / "in")
    settings = Settings.model_validate({"dedup": {"drop": []}, "templates": {"enabled": False}})
    out = build([tmp_path / "in"], tmp_path / "out", settings, workers=1).out
    first = rows(out, "data/*/*")[0]
    line = max(first["text"].split("\n"), key=len)
    forget(out, Tombstones.of(ids=[first["id"]]))
    shutil.copy(articles[3], tmp_path / "in")
    again = build([tmp_path / "in"], out, settings, workers=1, force=True)
    assert (again.funnel.read, again.funnel.written) == (4, 3)
    assert line not in everything(out)
    assert first["id"] not in everything(out)


def test_template_rules_go_with_the_last_document_they_took_from(tmp_path: Path) -> None:
    pages = [row("strumo.example", n, with_furniture(n, article(n, place))) for n, place in enumerate(PLACES)]
    other = {"id": "other", "url": "https://other.example/1", "text": "\n\n".join(article(3, "Kupang"))}
    out = build([write_rows(tmp_path / "in.jsonl", [*pages, other])], tmp_path / "out", keep_all(), workers=1).out
    pack = (out / "templates.toml").read_text(encoding="utf-8")
    assert "kuketojn" in pack
    some = forget(out, Tombstones.of(ids=[page["id"] for page in pages[:4]]))
    assert some.traces == ()
    assert (out / "templates.toml").read_text(encoding="utf-8") == pack
    known = build([tmp_path / "in.jsonl"], tmp_path / "known", keep_all(), tombstones=out, workers=1)
    assert Manifest.read(out / "manifest.json").templates == known.manifest.templates
    done = forget(out, Tombstones.of(ids=[page["id"] for page in pages]))
    assert done.traces == ()
    assert "kuketojn" not in everything(out)
    assert [r["id"] for r in rows(out, "data/*/*")] == ["other"]


def test_a_corpus_can_be_emptied(tmp_path: Path) -> None:
    shutil.copytree(DATA / "articles" / "jv", tmp_path / "in")
    out = build([tmp_path / "in"], tmp_path / "out", workers=1).out
    ids = [r["id"] for r in rows(out, "data/*/*")]
    for copies in (0, 0):
        done = forget(out, Tombstones.of(ids=ids))
        assert (done.copies, done.traces) == (copies, ())
    assert rows(out, "data/*/*") == []


def test_a_file_of_somebody_else_in_the_folder_is_named(mine: Path) -> None:
    (document,) = [r for r in rows(mine, "data/*/*") if r["url"] == GOAT]
    write_page(mine / "page.html", corpus_page(mine))
    line = next(line for line in document["text"].split("\n") if len(line) > 60 and '"' not in line)
    (mine / "notes.txt").write_text(f"see {line}\n", encoding="utf-8")
    (mine / "links.txt").write_text(f"{GOAT}-of-last-year {GOAT}/2 harmless\n", encoding="utf-8")
    pq.write_table(pa.table({"lines": [["nothing"], [line]]}), mine / "lines.parquet")
    pq.write_table(pa.table({"seen": [GOAT]}), mine / "seen.parquet")
    done = forget(mine, Tombstones.of(urls=[GOAT]))
    assert done.traces == ("lines.parquet", "notes.txt", "page.html", "seen.parquet")


@pytest.mark.parametrize("wrapped", ["json", "ascii", "html", "attribute", "json in html"])
def test_a_file_that_says_it_escaped_is_named(tmp_path: Path, wrapped: str) -> None:
    line = 'Café owner Zoë said: "Tides & winds <as ever> decide", and 𝄞 was heard\tfrom the quay at dawn.'
    body = [
        {"id": f"doc-{n}", "text": f"{'A ferry came late, and no one waited. ' * n}", "lang": "en"} for n in (9, 12)
    ]
    body[0]["text"] = f"{line}\n\n{body[0]['text']}"
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in body), encoding="utf-8")
    settings = Settings.model_validate({"dedup": {"drop": []}})
    out = build([tmp_path / "in.jsonl"], tmp_path / "out", settings, workers=1).out
    said = next(r["text"] for r in rows(out, "data/*/*") if r["id"] == "doc-9")
    assert line in said
    notes = {
        "json": json.dumps([said], ensure_ascii=False),
        "ascii": json.dumps([said]),
        "html": html.escape(said, quote=False),
        "attribute": f"<p title='{html.escape(said)}'>",
        "json in html": html.escape(json.dumps([said])),
    }
    (out / "notes.txt").write_text(notes[wrapped], encoding="utf-8")
    assert forget(out, Tombstones.of(ids=["doc-9"])).traces == ("notes.txt",)


def test_a_line_that_another_document_has_too_is_no_trace(tmp_path: Path) -> None:
    line = "The council met on Monday to speak of the bridge, and nobody left before midnight had come."
    texts = {
        "a": f"{line}\n\nIt will cost nine million, said the engineer who has looked at every beam of it.",
        "b": line,
    }
    filler = {"a": "The gates of the dam opened at dawn.", "b": "A ferry came late, and no one had waited for it."}
    body = [json.dumps({"id": f"doc-{n}", "text": f"{t}\n\n{filler[n] * 12}", "lang": "en"}) for n, t in texts.items()]
    (tmp_path / "in.jsonl").write_text("\n".join(body), encoding="utf-8")
    settings = Settings.model_validate({"dedup": {"drop": []}})
    out = build([tmp_path / "in.jsonl"], tmp_path / "out", settings, workers=1).out
    (out / "notes.txt").write_text(f"{line}\n", encoding="utf-8")
    assert forget(out, Tombstones.of(ids=["doc-a"])).traces == ()
    assert forget(out, Tombstones.of(ids=["doc-b"])).traces == ("notes.txt",)


def test_the_command_says_what_is_left_to_do(mine: Path) -> None:
    (mine / "notes.txt").write_text(f"see {GOAT} and others\n", encoding="utf-8")
    report = mine.with_name("corpus.report.html")
    report.write_text("", encoding="utf-8")
    command = [sys.executable, "-m", "curator", "forget", str(mine), "--url", GOAT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"still there: {mine / 'notes.txt'}" in done.stderr
    assert f"may hold them still: {report}" in done.stderr
    assert "corpus.review" not in done.stderr
