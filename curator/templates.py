"""The template pass of a build: lines counted by site, split by split, and the rules that come of it.

The counts of all splits are merged site by site. DuckDB leaves out every line that is on too few pages of its site
before any is looked at, and puts the rest in order; both spill to disk above a fixed memory. What is left of one site
is at most as many lines as its pages have on average, divided by the share that is asked for.
"""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.errors import RuleError
from curator.extracted import article_of
from curator.rules.linecounts import LineCounts, line_counts_schema
from curator.rules.load import load_rules
from curator.rules.mine import LICENSE, Thresholds, propose_site
from curator.rules.model import Pack, Rule
from curator.rules.templates import Templates
from curator.rules.write import header_lines, rule_lines
from curator.settings import TemplateSettings
from curator.workfile import read_rows, write_rows

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "AdoptTask",
    "CopyTask",
    "CountTask",
    "MergeTask",
    "PackTask",
    "adopt",
    "copy_pack",
    "count_lines",
    "load_pack",
    "merge_counts",
    "read_templates",
    "summary",
    "write_pack",
]

_DOCUMENTS = 256  # counted before they are written: their lines are held in memory
_ROWS = 1_000  # counts read at a time
_MEMORY = "1GB"  # of DuckDB; above it, it uses the disk
_HEADER = Pack(pack="templates", version="1", license=LICENSE)
_KINDS = ("line", "span", "block")


@dataclass(frozen=True, slots=True)
class CountTask:
    """Count the lines of one extract work file."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class MergeTask:
    """Propose rules from the line counts of all splits."""

    sources: tuple[str, ...]
    settings: TemplateSettings
    target: str


@dataclass(frozen=True, slots=True)
class PackTask:
    """Write the rules of a template work file as a pack."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class AdoptTask:
    """Make a template work file of the pack of an earlier build."""

    pack: str
    preview: bool
    target: str


@dataclass(frozen=True, slots=True)
class CopyTask:
    """Lay the pack of an earlier build beside the corpus."""

    source: str
    target: str


def count_lines(task: CountTask) -> int:
    """Write the line counts of the documents that have a site; return how many those are."""
    import pyarrow.parquet as pq

    counted = 0

    def write(path: Path) -> None:
        nonlocal counted
        documents = ((row["host"], article_of(row)) for row in read_rows(task.source) if row["host"])
        articles = ((host, article) for host, article in documents if article.text)
        with pq.ParquetWriter(path, line_counts_schema(), compression="zstd") as writer:
            while part := list(itertools.islice(articles, _DOCUMENTS)):
                counts = LineCounts()
                for host, article in part:
                    counts.add(host, article.text, title=article.metadata.title)
                writer.write_table(counts.to_table())
                counted += len(part)

    commit(Path(task.target), write)
    return counted


def merge_counts(task: MergeTask) -> int:
    """Write the template work file: the rules of each site, in order of site and line."""
    rules = (rule for site, counts in _by_site(task) for rule in _proposed(site, counts, task.settings))
    write_rows(task.target, _schema(), map(_row, rules))
    return 0


def write_pack(task: PackTask) -> int:
    """Write a rule file, in the form `rules fmt` leaves as it is."""

    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(f"{line}\n" for line in header_lines(_HEADER))
            for row in read_rows(task.source):
                stream.writelines(f"{line}\n" for line in rule_lines(_rule(row), _HEADER))

    commit(Path(task.target), write)
    return 0


def adopt(task: AdoptTask) -> int:
    """Write the template work file of a pack, in order of site and id."""
    rules = sorted(load_pack(task.pack, preview=task.preview), key=lambda rule: (rule.site or "", rule.id))
    write_rows(task.target, _schema(), map(_row, rules))
    return 0


def copy_pack(task: CopyTask) -> int:
    """Copy a pack byte for byte."""

    def write(path: Path) -> None:
        shutil.copyfile(task.source, path)

    commit(Path(task.target), write)
    return 0


def load_pack(path: str, *, preview: bool = False) -> Sequence[Rule]:
    """Return the rules of a pack of an earlier build.

    Raises:
        RuleError: the file is no pack, or holds a rule that is not for the text of one site, or none that runs.
    """
    rules = load_rules(path, shipped=False, preview=preview).rules
    for rule in rules:
        if not rule.site or rule.kind not in _KINDS:
            hint = "such rules are added with --rules; --templates is for the templates.toml of a build"
            raise RuleError(f"rule {rule.id} is not for the text of one site", where=path, hint=hint)
    if not rules:
        hint = "experimental rules run only where the settings say [rules] preview = true"
        raise RuleError("no rule of this pack would run", where=path, hint=hint)
    return rules


def read_templates(path: str, hosts: Sequence[str]) -> Templates:
    """Return the rules of some sites from a template work file."""
    import pyarrow.parquet as pq

    rows = pq.read_table(path, filters=[("site", "in", sorted(hosts))]).to_pylist() if hosts else []
    found = itertools.groupby(rows, key=itemgetter("site"))
    return Templates({site: tuple(map(_rule, own)) for site, own in found})


def summary(path: str, cleaned: Sequence[str]) -> dict[str, int]:
    """Return how many rules for how many sites a template work file has, and what they took from cleaned work files."""
    import duckdb

    with duckdb.connect(config={"memory_limit": _MEMORY}) as connection:
        numbers = connection.execute(
            """
            with taken as (select unnest(removals) as removal from read_parquet($cleaned)),
                 own as (select removal.text from taken semi join read_parquet($templates) as t on removal.rule = t.id)
            select (select count(*) from read_parquet($templates)),
                   (select count(distinct site) from read_parquet($templates)),
                   count(*), coalesce(sum(length(text)), 0)
            from own
            """,
            {"templates": path, "cleaned": list(cleaned)},
        ).fetchone()
    names = ("rules", "sites", "removals", "characters_removed")
    return dict(zip(names, map(int, numbers or ()), strict=True))


def _by_site(task: MergeTask) -> Iterator[tuple[str, LineCounts]]:
    """Yield the counts of one site after the other, without lines that are on too few of its pages."""
    import duckdb

    with (
        tempfile.TemporaryDirectory(prefix="spill-", dir=Path(task.target).parent) as spill,
        duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": spill, "threads": 1}) as connection,
    ):
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
    usual = Thresholds()
    wanted = Thresholds(settings.min_pages, settings.share, max(settings.share, usual.long_share))
    return propose_site(counts, site, wanted, status="stable")


def _schema() -> pa.Schema:
    """Return the columns of a template work file; `rule` is the rule as JSON."""
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in ("site", "id", "rule")])


def _row(rule: Rule) -> dict[str, Any]:
    told = rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {"site": rule.site, "id": rule.id, "rule": json.dumps(told, ensure_ascii=False)}


def _rule(row: dict[str, Any]) -> Rule:
    return Rule.model_validate(json.loads(row["rule"]))
