"""Every executor: all tasks done once, whatever becomes of the processes they run in."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest
from executor_tasks import Heard, Numbers, count, hang, kill_always, kill_once, refuse, targets, touch

from curator.errors import CuratorError, InputError, UsageError
from curator.executors.choose import chosen_executor
from curator.executors.run import Executor
from curator.settings import RunSettings


def test_every_task_is_done_and_answers_once(executor: Executor, tmp_path: Path) -> None:
    heard = Heard()
    executor.run(touch, targets(tmp_path), heard)
    assert heard.answers == [(1, 0)] * 12
    assert all(Path(target).exists() for target in targets(tmp_path))


def test_a_killed_child_is_replaced_and_that_is_said(executor: Executor, tmp_path: Path) -> None:
    heard = Heard()
    executor.run(kill_once, targets(tmp_path), heard)
    assert (tmp_path / "3.killed").exists()
    assert len(heard.answers) == 12
    assert heard.retries == [f"a worker process was ended by {signal.SIGKILL.name}"]


def test_a_task_that_kills_every_child_is_named_and_the_executor_goes_on(executor: Executor, tmp_path: Path) -> None:
    with pytest.raises(CuratorError, match=r"2 worker processes died.* ended with code 1") as caught:
        executor.run(kill_always, targets(tmp_path))
    assert caught.value.where.endswith("/3'")
    executor.run(touch, targets(tmp_path))
    assert len(list(tmp_path.iterdir())) == 12


def test_a_tasks_own_error_comes_through(executor: Executor, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="refused") as caught:
        executor.run(refuse, targets(tmp_path))
    assert caught.value.hint == "none"


def test_documents_that_end_their_workers_are_passed_over(executor: Executor, tmp_path: Path) -> None:
    tasks = [Numbers((1, 3) if n == 2 else (), str(tmp_path / str(n))) for n in range(6)]
    executor.run(count, tasks)
    assert Path(tasks[2].target).read_text() == '[0, "deadly", 2, "deadly", 4]'
    assert all(Path(task.target).read_text() == "[0, 1, 2, 3, 4]" for task in tasks if not task.deadly)
    assert len(list(tmp_path.iterdir())) == len(tasks)  # no note is left


def test_a_worker_that_hangs_outside_python_is_ended(executor: Executor, tmp_path: Path) -> None:
    task = Numbers((2,), str(tmp_path / "0"))
    executor.run(hang, [task])
    assert Path(task.target).read_text() == '[0, 1, "out-of-time", 3, 4]'


@pytest.mark.parametrize(("kind", "package"), [("dask", "distributed"), ("ray", "ray")])
def test_a_missing_extra_says_what_to_install(kind: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError, match=rf"pip install 'article-curator\[{kind}\]'"):
        chosen_executor(RunSettings.model_validate({"executor": kind}))
