"""`curator eval`: the metric, the reading of labelled documents, the table."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from conftest import DATA, EXPECTED
from typer.testing import CliRunner

from curator.cli.app import app
from curator.document import Document
from curator.errors import InputError
from curator.evaluation.overlap import Overlap, overlap
from curator.evaluation.run import Labelled, Measured, read_labelled, summary

TEXT = "The council of Karsa decided on Monday night to rebuild the bridge, which a storm had damaged in March."


@pytest.mark.parametrize(
    ("found", "expected", "precision", "recall"),
    [
        (TEXT, TEXT, 1, 1),
        (TEXT.upper().replace(" ", "\n"), TEXT, 1, 1),
        ("", TEXT, 0, 0),
        (TEXT, "", 0, 0),
        ("", "", 1, 1),
        ("one two", "one two", 1, 1),
        ("one two three four five", "one two three four", 0.5, 1),
        ("one two three four " * 2, "one two three four", 0.2, 1),
        ("東京の橋を直す。", "東京の橋を", 0.5, 1),
        ("ข่าววันนี้", "ข่าว", 1 / 7, 1),
    ],
)
def test_overlap_counts_sequences_of_four_words(found: str, expected: str, precision: float, recall: float) -> None:
    assert overlap(found, expected) == Overlap(pytest.approx(precision), pytest.approx(recall))


def test_clean_takes_both_precision_and_recall() -> None:
    assert Overlap(0.95, 1).clean
    assert not Overlap(1, 0.94).clean
    assert Overlap(0, 0).f1 == 0


def test_rows_and_folders_are_read_alike(tmp_path: Path) -> None:
    raw = DATA / "articles" / "en"
    pairs = list(read_labelled(raw, EXPECTED / "articles" / "en"))
    rows = [{"id": p.document.id, "text": p.document.content.decode(), "expected": p.expected} for p in pairs]  # type: ignore[union-attr]
    file = tmp_path / "rows.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    again = list(read_labelled(file))
    assert [(p.document.id, p.expected) for p in again] == [(p.document.id, p.expected) for p in pairs]
    assert len(pairs) == len(list(raw.iterdir())) > 5


def test_a_document_without_its_clean_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({"id": "a", "text": TEXT}), encoding="utf-8")
    with pytest.raises(InputError, match=r"rows.jsonl.*no text in `expected`"):
        list(read_labelled(file))
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(TEXT, encoding="utf-8")
    with pytest.raises(InputError, match=r"no clean text for a.txt"):
        list(read_labelled(tmp_path / "raw", tmp_path))
    file.write_text("{broken", encoding="utf-8")
    with pytest.raises(InputError):
        list(read_labelled(file))


def test_interval_is_over_sites_not_documents() -> None:
    def row(number: int, site: str, recall: float) -> Measured:
        return Measured(
            Labelled(Document(f"{number}", TEXT, "text", site=site), TEXT), "curator", Overlap(1, recall), 0.1
        )

    figures = summary([row(n, "one.example", 1.0) for n in range(8)] + [row(8, "two.example", 0.0)])["curator"]
    assert figures["recall"]["mean"] == pytest.approx(8 / 9)
    assert (figures["recall"]["low"], figures["recall"]["high"]) == (0, 1)
    assert (figures["documents"], figures["milliseconds"]) == (9, 100)


def test_the_command_prints_both_kinds_beside_their_bases(tmp_path: Path) -> None:
    article = f"<nav>Home</nav><article><p>{TEXT}</p><p>{TEXT} Twice.</p></article>"
    page = f"<html><head><title>Bridge</title></head><body>{article}</body></html>"
    rows = [
        {"id": "page", "html": page, "expected": f"{TEXT}\n\n{TEXT} Twice."},
        {"id": "text", "text": f"{TEXT}\n\nAdvertisement\n\n{TEXT}", "expected": f"{TEXT}\n\n{TEXT}"},
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    shown = CliRunner().invoke(app, ["eval", str(file)]).output
    assert "html: 1 documents" in shown
    assert "trafilatura, precision" in shown
    assert "nothing done" in shown
    figures = json.loads(CliRunner().invoke(app, ["eval", str(file), "--json"]).output)
    ours, nothing = (figures["text"]["tools"][tool]["f1"]["mean"] for tool in ("curator", "nothing done"))
    assert ours == 1 > nothing
    assert {row["tool"] for row in figures["html"]["documents"]} >= {"curator", "trafilatura"}
