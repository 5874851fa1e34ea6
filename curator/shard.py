"""The second step of a build: one extract work file, cleaned into one work file.

A work file has one row for each row of the split, in its order, whatever became of it; nothing is dropped here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from curator.cleaner import Cleaner, cached_cleaner
from curator.extracted import article_of
from curator.filters import filtered
from curator.filters.settings import FilterSettings
from curator.ledger import removal_columns, removal_row
from curator.publish.schema import TOKENS
from curator.rules.templates import Templates
from curator.settings import CleanSettings
from curator.templates.pack import read_templates
from curator.tokens import TokenSettings, count
from curator.watch import Trouble, Watch
from curator.workfile import read_rows, write_rows

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CleanTask", "clean_split", "work_schema"]


# Of processor time, beside what one document may take: the rules of a language are compiled when its first text comes.
_COMPILING = 60

# What a row brings along from the extract work file.
_CARRIED = ("shard", "row", "id", "origin", "status", "reason", "detail", "license", "retrieved_at", "extra")


@dataclass(frozen=True, slots=True)
class CleanTask:
    """Clean one extract work file. `rules` is the file of the rule set, `templates` that of template rules, or ""."""

    source: str
    rules: str
    templates: str
    settings: CleanSettings
    filters: FilterSettings
    tokens: TokenSettings
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
    return write_rows(task.target, work_schema(), _rows(task))


def _rows(task: CleanTask) -> Iterator[dict[str, Any]]:
    cleaner = cached_cleaner(task.rules, task.settings)
    templates = None
    if task.templates:
        hosts = {row["host"] for row in read_rows(task.source, ("host",))} - {None}
        templates = read_templates(task.templates, sorted(hosts))
    with Watch(task.target, task.settings.max_seconds + _COMPILING) as watch:
        for number, row in enumerate(read_rows(task.source)):
            if row["status"] == "failed":
                yield {name: row[name] for name in _CARRIED}
                continue
            made = watch.attempt(number, partial(_cleaned_row, row, cleaner, templates, task))
            if isinstance(made, Trouble):
                trouble = {"status": "failed", "reason": made.reason, "detail": made.detail}
                yield {name: row[name] for name in _CARRIED} | trouble
            else:
                yield made


def _cleaned_row(row: dict[str, Any], cleaner: Cleaner, templates: Templates | None, task: CleanTask) -> dict[str, Any]:
    cleaned = filtered(cleaner.clean_extracted(article_of(row), templates), task.filters)
    meta, verdict = cleaned.metadata, cleaned.verdict
    extra = row["extra"]
    if task.tokens.tokenizer and verdict.kept:
        # Carried through like a field of the input, from here on.
        extra = json.dumps(json.loads(extra or "{}") | {TOKENS: count(cleaned.text, task.tokens)}, ensure_ascii=False)
    return {name: row[name] for name in _CARRIED} | {
        "extra": extra,
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
        "characters": len(cleaned.text),
        "characters_removed": sum(len(r.text) - len(r.put) for r in cleaned.removals if r.layer == "text"),
        "removals": [removal_row(removal) for removal in cleaned.removals],
    }
