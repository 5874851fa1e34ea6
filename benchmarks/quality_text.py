"""Whole-page text and main text, cleaned: the table against doing nothing, line filters and a block finder.

    python benchmarks/quality_text.py ../shared/gold [--folds build/lines] [--pages 405] [--dumps bs4,traf]

Scores the dumps of the folder, the whole pipeline, 4-gram F1 per page. With `--folds` (from train_lines.py) each page
is cleaned by the model that saw no page of its site; without it by the shipped model, which was trained on these pages.
CPU is per text, in this process, and trafilatura's on the HTML of the same pages for comparison.
"""

from __future__ import annotations

import argparse
import logging
import random
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from line_filters import FILTERS
from pages import CONVERTERS, EXTRACTORS, FOLDS, fold_of, load_score

from curator.cleaner import Cleaner
from curator.document import Document
from curator.extract.lines.model import LineModel
from curator.judgement import LINE_MODEL, Judgement
from curator.rules.decide import Context
from curator.rules.ruleset import RuleSet
from curator.settings import CleanSettings

CLEAN = 0.95  # P and R of a clean page
_RESAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Result:
    """One text, cleaned one way."""

    site: str
    precision: float
    recall: float
    f1: float
    seconds: float
    whole: bool = False


def main() -> None:
    """Print a table for each dump."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--folds", type=Path, help="folder with the models of the folds")
    parser.add_argument("--pages", type=int, default=10**6, help="only so many pages")
    parser.add_argument("--dumps", default=",".join((*CONVERTERS, *EXTRACTORS)))
    parser.add_argument("--always", action="store_true", help='a row for text = "page" on every dump')
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    bench = Bench(chosen.gold, chosen.folds)
    pages = random.Random(0).sample(sorted(bench.pages), min(chosen.pages, len(bench.pages)))
    print(f"{len(pages)} pages; trafilatura on their HTML: {1000 * bench.yardstick(pages[:100]):.1f} ms CPU a page\n")
    right: list[bool] = []
    for dump in chosen.dumps.split(","):
        print(f"{dump:19} F1 [95 %]              P      R      clean  ms CPU")
        ways: dict[str, Callable[[str, str], str]] = {
            name: (lambda _, text, keep=keep: keep(text)) for name, keep in FILTERS.items()
        }
        ways |= {"rules alone": bench.cleaner("main"), "curator": bench.cleaner("auto")}
        if chosen.always or dump in {"resiliparse", "justext"}:
            ways["curator, text=page"] = bench.cleaner("page")
        for name, way in ways.items():
            print(_row(name, bench.run(dump, pages, way)), flush=True)
        found = [bench.is_whole(page, text) == (dump in CONVERTERS) for page, text in bench.texts(dump, pages)]
        right += found
        print(
            f"right path: {sum(found) / len(found):.3f}; model alone {bench.model_cost(dump, pages):.1f} ms\n",
            flush=True,
        )
    print(f"right path, all dumps: {sum(right) / len(right):.4f} of {len(right):,}")


class Bench:
    """The labelled pages that have dumps, and the ways to clean them."""

    def __init__(self, folder: Path, folds: Path | None) -> None:
        self._folder, self._score = folder, load_score(folder)
        self._dumps: dict[str, dict[str, str]] = {}
        gold = {row["id"]: row for row in self._score.read_jsonl(folder / "gold.jsonl.gz")}
        self.pages: Mapping[str, Any] = {page: gold[page] for page in self._dump("bs4")}
        models = [LineModel(folds / str(fold)) for fold in range(FOLDS)] if folds else [LineModel.shipped()] * FOLDS
        self._models = models
        self._cleaners = {id(model): Cleaner(line_model=model) for model in self._models}
        self._wanted = {page: self._measure(row["gold_text"]) for page, row in self.pages.items()}

    def _dump(self, name: str) -> dict[str, str]:
        if name not in self._dumps:
            rows = self._score.read_jsonl(self._folder / "dumps" / f"{name}.jsonl.gz")
            self._dumps[name] = {row["id"]: row["text"] for row in rows}
        return self._dumps[name]

    def texts(self, dump: str, pages: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield (page, text) of those with a text."""
        return ((page, text) for page in pages if (text := self._dump(dump).get(page, "")).strip())

    def _model(self, page: str) -> LineModel:
        return self._models[fold_of(self.pages[page]["site"])]

    def cleaner(self, text: str) -> Callable[[str, str], str]:
        """Return a way to clean a page's text: the whole pipeline."""
        settings = CleanSettings.model_validate({"text": text})
        cleaners = {id(model): Cleaner(settings=settings, line_model=model) for model in self._models}

        def way(page: str, content: str) -> str:
            return cleaners[id(self._model(page))].clean(Document(page, content, "text")).text

        return way

    def is_whole(self, page: str, text: str) -> bool:
        """Tell whether a text takes the path of whole pages."""
        model = self._model(page)
        cleaned = self._cleaners[id(model)].clean(Document(page, text, "text"))
        return any(removal.rule == LINE_MODEL for removal in cleaned.removals)

    def model_cost(self, dump: str, pages: Sequence[str]) -> float:
        """Return the milliseconds of CPU of the line model and its removals alone, per text."""
        texts = list(self.texts(dump, pages[:150]))
        began = time.process_time()
        for page, text in texts:
            judged = Judgement.of(text, self._model(page), "auto")
            if judged.odds > 0:
                judged.menus(RuleSet(()), Context())
            else:
                judged.strays(RuleSet(()), Context(), self._model(page))
        return 1000 * (time.process_time() - began) / max(len(texts), 1)

    def run(self, dump: str, pages: Sequence[str], way: Callable[[str, str], str]) -> list[Result]:
        """Return the results of one way to clean."""
        results = []
        for number, (page, text) in enumerate(self.texts(dump, pages)):
            if number == 0:
                way(page, text)  # what is loaded on first use is not the text's
            began = time.process_time()
            cleaned = way(page, text)
            seconds = time.process_time() - began
            results.append(Result(self.pages[page]["site"], *self._prf(page, cleaned), seconds))
        return results

    def _measure(self, text: str) -> tuple[Any, set[str]]:
        score = self._score
        return score.shingles(score.tokens(text)), {score.norm_line(line) for line in score.lines_of(text)}

    def _prf(self, page: str, text: str) -> tuple[float, float, float]:
        (wanted, lines), row = self._wanted[page], self.pages[page]
        stripped = self._score.strip_title(text, row.get("titles") or row.get("title"), lines)
        figures: tuple[float, float, float] = self._score.prf(
            self._score.shingles(self._score.tokens(stripped)), wanted
        )
        return figures

    def yardstick(self, pages: Sequence[str]) -> float:
        """Return trafilatura's seconds of CPU per page, on the HTML of these."""
        import pyarrow.parquet as pq
        import trafilatura

        html = {row["id"]: row["html"] for row in pq.read_table(self._folder / "pages.parquet").to_pylist()}
        trafilatura.extract(html[pages[0]])
        began = time.process_time()
        for page in pages:
            trafilatura.extract(html[page])
        return (time.process_time() - began) / len(pages)


