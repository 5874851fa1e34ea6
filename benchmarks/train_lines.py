"""Train the line model of curator/extract/lines on labelled pages, and print what it is worth on sites it never saw.

    python -m pip install '.[train]'
    python benchmarks/train_lines.py ../shared/gold --folds build/lines [--cache texts.pkl] [--write]

Five folds, whole sites held out. `--folds` keeps their models in folders 0 to 4, for benchmarks/quality_text.py;
`--write` fits all pages and writes gate.json, first.json and second.json of the shipped model. One thread and fixed
seeds: the same pages give the same bytes. Takes half an hour; `--cache` keeps the texts, which are a quarter of it.
"""

from __future__ import annotations

import argparse
import logging
import pickle
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pages import (
    CONVERTERS,
    DROP,
    FOLDS,
    KEEP,
    NEUTRAL,
    Text,
    cropped,
    fold_of,
    load_score,
    only_kept,
    read_texts,
    respelt,
)

from curator.extract.forest import UNIT, Forest, dump
from curator.extract.lines.characters import Alphabet
from curator.extract.lines.features import GROUPS, group_of, line_features, matrix
from curator.extract.lines.gate import gate_features
from curator.extract.lines.model import FIRST_LOOK, best_lines
from curator.extract.lines.page import Page
from curator.extract.lines.second import chance, second_features
from curator.rules.view import View

MODEL = Path(__file__).resolve().parent.parent / "curator" / "extract" / "lines"
PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.08,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "max_bin": 63,
    "lambda_l2": 3,
    "seed": 1,
    "deterministic": True,
    "force_col_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
FIRST = PARAMETERS | {"num_leaves": 28, "max_depth": 10, "min_data_in_leaf": 60, "feature_fraction": 0.3, "rounds": 200}
SECOND = PARAMETERS | {"num_leaves": 18, "max_depth": 8, "min_data_in_leaf": 60, "feature_fraction": 0.3, "rounds": 80}
GATE = PARAMETERS | {"num_leaves": 6, "max_depth": 4, "min_data_in_leaf": 40, "feature_fraction": 0.5, "rounds": 60}
# No line below this chance is kept, whatever F1 is to be expected; below the second one a line is hardly the article's.
LEAST_CHANCE, UNLIKELY = 0.15, 0.2
# Log-odds in thousandths from which a text is a whole page for sure; 95 % of the dumps of whole pages are beyond.
SURE = 3_000
# What the lines of a text count for in all: made texts and texts with doubtful labels count for less.
WEIGHTS = {"gold": 1.0, "extra": 1.0, "silver": 0.6, "respelt": 0.5, "cropped": 0.5}
# The headline counts for little: it is to be learnt, and not at the price of other short lines.
HEADLINE = 0.4
GATE_WEIGHTS = {"gold": 1.0, "extra": 0.5, "silver": 0.3, "respelt": 0.5, "cropped": 0.5, "main": 0.8, "kept": 0.5}
_FAR, _SPARED = 25, 5  # of the lines to drop that are farther than this from any to keep, one in five is enough


@dataclass(slots=True)
class Row:
    """A text as numbers: rows of features of its lines, and what is needed to weigh and score them."""

    text: Text
    fold: int
    page: Page
    first: Any  # int16 [lines, features]; None for texts only the gate sees
    gate: Any
    labels: Any
    weights: Any
    used: Any
    second: Any = None


