"""How a build grows: documents per second and core, processor time per document, peak memory, at several sizes.

    python benchmarks/scale.py --sizes 10000 100000 --workers 2 --plain

Documents are texts of about 2.5 kB made from the project's own articles, with other words, names and numbers in each,
so that they are no copies; one in twenty is. With `--plain` two in three are what an extractor would give, running text
only; else all carry what a scraper leaves around the article. Memory is the PSS of the command and all its processes,
summed over /proc once a second. Quote ratios: times of a busy machine are what they are.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "id", "es", "fr", "de", "pt")
CHARACTERS = 2_500
ONE_COPY_IN = 20
PER_SITE = 500  # documents
LONG = 120  # characters; a line above is running text
_WORD = re.compile(r"\b[^\W\d_]{4,}\b")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Measured:
    """What one build took; memory in bytes, times in seconds."""

    documents: int
    written: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    peak: int = 0
    stage_cpu: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    stage_peak: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class Writer:
    """Makes texts of one language out of its articles."""

    def __init__(self, language: str) -> None:
        texts = [p.read_text(encoding="utf-8") for p in sorted((ROOT / "data" / "articles" / language).glob("*.txt"))]
        self._articles = [[line for line in text.splitlines() if line.strip()] for text in texts]
        self._lines = [line for article in self._articles for line in article if len(line) > 150]
        self._words = sorted({word for text in texts for word in _WORD.findall(text) if word.islower()})

    def text(self, number: int, *, plain: bool) -> str:
        """Return a text: an article with what stands around it, lengthened, every second longer word another one."""
        chance = random.Random(number)
        article = self._articles[number % len(self._articles)]
        if plain:
            article = [line for line in article if len(line) > LONG]
        half = len(article) * 2 // 3
        lines = list(article)
        while sum(map(len, lines)) < CHARACTERS:
            lines.insert(half, chance.choice(self._lines))
        return "\n\n".join(self._varied(line, chance) if len(line) > LONG else line for line in lines)

    def _varied(self, line: str, chance: random.Random) -> str:
        def other(found: re.Match[str]) -> str:
            word = found[0]
            new = word if chance.random() < 0.4 else chance.choice(self._words)
            return new.capitalize() if word[0].isupper() else new

        return re.sub(r"\d", lambda _: str(chance.randrange(1, 10)), _WORD.sub(other, line))


def documents(count: int, *, plain: bool = False) -> Iterator[dict[str, str]]:
    """Yield so many documents; every twentieth is a copy of one before."""
    writers = [Writer(language) for language in LANGUAGES]
    for number in range(count):
        source = number // 2 if number % ONE_COPY_IN == ONE_COPY_IN - 1 else number
        text = writers[source % len(writers)].text(source, plain=plain and source % 3 > 0)
        yield {"id": f"d{number:07d}", "url": f"https://site{number // PER_SITE}.example/{number}", "text": text}


def write_input(target: Path, count: int, *, plain: bool = False) -> None:
    """Write the documents as one JSONL file, which is split inside; a packed one would be one task."""
    with target.open("w", encoding="utf-8") as stream:
        for record in documents(count, plain=plain):
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def measure(source: Path, out: Path, count: int, options: list[str]) -> Measured:
    """Build a corpus and watch it."""
    found, stage = Measured(count), ["start"]
    command = [sys.executable, "-m", "curator", "build", str(source), "--out", str(out), "--log", "json", "--json"]
    began = time.monotonic()
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said: list[str] = []

    def listen() -> None:
        for line in process.stderr or ():
            said.append(line)
            if line.startswith("{"):
                stage[0] = json.loads(line).get("stage", "end")

    threading.Thread(target=listen, daemon=True).start()
    before: dict[int, float] = {}
    while process.poll() is None:
        sizes, times = look(process.pid)
        found.peak = max(found.peak, sizes)
        found.stage_peak[stage[0]] = max(found.stage_peak[stage[0]], sizes)
        found.stage_cpu[stage[0]] += sum(max(spent - before.get(pid, 0.0), 0.0) for pid, spent in times.items())
        before |= times
        time.sleep(1.0)
    found.wall = time.monotonic() - began
    if process.returncode:
        raise SystemExit("".join(said[-20:]))
    found.cpu = sum(found.stage_cpu.values())
    found.written = json.loads(process.stdout.read() if process.stdout else "{}")["written"]
    return found


def look(root: int) -> tuple[int, dict[int, float]]:
    """Return the memory of a process and all below it, and the processor time of each."""
    parents, times = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            times[int(entry.name)] = (int(fields[11]) + int(fields[12])) / _TICK
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(map(share, family)), {pid: times[pid] for pid in family if pid in times}


def share(pid: int) -> int:
    """Return the PSS of a process in bytes."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")), 0)


def show(found: Measured, workers: int) -> None:
    """Print one build."""
    each, rate = found.cpu / found.documents * 1e3, found.documents / found.cpu
    print(
        f"\n{found.documents:,} documents, {found.written:,} written: {rate:,.0f} documents/s per core of its time, "
        f"{each:.2f} ms each; {found.documents / found.wall / workers:,.0f} documents/s per worker in wall time; "
        f"peak {found.peak / 1e6:,.0f} MB"
    )
    for stage, spent in sorted(found.stage_cpu.items(), key=lambda item: -item[1])[:12]:
        print(f"  {stage:<13}{spent / found.documents * 1e3:8.3f} ms each {found.stage_peak[stage] / 1e6:8,.0f} MB")


def main() -> None:
    """Measure every size and compare the last with the first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--plain", action="store_true", help="two texts in three without what stands around an article")
    parser.add_argument("--options", default="", help="more options for curator build, in one string")
    parser.add_argument("--keep", type=Path, help="folder for inputs and corpora, which are then left there")
    chosen = parser.parse_args()
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="scale-"))
    folder.mkdir(exist_ok=True)
    results = []
    for count in chosen.sizes:
        source, out = folder / f"in-{count}.jsonl", folder / f"out-{count}"
        if not source.exists():
            write_input(source, count, plain=chosen.plain)
        results.append(measure(source, out, count, ["--workers", str(chosen.workers), *chosen.options.split()]))
        show(results[-1], chosen.workers)
    first, last = results[0], results[-1]
    print(
        f"\n{last.documents:,} against {first.documents:,}: processor time per document × "
        f"{last.cpu / last.documents / (first.cpu / first.documents):.2f}, memory × {last.peak / first.peak:.2f}"
    )
    if not chosen.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
