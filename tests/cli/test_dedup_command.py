"""`curator dedup` and `curator dedup show` as a user meets them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

STORY = (
    "The gates of the old dam opened at dawn on Monday, a day earlier than the ministry had announced. Residents of "
    "three villages downstream were moved to higher ground during the night, and nobody was hurt, the mayor said. "
    "Engineers expect the level of the reservoir to fall by four metres before the weekend.\n\n"
    "The dam was built sixty years ago. Its southern gate had not been opened since the flood of the last century."
)


def curator(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "curator", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_copies_are_found_shown_and_counted(tmp_path: Path) -> None:
    copy = STORY.replace("sixty", "seventy")
    other = "Nothing of the kind happened in Elmport, where the council met on Tuesday and talked about the new road. "
    documents = [{"id": "a", "text": STORY}, {"id": "b", "text": copy}, {"id": "c", "text": other}]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(document) + "\n" for document in documents), encoding="utf-8")
    out = tmp_path / "out"
    done = curator("dedup", source, "--out", out, "--json", "--workers", 1, "--jaccard", 0.6)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["read"], figures["kept"], figures["dropped"]) == (3, 2, {"near": 1})
    assert f"curator dedup show {out} b" in done.stderr.replace("\n", " ")

    shown = curator("dedup", "show", out, "a")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("representative b: kept as longest of 2\n")
    assert "near a, Jaccard 0." in shown.stdout
    assert "The dam was built [-seventy-]{+sixty+} years ago." in shown.stdout

    missing = curator("dedup", "show", out, "c")
    assert (missing.returncode, missing.stdout) == (3, "")
    assert "'c'" in missing.stderr

    again = curator("dedup", source, "--out", out)
    assert again.returncode == 3
    assert "--force" in again.stderr


def test_wrong_options_are_usage_errors(tmp_path: Path) -> None:
    for options in (("--drop", "everything"), ("--scope", "galaxy"), ("--keep", "shortest"), ("--jaccard", "7")):
        done = curator("dedup", tmp_path, "--out", tmp_path / "out", *options)
        assert done.returncode == 2, (options, done.stderr)
    assert curator("dedup", tmp_path).returncode == 2
    assert curator("dedup", tmp_path, "--out", tmp_path / "out").returncode == 3
