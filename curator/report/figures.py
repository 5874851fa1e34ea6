"""The figures of a report: counted over the whole corpus, never over the sample."""

from __future__ import annotations

from typing import Any

from curator.tables import Tables

__all__ = ["corpus_figures", "removal_figures"]

_SHOWN = 20  # bars of one chart; how many more there are is said beside its title
_MONTHS = 60  # more months than these are shown as years
UNKNOWN = "not known"

Chart = dict[str, Any]


def corpus_figures(tables: Tables, finished: str) -> list[Chart]:
    """Return lengths, dates, languages, sites and cluster sizes of what was written by a build of that day."""
    return [
        _lengths(tables),
        _dates(tables, finished[:10]),
        _share("language", tables),
        _share("site", tables),
        _cluster_sizes(tables),
    ]


def removal_figures(tables: Tables) -> list[Chart]:
    """Return removals by rule, in spans and characters, and by site, in characters."""
    rules = tables.rows(
        "select rule, count(*), sum(length(text)) from ledger where action <> 'guard' group by rule order by 2 desc, 1"
    )
    sites = tables.rows(
        """
        select coalesce(site, $unknown), sum(characters_removed)::bigint,
               round(100 * sum(characters_removed) / greatest(sum(characters + characters_removed), 1))::bigint
        from documents group by 1 order by 2 desc, 1
        """,
        unknown=UNKNOWN,
    )
    by_rule = {"label": "rule", "unit": "spans", "more": "characters", "facet": "rule"}
    by_site = {"label": "site", "unit": "characters", "more": "% of its text", "facet": "site"}
    return [
        {"id": "rules", "title": "Removals by rule", **by_rule, **_top(rules)},
        {"id": "sites-removed", "title": "Removals by site", **by_site, **_top(sites)},
    ]


def _top(rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    more = len(rows) - _SHOWN
    return {"rows": rows[:_SHOWN], "note": f"{more:,} more are not shown" if more > 0 else ""}


def _share(column: str, tables: Tables) -> Chart:
    rows = tables.rows(
        f"select coalesce({column}, $unknown), count(*) from documents group by 1 order by 2 desc, 1",  # noqa: S608  (a column of ours)
        unknown=UNKNOWN,
    )
    named = {"id": f"{column}s", "title": f"{column.capitalize()}s", "label": column, "unit": "documents"}
    return {**named, "facet": column, **_top(rows)}


def _lengths(tables: Tables) -> Chart:
    """Return documents by characters; every class is twice as wide as the one before, from 125 on."""
    rows = tables.rows(
        """
        select greatest(0, floor(log2(greatest(characters, 1) / 125.0)) + 1)::int, count(*)
        from documents group by 1 order by 1
        """
    )
    counts = dict(rows)
    classes = range(min(counts), max(counts) + 1) if counts else range(0)
    named = [(f"{125 * 2 ** (n - 1) if n else 0:,}+", counts.get(n, 0)) for n in classes]
    median = tables.rows("select coalesce(median(characters), 0)::bigint from documents")[0][0]
    return {
        "id": "lengths",
        "kind": "columns",
        "title": "Lengths",
        "label": "characters",
        "unit": "documents",
        "rows": named,
        "note": f"characters after cleaning, median {median:,}",
    }


def _dates(tables: Tables, finished: str) -> Chart:
    """Return documents by month or year; a day after the build is a mistake of a page, and only counted."""
    query = """
        select substr(published, 1, $digits), count(*) from documents
        where regexp_matches(published, '^\\d{4}-\\d{2}') and published <= $finished group by 1 order by 1
        """
    months = tables.rows(query, digits=7, finished=finished)
    span = _months(months[0][0], months[-1][0]) if months else []
    monthly = len(span) <= _MONTHS
    if monthly:
        counts, labels = dict(months), span
    else:
        counts = dict(tables.rows(query, digits=4, finished=finished))
        labels = [f"{year:04d}" for year in range(int(min(counts)), int(max(counts)) + 1)]
    total, dated = tables.rows("select count(*), count(published) from documents")[0]
    later = dated - sum(count for _, count in months)
    return {
        "id": "dates",
        "kind": "columns",
        "title": "Dates",
        "label": "month" if monthly else "year",
        "unit": "documents",
        "rows": [(label, counts.get(label, 0)) for label in labels],
        "note": f"{total - dated:,} documents have none" + (f", {later:,} one later than this build" if later else ""),
    }


def _months(first: str, last: str) -> list[str]:
    """Return every month from the first to the last.

    >>> _months("2024-11", "2025-02")
    ['2024-11', '2024-12', '2025-01', '2025-02']
    """
    start, stop = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last))
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(start, stop + 1)]


def _cluster_sizes(tables: Tables) -> Chart:
    sizes = tables.rows("select count(*) from clusters where kind is not null group by cluster")
    classes = ((2, 2), (3, 3), (4, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, None))
    rows = [
        (
            f"{low}+" if high is None else f"{low}" if low == high else f"{low}–{high}",
            sum(low <= size and (high is None or size <= high) for (size,) in sizes),
        )
        for low, high in classes
    ]
    while rows and not rows[-1][1]:
        rows.pop()
    named = {"id": "cluster-sizes", "title": "Cluster sizes", "label": "documents in it", "unit": "clusters"}
    return {**named, "rows": rows, "note": f"{len(sizes):,} clusters of copies"}
