"""The pool of worker processes: all tasks done, whatever becomes of the workers."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from curator.errors import CuratorError, InputError
from curator.executors.local import LocalExecutor


def touch(target: str) -> int:
    Path(target).write_text(str(os.getpid()), encoding="utf-8")
    return 1


def kill_once(target: str) -> int:
    """Kill this worker unless a worker was killed here before."""
    mark = Path(target).with_suffix(".killed")
    if Path(target).name == "3" and not mark.exists():
        mark.write_text("", encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)
    return touch(target)


def kill_always(target: str) -> int:
    if Path(target).name == "3":
        os._exit(1)
    return touch(target)


def refuse(target: str) -> int:
    raise InputError("refused", where=target, hint="none")


def targets(folder: Path) -> list[str]:
    return [str(folder / str(n)) for n in range(12)]


def test_every_task_is_done_once_and_workers_are_kept_between_stages(tmp_path: Path) -> None:
    answers: list[int] = []
    with LocalExecutor(2) as executor:
        executor.run(touch, targets(tmp_path), answers.append)
        first = {path.read_text() for path in tmp_path.iterdir()}
        executor.run(touch, targets(tmp_path))
        second = {path.read_text() for path in tmp_path.iterdir()}
    assert answers == [1] * 12
    assert len(first | second) <= 2


def test_a_killed_worker_is_replaced_and_nothing_is_missing(tmp_path: Path) -> None:
    with LocalExecutor(2) as executor:
        executor.run(kill_once, targets(tmp_path))
    assert (tmp_path / "3.killed").exists()
    assert all(Path(target).exists() for target in targets(tmp_path))


def test_a_task_that_kills_every_worker_is_named(tmp_path: Path) -> None:
    with LocalExecutor(2) as executor, pytest.raises(CuratorError, match="died 3 times") as caught:
        executor.run(kill_always, targets(tmp_path))
    assert caught.value.where.endswith("/3'")


def test_a_tasks_own_error_comes_through(tmp_path: Path) -> None:
    with LocalExecutor(2) as executor, pytest.raises(InputError, match="refused"):
        executor.run(refuse, targets(tmp_path))
