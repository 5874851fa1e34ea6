"""The processes of this machine: kept from stage to stage, and gone with whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from clusters import alive, below, kill, wait_until
from executor_tasks import targets, touch

from curator.atomic import commit
from curator.executors.local import LocalPool
from curator.executors.run import Executor

DRIVER = """
import sys
from executor_tasks import sleep
from curator.executors.local import LocalPool
from curator.executors.run import Executor
with Executor(LocalPool(1)) as executor:
    executor.run(sleep, sys.argv[1:])
"""


def test_workers_are_kept_between_stages(tmp_path: Path) -> None:
    with Executor(LocalPool(2)) as executor:
        executor.run(touch, targets(tmp_path))
        first = {path.read_text() for path in tmp_path.iterdir()}
        executor.run(touch, targets(tmp_path))
        second = {path.read_text() for path in tmp_path.iterdir()}
    assert len(first | second) <= 2
    assert str(os.getpid()) not in first | second


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_worker_ends_with_its_driver_whatever_it_is_doing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    target = tmp_path / "begun"
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, str(target)])
    wait_until(target.exists)
    family = below(driver.pid)
    assert len(family) == 1
    kill(driver.pid, signal.SIGKILL)
    driver.wait()
    wait_until(lambda: not alive(family), at_most=20)


def test_what_another_worker_has_written_is_left_alone(tmp_path: Path) -> None:
    """A task can be run twice where its first worker was only thought to be lost."""
    target = tmp_path / "x"
    for text in ("first", "second"):
        commit(target, lambda path, text=text: path.write_text(text))  # type: ignore[misc]
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert target.read_text() == "first"
