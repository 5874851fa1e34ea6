"""A limit on the time that one document may take, and a note of where a task stands, should its worker die.

Two clocks run for each document. The first counts processor time and interrupts Python; it makes a failure of the
document and the task goes on. Code outside Python cannot be interrupted, so the second, in wall time, ends the worker;
the executor starts the task again, and a document at which workers have died twice is passed over.
"""

from __future__ import annotations

import faulthandler
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

__all__ = ["OutOfTimeError", "Watch", "stands_at"]

_PATIENCE = 5  # times the processor time, in wall time: a busy machine is no reason to end a worker
_MAX_DEATHS = 2


class OutOfTimeError(BaseException):
    """A document took too long; no `Exception`, so that libraries that swallow those let it through."""


class Watch:
    """Watches over the documents of one task.

    Args:
        target: the task's output; the note is kept beside it while the task runs.
        seconds: of processor time that one document may take.
    """

    def __init__(self, target: str, seconds: float) -> None:
        self._note, self._seconds = _note(target), seconds
        self._deaths = _read(self._note)
        standing = self._deaths.pop("at", None)
        if standing is not None:
            self._deaths[str(standing)] = self._deaths.get(str(standing), 0) + 1
        # Only a worker may be ended: its executor starts the task again.
        self._in_worker = multiprocessing.parent_process() is not None

    def __enter__(self) -> Watch:
        self._note.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self._note.open("w", encoding="ascii")
        self._nowhere = Path(os.devnull).open("w", encoding="ascii")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._nowhere.close()
        self._note.unlink(missing_ok=True)

    def is_deadly(self, number: int) -> bool:
        """Tell whether workers have died at a document."""
        return self._deaths.get(str(number), 0) >= _MAX_DEATHS

    @contextmanager
    def document(self, number: int) -> Iterator[None]:
        """Note that a document is begun, and limit its time.

        Raises:
            OutOfTimeError: it took longer, and Python could be interrupted.
        """
        self._stream.seek(0)
        self._stream.write(json.dumps({**self._deaths, "at": number}))
        self._stream.truncate()
        self._stream.flush()
        if self._in_worker:
            faulthandler.dump_traceback_later(self._seconds * _PATIENCE, exit=True, file=self._nowhere)
        try:
            with _processor_time(self._seconds):
                yield
        finally:
            if self._in_worker:
                faulthandler.cancel_dump_traceback_later()


def stands_at(target: str) -> int | None:
    """Return the number of the document at which a task was when its worker died, where that is known."""
    place = _read(_note(target)).get("at")
    return place if isinstance(place, int) else None


def _note(target: str) -> Path:
    return Path(f"{target}.at")


def _read(note: Path) -> dict[str, int]:
    try:
        found = json.loads(note.read_text(encoding="ascii"))
    except (OSError, ValueError):  # none, or the worker died while writing it
        return {}
    return found if isinstance(found, dict) else {}


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
