"""Workers that are killed and disks that are full: a run ends right or says why, and nothing half-written counts."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dedup_corpora import Row, edited, files, rows, run, story

import curator.deduplication as deduplication
from curator.errors import OutputError

STAGES = {
    *("fingerprint", "rank", "group", "pair", "settle", "shingle", "verify", "cluster"),
    *("tellers", "terms", "spread", "weigh", "stories", "name", "edges", "index", "decide"),
}


def documents() -> list[Row]:
    return [
        row for n in range(12) for row in rows({f"{n}-{k}": " ".join(edited(story(n), k, 5 * k)) for k in range(3)})
    ]


@dataclass(frozen=True)
class KilledOnce:
    """A task that leaves half a file and kills its worker the first time a stage runs it."""

    function: Callable[[Any], int]
    mark: str

    def __call__(self, task: Any) -> int:
        if not Path(self.mark).exists():
            Path(self.mark).touch()
            target = Path(task.target)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.with_name(f"{target.name}.tmp-{os.getpid()}").write_bytes(b"PAR1 half a file")
            os.kill(os.getpid(), signal.SIGKILL)
        return self.function(task)


@dataclass(frozen=True)
class FullDisk:
    """A task at the end of which the disk is full."""

    function: Callable[[Any], int]

    def __call__(self, task: Any) -> int:
        def replace(self: Path, target: Path) -> Path:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        before, Path.replace = Path.replace, replace  # type: ignore[assignment,method-assign]
        try:
            return self.function(task)
        finally:
            Path.replace = before  # type: ignore[method-assign]


def changed(monkeypatch: pytest.MonkeyPatch, wrap: Callable[[str, Callable[[Any], int]], Callable[[Any], int]]) -> None:
    """Run the functions of stages through `wrap`."""
    planned = deduplication._stages

    def stages(plan: Any) -> Iterator[Any]:
        for name, function, tasks in planned(plan):
            yield name, wrap(name, function), tasks

    monkeypatch.setattr(deduplication, "_stages", stages)


def test_a_worker_killed_in_each_stage_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"write_index": tmp_path / "index 1"}
    whole = run(tmp_path / "whole", documents(), options=options, stories=True)
    killed: list[str] = []

    def wrap(name: str, function: Callable[[Any], int]) -> Callable[[Any], int]:
        killed.append(name)
        return KilledOnce(function, str(tmp_path / f"{name}.killed"))

    changed(monkeypatch, wrap)
    options = {"write_index": tmp_path / "index 2"}
    again = run(tmp_path / "again", documents(), options=options, stories=True)
    assert set(killed) == STAGES
    assert all((tmp_path / f"{name}.killed").exists() for name in STAGES)
    assert files(again) == files(whole)
    assert not list(tmp_path.rglob("*.tmp-*"))


@pytest.mark.parametrize("stage", ["fingerprint", "pair", "verify", "cluster", "decide"])
def test_a_full_disk_is_named_and_the_run_goes_on_when_there_is_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    with monkeypatch.context() as patched:
        changed(patched, lambda name, function: FullDisk(function) if name == stage else function)
        with pytest.raises(OutputError, match="free some space"):
            run(tmp_path / "full", documents())
    out = tmp_path / "full" / "out"
    assert not (out / "dedup.json").exists()
    assert not list(out.rglob("*.tmp-*"))
    again = run(tmp_path / "full", documents())
    assert not again.resumed
    assert files(again) == files(run(tmp_path / "whole", documents()))
