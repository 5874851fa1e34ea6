"""The quality gates: what a released version must hold. Prints one line for each; exits 1 where one does not hold.

Gates on measurement data run where that data lies beside the checkout (folder `shared`), and say so where it does not.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from curator.cleaner import clean
from curator.rules.check.run import check_rules

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


@gate("shipped rules are clean")
def rules_are_clean() -> tuple[bool, str]:
    """`rules check` finds nothing, in under ten seconds of processor time."""
    began = time.process_time()
    count, findings = check_rules([ROOT / "rules"])
    seconds = time.process_time() - began
    return not findings and seconds < 10, f"{count} rules, {len(findings)} findings, {seconds:.1f} s"


# What every command pays before its own work begins, in other people's code: the yardstick for start-up times.
_YARDSTICK = "import ftfy, langdetect, pydantic, re2, typer; langdetect.detect('The gates of the old dam opened early')"
_YARDSTICK_SECONDS = 0.55  # of processor time, on the machine the limits were set on


def _cpu(*command: str) -> float:
    """Return the processor seconds of one command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@gate("commands start fast")
def commands_start_fast() -> tuple[bool, str]:
    """`--help` in under 0.3 s of processor time, one article in under 1 s, as ratios to a yardstick of the same run."""
    curator = str(Path(sys.executable).parent / "curator")
    article = str(next((ROOT / "data" / "seeds").glob("*.txt")))
    commands = ((sys.executable, "-c", _YARDSTICK), (curator, "--help"), (curator, "clean", article))
    # In turn, the best of seven each: what else the machine does only adds.
    yardstick, help_time, clean_time = map(min, zip(*([_cpu(*c) for c in commands] for _ in range(7)), strict=True))
    slowness = max(1.0, yardstick / _YARDSTICK_SECONDS)
    holds = help_time < 0.3 * slowness and clean_time < 1 * slowness
    return holds, f"--help {help_time:.2f} s, clean {clean_time:.2f} s, machine slower by {slowness:.2f}"


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
