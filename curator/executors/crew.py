"""Child processes that tasks run in, and what is done when one dies."""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from curator.database import MEMORY
from curator.errors import CuratorError
from curator.executors.child import IDLE, LENGTH, WORKER
from curator.executors.memory import private_memory, readable_size
from curator.executors.model import Ended, Job
from curator.watch import MAX_DEATHS, Death, note_death

__all__ = ["Crew", "Limits"]

# A child that has grown beyond this over one kind of task is not given another kind: the rules and language profiles of
# cleaning are nothing that finding duplicates needs, and its memory is.
_LARGE = 200_000_000
_LOOK = 0.1  # seconds between two looks at the memory of a child that works


@dataclass(frozen=True, slots=True)
class Limits:
    """What the processes of one crew may use, in bytes; None for no limit."""

    memory: int | None = None  # of all of them together
    database: int | None = None  # of DuckDB in each of them


class _DeadError(Exception):
    """A child process died while it had a task."""

    def __init__(self, death: Death | None) -> None:
        self.death = death  # None: it had gone before it had the task
        super().__init__(death)


class Crew:
    """The child processes of one process: one for each task that runs at once, kept for the next task.

    Args:
        path: where they look for modules; as this process does where not given.
    """

    def __init__(self, limits: Limits = Limits(), path: Sequence[str] = ()) -> None:
        self._limits, self._path = limits, list(path or sys.path)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._sizes: dict[_Child, int] = {}
        self._closed = False

    def run(self, job: Job, *, alone: bool = False) -> Ended:
        """Run a task in a child process; one that dies on the way is replaced, and the task begun again.

        Args:
            alone: no other task runs; else a child that dies for want of memory is not replaced.
        """
        counts: Counter[int | None] = Counter()
        deaths: list[str] = []
        if alone:
            self._rest()
        while True:
            try:
                answer, error = self._attempt(job)
            except _DeadError as dead:
                if self._closed:
                    return Ended(error=CuratorError("stopped"))
                if dead.death is None:
                    continue
                deaths.append(dead.death.why)
                place = note_death(job.target, dead.death)
                counts[place] += 1
                if dead.death.by_force and not alone:
                    return Ended(deaths=deaths, greedy=True)
                # A task that knows its place passes over the document there once its worker has died at it twice.
                if counts[place] == MAX_DEATHS + (place is not None):
                    return Ended(error=_given_up(job, deaths), deaths=deaths)
            else:
                return Ended(answer, error, deaths)

    def _attempt(self, job: Job) -> tuple[Any, BaseException | None]:
        child = self._take(job.kind)
        try:
            result = child.run(job, lambda: self._is_too_much(child))
        except BaseException:
            with self._lock:
                self._forget(child)
            child.end()
            raise
        with self._lock:
            self._busy.discard(child)
            if not self._closed:
                self._idle.append(child)
                return result
        child.end()
        return result

    def _take(self, kind: str) -> _Child:
        with self._lock:
            self._idle.sort(key=lambda child: child.kind == kind)
            while self._idle:
                child = self._idle.pop()
                if child.lives() and (child.kind == kind or private_memory(child.pid) < _LARGE):
                    child.kind = kind
                    self._busy.add(child)
                    return child
                self._forget(child)
                child.end()
            if self._closed:
                raise _DeadError(None)
            child = _Child(self._limits, self._path, kind)
            self._busy.add(child)
            return child

    def _forget(self, child: _Child) -> None:
        self._busy.discard(child)
        self._sizes.pop(child, None)

    def _is_too_much(self, child: _Child) -> bool:
        """Tell whether all processes together use too much, and this child the most of it."""
        if self._limits.memory is None:
            return False
        with self._lock:
            mine = self._sizes[child] = private_memory(child.pid)
            if private_memory(os.getpid()) + sum(self._sizes.values()) <= self._limits.memory:
                return False
            if mine < max(self._sizes.get(other, 0) for other in self._busy):
                return False
            self._sizes[child] = 0  # as good as gone: one is enough
            return True

    def _rest(self) -> None:
        """End the children that have nothing to do."""
        with self._lock:
            resting, self._idle = self._idle, []
            for child in resting:
                self._forget(child)
        for child in resting:
            child.end()

    def close(self) -> None:
        """End all children now: what they were writing has not taken its name yet."""
        with self._lock:
            self._closed = True
            for child in self._busy:  # the thread that waits for it does the rest
                child.kill()
        self._rest()

    def __bool__(self) -> bool:
        """Whether a child process is there."""
        with self._lock:
            return bool(self._busy) or any(child.lives() for child in self._idle)


class _Child:
    """One child process; used by one thread at a time."""

    def __init__(self, limits: Limits, path: Sequence[str], kind: str) -> None:
        self.kind = kind
        environment = {**os.environ, WORKER: "1"}
        if limits.database:
            environment[MEMORY] = str(limits.database)
        script = str(Path(__file__).with_name("child.py"))
        # Unlike what multiprocessing starts, it needs nothing of the main module, and may be the child of a daemon.
        self._process = subprocess.Popen(  # noqa: S603  (our own)
            [sys.executable, "-P", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        self._limits = limits
        self._greeting = _framed(pickle.dumps(path))

    @property
    def pid(self) -> int:
        return self._process.pid

    def lives(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # what it has not read any more
                assert pipe is not None  # noqa: S101
                pipe.close()

    def run(self, job: Job, is_too_much: Callable[[], bool]) -> tuple[Any, BaseException | None]:
        """Run one task; return its (answer, error).

        Raises:
            _DeadError: the process died.
        """
        incoming, outgoing = self._process.stdout, self._process.stdin
        assert incoming is not None  # noqa: S101
        assert outgoing is not None  # noqa: S101
        greedy = False
        try:
            outgoing.write(self._greeting + _framed(job.content))
            outgoing.flush()
        except OSError:
            raise self._dead(greedy=False) from None
        self._greeting = b""
        while not _has_come(incoming):
            if not greedy and is_too_much():
                greedy = True
                self._process.kill()
        head = incoming.read(LENGTH.size)
        content = incoming.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
        if not content:
            raise self._dead(greedy=greedy)
        result: tuple[Any, BaseException | None] = pickle.loads(content)  # noqa: S301  (from our own child)
        return result

    def _dead(self, *, greedy: bool) -> _DeadError:
        code = self._process.wait()
        if greedy:
            limit = readable_size(self._limits.memory or 0)
            return _DeadError(Death(f"all processes together used more than {limit} of memory", by_force=True))
        if code == IDLE:
            return _DeadError(None)
        return _DeadError(Death(_described(code), by_force=code == -getattr(signal, "SIGKILL", 9)))


def _has_come(stream: IO[bytes]) -> bool:
    """Wait a moment for something to read; where that cannot be done, the reader waits without looking up."""
    if not hasattr(select, "poll"):
        return True
    poll = select.poll()
    poll.register(stream, select.POLLIN)
    return bool(poll.poll(_LOOK * 1000))


def _framed(content: bytes) -> bytes:
    return LENGTH.pack(len(content)) + content


def _described(code: int) -> str:
    if code >= 0:
        return f"a worker process ended with code {code}"
    try:
        return f"a worker process was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"a worker process was ended by signal {-code}"


def _given_up(job: Job, deaths: list[str]) -> CuratorError:
    what = f"{len(deaths)} worker processes died on this task; the last: {deaths[-1]}"
    hint = "out of memory? the task is too large for this machine; set task_documents lower, or use fewer workers"
    return CuratorError(what, where=job.name, hint=hint)
