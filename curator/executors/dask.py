"""Tasks on a Dask cluster: one that runs already, or one of this machine's processors."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections import deque
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from types import TracebackType
from typing import Any

from curator.errors import CuratorError, InputError, UsageError
from curator.executors.crew import Limits
from curator.executors.model import Ended, Job, LostError
from curator.executors.session import Places, Session, run_there

__all__ = ["DaskPool"]

_PATIENCE = 60  # seconds for the scheduler to answer, and for a first worker


class DaskPool:
    """Runs tasks on the workers of a cluster; Dask itself gives the tasks of a worker that dies to another.

    Args:
        workers: processes of a cluster of our own; of one that runs already, how many tasks at once at most.
        address: of the scheduler, as tcp://host:8786; "" starts a cluster here, which ends with the pool.
        limits: what the processes on one worker may use together.
    """

    def __init__(self, workers: int | None, address: str = "", limits: Limits = Limits()) -> None:  # noqa: B008
        try:
            import distributed
        except ModuleNotFoundError as error:
            raise UsageError(
                f"Dask is not installed ({error.name} is missing)",
                where="executor dask",
                hint="pip install 'article-curator[dask]', on every machine of the cluster",
            ) from None
        self._distributed = distributed
        # A cluster of our own is on this machine, where modules are where they are for us.
        self._session = Session(limits, () if address else tuple(sys.path))
        self._workers, self._address = workers, address
        self._places = Places(lambda: sum(self._client.nthreads().values()), workers)
        self._cluster: Any = None
        self._client: Any = None
        self._lost: deque[str] = deque()

    @property
    def slots(self) -> int:
        """Threads of the cluster as it is now, or fewer where so many were wished for."""
        return self._places.now()

    def submit(self, job: Job, *, alone: bool = False) -> Future[Ended]:
        """Have a task run."""
        # Not pure: a task that is submitted again is to be run again.
        inner = self._executor.submit(run_there, self._session, job, alone=alone, pure=False)
        return _translated(inner)

    def hear(self) -> Sequence[str]:
        """Return which workers were lost with tasks that have been given to others."""
        heard = []
        while self._lost:
            heard.append(self._lost.popleft())
        return heard

    def _hear_event(self, event: tuple[float, Any]) -> None:
        _, said = event
        if isinstance(said, dict) and said.get("action") == "remove-worker" and said.get("processing-tasks"):
            count = len(said["processing-tasks"])
            self._lost.append(f"worker {said['worker']} of the cluster is lost; its {count} tasks go to others")

    def __enter__(self) -> DaskPool:
        distributed, address = self._distributed, self._address
        # Dask says on its own what goes wrong with connections, many times over; what matters here is said by us.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        if not address:
            # One thread each, and no limit of Dask's own: memory is used by our children, which it does not see.
            self._cluster = distributed.LocalCluster(
                n_workers=self._workers,
                threads_per_worker=1,
                memory_limit=0,
                dashboard_address="127.0.0.1:0",  # any free port: the usual one may be taken
                silence_logs=logging.CRITICAL,
            )
        try:
            self._client = distributed.Client(self._cluster or address, timeout=_PATIENCE, set_as_default=False)
            self._client.wait_for_workers(1, timeout=_PATIENCE)
        except (OSError, TimeoutError) as error:
            self.__exit__(None, None, None)
            hint = "the address of a scheduler that runs and has workers, as tcp://host:8786"
            raise InputError(f"no Dask cluster answers: {error}", where=address or "here", hint=hint) from None
        self._executor = self._client.get_executor()
        self._client.subscribe_topic("all", self._hear_event)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing a cluster that has broken down can fail in many ways, and none of them matters any more.
        with contextlib.suppress(Exception):
            if self._client is not None:
                self._client.unsubscribe_topic("all")
                self._client.close(timeout=5)
        with contextlib.suppress(Exception):
            if self._cluster is not None:
                self._cluster.close(timeout=10)


def _translated(inner: Future[Ended]) -> Future[Ended]:
    """Return a future with the errors that the loop knows."""
    outer: Future[Ended] = Future()

    def settle(done: Future[Ended]) -> None:
        if outer.cancelled():
            return
        try:
            outer.set_result(done.result())
        except CancelledError:
            hint = "look at the scheduler's log; the same command goes on where this one stopped"
            outer.set_exception(CuratorError("the Dask scheduler is gone", where="executor dask", hint=hint))
        except Exception as error:  # noqa: BLE001
            outer.set_exception(_told(error))

    def cancel(done: Future[Ended]) -> None:
        if done.cancelled():
            inner.cancel()

    inner.add_done_callback(settle)
    outer.add_done_callback(cancel)
    return outer


def _told(error: Exception) -> Exception:
    from distributed import KilledWorker

    return LostError("workers of the cluster were lost again and again") if isinstance(error, KilledWorker) else error
