"""Tasks on a Ray cluster: one that runs already, or one of this machine's processors."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Any

from curator.errors import InputError, UsageError
from curator.executors.crew import Limits
from curator.executors.model import Ended, Job, LostError
from curator.executors.session import Places, Session, run_there

__all__ = ["RayPool"]


class RayPool:
    """Runs tasks on the nodes of a cluster, one processor each.

    Args:
        workers: processors of a cluster of our own; of one that runs already, how many tasks at once at most.
        address: as `ray.init` takes it: "auto", host:6379, ray://host:10001; "" starts a cluster here, which ends with
            the pool.
        limits: what the processes of one worker may use together.
    """

    def __init__(self, workers: int | None, address: str = "", limits: Limits = Limits()) -> None:  # noqa: B008
        try:
            import ray
        except ModuleNotFoundError as error:
            raise UsageError(
                f"Ray is not installed ({error.name} is missing)",
                where="executor ray",
                hint="pip install 'article-curator[ray]', on every machine of the cluster",
            ) from None
        self._ray: Any = ray
        self._places = Places(lambda: int(self._ray.cluster_resources().get("CPU", 1)), workers)
        # A cluster of our own is on this machine, where modules are where they are for us.
        self._session = Session(limits, () if address else tuple(sys.path))
        self._workers, self._address = workers, address

    @property
    def slots(self) -> int:
        """Processors of the cluster as it is now, or fewer where so many were wished for."""
        return self._places.now()

    def submit(self, job: Job, *, alone: bool = False) -> Future[Ended]:
        """Have a task run."""
        return self._translated(self._remote.remote(self._session, job, alone=alone))

    def hear(self) -> Sequence[str]:
        """Return nothing: tasks of lost workers are submitted again by the loop."""
        return ()

    def __enter__(self) -> RayPool:
        ray = self._ray
        # "local": without an address Ray would join whatever cluster is on this machine.
        own = {} if self._address else {"num_cpus": self._workers, "include_dashboard": False}
        try:
            ray.init(address=self._address or "local", log_to_driver=False, logging_level=logging.ERROR, **own)
        except (OSError, RuntimeError, ValueError) as error:  # ConnectionError is an OSError
            hint = "the address of a cluster that runs, as `ray start --head` prints it, and its token if it has one"
            raise InputError(f"no Ray cluster answers: {error}", where=self._address or "here", hint=hint) from None
        # No retries of Ray's own: the loop does them, and says so.
        self._remote = ray.remote(num_cpus=1, max_retries=0)(run_there)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ray.shutdown()

    def _translated(self, reference: Any) -> Future[Ended]:
        """Return a future with the errors that the loop knows; cancelled, it ends the task."""
        outer: Future[Ended] = Future()
        gone = threading.Event()
        lost = _lost_errors(self._ray)

        def settle(done: Future[Ended]) -> None:
            if gone.is_set():
                return
            try:
                outer.set_result(done.result())
            except lost as error:
                outer.set_exception(LostError(f"a worker of the cluster is lost: {type(error).__name__}"))
            except Exception as error:  # noqa: BLE001
                outer.set_exception(error)

        def cancel(done: Future[Ended]) -> None:
            if done.cancelled():
                gone.set()
                self._ray.cancel(reference, force=True)

        outer.add_done_callback(cancel)
        reference.future().add_done_callback(settle)
        return outer


def _lost_errors(ray: Any) -> tuple[type[Exception], ...]:
    found = ray.exceptions
    return (
        found.WorkerCrashedError,
        found.NodeDiedError,
        found.ObjectLostError,
        found.OutOfMemoryError,
        found.LocalRayletDiedError,
    )
