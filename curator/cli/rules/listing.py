"""`curator rules list`: which rules there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["list_rules"]


def list_rules(
    prefix: Annotated[str, typer.Argument(help="Only rules whose id begins so.")] = "",
    rules: Annotated[
        list[Path] | None, typer.Option(help="Rule file or folder to add to the shipped rules. Repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print whole rules as JSON.")] = False,
) -> None:
    """List the rules, one per line: id, kind, status, title.

    Example: [bold]curator rules list id.tail[/bold]
    """
    from curator.rules.load import load_rules

    chosen = sorted(
        (r for r in load_rules(*rules or (), preview=True).rules if r.id.startswith(prefix)), key=lambda r: r.id
    )
    if as_json:
        dumped = [rule.model_dump(mode="json", by_alias=True, exclude_defaults=True) for rule in chosen]
        typer.echo(json.dumps(dumped, ensure_ascii=False, indent=2))
        return
    for rule in chosen:
        typer.echo(f"{rule.id:<36} {rule.kind:<6} {rule.status:<12} {rule.title}")
