"""`curator rules mine`: rules from the lines that repeat in a corpus."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from curator.mining import MinedPack

__all__ = ["mine"]

_EXAMPLES, _EXAMPLE_LENGTH = 3, 30


class By(enum.StrEnum):
    """What the rules are for."""

    SITE = "site"
    LANGUAGE = "language"


class SiteFromOption(enum.StrEnum):
    """What tells the site of a document."""

    URL = "url"
    FOLDER = "folder"


def mine(
    corpus: Annotated[
        list[Path], typer.Argument(help="Files and folders: .txt .html .jsonl(.gz .zst) .parquet", show_default=False)
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for a rule file per site; else standard output.")
    ] = None,
    min_documents: Annotated[int, typer.Option(min=1, help="A line must be on so many pages of its site,")] = 3,
    min_share: Annotated[float, typer.Option(min=0, max=1, help="and on this share of them.")] = 0.1,
    by: Annotated[By, typer.Option(help="Rules for each site, or for all sites of a language.")] = By.SITE,
    min_sites: Annotated[int, typer.Option(min=2, help="With --by language: a line must be on so many sites.")] = 3,
    whole_page: Annotated[
        bool, typer.Option("--whole-page", help="Take all text of an HTML page, not only its article.")
    ] = False,
    site_from: Annotated[
        SiteFromOption, typer.Option(help="The site: the row's, else its URL's host; or the folder of the file.")
    ] = SiteFromOption.URL,
    force: Annotated[bool, typer.Option("--force", help="Write over rule files that are there.")] = False,
) -> None:
    """Propose rules for lines that repeat on the pages of a site and belong to none of its articles.

    The rules are experimental: read them, then try them with [bold]curator clean --preview --rules[/bold].

    Example: [bold]curator rules mine articles/ --whole-page --out my-rules[/bold]
    """
    from curator.mining import count_corpus, mine_languages, mine_sites, packs_to_toml, write_packs
    from curator.rules.mine import Thresholds

    found = count_corpus(corpus, whole_page=whole_page, site_from=site_from.value, with_languages=by is By.LANGUAGE)
    if by is By.LANGUAGE:
        packs = mine_languages(found, sites=min_sites)
    else:
        packs = mine_sites(found, Thresholds(min_documents, min_share))
    files = write_packs(packs, out, force=force) if out else []
    if not out:
        typer.echo(packs_to_toml(packs), nl=False)
    _report(packs, by.value, found.passed_over)
    if out:
        typer.echo(f"{len(files)} rule files in {out}", err=True)


def _report(packs: Sequence[MinedPack], by: str, passed_over: Mapping[str, int]) -> None:
    """Say on stderr what was found where, the most rules first."""
    shown = sorted((pack for pack in packs if pack.rules), key=lambda pack: (-len(pack.rules), pack.name))
    if shown:
        typer.echo(f"{by:<28} documents   rules  of all lines  examples", err=True)
    for pack in shown:
        examples = " · ".join(rule.match[0][:_EXAMPLE_LENGTH] for rule in pack.rules[:_EXAMPLES])
        numbers = f"{pack.documents:>9,} {len(pack.rules):>7,} {pack.covered:>13.1%}"
        typer.echo(f"{pack.name:<28} {numbers}  {examples}", err=True)
    if len(packs) > len(shown):
        typer.echo(f"{len(packs) - len(shown):,} more without a line that repeats safely", err=True)
    if passed_over:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(passed_over.items()))
        typer.echo(f"documents passed over: {reasons}", err=True)
    if "no-site" in passed_over:
        typer.echo("documents need a site: a field `site` or `url`, or --site-from folder", err=True)
