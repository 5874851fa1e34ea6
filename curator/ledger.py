"""The ledger: every span taken out of every document, every element out of its page, and the documents set aside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.document import Removal

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

__all__ = [
    "LedgerTask",
    "QuarantineTask",
    "ledger_schema",
    "read_removals",
    "removal_columns",
    "removal_of",
    "removal_row",
    "write_ledger",
    "write_quarantine",
]


@dataclass(frozen=True, slots=True)
class LedgerTask:
    """Write the removals of some work files to one ledger file."""

    sources: tuple[str, ...]
    twins: str
    target: str


@dataclass(frozen=True, slots=True)
class QuarantineTask:
    """Write the rows that became no document of the corpus: failed, rejected, or with an id seen before."""

    sources: tuple[str, ...]
    twins: str
    target: str


def removal_columns() -> list[pa.Field[Any]]:
    """Return the columns of one removal.

    `start` and `end` are code points of the document's repaired text where `layer` is text, and null where it is html:
    the element was pruned from the page before there was a text. `element` names it (`aside.related`). `why` says what
    the line model had against a line; it is null where a rule took it. `put` is what stands in the cleaned text
    instead, where the action is mask.
    """
    import pyarrow as pa

    return [
        pa.field("rule", pa.string()),
        pa.field("action", pa.string()),
        pa.field("start", pa.int64()),
        pa.field("end", pa.int64()),
        pa.field("text", pa.string()),
        pa.field("also", pa.list_(pa.string())),
        pa.field("layer", pa.string()),
        pa.field("element", pa.string()),
        pa.field("why", pa.string()),
        pa.field("put", pa.string()),
    ]


def removal_row(removal: Removal) -> dict[str, Any]:
    """Return one removal by column, as the ledger and `curator clean --json` have it."""
    of_page = removal.layer == "html"
    return {
        "rule": removal.rule,
        "action": removal.action,
        "start": None if of_page else removal.start,
        "end": None if of_page else removal.end,
        "text": removal.text,
        "also": list(removal.also),
        "layer": removal.layer,
        "element": removal.element,
        "why": removal.why,
        "put": removal.put or None,
    }


def removal_of(row: dict[str, Any]) -> Removal:
    """Return the removal that `removal_row` wrote."""
    start, end, put = row["start"] or 0, row["end"] or 0, row["put"] or ""
    return Removal(**row | {"start": start, "end": end, "also": tuple(row["also"]), "put": put})


def ledger_schema() -> pa.Schema:
    """Return the columns of the ledger: the document's id, and those of a removal."""
    import pyarrow as pa

    return pa.schema([pa.field("id", pa.string()), *removal_columns()])


def write_ledger(task: LedgerTask) -> int:
    """Write one ledger file, in document order. Rejected documents are in it; rows with a twin's id are not.

    Where a guard held rules back, the first row of the document says so: rule `curator.guard-…`, an empty span.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = ledger_schema()
    twins = {(t["shard"], t["row"]) for t in pq.read_table(task.twins).to_pylist()}

    def write(path: Path) -> None:
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for source in task.sources:
                with pq.ParquetFile(source) as table:
                    for batch in table.iter_batches(1_000, columns=["shard", "row", "id", "reason", "removals"]):
                        rows = [
                            {"id": row["id"], **entry}
                            for row in batch.to_pylist()
                            if (row["shard"], row["row"]) not in twins
                            for entry in (*_guard(row["reason"]), *(row["removals"] or ()))
                        ]
                        if rows:
                            writer.write_table(pa.Table.from_pylist(rows, schema))

    commit(Path(task.target), write)
    return 0


def _guard(reason: str | None) -> Iterator[dict[str, Any]]:
    """Yield the entry for a guard that held rules back, where one did."""
    if reason and reason.startswith("guard-"):
        yield {"rule": f"curator.{reason}", "action": "guard", "start": 0, "end": 0, "text": "", "also": []}


def write_quarantine(task: QuarantineTask) -> int:
    """Write quarantine.parquet: id, origin, status, reason, detail; text, url and site where known."""
    import duckdb
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ("id", "origin", "status", "reason", "detail", "text", "url", "site")
    schema = pa.schema([(name, pa.string()) for name in names])

    def write(path: Path) -> None:
        with duckdb.connect() as connection:
            connection.execute("set threads = 1")
            table = connection.sql(
                """
                select id, origin, 'failed' as status, 'duplicate-id' as reason,
                       'an earlier row of the input has this id' as detail, text, url, site, shard, row
                from read_parquet($sources) semi join read_parquet($twins) as twins using (shard, row)
                where status = 'kept'
                union all
                select id, origin, status, reason, detail, repaired as text, url, site, shard, row
                from read_parquet($sources) where status <> 'kept'
                order by shard, row
                """,
                params={"sources": list(task.sources), "twins": task.twins},
            ).to_arrow_table()
        pq.write_table(table.select(list(names)).cast(schema), path, compression="zstd")

    commit(Path(task.target), write)
    return 0


def read_removals(corpus: str | Path, document: str | None = None) -> Iterator[tuple[str, list[Removal]]]:
    """Yield (document id, removals) from the ledger of a built corpus, in its order.

    Args:
        document: the id of the only document wanted; all where not given.
    """
    import pyarrow.parquet as pq

    pending: tuple[str, list[Removal]] | None = None
    filters: Any = [("id", "=", document)] if document else None
    for path in sorted(Path(corpus).glob("ledger/*.parquet")):
        for row in pq.read_table(path, filters=filters).to_pylist():
            removal = Removal(
                row["start"] or 0,
                row["end"] or 0,
                row["rule"],
                row["action"],
                row["text"],
                tuple(row["also"] or ()),
                row["layer"],
                row["element"],
                row["why"],
                row["put"] or "",
            )
            if pending and pending[0] == row["id"]:
                pending[1].append(removal)
                continue
            if pending:
                yield pending
            pending = (row["id"], [removal])
    if pending:
        yield pending
