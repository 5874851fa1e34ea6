"""Tasks on this machine, in a pool of worker processes that survives the death of a worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, TypeVar

from curator.errors import CuratorError

__all__ = ["LocalExecutor", "processors"]

T = TypeVar("T")
# A task that runs alone and kills its worker this often is what kills it.
_MAX_DEATHS = 2


class LocalExecutor:
    """Runs tasks in worker processes; workers are started on first use and kept until the executor is closed."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> LocalExecutor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            _stop(self._pool)

    def run(
        self, function: Callable[[T], int], tasks: Sequence[T], done: Callable[[int], None] = lambda _: None
    ) -> None:
        """Run `function` on every task, in any order, and return when all are done.

        Args:
            function: a module-level function; its answer is a number of documents, for progress.
            done: called in this process with each answer.

        Raises:
            CuratorError: a task's own error, or a task that killed its worker again and again.
        """
        left = dict(enumerate(tasks))
        deaths = 0
        while left:
            try:
                # Tasks are idempotent: after a death what was under way is simply run again, now one at a time, so
                # that a task at fault is told from its neighbours.
                self._drain(function, left, done, at_once=1 if deaths else 2 * self._workers)
            except BrokenProcessPool:
                self._pool = None
                deaths += 1
                if deaths > _MAX_DEATHS:
                    what = f"a worker process died {deaths} times on this task"
                    hint = "out of memory? the task is too large for this machine; set task_documents lower"
                    raise CuratorError(what, where=repr(next(iter(left.values())))[:300], hint=hint) from None

    def _drain(
        self, function: Callable[[T], int], left: dict[int, T], done: Callable[[int], None], *, at_once: int
    ) -> None:
        pool = self._pool = self._pool or _start(self._workers)
        queue = iter(list(left.items()))
        running: dict[Future[int], int] = {}
        try:
            while _refill(pool, function, queue, running, at_once):
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    number = running.pop(future)
                    answer = future.result()
                    del left[number]
                    done(answer)
        except BaseException:
            self._pool = None
            _stop(pool)
            raise


def _refill(
    pool: ProcessPoolExecutor,
    function: Callable[[T], int],
    queue: Iterator[tuple[int, T]],
    running: dict[Any, int],
    limit: int,
) -> bool:
    """Submit tasks until `limit` are under way; return whether any is."""
    while len(running) < limit and (following := next(queue, None)):
        running[pool.submit(function, following[1])] = following[0]
    return bool(running)


def _start(workers: int) -> ProcessPoolExecutor:
    # Spawned, not forked: a fork copies threads' locks in whatever state they are.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare_worker, initargs=(os.getpid(),))


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the workers now: what they were writing has not taken its name yet."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.terminate()
    pool.shutdown(wait=True, cancel_futures=True)


def _prepare_worker(parent: int) -> None:
    """Leave interrupts to the parent, and die with it: a killed parent must leave no worker behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = multiprocessing.parent_process()
    if process is None or os.getppid() != parent:
        os._exit(1)

    def follow() -> None:
        process.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
