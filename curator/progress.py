"""What a long run tells its user, on stderr: a moving line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Protocol, TextIO

__all__ = ["Lines", "Reporter", "Silent", "Terminal", "reporter_for"]

_PAUSE = 5.0  # seconds between plain lines


class Reporter(Protocol):
    """Told by a build how it goes."""

    def stage(self, name: str, tasks: int) -> None:
        """Note that a stage of so many tasks begins."""

    def done(self, documents: int) -> None:
        """Note that one task has ended, and how many documents it dealt with."""

    def __enter__(self) -> Reporter: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Silent:
    """Says nothing."""

    def stage(self, name: str, tasks: int) -> None: ...
    def done(self, documents: int) -> None: ...
    def __enter__(self) -> Silent:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Lines:
    """One plain line now and then, for logs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._name, self._tasks, self._ended, self._documents = "", 0, 0, 0
        self._began = self._said = time.monotonic()

    def stage(self, name: str, tasks: int) -> None:
        self._say_end()
        self._name, self._tasks, self._ended, self._documents = name, tasks, 0, 0
        self._began = self._said = time.monotonic()

    def done(self, documents: int) -> None:
        self._ended += 1
        self._documents += documents
        if time.monotonic() - self._said >= _PAUSE:
            self._say(f"{self._ended}/{self._tasks} tasks")

    def _say_end(self) -> None:
        if self._name and self._ended:
            self._say("done")
        self._name = ""

    def _say(self, state: str) -> None:
        self._said = time.monotonic()
        rate = self._documents / max(self._said - self._began, 1e-9)
        documents = f", {self._documents:,} documents, {rate:,.0f}/s" if self._documents else ""
        print(f"{self._name}: {state}{documents}", file=self._stream, flush=True)

    def __enter__(self) -> Lines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._say_end()


class Terminal:
    """A bar per stage, with documents per second and the time left."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._bars = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(file=stream),
        )
        self._bar: Any = None
        self._documents, self._began = 0, time.monotonic()

    def stage(self, name: str, tasks: int) -> None:
        self._bar = self._bars.add_task(name, total=tasks, rate="")
        self._documents, self._began = 0, time.monotonic()

    def done(self, documents: int) -> None:
        self._documents += documents
        rate = self._documents / max(time.monotonic() - self._began, 1e-9)
        self._bars.update(self._bar, advance=1, rate=f"{rate:,.0f} documents/s" if self._documents else "")

    def __enter__(self) -> Terminal:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()


def reporter_for(stream: TextIO | None = None) -> Reporter:
    """Return the reporter that fits a stream (stderr where not given)."""
    stream = stream or sys.stderr
    return Terminal(stream) if stream.isatty() else Lines(stream)
