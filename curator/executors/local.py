"""Tasks on this machine, in a pool of worker processes that survives the death of a worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, TypeVar

from curator.errors import CuratorError
from curator.watch import stands_at

__all__ = ["LocalExecutor", "processors"]

T = TypeVar("T")
# A task that runs alone and kills its worker this often is what kills it.
_MAX_DEATHS = 2


class LocalExecutor:
    """Runs tasks in worker processes; workers are started on first use and kept until the executor is closed."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._under_way: set[int] = set()

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
        suspects: list[int] = []
        deaths: Counter[tuple[int, int | None]] = Counter()
        while left:
            try:
                # Tasks are idempotent: after a death what was under way is simply run again, now one at a time, so
                # that a task at fault is told from its neighbours.
                self._drain(function, left, suspects[:1] or list(left), done)
                suspects = [number for number in suspects if number in left]
            except BrokenProcessPool:
                self._pool = None
                if not suspects:
                    suspects = sorted(self._under_way & left.keys()) or list(left)
                    continue
                place = (suspects[0], stands_at(getattr(left[suspects[0]], "target", "")))
                deaths[place] += 1
                # A task that knows its place passes over the document there once its worker has died at it twice.
                if deaths[place] == _MAX_DEATHS + (place[1] is not None):
                    what = f"a worker process died {_MAX_DEATHS + 1} times on this task"
                    hint = "out of memory? the task is too large for this machine; set task_documents lower"
                    raise CuratorError(what, where=repr(left[suspects[0]])[:300], hint=hint) from None

    def _drain(
        self, function: Callable[[T], int], left: dict[int, T], numbers: Sequence[int], done: Callable[[int], None]
    ) -> None:
        """Run the tasks with these numbers; those that are done leave `left`."""
        pool = self._pool = self._pool or _start(self._workers)
        queue = iter([(number, left[number]) for number in numbers])
        running: dict[Future[int], int] = {}
        try:
            while _refill(pool, function, queue, running, 2 * self._workers):
                self._under_way = set(running.values())
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    answer = future.result()
                    del left[running.pop(future)]
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
