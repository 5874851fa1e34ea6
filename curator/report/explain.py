"""One cleaned article explained: as JSON, as a diff with rule ids in the margin, as a table of rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from curator.document import Cleaned, Removal
from curator.judgement import MODEL_TITLES
from curator.ledger import removal_row
from curator.pages.marked import pieces

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

__all__ = ["as_json", "diff", "rule_table"]

_MARGIN = 30  # columns for the rule id
_EXAMPLE, _ELEMENT = 40, 160  # characters shown of one removal: in the table, of an element in the diff


def as_json(cleaned: Cleaned) -> dict[str, Any]:
    """Return what `curator clean --json` prints.

    Offsets are code points of the repaired text, and null where an element was pruned from the page (`layer` html).
    """
    return {
        "text": cleaned.text,
        "kind": cleaned.kind,
        "language": cleaned.language,
        "language_score": cleaned.language_score,
        "verdict": asdict(cleaned.verdict),
        "metadata": asdict(cleaned.metadata),
        "removals": [removal_row(removal) for removal in cleaned.removals],
    }


def diff(cleaned: Cleaned) -> Iterator[Text]:
    """Yield the repaired text line by line: what stays plain, what went red and struck, its rule id in the margin.

    Before it, a line for each element pruned from the page: its name and the beginning of what it showed. Behind a line
    that the line model took stands what it had against it.
    """
    from rich.text import Text

    for removal in cleaned.removals:
        if removal.layer == "html":
            shown = Text(f"{removal.rule[-_MARGIN:]:>{_MARGIN}} │ ", style="dim")
            shown.append(_excerpt(removal, _ELEMENT), style="red strike")
            yield Text("-", style="red") + shown
    for line, margin, why in _marked_lines(cleaned):
        shown = Text(f"{margin[-_MARGIN:]:>{_MARGIN}} │ ", style="dim")
        whole = all(gone or not piece.strip() for piece, gone in line)
        for piece, gone in line:
            # Without colour nothing is struck, so signs say it as well.
            shown.append(f"[-{piece}-]" if gone and not whole else piece, style="red strike" if gone else "")
        if why:
            shown.append(f"  ({why})", style="dim")
        yield Text(" " if not margin else "-" if whole else "~", style="red") + shown


def _marked_lines(cleaned: Cleaned) -> Iterator[tuple[list[tuple[str, bool]], str, str | None]]:
    """Yield (pieces, rule id, why): each line of the repaired text as (piece, whether it went)."""
    line: list[tuple[str, bool]] = []
    rule, why = "", None
    for text, removal in pieces(cleaned.repaired, cleaned.removals):
        parts = text.split("\n")
        for number, part in enumerate(parts):
            if number:
                if line or not rule:
                    yield line, rule, why
                line, rule, why = [], "", None
            if part:
                line.append((part, removal is not None))
                if removal and part.strip():
                    rule, why = removal.rule, removal.why
    if line:
        yield line, rule, why


def rule_table(cleaned: Cleaned, titles: Mapping[str, str]) -> Table:
    """Return a table of the rules that took something: how often, how much, and an example."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, justify in (
        ("rule", "left"),
        ("times", "right"),
        ("characters", "right"),
        ("what it is", "left"),
        ("example", "left"),
    ):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    by_rule: dict[str, list[Removal]] = {}
    for removal in cleaned.removals:
        by_rule.setdefault(removal.rule, []).append(removal)
    for rule, removals in sorted(by_rule.items(), key=lambda item: -sum(len(r.text) for r in item[1])):
        size = sum(len(r.text) for r in removals)
        table.add_row(
            rule,
            f"{len(removals)}",
            f"{size:,}",
            MODEL_TITLES.get(rule) or titles.get(rule, ""),
            _excerpt(removals[0], _EXAMPLE),
        )
    return table


def _excerpt(removal: Removal, length: int) -> str:
    """Return the beginning of what went on one line, the name of a pruned element before it."""
    text = " ".join(removal.text.split())
    if removal.element:
        text = f"<{removal.element}> {text}"
    return text if len(text) <= length else f"{text[:length]}…"
