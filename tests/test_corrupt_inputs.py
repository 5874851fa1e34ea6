"""A build of inputs of which some are broken: each is named with its reason, everything else is written."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT

from curator.corpus import build
from curator.settings import Settings

PROSE = (
    "The council of {} met on Monday evening and voted to repair bridge number {} before the winter comes. "
    "Work on it begins in {} weeks, said the mayor, who asked drivers for their patience until then."
)
PLACES = ["Aston", "Birch", "Crewe", "Dover", "Ely", "Frome", "Goole", "Hove", "Ilkley", "Jarrow"]


def text(number: int) -> str:
    """Return one of any number of articles that are not near copies of each other."""
    words = [f"{PLACES[(number * 7 + k * 3) % 10].lower()}{number}w{k}" for k in range(40)]
    return PROSE.format(PLACES[number % 10], number, number + 2) + "\n\n" + " ".join(words) + "."


def rows(first: int, count: int) -> list[dict[str, str]]:
    return [{"id": f"n{n}", "text": text(n)} for n in range(first, first + count)]


def lines(found: list[dict[str, str]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in found).encode()


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sources.test_warc import record

    folder = tmp_path_factory.mktemp("inputs") / "in"
    folder.mkdir()
    (folder / "a-cut.jsonl").write_bytes(lines(rows(0, 5))[:-80])
    (folder / "b-cut.jsonl.gz").write_bytes(gzip.compress(lines(rows(10, 400)))[:-300])
    pq.write_table(pa.Table.from_pylist(rows(500, 5)), folder / "c-footer.parquet")
    (folder / "c-footer.parquet").write_bytes((folder / "c-footer.parquet").read_bytes()[:-6] + b"??PAR1")
    parts = [gzip.compress(record(n, text(n).encode(), media="text/plain")) for n in range(600, 605)]
    parts[2] = parts[2][: len(parts[2]) // 2]
    (folder / "d-broken.warc.gz").write_bytes(b"".join(parts))
    (folder / "e-gone.txt").write_text(text(700), encoding="utf-8")
    (folder / "e-stays.txt").write_text(text(701), encoding="utf-8")
    (folder / "f-gone.jsonl").write_bytes(lines(rows(800, 5)))
    return folder


def test_what_is_broken_is_named_and_the_rest_is_written(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from curator import corpus

    planned = corpus.plan

    def vanish(*arguments: object) -> object:
        splits = planned(*arguments)  # type: ignore[arg-type]
        (inputs / "e-gone.txt").unlink()
        (inputs / "f-gone.jsonl").unlink()
        return splits

    monkeypatch.setattr(corpus, "plan", vanish)
    result = build([inputs], tmp_path / "out", Settings(task_documents=100), workers=2)
    set_aside = pq.read_table(tmp_path / "out" / "quarantine.parquet").to_pylist()
    reasons = {row["origin"]: row["reason"] for row in set_aside}
    warc = next(origin for origin in reasons if "warc" in origin)
    assert warc.startswith("in/d-broken.warc.gz@")
    assert reasons == {
        "in/a-cut.jsonl:5": "broken-line",
        "in/b-cut.jsonl.gz": "broken-file",
        "in/c-footer.parquet": "broken-file",
        warc: "broken-record",
        "in/e-gone.txt": "unreadable",
        "in/f-gone.jsonl": "broken-file",
    }
    assert all(row["detail"] for row in set_aside)
    written = {r["id"] for f in result.out.glob("data/**/*.parquet") for r in pq.read_table(f).to_pylist()}
    assert {f"n{n}" for n in range(4)} < written
    assert {"in/e-stays.txt", *(f"urn:uuid:{n:04d}" for n in (600, 601, 603, 604))} < written
    assert sum(name in written for name in (f"n{n}" for n in range(10, 410))) > 300
    assert result.funnel.read == len(written) + len(set_aside)


# What a parser's bug would do, while a file is looked into for its parts, and while one is read.
DEADLY = """
import ctypes
import curator.sources.parquet as parquet
splits, read = parquet.splits, parquet.read

def deadly_splits(file, *arguments, **more):
    return ctypes.string_at(0) if "b-plan" in file.path else splits(file, *arguments, **more)

def deadly_read(split):
    for number, row in enumerate(read(split)):
        if number == 3 and "c-read" in split.files[0].path:
            ctypes.string_at(0)
        if number == 2 and "d-raise" in split.files[0].path:
            raise NotImplementedError("a page of a kind to come")
        yield row

parquet.splits, parquet.read = deadly_splits, deadly_read
"""


def test_a_file_that_crashes_its_reader_is_named_and_the_rest_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(DEADLY, encoding="utf-8")
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")]), str(ROOT)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    folder = tmp_path / "in"
    folder.mkdir()
    for number, name in enumerate(("a-fine", "b-plan", "c-read", "d-raise", "e-fine")):
        pq.write_table(pa.Table.from_pylist(rows(number * 10, 5)), folder / f"{name}.parquet")
    result = build([folder], tmp_path / "out", Settings(), workers=2)
    set_aside = pq.read_table(tmp_path / "out" / "quarantine.parquet").to_pylist()
    crash = "a worker process was ended by SIGSEGV"
    assert {row["origin"]: (row["reason"], row["detail"]) for row in set_aside} == {
        "in/b-plan.parquet": ("broken-file", crash),
        "in/c-read.parquet": ("deadly", f"{crash}; row 4 of this part, and those after it, are not read"),
        "in/d-raise.parquet": (
            "error",
            "NotImplementedError: a page of a kind to come; row 3 of this part, and those after it, are not read",
        ),
    }
    written = {r["id"] for f in result.out.glob("data/**/*.parquet") for r in pq.read_table(f).to_pylist()}
    assert written == {f"n{n}" for n in (*range(5), *range(20, 23), *range(30, 32), *range(40, 45))}
