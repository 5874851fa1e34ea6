"""`curator clean`: one article."""

from __future__ import annotations

import enum
import gc
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from curator.errors import InputError, UsageError

__all__ = ["clean"]


class KindOption(enum.StrEnum):
    """What the input is."""

    HTML = "html"
    TEXT = "text"


class TitleOption(enum.StrEnum):
    """What becomes of the headline."""

    KEEP = "keep"
    DROP = "drop"


class TextOption(enum.StrEnum):
    """What a text is."""

    AUTO = "auto"
    MAIN = "main"
    PAGE = "page"


def clean(
    path: Annotated[
        str, typer.Argument(help="A file with one article, HTML or text; - for standard input.", show_default=False)
    ],
    kind: Annotated[
        KindOption | None, typer.Option(help="Say what it is, instead of having it told by its content.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Where it came from; rules for one site need it.")] = None,
    lang: Annotated[str | None, typer.Option(help="Its language (BCP 47), instead of having it detected.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Its encoding, where it is not UTF-8 and does not say.")] = None,
    rules: Annotated[
        list[Path] | None, typer.Option(help="Rule file or folder to add to the shipped rules. Repeatable.")
    ] = None,
    select: Annotated[
        list[str] | None, typer.Option(help="Use only rules whose id begins so, or fits: *.line.ad. Repeatable.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(help="Leave out rules whose id begins so, or fits: *.span.dateline. Repeatable.")
    ] = None,
    preview: Annotated[bool, typer.Option(help="Use experimental rules too.")] = False,
    title: Annotated[
        TitleOption, typer.Option(help="Keep the headline (once) or drop it from the text.")
    ] = TitleOption.KEEP,
    text: Annotated[
        TextOption, typer.Option(help="What a text is: main text, a whole page with its menus, or told by its lines.")
    ] = TextOption.AUTO,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print text, metadata, language, verdict and removals as JSON.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print the whole text with what went marked, rule id in the margin.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Print a table of what went, by rule.")] = False,
    as_html: Annotated[
        bool, typer.Option("--html", help="Print one self-contained HTML page: the text, what went marked, by rule.")
    ] = False,
) -> None:
    """Clean one article; the cleaned text goes to standard output.

    Example: [bold]curator clean article.html --url https://news.example/a/1 --diff[/bold]
    """
    gc.disable()  # one article and out: collecting garbage while tables load takes a quarter of the time
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy starts threads that have nothing to do here
    from curator.cleaner import Cleaner
    from curator.document import Document
    from curator.extract.decode import decode
    from curator.rules.load import load_rules
    from curator.settings import CleanSettings

    if sum((as_json, diff, explain, as_html)) > 1:
        raise UsageError("--json, --diff, --explain and --html exclude each other", hint="give one of them")
    settings = CleanSettings(title=title.value, text=text.value)
    where = "standard input" if path == "-" else path
    raw = _read(path, settings.max_bytes)
    wished = rules or select or ignore or preview  # else only the rules for the article's language are loaded
    chosen = load_rules(*rules or (), select=select or (), ignore=ignore or (), preview=preview) if wished else None
    cleaner = Cleaner(chosen, settings)
    content = decode(raw, encoding=encoding, where=where) if encoding and len(raw) <= settings.max_bytes else raw
    cleaned = cleaner.clean(Document(where, content, kind.value if kind else None, where, url=url, language=lang))

    if as_json:
        from curator.report import explain as report

        _print(json.dumps(report.as_json(cleaned), ensure_ascii=False, indent=2))
    elif as_html:
        from curator.report.corpus import article_page

        _print(article_page(where, cleaned, {rule.id: rule.title for rule in (chosen or load_rules()).rules}))
    elif diff or explain:
        from rich.console import Console

        from curator.report import explain as report

        console = Console(soft_wrap=diff, width=None if sys.stdout.isatty() else 160)
        titles = {rule.id: rule.title for rule in (chosen or load_rules()).rules} if explain else {}
        for shown in report.diff(cleaned) if diff else [report.rule_table(cleaned, titles)]:
            console.print(shown)
    elif cleaned.text:
        _print(cleaned.text)
    _judge(where, cleaned.verdict.reason, cleaned.verdict.detail, nothing=not cleaned.text)


def _read(path: str, limit: int) -> bytes:
    """Return the bytes of a file or of standard input, one byte over the limit at most."""
    if path == "-":
        return sys.stdin.buffer.read(limit + 1)
    file = Path(path)
    if file.is_dir():
        raise InputError("this is a folder", where=path, hint=f"curator build {path} --out corpus")
    try:
        with file.open("rb") as stream:
            return stream.read(limit + 1)
    except FileNotFoundError:
        raise InputError("no such file", where=path, hint="check the path; - reads standard input") from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=path, hint="check its permissions") from None


def _print(text: str) -> None:
    """Write to standard output in UTF-8 whatever the locale says."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def _judge(where: str, reason: str, detail: str, *, nothing: bool) -> None:
    """Say on stderr what is remarkable about the document, and end with its exit code."""
    if reason in ("empty", "too-large"):
        hint = "give a text or a page" if reason == "empty" else "split it, or build a corpus with clean.max_bytes set"
        raise InputError(detail, where=where, hint=hint)
    if reason:
        typer.echo(f"note: {where}: {reason}: {detail}", err=True)
    if nothing:
        raise typer.Exit(1)
