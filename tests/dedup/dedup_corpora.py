"""Corpora for the tests of deduplication: made-up stories, and runs over them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from curator.deduplication import DedupResult, deduplicate
from curator.settings import DedupSettings, Settings

Row = dict[str, Any]


def story(seed: int, length: int = 200) -> list[str]:
    """Return the words of a story like no other."""
    source = random.Random(seed)
    return [f"w{source.randrange(3000)}" for _ in range(length)]


def edited(words: Sequence[str], seed: int, changes: int) -> list[str]:
    """Return a copy with so many words replaced."""
    source, copy = random.Random(seed), list(words)
    for n in range(changes):
        copy[source.randrange(len(copy))] = f"e{seed}x{n}"
    return copy


def rows(texts: dict[str, str], **more: Any) -> list[Row]:
    return [{"id": name, "text": text, **more} for name, text in texts.items()]


def write(path: Path, documents: Iterable[Row]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in documents), encoding="utf-8")
    return path


def settings(**dedup: Any) -> Settings:
    return Settings(dedup=DedupSettings(**{"stories": False, **dedup}))


def run(folder: Path, documents: Iterable[Row], *, options: dict[str, Any] | None = None, **dedup: Any) -> DedupResult:
    """Deduplicate documents in a folder of their own."""
    inputs = write(folder / "in.jsonl", documents)
    return deduplicate([inputs], folder / "out", settings(**dedup), **{"workers": 1, **(options or {})})


def table(result: DedupResult, name: str = "clusters") -> list[Row]:
    rows: list[Row] = pq.read_table(result.out / f"{name}.parquet").to_pylist()
    return rows


def by_id(result: DedupResult, name: str = "clusters") -> dict[str, Row]:
    return {row["id"]: row for row in table(result, name)}


def files(result: DedupResult) -> dict[str, bytes]:
    return {name: (result.out / f"{name}.parquet").read_bytes() for name in ("clusters", "edges", "documents")}
