"""R060: rules compile in time, and do not slow cleaning down."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping

from curator.language import UNDETERMINED, understood_by
from curator.rules.check.catalogue import level_of
from curator.rules.check.finding import Finding
from curator.rules.check.firing import usable
from curator.rules.check.source import Sources
from curator.rules.decide import Context, decide
from curator.rules.view import View

__all__ = ["TEXTS", "check_compile_time", "check_throughput", "relative_throughput"]

# Processor seconds until the rules of one language are ready, those for every language included: that is what the first
# document of a language waits for. Measured with 1,779 rules for 46 languages: 0.1 s for most, 0.25 s for Indonesian,
# which brings Malay and Javanese along. (Patterns are compiled when a line first needs them, which is not in it.)
COMPILE_SECONDS = 1.0
# How fast rules are matched, as a share of how fast `bytes.count` goes over the same text: both slow down together on a
# loaded machine. Measured with the same rules, five times: 0.0014 to 0.0015 (5 MB/s against 3.4 GB/s); the limit is a
# fifth of it.
MIN_RATIO = 0.0003

TEXTS = 4  # known-good files matched, evenly spread over the languages
_SECONDS = 0.05  # each timing runs at least so long
_TIMINGS = 3  # the best of them counts


def check_compile_time(sources: Sources, seconds: Mapping[str | None, float]) -> Iterator[Finding]:
    """Yield a finding if a language's rules take too long to compile (R060).

    Args:
        seconds: processor time spent on the rules of each language, and (None) on those for every language.
    """
    for lang in list(filter(None, seconds)) or [UNDETERMINED]:
        spent = sum(s for wanted, s in seconds.items() if wanted is None or understood_by(lang, wanted))
        if spent > COMPILE_SECONDS:
            message = f"a document in {lang!r} waits {spent:.1f} s for its rules; {COMPILE_SECONDS:g} s is the limit"
            hint = "long alternations with character classes cost most: write literals, and fewer patterns"
            yield _about_set(sources, message, hint)


def check_throughput(sources: Sources, texts: int = TEXTS) -> Iterator[Finding]:
    """Yield a finding if matching is slow against a plain search through so many known-good texts (R060)."""
    found = relative_throughput(sources, texts)
    if found is not None and found < MIN_RATIO:
        message = f"matching runs at {found:.2%} of the speed of a plain search; {MIN_RATIO:.2%} is the limit"
        yield _about_set(sources, message, "R014 names the patterns that are tried on every line")


def relative_throughput(sources: Sources, count: int = TEXTS) -> float | None:
    """Return how fast rules go over known-good text, as a share of the speed of `bytes.count`; None without text.

    The texts are in languages for which something is checked; all rules for those languages go over them.
    """
    checked = {sourced.rule.lang for sourced in sources.checked_rules}
    met = [(path.stem, lines) for path, lines in sources.folder.known_good.items() if _is_met(path.stem, checked)]
    texts = [(lang, "\n\n".join(lines)) for lang, lines in met[:: max(1, len(met) // count)][:count]]
    data = "\n\n".join(text for _, text in texts).encode()
    if not data:
        return None
    rules = usable(sourced for sourced in sources.rules for lang, _ in texts if _is_met(lang, {sourced.rule.lang}))

    def match() -> None:
        for lang, text in texts:
            context = Context(frozenset({lang}))
            rules.for_document(context.languages, None).matcher.forget()  # else a second run would know the lines
            decide(View(text), rules, context)

    match()  # compiles; that has a limit of its own
    return _seconds(lambda: data.count(b"\x00")) / _seconds(match)


def _is_met(lang: str, wanted: Collection[str | None]) -> bool:
    """Tell whether rules for some of the languages wanted (None: for all) are used on texts in a language."""
    return any(name is None or understood_by(lang, name) for name in wanted)


def _seconds(run: Callable[[], object]) -> float:
    """Return the processor time of one run, the best of some timings."""
    timings = []
    for _ in range(_TIMINGS):
        runs, began = 0, time.process_time()
        while (spent := time.process_time() - began) < _SECONDS:
            run()
            runs += 1
        timings.append(spent / runs)
    return min(timings)


def _about_set(sources: Sources, message: str, hint: str) -> Finding:
    return Finding("R060", message, str(sources.folder.root), 1, hint, level=level_of("R060"))
