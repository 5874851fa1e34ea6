"""One document may not stop a build: its time is limited, and a deadly one is passed over."""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from curator.executors.local import LocalPool
from curator.executors.run import Executor
from curator.watch import OutOfTimeError, Trouble, Watch


@dataclass(frozen=True, slots=True)
class Numbers:
    """A task that counts to five and dies at the deadly ones."""

    deadly: tuple[int, ...]
    target: str


def count(task: Numbers) -> int:

    def look(number: int) -> int:
        if number in task.deadly:
            os._exit(1)
        return number

    with Watch(task.target, 60) as watch:
        return write(task, [watch.attempt(number, partial(look, number)) for number in range(5)])


def write(task: Numbers, seen: list[int | Trouble]) -> int:
    found = [one.reason if isinstance(one, Trouble) else one for one in seen]
    Path(task.target).write_text(json.dumps(found), encoding="ascii")
    return len(seen)


def hang(task: Numbers) -> int:
    """Count as well, and hang at the deadly ones where no signal of Python's gets through."""

    def look(number: int) -> int:
        if number in task.deadly:
            os.system("sleep 30")  # no processor time of ours
        return number

    with Watch(task.target, 0.2) as watch:
        return write(task, [watch.attempt(number, partial(look, number)) for number in range(5)])


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
    with Executor(LocalPool(2)) as executor:
        executor.run(count, tasks)
    assert Path(tasks[2].target).read_text() == '[0, "deadly", 2, "deadly", 4]'
    assert all(Path(task.target).read_text() == "[0, 1, 2, 3, 4]" for task in tasks if not task.deadly)
    assert len(list(tmp_path.iterdir())) == len(tasks)  # no note is left


def test_a_worker_that_hangs_outside_python_is_ended(tmp_path: Path) -> None:
    task = Numbers((2,), str(tmp_path / "0"))
    with Executor(LocalPool(1)) as executor:
        executor.run(hang, [task])
    assert Path(task.target).read_text() == '[0, 1, "out-of-time", 3, 4]'
