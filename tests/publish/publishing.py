"""What tests of releases share: a Hub on loopback, processes that use it, small corpora."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hub import OWNER, WRITE, Hub, running

from curator.corpus import build
from curator.output import measured
from curator.publish.schema import release_schema
from curator.publish.shards import SHARD_OPTIONS, row_groups
from curator.settings import Settings

HERE = Path(__file__).resolve().parent

REPO = f"{OWNER}/news"
PLACES = ["Karsa", "Lembor", "Wanea", "Ruteng", "Bolok", "Sikka", "Ende", "Maumere", "Alor", "Rote", "Sabu", "Soe"]
NORWEGIAN = (
    "Kommunestyret i {place} vedtok mandag kveld å reparere den gamle brua før vinteren kommer. Ordføreren sa at "
    "arbeidet skal være ferdig i løpet av {number} uker, og at trafikken blir ledet over fergeleiet så lenge. Flere "
    "innbyggere hadde bedt om en ny bru, men pengene strekker ikke til, ifølge rådmannen."
)
ENGLISH = (
    "The council of {place} met on Monday evening and voted to repair the old bridge before winter comes. The mayor "
    "said that the work would take {number} weeks and that traffic would cross by the ferry landing until then. Some "
    "residents had asked for a new bridge, but there is no money for it, according to the treasurer."
)


class FailedCallError(Exception):
    """A call in the other process that ended in an error."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer["error"])
        self.kind, self.code = answer["type"], answer["code"]


class Client:
    """A process with the environment a user would give it."""

    def __init__(self, hub: Hub, home: Path, **environment: str) -> None:
        self.hub, self.home = hub, home
        self.environment = os.environ | environment_of(hub, home) | environment
        command = [sys.executable, str(HERE / "client.py")]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with (home / "stderr").open("w") as errors:
            self.process = subprocess.Popen(command, env=self.environment, stderr=errors, **pipes)

    def __call__(self, call: str, **options: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"call": call, **options}, default=str) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, (self.home / "stderr").read_text()
        answer = json.loads(line)
        if "error" in answer:
            raise FailedCallError(answer)
        return answer["result"]

    def publish(self, folder: Path, repo: str = REPO, **options: Any) -> dict[str, Any]:
        self.hub.forget_counts()
        result: dict[str, Any] = self("publish", folder=folder, repo=repo, **options)
        return result

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


def environment_of(hub: Hub, home: Path, token: str = WRITE) -> dict[str, str]:
    return {
        "HF_ENDPOINT": hub.endpoint,
        "HF_TOKEN": token,
        "HF_HOME": str(home / "hf"),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }


@pytest.fixture(scope="module")
def server() -> Iterator[Hub]:
    """One Hub for a file of tests."""
    with running() as hub:
        yield hub


@pytest.fixture
def hub(server: Hub) -> Iterator[Hub]:
    """The Hub, empty, and nothing made to fail."""
    server.repos.clear()
    server.storage.blobs.clear()  # xorbs stay: hf_xet remembers that it sent them
    server.faults.clear()
    server.forget_counts()
    yield server
    assert not server.seen


@pytest.fixture(scope="module")
def plain(server: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client without Xet: every large file is one request."""
    client = Client(server, tmp_path_factory.mktemp("plain"), HF_HUB_DISABLE_XET="1")
    yield client
    client.close()


@pytest.fixture(scope="module")
def xet(server: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client as it is installed: large files go by Xet."""
    client = Client(server, tmp_path_factory.mktemp("xet"), HF_XET_CLIENT_RETRY_BASE_DELAY="100ms")
    yield client
    client.close()


def rows(start: int, stop: int, text: str = ENGLISH, language: str = "en") -> list[dict[str, Any]]:
    """Return documents that resemble each other, as input rows."""
    return [
        {
            "id": f"{language}{n:05d}",
            "text": text.format(place=PLACES[n % 12] + PLACES[n // 12 % 12].lower(), number=n + 2),
            "lang": language,
            "url": f"https://{'abc'[n % 3]}.example/{language}/{n}",
            "date": f"2026-{n % 12 + 1:02d}-03",
        }
        for n in range(start, stop)
    ]


def built(folder: Path, records: list[dict[str, Any]], **settings: Any) -> Path:
    """Build a corpus of some rows, one file for each hundred."""
    inputs = folder / "in"
    inputs.mkdir(parents=True)
    for n in range(0, len(records), 100):
        lines = "\n".join(json.dumps(record) for record in records[n : n + 100])
        (inputs / f"{n:06d}.jsonl").write_text(lines, encoding="utf-8")
    chosen = {"templates": {"enabled": False}, "dedup": {"drop": ["exact"], "stories": False}} | settings
    return build([inputs], folder / "news", Settings.model_validate(chosen), workers=1).out


def as_built(small: Path, folder: Path, shards: list[list[dict[str, Any]]]) -> Path:
    """Make a corpus with other English shards than a small one has, as if a build had written them."""
    shutil.copytree(small, folder)
    for old in folder.glob("data/*/*"):
        old.unlink()
    outputs = []
    for n, documents in enumerate(shards):
        name = f"data/en/train-{n:05d}-of-{len(shards):05d}.parquet"
        with pq.ParquetWriter(folder / name, release_schema(), **SHARD_OPTIONS) as writer:
            for group in row_groups(documents):
                writer.write_table(pa.Table.from_pylist(group, release_schema()))
        outputs.append(measured(folder, name))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["outputs"] = outputs + [o for o in manifest["outputs"] if not o["path"].startswith("data/")]
    manifest["funnel"]["written"] = sum(map(len, shards))
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Corpora by their rows, each built once: `small(en=12, no=4)`. To be read only."""
    made: dict[str, Path] = {}

    def make(**counts: int) -> Path:
        key = " ".join(f"{name}{count}" for name, count in sorted(counts.items()))
        if key not in made:
            texts = {"en": ENGLISH, "no": NORWEGIAN}
            records = [row for name, count in counts.items() for row in rows(0, count, texts[name], name)]
            made[key] = built(tmp_path_factory.mktemp("small") / "x", records)
        return made[key]

    return make
