"""`curator init`: a settings file to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["init"]


def init(
    path: Annotated[Path, typer.Argument(help="Where to write it; - for standard output.")] = Path("curator.toml"),
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of settings files instead, for editors.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a settings file with every setting, each explained and at its default.

    Example: [bold]curator init && curator build articles/ --out corpus --settings curator.toml[/bold]
    """
    from curator.atomic import explain_write_errors
    from curator.errors import OutputError
    from curator.settings import Settings
    from curator.settingsfile import schema_text, template

    if schema or str(path) == "-":
        typer.echo(schema_text(Settings) if schema else template(Settings), nl=False)
        return
    if path.exists() and not force:
        raise OutputError("is there already", where=str(path), hint="choose another name, or --force to replace it")
    with explain_write_errors(path):
        path.write_text(template(Settings), encoding="utf-8")
    typer.echo(f"wrote {path}", err=True)
