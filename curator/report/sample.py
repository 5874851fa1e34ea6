"""The documents a report shows: a sample that is the same each time, with every rule, site and language it can hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from curator.document import Removal
from curator.pages.gathered import Gathered, gather, gathered
from curator.pages.marked import pieces
from curator.pages.rulenames import RuleNames
from curator.tables import Tables

__all__ = ["SEED", "drawn", "sample_documents"]

SEED = "report 1"  # part of the lot each document draws: its MD5 with the id
DOCUMENTS = 500
_CHARACTERS = 8_000  # of one document: with three bytes for each the page is below 20 MB in any script
# How many of each are wanted before the rest is filled up at random.
_EACH = {"rule": 2, "site": 2, "language": 3, "reason": 10}


def sample_documents(tables: Tables, names: RuleNames) -> tuple[list[dict[str, Any]], int]:
    """Return the sampled documents as the page shows them, and how many there are to sample from."""
    gather(tables, SEED)
    _draw(tables)
    found = [_document(document, names) for document in gathered(tables, "chosen", "place, e.lot, e.id")]
    return found, tables.rows("select count(*) from everything")[0][0]


def _draw(tables: Tables) -> None:
    """Make the table `chosen`: some of each rule, site, language and reason, then at random."""
    wanted = " union all ".join(
        f"select id, row_number() over (partition by {name} order by lot, id) as place from {source}"  # noqa: S608  (names of ours)
        f" qualify place <= {_EACH[name]}"
        for name, source in (
            ("rule", "(select distinct rule, id, lot from ledger join everything using (id) where status <> 'failed')"),
            *((name, "everything") for name in ("site", "language", "reason")),
        )
    )
    tables.rows(
        f"""
        create temp table chosen as
        with wanted as ({wanted}),
        first as (select id, min(place) as place from wanted group by id)
        select id, coalesce(place, 1000) as place from everything left join first using (id)
        order by coalesce(place, 1000), lot, id limit $count
        """,  # noqa: S608  (names of ours)
        count=DOCUMENTS,
    )


def _document(document: Gathered, names: RuleNames) -> dict[str, Any]:
    row = document.row
    known = {name: row[name] for name in ("id", "title", "url", "site", "language", "published", "origin")}
    became = {"reason": document.guard or row["reason"], "detail": document.problem or row["detail"]}
    return known | became | drawn(document.before, document.removals, names)


def drawn(before: str, removals: Iterable[Removal], names: RuleNames, limit: int = _CHARACTERS) -> dict[str, Any]:
    """Return what the page draws of one text: pieces, what was pruned from the page, rules, and what is cut off.

    Args:
        before: the text before the rules.
        removals: of that text, in order.
        limit: characters shown.
    """
    removals = list(removals)
    shown: list[list[Any]] = []
    left = limit
    for text, removal in pieces(before, removals):
        if left > 0 and text:
            shown.append([text[:left], *_by(removal, names)])
        left -= len(text)
    return {
        "removed": sum(len(r.text) for r in removals if r.layer == "text"),
        "rules": sorted({r.rule for r in removals}),
        "pruned": [[r.element, _excerpt(r.text), names.place(r.rule)] for r in removals if r.layer == "html"],
        "pieces": shown,
        "cut": max(0, -left),
    }


def _by(removal: Removal | None, names: RuleNames) -> list[Any]:
    """Return the rule that took a piece, and why where a model did; nothing of a piece that stayed."""
    if not removal:
        return []
    return [names.place(removal.rule), *([removal.why] if removal.why else [])]


def _excerpt(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:300]}…"
