"""Counting a build from its files, so that the numbers are what was written and not what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from curator.dedup.outcome import DROPPED_AS
from curator.manifest import Funnel

__all__ = ["count_funnel", "funnel_lines"]

_LANGUAGES_SHOWN = 10  # on the line of those written; all of them are in the card


def count_funnel(sources: Sequence[str], twins: str, clusters: str, layout: Path, drop: Sequence[str]) -> Funnel:
    """Return the funnel of a build from its work files, twins, clusters and layout."""
    import duckdb

    files = {"sources": list(sources)}
    with duckdb.connect() as connection:

        def rows(query: str, **values: Any) -> list[Any]:
            return connection.execute(query, values or None).fetchall()

        totals = rows(
            """
            select count(*),
                   count(*) filter (kind = 'html'),
                   count(*) filter (kind = 'html' and reason is distinct from 'no-article'),
                   coalesce(sum(characters + characters_removed), 0),
                   coalesce(sum(characters_removed), 0),
                   coalesce(sum(len([removal for removal in removals if removal.layer = 'text'])), 0),
                   coalesce(sum(len([removal for removal in removals if removal.layer = 'html'])), 0),
                   coalesce(sum(len([removal for removal in removals if removal.action = 'mask'])), 0)
            from read_parquet($sources)
            """,
            **files,
        )[0]
        by = """
            select coalesce(reason, ''), count(*) from read_parquet($sources) where status = $status
            group by 1 order by 1
            """
        failed = dict(rows(by, status="failed", **files))
        twin_count = rows(
            """
            select count(*) from read_parquet($sources)
            semi join read_parquet($twins) as twins using (shard, row)
            where status = 'kept'
            """,
            twins=twins,
            **files,
        )[0][0]
        if twin_count:
            failed["duplicate-id"] = twin_count
        dropped = rows(
            f"""
            select {DROPPED_AS} as dropped_as, count(*) from read_parquet($clusters)
            where dropped_as is not null group by 1 order by 1
            """,  # noqa: S608
            clusters=clusters,
            drop=list(drop),
        )
        count_clusters = "select count(distinct cluster) from read_parquet($clusters) where kind is not null"
        languages = rows(
            "select language, count(*) from read_parquet($layout) group by 1 order by 1", layout=str(layout)
        )
        return Funnel(
            read=totals[0],
            failed=failed,
            pages=totals[1],
            extracted=totals[2],
            characters_in=int(totals[3]),
            characters_removed=int(totals[4]),
            removals=int(totals[5]),
            pruned=int(totals[6]),
            masked=int(totals[7]),
            guarded={reason: n for reason, n in rows(by, status="kept", **files) if reason},
            rejected=dict(rows(by, status="rejected", **files)),
            dropped=dict(dropped),
            clusters=rows(count_clusters, clusters=clusters)[0][0],
            written=sum(n for _, n in languages),
            languages=dict(languages),
        )


def funnel_lines(funnel: Funnel) -> Iterator[tuple[str, int, str]]:
    """Yield the funnel as rows for a person: step, documents, remark."""

    def detail(counts: Any) -> str:
        return ", ".join(f"{reason} {n:,}" for reason, n in sorted(counts.items()))

    yield "read", funnel.read, ""
    yield "failed", sum(funnel.failed.values()), detail(funnel.failed)
    lost = funnel.pages - funnel.extracted
    remark = f"of {funnel.pages:,} pages" + (f"; {lost:,} without an article" if lost else "")
    yield "extracted", funnel.extracted, remark + (f"; {funnel.pruned:,} elements pruned" if funnel.pruned else "")
    share = funnel.characters_removed / funnel.characters_in if funnel.characters_in else 0.0
    cleaned = funnel.read - sum(n for reason, n in funnel.failed.items() if reason != "duplicate-id")
    remark = f"{funnel.characters_removed:,} characters removed ({share:.1%}) in {funnel.removals:,} spans"
    remark += f", {funnel.masked:,} of them masked" if funnel.masked else ""
    yield "cleaned", cleaned, remark + (f"; guards fired: {detail(funnel.guarded)}" if funnel.guarded else "")
    yield "screened out", sum(funnel.rejected.values()), detail(funnel.rejected)
    yield (
        "duplicates",
        sum(funnel.dropped.values()),
        detail(funnel.dropped) + (f" in {funnel.clusters:,} clusters" if funnel.clusters else ""),
    )
    top = sorted(funnel.languages.items(), key=lambda item: (-item[1], item[0]))
    rest = f", {len(top) - _LANGUAGES_SHOWN} more languages" if len(top) > _LANGUAGES_SHOWN else ""
    yield "written", funnel.written, ", ".join(f"{code} {n:,}" for code, n in top[:_LANGUAGES_SHOWN]) + rest
