"""One document may not stop a build: its time is limited, and a deadly one is passed over."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest

from curator.watch import OutOfTimeError, Watch


def run_on(watch: Watch) -> None:
    with watch.document(0):
        while True:
            with contextlib.suppress(Exception):  # what libraries do
                sum(range(1_000))


def test_a_document_that_runs_on_is_interrupted(tmp_path: Path) -> None:
    with Watch(str(tmp_path / "x"), 0.1) as watch:
        with pytest.raises(OutOfTimeError):
            run_on(watch)
        with watch.document(1):
            time.sleep(0)
    assert not list(tmp_path.iterdir())
