"""The far end of a cluster: how a process of Dask or Ray runs the tasks of a build, in child processes as locally."""

from __future__ import annotations

import math
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from curator.errors import UsageError
from curator.executors.crew import Crew, Limits
from curator.executors.model import Ended, Job
from curator.manifest import versions

__all__ = ["Places", "Session", "run_there"]

_PAUSE = 5.0  # seconds between two questions to a cluster

_LOCK = threading.Lock()
# The worker processes of a cluster outlive builds, and run several: each build has a crew of its own, as rules and
# settings are kept in its children. Children with nothing to do end themselves.
_CREWS: dict[str, Crew] = {}


@dataclass(frozen=True, slots=True)
class Session:
    """One build on a cluster.

    `path` is where child processes look for modules, () for where the worker does; `versions` are those of the process
    that leads the build.
    """

    limits: Limits
    path: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=versions)
    name: str = field(default_factory=lambda: uuid.uuid4().hex)


class Places:
    """How many tasks run at once in a cluster that may grow or shrink; it is not asked at every turn.

    Args:
        count: asks the cluster.
        most: so many at most, None for all.
    """

    def __init__(self, count: Callable[[], int], most: int | None) -> None:
        self._count, self._most = count, most
        self._asked, self._known = -math.inf, 1

    def now(self) -> int:
        """Return how many, at least one."""
        if time.monotonic() - self._asked > _PAUSE:
            there = max(self._count(), 1)
            self._known = min(there, self._most) if self._most else there
            self._asked = time.monotonic()
        return self._known


def run_there(session: Session, job: Job, *, alone: bool) -> Ended:
    """Run a task in a child of this process."""
    with _LOCK:
        if (crew := _CREWS.get(session.name)) is None:
            if different := _differences(session):
                hint = "install the same versions on all of them: else the corpus depends on who did what"
                return Ended(error=UsageError(f"has other versions: {different}", where=_here(), hint=hint))
            for name in [name for name, old in _CREWS.items() if not old]:
                del _CREWS[name]
            crew = _CREWS[session.name] = Crew(session.limits, session.path)
    return crew.run(job, alone=alone)


def _differences(session: Session) -> str:
    own = versions()
    return ", ".join(
        f"{name} {own.get(name)}, not {theirs}" for name, theirs in session.versions.items() if own.get(name) != theirs
    )


def _here() -> str:
    return f"worker {os.getpid()} on {socket.gethostname()}"
