"""Every document of a build that has a text, wherever it lies: in the corpus, among the copies, in quarantine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from curator.document import Removal, restore
from curator.ledger import removal_of
from curator.tables import Tables

__all__ = ["Gathered", "gather", "gathered"]

_REMOVALS = tuple(field.name for field in fields(Removal))
# Why a copy is one: a document can also be left out for telling a story that another tells.
_COPY = "clusters.kind in ('exact', 'near', 'contained')"


@dataclass(frozen=True, slots=True)
class Gathered:
    """One document as it was before the rules.

    Attributes:
        row: its columns of the table `everything`, and those of the table that names it.
        before: its text before the rules; where the ledger does not fit it, its text now.
        removals: in the ledger's order; none where they do not fit.
        guard: the guard that held rules back, or "".
        problem: why its removals do not fit, or "".
    """

    row: dict[str, Any]
    before: str
    removals: tuple[Removal, ...]
    guard: str = ""
    problem: str = ""


def gather(tables: Tables, seed: str) -> None:
    """Make the table `everything`: a row for each document with a text, without it, with the lot it draws.

    Args:
        seed: a document's lot is the MD5 of this and its id.
    """
    columns = "id, title, url, site, language, published, origin, characters_removed as removed"
    tables.rows(
        f"""
        create temp table everything as
        select *, md5($seed || ' ' || id) as lot from (
            select {columns}, 'kept' as status, 'kept' as reason, null as detail from documents
            union all by name
            select {columns}, 'dropped' as status,
                   case when {_COPY} then clusters.kind else 'story' end as reason,
                   case when {_COPY} then 'a copy of ' || representative else 'the story of ' || clusters.story end
                   as detail
            from copies left join clusters using (id)
            union all by name
            select * exclude (text, filename, file_row_number) from quarantine
            where text is not null and status <> 'failed'
        )
        """,  # noqa: S608  (names of ours)
        seed=seed,
    )


def gathered(tables: Tables, chosen: str, order: str) -> Iterator[Gathered]:
    """Yield the documents that a table names in its column `id`, each with its text and removals.

    Args:
        chosen: a table of ids, none twice; its other columns come along.
        order: its columns that say in which order.
    """
    taken: dict[str, list[dict[str, Any]]] = {}
    for row in tables.dicts(
        f"select l.* exclude (filename) from ledger l semi join {chosen} using (id)"  # noqa: S608  (a table of ours)
        " order by l.filename, l.file_row_number"
    ):
        taken.setdefault(row["id"], []).append({name: row.get(name) for name in _REMOVALS})
    rows = tables.dicts(
        f"""
        select e.*, c.* exclude (id), coalesce(d.text, k.text, q.text) as text
        from {chosen} c join everything e using (id)
        left join documents d on e.status = 'kept' and d.id = e.id
        left join copies k on e.status = 'dropped' and k.id = e.id
        left join quarantine q on e.status = 'rejected' and q.id = e.id
        order by {order}
        """  # noqa: S608  (names of ours)
    )
    for row in rows:
        yield _gathered(row, taken.get(row["id"], []))


def _gathered(row: dict[str, Any], entries: list[dict[str, Any]]) -> Gathered:
    guard = next((e["rule"].removeprefix("curator.") for e in entries if e["action"] == "guard"), "")
    removals = tuple(removal_of({**e, "also": e["also"] or ()}) for e in entries if e["action"] != "guard")
    text = row.pop("text") or ""
    if row["status"] == "rejected":  # quarantine has the text from before
        return Gathered(row, text, removals, guard)
    try:
        return Gathered(row, restore(text, removals), removals, guard)
    except ValueError as error:
        return Gathered(row, text, (), guard, f"its removals in the ledger do not fit: {error}")
