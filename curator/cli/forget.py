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
    typer.echo("pages that curator report wrote, and releases that were published, hold them still", err=True)


def _lines(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path), hint="one address or id a line") from None
