"""`curator build` against a pipeline of datatrove's that does the same, as far as that goes without downloads.

    python benchmarks/pipeline.py --peer-python PYTHON [--documents 20000] [--only text html]

PYTHON is an interpreter that has datatrove. Its pipeline: trafilatura (pages only), the line filter of C4, MinHash
signatures, buckets, clusters, and the documents written that stay. Of texts, those of `scale.py` are read; of pages,
the labelled ones beside the checkout. Ours runs twice: as it comes, and without what the other does not have and a
setting turns off: site templates, stories, and the search for the article in texts that are whole pages; languages and
the ledger stay. All read the same file, with two workers, one after the other; times are of the processor, of all
processes, start-up included, so quote the ratios. F1 is that of the texts both wrote, by the metric that lies with the
pages; the shipped models have seen most of these pages, `quality.py` has those that have not.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import gzip
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scale import write_input

ROOT = Path(__file__).resolve().parent.parent
GOLD = ROOT.parent / "shared" / "gold"
WORKERS = 2
SAME_STAGES = """\
[clean]
text = "main"
[dedup]
stories = false
[templates]
enabled = false
"""
_SUBREAPER = 36  # prctl(2)


def write_pages(target: Path) -> int:
    """Write the labelled pages, and return their number."""
    import pyarrow.parquet as pq

    rows = pq.read_table(GOLD / "pages.parquet", columns=["id", "url", "html"]).to_pylist()
    with target.open("w", encoding="utf-8") as stream:
        for row in rows:
            stream.write(json.dumps({"id": row["id"], "url": row["url"], "html": row["html"]}) + "\n")
    return len(rows)


def processor_time(command: list[str]) -> float:
    """Run a command and return what it and its processes took, in seconds."""
    # Processes that outlive the one that started them come to this one, and are counted as well.
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr[-3000:]}")
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ours(corpus: Path) -> Iterator[tuple[str, str]]:
    """Yield id and text of what a build wrote."""
    import pyarrow.parquet as pq

    for path in sorted((corpus / "data").rglob("*.parquet")):
        for row in pq.read_table(path, columns=["id", "text"]).to_pylist():
            yield row["id"], row["text"]


def theirs(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield id and text of what datatrove wrote."""
    for path in sorted((folder / "out").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for row in map(json.loads, stream):
                yield row["id"], row["text"]


def scores(*written: Mapping[str, str]) -> list[float]:
    """Return the mean F1 of each, over the labelled pages that all wrote."""
    spec = importlib.util.spec_from_file_location("score", GOLD / "score.py")
    assert spec
    assert spec.loader
    metric: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(metric)
    with gzip.open(GOLD / "gold.jsonl.gz", "rt", encoding="utf-8") as stream:
        gold = {row["id"]: row for row in map(json.loads, stream) if row["gold_text"]}
    pages = [page for page in gold if all(page in texts for texts in written)]
    print(f"  F1 over {len(pages)} pages")
    return [statistics.mean(metric.score_page(gold[page], texts[page])["F1"] for page in pages) for texts in written]


def compare(kind: str, source: Path, count: int, folder: Path, peer: str) -> None:
    """Run both over a file and print the ratio."""
    corpus, other = folder / "corpus", folder / "datatrove"
    build = [sys.executable, "-m", "curator", "build", str(source), "--workers", str(WORKERS)]
    own = processor_time([*build, "--out", str(corpus)])
    (folder / "curator.toml").write_text(SAME_STAGES, encoding="utf-8")
    bare = processor_time([*build, "--out", str(folder / "bare"), "--settings", str(folder / "curator.toml")])
    script = str(Path(__file__).with_name("pipeline_datatrove.py"))
    their = processor_time([peer, script, kind, str(source), str(other), str(WORKERS)])
    for name, spent, written in (
        ("curator", own, dict(ours(corpus))),
        ("the stages both have", bare, dict(ours(folder / "bare"))),
        ("datatrove", their, dict(theirs(other))),
    ):
        rate = f"{count / spent:,.0f} a second and core, {their / spent:.2f} times datatrove's"
        print(f"{kind}, {count:,} documents: {name} {spent:.0f} s, {rate}, {len(written):,} out", flush=True)
    if kind == "html":
        print("  curator {:.4f}, datatrove {:.4f}".format(*scores(dict(ours(corpus)), dict(theirs(other)))))


def main() -> None:
    """Compare on texts and on pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", required=True)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--only", nargs="+", choices=("text", "html"), default=("text", "html"))
    chosen = parser.parse_args()
    for kind in chosen.only:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source, count = folder / "in.jsonl", chosen.documents
            if kind == "text":
                write_input(source, count, plain=True)
            elif GOLD.is_dir():
                count = write_pages(source)
            else:
                print(f"html: skipped, {GOLD} is not there")
                continue
            compare(kind, source, count, folder, chosen.peer_python)


if __name__ == "__main__":
    main()
