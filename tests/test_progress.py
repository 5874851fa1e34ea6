"""What a long run says: JSON for programs, plain lines for logs, a bar on a terminal."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from conftest import DATA
from typer.testing import CliRunner

from curator import progress
from curator.cli.app import app
from curator.progress import JsonLines, Lines, Reporter, Terminal, reporter_for

if TYPE_CHECKING:
    import pytest


def tell(reporter: Reporter) -> None:
    """Tell of a stage of three tasks, with two failures and a worker that died, and of one with nothing to do."""
    with reporter:
        reporter.stage("extract", 3)
        reporter.done(2_000, 2)
        reporter.retried("a worker process was ended by SIGKILL")
        reporter.done(2_000)
        reporter.done(500)
        reporter.stage("verify", 0)


def test_json_has_one_object_a_line_with_all_the_figures() -> None:
    stream = io.StringIO()
    tell(JsonLines(stream))
    said = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [event["event"] for event in said] == [
        "stage-started",
        "progress",
        "retry",
        "progress",
        "progress",
        "stage-finished",
        "stage-started",
        "stage-finished",
    ]
    assert {"stage": "extract", "tasks": 3, "done": 3, "documents": 4500, "failures": 2, "retries": 1}.items() <= said[
        5
    ].items()
    assert said[2]["why"] == "a worker process was ended by SIGKILL"
    assert all(event["seconds"] >= 0 for event in said)


def test_json_says_why_a_run_stopped() -> None:
    stream = io.StringIO()
    told = JsonLines(stream)
    told.stage("clean", 5)
    error = RuntimeError("no space left")
    told.__exit__(type(error), error, None)
    last = json.loads(stream.getvalue().splitlines()[-1])
    assert (last["event"], last["stage"], last["why"]) == ("stopped", "clean", "no space left")


def test_plain_lines_have_rate_failures_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PAUSE", 0.0)
    stream = io.StringIO()
    tell(Lines(stream))
    lines = stream.getvalue().splitlines()
    assert lines[0].startswith("extract: 1/3 tasks, 2,000 documents, ")
    assert lines[0].endswith("/s, 2 failed, 0:00:00 left")
    assert lines[1] == "extract: begun again: a worker process was ended by SIGKILL"
    assert lines[-1].startswith("extract: done, 4,500 documents")
    assert "2 failed, 1 begun again" in lines[-1]


def test_a_terminal_shows_stage_rate_failures_and_what_was_begun_again() -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Screen()
    reporter = reporter_for(stream)
    assert isinstance(reporter, Terminal)
    tell(reporter)
    shown = stream.getvalue()
    plain = re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]", "", shown)
    assert "extract: begun again: a worker process was ended by SIGKILL" in plain
    assert re.search(r"extract +━+ 3/3 +[\d,]+ documents/s, 2 failed, 1 again +0:00:00", plain)
    assert isinstance(reporter_for(io.StringIO()), Lines)


def test_the_command_writes_json_to_standard_error_only(tmp_path: Path) -> None:
    command = [
        "build",
        str(DATA / "seeds"),
        "--out",
        str(tmp_path / "out"),
        "--workers",
        "1",
        "--log",
        "json",
        "--json",
    ]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["read"] == 2
    *said, last = map(json.loads, result.stderr.splitlines())
    assert last["event"] == "finished"
    assert last["funnel"] == json.loads(result.stdout)
    assert {event["stage"] for event in said} >= {"extract", "clean", "fingerprint", "write", "quarantine"}
    assert [e["documents"] for e in said if e["event"] == "stage-finished" and e["stage"] == "extract"] == [2]
