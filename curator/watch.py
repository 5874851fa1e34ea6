"""A limit on the time that one document may take, and a note of where a task stands, should its worker die.

Two clocks run for each document. The first counts processor time and interrupts Python; it makes a failure of the
document and the task goes on. Code outside Python cannot be interrupted, so the second, in wall time, ends the worker;
the executor starts the task again, and a document at which workers have died twice is passed over.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeVar

from curator.errors import CuratorError
from curator.executors.child import WORKER

__all__ = ["MAX_DEATHS", "Death", "OutOfTimeError", "Trouble", "Watch", "clear_notes", "note_death"]

R = TypeVar("R")
MAX_DEATHS = 2
_PATIENCE = 5  # times the processor time, in wall time: a busy machine is no reason to end a worker
Reason = Literal["out-of-time", "out-of-memory", "deadly", "error"]
# What is wrong with the installation or the machine is no fault of a document.
_NOT_ITS_FAULT = (CuratorError, ImportError, OSError)


class OutOfTimeError(BaseException):
    """A document took too long; no `Exception`, so that libraries that swallow those let it through."""


@dataclass(frozen=True, slots=True)
class Death:
    """How a worker died. `by_force`: it was killed, for its memory or by somebody outside."""

    why: str
    by_force: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a document did instead of being dealt with."""

    reason: Reason
    detail: str


@dataclass(slots=True)
class _Note:
    """What stands beside a task's output while it runs: the document it is at, and what became of workers before."""

    at: int | None = None
    deaths: dict[str, int] = field(default_factory=dict)
    whys: dict[str, Trouble] = field(default_factory=dict)

    def count(self, trouble: Trouble) -> None:
        """Count a death at the document where the task stood."""
        place, self.at = str(self.at), None
        self.deaths[place] = self.deaths.get(place, 0) + 1
        self.whys[place] = trouble


class Watch:
    """Watches over the documents of one task.

    Args:
        target: the task's output; the note is kept beside it while the task runs.
        seconds: of processor time that one document may take.
    """

    def __init__(self, target: str, seconds: float) -> None:
        self._target, self._seconds = target, seconds
        self._known = _read(_note(target))
        if self._known.at is not None:  # the process that drove the worker has died with it
            self._known.count(Trouble("deadly", "a worker process died at it, and who looked after it"))
        self._rest = json.dumps({"deaths": self._known.deaths, "whys": _plain(self._known.whys)})[1:]
        # Only a worker may be ended: its executor starts the task again.
        self._in_worker = WORKER in os.environ

    def __enter__(self) -> Watch:
        _note(self._target).parent.mkdir(parents=True, exist_ok=True)
        self._stream = _note(self._target).open("w", encoding="ascii")
        self._late = _late(self._target).open("w", encoding="ascii")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._late.close()
        clear_notes([self._target])

    def attempt(self, number: int, work: Callable[[], R], *, timed: bool = True) -> R | Trouble:
        """Do what is to be done with a document, and return what comes of it, or why nothing did.

        Args:
            number: where the task stands; what is no document has negative ones.
            timed: whether its time is limited.

        Raises:
            CuratorError: what `work` raises of them; other errors are the document's, unless they cannot be.
        """
        late = Trouble("out-of-time", f"more than {self._seconds:g} seconds")  # whichever clock it was
        if self._known.deaths.get(str(number), 0) >= MAX_DEATHS:
            known = self._known.whys[str(number)]
            return late if known.reason == late.reason else known
        try:
            with self.document(number, timed=timed):
                return work()
        except OutOfTimeError:
            return late
        except MemoryError:
            return Trouble("out-of-memory", "more memory than the system gives")
        except _NOT_ITS_FAULT:
            raise
        except Exception as error:  # noqa: BLE001  (one document may not stop a build; it is named with its reason)
            return Trouble("error", f"{type(error).__name__}: {error}"[:200])

    @contextmanager
    def document(self, number: int, *, timed: bool = True) -> Iterator[None]:
        """Note that a document is begun, and limit its time.

        Raises:
            OutOfTimeError: it took longer, and Python could be interrupted.
        """
        self._write(str(number))
        if timed and self._in_worker:
            faulthandler.dump_traceback_later(self._seconds * _PATIENCE, exit=True, file=self._late)
        try:
            with _processor_time(self._seconds) if timed else contextlib.nullcontext():
                yield
        finally:
            if timed and self._in_worker:
                faulthandler.cancel_dump_traceback_later()
        self._write("null")

    def _write(self, place: str) -> None:
        self._stream.seek(0)
        self._stream.write(f'{{"at": {place}, {self._rest}')
        self._stream.truncate()
        self._stream.flush()


def note_death(target: str, death: Death) -> int | None:
    """Note how the worker of a task died; return the number of the document it was at, where that is known."""
    note = _read(_note(target))
    if (place := note.at) is None:
        return None
    late = _late(target)
    if late.exists() and late.stat().st_size:  # faulthandler has said where it hung
        trouble = Trouble("out-of-time", "")
    else:
        trouble = Trouble("out-of-memory" if "memory" in death.why else "deadly", death.why)
    note.count(trouble)
    said = {"at": None, "deaths": note.deaths, "whys": _plain(note.whys)}
    _note(target).write_text(json.dumps(said), encoding="ascii")
    return place


def clear_notes(targets: Iterable[str]) -> None:
    """Forget where tasks stood."""
    for target in filter(None, targets):
        for path in (_note(target), _late(target)):
            with contextlib.suppress(OSError):
                path.unlink()


def _note(target: str) -> Path:
    return Path(f"{target}.at")


def _late(target: str) -> Path:
    return Path(f"{target}.late")


def _read(note: Path) -> _Note:
    try:
        found = json.loads(note.read_text(encoding="ascii"))
        return _Note(found["at"], found["deaths"], {n: Trouble(**why) for n, why in found["whys"].items()})
    except (OSError, ValueError, KeyError, TypeError):  # none, or the worker died while writing it
        return _Note()


def _plain(whys: dict[str, Trouble]) -> dict[str, dict[str, str]]:
    return {number: asdict(trouble) for number, trouble in whys.items()}


@contextmanager
def _processor_time(seconds: float) -> Iterator[None]:
    """Interrupt what runs inside after so much processor time, where the system can and this is the main thread."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: Any) -> None:  # noqa: ARG001  (what a handler takes)
        raise OutOfTimeError

    before = signal.signal(signal.SIGVTALRM, interrupt)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
