"""A build of inputs of which some are broken: each is named with its reason, everything else is written."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

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

    planned = corpus.plan_splits

    def vanish(*arguments: object) -> object:
        splits = planned(*arguments)  # type: ignore[arg-type]
        (inputs / "e-gone.txt").unlink()
        (inputs / "f-gone.jsonl").unlink()
        return splits

    monkeypatch.setattr(corpus, "plan_splits", vanish)
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
