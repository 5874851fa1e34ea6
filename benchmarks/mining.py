"""What mined rules catch on a page they have not seen, and whether they ever take a line of its article.

Over the labelled pages: of every site with three pages or more, mine all but one and apply the rules to that one; then
mine and clean all of them at once, as a build does. For languages: mine four fifths of the sites, apply to the rest.
Prints tables; exits 1 where a line of an article is lost. The labelled pages lie beside the checkout (folder
`shared`); where they do not, the benchmark says so and ends.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from curator.extract.page import extract_page, host_of
from curator.mining import page_text
from curator.repair import repair
from curator.rules.decide import Context
from curator.rules.mine import LineCounts, Thresholds, merge, propose_language, propose_site
from curator.rules.ruleset import RuleSet
from curator.rules.settle import settle
from curator.rules.view import View

GOLD = Path(__file__).resolve().parent.parent.parent / "shared" / "gold"
FOLDS = 5  # of sites, for languages
DEFAULT = Thresholds()
# With three pages of a site two are left to learn from.
TWO = Thresholds(documents=2)

TextOf = Callable[[str, str], tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Page:
    """One labelled page: its text, and for each line whether it is of the article (None: the labels do not say)."""

    id: str
    site: str
    language: str
    text: str
    content: tuple[bool | None, ...]
    counts: LineCounts


@dataclass(slots=True)
class Score:
    """Lines of boilerplate and of articles: how many there are, how many the rules take."""

    boilerplate: int = 0
    caught: int = 0
    content: int = 0
    lost: int = 0

    def __iadd__(self, other: Score) -> Score:
        self.boilerplate += other.boilerplate
        self.caught += other.caught
        self.content += other.content
        self.lost += other.lost
        return self

    def __str__(self) -> str:
        share = self.caught / self.boilerplate if self.boilerplate else 0.0
        return f"{self.boilerplate:>11,} {self.caught:>8,} {share:>7.1%} {self.content:>9,} {self.lost:>6,}"


HEADING = f"{'boilerplate':>11} {'caught':>8} {'':>7} {'articles':>9} {'lost':>6}  (lines)"


def whole_page(html: str, url: str) -> tuple[str, str | None]:  # noqa: ARG001  (what every text has)
    """Return all text of a page; nobody tells its headline."""
    return page_text(html), None


def article(html: str, url: str) -> tuple[str, str | None]:
    """Return the article trafilatura finds, and the headline it finds."""
    page = extract_page(html, url=url)
    return page.text, page.metadata.title


def load_pages(text_of: TextOf, least: int = 1) -> dict[str, list[Page]]:
    """Return the labelled pages of sites that have `least` of them, by site."""
    import pyarrow.parquet as pq

    metric = _metric()
    with gzip.open(GOLD / "gold.jsonl.gz", "rt", encoding="utf-8") as stream:
        gold = {row["id"]: row for row in map(json.loads, stream)}
    by_site: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in pq.read_table(GOLD / "pages.parquet").to_pylist():
        if gold[row["id"]]["gold_text"] and (site := host_of(row["url"])):
            by_site[site].append(row)
    return {
        site: [_page(row, site, gold[row["id"]], metric, text_of) for row in rows]
        for site, rows in sorted(by_site.items())
        if len(rows) >= least
    }


def _metric() -> ModuleType:
    """Return the metric of the gold data, which labels lines."""
    spec = importlib.util.spec_from_file_location("gold_score", GOLD / "score.py")
    if spec is None or spec.loader is None:
        raise ImportError(GOLD / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _page(row: dict[str, Any], site: str, gold: dict[str, Any], metric: ModuleType, text_of: TextOf) -> Page:
    raw, title = text_of(row["html"], row["url"])
    text = repair(raw)
    view = View(text)
    lines = [text[start:end] for start, end in zip(view.starts, view.ends, strict=True)]
    labels = metric.label_lines(lines, metric.lines_of(gold["gold_text"]), gold.get("titles") or gold.get("title"))
    says = {metric.KEEP: True, metric.DROP: False}
    counts = LineCounts()
    counts.add(site, text, title=title)
    return Page(row["id"], site, row["lang"], text, tuple(says.get(label) for label in labels), counts)


def judge(rules: RuleSet, page: Page) -> Score:
    """Count what rules do to one page; lines of the article they take are printed."""
    context = Context(frozenset({page.language}), page.site)
    taken = settle(page.text, rules, context, max_share=1.0).removals
    view = View(page.text)
    score = Score()
    for start, line, content in zip(view.starts, view.lines, page.content, strict=True):
        gone = any(removal.start <= start < removal.end for removal in taken)
        if content and gone:
            print(f"LOST {page.site} {page.id}: {line[:100]}")
        score.content += content is True
        score.lost += content is True and gone
        score.boilerplate += content is False
        score.caught += content is False and gone
    return score


def leave_one_out(pages: Sequence[Page], thresholds: Thresholds) -> Score:
    """For each page of a site, mine the others and apply the rules to it."""
    total = Score()
    for page in pages:
        counts = merge(*(other.counts for other in pages if other is not page))
        total += judge(RuleSet(propose_site(counts, page.site, thresholds, status="stable")), page)
    return total


def all_at_once(pages: Sequence[Page], thresholds: Thresholds) -> Score:
    """Mine all pages of a site and apply the rules to them."""
    counts = merge(*(page.counts for page in pages))
    rules = RuleSet(propose_site(counts, pages[0].site, thresholds, status="stable"))
    total = Score()
    for page in pages:
        total += judge(rules, page)
    return total


def across_sites(sites: Mapping[str, Sequence[Page]]) -> Score:
    """For each fifth of the sites, mine the others by language and apply the rules to it."""
    total = Score()
    languages = {site: pages[0].language for site, pages in sites.items()}
    for fold in range(FOLDS):
        held_out = {site for number, site in enumerate(sites) if number % FOLDS == fold}
        counts = merge(*(page.counts for site, pages in sites.items() if site not in held_out for page in pages))
        found = propose_language(counts, {site: tag for site, tag in languages.items() if site not in held_out})
        rules = RuleSet(rule.model_copy(update={"status": "stable"}) for rule in found)
        for site in held_out:
            for page in sites[site]:
                total += judge(rules, page)
    return total


def main() -> int:
    """Print the tables."""
    if not (GOLD / "pages.parquet").exists():
        print(f"no labelled pages in {GOLD}: nothing measured")
        return 0
    pages = load_pages(whole_page)
    sites = {site: found for site, found in pages.items() if len(found) >= 3}
    lost = 0
    print(f"whole pages, each left out in turn, a line on 2 of the others\n{'site':<30} {'pages':>5} {HEADING}")
    total = Score()
    for site, found in sites.items():
        score = leave_one_out(found, TWO)
        total += score
        print(f"{site:<30} {len(found):>5} {score}")
    print(f"{'all':<30} {sum(map(len, sites.values())):>5} {total}")
    lost += total.lost

    articles = load_pages(article, least=3)
    print(f"\n{'in all':<52} {'pages':>5} {HEADING}")
    for name, chosen, least, way in (
        ("whole pages, left out in turn, 3 of the others", sites, 4, leave_one_out),
        ("whole pages, all mined and cleaned at once", sites, 3, all_at_once),
        ("extracted articles, left out in turn, 3 of the others", articles, 4, leave_one_out),
        ("extracted articles, all mined and cleaned at once", articles, 3, all_at_once),
    ):
        total = Score()
        used = [found for found in chosen.values() if len(found) >= least]
        for found in used:
            total += way(found, DEFAULT)
        print(f"{name:<52} {sum(map(len, used)):>5} {total}")
        lost += total.lost
    total = across_sites(pages)
    print(f"{'whole pages, by language, each fifth of sites left out':<52} {sum(map(len, pages.values())):>5} {total}")
    lost += total.lost
    print(f"\n{lost} lines of articles lost")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
