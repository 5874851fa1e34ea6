"""Lines counted by site, split by split, and the rules that come of it.

The counts of all splits are merged site by site. DuckDB leaves out every line that is on too few pages of its site
before any is looked at, and puts the rest in order, on disk above a fixed memory. What is left of one site is at most
as many lines as its pages have on average, divided by the share that is asked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from curator.atomic import commit
from curator.database import database
from curator.extracted import article_of
from curator.rules.linecounts import LineCounts, line_counts_schema
from curator.rules.mine import Thresholds, propose_site
from curator.rules.model import Rule
from curator.settings import TemplateSettings
from curator.templates.pack import write_templates
from curator.workfile import read_rows, rows_of_sites

__all__ = ["CountTask", "MergeTask", "NoticeTask", "count_lines", "find_notices", "merge_counts"]

_DOCUMENTS = 256  # counted before they are written: their lines are held in memory
_ROWS = 1_000  # counts read at a time


@dataclass(frozen=True, slots=True)
class NoticeTask:
    """Find the running text that is on most pages of its site."""

    sources: tuple[str, ...]
    settings: TemplateSettings
    target: str


@dataclass(frozen=True, slots=True)
class CountTask:
    """Count the lines of one extract work file; `notices` is the file of running text that is on most pages."""

    source: str
    notices: str
    target: str


@dataclass(frozen=True, slots=True)
class MergeTask:
    """Propose rules from the line counts of all splits."""

    sources: tuple[str, ...]
    settings: TemplateSettings
    target: str


def find_notices(task: NoticeTask) -> int:
    """Write (site, hash) of running text that may be a notice of its site: counting tells."""

    def write(path: Path) -> None:
        with database(Path(task.target).parent) as connection:
            connection.execute(
                """
                copy (
                    with pages as (select host, prose from read_parquet($sources) where len(prose) > 0),
                         sites as (select host, count(*) as pages from pages group by host),
                         lines as (select host, unnest(prose) as hash from pages)
                    select host as site, hash from lines join sites using (host) group by host, hash, pages
                    having count(*) >= greatest($least, $share * pages) order by host, hash
                ) to $target (format parquet)
                """,
                {
                    "sources": list(task.sources),
                    "least": task.settings.min_pages,
                    "share": _thresholds(task.settings).long_share,
                    "target": str(path),
                },
            )

    commit(Path(task.target), write)
    return 0


def count_lines(task: CountTask) -> int:
    """Write the line counts of the documents that have a site; return how many those are."""
    import pyarrow.parquet as pq

    counted = 0
    hosts = {row["host"] for row in read_rows(task.source, ("host",))} - {None}
    notices = {host: frozenset(row["hash"] for row in own) for host, own in rows_of_sites(task.notices, sorted(hosts))}

    def write(path: Path) -> None:
        nonlocal counted
        documents = ((row["host"], article_of(row)) for row in read_rows(task.source) if row["host"])
        articles = ((host, article) for host, article in documents if article.text)
        with pq.ParquetWriter(path, line_counts_schema(), compression="zstd") as writer:
            while part := list(itertools.islice(articles, _DOCUMENTS)):
                counts = LineCounts()
                for host, article in part:
                    own = notices.get(host, frozenset())
                    counts.add(host, article.text, title=article.metadata.title, notices=own)
                writer.write_table(counts.to_table())
                counted += len(part)

    commit(Path(task.target), write)
    return counted


def merge_counts(task: MergeTask) -> int:
    """Write the template work file: the rules of each site, in order of site and line."""
    rules = (rule for site, counts in _by_site(task) for rule in _proposed(site, counts, task.settings))
    write_templates(task.target, rules)
    return 0


def _by_site(task: MergeTask) -> Iterator[tuple[str, LineCounts]]:
    """Yield the counts of one site after the other, without lines that are on too few of its pages."""
    with database(Path(task.target).parent) as connection:
        counts = connection.execute(
            """
            with counts as (from read_parquet($sources)),
                 sites as (
                    select site, sum(documents) as pages from counts where line = ''
                    group by site having pages >= $least
                 ),
                 wanted as (
                    select site, line, folded from counts join sites using (site)
                    group by site, line, folded, pages
                    having sum(documents) >= greatest($least, $share * pages)
                 )
            select counts.* from counts semi join wanted using (site, line, folded) order by site
            """,
            {"sources": list(task.sources), "least": task.settings.min_pages, "share": task.settings.share},
        )
        names = [column[0] for column in counts.description or ()]
        fetched = iter(lambda: counts.fetchmany(_ROWS), [])
        rows = (dict(zip(names, row, strict=True)) for part in fetched for row in part)
        for site, own in itertools.groupby(rows, key=itemgetter("site")):
            found = LineCounts()
            for row in own:
                found.add_row(row)
            yield site, found


def _proposed(site: str, counts: LineCounts, settings: TemplateSettings) -> Sequence[Rule]:
    return propose_site(counts, site, _thresholds(settings), status="stable")


def _thresholds(settings: TemplateSettings) -> Thresholds:
    return Thresholds(settings.min_pages, settings.share, max(settings.share, Thresholds().long_share))
