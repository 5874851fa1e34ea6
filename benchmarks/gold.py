"""What the shipped stable rules do to real texts that were labelled outside this project.

The texts lie beside the checkout (`shared/gold`), as do the metrics; where they do not, there is nothing to measure.
Run alone it prints, besides the figures, the rules that take most content.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from curator.cleaner import Cleaner
from curator.document import Document
from curator.rules.check.labelled import labelled_text
from curator.rules.evaluate import Evaluation, Tally, run
from curator.rules.load import load_rules
from curator.rules.ruleset import RuleSet
from curator.rules.settle import Settled
from curator.settings import CleanSettings

__all__ = ["EXTRACTORS", "GOLD", "DumpFigures", "hand_shares", "measure_dump", "metric"]

GOLD = Path(__file__).resolve().parent.parent.parent / "shared" / "gold"
# Those whose output is main text: nearly all lines are content, so what rules take there by mistake shows.
EXTRACTORS = ("traf", "traf_recall", "readability", "newspaper4k", "resiliparse")


@dataclass(frozen=True, slots=True)
class DumpFigures:
    """What rules did to the texts of one extractor.

    Attributes:
        before, after: 4-gram F1 against the gold texts, mean over the pages that have one, 0..1.
        evaluation: lines taken, by rule and by text.
    """

    pages: int
    before: float
    after: float
    evaluation: Evaluation

    @property
    def dropped(self) -> float:
        """The share of content lines that went, 0..1."""
        return len(self.evaluation.taken) / self.evaluation.totals["keep"]

    @property
    def worst(self) -> tuple[str, float]:
        """The rule that took most content lines, and what share of all of them."""
        taken = Counter(rule for rule, _, _ in self.evaluation.taken)
        rule, count = max(taken.items(), key=lambda item: (item[1], item[0]), default=("none", 0))
        return rule, count / self.evaluation.totals["keep"]

    def losing(self, share: float) -> int:
        """Return how many texts lose more than a share of their content characters."""
        return sum(document.lost > share for document in self.evaluation.documents)

    @property
    def guarded(self) -> int:
        """The number of texts that a guard left alone."""
        return self.evaluation.totals["guarded"]


@cache
def metric(name: str) -> Any:
    """Return one of the metrics that lie with the data, as a module."""
    spec = importlib.util.spec_from_file_location(name, GOLD / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def _gold() -> Mapping[str, Mapping[str, Any]]:
    return {row["id"]: row for row in metric("score").read_jsonl(GOLD / "gold.jsonl.gz") if row["gold_text"].strip()}


@cache
def _settled(text: str, rules: RuleSet) -> Settled:
    return run(text, rules)  # two of the extractors mostly agree to the letter


@cache
def _gold_shingles(page: str) -> tuple[Counter[Any], set[str]]:
    score, text = metric("score"), _gold()[page]["gold_text"]
    return score.shingles(score.tokens(text)), {score.norm_line(line) for line in score.lines_of(text)}


@cache
def _f1(page: str, text: str) -> float:
    """Return the F1 of `score.score_page`, without its other figures, which take most of its time."""
    score, gold = metric("score"), _gold()[page]
    wanted, lines = _gold_shingles(page)
    stripped = score.strip_title(text, gold.get("titles") or gold.get("title"), lines)
    return float(score.prf(score.shingles(score.tokens(stripped)), wanted)[2])


def measure_dump(name: str, rules: RuleSet) -> DumpFigures:
    """Return what rules do to the texts of one extractor, in languages and on sites nobody told them."""
    tally, before, after = Tally(), [], []
    for row in metric("score").read_jsonl(GOLD / "dumps" / f"{name}.jsonl.gz"):
        text = labelled_text(row)
        settled = _settled(text.text, rules)
        tally.add(text, settled)
        if row["id"] in _gold():
            before.append(_f1(row["id"], row["text"]))
            after.append(before[-1] if settled.text == row["text"] else _f1(row["id"], settled.text))
    pages = len(before)
    return DumpFigures(pages, sum(before) / pages, sum(after) / pages, tally.evaluation(rules))


def hand_shares(rules: RuleSet) -> dict[str, dict[str, float]]:
    """Return, for each kind of hand-labelled text, the shares that `score_hand` prints, by name, 0..1."""
    score, cleaner = metric("score_hand"), Cleaner(rules, CleanSettings())
    groups: dict[str, Counter[str]] = {}
    for row in score.rows(GOLD / "hand.jsonl.gz"):
        kind = "modelled" if row.get("modelled") else row.get("kind") or row["source"]["kind"]
        counts, _ = score.judge(row, cleaner.clean(Document(row["id"], row["text"], "text")).text)
        groups.setdefault(kind, Counter()).update(counts)
    shares = (
        ("lines dropped", "D dropped", "D"),
        ("inside body", "in dropped", "in"),
        ("lines kept", "K kept", "K"),
        ("spans right", "S right", "S"),
        ("texts right", "T right", "T"),
    )
    return {kind: {name: c[part] / c[whole] for name, part, whole in shares} for kind, c in sorted(groups.items())}


def _lines() -> Iterator[str]:
    rules = load_rules()
    for name in EXTRACTORS:
        figures = measure_dump(name, rules)
        yield (
            f"{name}: F1 {figures.before:.4f} -> {figures.after:.4f} on {figures.pages} pages; "
            f"{figures.dropped:.3%} of {figures.evaluation.totals['keep']:,} content lines dropped; "
            f"{figures.losing(0.05)} texts lose more than 5 %, {figures.guarded} left alone by a guard"
        )
        taken = Counter(rule for rule, _, _ in figures.evaluation.taken)
        yield from (f"    {count:>5}  {rule}" for rule, count in taken.most_common(8))
    for kind, shares in hand_shares(rules).items():
        yield f"{kind}: " + ", ".join(f"{what} {share:.3f}" for what, share in shares.items())


if __name__ == "__main__":
    if not GOLD.is_dir():
        sys.exit(f"no labelled texts at {GOLD}")
    for line in _lines():
        print(line, flush=True)