def mean_f1(results: Sequence[Result]) -> float:
    """Return the mean F1 of results."""
    return sum(result.f1 for result in results) / max(len(results), 1)


def _row(name: str, results: Sequence[Result]) -> str:
    def mean(values: Sequence[float]) -> float:
        return sum(values) / max(len(values), 1)

    low, high = _interval(results)
    p, r = (mean([getattr(result, part) for result in results]) for part in ("precision", "recall"))
    clean = mean([float(result.precision >= CLEAN and result.recall >= CLEAN) for result in results])
    cost = 1000 * mean([result.seconds for result in results])
    return f"{name:19} {mean_f1(results):.4f} [{low:.4f}, {high:.4f}]  {p:.4f} {r:.4f} {clean:.3f}  {cost:5.1f}"


def _interval(results: Sequence[Result]) -> tuple[float, float]:
    """Return the 95 % interval of the mean F1: percentiles of a bootstrap over sites."""
    by_site = defaultdict(list)
    for result in results:
        by_site[result.site].append(result.f1)
    sites, draw, means = sorted(by_site), random.Random(0), []
    for _ in range(_RESAMPLES):
        drawn = [value for site in draw.choices(sites, k=len(sites)) for value in by_site[site]]
        means.append(sum(drawn) / len(drawn))
    means.sort()
    return means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES)]


if __name__ == "__main__":
    main()
