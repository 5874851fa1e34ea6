"""The pool of worker processes: all tasks done, whatever becomes of the workers."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from executor_tasks import Heard, kill_always, kill_once, refuse, targets, touch

from curator.errors import CuratorError, InputError
from curator.executors.local import LocalPool
from curator.executors.run import Executor


def test_every_task_is_done_once_and_workers_are_kept_between_stages(tmp_path: Path) -> None:
    heard = Heard()
    with Executor(LocalPool(2)) as executor:
        executor.run(touch, targets(tmp_path), heard)
        first = {path.read_text() for path in tmp_path.iterdir()}
        executor.run(touch, targets(tmp_path))
        second = {path.read_text() for path in tmp_path.iterdir()}
    assert heard.answers == [(1, 0)] * 12
    assert len(first | second) <= 2
    assert str(os.getpid()) not in first | second


def test_a_killed_worker_is_replaced_and_nothing_is_missing(tmp_path: Path) -> None:
    heard = Heard()
    with Executor(LocalPool(2)) as executor:
        executor.run(kill_once, targets(tmp_path), heard)
    assert (tmp_path / "3.killed").exists()
    assert all(Path(target).exists() for target in targets(tmp_path))
    assert heard.retries == [f"a worker process was ended by {signal.SIGKILL.name}"]


def test_a_task_that_kills_every_worker_is_named(tmp_path: Path) -> None:
    with Executor(LocalPool(2)) as executor, pytest.raises(CuratorError, match="2 worker processes died") as caught:
        executor.run(kill_always, targets(tmp_path))
    assert caught.value.where.endswith("/3'")


def test_a_tasks_own_error_comes_through(tmp_path: Path) -> None:
    with Executor(LocalPool(2)) as executor, pytest.raises(InputError, match="refused"):
        executor.run(refuse, targets(tmp_path))
