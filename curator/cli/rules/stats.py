"""`curator rules stats`: what rules did in a build."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curator.rules.stats import BuildStats, Drift

__all__ = ["stats"]

_NO_SITE = "(no site)"


def stats(
    build: Annotated[Path, typer.Argument(help="Folder of a finished build.", show_default=False)],
    against: Annotated[
        Path | None, typer.Option(help="Folder of an earlier build: show what fires more or less often now.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Lines shown of each table.")] = 40,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show what each rule took in a build, on which sites, and which rules never fired.

    Example: [bold]curator rules stats corpus --against corpus-of-last-month[/bold]
    """
    from curator.rules.stats import build_stats, drift

    found = build_stats(build)
    changes = drift(build, against) if against else []
    if as_json:
        shown = asdict(found) | ({"drift": [asdict(change) for change in changes]} if against else {})
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    _print_rules(found, top)
    if against:
        _print_drift(changes, top)


def _print_rules(found: BuildStats, top: int) -> None:
    typer.echo(f"{'rule':<44} {'hits':>9} {'documents':>10} {'share':>7} {'characters':>11} {'sites':>6} {'also':>6}")
    for use in found.rules[:top]:
        share = use.documents / found.cleaned if found.cleaned else 0
        numbers = f"{use.hits:>9,} {use.documents:>10,} {share:>7.1%} {use.characters:>11,}"
        typer.echo(f"{use.rule:<44} {numbers} {use.sites:>6,} {use.also:>6,}")
    typer.echo(f"\n{'rule':<44} {'site':<28} {'hits':>9} {'documents':>10} {'of':>9}")
    for place in found.sites[:top]:
        site = place.site or _NO_SITE
        typer.echo(f"{place.rule:<44} {site:<28} {place.hits:>9,} {place.documents:>10,} {place.of:>9,}")
    if found.silent:
        typer.echo(f"\nnever fired, {len(found.silent):,} rules:")
        for rule in found.silent[:top]:
            typer.echo(f"  {rule}")
    more = max(len(found.rules), len(found.sites), len(found.silent)) > top
    if more:
        typer.echo(f"tables cut off after {top} lines; --top N shows more, --json all", err=True)
    if not found.same_rules:
        typer.echo("note: the rules have changed since this build; never fired are of those at hand", err=True)


def _print_drift(changes: Sequence[Drift], top: int) -> None:
    typer.echo(f"\n{'rule':<44} {'site':<28} {'before':>8} {'now':>8}  hits per document")
    for change in changes[:top]:
        state = {"stopped": "stopped firing", "started": "new here", "changed": ""}[change.state]
        site = change.site or _NO_SITE
        typer.echo(f"{change.rule:<44} {site:<28} {change.before:>8.2f} {change.now:>8.2f}  {state}".rstrip())
    if not changes:
        typer.echo("nothing fires more or less often")
