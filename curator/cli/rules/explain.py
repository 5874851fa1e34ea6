"""`curator rules explain`: what a finding means."""

from __future__ import annotations

import textwrap
from typing import Annotated

import typer

__all__ = ["explain"]


def explain(
    code: Annotated[str, typer.Argument(help="The code of a finding, such as R022; all are listed if not given.")] = "",
) -> None:
    """Say what a check looks for, why it is there, and what passes it.

    Example: [bold]curator rules explain R022[/bold]
    """
    from curator.rules.check.catalogue import catalogue, entry

    if not code:
        for known in catalogue().values():
            typer.echo(f"{known.code}  {known.level:<8} {known.title}")
        return
    found = entry(code)
    typer.echo(f"{found.code} ({found.level}): {found.title}\n\n{found.why}\n")
    for name, example in (("Bad", found.bad), ("Good", found.good)):
        typer.echo(f"{name}:\n{textwrap.indent(example, '    ')}\n")
