"""Tasks on this machine: a thread for each child process."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from curator.executors.crew import Crew, Limits
from curator.executors.model import Ended, Job

__all__ = ["LocalPool", "processors"]


class LocalPool:
    """Runs tasks in child processes, which are started when they are needed and kept until the pool is closed.

    Args:
        workers: tasks at once.
        limits: what they may use together.
    """

    def __init__(self, workers: int, limits: Limits = Limits()) -> None:  # noqa: B008
        self.slots = workers
        self._crew = Crew(limits)
        self._threads = ThreadPoolExecutor(workers)

    def submit(self, job: Job, *, alone: bool = False) -> Future[Ended]:
        """Have a task run."""
        return self._threads.submit(self._crew.run, job, alone=alone)

    def hear(self) -> Sequence[str]:
        """Return nothing: what children die of is said with their tasks."""
        return ()

    def __enter__(self) -> LocalPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._crew.close()
        self._threads.shutdown(wait=True, cancel_futures=True)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
