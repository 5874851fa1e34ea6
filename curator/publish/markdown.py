"""Markdown of a card: tables and code, whatever the texts hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

__all__ = ["code", "many", "reasons", "share", "table"]


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; columns whose head begins with # hold numbers.

    >>> print(table(("site", "#articles"), [("a|b", 1200)]))
    | site | articles |
    | --- | ---: |
    | a\\|b | 1,200 |
    <BLANKLINE>
    """
    rules = ["---:" if head.startswith("#") else "---" for head in heads]
    lines = [[head.lstrip("#") for head in heads], rules, *([_cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value).replace("|", "\\|").replace("\n", " ")


def code(text: str) -> str:
    """Return a text as inline code, whatever it holds; no comment of the card ends in it."""
    text = " ".join(text.split()).replace("<!-", "<! -")
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def share(part: int, whole: int) -> str:
    """Return a share as a percentage."""
    return f"{part / whole:.1%}" if whole else "0%"


def many(count: int, what: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def reasons(counts: Mapping[str, int]) -> str:
    """Return counts by reason, in the order of the reasons."""
    return ", ".join(f"{reason} {count:,}" for reason, count in sorted(counts.items()))
