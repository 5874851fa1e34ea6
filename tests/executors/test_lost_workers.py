"""Clusters that lose workers, schedulers and drivers: the corpus is what it would have been, nothing stays behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from clusters import Command, alive, below, command_line, dask_cluster, kill, ray_cluster, wait_until
from conftest import ROOT, checksums, need_executor
from made_stories import write_stories

from curator.corpus import BuildResult, build
from curator.settings import RunSettings, Settings

COUNT, PER_TASK = 120, 5
TASKS = COUNT // PER_TASK
STAGES = ("extract", "fingerprint")  # one of cleaning, and one of finding duplicates
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


@pytest.fixture
def unhurried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every task of the processes that are started takes a moment, so that one is under way when somebody looks."""
    (tmp_path / "sitecustomize.py").write_text(UNHURRIED, encoding="utf-8")
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")]), str(ROOT)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))


UNHURRIED = """
import os, time
if "CURATOR_WORKER" in os.environ:
    import curator.atomic
    commit = curator.atomic.commit
    curator.atomic.commit = lambda *arguments: (time.sleep(0.3), commit(*arguments))[1]
"""


def arguments(reference: BuildResult, place: Path, executor: str, *more: str) -> list[str]:
    source, settings = (str(reference.out.with_name(name)) for name in ("in.jsonl", "settings.toml"))
    given = [source, "--out", str(place / "out"), "--settings", settings]
    return [*given, "--executor", executor, *more]


@pytest.mark.parametrize("stage", STAGES)
def test_a_dask_worker_killed_with_its_nanny_is_made_up_for(stage: str, reference: BuildResult, tmp_path: Path) -> None:
    """It is stopped first, with tasks in its hands, so that they are lost for certain."""
    need_executor("dask")
    with dask_cluster(tmp_path) as cluster:
        workers = [cluster.worker_of(nanny) for nanny in cluster.nannies]
        command = Command(tmp_path / "log", *arguments(reference, tmp_path, "dask", "--address", cluster.address))
        command.wait_for(*(("clean", TASKS) if stage == "fingerprint" else (stage, 1)))
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
def test_a_killed_driver_leaves_no_process_and_it_goes_on(
    executor: str, reference: BuildResult, tmp_path: Path
) -> None:
    """The agents of Ray's own stay for the minute that they give who started them."""
    need_executor(executor)
    given = arguments(reference, tmp_path, executor, "--workers", "2")
    command = Command(tmp_path / "log", *given)
    command.wait_for("extract", 4)
    family = below(command.pid)
    assert len(family) >= 2
    command.kill()
    wait_until(lambda: not [pid for pid in alive(family) if b"Agent" not in command_line(pid)])
    goes_on(reference, tmp_path)
    wait_until(lambda: not alive(family))


def goes_on(reference: BuildResult, place: Path) -> None:
    """Build again, and see that what was done is not done again, and that nothing is missing."""
    out = place / "out"
    kept = {path: path.stat().st_mtime_ns for path in (out / ".curator" / "extract").glob("*.parquet")}
    assert len(kept) >= 4
    again = Command(place / "again", *arguments(reference, place, "local", "--workers", "2"))
    assert again.end() == 0
    started = {event["stage"]: event["tasks"] for event in again.events() if event["event"] == "stage-started"}
    assert started["extract"] == TASKS - len(kept)
    assert started["clean"] == TASKS
    assert checksums(out) == checksums(reference.out)


@pytest.mark.usefixtures("unhurried")
def test_nodes_of_a_ray_cluster_killed_in_cleaning_and_in_deduplication_are_made_up_for(
    reference: BuildResult, tmp_path: Path
) -> None:
    """Workers are stopped first, with tasks in their hands; then they are killed, with all that looks after them."""
    need_executor("ray")
    with ray_cluster(tmp_path) as cluster:
        command = Command(tmp_path / "log", *arguments(reference, tmp_path, "ray", "--address", cluster.address))
        assert all(map(cluster.workers_of, cluster.nodes))
        for node, begun, stage in zip(cluster.nodes, (("extract", 1), ("clean", TASKS)), STAGES, strict=True):
            command.wait_for(*begun)
            for pid in cluster.workers_of(node):
                kill(pid, signal.SIGSTOP)
            command.wait_for(stage, 3, at_most=10)
            for pid in (node, *below(node)):
                kill(pid, signal.SIGKILL)
        assert command.end() == 0
        retries = [(event["stage"], event["why"]) for event in command.events() if event["event"] == "retry"]
    assert all("is lost" in why for _, why in retries)
    assert retries[0][0] == "extract"
    assert retries[-1][0] in ("ids", "fingerprint")
    assert checksums(tmp_path / "out") == checksums(reference.out)
