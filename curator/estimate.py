"""What a build would do and about how long it would take, told from a sample; nothing is written."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from curator.cleaner import Cleaner
from curator.document import Document, Failure
from curator.errors import InputError
from curator.filters import filtered
from curator.rules.load import load_chosen
from curator.settings import Settings
from curator.sources import read_split
from curator.sources.find import find, plan_splits
from curator.sources.model import SourceFile, Split
from curator.sources.take import chosen

__all__ = ["Estimate", "estimate", "estimate_lines"]

_SAMPLE = 60  # documents
_PACKED = (".gz", ".zst", ".zip", ".tgz", ".bz2", ".xz")
_PACKING = 4  # about how much smaller pages and texts are when packed


@dataclass(frozen=True, slots=True)
class Estimate:
    """The plan of a build. `documents` is exact where every file tells its rows; `seconds` is processor time."""

    files: Mapping[str, int]  # by format
    bytes: int
    passed_over: Mapping[str, int]  # by suffix
    tasks: int
    documents: int
    exact: bool
    sampled: int
    outcome: Mapping[str, int]  # of the sample: "kept", or a reason
    seconds_each: float  # processor time to extract and clean one document

    @property
    def seconds(self) -> float:
        """Processor time of extracting and cleaning everything; finding duplicates and writing come on top."""
        return self.documents * self.seconds_each


def estimate(inputs: Iterable[str | Path], settings: Settings, *, outside: Path | None = None) -> Estimate:
    """Return the plan of a build of these inputs, and what a sample of them costs.

    Raises:
        InputError: an input does not exist, or none is an article file.
        UsageError: a rule file or a setting is wrong.
    """
    found = find(inputs, outside=outside)
    if not found.files:
        raise InputError("no article file among the inputs", hint="curator build --help lists the formats")
    splits = chosen(plan_splits(found.files, settings.task_documents), limit=settings.limit, sample=settings.sample)
    cleaner = Cleaner(load_chosen(settings.rules), settings.clean)
    rows = list(_rows(chosen(splits, sample=_SAMPLE)))
    # The first round pays for loading: language profiles, and the rules of each language.
    outcome = Counter(_outcome(cleaner, settings, row) for row in rows)
    lengths = [len(row.content) for row in rows if isinstance(row, Document)]
    began = time.process_time()
    for row in rows:
        _outcome(cleaner, settings, row)
    each = (time.process_time() - began) / max(len(lengths), 1)
    counts = [_documents(split, sum(lengths) / len(lengths) if lengths else 1.0) for split in splits]
    return Estimate(
        dict(Counter(file.format for file in found.files)),
        found.files.bytes,
        dict(found.ignored),
        len(splits),
        sum(count for count, _ in counts),
        all(exact for _, exact in counts),
        outcome.total(),
        dict(sorted(outcome.items())),
        each,
    )


def _rows(splits: Sequence[Split]) -> Iterator[Document | Failure]:
    for split in splits:
        yield from read_split(split)


def _outcome(cleaner: Cleaner, settings: Settings, row: Document | Failure) -> str:
    if isinstance(row, Failure):
        return row.reason
    try:
        verdict = filtered(cleaner.clean(row), settings.filters).verdict
    except InputError:
        return "undecodable"
    return "kept" if verdict.kept else verdict.reason


def _documents(split: Split, characters: float) -> tuple[int, bool]:
    """Return how many documents a split holds, and whether that is certain."""
    if split.format in ("files", "broken"):
        count, exact = len(split.files), True
    elif split.format != "warc" and split.stop is not None:
        count, exact = split.stop - split.start, split.format != "archive"
    else:
        end = split.stop if split.format == "warc" and split.stop else split.files[0].size
        count, exact = round((end - split.offset) * _unpacked(split.files[0]) / characters), False
    return (min(count, split.limit), exact) if split.limit is not None else (count, exact)


def _unpacked(file: SourceFile) -> int:
    return _PACKING if file.path.lower().endswith(_PACKED) else 1


def estimate_lines(found: Estimate, workers: int) -> Iterator[tuple[str, str]]:
    """Yield an estimate as rows for a person: what, how much."""
    kinds = ", ".join(f"{form} {count:,}" for form, count in sorted(found.files.items()))
    yield "files", f"{sum(found.files.values()):,} ({kinds}), {found.bytes / 1e6:,.1f} MB"
    if found.passed_over:
        yield "passed over", ", ".join(f"{suffix} {count:,}" for suffix, count in sorted(found.passed_over.items()))
    yield "tasks", f"{found.tasks:,}"
    yield "documents", f"{'' if found.exact else 'about '}{found.documents:,}"
    yield "sample", ", ".join(f"{reason} {count:,}" for reason, count in found.outcome.items())
    wall = f"{_time(found.seconds / workers)} with {workers} workers"
    each = f"{found.seconds_each * 1000:.1f} ms a document"
    yield "cleaning", f"{_time(found.seconds)} of processor time, {each}; {wall}; duplicates and writing come on top"


def _time(seconds: float) -> str:
    return f"about {seconds / 3600:,.1f} hours" if seconds >= 3600 else f"about {seconds:,.0f} seconds"
