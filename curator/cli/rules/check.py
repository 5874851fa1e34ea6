"""`curator rules check`: does a rule file hold?"""

from __future__ import annotations

import enum
import sys
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.errors import CuratorError, UsageError

if TYPE_CHECKING:
    from curator.rules.check.finding import Finding
    from curator.rules.check.run import Wishes

__all__ = ["check"]


class FormatOption(enum.StrEnum):
    """How findings are printed."""

    RICH = "rich"
    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"


def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Rule files and folders; the shipped ones if not given.")
    ] = None,
    form: Annotated[
        FormatOption | None,
        typer.Option("--format", help="How to print; rich on a terminal, else text, if not given."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for warnings and hints too.")] = False,
    changed_only: Annotated[
        bool, typer.Option("--changed-only", help="Only findings about files that git says changed since --base.")
    ] = False,
    base: Annotated[str | None, typer.Option(help="The commit to compare with, HEAD if not given.")] = None,
    update_lock: Annotated[
        bool, typer.Option("--update-lock", help="Add the ids of new rules to ids.lock first.")
    ] = False,
    sample: Annotated[
        Path | None, typer.Option(help="Folder of raw texts; rules that fire on none are reported (R040).")
    ] = None,
    labelled: Annotated[
        Path | None, typer.Option(help="File of labelled texts; rules that take content are reported (R050, R052).")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="What `curator rules eval --json` printed before: only worse is reported.")
    ] = None,
) -> None:
    """Say whether rules work, and how to mend those that do not; exit 1 where one does not.

    Example: [bold]curator rules check rules/lang/id.toml[/bold]
    """
    from curator.rules.check.run import Wishes

    for option, value, needs, other in (
        ("--base", base, "--changed-only", changed_only),
        ("--baseline", baseline, "--labelled", labelled),
    ):
        if value and not other:
            raise UsageError(f"{option} goes with {needs}", where=option, hint=f"give {needs} too")
    if as_json and form not in (None, FormatOption.JSON):
        raise UsageError("--json and --format exclude each other", where="--json", hint="give one of them")
    since = (base or "HEAD") if changed_only else None
    wishes = Wishes(since, update_lock=update_lock, sample=sample, labelled=labelled, baseline=baseline)
    count, findings = _run(paths, wishes)
    default = FormatOption.RICH if sys.stdout.isatty() else FormatOption.TEXT
    _print(findings, FormatOption.JSON if as_json else form or default)
    levels = Counter(finding.level for finding in findings)
    counts = ((levels["error"], "error"), (levels["warning"], "warning"), (levels["hint"], "hint"))
    shown = ", ".join(f"{number} {name}{'' if number == 1 else 's'}" for number, name in counts if number)
    typer.echo(f"{count} rules, {len(findings)} findings" + (f": {shown}" if shown else ""), err=True)
    if levels["error"] or (strict and findings):
        raise typer.Exit(1)


def _run(paths: Sequence[Path] | None, wishes: Wishes) -> tuple[int, list[Finding]]:
    """Check; a fault of the check itself ends with 3, so that CI does not take it for a finding."""
    from curator.rules.check.run import check_rules
    from curator.rules.load import shipped_rules_dir

    try:
        return check_rules(paths or [shipped_rules_dir()], wishes)
    except CuratorError:
        raise
    except Exception as error:
        traceback.print_exc()
        raise typer.Exit(3) from error


def _print(findings: Sequence[Finding], form: FormatOption) -> None:
    from curator.rules.check.formats import FORMATS, as_rich

    if form is FormatOption.RICH:
        from rich.console import Console

        console = Console(soft_wrap=True)
        for text in as_rich(findings):
            console.print(text)
    else:
        printed = FORMATS[form.value](findings)
        if printed:
            sys.stdout.buffer.write(printed.encode("utf-8", "replace") + b"\n")
            sys.stdout.buffer.flush()
