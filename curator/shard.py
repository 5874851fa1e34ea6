"""The first half of a build: one split of the input, cleaned into one work file.

A work file has one row for each row of the split, in its order, whatever became of it; nothing is dropped here.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.cleaner import Cleaner
from curator.document import Cleaned, Document, Failure
from curator.errors import InputError
from curator.ledger import removal_columns, removal_row
from curator.rules.ruleset import RuleSet
from curator.settings import CleanSettings
from curator.sources import read_split
from curator.sources.model import Split

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CleanTask", "clean_split", "work_schema"]

_BATCH = 256  # rows held before they are written


@dataclass(frozen=True, slots=True)
class CleanTask:
    """Clean one split. `rules` is the file of the rule set, `number` the place of the split in the build."""

    number: int
    split: Split
    rules: str
    settings: CleanSettings
    target: str


def work_schema() -> pa.Schema:
    """Return the columns of a work file.

    `status` is kept, rejected or failed; `extra` the carried-through fields as a JSON object; `repaired` the text
    before the rules, where the row was rejected; `characters_removed` counts what went from the text, not what html
    rules pruned from the page before.
    """
    import pyarrow as pa

    texts = ("id", "origin", "status", "reason", "detail", "text", "repaired", "title", "url", "site", "published")
    columns: list[tuple[str, pa.DataType]] = [
        ("shard", pa.int32()),
        ("row", pa.int32()),
        *((name, pa.string()) for name in texts),
        ("kind", pa.string()),
        ("language", pa.string()),
        ("language_score", pa.float32()),
        ("authors", pa.list_(pa.string())),
        ("tags", pa.list_(pa.string())),
        ("agency", pa.string()),
        ("license", pa.string()),
        ("retrieved_at", pa.string()),
        ("characters", pa.int64()),
        ("characters_removed", pa.int64()),
        ("extra", pa.string()),
        ("removals", pa.list_(pa.struct(removal_columns()))),
    ]
    return pa.schema(columns)


def clean_split(task: CleanTask) -> int:
    """Write the work file of one split; return the number of its rows (0 where the file was there already)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    cleaner = _cleaner(task.rules, task.settings)
    count = 0

    def write(path: Path) -> None:
        nonlocal count
        schema = work_schema()
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            rows: list[dict[str, Any]] = []
            for count, row in enumerate(_rows(task, cleaner), 1):  # noqa: B007  (the last count is the answer)
                rows.append(row)
                if len(rows) == _BATCH:
                    writer.write_table(pa.Table.from_pylist(rows, schema))
                    rows = []
            writer.write_table(pa.Table.from_pylist(rows, schema))

    commit(Path(task.target), write)
    return count


@functools.lru_cache(maxsize=2)
def _cleaner(rules: str, settings: CleanSettings) -> Cleaner:
    """Return the cleaner of this worker process: rules are compiled and profiles loaded once."""
    return Cleaner(RuleSet.from_json(Path(rules).read_text(encoding="utf-8")), settings)


def _rows(task: CleanTask, cleaner: Cleaner) -> Iterator[dict[str, Any]]:
    for number, document in enumerate(read_split(task.split)):
        place = {"shard": task.number, "row": number}
        if isinstance(document, Document):
            try:
                yield place | _cleaned_row(document, cleaner.clean(document))
                continue
            except InputError as error:
                document = Failure(document.origin, "undecodable", error.what, document.id)
        yield place | _failed_row(document)


def _cleaned_row(document: Document, cleaned: Cleaned) -> dict[str, Any]:
    meta, verdict = cleaned.metadata, cleaned.verdict
    return {
        "id": document.id,
        "origin": document.origin,
        "status": "kept" if verdict.kept else "rejected",
        "reason": verdict.reason or None,
        "detail": verdict.detail or None,
        "text": cleaned.text,
        "repaired": None if verdict.kept else cleaned.repaired,
        "kind": cleaned.kind,
        "title": meta.title,
        "url": meta.url,
        "site": meta.site,
        "published": meta.date,
        "language": cleaned.language,
        "language_score": cleaned.language_score,
        "authors": list(meta.authors),
        "tags": list(meta.tags),
        "agency": meta.source,
        "license": document.license,
        "retrieved_at": document.retrieved_at,
        "characters": len(cleaned.text),
        "characters_removed": sum(len(r.text) for r in cleaned.removals if r.layer == "text"),
        "extra": json.dumps(document.extra, ensure_ascii=False, sort_keys=True, default=str)
        if document.extra
        else None,
        "removals": [removal_row(removal) for removal in cleaned.removals],
    }


def _failed_row(failure: Failure) -> dict[str, Any]:
    return {
        "id": failure.id or failure.origin,
        "origin": failure.origin,
        "status": "failed",
        "reason": failure.reason,
        "detail": failure.detail,
    }
