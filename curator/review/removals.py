"""The removals a person looks at: a sample that is the same each time, some of every rule and of every site of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curator.document import Removal
from curator.pages.gathered import Gathered, gather, gathered
from curator.pages.marked import pieces
from curator.review.marks import Place
from curator.tables import Tables

__all__ = ["Draw", "Sighted", "Wanted", "draw_removals", "places"]

SEED = "review 1"  # with document, rule and place, decides which are drawn
UNKNOWN = "not known"
_CONTEXT = 700  # characters of the text shown before and after a removal; cut at a line where there is one

Piece = tuple[str, str]  # text, and the rule that took it or ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which removals: how many at most, and of which rules, sites and languages; of all where none is named."""

    count: int = 500
    rules: Sequence[str] = ()
    sites: Sequence[str] = ()
    languages: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Sighted:
    """One removal with what stands around it."""

    place: Place
    removal: Removal
    row: Mapping[str, Any] = field(repr=False)
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Draw:
    """Removals drawn from a build, in the order in which they are looked at; of how many, by how many rules."""

    sighted: Sequence[Sighted]
    removals: int
    rules: int


def draw_removals(tables: Tables, wanted: Wanted) -> Draw:
    """Draw removals from a build.

    Every rule gives one before any gives a second; of one rule, every site does.
    """
    gather(tables, SEED)
    conditions = ["l.action <> 'guard'"]
    values: dict[str, Any] = {}
    for column, names in (("l.rule", wanted.rules), ("e.site", wanted.sites), ("e.language", wanted.languages)):
        if names:
            key = column[2:]
            conditions.append(f"coalesce({column}, '{UNKNOWN}') in (select unnest(${key}::text[]))")
            values[key] = list(names)
    tables.rows(
        f"""
        create temp table removals as
        select id, l.rule, e.site, l.filename, l.file_row_number,
               md5($seed || ' ' || id || ' ' || l.rule || ' ' || coalesce(l.start, 0) || ' ' || l.file_row_number)
               as draw
        from ledger l join everything e using (id) where {" and ".join(conditions)}
        """,  # noqa: S608  (names of ours)
        seed=SEED,
        **values,
    )
    tables.rows(
        """
        create temp table drawn as
        with by_site as (
            select *, row_number() over (partition by rule, site order by draw) as round from removals
        ), by_rule as (
            select *, row_number() over (partition by rule order by round, draw) as turn from by_site
        )
        select * from by_rule order by turn, draw limit $count
        """,
        count=wanted.count,
    )
    tables.run("create temp table looked_at as select distinct id from drawn")
    # A removal's number among those of its document, guards' notes left out, as `gathered` has them.
    turns = tables.rows(
        """
        select id, number - 1 from (
            select id, filename, file_row_number,
                   row_number() over (partition by id order by filename, file_row_number) as number
            from ledger semi join looked_at using (id) where action <> 'guard'
        ) join drawn using (id, filename, file_row_number) order by turn, draw
        """
    )
    by_document: dict[str, list[int]] = {}
    for name, number in turns:
        by_document.setdefault(name, []).append(number)
    found: dict[tuple[str, int], Sighted] = {}
    for document in gathered(tables, "looked_at", "e.lot, e.id"):
        name = document.row["id"]
        found |= {(name, number): sighted for number, sighted in _sighted(document, by_document[name])}
    removals, rules = tables.rows("select count(*), count(distinct rule) from removals")[0]
    return Draw([found[turn] for turn in turns if turn in found], removals, rules)


def places(document: str, removals: Sequence[Removal]) -> list[Place]:
    """Return where each removal of a document was."""
    seen: Counter[Place] = Counter()
    found = []
    for removal in removals:
        place = Place(document, removal.rule, removal.layer, removal.start, removal.end, removal.text)
        number = seen[place]
        seen[place] += 1
        found.append(Place(document, removal.rule, removal.layer, removal.start, removal.end, removal.text, number))
    return found


def _sighted(document: Gathered, numbers: Sequence[int]) -> Iterator[tuple[int, Sighted]]:
    """Yield the removals of some numbers; none where the ledger does not fit the text."""
    found = places(document.row["id"], document.removals)
    for number in numbers if found else ():
        removal = document.removals[number]
        before: tuple[Piece, ...] = ()
        after: tuple[Piece, ...] = ()
        if removal.layer == "text":
            before = _cut(document, *_begin(document.before, removal.start))
            after = _cut(document, *_end(document.before, removal.end))
        yield number, Sighted(found[number], removal, document.row, before, after)


def _begin(text: str, at: int) -> tuple[int, int]:
    """Return the range before a place that is shown: from the beginning of a line, where one begins near."""
    low = max(0, at - _CONTEXT)
    line = text.find("\n", low, at - _CONTEXT // 2) + 1 if low else 0
    return (line or low), at


def _end(text: str, at: int) -> tuple[int, int]:
    """Return the range after a place that is shown: to the end of a line, where one ends near."""
    high = at + _CONTEXT
    line = text.rfind("\n", at + _CONTEXT // 2, high) if high < len(text) else -1
    return at, (high if line < 0 else line)


def _cut(document: Gathered, low: int, high: int) -> tuple[Piece, ...]:
    """Return the pieces of a text in a range of it, each with the rule that took it."""
    found: list[Piece] = []
    position = 0
    for text, removal in pieces(document.before, document.removals):
        start, end = max(position, low), min(position + len(text), high)
        if start < end:
            found.append((text[start - position : end - position], removal.rule if removal else ""))
        position += len(text)
        if position >= high:
            break
    return tuple(found)
