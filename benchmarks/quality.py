"""Text from real pages: this project beside trafilatura's modes and other extractors, in one run.

    python -m pip install '.[bench]'
    python benchmarks/quality.py ../shared/gold [--snippets] [--only curator,trafilatura] [--every 5]

Prints 4-gram F1, P and R, the share of clean pages (P and R of .95 or more) with 95 % intervals by site, and the mean
processor time of a page, for news and for other articles; then F1 by language. `--snippets` measures the pages that
come with snippets to be had and not to be had instead. The block model that judges a page saw no page of its site: five
models are fitted for that. Pages, labels and the metric lie in the folder.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import logging
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import train_blocks  # the module beside this one

import curator.extract.blocks.choose as chooser
from curator.cleaner import Cleaner
from curator.document import Document
from curator.extract.forest import Forest
from curator.extract.page import extract_page
from curator.rules.load import load_rules

__all__ = ["TOOLS", "LabelledPage", "Measured", "labelled_pages", "measure", "snippet_pages"]

Extractor = Callable[["LabelledPage"], str]


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page with what is known of it: `gold` is the row that the metric takes."""

    id: str
    site: str
    group: str
    language: str
    url: str | None
    html: str
    gold: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one tool made of one page: the metric's figures and the processor seconds it took."""

    page: LabelledPage
    figures: Mapping[str, float]
    seconds: float


def curator_whole() -> Extractor:
    """Do all that `curator clean` does: html rules, block model, repair, language, line rules."""
    cleaner = Cleaner(load_rules())  # all rules at once, as a build has them
    return lambda page: cleaner.clean(Document(page.id, page.html, "html", url=page.url)).text


def curator_extraction() -> Extractor:
    """Do the extraction alone, with no rules around it."""
    return lambda page: extract_page(page.html, url=page.url).text


def _trafilatura(**options: Any) -> Callable[[], Extractor]:
    def load() -> Extractor:
        import trafilatura

        return lambda page: trafilatura.extract(page.html, include_comments=False, **options) or ""

    return load


def readability() -> Extractor:
    """readability-lxml, its HTML as text with a line for each block."""
    from lxml import html
    from readability import Document as ReadabilityDocument

    from curator.rules.prune import visible_text

    return lambda page: visible_text(html.fromstring(ReadabilityDocument(page.html).summary()))


def resiliparse() -> Extractor:
    """Take the main content as resiliparse sees it."""
    from resiliparse.extract.html2text import extract_plain_text

    return lambda page: str(extract_plain_text(page.html, main_content=True))


def newspaper4k() -> Extractor:
    """newspaper4k, told the page's language where it knows it."""
    import newspaper

    known = {row[0] for row in newspaper.utils.get_available_languages()} | set(
        newspaper.utils.get_available_languages()
    )

    def extract(page: LabelledPage) -> str:
        language = page.language if page.language in known else "en"
        # Without fetch_images=False it asks the network for every picture.
        article = newspaper.Article(page.url or "http://site.example/", language=language, fetch_images=False)
        article.download(input_html=page.html)
        article.parse()
        return str(article.text)

    return extract


def justext() -> Extractor:
    """JusText with the stop words of the page's language; without any where it has none."""
    import justext as library
    from babel import Locale

    names = library.get_stoplists()

    def extract(page: LabelledPage) -> str:
        name = Locale.parse(page.language).get_display_name("en") if page.language.isalpha() else ""
        stop = library.get_stoplist(name) if name in names else frozenset()
        shares = {} if stop else {"stopwords_low": 0, "stopwords_high": 0}
        found = library.justext(page.html.encode(), stop, encoding="utf-8", **shares)
        return "\n".join(paragraph.text for paragraph in found if not paragraph.is_boilerplate)

    return extract


TOOLS: dict[str, Callable[[], Extractor]] = {
    "curator": curator_whole,
    "curator, extraction alone": curator_extraction,
    "trafilatura": _trafilatura(),
    "trafilatura, precision": _trafilatura(favor_precision=True),
    "trafilatura, recall": _trafilatura(favor_recall=True),
    "trafilatura, fast": _trafilatura(fast=True),
    "readability-lxml": readability,
    "resiliparse": resiliparse,
    "newspaper4k": newspaper4k,
    "jusText": justext,
}
BASE = "trafilatura"


def _gold(folder: Path) -> dict[str, dict[str, Any]]:
    with gzip.open(folder / "gold.jsonl.gz", "rt", encoding="utf-8") as stream:
        return {row["id"]: row for row in map(json.loads, stream)}


def _pages(folder: Path, group_of: Callable[[dict[str, Any], dict[str, Any]], str]) -> Iterator[LabelledPage]:
    import pyarrow.parquet as pq

    gold = _gold(folder)
    for row in pq.read_table(folder / "pages.parquet").to_pylist():
        group = group_of(row, gold[row["id"]])
        if group:
            yield LabelledPage(
                row["id"], row["site"], group, row["lang"] or "", row["url"], row["html"], gold[row["id"]]
            )


def labelled_pages(folder: Path) -> list[LabelledPage]:
    """Return the pages with a full text and dumps, in the groups news and articles."""
    with gzip.open(folder / "dumps" / "bs4.jsonl.gz", "rt", encoding="utf-8") as stream:
        dumped = {row["id"] for row in map(json.loads, stream)}

    def group_of(row: dict[str, Any], known: dict[str, Any]) -> str:
        if row["id"] not in dumped or not known["gold_text"].strip():
            return ""
        return "news" if row["source"].startswith("fundus") else "articles"

    return list(_pages(folder, group_of))


