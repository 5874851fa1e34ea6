"""The far end of a cluster: how a process of Dask or Ray runs the tasks of a build, in child processes as locally."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from curator.errors import UsageError
from curator.executors.crew import Crew, Limits
from curator.executors.model import Ended, Job
from curator.manifest import versions

__all__ = ["Session", "run_there"]

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
