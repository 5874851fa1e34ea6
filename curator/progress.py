"""What a long run tells its user, on stderr: a moving line on a terminal, plain lines elsewhere, JSON for programs."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Protocol, TextIO

__all__ = ["JsonLines", "Lines", "Reporter", "Silent", "Terminal", "reporter_for"]

_PAUSE = 5.0  # seconds between plain lines


class Reporter(Protocol):
    """Told by a build how it goes."""

    def stage(self, name: str, tasks: int) -> None:
        """Note that a stage of so many tasks begins."""

    def done(self, documents: int, failures: int = 0) -> None:
        """Note that one task has ended, how many documents it dealt with, and how many of them failed."""

    def retried(self, why: str) -> None:
        """Note that a task is begun again, since its worker died."""

    def __enter__(self) -> Reporter: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Silent:
    """Says nothing."""

    def stage(self, name: str, tasks: int) -> None: ...
    def done(self, documents: int, failures: int = 0) -> None: ...
    def retried(self, why: str) -> None: ...
    def __enter__(self) -> Silent:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass(slots=True)
class _Count:
    """How far a stage is."""

    name: str = ""
    tasks: int = 0
    done: int = 0
    documents: int = 0
    failures: int = 0
    retries: int = 0
    began: float = field(default_factory=time.monotonic)

    def add(self, documents: int, failures: int) -> None:
        self.done += 1
        self.documents += documents
        self.failures += failures

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    @property
    def rate(self) -> float:
        """Documents per second."""
        return self.documents / max(self.seconds, 1e-9)


def _remarks(count: _Count) -> list[str]:
    """Return what is to be said of a stage beside its tasks, as far as there is something to say."""
    remarks = [f"{count.documents:,} documents", f"{count.rate:,.0f}/s"] if count.documents else []
    remarks += [f"{count.failures:,} failed"] if count.failures else []
    return remarks + ([f"{count.retries:,} begun again"] if count.retries else [])


def _short_remarks(count: _Count) -> list[str]:
    remarks = [f"{count.rate:,.0f} documents/s"] if count.documents else []
    remarks += [f"{count.failures:,} failed"] if count.failures else []
    return remarks + ([f"{count.retries:,} again"] if count.retries else [])


class Lines:
    """One plain line now and then, for logs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._count = _Count()
        self._said = time.monotonic()

    def stage(self, name: str, tasks: int) -> None:
        self._say_end()
        self._count = _Count(name, tasks)
        self._said = time.monotonic()

    def done(self, documents: int, failures: int = 0) -> None:
        self._count.add(documents, failures)
        if time.monotonic() - self._said >= _PAUSE:
            count = self._count
            left = count.seconds / count.done * (count.tasks - count.done)
            self._say(f"{count.done:,}/{count.tasks:,} tasks", *_remarks(count), f"{_clock(left)} left")

    def retried(self, why: str) -> None:
        self._count.retries += 1
        self._say(f"begun again: {why}")

    def _say_end(self) -> None:
        if self._count.done:
            self._say("done", *_remarks(self._count))
        self._count = _Count()

    def _say(self, *parts: str) -> None:
        self._said = time.monotonic()
        print(f"{self._count.name}: {', '.join(parts)}", file=self._stream, flush=True)

    def __enter__(self) -> Lines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._say_end()


class JsonLines:
    """One JSON object a line: `event` is stage-started, progress, retry, stage-finished or stopped.

    Every one has `stage`, `tasks`, `done`, `documents`, `failures`, `retries` and `seconds` since the stage began;
    retry and stopped also `why`. A stage with nothing to do is started and finished.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._count = _Count()

    def stage(self, name: str, tasks: int) -> None:
        self._finish()
        self._count = _Count(name, tasks)
        self._say("stage-started")

    def done(self, documents: int, failures: int = 0) -> None:
        self._count.add(documents, failures)
        self._say("progress")

    def retried(self, why: str) -> None:
        self._count.retries += 1
        self._say("retry", why=why)

    def _finish(self) -> None:
        if self._count.name:
            self._say("stage-finished")
        self._count = _Count()

    def _say(self, event: str, **more: str) -> None:
        count = self._count
        said = {"event": event, "stage": count.name, "tasks": count.tasks, "done": count.done}
        said |= {"documents": count.documents, "failures": count.failures, "retries": count.retries}
        said |= {"seconds": round(count.seconds, 3), **more}
        print(json.dumps(said, ensure_ascii=False), file=self._stream, flush=True)

    def __enter__(self) -> JsonLines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._finish()
        else:
            self._say("stopped", why=str(error) or type(error).__name__)


class Terminal:
    """A bar per stage, with documents per second, failures, what was begun again, and the time left."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        # All of it fits the 80 columns of a terminal that nobody has widened.
        self._bars = Progress(
            TextColumn("{task.description:<11}"),
            BarColumn(bar_width=8),
            MofNCompleteColumn(),
            TextColumn("{task.fields[remarks]}"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=Console(file=stream),
        )
        self._bar: Any = None
        self._count = _Count()

    def stage(self, name: str, tasks: int) -> None:
        self._bar = self._bars.add_task(name, total=tasks, remarks="")
        self._count = _Count(name, tasks)

    def done(self, documents: int, failures: int = 0) -> None:
        self._count.add(documents, failures)
        self._show(advance=1)

    def retried(self, why: str) -> None:
        self._count.retries += 1
        self._bars.console.print(f"{self._count.name}: begun again: {why}", markup=False, highlight=False)
        self._show(advance=0)

    def _show(self, advance: int) -> None:
        if self._bar is not None:
            self._bars.update(self._bar, advance=advance, remarks=", ".join(_short_remarks(self._count)))

    def __enter__(self) -> Terminal:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def reporter_for(stream: TextIO | None = None, log: Literal["auto", "json", "plain"] = "auto") -> Reporter:
    """Return the reporter that fits a stream (stderr where not given), or the kind of log wished for."""
    stream = stream or sys.stderr
    if log == "json":
        return JsonLines(stream)
    return Terminal(stream) if log == "auto" and stream.isatty() else Lines(stream)
