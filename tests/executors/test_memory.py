"""The limit of memory: who exceeds it alone is ended, who exceeds it together gets another chance."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from executor_tasks import Eater, Heard, eat, grow, touch

from curator.errors import UsageError
from curator.executors.choose import chosen_executor, chosen_workers
from curator.executors.crew import Limits
from curator.executors.local import LocalPool
from curator.executors.memory import database_share, private_memory
from curator.executors.run import Executor
from curator.settings import RunSettings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
MEGABYTE = 1_000_000


def own() -> int:
    return private_memory(os.getpid())


def test_an_eater_is_set_aside_and_the_rest_is_done(tmp_path: Path) -> None:
    heard = Heard()
    tasks = [Eater(str(tmp_path / str(n)), 4_000 if n == 2 else 0) for n in range(4)]
    with Executor(LocalPool(2, Limits(own() + 300 * MEGABYTE))) as executor:
        executor.run(eat, tasks, heard)
    assert [Path(task.target).read_text() for task in tasks] == ["fine", "fine", "out-of-memory", "fine"]
    assert len(heard.retries) == 2
    assert "all processes together used more than" in heard.retries[0]


def test_what_is_too_much_together_only_is_done_one_after_the_other(tmp_path: Path) -> None:
    heard = Heard()
    tasks = [Eater(str(tmp_path / str(n)), 200, seconds=1.0) for n in range(2)]
    with Executor(LocalPool(2, Limits(own() + 300 * MEGABYTE))) as executor:
        executor.run(eat, tasks, heard)
    assert [Path(task.target).read_text() for task in tasks] == ["fine", "fine"]
    assert len(heard.retries) == 1


def test_a_process_that_has_grown_large_is_not_kept_for_another_kind_of_task(tmp_path: Path) -> None:
    with Executor(LocalPool(1)) as executor:
        for function in (grow, touch, touch):
            executor.run(function, [str(tmp_path / f"{function.__name__}-1")])
            first = (tmp_path / f"{function.__name__}-1").read_text()
            executor.run(function, [str(tmp_path / f"{function.__name__}-2")])
            assert (tmp_path / f"{function.__name__}-2").read_text() == first
    assert (tmp_path / "touch-1").read_text() != (tmp_path / "grow-1").read_text()


def test_a_limit_is_divided_and_too_little_is_refused() -> None:
    assert chosen_workers(RunSettings(memory="600MB")) == 1
    assert database_share(1000) < 1000
    with pytest.raises(UsageError, match=r"give 2\.0 GB or more"):
        chosen_executor(RunSettings(workers=4, memory="1GB"))
    with pytest.raises(UsageError, match="for example 8GB"):
        chosen_executor(RunSettings(memory="lots"))
