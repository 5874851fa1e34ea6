"""The entry point of `curator` and `article-curator`."""

from __future__ import annotations

import os
import sys
import warnings
from typing import Annotated, Any

import typer

from curator.cli.build import build
from curator.cli.clean import clean
from curator.cli.dedup import dedup
from curator.cli.diff import diff
from curator.cli.doctor import doctor
from curator.cli.eval import evaluate
from curator.cli.forget import forget
from curator.cli.init import init
from curator.cli.publish import publish
from curator.cli.report import report
from curator.cli.review import review
from curator.cli.rules import app as rules
from curator.errors import CuratorError

__all__ = ["app", "main"]

_HELP = """Raw scraped articles in; a cleaned, deduplicated corpus out, with a ledger of every removal.

First steps: [bold]curator clean article.txt[/bold], [bold]curator build articles/ --out corpus[/bold],
[bold]curator rules check[/bold]
"""

app = typer.Typer(
    name="curator",
    help=_HELP,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"article-curator {version('article-curator')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


_SHOW_WARNING = warnings.showwarning

app.command()(clean)
app.command()(build)
app.command()(init)
app.command()(report)
app.command()(review)
app.command()(diff)
app.command()(forget)
app.command()(publish)
app.command()(dedup)
app.command("eval")(evaluate)
app.command()(doctor)
app.add_typer(rules, name="rules")


def _show_warning(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
    """Print this package's warnings as notes; they concern settings, not code."""
    if category.__module__.startswith("curator."):
        typer.echo(f"note: {message}", err=True)
    else:
        _SHOW_WARNING(message, category, *place, **more)


def main() -> None:
    """Run the command line; turn this package's errors into a message and their exit code."""
    warnings.showwarning = _show_warning
    try:
        app()
    except SystemExit as ended:
        if sys.argv[1:2] == ["clean"] and isinstance(ended.code, int):
            # To free rules and language profiles one by one takes a fifth of the time of one article.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(ended.code)
        raise
    except CuratorError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output has gone (`curator … | head`); point stdout elsewhere so that its closing is quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
