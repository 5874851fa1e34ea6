"""The quality gates: what a released version must hold. Prints one line for each; exits 1 where one does not hold.

Gates on measurement data run where that data lies beside the checkout (folder `shared`), and say so where it does not.
"""

from __future__ import annotations

import functools
import logging
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# The modules beside this one.
import dedup
import gold

from curator.cleaner import clean
from curator.rules.check.run import check_rules
from curator.rules.load import load_rules

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

Gate = Callable[[], tuple[bool, str]]
GATES: dict[str, Gate] = {}


def gate(name: str) -> Callable[[Gate], Gate]:
    """Register a gate under the name it is printed with."""

    def register(function: Gate) -> Gate:
        GATES[name] = function
        return function

    return register


def _seeds() -> Iterator[tuple[bytes, str]]:
    """Yield (raw, clean) of the two seeds: the originals where they are there, else the project's copies."""
    for file in sorted((ROOT / "data" / "seeds").glob("*.txt")):
        if SHARED.is_dir():
            original = SHARED / "seeds" / file.name
            yield original.read_bytes(), original.with_suffix(".clean.txt").read_text(encoding="utf-8")
        else:
            yield file.read_bytes(), (ROOT / "tests" / "expected" / "seeds" / file.name).read_text(encoding="utf-8")


@gate("seeds are exact")
def seeds_are_exact() -> tuple[bool, str]:
    """Both seeds, plain and damaged, with the language found, unknown and wrong."""
    wrong = total = 0
    for raw, want in _seeds():
        variants = (raw, raw.replace(b"\n", b"\r\n"), raw.decode("latin-1").encode())
        for variant in variants:
            for language in (None, "und", "en"):
                total += 1
                wrong += clean(variant, language=language).text + "\n" != want
    return wrong == 0, f"{total - wrong} of {total}" + ("" if SHARED.is_dir() else " (own copies: no `shared` here)")


# What every command pays before its own work begins, in other people's code: the yardstick for limits of time.
_YARDSTICK = "import ftfy, langdetect, pydantic, re2, typer; langdetect.detect('The gates of the old dam opened early')"
_YARDSTICK_SECONDS = 0.55  # of processor time, on the machine the limits were set on


