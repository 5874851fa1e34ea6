"""Quality and speed of deduplication, beside other tools; prints the tables the README quotes.

    python benchmarks/dedup.py [--peers PYTHON ...] [--scale N ...]

The measurement data lies beside the checkout (folder `shared`). `--peers` names the Pythons of environments with
rensa, datasketch, daft, datatrove and text-dedup, as far as they are to be compared; each runs alone, on the same file,
and pays for neither imports nor reading. `--scale` adds corpora of so many documents, made of Reuters' by other words.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curator.dedup import stories
from curator.dedup.fingerprint import SplitTask, fingerprint_split, shard_of
from curator.dedup.memory import compare
from curator.dedup.stages import Work, dedup_stages
from curator.deduplication import deduplicate
from curator.settings import DedupSettings, Settings
from curator.sources.find import find, plan_splits

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "dedup"
PEERS = ("rensa", "datasketch", "daft", "datatrove", "text-dedup")
CUTS = [round(0.12 + n / 100, 2) for n in range(13)]
FOLDS = 5
REUTERS_MEGABYTES = 15.1
Row = dict[str, Any]
Pairs = set[tuple[str, str]]


def read(name: str) -> list[Row]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream if line.strip()]


def truth(name: str, jaccard: float) -> Pairs:
    with gzip.open(DATA / f"{name}.pairs.csv.gz", "rt") as stream:
        rows = csv.DictReader(stream)
        return {pair(row["a"], row["b"]) for row in rows if float(row["jaccard"]) >= jaccard - 1e-6}


def pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def scores(found: Pairs, wanted: Pairs) -> tuple[float, float, float]:
    """Return precision, recall and F1."""
    hits = len(found & wanted)
    return hits / max(len(found), 1), hits / max(len(wanted), 1), 2 * hits / max(len(found) + len(wanted), 1)


def pairs_of(labels: Mapping[str, str]) -> Pairs:
    groups = defaultdict(list)
    for name, label in labels.items():
        groups[label].append(name)
    return {pair(a, b) for group in groups.values() for a, b in combinations(group, 2)}


def b_cubed(found: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, tuple[float, float]]:
    """Return precision and recall of each document (Bagga and Baldwin 1998)."""
    both = Counter((found[name], wanted[name]) for name in wanted)
    ours, theirs = Counter(found[name] for name in wanted), Counter(wanted.values())
    hits = {name: both[found[name], wanted[name]] for name in wanted}
    return {name: (hits[name] / ours[found[name]], hits[name] / theirs[wanted[name]]) for name in wanted}


def f_measure(each: Iterable[tuple[float, float]]) -> float:
    precision, recall = (sum(side) for side in zip(*each, strict=True))
    return 2 * precision * recall / (precision + recall) / len(list(each))


class Staged:
    """Deduplication in this process: its stages by name, so that one of them can be run again."""

    def __init__(self, source: Path, folder: Path, **settings: Any) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self.folder, chosen = folder, DedupSettings(**{"stories": False, **settings})
        splits = plan_splits(find([source]).files, 20_000)
        names = [str(folder / "prints" / f"{n}.parquet") for n in range(len(splits))]
        began = time.process_time()
        for split, name in zip(splits, names, strict=True):
            fingerprint_split(SplitTask(split, chosen, name))
        self.work = Work(folder / "work", folder / "clusters.parquet", folder / "edges.parquet")
        self.stages: dict[str, tuple[Callable[[Any], int], Any]] = {}
        for name, function, tasks in dedup_stages([shard_of(name) for name in names], self.work, chosen):
            self.stages[name] = (function, tasks)
            for task in tasks:
                function(task)
        self.seconds = time.process_time() - began

    def again(self, name: str) -> None:
        """Run a stage again."""
        function, tasks = self.stages[name]
        for task in tasks:
            Path(task.target).unlink()
            function(task)

    def edges(self) -> list[Row]:
        """Return all similar pairs."""
        rows: list[Row] = pq.read_table(self.work.edges).to_pylist()
        return rows

    def labels(self, ids: Iterable[str], column: str = "cluster") -> dict[str, str]:
        """Return the cluster or the story of each document; one that has none is alone."""
        found = {row["id"]: row[column] or row["cluster"] for row in pq.read_table(self.work.clusters).to_pylist()}
        return {name: found.get(name) or f"alone {name}" for name in ids}


def write(path: Path, rows: Iterable[Row]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def exact_pairs(folder: Path) -> None:
    print("\n## All pairs of similar texts, against an exhaustive search\n")
    print("| corpus | Jaccard | pairs | precision | recall | F1 |\n|---|---|---|---|---|---|")
    for name in ("reuters", "detik"):
        edges = Staged(DATA / f"{name}.jsonl.gz", folder / name).edges()
        for least in (0.7, 0.8):
            wanted = truth(name, least)
            figures = scores({pair(row["a"], row["b"]) for row in edges if row["jaccard"] >= least - 1e-9}, wanted)
            print(f"| {name} | {least} | {len(wanted)} | " + " | ".join(f"{figure:.4f}" for figure in figures) + " |")


def wire(folder: Path) -> None:
    print("\n## The same story republished: real bodies, real boilerplate, synthetic edits\n")
    print("| texts | precision | recall | F1 | B-cubed | false pairs with neg_template or neg_followup |")
    print("|---|---|---|---|---|---|")
    for kind, clean in (("clean", False), ("raw", True), ("raw", False)):
        *figures, false = wire_figures(folder, kind, clean=clean)
        what = "raw, cleaned by curator" if clean else f"{kind}, as they are"
        print(f"| {what} | " + " | ".join(f"{figure:.4f}" for figure in figures) + f" | {false:.2%} |")


def wire_figures(folder: Path, kind: str, *, clean: bool = False) -> tuple[float, ...]:
    """Return precision, recall, F1 of pairs, B-cubed F1, and the share of pairs that are false by a hard negative."""
    documents = {row["id"]: row for row in read("wire")}
    wanted = {name: str(row["cluster"]) for name, row in documents.items()}
    rows = ({"id": name, "text": row[kind], "site": row["site"]} for name, row in documents.items())
    source = write(folder / f"{kind}.jsonl", rows)
    chosen = Settings(dedup=DedupSettings(stories=False))
    result = deduplicate([source], folder / f"{kind} {clean}", chosen, clean=clean)
    found = {row["id"]: row["cluster"] for row in pq.read_table(result.out / "clusters.parquet").to_pylist()}
    labels = {name: found.get(name, f"alone {name}") for name in wanted}
    ours, theirs = pairs_of(labels), pairs_of(wanted)
    false = [p for p in ours - theirs if any(documents[name]["kind"].startswith("neg_") for name in p)]
    return (*scores(ours, theirs), f_measure(list(b_cubed(labels, wanted).values())), len(false) / len(ours))


def told_stories(folder: Path) -> None:
    print("\n## The same event in other words: ECB+, B-cubed\n")
    rows = read("ecbplus")
    staged = Staged(DATA / "ecbplus.jsonl.gz", folder / "ecbplus", stories=True)
    wanted = {row["id"]: str(row["cluster"]) for row in rows}
    fold = {row["id"]: int(row["topic"]) % FOLDS for row in rows}
    shipped, by_cut = stories.STORY_CUT, {}
    for cut in CUTS:
        stories.STORY_CUT = cut
        staged.again("stories")
        staged.again("name")
        by_cut[cut] = b_cubed(staged.labels(wanted, "story"), wanted)
    stories.STORY_CUT = shipped
    held_out: list[tuple[float, float]] = []
    for number in range(FOLDS):
        others = [name for name in wanted if fold[name] != number]
        cut = max(CUTS, key=lambda c: f_measure([by_cut[c][name] for name in others]))
        these = [by_cut[cut][name] for name in wanted if fold[name] == number]
        held_out += these
        print(f"fold {number}: cut {cut} chosen on the other topics, B-cubed {f_measure(these):.4f} on its own")
    print(f"held out: {f_measure(held_out):.4f}; at the cut in use, {shipped}: ", end="")
    print(f"{f_measure(list(by_cut[shipped].values())):.4f}")
    texts = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests/expected/seeds").glob("*.txt"))]
    together = seeds_together(folder, texts)
    print(f"the seeds among 1,000 articles are one story that no other tells, and no copies: {together}")


def story_figures(folder: Path) -> float:
    """Return B-cubed F1 of the stories of ECB+, at the cut in use."""
    wanted = {row["id"]: str(row["cluster"]) for row in read("ecbplus")}
    staged = Staged(DATA / "ecbplus.jsonl.gz", folder / "ecbplus", stories=True)
    return f_measure(list(b_cubed(staged.labels(wanted, "story"), wanted).values()))


def seeds_together(folder: Path, seeds: Sequence[str]) -> bool:
    """Return whether these texts, a thousand articles around them, are one story that no other tells, and no copies."""
    rows = read("detik") + [{"id": f"seed {n}", "text": text} for n, text in enumerate(seeds)]
    staged = Staged(write(folder / "seeds.jsonl", rows), folder / "seeds", stories=True)
    stories_of, clusters_of = (staged.labels([str(row["id"]) for row in rows], name) for name in ("story", "cluster"))
    names = [f"seed {n}" for n in range(len(seeds))]
    one = {name for name, story in stories_of.items() if story == stories_of[names[0]]}
    return one == set(names) and len({clusters_of[name] for name in names}) == len(names)


def scaled(path: Path, count: int) -> Path:
    """Write a corpus of so many documents: Reuters again and again, each time with a third of its words replaced."""
    rows = read("reuters")
    texts = [re.findall(r"\w+|\W+", row["text"]) for row in rows]
    words = sorted({word for text in texts for word in text})
    schema = pa.schema([("id", pa.string()), ("text", pa.string())])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for turn in range(-(-count // len(rows))):
            source = random.Random(turn)

            def other(word: str, source: random.Random = source, turn: int = turn) -> str:
                if not turn or not word[0].isalnum() or source.random() > 0.35:
                    return word
                return word + source.choice("abcdefghijklm") + source.choice("aeiou") + source.choice("nrst")

            turned = {word: other(word) for word in words}
            here = range(min(len(rows), count - turn * len(rows)))
            ids = [f"{turn}-{rows[n]['id']}" for n in here]
            made = ["".join(map(turned.__getitem__, texts[n])) for n in here]
            writer.write_table(pa.table({"id": ids, "text": made}, schema=schema), row_group_size=5_000)
    return path


def as_parquet(path: Path, name: str) -> Path:
    rows = read(name)
    table = pa.table({"id": [str(row["id"]) for row in rows], "text": [row["text"] for row in rows]})
    pq.write_table(table, path)
    return path


def speed(folder: Path, peers: Sequence[str], scales: Iterable[int]) -> None:
    print("\n## Processor seconds, verification included where a tool has it; start-up left out\n")
    corpora: Iterator[tuple[str, Path]] = iter(
        [
            ("Reuters, 19,043 documents", as_parquet(folder / "reuters.parquet", "reuters")),
            *((f"{count:,} documents", scaled(folder / f"{count}.parquet", count)) for count in scales),
        ]
    )
    for title, source in corpora:
        print(f"\n{title}, {source.stat().st_size / 1e6:.0f} MB as Parquet\n")
        print("| tool | seconds | times curator's | P at J ≥ .8 | R | F1 |\n|---|---|---|---|---|---|")
        known = truth("reuters", 0.8) if title.startswith("Reuters") else None
        seconds, found = in_memory(source)
        print(line("curator", seconds, 1.0, found, known))
        best = min((Staged(source, folder / "speed") for _ in range(3)), key=lambda run: run.seconds)
        found = {pair(row["a"], row["b"]) for row in best.edges() if row["jaccard"] >= 0.8 - 1e-9}
        print(line("curator, from files to files", best.seconds, best.seconds / seconds, found, known), flush=True)
        for peer in PEERS if peers else ():
            told = run_peer(peers, peer, source, folder / "pairs.json")
            if isinstance(told, str):
                print(f"| {peer} | {told} | | | | |", flush=True)
                continue
            print(line(peer, told[0], told[0] / seconds, told[1], known), flush=True)


def in_memory(source: Path) -> tuple[float, Pairs]:
    """Return the processor seconds of curator under the terms of the others: texts at hand, no file written."""
    table = pq.read_table(source, columns=["id", "text"]).to_pydict()
    ids, texts = table["id"], table["text"]
    compare(texts[:200])
    runs = []
    for _ in range(3):
        began = time.process_time()
        found = compare(texts)
        runs.append(time.process_time() - began)
    edges = zip(found.edges.a.tolist(), found.edges.b.tolist(), found.edges.jaccard.tolist(), strict=True)
    copies = defaultdict(list)
    for n, first in enumerate(found.same.tolist()):
        copies[first].append(n)
    pairs = {(m, n) for a, b, jaccard in edges if jaccard >= 0.8 - 1e-9 for m in copies[a] for n in copies[b]}
    pairs |= {both for same in copies.values() if texts[same[0]].strip() for both in combinations(same, 2)}
    return min(runs), {pair(ids[a], ids[b]) for a, b in pairs}


def line(tool: str, seconds: float, times: float, found: Pairs, known: Pairs | None) -> str:
    figures = " | ".join(f"{figure:.3f}" for figure in scores(found, known)) if known and found else " | | "
    return f"| {tool} | {seconds:.2f} | {times:.1f} | {figures} |"


def run_peer(pythons: Sequence[str], peer: str, source: Path, target: Path) -> tuple[float, Pairs] | str:
    """Return the processor seconds of a peer and the pairs it found, or why there are none."""
    module = peer.replace("-", "_")
    having = [p for p in pythons if not subprocess.run([p, "-c", f"import {module}"], capture_output=True).returncode]
    if not having:
        return "not installed"
    command = [having[0], str(Path(__file__).with_name("dedup_peers.py")), peer, str(source), str(target)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=1_800, check=False)
    except subprocess.TimeoutExpired:
        return "more than half an hour"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["failed"])[-1][:80].replace("|", "/")
    ids = pq.read_table(source, columns=["id"]).column("id").to_pylist()
    pairs = json.loads(target.read_text(encoding="utf-8"))
    return json.loads(done.stdout.splitlines()[-1])["seconds"], {pair(ids[a], ids[b]) for a, b in pairs}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", nargs="*", default=[], help="Pythons of environments with the peers")
    parser.add_argument("--scale", type=int, nargs="*", default=[], help="documents of further corpora, 100000 say")
    parser.add_argument("--only", choices=["pairs", "wire", "stories", "speed"], nargs="*", help="tables to print")
    chosen = parser.parse_args()
    if not DATA.is_dir():
        print("not measured: no `shared/dedup` beside this checkout")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables: dict[str, Callable[[], None]] = {
            "pairs": lambda: exact_pairs(folder),
            "wire": lambda: wire(folder),
            "stories": lambda: told_stories(folder),
            "speed": lambda: speed(folder, chosen.peers, chosen.scale),
        }
        for table, function in tables.items():
            if chosen.only is None or table in chosen.only:
                function()
    return 0


if __name__ == "__main__":
    sys.exit(main())
