"""`curator rules …`: for those who write rules."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="Check and list rule files.", no_args_is_help=True, rich_markup_mode="rich")


@app.command()
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


@app.command("list")
def list_rules(
    prefix: Annotated[str, typer.Argument(help="Only rules whose id begins so.")] = "",
    rules: Annotated[
        list[Path] | None, typer.Option(help="Rule file or folder to add to the shipped rules. Repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print whole rules as JSON.")] = False,
) -> None:
    """List the rules, one per line: id, kind, status, title.

    Example: [bold]curator rules list id.tail[/bold]
    """
    from curator.rules.load import load_rules

    chosen = sorted(
        (r for r in load_rules(*rules or (), preview=True).rules if r.id.startswith(prefix)), key=lambda r: r.id
    )
    if as_json:
        dumped = [rule.model_dump(mode="json", by_alias=True, exclude_defaults=True) for rule in chosen]
        typer.echo(json.dumps(dumped, ensure_ascii=False, indent=2))
        return
    for rule in chosen:
        typer.echo(f"{rule.id:<36} {rule.kind:<6} {rule.status:<12} {rule.title}")
