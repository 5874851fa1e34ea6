"""Running the tasks of a stage on whatever runs tasks: keep it busy, hear what became of them, try again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from curator.errors import CuratorError, OutputError
from curator.executors.model import Ended, Function, Job, Listener, LostError, Pool
from curator.watch import clear_notes

__all__ = ["Executor", "Unheard"]

_MAX_LOSSES = 3
_WAIT = 0.5  # seconds between two looks at what the pool has to say


class Unheard:
    """Listens to nothing."""

    def done(self, documents: int, failures: int = 0) -> None:
        """Do nothing."""

    def retried(self, why: str) -> None:
        """Do nothing."""


class Executor:
    """Runs tasks on a pool, which is opened and closed with it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def __enter__(self) -> Executor:
        self._pool.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.__exit__(kind, error, trace)

    def run(self, function: Function, tasks: Sequence[Any], told: Listener | None = None) -> None:
        """Run `function` on every task, in any order, and return when all are done.

        Raises:
            CuratorError: a task's own error, or a task that ended its worker again and again.
        """
        # Notes of an earlier run say where it was interrupted, which is no fault of the document there.
        clear_notes(getattr(task, "target", "") for task in tasks)
        stage = _Stage(self._pool, told or Unheard())
        jobs = map(partial(Job.of, function), tasks)
        greedy = stage.run(jobs, lambda: 2 * self._pool.slots, alone=False)
        # What took too much memory beside other tasks may be the task to blame, or not: alone it is.
        stage.run(iter(greedy), lambda: 1, alone=True)


class _Stage:
    """One stage under way."""

    def __init__(self, pool: Pool, told: Listener) -> None:
        self._pool, self._told = pool, told
        self._losses: Counter[str] = Counter()
        self._running: dict[Future[Ended], Job] = {}

    def run(self, jobs: Iterator[Job], window: Callable[[], int], *, alone: bool) -> list[Job]:
        """Run tasks, so many under way at a time (clusters grow); return those that were too greedy."""
        again: list[Job] = []
        greedy: list[Job] = []
        try:
            while True:
                room = window()
                while len(self._running) < room and (job := again.pop() if again else next(jobs, None)):
                    self._running[self._pool.submit(job, alone=alone)] = job
                if not self._running:
                    return greedy
                finished, _ = wait(self._running, timeout=_WAIT, return_when=FIRST_COMPLETED)
                for why in self._pool.hear():
                    self._told.retried(why)
                for future in finished:
                    job = self._running.pop(future)
                    if (ended := self._ended(future, job)) is None:
                        again.append(job)
                    elif ended.greedy:
                        greedy.append(job)
                    else:
                        self._told.done(*_numbers(ended.answer))
        finally:
            for future in self._running:
                future.cancel()

    def _ended(self, future: Future[Ended], job: Job) -> Ended | None:
        """Return what became of a task, None if it has to be submitted again; raise its error."""
        try:
            ended = future.result()
        except LostError as lost:
            self._losses[job.name] += 1
            if self._losses[job.name] > _MAX_LOSSES:
                what = f"{_MAX_LOSSES + 1} workers of the cluster were lost with this task; the last: {lost}"
                raise CuratorError(what, where=job.name, hint="look at the logs of the workers") from None
            self._told.retried(str(lost))
            return None
        for why in ended.deaths:
            self._told.retried(why)
        if ended.error is not None:
            raise ended.error
        if not ended.greedy:
            _look_for(job)
        return ended


def _look_for(job: Job) -> None:
    """See to it that what a worker has written is here."""
    if job.target and not Path(job.target).exists():
        hint = "all workers and this process need one file system, with this folder at the same path"
        raise OutputError("was written by a worker and cannot be seen here", where=job.target, hint=hint)


def _numbers(answer: Any) -> tuple[int, ...]:
    return answer if isinstance(answer, tuple) else (int(answer or 0),)
