"""`rules stats`: what rules did in a build, and what changed since another one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from curator.corpus import BuildResult, build
from curator.errors import InputError
from curator.ledger import read_removals
from curator.rules.stats import build_stats, drift
from curator.settings import RuleSettings, Settings

PACK = """
[[rule]]
id     = "local.line.promo"
title  = "House advertisement"
kind   = "line"
status = "stable"
is     = ["our shop"]

[[rule]]
id     = "local.line.promo-too"
title  = "House advertisement, again"
kind   = "line"
status = "stable"
starts = ["our shop"]

[[rule]]
id     = "local.line.unheard"
title  = "Nobody prints this"
kind   = "line"
status = "stable"
is     = ["nobody prints this"]
"""


def settings(folder: Path, **rules: tuple[str, ...]) -> Settings:
    pack = folder / "local.toml"
    pack.write_text(PACK, encoding="utf-8")
    return Settings(rules=RuleSettings(add=(str(pack),), select=("local",), **rules))


def write_rows(folder: Path, promos: dict[str, int]) -> Path:
    """Write three documents per site; `promos` says how often each of them has the line the rules take."""
    rows = []
    for site, times in promos.items():
        for number in range(3):
            # Words of its own, so that no document is a copy of another.
            words = [f"{site[:1]}{number}word{place}" for place in range(45)]
            lines = [" ".join(words[begin : begin + 15]) + "." for begin in (0, 15, 30)] + ["Our shop"] * times
            rows.append({"id": f"{site}/{number}", "site": site or None, "text": "\n\n".join(lines)})
    rows.append({"id": "short", "site": "a.example", "text": "Too short to stay\n\nOur shop"})
    path = folder / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def built(folder: Path, promos: dict[str, int], **rules: tuple[str, ...]) -> Path:
    folder.mkdir()
    build([write_rows(folder, promos)], folder / "out", settings(folder, **rules), workers=1)
    return folder / "out"


def test_hits_are_counted_by_rule_and_site(tmp_path: Path) -> None:
    found = build_stats(built(tmp_path / "one", {"a.example": 1, "b.example": 2, "": 1}))
    assert found.cleaned == 10
    first, second = found.rules
    # The document that was rejected is counted; it is in no site, as it is not in the corpus.
    assert (first.rule, first.hits, first.documents, first.sites, first.also) == ("local.line.promo", 13, 10, 3, 0)
    assert first.characters >= 13 * len("Our shop")
    assert (second.rule, second.hits, second.documents, second.also) == ("local.line.promo-too", 0, 0, 13)
    assert [(use.site, use.hits, use.documents, use.of) for use in found.sites] == [
        ("b.example", 6, 3, 3),
        (None, 3, 3, 3),
        ("a.example", 3, 3, 3),
    ]
    assert found.silent == ("local.line.unheard",)
    assert found.same_rules


def test_stats_agree_with_the_ledger(corpus: BuildResult) -> None:
    found = build_stats(corpus.out)
    entries = [entry for _, taken in read_removals(corpus.out) for entry in taken]
    removals = [entry for entry in entries if entry.action != "guard"]
    assert len(entries) - len(removals) == sum(corpus.funnel.guarded.values()) > 0
    assert sum(use.hits for use in found.rules) == len(removals) == corpus.funnel.removals + corpus.funnel.pruned
    assert sum(use.characters for use in found.rules) == sum(len(removal.text) for removal in removals)
    assert sum(use.also for use in found.rules) == sum(len(removal.also) for removal in removals)
    assert not {use.rule for use in found.rules} & set(found.silent)


def test_rules_that_changed_since_the_build_are_told(tmp_path: Path) -> None:
    out = built(tmp_path / "one", {"a.example": 1})
    pack = tmp_path / "one" / "local.toml"
    pack.write_text(pack.read_text(encoding="utf-8").replace("nobody prints", "somebody prints"), encoding="utf-8")
    assert not build_stats(out).same_rules


def test_drift_names_what_stopped_started_and_changed(tmp_path: Path) -> None:
    before = built(tmp_path / "before", {"a.example": 2, "b.example": 0, "c.example": 1, "gone.example": 1})
    now = built(tmp_path / "now", {"a.example": 0, "b.example": 1, "c.example": 1, "new.example": 1})
    changes = [(change.site, change.before, change.now, change.state) for change in drift(now, before)]
    assert changes == [("a.example", 2.0, 0.0, "stopped"), ("b.example", 0.0, 1.0, "started")]
    assert [change.state for change in drift(before, now)] == ["started", "stopped"]
    assert drift(now, now) == []
    more = built(tmp_path / "more", {"c.example": 3})
    assert [(change.now, change.state) for change in drift(more, now)] == [(3.0, "changed")]


def test_a_folder_without_a_finished_build_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not the manifest of a build"):
        build_stats(tmp_path)


def test_the_command_prints_tables_or_json(tmp_path: Path) -> None:
    before = built(tmp_path / "before", {"a.example": 1, "b.example": 1})
    now = built(tmp_path / "now", {"a.example": 0, "b.example": 1})

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "curator", "rules", "stats", str(now), *arguments]
        return subprocess.run(command, capture_output=True, check=False, encoding="utf-8")

    shown = run("--against", str(before))
    assert shown.returncode == 0
    table = [line.split() for line in shown.stdout.splitlines()]
    assert ["local.line.promo", "4", "4", "57.1%", "4", "1", "0"][:4] in [row[:4] for row in table]
    assert ["local.line.promo", "a.example", "1.00", "0.00", "stopped", "firing"] in table
    assert ["local.line.unheard"] in table
    data = json.loads(run("--against", str(before), "--json").stdout)
    assert data["drift"][0]["state"] == "stopped"
    assert data["silent"] == ["local.line.unheard"]
    assert "drift" not in json.loads(run("--json").stdout)
    assert run("--against", str(tmp_path)).returncode == 3