def main() -> None:
    """Read, cross-validate, and write the models asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--folds", type=Path, help="folder for the models of the five folds")
    parser.add_argument("--cache", type=Path, help="file the texts are kept in")
    parser.add_argument("--write", action="store_true", help="fit all pages and write the shipped model")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    texts = _texts(chosen.gold, chosen.cache)
    names, gate_names, rows = describe([*texts, *respelt(texts), *cropped(texts), *only_kept(texts)])
    sites, lines = len({row.text.site for row in rows}), sum(len(row.labels) for row in rows)
    print(f"{len(rows):,} texts, {sites} sites, {lines:,} lines, {len(names)} features", flush=True)
    seen = [row for row in rows if row.first is not None]
    score = Scorer(chosen.gold, seen)
    models = [_fit_first([row for row in seen if row.fold != f], names) for f in range(FOLDS)]
    guesses = [odds(models[row.fold], row.first, names) for row in seen]
    score.table("first look", [chance(guess) for guess in guesses])
    second_names = describe_again(seen, guesses, names)
    seconds = [_fit_second([row for row in seen if row.fold != f], second_names) for f in range(FOLDS)]
    score.table("second look", [chance(odds(seconds[row.fold], row.second, second_names)) for row in seen])
    gates = [_fit_gate([row for row in rows if row.fold != f], gate_names) for f in range(FOLDS)]
    gate_table(rows, [int(odds(gates[row.fold], row.gate, gate_names)[0]) for row in rows])
    for f in range(FOLDS if chosen.folds else 0):
        _write(chosen.folds / str(f), gates[f], models[f], seconds[f])
    if chosen.write:
        _write(MODEL, _fit_gate(rows, gate_names), _fit_first(seen, names), _fit_second(seen, second_names))


def _texts(folder: Path, cache: Path | None) -> list[Text]:
    if cache and cache.exists():
        kept: list[Text] = pickle.loads(cache.read_bytes())
        return kept
    texts = list(read_texts(folder))
    if cache:
        cache.write_bytes(pickle.dumps(texts))
    return texts


def describe(texts: Iterable[Text]) -> tuple[list[str], list[str], list[Row]]:
    """Return the names of the features, of those of the gate, and the texts as rows."""
    alphabet, names, gate_names, rows = Alphabet(), [], [], []
    for text in texts:
        page = Page(View(text.text), alphabet)
        gate = gate_features(page)
        names = names or list(line_features(page))
        gate_names = gate_names or list(gate)
        for_gate_only = text.kind in {"main", "kept"}
        first = None if for_gate_only else matrix(line_features(page), names)
        labels = targets(text, page)
        weights, used = (None, None) if for_gate_only else _weights(text, page, labels)
        fold = fold_of(text.site)
        rows.append(Row(text, fold, page, first, matrix(gate, gate_names), labels, weights, used))
    return names, gate_names, rows


def targets(text: Text, page: Page) -> Any:
    """Return the labels to learn: the headline next above the article is kept, other neutral lines do not count."""
    labels = np.array(text.labels)
    kept = np.flatnonzero(labels == KEEP)
    titles = np.flatnonzero((labels == NEUTRAL) & (page.tokens > 0))
    above = titles[titles < kept[0]] if len(kept) else titles[:0]
    labels[above[-1:]] = KEEP
    return labels


def _weights(text: Text, page: Page, labels: Any) -> tuple[Any, Any]:
    """Return what each line counts for, and which lines are used: all texts of a kind count the same."""
    at, kept = np.arange(page.size), np.flatnonzero(labels == KEEP)
    distance = np.abs(at[:, None] - kept[None, :]).min(axis=1) if len(kept) else np.full(page.size, _FAR + 1)
    far = (distance > _FAR) & (labels == DROP)
    used = (labels != NEUTRAL) & (~far | (at % _SPARED == 0))
    weights = np.where(labels == NEUTRAL, 0, (page.tokens + 1.0) ** 0.7)
    weights = (weights * 100 / max(weights.sum(), 1) + 0.01) * WEIGHTS[text.kind]
    weights[np.array(text.labels) == NEUTRAL] *= HEADLINE
    return np.where(far, weights * _SPARED, weights), used


def fit(parts: Sequence[tuple[Any, Any, Any]], parameters: dict[str, Any]) -> list[Any]:
    """Fit a forest to (rows, labels, weights) of many texts; return its trees as `Forest` reads them."""
    import lightgbm

    rows, labels, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    data = lightgbm.Dataset(rows.astype(np.float32), labels, weight=weights)
    settings = {name: value for name, value in parameters.items() if name != "rounds"}
    model = lightgbm.train(settings, data, parameters["rounds"])
    return [_tree(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]


def _tree(node: dict[str, Any]) -> Any:
    if "leaf_value" in node:
        return round(UNIT * node["leaf_value"])
    threshold = int(np.floor(node["threshold"]))
    return [node["split_feature"], threshold, _tree(node["left_child"]), _tree(node["right_child"])]


def _stored(trees: list[Any], names: Sequence[str], **settings: float) -> dict[str, Any]:
    """Return a forest as it is kept, with only the features its trees ask for."""
    asked = sorted({number for tree in trees for number in _asked(tree)})
    place = {number: new for new, number in enumerate(asked)}
    return {
        "features": [names[number] for number in asked], "bias": 0, "settings": settings,
        "trees": [_renumbered(tree, place) for tree in trees],
    }  # fmt: skip


def _asked(tree: Any) -> set[int]:
    return set() if isinstance(tree, int) else {tree[0]} | _asked(tree[2]) | _asked(tree[3])


def _renumbered(tree: Any, place: dict[int, int]) -> Any:
    if isinstance(tree, int):
        return tree
    return [place[tree[0]], tree[1], _renumbered(tree[2], place), _renumbered(tree[3], place)]


def odds(stored: dict[str, Any], rows: Any, names: Sequence[str]) -> Any:
    """Return the log-odds of rows that have all the features of `names`."""
    return Forest(stored).odds(np.ascontiguousarray(rows[:, [names.index(name) for name in stored["features"]]]))


def describe_again(rows: Sequence[Row], guesses: Sequence[Any], names: Sequence[str]) -> list[str]:
    """Give each text the rows of the second look, from guesses of a model that never saw its site; return the names.

    What stands around a line the second look sees by the guesses, not by the features of the first.
    """
    taken = [number for number, name in enumerate(names) if GROUPS[group_of(name)] != "neighbours"]
    own: list[str] = []
    for row, guess in zip(rows, guesses, strict=True):
        features = second_features(row.page, guess)
        own = own or list(features)
        row.second = np.concatenate([matrix(features, own), row.first[:, taken]], axis=1)
    return [*own, *(FIRST_LOOK + names[number] for number in taken)]


def _fit_first(rows: Sequence[Row], names: Sequence[str]) -> dict[str, Any]:
    trees = fit([(row.first[row.used], row.labels[row.used], row.weights[row.used]) for row in rows], FIRST)
    return _stored(trees, names)


def _fit_second(rows: Sequence[Row], names: Sequence[str]) -> dict[str, Any]:
    trees = fit([(row.second[row.used], row.labels[row.used], row.weights[row.used]) for row in rows], SECOND)
    return _stored(trees, names, least_chance=LEAST_CHANCE, unlikely=UNLIKELY)


def _fit_gate(rows: Sequence[Row], names: Sequence[str]) -> dict[str, Any]:
    parts = []
    for row in rows:
        whole = is_whole(row)
        if whole is not None:
            weight = np.array([GATE_WEIGHTS[row.text.kind] * (2 if row.text.kind == "gold" else 1)])
            parts.append((row.gate, np.array([int(whole)]), weight))
    return _stored(fit(parts, GATE), names, sure=SURE)


def is_whole(row: Row) -> bool | None:
    """Tell whether a text is a whole page; None where little of it is to go and it is no matter."""
    if row.text.kind in {"main", "kept"}:
        return False
    lines = int((row.labels == DROP).sum())
    return True if row.text.kind != "cropped" or (lines >= 6 and 4 * lines >= len(row.labels)) else None


def _write(folder: Path, gate: dict[str, Any], first: dict[str, Any], second: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, stored in (("gate", gate), ("first", first), ("second", second)):
        file, notes = folder / f"{name}.json", {"made_by": "benchmarks/train_lines.py"}
        parts = dump(stored["features"], stored["bias"], stored["settings"], stored["trees"], notes)
        file.write_text("".join(parts), encoding="utf-8")
        print(f"{file}: {file.stat().st_size:,} bytes, {len(stored['trees'])} trees", flush=True)


class Scorer:
    """Scores choices of lines on the texts of converters, by page F1; the rules have not seen them."""

    def __init__(self, folder: Path, rows: Sequence[Row]) -> None:
        self._score = load_score(folder)
        self._gold = {row["id"]: row for row in self._score.read_jsonl(folder / "gold.jsonl.gz")}
        self._rows = rows

    def table(self, label: str, chances: Sequence[Any]) -> None:
        """Print F1, P and R of each converter's texts."""
        figures = defaultdict(list)
        for row, of_lines in zip(self._rows, chances, strict=True):
            if row.text.kind == "gold":
                kept, _ = best_lines(row.page.weight, of_lines, LEAST_CHANCE)
                view = row.page.view
                lines = (row.text.text[view.starts[n] : view.ends[n]] for n in np.flatnonzero(kept).tolist())
                figures[row.text.converter].append(self._prf(row.text.page, "\n".join(lines)))
        cells = ("{} P {:.3f} R {:.3f} F1 {:.4f}".format(name, *np.mean(figures[name], axis=0)) for name in CONVERTERS)
        print(f"{label:12}", " | ".join(cells), flush=True)

    def _prf(self, page: str, text: str) -> tuple[float, float, float]:
        score, gold = self._score, self._gold[page]
        lines = {score.norm_line(line) for line in score.lines_of(gold["gold_text"])}
        stripped = score.strip_title(text, gold.get("titles") or gold.get("title"), lines)
        figures: tuple[float, float, float] = score.prf(
            score.shingles(score.tokens(stripped)), score.shingles(score.tokens(gold["gold_text"]))
        )
        return figures


def gate_table(rows: Sequence[Row], odds_of: Sequence[int]) -> None:
    """Print the share of texts of each kind that took the right path."""
    right = defaultdict(list)
    for row, found in zip(rows, odds_of, strict=True):
        whole = is_whole(row)
        if whole is not None:
            answer = found > 0
            kind = row.text.converter if row.text.kind in {"gold", "main"} else row.text.kind
            right[kind].append(answer == whole)
    dumps = [value for kind, values in right.items() if kind not in WEIGHTS and kind != "kept" for value in values]
    print("gate", " ".join(f"{kind} {np.mean(values):.3f}" for kind, values in right.items()))
    print(f"gate, all dumps {np.mean(dumps):.4f} of {len(dumps):,}", flush=True)


if __name__ == "__main__":
    main()
