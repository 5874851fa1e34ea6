"""Real clusters of processes on loopback, and builds on them as commands that can be killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 120  # seconds for what takes a few on a machine with nothing else to do


class Command:
    """A `curator build --log json` in a session of its own."""

    def __init__(self, log: Path, *arguments: str) -> None:
        self._log = log
        command = [sys.executable, "-m", "curator", "build", *arguments, "--log", "json"]
        with log.open("w", encoding="utf-8") as stream:
            self._process = subprocess.Popen(command, stderr=stream, stdout=stream, start_new_session=True)

    @property
    def pid(self) -> int:
        return self._process.pid

    def events(self) -> list[dict[str, Any]]:
        """Return what it has said so far."""
        lines = self._log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def wait_for(self, stage: str, done: int, at_most: float | None = None) -> None:
        """Wait until so many tasks of a stage are done, or for so many seconds."""

        def is_there() -> bool:
            assert self._process.poll() is None, self._log.read_text(encoding="utf-8")
            late = at_most is not None and time.monotonic() > began + at_most
            return late or any(event["stage"] == stage and event["done"] >= done for event in self.events())

        began = time.monotonic()
        wait_until(is_there)

    def end(self) -> int:
        """Wait until it ends; return its exit code."""
        return self._process.wait(PATIENCE)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class DaskCluster:
    """A scheduler and two workers, each a command of Dask's, each worker with its nanny."""

    def __init__(self, folder: Path) -> None:
        port = _free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = _start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        options = ("--nworkers", "1", "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder))
        self.nannies = [_start("dask_worker", self.address, *options) for _ in range(2)]

    def worker_of(self, nanny: subprocess.Popen[bytes]) -> int:
        """Return the process that a nanny looks after."""
        found: list[int] = []

        def is_there() -> bool:
            found[:] = [pid for pid in below(nanny.pid) if b"spawn_main" in command_line(pid)]
            return bool(found)

        wait_until(is_there)
        return found[0]

    def close(self) -> None:
        for process in (*self.nannies, self.scheduler):
            for pid in (process.pid, *below(process.pid)):
                kill(pid, signal.SIGKILL)
            process.wait()


class RayCluster:
    """A head and two more nodes of one processor each, all on this machine, each a command of Ray's."""

    def __init__(self, folder: Path) -> None:
        # Ray puts the address of the machine in the place of that of loopback, wherever it is given.
        self.address = f"127.0.0.1:{_free_port()}"
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        try:
            self._start("--head", "--port", self.address.split(":")[1], "--include-dashboard", "false")
            for _ in range(2):  # one after the other: those that join at once can fail to
                self._start("--address", self.address)
        except BaseException:
            self.close()
            raise

    @property
    def nodes(self) -> list[int]:
        """The processes of which the nodes beside the head descend."""
        return [process.pid for process in self._started[1:]]

    def workers_of(self, node: int) -> list[int]:
        """Return the processes of a node that drive tasks, and their children."""
        drivers: list[int] = []

        def is_there() -> bool:
            drivers[:] = [pid for pid in below(node) if command_line(pid).startswith(b"ray::run_there")]
            return bool(drivers)

        wait_until(is_there)
        return [pid for driver in drivers for pid in (driver, *below(driver))]

    def close(self) -> None:
        for process in self._started:
            for pid in (process.pid, *below(process.pid)):
                kill(pid, signal.SIGKILL)
            process.wait()

    def _start(self, *arguments: str) -> None:
        log = self._folder / f"ray-{len(self._started)}.log"
        options = ("--block", "--num-cpus", "1", "--object-store-memory", "100000000", "--disable-usage-stats")
        command = [sys.executable, "-m", "ray.scripts.scripts", "start", *options, *arguments]
        with log.open("w", encoding="utf-8") as stream:
            self._started.append(subprocess.Popen(command, stdout=stream, stderr=stream))

        def is_there() -> bool:
            said = log.read_text(encoding="utf-8")
            assert self._started[-1].poll() is None, said
            return "Ray runtime started" in said

        wait_until(is_there)


@contextmanager
def ray_cluster(folder: Path) -> Iterator[RayCluster]:
    cluster = RayCluster(folder)
    try:
        yield cluster
    finally:
        cluster.close()


@contextmanager
def dask_cluster(folder: Path) -> Iterator[DaskCluster]:
    cluster = DaskCluster(folder)
    try:
        yield cluster
    finally:
        cluster.close()


def _start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    # Dask warns of a layout of its commands to come.
    command = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.{module}", *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def wait_until(is_so: Callable[[], bool], at_most: float = PATIENCE) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + at_most
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)


def kill(pid: int, number: int) -> None:
    """Send a signal to a process that may have gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def below(root: int) -> list[int]:
    """Return the processes that descend from one, without itself."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            except OSError:
                continue
            if state != "Z":
                parents[int(entry.name)] = int(parent)
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sorted(family - {root})


def command_line(pid: int) -> bytes:
    """Return what a process was started with; of one that has gone, nothing."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def alive(pids: list[int]) -> list[int]:
    """Return which of these processes run."""
    return [pid for pid in pids if command_line(pid)]
