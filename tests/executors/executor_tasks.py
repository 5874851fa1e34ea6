"""Tasks for tests of executors, in a module that worker processes can import."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from curator.errors import InputError
from curator.watch import Trouble, Watch


@dataclass
class Heard:
    """A listener that keeps what it is told."""

    answers: list[tuple[int, int]] = field(default_factory=list)
    retries: list[str] = field(default_factory=list)

    def done(self, documents: int, failures: int = 0) -> None:
        self.answers.append((documents, failures))

    def retried(self, why: str) -> None:
        self.retries.append(why)


def targets(folder: Path) -> list[str]:
    return [str(folder / str(n)) for n in range(12)]


def touch(target: str) -> int:
    Path(target).write_text(str(os.getpid()), encoding="utf-8")
    return 1


def sleep(target: str) -> int:
    """Begin, and be busy for longer than anybody waits."""
    touch(target)
    time.sleep(120)
    return 1


_KEPT: list[bytes] = []


def grow(target: str) -> int:
    """Keep a lot, as a process keeps the rules it has compiled."""
    _KEPT[:] = [b"x" * 250_000_000]
    return touch(target)


def kill_once(target: str) -> int:
    """Kill this worker unless a worker was killed here before."""
    mark = Path(target).with_suffix(".killed")
    if Path(target).name == "3" and not mark.exists():
        mark.write_text("", encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)
    return touch(target)


def kill_always(target: str) -> int:
    if Path(target).name == "3":
        os._exit(1)
    return touch(target)


def refuse(target: str) -> int:
    raise InputError("refused", where=target, hint="none")


@dataclass(frozen=True, slots=True)
class Eater:
    """A task with one document that takes so many megabytes, and holds them for a while."""

    target: str
    megabytes: int
    seconds: float = 0.0


def eat(task: Eater) -> int:
    held = []

    def look() -> str:
        for _ in range(task.megabytes // 10):
            held.append(b"x" * 10_000_000)
            time.sleep(0.005)
        time.sleep(task.seconds)
        return "fine"

    with Watch(task.target, 60) as watch:
        found = watch.attempt(0, look)
    Path(task.target).write_text(found.reason if isinstance(found, Trouble) else found, encoding="ascii")
    return 1


@dataclass(frozen=True, slots=True)
class Numbers:
    """A task that counts to five and dies at the deadly ones."""

    deadly: tuple[int, ...]
    target: str


def count(task: Numbers) -> int:

    def look(number: int) -> int:
        if number in task.deadly:
            os._exit(1)
        return number

    with Watch(task.target, 60) as watch:
        return write(task, [watch.attempt(number, partial(look, number)) for number in range(5)])


def write(task: Numbers, seen: list[int | Trouble]) -> int:
    found = [one.reason if isinstance(one, Trouble) else one for one in seen]
    Path(task.target).write_text(json.dumps(found), encoding="ascii")
    return len(seen)


def hang(task: Numbers) -> int:
    """Count as well, and hang at the deadly ones where no signal of Python's gets through."""

    def look(number: int) -> int:
        if number in task.deadly:
            os.system("sleep 30")  # no processor time of ours
        return number

    with Watch(task.target, 0.2) as watch:
        return write(task, [watch.attempt(number, partial(look, number)) for number in range(5)])
