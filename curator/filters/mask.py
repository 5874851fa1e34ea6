"""Masking e-mail and IP addresses: each is replaced by a word for what it was, and stands in the ledger.

The ledger keeps what was masked, so that `restore` holds: who publishes a masked corpus leaves its ledger out.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from curator.document import Cleaned, Removal

__all__ = ["mask"]

# Lengths as RFC 5321 has them; bounded, so that no text makes the search slow.
_EMAIL = re.compile(
    r"(?<![\w.%+-])[A-Za-z0-9](?:[\w.%+-]{0,63})@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])", re.ASCII
)
_IP = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}(?!\.?\w)|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:]))", re.ASCII
)


def mask(document: Cleaned, kinds: Sequence[str]) -> Cleaned:
    """Return the document with e-mail addresses ("email") and public IP addresses ("ip") replaced.

    A removal for each has the action `mask` and, in `put`, the word that stands in the text instead.
    """
    spans = sorted(_spans(document.text, kinds))
    if not spans:
        return document
    text, position = document.text, 0
    parts: list[str] = []
    masked: list[Removal] = []
    removals = sorted((r for r in document.removals if r.layer == "text"), key=lambda r: (r.start, r.end))
    for start, end, kind in spans:
        parts += (text[position:start], f"<{kind}>")
        position = end
        put = f"<{kind}>"
        for first, past in _originals(start, end, removals):
            piece = document.repaired[first:past]
            masked.append(Removal(first, past, f"curator.mask-{kind}", "mask", piece, put=put))
            put = ""  # an address with a removal inside is several pieces of the original
    others = tuple(r for r in document.removals if r.layer != "text")
    both = sorted((*removals, *masked), key=lambda r: (r.start, r.end))
    return replace(document, text="".join([*parts, text[position:]]), removals=(*others, *both))


def _spans(text: str, kinds: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    if "email" in kinds and "@" in text:
        yield from ((found.start(), found.end(), "email") for found in _EMAIL.finditer(text))
    if "ip" in kinds:
        yield from ((found.start(), found.end(), "ip") for found in _IP.finditer(text) if _is_public(found[0]))


def _is_public(address: str) -> bool:
    """Tell whether an address leads to a machine on the internet; a version number or a private one does not."""
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def _originals(start: int, end: int, removals: Sequence[Removal]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of the repaired text that a span of the cleaned text stands for."""
    shift = 0  # what removals before the place have taken
    for removal in removals:
        place = removal.start - shift  # where it would stand in the cleaned text
        if place > start:
            if place >= end:
                break
            yield start + shift, place + shift
            start = place
        shift += removal.end - removal.start
    yield start + shift, end + shift
