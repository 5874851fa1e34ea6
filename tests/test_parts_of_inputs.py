"""Building from a part of the inputs, planning without building, and asking how far a build is."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from curator.cli.app import app
from curator.corpus import build
from curator.errors import InputError, SettingsError, UsageError
from curator.estimate import estimate
from curator.settings import Settings
from curator.sources import read_split
from curator.sources.find import find, plan_splits
from curator.sources.take import chosen
from curator.status import note_plan, status_of

PROSE = "The council of {0} met on Monday evening and voted to repair the old bridge before the winter comes. " * 3


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    texts = [f"{PROSE.format(n)} {' '.join(f'word{n}x{k}' for k in range(60))}." for n in range(60)]
    for n in range(5):
        (folder / f"{n}.txt").write_text(texts[n], encoding="utf-8")
    for name, part in (("a.jsonl", texts[5:30]), ("b.jsonl.gz", texts[30:])):
        data = "".join(json.dumps({"text": text}) + "\n" for text in part).encode()
        (folder / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    return folder


def origins(folder: Path, documents: int, **amount: int) -> list[str]:
    splits = chosen(plan_splits(find([folder]).files, documents), **amount)
    return [row.origin for split in splits for row in read_split(split)]


@pytest.mark.parametrize("limit", [1, 5, 7, 31, 60, 100])
def test_a_limit_is_exact_however_the_inputs_are_split(rows: Path, limit: int) -> None:
    whole = origins(rows, 1000)
    assert len(whole) == 60
    assert origins(rows, 4, limit=limit) == origins(rows, 1000, limit=limit) == whole[:limit]


def test_a_sample_comes_from_all_over(rows: Path) -> None:
    found = origins(rows, 4, sample=10)
    assert len(found) == len(set(found)) == 10
    assert {origin.partition(":")[0] for origin in found} > {"in/a.jsonl"}
    assert any(origin.endswith(".txt") for origin in found)


def test_a_build_of_a_limit_writes_so_many_and_is_another_build(rows: Path, tmp_path: Path) -> None:
    assert build([rows], tmp_path / "out", Settings(limit=7), workers=1).funnel.read == 7


def test_an_estimate_counts_what_can_be_counted_and_writes_nothing(rows: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    (rows / "b.jsonl.gz").rename(tmp_path / "b.jsonl.gz")
    counted = estimate([rows], Settings(task_documents=5))
    assert (counted.documents, counted.exact) == (30, True)
    assert counted.tasks == 6
    assert counted.outcome == {"kept": 30}
    assert 0 < counted.seconds_each < 1
    guessed = estimate([tmp_path / "b.jsonl.gz"], Settings())
    assert not guessed.exact
    assert 10 < guessed.documents < 90
    (tmp_path / "b.jsonl.gz").rename(rows / "b.jsonl.gz")
    assert sorted(tmp_path.rglob("*")) == before


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["build", *map(str, arguments)])


def test_the_command_says_the_plan(rows: Path) -> None:
    shown = run(rows, "--dry-run", "--workers", 4)
    assert shown.exit_code == 0, shown.output
    assert "7 (files 5, jsonl 2)" in shown.stdout
    assert "kept 4" in shown.stdout
    assert "with 4 workers" in shown.stdout
    assert json.loads(run(rows, "--dry-run", "--json").stdout)["files"] == {"files": 5, "jsonl": 2}


def test_contradictions_and_gaps_of_the_command_are_refused(rows: Path, tmp_path: Path) -> None:
    both = run(rows, "--out", tmp_path / "out", "--limit", 3, "--sample", 3).exception
    assert isinstance(both, SettingsError)
    chosen_and_not = run(rows, "--out", tmp_path / "out", "--select", "en", "--ignore", "en").exception
    assert isinstance(chosen_and_not, SettingsError)
    assert "both name en" in chosen_and_not.what
    assert isinstance(run(rows).exception, UsageError)
    assert isinstance(run("--out", tmp_path / "out").exception, UsageError)


def test_status_of_a_build_begun_and_finished(rows: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(InputError, match="no build was begun"):
        status_of(out)
    work = out / ".curator"
    (work / "extract").mkdir(parents=True)
    note_plan(work, 3)
    (work / "extract" / "000000.parquet").write_bytes(b"")
    begun = status_of(out)
    assert (begun.finished, begun.tasks, begun.steps) == (False, 3, {"extract": 1})
    assert "1 of 3 tasks" in run("--status", out).stdout
    build([rows], tmp_path / "done", Settings(limit=5), workers=1)
    done = status_of(tmp_path / "done")
    assert done.finished
    assert done.funnel is not None
    assert done.funnel.written == 5
