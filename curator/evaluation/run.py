"""Labelled documents through every tool, and the figures of each: means with intervals over sites, processor time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from curator.document import Document, Failure, Kind
from curator.errors import InputError
from curator.evaluation.overlap import Overlap, overlap
from curator.evaluation.tools import tools_for
from curator.extract.decode import decode, sniff_kind
from curator.extract.metadata import host_of
from curator.rules.ruleset import RuleSet
from curator.settings import CleanSettings

__all__ = ["FIGURES", "Labelled", "Measured", "measure", "read_labelled", "summary"]

FIGURES = ("f1", "precision", "recall", "clean")
_RESAMPLES = 1_000
_FORM = "rows (JSONL, Parquet) with `html` or `text`, and `expected`: the article's clean text"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A raw document and the text it should become."""

    document: Document
    expected: str

    @property
    def kind(self) -> Kind:
        """What the document is; told by its content where the source does not say."""
        content = self.document.content
        return self.document.kind or sniff_kind(content if isinstance(content, str) else decode(content))

    @property
    def site(self) -> str:
        """The site of the document, or its id: what is alike within, and is drawn together for an interval."""
        return self.document.site or host_of(self.document.url) or self.document.id


@dataclass(frozen=True, slots=True)
class Measured:
    """What one tool made of one document: how right it is, and the processor seconds it took."""

    labelled: Labelled
    tool: str
    found: Overlap
    seconds: float


def read_labelled(path: Path, expected: Path | None = None) -> Iterator[Labelled]:
    """Yield the labelled documents of a file or folder.

    Args:
        path: rows with the clean text in `expected`, or a folder of raw files.
        expected: the folder of clean texts, named as the raw files are, or so with .txt instead of their suffix.

    Raises:
        InputError: a document that cannot be read, or whose clean text is not there.
    """
    from curator.sources import read_split
    from curator.sources.find import find, plan_splits

    count = 0
    for split in plan_splits(find([path]).files, documents=1_000):
        for document in read_split(split):
            if isinstance(document, Failure):
                raise InputError(f"{document.reason}: {document.detail}", where=document.origin, hint=_FORM)
            count += 1
            yield Labelled(document, _beside(document, path, expected) if expected else _said(document))
    if not count:
        raise InputError("no documents", where=str(path), hint=_FORM)


def _said(document: Document) -> str:
    text = document.extra.get("expected")
    if not isinstance(text, str):
        raise InputError("no text in `expected`", where=document.origin, hint=_FORM)
    return text


def _beside(document: Document, path: Path, expected: Path) -> str:
    name = Path(document.origin).relative_to(path.resolve().name) if path.is_dir() else Path(path.name)
    for file in (expected / name, expected / name.with_suffix(".txt"), expected / f"{name}.txt"):
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise InputError(f"no clean text for {name}", where=str(expected), hint="name it as the raw file is named")


def measure(documents: Iterable[Labelled], rules: RuleSet, settings: CleanSettings) -> Iterator[Measured]:
    """Yield what each tool made of each document; only the second run is timed: loading is no document's time."""
    tools: dict[Kind, Mapping[str, Any]] = {}
    for labelled in documents:
        kind = labelled.kind
        document = replace(labelled.document, kind=kind)
        if kind not in tools:
            tools[kind] = tools_for(kind, rules, settings)
        for name, run in tools[kind].items():
            run(document)
            began = time.process_time()
            text = run(document)
            yield Measured(labelled, name, overlap(text, labelled.expected), time.process_time() - began)


def summary(measured: Sequence[Measured]) -> dict[str, dict[str, Any]]:
    """Return, for each tool in a fixed order, the mean of each figure with its interval, the documents and the time.

    The interval holds 95 of 100 means of as many sites, drawn anew with replacement: documents of a site are alike.
    """
    by_tool: dict[str, list[Measured]] = {}
    for row in sorted(measured, key=lambda row: row.labelled.document.id):
        by_tool.setdefault(row.tool, []).append(row)
    return {
        tool: {name: _interval(rows, name) for name in FIGURES}
        | {"documents": len(rows), "milliseconds": round(1000 * sum(row.seconds for row in rows) / len(rows), 2)}
        for tool, rows in sorted(by_tool.items(), key=lambda item: (item[0] != "curator", item[0]))
    }


def _interval(rows: Sequence[Measured], name: str) -> dict[str, float]:
    import numpy as np

    sites: dict[str, list[float]] = {}
    for row in rows:
        sites.setdefault(row.labelled.site, []).append(float(getattr(row.found, name)))
    sums = np.array([sum(values) for values in sites.values()])
    counts = np.array([len(values) for values in sites.values()])
    drawn = np.random.default_rng(0).integers(0, len(sums), (_RESAMPLES, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return {"mean": float(sums.sum() / counts.sum()), "low": float(low), "high": float(high)}
