"""What rules did in a build: how often each fired, where, which never did, and what changed since another build."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from curator.manifest import Manifest
from curator.rules.load import load_chosen
from curator.settings import RuleSettings

if TYPE_CHECKING:
    import duckdb

__all__ = ["BuildStats", "Drift", "RuleUse", "SiteUse", "build_stats", "drift"]

State = Literal["stopped", "started", "changed"]


@dataclass(frozen=True, slots=True)
class RuleUse:
    """What one rule did over all cleaned documents.

    Attributes:
        hits: removals that are its own.
        documents: documents it took something from.
        characters: what it took, in characters; of an html rule, what the elements showed.
        sites: sites of the corpus it fired on.
        also: removals of other rules that it would have made too.
    """

    rule: str
    hits: int
    documents: int
    characters: int
    sites: int
    also: int


@dataclass(frozen=True, slots=True)
class SiteUse:
    """What one rule did to the documents of one site that are in the corpus; `of` is how many those are."""

    rule: str
    site: str | None
    hits: int
    documents: int
    characters: int
    of: int


@dataclass(frozen=True, slots=True)
class BuildStats:
    """The rules of a build.

    Attributes:
        cleaned: documents the rules were applied to.
        rules: those that fired or would have, the busiest first.
        sites: rule by site, the busiest first.
        silent: rules that never fired and never would have, by id.
        same_rules: whether the rules at hand are those of the build; where not, `silent` is of those at hand.
    """

    cleaned: int
    rules: tuple[RuleUse, ...]
    sites: tuple[SiteUse, ...]
    silent: tuple[str, ...]
    same_rules: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """How much more often a rule fires on a site than it did: hits per document, before and now.

    `state` is stopped (it fired before and does not now), started, or changed.
    """

    rule: str
    site: str | None
    before: float
    now: float
    documents_before: int
    documents_now: int
    state: State


def build_stats(build: str | Path) -> BuildStats:
    """Count what rules did, from the ledger and the data of a finished build.

    Raises:
        InputError: the folder holds no finished build.
        RuleError: a rule file the build used is gone or wrong.
    """
    folder = Path(build)
    manifest = Manifest.read(folder / "manifest.json")
    with _opened(folder) as connection:
        rules = connection.execute(
            """
            with own as (
                select rule, count(*) as hits, count(distinct id) as documents, sum(length(text)) as characters,
                       count(distinct coalesce(site, '')) filter (placed) as sites
                from removals group by rule
            ), beaten as (
                select rule, count(*) as also from (select unnest(also) as rule from removals) group by rule
            )
            select rule, coalesce(hits, 0) as hits, coalesce(documents, 0), coalesce(characters, 0),
                   coalesce(sites, 0), coalesce(also, 0) as also
            from own full join beaten using (rule) order by hits desc, also desc, rule
            """
        ).fetchall()
        sites = _site_uses(connection)
    used = tuple(RuleUse(rule, *map(int, numbers)) for rule, *numbers in rules)
    known = load_chosen(RuleSettings.model_validate(manifest.identity.settings["rules"]))
    heard = {use.rule for use in used}
    return BuildStats(
        cleaned=manifest.funnel.read - sum(manifest.funnel.failed.values()),
        rules=used,
        sites=sites,
        silent=tuple(sorted(rule.id for rule in known.rules if rule.id not in heard)),
        same_rules=known.hash == manifest.identity.rules,
    )


def drift(build: str | Path, against: str | Path) -> list[Drift]:
    """Return how rules fire on sites in a build against an earlier one, what touches most documents first.

    Only sites that both corpora have. In the order of the change in hits per document, times the documents of the
    build that has fewer of the site.

    Raises:
        InputError: a folder holds no finished build.
    """
    hits: list[dict[tuple[str, str | None], int]] = []
    sizes: list[dict[str | None, int]] = []
    for folder in (Path(against), Path(build)):
        Manifest.read(folder / "manifest.json")
        with _opened(folder) as connection:
            hits.append({(use.rule, use.site): use.hits for use in _site_uses(connection)})
            sizes.append(dict(connection.execute("select site, size from sizes").fetchall()))
    changes = []
    for rule, site in hits[0].keys() | hits[1].keys():
        if site in sizes[0] and site in sizes[1]:
            before, now = (found.get((rule, site), 0) / size[site] for found, size in zip(hits, sizes, strict=True))
            if before != now:
                state: State = "stopped" if not now else "changed" if before else "started"
                changes.append(Drift(rule, site, before, now, sizes[0][site], sizes[1][site], state))
    return sorted(changes, key=_weight)


def _weight(change: Drift) -> tuple[float, str, str]:
    fewer = min(change.documents_before, change.documents_now)
    return -abs(change.now - change.before) * fewer, change.rule, change.site or ""


def _site_uses(connection: duckdb.DuckDBPyConnection) -> tuple[SiteUse, ...]:
    rows = connection.execute(
        """
        select rule, removals.site, count(*) as hits, count(distinct id), sum(length(text)), any_value(size)
        from removals join sizes on removals.site is not distinct from sizes.site
        where placed group by rule, removals.site order by hits desc, rule, removals.site nulls first
        """
    ).fetchall()
    return tuple(SiteUse(rule, site, *map(int, numbers)) for rule, site, *numbers in rows)


def _opened(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection with the tables `removals` (`placed`: the document is in the corpus) and `sizes` by site."""
    import duckdb

    connection = duckdb.connect()
    ledger, data = (
        [str(p) for p in sorted(folder.glob(pattern))] for pattern in ("ledger/*.parquet", "data/**/*.parquet")
    )
    # Carried-through fields differ from one language's files to another's.
    connection.execute(
        "create table documents as select id, site from read_parquet($data, union_by_name = true)", {"data": data}
    )
    connection.execute("create table sizes as select site, count(*) as size from documents group by site")
    connection.execute(
        """
        create table removals as
        select ledger.*, site, documents.id is not null as placed
        from read_parquet($ledger) as ledger left join documents using (id)
        where action <> 'guard'
        """,
        {"ledger": ledger},
    )
    return connection
