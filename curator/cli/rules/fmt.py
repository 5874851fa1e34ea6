"""`curator rules fmt`: rule files in canonical form."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["fmt"]


def fmt(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Rule files and folders; the shipped ones if not given.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; name the files that are not in canonical form, exit 1.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; print what would change.")] = False,
) -> None:
    """Put rule files into canonical form: order of keys, sorted literals, layout; comments and meaning stay.

    Example: [bold]curator rules fmt rules/lang/id.toml[/bold]
    """
    import difflib

    from curator.rules.fmt import reformatted, write_pack
    from curator.rules.load import shipped_rules_dir

    count = 0
    for path, text, canonical in reformatted(paths or [shipped_rules_dir()]):
        count += 1
        if diff:
            old, new = text.splitlines(keepends=True), canonical.splitlines(keepends=True)
            lines = difflib.unified_diff(old, new, f"{path}", f"{path} (canonical)")
            sys.stdout.buffer.write("".join(lines).encode())
        else:
            typer.echo(f"{path}")
        if not (check or diff):
            write_pack(path, canonical)
    verb = "would be" if check or diff else "was" if count == 1 else "were"
    typer.echo(f"{count} {'file' if count == 1 else 'files'} {verb} reformatted", err=True)
    if check and count:
        raise typer.Exit(1)
