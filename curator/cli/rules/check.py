"""`curator rules check`: does a rule file hold?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["check"]


def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Rule files and folders; the shipped ones if not given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Say whether rules work, and how to mend those that do not; exit 1 where there is a finding.

    Example: [bold]curator rules check rules/lang/id.toml[/bold]
    """
    from curator.rules.check.run import check_rules
    from curator.rules.load import shipped_rules_dir

    count, findings = check_rules(paths or [shipped_rules_dir()])
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            typer.echo(f"{finding.path}:{finding.line}: {finding.level} {finding.code}: {finding.message}")
            if finding.hint:
                typer.echo(f"    try: {finding.hint}")
    typer.echo(f"{count} rules, {len(findings)} findings", err=True)
    if findings:
        raise typer.Exit(1)
