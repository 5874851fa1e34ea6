"""`curator forget`: documents out of a corpus, for good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from curator.errors import InputError, UsageError

__all__ = ["forget"]


def forget(
    corpus: Annotated[Path, typer.Argument(help="The folder of a finished build.", show_default=False)],
    url: Annotated[list[str] | None, typer.Option(help="Address of a document. Repeatable.")] = None,
    site: Annotated[list[str] | None, typer.Option(help="A site, with all its subdomains. Repeatable.")] = None,
    id: Annotated[list[str] | None, typer.Option(help="Id of a document. Repeatable.")] = None,  # noqa: A002
    file: Annotated[Path | None, typer.Option(help="A list of addresses and ids, one a line.")] = None,
) -> None:
    """Take documents out of every file of a corpus, and keep them out of every later build.

    What is noted in tombstones.jsonl are hashes. A copy that had been left out takes the place of a document that goes.

    Example: [bold]curator forget corpus --url https://news.example/a/1[/bold]
    """
    from curator.publish.forget import forget as take_out
    from curator.tombstones import Tombstones

    lines = _lines(file) if file else []
    addresses = [line for line in lines if "://" in line]
    ids = [line for line in lines if "://" not in line]
    asked = Tombstones.of(ids=(*(id or ()), *ids), urls=(*(url or ()), *addresses), sites=site or ())
    if not asked:
        raise UsageError("nothing to forget", hint="give --url, --site, --id or --file")
    done = take_out(corpus, asked)
    typer.echo(
        f"forgotten: {done.documents:,} documents, {done.copies:,} copies, {done.quarantined:,} rows of quarantine;"
        f" {len(done.elected):,} copies came in their place",
        err=True,
    )
    for name in done.files:
        typer.echo(f"written again: {name}", err=True)
    beside = [path for end in ("report.html", "review") if (path := _beside(corpus, end)).exists()]
    for path in beside:
        typer.echo(f"may hold them still: {path}; delete it, or make it again", err=True)
    typer.echo("releases that were published hold them until they are published again", err=True)
    for name in done.traces:
        typer.echo(f"still there: {corpus / name}; it is no file of the build, delete it", err=True)
    if done.traces:
        raise typer.Exit(1)


def _beside(corpus: Path, end: str) -> Path:
    """Return where `curator report` and `curator review` write if not told otherwise."""
    return corpus.resolve().with_name(f"{corpus.resolve().name}.{end}")


def _lines(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path), hint="one address or id a line") from None
