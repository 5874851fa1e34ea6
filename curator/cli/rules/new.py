"""`curator rules new`: a new rule, from options or from answers."""

from __future__ import annotations

import enum
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from curator.errors import UsageError

__all__ = ["new"]


_NEEDED = ("slug", "title", "match", "keep")


class KindOption(enum.StrEnum):
    """What the rule takes out."""

    LINE = "line"
    SPAN = "span"
    BLOCK = "block"


def new(
    slug: Annotated[str | None, typer.Option(help="Last part of the id: baca-juga, or tail.editor.")] = None,
    title: Annotated[str | None, typer.Option(help="What the rule takes, in one line.")] = None,
    lang: Annotated[str | None, typer.Option(help="The language it is for (BCP 47).")] = None,
    site: Annotated[str | None, typer.Option(help="The site it is for: a host, like news.example.")] = None,
    file: Annotated[
        str | None, typer.Option(help="The pack, below the rules folder; found from --lang or --site if not given.")
    ] = None,
    kind: Annotated[KindOption | None, typer.Option(help="What it takes out; line if not given.")] = None,
    is_: Annotated[list[str] | None, typer.Option("--is", help="The whole line. Repeatable.")] = None,
    starts: Annotated[list[str] | None, typer.Option(help="How the line begins. Repeatable.")] = None,
    ends: Annotated[list[str] | None, typer.Option(help="How the line ends. Repeatable.")] = None,
    has: Annotated[list[str] | None, typer.Option(help="What the line has in it. Repeatable.")] = None,
    patterns: Annotated[
        list[str] | None, typer.Option("--any", help="RE2 pattern, where literals cannot say it. Repeatable.")
    ] = None,
    none: Annotated[list[str] | None, typer.Option(help="RE2 pattern that calls the match off. Repeatable.")] = None,
    where: Annotated[str, typer.Option(help="Place, as in a rule file: 'last = 20'.")] = "",
    when: Annotated[str, typer.Option(help="Shape, as in a rule file: 'max_words = 8, sentence = false'.")] = "",
    until: Annotated[str | None, typer.Option(help="Where a block ends: end, blank or prose.")] = None,
    into: Annotated[str | None, typer.Option(help="Keep what goes as this metadata field.")] = None,
    note: Annotated[str | None, typer.Option(help="Why the rule is as it is.")] = None,
    match: Annotated[list[str] | None, typer.Option(help="A line it must take. Repeatable.")] = None,
    keep: Annotated[list[str] | None, typer.Option(help="A similar line that must stay. Repeatable.")] = None,
    folder: Annotated[Path, typer.Option("--dir", help="The rules folder.")] = Path("rules"),
) -> None:
    """Write a new experimental rule into its pack and try it on its examples; asks for what is missing at a terminal.

    Example: [bold]curator rules new --lang id --slug promo --title "House advertisement" --starts "promo:"
    --match "Promo: diskon 50 persen" --keep "Promo itu berakhir kemarin."[/bold]
    """
    from curator.rules.draft import MATCHERS, conditions, draft_rule

    fields: dict[str, Any] = {
        "title": title,
        "note": note,
        "kind": kind.value if kind else None,
        "action": "extract" if into else "drop",
        "into": into,
        "until": until,
        "where": conditions(where, "where"),
        "when": conditions(when, "when"),
        **dict(zip(MATCHERS, (is_, starts, ends, has, patterns), strict=True)),
        "none": none,
        "match": match,
        "keep": keep,
    }
    scope = {"lang": lang, "site": site, "file": file}
    if sys.stdin.isatty() and (_missing(slug, fields) or not any(scope.values())):
        slug = _ask(slug, fields, scope)
    if slug is None or _missing(slug, fields):
        hint = "give them all, or run curator rules new at a terminal and it asks"
        raise UsageError(f"not given: {'; '.join(_missing(slug, fields))}", hint=hint)
    fields["kind"] = fields["kind"] or KindOption.LINE.value
    drafted = draft_rule(folder, slug, fields, **scope)
    typer.echo(f"{drafted.path}:{drafted.line}: {drafted.rule}")
    for finding in drafted.findings:
        typer.echo(f"{finding.path}:{finding.line}: {finding.level} {finding.code}: {finding.message}")
        typer.echo(f"    try: {finding.hint}")
    if drafted.findings:
        typer.echo("the rule is written; mend it in the file, then run curator rules check on it", err=True)
        raise typer.Exit(1)
    typer.echo(f"see it work: curator rules try {drafted.path} ARTICLE", err=True)


def _missing(slug: str | None, fields: dict[str, Any]) -> list[str]:
    """Return the options for what a rule cannot do without and does not have."""
    from curator.rules.draft import MATCHERS

    missing = [f"--{name}" for name, value in {"slug": slug, **fields}.items() if name in _NEEDED and not value]
    if not any(fields[name] for name in MATCHERS):
        missing.append("one of " + ", ".join(f"--{name}" for name in MATCHERS))
    return missing


def _ask(slug: str | None, fields: dict[str, Any], scope: dict[str, str | None]) -> str:
    """Fill in what was not given from answers; return the slug."""
    from curator.rules.draft import MATCHERS, UNTIL

    if not any(scope.values()):
        scope["lang"] = _answer("Language code, like id (empty: for one site, or for all)", default="")
    if not any(scope.values()):
        scope["site"] = _answer("Site, like news.example (empty: for all)", default="")
    if not any(scope.values()):
        scope["file"] = _answer("Pack in the rules folder, like any/structure.toml")
    fields["kind"] = fields["kind"] or _choice("What it takes out", list(KindOption))
    if fields["kind"] == KindOption.BLOCK and not fields["until"]:
        fields["until"] = _choice("Where the block ends", UNTIL)
    slug = slug or _answer("Last part of the id, like promo")
    fields["title"] = fields["title"] or _answer("What it takes, in one line")
    if not any(fields[name] for name in MATCHERS):
        how = _choice("What tells the line: what it", MATCHERS)
        fields[how] = _answers(f"{how} (empty: no more)")
    for name, what in (("match", "A line it must take"), ("keep", "A similar line that must stay")):
        fields[name] = fields[name] or _answers(f"{what} (empty: no more)")
    return slug


def _answer(question: str, default: str | None = None) -> str:
    return str(typer.prompt(question, default=default, show_default=False, err=True))


def _choice(question: str, words: Sequence[str]) -> str:
    while True:
        answer = _answer(f"{question} ({', '.join(words)})")
        if answer in words:
            return answer


def _answers(question: str) -> list[str]:
    return list(iter(lambda: _answer(question, default=""), ""))
