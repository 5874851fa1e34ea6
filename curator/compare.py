"""What changed between two builds: documents that came, went and changed, and the rules behind it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path

from curator.errors import InputError
from curator.manifest import Manifest
from curator.tables import Tables, open_tables

__all__ = ["ChangedDocument", "Comparison", "Counts", "RuleChange", "changed_documents", "compare", "side_by_side"]

_SEED = "diff 1"  # with a document's id, decides which are shown


@dataclass(frozen=True, slots=True)
class Counts:
    """Documents of the second build that the first has not, the reverse, and those whose text differs."""

    added: int = 0
    removed: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class RuleChange:
    """Spans a rule took in each build, and the documents of both in which it took something else."""

    rule: str
    before: int
    after: int
    documents: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two builds compared. Documents are the same where their ids are."""

    before: int  # documents
    after: int
    total: Counts
    languages: Mapping[str, Counts]  # only those where something differs, as in all that follows
    sites: Mapping[str, Counts]
    rules: tuple[RuleChange, ...]
    identity: tuple[str, ...]  # what differs in inputs, settings, rule set, versions
    funnel: Mapping[str, tuple[int, int]]

    @property
    def same(self) -> bool:
        """Whether both hold the same documents and took the same from them."""
        return self.total == Counts() and not self.rules


@dataclass(frozen=True, slots=True)
class ChangedDocument:
    """One document that came (no `before`), went (no `after`) or changed."""

    id: str
    before: str | None
    after: str | None


def compare(before: str | Path, after: str | Path) -> Comparison:
    """Compare two finished builds.

    Raises:
        InputError: one of the folders holds no finished build.
    """
    old, new = (Manifest.read(Path(folder) / "manifest.json") for folder in (before, after))
    with _both(Path(before), Path(after)) as tables:
        sums = tables.rows("select sum(added), sum(removed), sum(changed) from change")[0]
        return Comparison(
            old.funnel.written,
            new.funnel.written,
            Counts(*(int(n or 0) for n in sums)),
            _by("language", tables),
            _by("site", tables),
            _rules(tables),
            tuple(new.identity.differences(asdict(old.identity))),
            _funnel(old, new),
        )


def changed_documents(before: str | Path, after: str | Path, count: int) -> list[ChangedDocument]:
    """Return some documents that differ, always the same: those that changed first, then those that came or went."""
    with _both(Path(before), Path(after)) as tables:
        rows = tables.rows(
            """
            select id, o.text, n.text
            from (select * from change order by changed desc, md5($seed || ' ' || id), id limit $count) c
            left join old.documents o using (id) left join documents n using (id)
            order by changed desc, md5($seed || ' ' || id), id
            """,
            seed=_SEED,
            count=count,
        )
    return [ChangedDocument(*row) for row in rows]


def side_by_side(before: str, after: str) -> Iterator[tuple[str, str, str]]:
    """Yield (sign, line before, line after): sign is " " where equal, "~" where not; equal stretches are cut to "…".

    >>> list(side_by_side("One.\\nBaca juga: x", "One."))
    [(' ', 'One.', 'One.'), ('~', 'Baca juga: x', '')]
    """
    a, b = before.split("\n"), after.split("\n")
    for operation, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if operation == "equal":
            lines = a[a1:a2] if a2 - a1 <= 3 else [a[a1], "…", a[a2 - 1]]
            yield from ((" ", line, line) for line in lines)
            continue
        for n in range(max(a2 - a1, b2 - b1)):
            yield "~", a[a1 + n] if a1 + n < a2 else "", b[b1 + n] if b1 + n < b2 else ""


@contextlib.contextmanager
def _both(before: Path, after: Path) -> Iterator[Tables]:
    """Open the second build, with the first as schema `old` and the documents that differ as table `change`."""
    try:
        with open_tables(after) as tables:
            tables.add(before, "old")
            tables.run(
                """
                create temp table change as
                select id, coalesce(n.language, o.language) as language, coalesce(n.site, o.site, 'not known') as site,
                       (o.id is null)::int as added, (n.id is null)::int as removed,
                       (o.id is not null and n.id is not null)::int as changed
                from old.documents o full join documents n using (id)
                where o.text is distinct from n.text
                """
            )
            yield tables
    except OSError as error:
        raise InputError(f"cannot be read: {error}", where=f"{before}, {after}", hint="compare two builds") from None


def _by(column: str, tables: Tables) -> dict[str, Counts]:
    rows = tables.rows(
        f"select {column}, sum(added), sum(removed), sum(changed) from change group by 1 order by count(*) desc, 1"  # noqa: S608  (a column of ours)
    )
    return {name: Counts(*map(int, counts)) for name, *counts in rows}


def _rules(tables: Tables) -> tuple[RuleChange, ...]:
    """Return the rules that took something else. A document's removals differ by their texts, not by their places."""
    rows = tables.rows(
        """
        with o as (select rule, id, count(*) as n, string_agg(text, chr(0) order by text) as taken
                   from old.ledger group by all),
             n as (select rule, id, count(*) as n, string_agg(text, chr(0) order by text) as taken
                   from ledger group by all)
        select rule, coalesce(sum(o.n), 0), coalesce(sum(n.n), 0),
               count(*) filter (o.taken is distinct from n.taken and id in (select id from old.documents)
                                and id in (select id from documents))
        from o full join n using (rule, id)
        group by rule having bool_or(o.taken is distinct from n.taken)
        order by count(*) filter (o.taken is distinct from n.taken) desc, rule
        """
    )
    return tuple(RuleChange(rule, int(old), int(new), documents) for rule, old, new, documents in rows)


def _funnel(old: Manifest, new: Manifest) -> dict[str, tuple[int, int]]:
    from curator.funnel import funnel_lines

    steps = zip(funnel_lines(old.funnel), funnel_lines(new.funnel), strict=True)
    return {step: (before, after) for (step, before, _), (_, after, _) in steps}
