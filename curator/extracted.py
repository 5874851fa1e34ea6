"""The first step of a build: one split of the input, extracted and repaired, as one work file.

A work file has one row for each row of the split, in its order, whatever became of it; nothing is dropped here.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from curator.cleaner import Cleaner, cached_cleaner
from curator.document import Document, Failure, Metadata, Repaired, Verdict
from curator.errors import InputError
from curator.ledger import removal_columns, removal_of, removal_row
from curator.rights import both_say, page_rights
from curator.rules.stretch import prose_hashes
from curator.settings import CleanSettings
from curator.site import rule_site
from curator.sources import read_split
from curator.sources.model import Split
from curator.tombstones import FORGOTTEN_ROW, Tombstones
from curator.watch import Trouble, Watch
from curator.workfile import write_rows

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ExtractTask", "article_of", "extract_split", "extracted_schema"]


@dataclass(frozen=True, slots=True)
class ExtractTask:
    """Extract one split. `rules` is the file of the rule set, `number` the place of the split in the build."""

    number: int
    split: Split
    rules: str
    settings: CleanSettings
    target: str
    tombstones: str = ""  # the folder with those of the corpus, or ""


def extracted_schema() -> pa.Schema:
    """Return the columns of an extract work file.

    `status` is failed, rejected, or null for what is yet to be cleaned; `host` the site as rules name it; `metadata`
    and `extra` (the carried-through fields) are JSON objects; `pruned` is what html rules took from the page; `prose`
    has the hashes of running text, where there is a site.
    """
    import pyarrow as pa

    types: dict[str, pa.DataType] = {"shard": pa.int32(), "row": pa.int32(), "told": pa.bool_()}
    types |= {"pruned": pa.list_(pa.struct(removal_columns())), "prose": pa.list_(pa.uint64())}
    texts = ("id", "origin", "status", "reason", "detail", "text", "kind", "host", "language", "metadata")
    names = ("shard", "row", *texts, "told", "license", "retrieved_at", "extra", "guard", "pruned", "prose")
    return pa.schema([(name, types.get(name, pa.string())) for name in names])


def extract_split(task: ExtractTask) -> tuple[int, int]:
    """Write the extract work file of one split; return how many rows it has, and how many of them failed.

    Where the file was there already, both are 0.
    """
    failed = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal failed
        for row in _rows(task):
            failed += row["status"] == "failed"
            yield row

    return write_rows(task.target, extracted_schema(), counted()), failed


def article_of(row: dict[str, Any]) -> Repaired:
    """Return what a row that has not failed says of its document."""
    said = json.loads(row["metadata"])
    metadata: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in said.items()}
    verdict = Verdict(row["status"] is None, row["reason"] or "", row["detail"] or "")
    pruned = tuple(removal_of(removal) for removal in row["pruned"])
    known = Metadata(**metadata)
    return Repaired(row["text"], known, row["language"], row["told"], row["kind"], verdict, pruned, row["guard"])


def _rows(task: ExtractTask) -> Iterator[dict[str, Any]]:
    cleaner = cached_cleaner(task.rules, task.settings)
    dead = Tombstones.read(task.tombstones) if task.tombstones else Tombstones()
    with Watch(task.target, task.settings.max_seconds) as watch:
        for number, document in enumerate(_documents(task.split, watch)):
            place = {"shard": task.number, "row": number}
            if _covered(dead, document):
                yield place | FORGOTTEN_ROW
            elif isinstance(document, Document):
                row = _row(number, document, cleaner, watch)
                found = json.loads(row.get("metadata") or "{}")  # a page tells its address and site itself
                covered = dead.covers(url=found.get("url"), site=found.get("site"))
                yield place | (FORGOTTEN_ROW if covered else row)
            else:
                yield place | _failed_row(document)


def _documents(split: Split, watch: Watch) -> Iterator[Document | Failure]:
    """Yield the documents of a split; where reading ends the worker, what is left of the split fails as one."""
    rows = read_split(split)
    for number in itertools.count():
        row = watch.attempt(~number, partial(next, rows, None), timed=False)
        if row is None:
            return
        if not isinstance(row, Trouble):
            yield row
            continue
        each = split.format == "files"  # one for each document: the next ones can be read
        rest = "" if each else f"; row {number + 1} of this part, and those after it, are not read"
        yield Failure(split.files[number if each else 0].origin, row.reason, row.detail + rest)
        if not each:
            return
        limit = None if split.limit is None else split.limit - number - 1
        rows = read_split(replace(split, files=split.files[number + 1 :], limit=limit))


def _covered(dead: Tombstones, document: Document | Failure) -> bool:
    """Return whether a tombstone covers a document by what its source says; an id or origin can be an address."""
    url, site = (document.url, document.site) if isinstance(document, Document) else (None, None)
    addresses = (url, document.id, document.origin)
    return dead.covers(id=document.id or document.origin, site=site) or any(dead.covers(url=a) for a in addresses)


def _row(number: int, document: Document, cleaner: Cleaner, watch: Watch) -> dict[str, Any]:
    """Return the row of a document, whatever it does to the worker."""
    try:
        row = watch.attempt(number, lambda: _extracted_row(document, cleaner.extract(document)))
    except InputError as error:
        return _failed_row(Failure(document.origin, "undecodable", error.what, document.id))
    if isinstance(row, Trouble):
        return _failed_row(Failure(document.origin, row.reason, row.detail, document.id))
    return row


def _extracted_row(document: Document, article: Repaired) -> dict[str, Any]:
    verdict, metadata = article.verdict, article.metadata
    host = rule_site(metadata.site, metadata.url)
    rights = page_rights(document.content) if article.kind == "html" else {}
    license_ = rights.pop("license", None)
    fields = both_say(document.extra, rights)
    extra = json.dumps(fields, ensure_ascii=False, sort_keys=True, default=str) if fields else None
    return {
        "id": document.id,
        "origin": document.origin,
        "status": None if verdict.kept else "rejected",
        "reason": verdict.reason or None,
        "detail": verdict.detail or None,
        "text": article.text,
        "kind": article.kind,
        "host": host,
        "language": article.language,
        "told": article.told,
        "metadata": json.dumps(asdict(metadata), ensure_ascii=False),
        "license": document.license or license_,
        "retrieved_at": document.retrieved_at,
        "extra": extra,
        "guard": article.guard,
        "pruned": [removal_row(removal) for removal in article.pruned],
        "prose": prose_hashes(article.text) if host else None,
    }


def _failed_row(failure: Failure) -> dict[str, Any]:
    return {
        "id": failure.id or failure.origin,
        "origin": failure.origin,
        "status": "failed",
        "reason": failure.reason,
        "detail": failure.detail,
    }
