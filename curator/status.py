"""How far a build is, told from the files of its folder: by another process, after a kill, at any time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from curator.errors import InputError
from curator.manifest import Funnel, Manifest

__all__ = ["Status", "note_plan", "status_lines", "status_of"]

_PLAN = "plan.json"


@dataclass(frozen=True, slots=True)
class Status:
    """How far a build is. `steps` has the work files that are whole, by step; `tasks` is how many there will be."""

    finished: bool
    tasks: int
    steps: dict[str, int]
    shards: int
    idle: float | None  # seconds since the last file appeared
    funnel: Funnel | None  # of a finished build


def note_plan(work: Path, tasks: int) -> None:
    """Note in the work folder how many tasks a step has."""
    (work / _PLAN).write_text(json.dumps({"tasks": tasks}), encoding="utf-8")


def status_of(folder: str | Path) -> Status:
    """Return how far the build in a folder is.

    Raises:
        InputError: no build was begun there.
    """
    folder = Path(folder)
    work = folder / ".curator"
    shards = sum(1 for _ in folder.glob("data/**/*.parquet"))
    if (folder / "manifest.json").exists() and not work.exists():
        manifest = Manifest.read(folder / "manifest.json")
        return Status(True, 0, {}, shards, None, manifest.funnel)
    try:
        tasks = int(json.loads((work / _PLAN).read_text(encoding="utf-8"))["tasks"])
    except FileNotFoundError:
        if not (work / "identity.json").exists():
            hint = "give the folder that curator build was given as --out"
            raise InputError("no build was begun here", where=str(folder), hint=hint) from None
        tasks = 0
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(work / _PLAN), hint="run the build again") from None
    done: dict[str, int] = {}
    newest: list[tuple[float, str]] = []
    for step in (path for path in work.iterdir() if path.is_dir()):
        times = [path.stat().st_mtime for path in step.glob("*.parquet")]
        if times:
            done[step.name] = len(times)
            newest.append((min(times), step.name))
    order = [name for _, name in sorted(newest)]
    files = [path.stat().st_mtime for path in folder.rglob("*") if path.is_file()]
    idle = max(0.0, time.time() - max(files)) if files else None
    return Status(False, tasks, {name: done[name] for name in order}, shards, idle, None)


def status_lines(status: Status) -> Iterator[tuple[str, str]]:
    """Yield a status as rows for a person: what, how far."""
    if status.funnel is not None:
        yield "finished", f"{status.funnel.written:,} documents in {status.shards:,} shards"
        return
    if not status.steps:
        yield "begun", "no task has ended yet"
    for step, count in status.steps.items():
        of = f" of {status.tasks:,}" if status.tasks else ""
        yield step, f"{count:,}{of} tasks"
    if status.shards:
        yield "written", f"{status.shards:,} shards"
    if status.idle is not None:
        yield "last file", f"{status.idle:,.0f} seconds ago"
