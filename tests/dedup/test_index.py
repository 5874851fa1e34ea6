"""Deduplication against earlier corpora: day by day comes to what one run comes to."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from dedup_corpora import Row, by_id, edited, files, rows, run, settings, story, table, write

from curator.deduplication import deduplicate
from curator.errors import InputError, OutputError, UsageError


def corpus() -> list[Row]:
    documents: list[Row] = []
    for n in range(25):
        base = story(n)
        for k in range(4):
            text = edited(base, 100 * n + k, 6 * k) if k < 3 else base[: 100 + n]
            documents += rows({f"{n:02}-{k}": " ".join(text)}, date=f"2024-05-{1 + (n * 7 + k * 5) % 28:02}")
    random.Random(4).shuffle(documents)
    return documents


def test_ten_slices_day_by_day_come_to_what_one_run_comes_to(tmp_path: Path) -> None:
    documents = corpus()
    whole = run(tmp_path / "whole", documents)
    index = None
    for day in range(10):
        slice_ = documents[day * 10 : day * 10 + 10]
        new = tmp_path / f"index {day}"
        last = run(tmp_path / f"day {day}", slice_, options={"against": index, "write_index": new})
        index = new
    assert last.summary.earlier == 90
    one, many = files(whole), files(last)
    assert (one["clusters"], one["edges"]) == (many["clusters"], many["edges"])
    assert {r["id"]: r["kept"] for r in table(whole, "documents")} == {
        r["id"]: r["kept"] for r in table(last, "documents")
    }


def test_a_match_names_the_earlier_document_and_it_stays_where_that_is_asked(tmp_path: Path) -> None:
    text = " ".join(story(1))
    first = run(tmp_path / "1", rows({"old": text}), options={"write_index": tmp_path / "index"})
    assert first.summary.kept == 1
    against = {"against": tmp_path / "index"}
    longer = rows({"new": f"{text} and some more", "other": " ".join(story(2))})
    indexed = run(tmp_path / "2", longer, options=against, representative=("indexed", "longest"))
    assert (by_id(indexed)["new"]["representative"], by_id(indexed)["new"]["reason"]) == ("old", "indexed")
    assert (indexed.summary.matched, indexed.summary.superseded, indexed.summary.kept) == (1, 0, 1)
    longest = run(tmp_path / "3", longer, options=against)
    assert by_id(longest)["old"]["representative"] == "new"
    assert (longest.summary.matched, longest.summary.superseded, longest.summary.kept) == (0, 1, 2)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    run(tmp_path / "first", corpus()[:30], options={"write_index": folder})
    return folder


def test_an_index_of_other_settings_or_another_version_is_refused(tmp_path: Path, index: Path) -> None:
    later = corpus()[30:40]
    with pytest.raises(UsageError, match=r"jaccard: 0\.5 → 0\.7"):
        run(tmp_path / "1", later, options={"against": index}, jaccard=0.7)
    for key, value in (("format", 99), ("unicode", "1.0")):
        copy = tmp_path / key
        shutil.copytree(index, copy)
        said = json.loads((copy / "index.json").read_text())
        (copy / "index.json").write_text(json.dumps({**said, key: value}))
        with pytest.raises(InputError, match=r"is of format"):
            run(tmp_path / "2", later, options={"against": copy})


def test_a_damaged_index_is_refused_and_the_file_named(tmp_path: Path, index: Path) -> None:
    later = corpus()[30:40]
    part = next((index / "parts").iterdir())
    whole = part.read_bytes()
    for damage in (whole[:-100], b"x" + whole[1:], b""):
        part.unlink()
        part.write_bytes(damage)
        with pytest.raises(InputError, match=part.name):
            run(tmp_path / "1", later, options={"against": index})
    part.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        run(tmp_path / "1", later, options={"against": index})
    (index / "index.json").write_text("{")
    with pytest.raises(InputError, match="not the description of an index"):
        run(tmp_path / "1", later, options={"against": index})
    with pytest.raises(InputError, match="no index"):
        run(tmp_path / "1", later, options={"against": tmp_path / "nowhere"})


def test_an_index_is_not_written_over_another_or_over_itself(tmp_path: Path, index: Path) -> None:
    later = corpus()[30:40]
    with pytest.raises(UsageError, match="over the one it adds to"):
        run(tmp_path / "1", later, options={"against": index, "write_index": index})
    with pytest.raises(OutputError, match="holds another index"):
        run(tmp_path / "1", later, options={"write_index": index})
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="no index"):
        run(tmp_path / "1", later, options={"write_index": tmp_path / "full"})


def test_which_telling_stays_is_not_decided_against_an_index(tmp_path: Path, index: Path) -> None:
    inputs = write(tmp_path / "in.jsonl", corpus()[30:40])
    with pytest.raises(UsageError, match="stories"):
        deduplicate([inputs], tmp_path / "out", settings(drop=("story",), stories=True), against=index)
