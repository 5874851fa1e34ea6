"""Clusters that lose workers, schedulers and drivers: the corpus is what it would have been, nothing stays behind."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from clusters import Command, alive, below, command_line, dask_cluster, kill, wait_until
from conftest import checksums, need_executor
from made_stories import write_stories

from curator.corpus import BuildResult, build
from curator.settings import RunSettings, Settings

COUNT, PER_TASK = 120, 5
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc"),
]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """What is built where nothing goes wrong."""
    folder = tmp_path_factory.mktemp("reference")
    (folder / "settings.toml").write_text(f"task_documents = {PER_TASK}\n", encoding="utf-8")
    settings = Settings(run=RunSettings(workers=2), task_documents=PER_TASK)
    return build([write_stories(folder / "in.jsonl", COUNT)], folder / "out", settings)


def arguments(reference: BuildResult, place: Path, executor: str, *more: str) -> list[str]:
    source, settings = (str(reference.out.with_name(name)) for name in ("in.jsonl", "settings.toml"))
    given = [source, "--out", str(place / "out"), "--settings", settings]
    return [*given, "--executor", executor, *more]


@pytest.mark.parametrize("stage", ["extract", "fingerprint"])
def test_a_dask_worker_killed_with_its_nanny_is_made_up_for(stage: str, reference: BuildResult, tmp_path: Path) -> None:
    """It is stopped first, with tasks in its hands, so that they are lost for certain."""
    need_executor("dask")
    with dask_cluster(tmp_path) as cluster:
        workers = [cluster.worker_of(nanny) for nanny in cluster.nannies]
        command = Command(tmp_path / "log", *arguments(reference, tmp_path, "dask", "--address", cluster.address))
        command.wait_for(*(("clean", COUNT // PER_TASK) if stage == "fingerprint" else (stage, 1)))
        kill(workers[1], signal.SIGSTOP)
        command.wait_for(stage, 3, at_most=10)  # the one task of a stage before this may be in its hands
        kill(cluster.nannies[1].pid, signal.SIGKILL)
        kill(workers[1], signal.SIGKILL)
        assert command.end() == 0
        retries = [event["why"] for event in command.events() if event["event"] == "retry"]
    assert any("worker tcp://127.0.0.1" in why and "is lost" in why for why in retries)
    assert checksums(tmp_path / "out") == checksums(reference.out)


def test_with_the_scheduler_gone_it_stops_and_goes_on_where_it_stopped(reference: BuildResult, tmp_path: Path) -> None:
    need_executor("dask")
    with dask_cluster(tmp_path) as cluster:
        command = Command(tmp_path / "log", *arguments(reference, tmp_path, "dask", "--address", cluster.address))
        command.wait_for("extract", 4)
        cluster.scheduler.kill()
        assert command.end() == 3
        assert "the Dask scheduler is gone" in (tmp_path / "log").read_text(encoding="utf-8")
    goes_on(reference, tmp_path)


@pytest.mark.parametrize("executor", ["dask", "ray"])
def test_a_killed_driver_leaves_no_process(executor: str, reference: BuildResult, tmp_path: Path) -> None:
    need_executor(executor)
    given = arguments(reference, tmp_path, executor, "--workers", "2")
    command = Command(tmp_path / "log", *given)
    command.wait_for("extract", 4)
    family = below(command.pid)
    assert len(family) >= 2
    command.kill()
    wait_until(lambda: not alive(family))


def goes_on(reference: BuildResult, place: Path) -> None:
    """Build again, and see that what was done is not done again, and that nothing is missing."""
    out = place / "out"
    kept = {path: path.stat().st_mtime_ns for path in (out / ".curator" / "extract").glob("*.parquet")}
    assert len(kept) >= 4
    again = Command(place / "again", *arguments(reference, place, "local", "--workers", "2"))
    assert again.end() == 0
    started = {event["stage"]: event["tasks"] for event in again.events() if event["event"] == "stage-started"}
    assert started["extract"] == COUNT // PER_TASK - len(kept)
    assert started["clean"] == COUNT // PER_TASK
    assert checksums(out) == checksums(reference.out)


def test_a_killed_ray_worker_is_made_up_for(reference: BuildResult, tmp_path: Path) -> None:
    need_executor("ray")
    command = Command(tmp_path / "log", *arguments(reference, tmp_path, "ray", "--workers", "2"))
    command.wait_for("extract", 2)
    workers = [pid for pid in below(command.pid) if command_line(pid).startswith(b"ray::run_there")]
    assert workers
    kill(workers[0], signal.SIGKILL)
    assert command.end() == 0
    retries = [event["why"] for event in command.events() if event["event"] == "retry"]
    assert retries == ["a worker of the cluster is lost: WorkerCrashedError"]
    assert checksums(tmp_path / "out") == checksums(reference.out)