def snippet_pages(folder: Path) -> list[LabelledPage]:
    """Return the pages that have snippets and no full text: no block model was ever fitted to them."""
    return list(
        _pages(folder, lambda _, known: "snippets" if known.get("with") and not known["gold_text"].strip() else "")
    )


def measure(
    pages: Sequence[LabelledPage], tools: Mapping[str, Extractor], score: Any, forests: Callable[[str], Forest | None]
) -> dict[str, list[Measured]]:
    """Return what each tool made of each page; a tool that fails on a page gave an empty text.

    Args:
        score: the metric, a module with `score_page`.
        forests: the block model for a site; None is the shipped one.
    """
    shipped = chooser.shipped_forest
    results: dict[str, list[Measured]] = {name: [] for name in tools}
    try:
        for number, page in enumerate(pages):
            forest = forests(page.site)
            chooser.shipped_forest = (lambda: forest) if forest else shipped  # noqa: B023
            for name, extract in _turned(list(tools.items()), number):  # the first to see a page has the cold cache
                gc.freeze()  # what the benchmark itself holds is no tool's garbage to look through
                began = time.process_time()
                try:
                    text = extract(page)
                except Exception as error:  # noqa: BLE001 a peer's failure is its result
                    logging.getLogger(__name__).warning("%s on %s: %r", name, page.id, error)
                    text = ""
                seconds = time.process_time() - began
                results[name].append(Measured(page, score.score_page(page.gold, text), seconds))
    finally:
        chooser.shipped_forest = shipped
    return results


def _turned(tools: list[tuple[str, Extractor]], by: int) -> list[tuple[str, Extractor]]:
    return tools[by % len(tools) :] + tools[: by % len(tools)]


def load_tools(names: Sequence[str], page: LabelledPage) -> dict[str, Extractor]:
    """Return the tools by name, each after one page: what it loads is not part of any page's time."""
    tools = {name: TOOLS[name]() for name in names}
    for extract in tools.values():
        extract(page)
    return tools


def table(results: Mapping[str, Sequence[Measured]], score: Any) -> Iterator[str]:
    """Yield the lines of the table for each group of pages."""
    groups = sorted({row.page.group for rows in results.values() for row in rows}, reverse=True)
    for group in groups:
        keys = ("with", "without") if group == "snippets" else ("F1", "P", "R", "inner")
        base = _milliseconds(results[BASE], group) if BASE in results else float("nan")
        first = next(iter(results.values()))
        yield f"\n{group}: {sum(row.page.group == group for row in first)} pages"
        heads = [f"{'clean' if key == 'inner' else key}" for key in keys]
        yield f"{'':26}" + "".join(f"{head:>21}" for head in heads) + f"{'CPU ms':>9}{'ratio':>7}"
        for name, rows in results.items():
            chosen = [(row.page.site, row.figures) for row in rows if row.page.group == group]
            figures = score.aggregate(chosen, keys)
            cells = "".join(
                f"{f'{value:.4f} [{low:.3f}, {high:.3f}]':>21}" for value, low, high, _ in (figures[k] for k in keys)
            )
            milliseconds = _milliseconds(rows, group)
            yield f"{name:26}{cells}{milliseconds:9.1f}{milliseconds / base:7.2f}"


def _milliseconds(rows: Sequence[Measured], group: str) -> float:
    times = [row.seconds for row in rows if row.page.group == group]
    return 1000 * sum(times) / len(times)


def by_language(results: Mapping[str, Sequence[Measured]], name: str = "curator") -> Iterator[str]:
    """Yield F1 by language against trafilatura's, for languages with three pages or more."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0.0])
    for ours, base in zip(results[name], results[BASE], strict=True):
        cell = sums[ours.page.language]
        cell[0] += 1
        cell[1] += ours.figures["F1"]
        cell[2] += base.figures["F1"]
    yield f"\nF1 by language, {name} against {BASE}"
    for language, (count, ours, base) in sorted(sums.items(), key=lambda item: -item[1][0]):
        if count >= 3:
            yield f"{language:4} {count:4} pages  {ours / count:.4f}  {base / count:.4f}  {(ours - base) / count:+.4f}"


def main() -> None:
    """Fit the models of the folds, run every tool on every page, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--snippets", action="store_true", help="the pages with snippets")
    parser.add_argument("--only", default="", help="names of tools, by commas")
    parser.add_argument("--every", type=int, default=1, help="every n-th page only")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    score = train_blocks.load_score(chosen.gold / "score.py")
    pages = (snippet_pages if chosen.snippets else labelled_pages)(chosen.gold)[:: chosen.every]
    names = [name.strip() for name in chosen.only.split(",")] if chosen.only else list(TOOLS)
    forests = train_blocks.fold_forests(chosen.gold, score)
    results = measure(pages, load_tools(names, pages[0]), score, forests)
    for line in table(results, score):
        print(line)
    if not chosen.snippets and {"curator", BASE} <= results.keys():
        for line in by_language(results):
            print(line)


if __name__ == "__main__":
    main()
