"""Whole builds: what is written does not depend on who did the work, and no document stops it."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import checksums, need_executor
from executor_tasks import Heard
from made_stories import write_stories

from curator.corpus import BuildResult, build
from curator.ledger import read_removals
from curator.settings import RunSettings, Settings

COUNT, PER_TASK = 96, 16


def wished(run: RunSettings) -> Settings:
    return Settings(run=run, task_documents=PER_TASK)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """What one worker of this machine builds."""
    folder = tmp_path_factory.mktemp("reference")
    return build([write_stories(folder / "in.jsonl", COUNT)], folder / "out", wished(RunSettings(workers=1)))


@pytest.mark.parametrize(
    "run",
    [
        RunSettings(workers=2, memory="1GB"),
        RunSettings(executor="dask", workers=2),
        RunSettings(executor="ray", workers=2, memory="4GB"),
    ],
    ids=lambda run: run.executor,
)
def test_same_bytes_whoever_does_the_work(run: RunSettings, reference: BuildResult, tmp_path: Path) -> None:
    need_executor(run.executor)
    assert reference.manifest.templates
    assert reference.funnel.dropped
    assert sum(1 for _ in read_removals(reference.out)) > 50
    built = build([reference.out.parent / "in.jsonl"], tmp_path / "out", wished(run))
    assert checksums(built.out) == checksums(reference.out)
    assert built.manifest.identity == reference.manifest.identity
    again = build([reference.out.parent / "in.jsonl"], reference.out, wished(run))
    assert again.resumed  # it is the same build, whoever is asked to do it


POISONS = {
    # What each document does where it is extracted, and what is said of it.
    "segfault": ("deadly", "a worker process was ended by SIGSEGV"),
    "exit": ("deadly", "a worker process ended with code 7"),
    "loop": ("out-of-time", "more than 2 seconds"),
    "hang": ("out-of-time", "more than 2 seconds"),
    "eat": ("out-of-memory", "all processes together used more than 1.2 GB of memory"),
    "error": ("error", "ZeroDivisionError: integer division or modulo by zero"),
}
POISONED = textwrap.dedent(
    """
        import ctypes, os, curator.cleaner as cleaner
        held = []
        def eat():
            while True:
                held.append(b"x" * 5_000_000)
        def loop():
            while True:
                pass
        does = {
            "segfault": lambda: ctypes.string_at(0),
            "exit": lambda: os._exit(7),
            "loop": loop,
            "hang": lambda: os.system("sleep 60"),
            "eat": eat,
            "error": lambda: 1 // 0,
        }
        def poisoned(extract):
            def run(self, document):
                word = document.content.rsplit("poison ", 1)[-1] if "poison " in document.content else ""
                if word in does:
                    does[word]()
                return extract(self, document)
            return run
        cleaner.Cleaner.extract = poisoned(cleaner.Cleaner.extract)
    """
)


def test_poison_documents_are_named_with_the_reason_and_the_rest_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(POISONED, encoding="utf-8")
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")]), str(Path(__file__).parents[2])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    places = {10 + 12 * number: f"poison {what}" for number, what in enumerate(POISONS)}
    source = write_stories(tmp_path / "in.jsonl", COUNT, copies=COUNT + 1, extra=places)
    settings = wished(RunSettings(workers=2, memory="1.2GB"))
    settings = settings.model_copy(update={"clean": settings.clean.model_copy(update={"max_seconds": 2})})
    heard = Listening()
    built = build([source], tmp_path / "out", settings, reporter=heard)
    set_aside = {
        row["id"]: (row["reason"], row["detail"]) for row in pq.read_table(built.out / "quarantine.parquet").to_pylist()
    }
    found = {places[int(name[1:])].removeprefix("poison "): why for name, why in set_aside.items()}
    assert found == POISONS
    assert built.funnel.written == COUNT - len(POISONS)
    assert len(heard.retries) >= 2 * len(set(POISONS) - {"loop", "error"})


class Listening(Heard):
    """A reporter that keeps what it hears."""

    def stage(self, name: str, tasks: int) -> None: ...
    def __enter__(self) -> Listening:
        return self

    def __exit__(self, *_: object) -> None: ...
