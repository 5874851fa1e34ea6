"""One document may not stop a build: its time is limited, and a deadly one is passed over."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from curator.executors.local import LocalExecutor
from curator.watch import OutOfTimeError, Watch, stands_at


@dataclass(frozen=True, slots=True)
class Numbers:
    """A task that counts to five and dies at the deadly ones."""

    deadly: tuple[int, ...]
    target: str


def count(task: Numbers) -> int:
    seen = []
    with Watch(task.target, 60) as watch:
        for number in range(5):
            if watch.is_deadly(number):
                continue
            with watch.document(number):
                if number in task.deadly:
                    os._exit(1)
                seen.append(number)
    Path(task.target).write_text(str(seen), encoding="ascii")
    return len(seen)


def hang(task: Numbers) -> int:
    """Count as well, and hang at the deadly ones where no signal of Python's gets through."""
    seen = []
    with Watch(task.target, 0.2) as watch:
        for number in range(5):
            if watch.is_deadly(number):
                continue
            with watch.document(number):
                if number in task.deadly:
                    os.system("sleep 30")  # no processor time of ours
                seen.append(number)
    Path(task.target).write_text(str(seen), encoding="ascii")
    return len(seen)


def run_on(watch: Watch) -> None:
    with watch.document(0):
        while True:
            with contextlib.suppress(Exception):  # what libraries do
                sum(range(1_000))


def test_a_document_that_runs_on_is_interrupted(tmp_path: Path) -> None:
    with Watch(str(tmp_path / "x"), 0.1) as watch:
        with pytest.raises(OutOfTimeError):
            run_on(watch)
        with watch.document(1):
            time.sleep(0)
    assert not list(tmp_path.iterdir())


def test_documents_that_end_their_workers_are_passed_over(tmp_path: Path) -> None:
    tasks = [Numbers((1, 3) if n == 2 else (), str(tmp_path / str(n))) for n in range(6)]
    with LocalExecutor(2) as executor:
        executor.run(count, tasks)
    assert Path(tasks[2].target).read_text() == "[0, 2, 4]"
    assert all(Path(task.target).read_text() == "[0, 1, 2, 3, 4]" for task in tasks if not task.deadly)
    assert stands_at(tasks[2].target) is None


def test_a_worker_that_hangs_outside_python_is_ended(tmp_path: Path) -> None:
    task = Numbers((2,), str(tmp_path / "0"))
    with LocalExecutor(1) as executor:
        executor.run(hang, [task])
    assert Path(task.target).read_text() == "[0, 1, 3, 4]"
