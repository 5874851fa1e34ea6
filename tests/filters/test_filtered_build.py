"""Filters in a build: the reason in quarantine, the number in the funnel, masks in the ledger."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from curator.corpus import build
from curator.document import restore
from curator.errors import OutputError
from curator.ledger import read_removals
from curator.settings import Settings

PROSE = (
    "The council of {0} met on Monday evening and voted to repair the bridge of {0} before the winter comes. "
    "Write to {1}@news.example for the plans of {0}, which the mayor of {0} showed to us on Tuesday."
)


def test_filters_are_accounted_for_and_masks_restored(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": "Advertisement\n\n" + PROSE.format("Aston", "ann"), "url": "https://good.example/1"},
        {"id": "b", "text": PROSE.format("Birch", "bob"), "url": "https://bad.example/2"},
        {"id": "c", "text": PROSE.format("Crewe", "cat") + " { }", "url": "https://good.example/3"},
    ]
    source, bench = tmp_path / "in.jsonl", tmp_path / "bench.txt"
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    bench.write_text("A sentence of more than eight words that stands nowhere at all.\n", encoding="utf-8")
    filters = {
        "blocked_sites": ["bad.example"],
        "presets": ["c4"],
        "c4": {"min_sentences": 2},
        "mask": ["email"],
        "benchmarks": [str(bench)],
    }
    settings = Settings.model_validate({"filters": filters})
    result = build([source], tmp_path / "out", settings, workers=1)
    assert result.funnel.rejected == {"filter-site": 1, "c4-curly-bracket": 1}
    assert (result.funnel.written, result.funnel.masked) == (1, 1)
    set_aside = {r["id"]: r["detail"] for r in pq.read_table(tmp_path / "out" / "quarantine.parquet").to_pylist()}
    assert set_aside["b"] == "bad.example is blocked"
    (file,) = (tmp_path / "out").glob("data/**/*.parquet")
    (row,) = pq.read_table(file).to_pylist()
    assert "Write to <email> for" in row["text"]
    removals = dict(read_removals(tmp_path / "out"))["a"]
    assert [(r.action, r.put) for r in removals] == [("drop", ""), ("mask", "<email>")]
    assert restore(row["text"], removals) == rows[0]["text"]
    assert row["characters"] + row["characters_removed"] == len(rows[0]["text"])
    assert build([source], tmp_path / "out", settings, workers=1).resumed
    bench.write_text("Another sentence of more than eight words that stands nowhere at all.\n", encoding="utf-8")
    with pytest.raises(OutputError, match="benchmarks"):
        build([source], tmp_path / "out", settings, workers=1)
