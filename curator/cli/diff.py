"""`curator diff`: what changed between two builds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from curator.compare import Counts

__all__ = ["diff"]

_ROWS = 15  # of each table


def diff(
    before: Annotated[Path, typer.Argument(help="The folder of the first build.", show_default=False)],
    after: Annotated[Path, typer.Argument(help="The folder of the second build.", show_default=False)],
    show: Annotated[int, typer.Option(help="Show so many documents that differ, side by side.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures as JSON.")] = False,
) -> None:
    """Say what differs between two builds: documents by language and site, spans by rule; exit 1 where they differ.

    Example: [bold]curator diff corpus-october corpus-november --show 3[/bold]
    """
    from rich.console import Console

    from curator.compare import changed_documents, compare

    found = compare(before, after)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
        raise typer.Exit(0 if found.same else 1)
    console = Console(highlight=False)
    for line in found.identity:
        console.print(line, style="dim", markup=False, soft_wrap=True)
    total = found.total
    console.print(
        f"documents {found.before:,} → {found.after:,}:"
        f" {total.added:,} added, {total.removed:,} removed, {total.changed:,} changed"
    )
    rules = _table("rule", "spans before", "spans after", "documents")
    for change in found.rules[:_ROWS]:
        rules.add_row(change.rule, f"{change.before:,}", f"{change.after:,}", f"{change.documents:,}")
    for table in (_counted("language", found.languages), _counted("site", found.sites), rules):
        if table.row_count:
            console.print()
            console.print(table)
    if len(found.rules) > _ROWS:
        console.print(f"and {len(found.rules) - _ROWS:,} more rules; --json has all")
    for document in changed_documents(before, after, show) if show else ():
        console.print()
        console.print(_sides(document.id, document.before, document.after))
    raise typer.Exit(0 if found.same else 1)


def _table(*heads: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left", overflow="fold")
    return table


def _counted(name: str, counts: Mapping[str, Counts]) -> Table:
    table = _table(name, "added", "removed", "changed")
    for label, count in list(counts.items())[:_ROWS]:
        table.add_row(label, f"{count.added:,}", f"{count.removed:,}", f"{count.changed:,}")
    return table


def _sides(title: str, before: str | None, after: str | None) -> Table:
    from rich.table import Table
    from rich.text import Text

    from curator.compare import side_by_side

    def cell(text: str, style: str) -> Any:
        return Text(text, style=style)

    table = Table(title=Text(title, style="bold"), title_justify="left", expand=True, header_style="dim")
    table.add_column("")
    table.add_column("before" if before is not None else "before: not there", ratio=1, overflow="fold")
    table.add_column("after" if after is not None else "after: not there", ratio=1, overflow="fold")
    for sign, old, new in side_by_side(before or "", after or ""):
        differs = sign != " "
        table.add_row(sign, cell(old, "red" if differs else "dim"), cell(new, "green" if differs else "dim"))
    return table
