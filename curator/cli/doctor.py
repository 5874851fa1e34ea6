"""`curator doctor`: is this installation sound?"""

from __future__ import annotations

import typer

__all__ = ["doctor"]


def doctor() -> None:
    """Print versions, optional parts and problems of this installation; exit 1 where there is one.

    Example: [bold]curator doctor[/bold]
    """
    from curator.installation import examine

    lines, problems = examine()
    for name, value in lines:
        typer.echo(f"{name:<24}{value}")
    for problem in problems:
        typer.echo(f"problem: {problem}", err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo("no problem found", err=True)
