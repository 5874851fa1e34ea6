"""Which documents a corpus leaves out beyond what is broken, empty or short, and what is masked in the others.

One module per idea; each has its REASONS and a `judge` that yields what speaks against a document. The first verdict
counts: it names the reason and the measured value. Nothing here runs unless the settings ask for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from curator.document import Cleaned, Verdict
from curator.filters import benchmarks, c4, fineweb, gopher, plain, repetition, script
from curator.filters.mask import mask
from curator.filters.seen import Seen
from curator.filters.settings import FilterSettings

__all__ = ["REASONS", "filtered"]

# Every reason a filter can give, as reports print it.
REASONS = {
    reason: meaning
    for module in (plain, script, gopher, repetition, c4, fineweb, benchmarks)
    for reason, meaning in module.REASONS.items()
}
_OFF = FilterSettings()


def filtered(document: Cleaned, settings: FilterSettings) -> Cleaned:
    """Return the document with the verdict of the filters, and masked where it is kept."""
    if settings == _OFF or not document.verdict.kept:
        return document
    against = next(_judge(Seen(document), settings), None)
    if against is not None:
        return replace(document, verdict=against)
    return mask(document, settings.mask) if settings.mask else document


def _judge(seen: Seen, settings: FilterSettings) -> Iterator[Verdict]:
    """Yield what speaks against a document, what costs least to find out first."""
    yield from plain.judge(seen, settings)
    yield from script.judge(seen, settings)
    groups = settings.groups
    if "gopher" in groups:
        yield from gopher.judge(seen, settings.gopher)
    if "c4" in groups:
        yield from c4.judge(seen, settings.c4)
    if "fineweb" in groups:
        yield from fineweb.judge(seen, settings.fineweb)
    if "repetition" in groups:
        yield from repetition.judge(seen, settings.repetition)
    yield from benchmarks.judge(seen, settings)
