"""Train the block model of curator/extract/blocks on labelled pages, and print what it is worth on sites it never saw.

    python -m pip install '.[train]'
    python benchmarks/train_blocks.py ../shared/gold [--write]

Reads pages.parquet, gold.jsonl.gz and score.py of the folder, and the html rules of the checkout. Prints F1, P, R and
the clean-page rate of trafilatura and of the model by 5-fold cross-validation with whole sites held out; `--write` then
fits all pages and writes model.json. One thread and fixed seeds: the same pages and rules give the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import logging
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from curator.extract.blocks.choose import SCALE, as_whole, likely, texts_of
from curator.extract.blocks.cut import cut_page
from curator.extract.blocks.features import describe, gather, is_candidate
from curator.extract.blocks.votes import collect_votes
from curator.extract.forest import Forest, dump
from curator.extract.jsonld import declared_kind, read_article_body
from curator.extract.page import Page, parse_page
from curator.language import UNDETERMINED, primary_subtag
from curator.rules.load import load_rules
from curator.rules.prune import prune
from curator.rules.ruleset import RuleSet
from curator.settings import CleanSettings
from curator.site import rule_site

MODEL = Path(__file__).resolve().parent.parent / "curator" / "extract" / "blocks" / "model.json"
FOLDS = 5
ROUNDS = 250
PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.06,
    "num_leaves": 16,
    "max_depth": 8,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "max_bin": 255,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
NEWS_WEIGHT = 2.5  # pages of news against pages of blogs and guides, of which there are four times as many
SETTINGS = {"fallback": 0.70, "keep": 0.40, "keep_news": 0.50, "agree_own": 0.99, "agree_readability": 0.99}
NEUTRAL = 2


@dataclass(slots=True)
class Labelled:
    """A labelled page: the rows of its candidate blocks, and what is needed to score a choice of them."""

    site: str
    group: str
    pruned: bool
    gold: dict[str, Any]
    rows: Any  # int64 [candidates, features]
    labels: Any
    sizes: Any  # tokens of each candidate
    texts: list[str]
    trafilatura: str
    agreements: tuple[float, ...]
    declared: int
    gold_tokens: int


def main() -> None:
    """Read, cross-validate, and write the model if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--write", action="store_true", help="fit all pages and write model.json")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    score = load_score(chosen.gold / "score.py")
    names, pages = read_pages(chosen.gold, score)
    sites, blocks = len({page.site for page in pages}), sum(len(page.rows) for page in pages)
    print(f"{len(pages) // 2} pages, each twice, {sites} sites, {blocks:,} blocks, {len(names)} features")
    held_out = cross_validate(pages, names)
    table(pages, [None] * len(pages), score, "trafilatura", pruned=False)
    table(pages, held_out, score, "blocks")
    table(pages, held_out, score, "blocks, agreed", gate=True)
    if chosen.write:
        trees, bias = fit(pages)
        notes = {"made_by": "benchmarks/train_blocks.py", "pages": len(pages) // 2, "scale": SCALE}
        MODEL.write_text("".join(dump(names, bias, SETTINGS, trees, notes)), encoding="utf-8")
        print(f"{MODEL.name}: {MODEL.stat().st_size:,} bytes, {len(trees)} trees")


def load_score(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_pages(folder: Path, score: Any) -> tuple[list[str], list[Labelled]]:
    """Return the names of the features and the labelled pages that have a text.

    Each page comes twice: as html rules leave it, which is what the model will see, and whole, as rules change.
    """
    import pyarrow.parquet as pq

    with gzip.open(folder / "gold.jsonl.gz", "rt", encoding="utf-8") as stream:
        gold = {row["id"]: row for row in map(json.loads, stream)}
    with gzip.open(folder / "dumps" / "bs4.jsonl.gz", "rt", encoding="utf-8") as stream:
        dumped = {row["id"] for row in map(json.loads, stream)}
    rules = load_rules()
    names: list[str] = []
    pages = []
    for row in pq.read_table(folder / "pages.parquet").to_pylist():
        known = gold[row["id"]]
        if not known["gold_text"]:
            continue
        group = "news" if row["source"].startswith("fundus") else "articles" if row["id"] in dumped else "more"
        for pruned in (True, False):
            page = parse_page(row["html"], url=known["url"])
            if pruned:
                _prune(page, rules)
            names, labelled = _describe(page, known, group, pruned, score)
            pages.append(labelled)
    return names, pages


def _prune(page: Page, rules: RuleSet) -> None:
    languages = frozenset({primary_subtag(page.language)} - {UNDETERMINED})
    fitting = rules.for_document(languages, rule_site(page.metadata.site, page.metadata.url))
    prune(page.tree, fitting, max_share=CleanSettings().max_share)


def _describe(page: Page, known: dict[str, Any], group: str, pruned: bool, score: Any) -> tuple[list[str], Labelled]:
    cut = cut_page(page.tree)
    votes = collect_votes(page.tree)
    texts = texts_of(votes, page.description, read_article_body(page.nodes))
    evidence = gather(cut, texts, declared_kind(page.nodes))
    names, values = describe(evidence)
    chosen = np.flatnonzero(is_candidate(evidence))
    lines = score.lines_of(known["gold_text"])
    labels = np.array(score.label_lines(cut.page.text, lines, known.get("titles") or known["title"]))[chosen]
    return names, Labelled(
        known["site"],
        group,
        pruned,
        known,
        as_whole(values[chosen]),
        labels,
        cut.tokens.size[chosen],
        [cut.page.text[n] for n in chosen],
        votes.text,
        evidence.agreements,
        evidence.declared,
        max(sum(len(score.tokens(line)) for line in lines), 30),
    )


def folds(pages: list[Labelled]) -> dict[str, int]:
    """Return the fold of each site."""
    sites = sorted({page.site for page in pages})
    random.Random(0).shuffle(sites)
    return {site: number % FOLDS for number, site in enumerate(sites)}


def fold_forests(folder: Path, score: Any) -> Callable[[str], Forest]:
    """Return a function from a site to a forest that saw no page of it."""
    names, pages = read_pages(folder, score)
    fold = folds(pages)
    forests = [forest_without(number, pages, names) for number in range(FOLDS)]
    return lambda site: forests[fold.get(site, 0)]


def forest_without(number: int, pages: list[Labelled], names: list[str]) -> Forest:
    """Fit a forest to all pages but those of one fold."""
    fold = folds(pages)
    trees, bias = fit([page for page in pages if fold[page.site] != number])
    return Forest({"features": names, "bias": bias, "settings": SETTINGS, "trees": trees})


def fit(pages: list[Labelled]) -> tuple[list[Any], int]:
    """Fit a forest; return its trees as `Forest` reads them, and the bias.

    A block weighs what it is of its page's article, so that every page counts the same, as in the mean of page F1.
    """
    import lightgbm

    used = [page.labels != NEUTRAL for page in pages]
    rows = np.concatenate([page.rows[use] for page, use in zip(pages, used, strict=True)])
    labels = np.concatenate([page.labels[use] for page, use in zip(pages, used, strict=True)])
    weights = np.concatenate(
        [
            np.maximum(page.sizes[use], 1) / page.gold_tokens * (NEWS_WEIGHT if page.group == "news" else 1.0)
            for page, use in zip(pages, used, strict=True)
        ]
    )
    data = lightgbm.Dataset(rows.astype(np.float32), labels, weight=weights / weights.mean())
    model = lightgbm.train(PARAMETERS, data, ROUNDS)
    return [_tree(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]], 0


def _tree(node: dict[str, Any]) -> Any:
    if "leaf_value" in node:
        return round(1000 * node["leaf_value"])
    threshold = int(np.floor(node["threshold"]))
    return [node["split_feature"], threshold, _tree(node["left_child"]), _tree(node["right_child"])]


def cross_validate(pages: list[Labelled], names: list[str]) -> list[Any]:
    """Return the chances of each page's candidates from a forest that saw no page of its site."""
    fold = folds(pages)
    answers: list[Any] = [None] * len(pages)
    for number in range(FOLDS):
        forest = forest_without(number, pages, names)
        for at, page in enumerate(pages):
            if fold[page.site] == number:
                answers[at] = forest.chances(page.rows)
    return answers


def choice(page: Labelled, chance: Any, *, gate: bool) -> str:
    """Return the text that the shipped code would choose."""
    if chance is None:
        return page.trafilatura
    agreed = page.agreements[0] >= SETTINGS["agree_own"] and page.agreements[1] >= SETTINGS["agree_readability"]
    kept, expected = likely(chance, page.sizes, page.declared, SETTINGS)
    if (gate and agreed) or expected < SETTINGS["fallback"]:
        return page.trafilatura
    return "\n".join(page.texts[n] for n in kept)


def table(
    pages: list[Labelled], chances: list[Any], score: Any, label: str, *, gate: bool = False, pruned: bool = True
) -> None:
    """Print F1, P, R and the clean-page rate of each group of pages, as html rules leave them or whole."""
    rows = defaultdict(list)
    for page, chance in zip(pages, chances, strict=True):
        if page.pruned == pruned:
            rows[page.group].append(score.score_page(page.gold, choice(page, chance, gate=gate)))
    cells = []
    for group in ("news", "articles", "more"):
        mean = {key: sum(row[key] for row in rows[group]) / len(rows[group]) for key in ("F1", "P", "R", "inner")}
        figures = f"F1 {mean['F1']:.4f} P {mean['P']:.3f} R {mean['R']:.3f} clean {mean['inner']:.3f}"
        cells.append(f"{group} n={len(rows[group])} {figures}")
    print(f"{label:16}", " | ".join(cells), flush=True)


if __name__ == "__main__":
    main()
