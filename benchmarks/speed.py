"""How fast rules run: throughput over raw scraped text, against a plain loop of `re` over the same rules.

Reads the whole-page dumps beside the checkout where they are there, else the project's own articles. Times are of the
processor; the best of several passes, everything in turn in one run, so quote the ratios. Rules remember lines that
come again; no pass knows the lines of the one before.
"""

from __future__ import annotations

import collections
import gzip
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from curator.language import detect_language
from curator.rules.decide import Context
from curator.rules.load import load_rules
from curator.rules.model import Rule
from curator.rules.ruleset import RuleSet
from curator.rules.settle import settle
from curator.rules.view import View

ROOT = Path(__file__).resolve().parent.parent
DUMP = ROOT.parent / "shared" / "gold" / "dumps" / "bs4.jsonl.gz"
LITERALS, PATTERNS = 5_000, 300
PASSES = 5
LOOP_LINES = 2_000  # the plain loop is timed on so many lines; on all it would take the morning
# RE2's classes, in the nearest that `re` has.
_CLASSES = {r"\p{Lu}": "[A-Z\u00c0-\u00de]", r"\p{Ll}": "[a-z\u00df-\u00ff]", r"\p{L}": r"[^\W\d_]", r"\p{N}": r"\d"}


def read_texts() -> list[str]:
    """Return the texts to run over."""
    if DUMP.is_file():
        with gzip.open(DUMP, "rt", encoding="utf-8") as stream:
            return [json.loads(line)["text"] for line in stream]
    return [path.read_text(encoding="utf-8") for path in sorted((ROOT / "data" / "articles").glob("*/*.txt"))]


def many_rules() -> list[Rule]:
    """Return as many rules as the largest set would have, each of one literal or one pattern of the shipped packs."""
    literals: dict[tuple[str, str], None] = {}
    patterns: dict[str, None] = {}
    for rule in load_rules(preview=True).rules:
        for how, texts in (("is", rule.is_), ("starts", rule.starts), ("ends", rule.ends), ("has", rule.has)):
            literals.update(dict.fromkeys((how, text) for text in texts))
        patterns.update(dict.fromkeys(rule.any))
    chosen = [*_spread(list(literals), LITERALS)], [*_spread(list(patterns), PATTERNS)]
    made = [{how: [text]} for how, text in chosen[0]] + [{"any": [pattern]} for pattern in chosen[1]]
    return [
        Rule.model_validate({"id": f"x.r{number}", "title": "a rule", "kind": "line", "status": "stable", **matcher})
        for number, matcher in enumerate(made)
    ]


def _spread(items: Sequence[Any], count: int) -> list[Any]:
    """Return so many items, evenly spread over all."""
    return [items[n * len(items) // count] for n in range(min(count, len(items)))]


def best(function: Callable[[], object], passes: int = PASSES, rules: Iterable[RuleSet] = ()) -> float:
    """Return the processor seconds of the fastest of some passes; before each, these rules forget the lines seen."""
    times = []
    for _ in range(passes):
        for scope in rules:
            scope.matcher.forget()
        began = time.process_time()
        function()
        times.append(time.process_time() - began)
    return min(times)


def _spend(results: Iterable[object]) -> None:
    """Have all results made and keep none, as a build does."""
    collections.deque(results, maxlen=0)


def _looked(text: str, rules: RuleSet, context: Context) -> object:
    """Match the rules for a text of these languages, and stop there."""
    return rules.for_document(context.languages, None).matcher.hits(View(text))


def plain_loop(rules: Sequence[Rule], lines: Sequence[str]) -> Callable[[], int]:
    """Return the loop everybody writes first: each rule's expression on each line."""
    compiled = [expression for rule in rules for expression in _as_re(rule)]
    return lambda: sum(any(expression.search(line) for expression in compiled) for line in lines)


def _as_re(rule: Rule) -> list[re.Pattern[str]]:
    sources = [rf"^{re.escape(text)}$" for text in rule.is_] + [rf"^{re.escape(text)}" for text in rule.starts]
    sources += [rf"{re.escape(text)}$" for text in rule.ends] + [re.escape(text) for text in rule.has]
    for pattern in rule.any:
        for theirs, ours in _CLASSES.items():
            pattern = re.sub(rf"\[([^\]]*){re.escape(theirs)}", lambda m, o=ours: f"[{m[1]}{o.strip('[]')}", pattern)
            pattern = pattern.replace(theirs, ours)
        sources.append(re.sub(r"\\p\{\w+\}", r"\\w", pattern))
    return [re.compile(source, re.IGNORECASE) for source in sources]


def main() -> int:
    """Print the table."""
    texts = read_texts()
    size = sum(len(text.encode()) for text in texts) / 1e6
    source = "whole-page dumps" if DUMP.is_file() else "own articles"
    print(f"{len(texts)} texts, {size:.1f} MB ({source}); best of {PASSES}")

    rules = many_rules()
    began = time.process_time()
    many = RuleSet(rules)
    _ = many.for_document(frozenset({"und"}), None).matcher
    compile_seconds = time.process_time() - began
    anywhere = Context()
    views = best(lambda: _spend(map(View, texts)))
    scopes = [many.for_document(frozenset({"und"}), None)]
    matching = best(lambda: _spend(_looked(text, many, anywhere) for text in texts), rules=scopes)
    running = best(lambda: _spend(settle(text, many, anywhere) for text in texts), rules=scopes)
    lines = _spread([line for text in texts for line in View(text).lines], LOOP_LINES)
    loop = best(plain_loop(rules, lines), 1) * size / (sum(len(line.encode()) for line in lines) / 1e6)

    shipped = load_rules()
    contexts = [Context(frozenset({detect_language(text)[0]})) for text in texts]
    pairs = list(zip(texts, contexts, strict=True))
    scopes = [shipped.for_document(languages, None) for languages in {context.languages for context in contexts}]
    shipped_matching = best(lambda: _spend(_looked(text, shipped, context) for text, context in pairs), rules=scopes)
    shipped_running = best(lambda: _spend(settle(text, shipped, context) for text, context in pairs), rules=scopes)

    print(f"{LITERALS} literals and {PATTERNS} patterns: compiled in {compile_seconds:.2f} s")
    for name, seconds in (
        ("view", views),
        ("view and matching", matching),
        ("to the end, every round", running),
        ("plain loop of re (sampled)", loop),
    ):
        print(f"  {name:28} {size / seconds:8.2f} MB/s  {loop / seconds:8.0f} x")
    print(f"shipped stable rules ({len(shipped)})")
    print(f"  {'view and matching':28} {size / shipped_matching:8.2f} MB/s")
    print(f"  {'to the end, every round':28} {size / shipped_running:8.2f} MB/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
