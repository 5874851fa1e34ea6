"""What tests share: where the data lies, and corpora that are costly to build."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import signal
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from curator.corpus import BuildResult, build
from curator.executors.choose import chosen_executor
from curator.executors.run import Executor
from curator.settings import RunSettings

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
EXPECTED = ROOT / "tests" / "expected"
SHARED = ROOT.parent / "shared"

# What runs in the background of a shell has inherited that interrupts are ignored, and would hand that on to the
# commands that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Ray's clusters answer only those with their token, which it else makes and keeps in the home folder.
os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=uuid.uuid4().hex)

# Loading language profiles makes the first example slow; nothing here depends on time.
settings.register_profile("curator", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("curator")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why tests were skipped, each reason once: what was not looked at must not go unnoticed."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", ())
    )
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"skipped {count}: {reason}", yellow=True)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """The corpus of the project's own data, built once by two workers."""
    return build([DATA], tmp_path_factory.mktemp("corpus") / "out", workers=2)


def need_executor(kind: str) -> None:
    """Skip the test where the extra of an executor is not installed."""
    package = {"dask": "distributed", "ray": "ray"}.get(kind)
    if package and importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed: pip install 'article-curator[{kind}]'")


@pytest.fixture(scope="module", params=["local", "dask", "ray"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    """An executor of each kind with two workers of this machine."""
    need_executor(request.param)
    with chosen_executor(RunSettings(executor=request.param, workers=2)) as opened:
        yield opened


@pytest.fixture(params=["local", "dask"])
def two_workers(request: pytest.FixtureRequest) -> RunSettings:
    """Settings for two workers, of each kind that bytes are compared for."""
    need_executor(request.param)
    return RunSettings(executor=request.param, workers=2)


@pytest.fixture(scope="session")
def seeds() -> list[tuple[Path, str]]:
    """The two seeds with the text each must become."""
    files = sorted((DATA / "seeds").glob("*.txt"))
    assert len(files) == 2
    return [(file, (EXPECTED / "seeds" / file.name).read_text(encoding="utf-8").removesuffix("\n")) for file in files]


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of all that a build must repeat byte for byte, by name."""
    files = [
        *folder.glob("data/**/*.parquet"),
        *folder.glob("ledger/*.parquet"),
        *folder.glob("*.parquet"),
        *folder.glob("*.toml"),
        folder / "README.md",
    ]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)
    }