def _cpu(*command: str) -> float:
    """Return the processor seconds of one command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@functools.cache
def _slowness() -> float:
    """Return how many times slower this machine is, now, than the one the limits were set on; at least 1."""
    return max(1.0, min(_cpu(sys.executable, "-c", _YARDSTICK) for _ in range(3)) / _YARDSTICK_SECONDS)


@gate("shipped rules are clean")
def rules_are_clean() -> tuple[bool, str]:
    """`rules check` finds no error, in under ten seconds of processor time."""
    began = time.process_time()
    count, findings = check_rules([ROOT / "rules"])
    seconds = time.process_time() - began
    levels = Counter(finding.level for finding in findings)
    found = ", ".join(f"{levels[level]} {level}s" for level in ("error", "warning", "hint"))
    return not levels["error"] and seconds < 10 * _slowness(), f"{count} rules, {found}, {seconds:.1f} s"


@dataclass(frozen=True, slots=True)
class Limit:
    """What is aimed at, and what holds today: the gate, to be raised until it is the aim."""

    aim: float
    holds: float

    def passes(self, value: float, *, most: bool = False) -> bool:
        """Tell whether a value is at least what holds, or at most."""
        return value <= self.holds if most else value >= self.holds

    def __format__(self, form: str) -> str:
        aim = f"aim {format(self.aim, form)}"
        return aim if self.aim == self.holds else f"gate {format(self.holds, form)}, {aim}"


# Share of the content lines of a dump that stable rules drop, and its 4-gram F1 against doing nothing.
_MAX_DROPPED = Limit(aim=0.001, holds=0.001)
_MIN_GAIN = {"traf": Limit(aim=0.003, holds=0.003)}
_NO_LOSS = Limit(aim=0.0, holds=0.0)
# R050: share of them that one rule drops. R052: texts of a dump that lose more than 5 % of their content, that a guard
# has to save.
_MAX_BY_ONE_RULE = Limit(aim=0.001, holds=0.001)
_MAX_LOSING = Limit(aim=0, holds=3)
_MAX_GUARDED = Limit(aim=0, holds=2)
# Shares of the hand-labelled texts.
_HAND = {
    "scraped-text": {
        "lines dropped": Limit(aim=0.85, holds=0.85),
        "inside body": Limit(aim=0.90, holds=0.90),
        "lines kept": Limit(aim=0.995, holds=0.995),
        "spans right": Limit(aim=0.85, holds=0.85),
        "texts right": Limit(aim=0.65, holds=0.65),
    },
    "modelled": {
        "lines dropped": Limit(aim=0.85, holds=0.85),
        "inside body": Limit(aim=0.90, holds=0.90),
        "lines kept": Limit(aim=0.995, holds=0.995),
        "spans right": Limit(aim=0.85, holds=0.85),
        "texts right": Limit(aim=0.65, holds=0.65),
    },
}
_GOLD_SECONDS = 30  # of processor time, for the gold dumps and the hand-labelled texts


# F1 of whole-page text and of main text against doing nothing, and the share of texts that take the right path. The
# shipped model was trained on these pages: what it is worth on others, benchmarks/quality_text.py says.
_TEXT_PAGES = 60
_MIN_WHOLE_F1 = {"bs4": 0.92, "inscriptis": 0.93, "html2text": 0.93}
_MAX_MAIN_LOSS, _MIN_RIGHT_PATH = 0.0005, 0.97


@gate("whole-page text is found, main text is left alone")
def text_is_found() -> tuple[bool, str]:
    """Clean some pages of each kind of dump and compare with doing nothing."""
    if not gold.GOLD.is_dir():
        return True, "not measured: no `shared/gold` here"
    import quality_text

    bench = quality_text.Bench(gold.GOLD, None)
    pages = sorted(bench.pages)[:: max(len(bench.pages) // _TEXT_PAGES, 1)]
    held, said, right = [], [], []
    for dump in (*_MIN_WHOLE_F1, "traf", "readability"):
        before = quality_text.mean_f1(bench.run(dump, pages, lambda _, text: text))
        after = quality_text.mean_f1(bench.run(dump, pages, bench.cleaner("auto")))
        held.append(after >= _MIN_WHOLE_F1.get(dump, before - _MAX_MAIN_LOSS))
        right += [bench.is_whole(*each) == (dump in _MIN_WHOLE_F1) for each in bench.texts(dump, pages)]
        said.append(f"{dump} {before:.3f} -> {after:.3f}")
    path = sum(right) / len(right)
    return all(held) and path >= _MIN_RIGHT_PATH, f"{', '.join(said)}; right path {path:.3f}"


@gate("stable rules are harmless on gold")
def rules_are_harmless() -> tuple[bool, str]:
    """Content lines dropped, F1 before and after, per extractor; and the hand-labelled texts."""
    if not gold.GOLD.is_dir():
        return True, "not measured: no `shared/gold` here"
    began, rules, held, lines = time.process_time(), load_rules(), [], []
    for name in gold.EXTRACTORS:
        figures = gold.measure_dump(name, rules)
        gain, (worst, share) = figures.after - figures.before, figures.worst
        least = _MIN_GAIN.get(name, _NO_LOSS)
        held += [_MAX_DROPPED.passes(figures.dropped, most=True), least.passes(gain)]
        held += [_MAX_BY_ONE_RULE.passes(share, most=True), _MAX_LOSING.passes(figures.losing(0.05), most=True)]
        held += [_MAX_GUARDED.passes(figures.guarded, most=True)]
        lines.append(
            f"{name}: F1 {figures.before:.4f} {gain:+.4f} ({least:+.4f}); content lines dropped {figures.dropped:.3%}"
            f" ({_MAX_DROPPED:.1%}), by {worst} {share:.3%}; texts losing 5 %: {figures.losing(0.05)} ({_MAX_LOSING}),"
            f" guarded: {figures.guarded} ({_MAX_GUARDED})"
        )
    shares = gold.hand_shares(rules)
    for kind, limits in _HAND.items():
        held += [limit.passes(shares[kind][what]) for what, limit in limits.items()]
        lines.append(
            f"{kind}: " + ", ".join(f"{what} {shares[kind][what]:.3f} ({limits[what]:.3f})" for what in limits)
        )
    seconds = time.process_time() - began
    held.append(seconds < _GOLD_SECONDS * _slowness())
    return all(held), f"{seconds:.1f} s" + "".join(f"\n     {line}" for line in lines)


# Against trafilatura, in the same run, on pages that no block model was fitted to and no rule was written from.
_MAX_RATIO = Limit(aim=2.5, holds=2.9)
_MAX_WORSE = Limit(aim=0.0, holds=0.01)


@gate("extraction is no worse than its base")
def extraction_is_better() -> tuple[bool, str]:
    """Snippets to be had and not to be had, and processor time, on every eighth of the pages with snippets."""
    if not gold.GOLD.is_dir():
        return True, "not measured: no `shared/gold` here"
    import quality

    logging.disable(logging.CRITICAL)
    pages, score = quality.snippet_pages(gold.GOLD)[::8], gold.metric("score")
    tools = quality.load_tools(("curator", quality.BASE), pages[0])
    for _ in range(2):  # the first round compiles the rules of each language, which a long run does not feel
        results = quality.measure(pages, tools, score, lambda _: None)
    figures = {
        name: score.aggregate([(r.page.site, r.figures) for r in rows], ("with", "without"))
        for name, rows in results.items()
    }
    seconds = {name: sum(row.seconds for row in rows) for name, rows in results.items()}
    ours, base, ratio = figures["curator"], figures[quality.BASE], seconds["curator"] / seconds[quality.BASE]
    worse = sum(base[key][0] - ours[key][0] for key in ("with", "without"))
    held = _MAX_WORSE.passes(worse, most=True) and _MAX_RATIO.passes(ratio, most=True)
    shares = ", ".join(f"{key} {ours[key][0]:.3f} against {base[key][0]:.3f}" for key in ("with", "without"))
    return held, f"{len(pages)} pages: {shares}; time {ratio:.2f} of trafilatura's ({_MAX_RATIO:.1f})"


@gate("commands start fast")
def commands_start_fast() -> tuple[bool, str]:
    """`--help` in under 0.3 s of processor time, one article in under 1 s, as ratios to a yardstick of the same run."""
    curator = str(Path(sys.executable).parent / "curator")
    articles = [(curator, "clean", str(article)) for article in sorted((ROOT / "data" / "seeds").glob("*.txt"))]
    commands = ((sys.executable, "-c", _YARDSTICK), (curator, "--help"), *articles)
    # In turn, the best of seven each: what else the machine does only adds.
    yardstick, help_time, *clean = map(min, zip(*([_cpu(*c) for c in commands] for _ in range(7)), strict=True))
    slowness = max(1.0, yardstick / _YARDSTICK_SECONDS)
    holds = help_time < 0.3 * slowness and max(clean) < 1 * slowness
    shown = ", ".join(f"{seconds:.2f} s" for seconds in clean)
    return holds, f"--help {help_time:.2f} s, clean {shown}, machine slower by {slowness:.2f}"


_WIRE = {"F1": 0.99, "B-cubed": 0.98, "false by hard negatives": 0.002}
_STORIES = 0.90
_DEDUP_RATE = 40  # megabytes of text a second at least, verification included, on the machine the limits were set on


@gate("copies are found and stories told apart")
def copies_are_found() -> tuple[bool, str]:
    """Every similar pair of two corpora, republished stories, stories in other words, the seeds, and the speed."""
    if not dedup.DATA.is_dir():
        return True, "not measured: no `shared/dedup` here"
    with tempfile.TemporaryDirectory() as name:
        folder, held, lines = Path(name), [], []
        for corpus in ("reuters", "detik"):
            edges = dedup.Staged(dedup.DATA / f"{corpus}.jsonl.gz", folder / corpus).edges()
            for least in (0.7, 0.8):
                found = {dedup.pair(row["a"], row["b"]) for row in edges if row["jaccard"] >= least - 1e-9}
                f1 = dedup.scores(found, dedup.truth(corpus, least))[2]
                held.append(f1 == 1)
                lines.append(f"{corpus} at Jaccard {least}: F1 {f1:.4f} (1.0000)")
        *_, f1, b_cubed, false = dedup.wire_figures(folder, "clean")
        held += [f1 >= _WIRE["F1"], b_cubed >= _WIRE["B-cubed"], false <= _WIRE["false by hard negatives"]]
        lines.append(f"wire: F1 {f1:.4f}, B-cubed {b_cubed:.4f}, false by hard negatives {false:.2%} ({_WIRE})")
        told, together = dedup.story_figures(folder), dedup.seeds_together(folder, [text for _, text in _seeds()])
        held += [told >= _STORIES, together]
        lines.append(f"stories: ECB+ B-cubed {told:.4f} ({_STORIES}), seeds one story and no copies: {together}")
        source = dedup.as_parquet(folder / "reuters.parquet", "reuters")
        rate = dedup.REUTERS_MEGABYTES / dedup.in_memory(source)[0]
        held.append(rate > _DEDUP_RATE / _slowness())
        lines.append(f"{rate:.0f} MB a second ({_DEDUP_RATE})")
    return all(held), "".join(f"\n     {line}" for line in lines)


def main() -> int:
    """Run every gate."""
    failed = 0
    for name, function in GATES.items():
        holds, detail = function()
        failed += not holds
        print(f"{'ok  ' if holds else 'FAIL'} {name}: {detail}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
