"""What an executor is, and what passes between it and the loop that runs a stage."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

__all__ = ["Ended", "Function", "Job", "Listener", "LostError", "Pool"]

# A module-level function of one task; it answers with a number of documents, or with (documents, failures).
Function = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Job:
    """A task with its function, packed: only the child process that runs it needs to know their modules."""

    content: bytes
    target: str
    name: str
    kind: str  # of task

    @classmethod
    def of(cls, function: Function, task: Any) -> Job:
        """Pack a task; what it writes is its `target`, where it has one."""
        kind = getattr(
            function, "__qualname__", type(function).__qualname__
        )  # what can be called need not be a function
        return cls(pickle.dumps((function, task)), getattr(task, "target", ""), repr(task)[:300], kind)


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a task: its answer, or its error, or that it needs more memory than there was beside others.

    Errors are values here, because each cluster wraps those that are raised in its own way.
    """

    answer: Any = None
    error: BaseException | None = None
    deaths: Sequence[str] = ()  # how child processes died on the way, each a reason to start it again
    greedy: bool = False


class LostError(Exception):
    """The process that drove a task is gone, and nobody has started the task again."""


class Listener(Protocol):
    """Told how the tasks go."""

    def done(self, documents: int, failures: int = 0) -> None:
        """Note that one task has ended, how many documents it dealt with, and how many of them failed."""

    def retried(self, why: str) -> None:
        """Note that a task is started again."""


class Pool(Protocol):
    """Something that runs tasks, many at once; one module each for those there are."""

    @property
    def slots(self) -> int:
        """How many tasks run at once."""

    def submit(self, job: Job, *, alone: bool) -> Future[Ended]:
        """Have a task run; where `alone`, nothing else runs meanwhile.

        The future's result is what became of it, or raises `LostError`.
        """

    def hear(self) -> Sequence[str]:
        """Return why tasks were started again since the last call, as far as the pool itself did it."""

    def __enter__(self) -> Pool: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
