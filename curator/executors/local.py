"""Tasks on this machine, in a pool of worker processes that survives the death of a worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from curator.errors import CuratorError

__all__ = ["run"]

T = TypeVar("T")
# A task that was under way in this many pools that broke is what breaks them.
_MAX_DEATHS = 3


def run(
    function: Callable[[T], int], tasks: Sequence[T], workers: int, done: Callable[[int], None] = lambda _: None
) -> None:
    """Run `function` on every task, in any order, and return when all are done.

    Args:
        function: a module-level function; its answer is a number of documents, for progress.
        done: called in this process with each answer.

    Raises:
        CuratorError: a task's own error, or a task that killed its worker again and again.
    """
    left = dict(enumerate(tasks))
    deaths = dict.fromkeys(left, 0)
    while left:
        try:
            _drain(function, left, workers, done)
        except BrokenProcessPool:
            # Tasks are idempotent: whatever was under way is simply run again, one at a time once a worker has died
            # twice, so that the task at fault is told from its neighbours.
            workers = 1 if max(deaths.values()) >= 1 else workers
            for number in list(left)[: max(1, workers)]:
                deaths[number] += 1
            culprit = next((n for n in left if deaths[n] >= _MAX_DEATHS), None)
            if culprit is not None:
                what = f"a worker process died {_MAX_DEATHS} times on the same task"
                hint = "out of memory? use fewer --workers, and run the same command again"
                raise CuratorError(what, where=repr(left[culprit])[:300], hint=hint) from None


def _drain(function: Callable[[T], int], left: dict[int, T], workers: int, done: Callable[[int], None]) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=(os.getpid(),)) as pool:
        queue = iter(list(left.items()))
        running: dict[Future[int], int] = {}
        try:
            _refill(pool, function, queue, running, 2 * workers)
            while running:
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    number = running.pop(future)
                    answer = future.result()
                    del left[number]
                    done(answer)
                _refill(pool, function, queue, running, 2 * workers)
        except BaseException:
            _stop(pool, running)
            raise


def _refill(
    pool: ProcessPoolExecutor, function: Callable[[T], int], queue: Any, running: dict[Future[int], int], limit: int
) -> None:
    while len(running) < limit and (following := next(queue, None)):
        running[pool.submit(function, following[1])] = following[0]


def _stop(pool: ProcessPoolExecutor, running: dict[Future[int], int]) -> None:
    """End the workers now: what they were writing has not taken its name yet."""
    for future in running:
        future.cancel()
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.terminate()
    pool.shutdown(wait=True, cancel_futures=True)


def _start_worker(parent: int) -> None:
    """Leave interrupts to the parent, and die with it: a killed parent must leave no worker behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = multiprocessing.parent_process()
    if process is None or os.getppid() != parent:
        os._exit(1)

    def follow() -> None:
        process.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
