"""`curator report`: a page about a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["report"]


def report(
    corpus: Annotated[Path, typer.Argument(help="The folder of a finished build.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The page; CORPUS.report.html beside the corpus if not given.")
    ] = None,
) -> None:
    """Write one HTML page about a corpus: figures, documents before and after, clusters, quarantine.

    The page loads nothing and works from a file. It holds texts of the corpus, so it lies beside the corpus.

    Example: [bold]curator report corpus --out report.html[/bold]
    """
    from curator.pages.page import write_page
    from curator.report.corpus import corpus_page
    from curator.rules.load import load_rules

    target = out or corpus.resolve().with_name(f"{corpus.resolve().name}.report.html")
    titles = {rule.id: rule.title for rule in load_rules().rules}
    write_page(target, corpus_page(corpus, titles))
    typer.echo(f"report: {target}", err=True)
