"""`curator review`: removals looked at by a person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.errors import UsageError

if TYPE_CHECKING:
    from curator.review.server import ReviewServer

__all__ = ["review"]


def review(
    corpus: Annotated[Path, typer.Argument(help="The folder of a finished build.", show_default=False)],
    marks: Annotated[
        Path | None,
        typer.Option(help="Folder of the marks; CORPUS.review beside the corpus if not given. It is gone on with."),
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="Removals to look at.")] = 500,
    rule: Annotated[list[str] | None, typer.Option(help="Only removals by this rule. Repeatable.")] = None,
    site: Annotated[list[str] | None, typer.Option(help="Only of this site. Repeatable.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="Only in this language. Repeatable.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on; 0 for any that is free.")] = 0,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    export: Annotated[
        Path | None,
        typer.Option(help="Serve nothing; write what was marked: labelled.jsonl, known-fp.toml, keep-examples.toml."),
    ] = None,
) -> None:
    """Go through removals of a corpus and mark them right or wrong, on a page that only this machine can open.

    Each mark is on the disk before the next removal is shown. With --export the marks become labelled examples for
    [bold]curator rules eval[/bold], and proposals for rule files.

    Example: [bold]curator review corpus --rule en.line.read-also[/bold]
    """
    folder = marks or corpus.resolve().with_name(f"{corpus.resolve().name}.review")
    if export:
        if rule or site or language:
            raise UsageError("an export has all marks", where="--export", hint="leave --rule, --site, --language out")
        _export(corpus, folder, export)
        return
    from curator.review.open import open_review
    from curator.review.removals import Wanted
    from curator.review.server import ReviewServer
    from curator.rules.load import load_rules

    wanted = Wanted(count, rule or (), site or (), language or ())
    titles = {one.id: one.title for one in load_rules(preview=True).rules}
    with ReviewServer(open_review(corpus, folder, wanted, titles), port) as server:
        _serve(server, open_page)


def _serve(server: ReviewServer, open_page: bool) -> None:
    import webbrowser

    marks = server.review.marks
    typer.echo(server.address)
    typer.echo(f"marks: {marks.path}; end with Ctrl-C", err=True)
    if open_page:
        webbrowser.open(server.address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        typer.echo("\n" + ", ".join(f"{number:,} {name}" for name, number in marks.counts().items()), err=True)


def _export(corpus: Path, marks: Path, folder: Path) -> None:
    from curator.review.export import export_marks

    done = export_marks(corpus, marks, folder)
    typer.echo(
        f"{done.documents:,} labelled documents, {done.proposals:,} proposals for rule files"
        f" of {done.right:,} right and {done.wrong:,} wrong marks",
        err=True,
    )
    for why, number in done.left_out.items():
        typer.echo(f"not in labelled.jsonl: {number:,} {why}", err=True)
    for path in done.files:
        typer.echo(str(path))
