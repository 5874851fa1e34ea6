"""What a page says of its licence and of text and data mining, in its head.

TDM reservation: the TDM Reservation Protocol, https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/;
`noai` and its kin stand among the words of `robots`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["SIGNALS", "both_say", "page_rights"]

# Fields by the names that meta elements and HTTP headers have for them.
SIGNALS = {
    "tdm-reservation": "tdm_reservation",
    "tdm-policy": "tdm_policy",
    "robots": "robots",
    "x-robots-tag": "robots",
}
_HEAD = 500_000  # bytes searched: heads with a stylesheet in them are long
_END = re.compile(rb"</head|<body\b", re.IGNORECASE)
# Each alternative ends at the next "<" at the latest: a hostile page takes no longer than another.
_TOKEN = re.compile(r"(<!--|<(?:script|style)\b)|(-->|</(?:script|style)\b)|<(?:meta|link)\b([^<>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(?<![a-z-])([a-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)


def page_rights(content: bytes | str) -> dict[str, str]:
    """Return the fields of a page: license, tdm_reservation, tdm_policy, robots; those it says nothing of left out.

    >>> page_rights('<head><meta name="robots" content="NoAI, index"><link rel=license href=https://a.example/cc></head>')
    {'robots': 'noai, index', 'license': 'https://a.example/cc'}
    """
    raw = content[:_HEAD].encode("utf-8", "replace") if isinstance(content, str) else content[:_HEAD]
    end = _END.search(raw)
    head = raw[: end.start() if end else _HEAD].decode("utf-8", "replace")
    found: dict[str, str] = {}
    hidden = False  # in a comment or a script
    for match in _TOKEN.finditer(head):
        if match[1] or match[2]:
            hidden = bool(match[1])
        if hidden or not match[3]:
            continue
        said = {name.lower(): html.unescape(a or b or c).strip() for name, a, b, c in _ATTRIBUTE.findall(match[3])}
        if "license" in said.get("rel", "").lower().split() and said.get("href"):
            found.setdefault("license", said["href"])
        elif (field := SIGNALS.get(said.get("name", "").lower())) and said.get("content"):
            value = said["content"] if field == "tdm_policy" else said["content"].lower()
            found = both_say(found, {field: value})
    return found


def both_say(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that two places say, page and HTTP header; a reservation in one of them is one.

    >>> both_say({"tdm_reservation": "0", "robots": "noindex"}, {"tdm_reservation": "1", "robots": "noai"})
    {'tdm_reservation': '1', 'robots': 'noindex, noai'}
    """
    merged = dict(one)
    for field, value in other.items():
        before = merged.setdefault(field, value)
        if field == "tdm_reservation":
            merged[field] = value if str(value) == "1" else before
        elif field == "robots" and isinstance(before, str) and str(value) not in before:
            merged[field] = f"{before}, {value}"
    return merged
