"""`curator rules try`: what would the rules of a file remove from texts?"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from curator.document import Cleaned, Document
    from curator.rules.ruleset import RuleSet

__all__ = ["try_rule"]

_CONTEXT = 3  # lines shown above and below a removal, as in a diff
_IDLE = 8  # rules that took nothing are named if they are no more


@dataclass(slots=True)
class _Tally:
    """What rules took so far: spans, characters and documents by rule id."""

    documents: int = 0
    touched: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    in_documents: Counter[str] = field(default_factory=Counter)

    def add(self, cleaned: Cleaned) -> None:
        self.documents += 1
        self.touched += bool(cleaned.removals)
        for removal in cleaned.removals:
            self.hits[removal.rule] += 1
            self.characters[removal.rule] += len(removal.text)
        self.in_documents.update({removal.rule for removal in cleaned.removals})


def try_rule(
    rule_file: Annotated[Path, typer.Argument(help="A rule file, or a folder of them.", show_default=False)],
    inputs: Annotated[
        list[str],
        typer.Argument(help="Texts and pages: files and folders; - for standard input.", show_default=False),
    ],
    with_shipped: Annotated[
        bool,
        typer.Option(
            "--with-shipped/--alone", help="Run the shipped rules too, as a build would; or only this file's."
        ),
    ] = False,
    lang: Annotated[
        str | None, typer.Option(help="The language of the texts (BCP 47), where they do not say; else it is detected.")
    ] = None,
    site: Annotated[
        str | None, typer.Option(help="The host the texts come from, where they do not say; rules of a site need it.")
    ] = None,
) -> None:
    """Show what the rules of a file, experimental ones too, would remove: the lines around each removal, and a table.

    Example: [bold]curator rules try rules/lang/id.toml articles/[/bold]
    """
    from rich.console import Console

    from curator.cleaner import Cleaner
    from curator.errors import InputError
    from curator.rules.load import load_rules
    from curator.settings import CleanSettings

    tried = load_rules(rule_file, preview=True, shipped=False)
    rules = _with_shipped(tried) if with_shipped else tried
    # No guard, no least length, no line model: a snippet typed in must show what the rules do to it.
    cleaner, tally = Cleaner(rules, CleanSettings(max_share=1.0, min_words=0, text="main")), _Tally()
    console = Console(soft_wrap=True, width=None if sys.stdout.isatty() else 160)
    for document in _documents(inputs):
        try:
            known = replace(document, language=document.language or lang, site=document.site or site)
            cleaned = cleaner.clean(known)
        except InputError as error:
            typer.echo(f"note: {error}", err=True)
            continue
        tally.add(cleaned)
        for note in _notes(cleaned, tried):
            typer.echo(f"note: {document.origin}: {note}", err=True)
        if cleaned.removals:
            console.rule(document.origin, align="left")
        for line in _around_removals(cleaned):
            console.print(line)
    console.print(_table(tried, tally))
    typer.echo(f"documents: {tally.documents}, changed: {tally.touched}", err=True)


def _with_shipped(tried: RuleSet) -> RuleSet:
    """Return the shipped rules with the tried ones, which take the place of those with their ids."""
    from curator.rules.load import load_rules
    from curator.rules.ruleset import RuleSet

    ids = {rule.id for rule in tried.rules}
    return RuleSet([*tried.rules, *(rule for rule in load_rules().rules if rule.id not in ids)])


def _documents(inputs: Sequence[str]) -> Iterator[Document]:
    """Yield the documents of the inputs; what cannot be read is named on stderr."""
    from curator.document import Document, Failure
    from curator.sources import read_split
    from curator.sources.find import find, plan_splits

    if "-" in inputs:
        yield Document("standard input", sys.stdin.buffer.read(), origin="standard input")
    paths = [name for name in inputs if name != "-"]
    for split in plan_splits(find(paths).files if paths else (), documents=100):
        for found in read_split(split):
            if isinstance(found, Failure):
                typer.echo(f"note: {found.origin}: {found.reason}: {found.detail}", err=True)
            else:
                yield found


def _notes(cleaned: Cleaned, tried: RuleSet) -> Iterator[str]:
    """Yield what the diff does not show: why nothing was done, or that a build would do nothing."""
    from curator.language import understood_by
    from curator.settings import CleanSettings

    if cleaned.verdict.reason and not cleaned.removals:
        yield f"{cleaned.verdict.reason}: {cleaned.verdict.detail}"
    off = {rule.lang for rule in tried.rules if rule.lang and not understood_by(cleaned.language, rule.lang)}
    if off and not cleaned.removals:
        yield f"looks like {cleaned.language}, so rules for {', '.join(sorted(off))} were off; --lang says what it is"
    limit = CleanSettings().max_share
    before, after = (len("".join(text.split())) for text in (cleaned.repaired, cleaned.text))
    if before - after > limit * before:
        yield f"a build would leave it untouched: rules take more than clean.max_share = {limit} of it"


def _around_removals(cleaned: Cleaned) -> Iterator[Text]:
    """Yield the marked lines of an article that are near a removal, with a mark where others are left out."""
    from rich.text import Text

    from curator.report.explain import diff

    lines = list(diff(cleaned))
    near = _near(number for number, line in enumerate(lines) if not line.plain.startswith(" "))
    shown = sorted(near.intersection(range(len(lines))))
    for before, number in zip([-1, *shown], shown, strict=False):
        if 0 <= before < number - 1:
            yield Text("⋯", style="dim")
        yield lines[number]


def _near(numbers: Iterable[int]) -> set[int]:
    return {near for number in numbers for near in range(number - _CONTEXT, number + _CONTEXT + 1)}


def _table(tried: RuleSet, tally: _Tally) -> Table:
    """Return a table of the rules that took something and of the tried ones, the hungriest first.

    Of many tried rules those that took nothing are one line.
    """
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("rule")
    for name in ("hits", "characters", "documents"):
        table.add_column(name, justify="right")
    idle = sorted({rule.id for rule in tried.rules} - set(tally.hits))
    named = idle if len(idle) <= _IDLE else []
    for rule in [*sorted(tally.hits, key=lambda rule: (-tally.characters[rule], rule)), *named]:
        counts = (tally.hits[rule], tally.characters[rule], tally.in_documents[rule])
        table.add_row(rule, *(f"{count:,}" for count in counts))
    if len(idle) > _IDLE:
        table.add_row(f"{len(idle)} other rules of the file", "0", "0", "0", style="dim")
    return table
