"""Dividing the inputs among tasks in a child process: a file that ends who looks into it costs itself and no other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from curator.executors.crew import Crew
from curator.executors.model import Job
from curator.sources.find import divided, plan_splits
from curator.sources.listing import FileList
from curator.sources.model import SourceFile, Split
from curator.watch import Trouble, Watch, clear_notes

__all__ = ["plan"]


@dataclass(frozen=True, slots=True)
class _DivideTask:
    """Divide files of many documents; nothing is written, `target` is where the note of the task stands."""

    files: FileList
    documents: int
    divide: bool
    target: str


def plan(files: Iterable[SourceFile], documents: int, note: Path) -> list[Split]:
    """Return what each task reads, about `documents` documents each, in the order of the files.

    Raises:
        UsageError: reading a format takes an extra that is not installed.
    """
    return plan_splits(files, documents, partial(_divided_apart, note=str(note)))


def _divided_apart(files: Iterable[SourceFile], documents: int, *, divide: bool, note: str) -> list[Split]:
    task = _DivideTask(FileList(files), documents, divide, note)
    if not task.files:
        return []
    clear_notes([note])
    crew = Crew()
    try:
        ended = crew.run(Job.of(_divide, task), alone=True)
    finally:
        crew.close()
    if ended.error is not None:
        raise ended.error
    found: list[Split] = ended.answer
    return found


def _divide(task: _DivideTask) -> list[Split]:
    found: list[Split] = []
    with Watch(task.target, 0) as watch:
        for number, file in enumerate(task.files):
            splits = watch.attempt(number, partial(divided, [file], task.documents, divide=task.divide), timed=False)
            found += [Split("broken", (file,), detail=splits.detail)] if isinstance(splits, Trouble) else splits
    return found
