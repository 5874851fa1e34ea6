"""`curator build`: a corpus."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.cli.clean import TextOption

if TYPE_CHECKING:
    from curator.corpus import BuildResult
    from curator.settings import Settings

__all__ = ["build"]


class ExecutorOption(StrEnum):
    """Who does the work."""

    local = "local"
    dask = "dask"
    ray = "ray"


class LogOption(StrEnum):
    """What is said on the way."""

    auto = "auto"
    plain = "plain"
    json = "json"


def build(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files, folders, URLs: .txt .html .jsonl(.gz .zst) .parquet .arrow .warc .wet(.gz) .zip .tar(.gz)",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for the corpus: new, empty, or begun by the same command."),
    ] = None,
    executor: Annotated[
        ExecutorOption | None,
        typer.Option(
            help="Who does the work: processes here (local), a Dask or a Ray cluster. Same bytes.", show_default="local"
        ),
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="Of a running cluster: tcp://host:8786 (Dask), auto or host:6379 (Ray).")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", min=1, help="Tasks at once; one per processor if not given.")
    ] = None,
    memory: Annotated[
        str | None,
        typer.Option(
            help="Limit of all processes together, as 8GB: DuckDB uses the disk beyond its share, a document that takes"
            " more is set aside. Linux only.",
            show_default="9/10 of the machine",
        ),
    ] = None,
    settings: Annotated[Path | None, typer.Option(help="Settings file (TOML).")] = None,
    rules: Annotated[
        list[Path] | None, typer.Option(help="Rule file or folder to add to the shipped rules. Repeatable.")
    ] = None,
    select: Annotated[
        list[str] | None, typer.Option(help="Use only rules whose id begins so, or fits: *.line.ad. Repeatable.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(help="Leave out rules whose id begins so, or fits: *.span.dateline. Repeatable.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Use experimental rules too.")] = False,
    templates: Annotated[
        Path | None, typer.Option(help="templates.toml of an earlier build, instead of counting lines by site again.")
    ] = None,
    tombstones: Annotated[
        Path | None, typer.Option(help="An earlier corpus, or its tombstones.jsonl: what is not to be in this one.")
    ] = None,
    after: Annotated[
        Path | None,
        typer.Option(help="An earlier corpus: what was in it keeps its place, so that a release sends little again."),
    ] = None,
    no_templates: Annotated[
        bool, typer.Option("--no-templates", help="Leave lines alone that repeat on the pages of one site.")
    ] = False,
    text: Annotated[
        TextOption | None,
        typer.Option(help="What texts are: main text, whole pages with their menus, or told by their lines (auto)."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Build from the first so many documents only.")] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Build from about so many documents, taken from all over the inputs.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be read and about how long it would take; write nothing.")
    ] = False,
    status: Annotated[Path | None, typer.Option(help="Say how far the build in this folder is, and no more.")] = None,
    upload: Annotated[
        str | None,
        typer.Option(help="Copy the finished corpus to a URL that fsspec knows: s3://bucket/corpus."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Start over where the folder holds another build.")] = False,
    log: Annotated[
        LogOption, typer.Option(help="Progress on standard error: bars on a terminal (auto), plain lines, JSON lines.")
    ] = LogOption.auto,
    as_json: Annotated[bool, typer.Option("--json", help="Print the funnel as JSON to standard output.")] = False,
) -> None:
    """Build a corpus that [bold]datasets.load_dataset[/bold] opens, with a ledger of every removal.

    Killed or interrupted, the same command goes on where it stopped.

    Example: [bold]curator build articles/ more.jsonl.gz --out corpus[/bold]
    """
    from curator.corpus import build as build_corpus
    from curator.delivery import deliver, destination
    from curator.errors import UsageError
    from curator.progress import reporter_for
    from curator.settings import Settings

    if status is not None:
        _say_status(status, as_json=as_json)
        return
    if not inputs or (out is None and not dry_run):
        missing = "an input" if not inputs else "--out"
        raise UsageError(f"{missing} is missing", hint="curator build articles/ --out corpus")
    chosen = Settings.from_toml(settings) if settings else Settings()
    # What is given here comes on top of what the settings file says.
    wishes = {
        "add": (*chosen.rules.add, *map(str, rules or ())),
        "select": (*chosen.rules.select, *(select or ())),
        "ignore": (*chosen.rules.ignore, *(ignore or ())),
        "preview": chosen.rules.preview or preview,
    }
    chosen = chosen.model_copy(update={"rules": chosen.rules.model_copy(update=wishes)})
    if no_templates:
        chosen = chosen.model_copy(update={"templates": chosen.templates.model_copy(update={"enabled": False})})
    if text:
        chosen = chosen.model_copy(update={"clean": chosen.clean.model_copy(update={"text": text.value})})
    run = {"executor": executor and executor.value, "address": address, "workers": workers, "memory": memory}
    given = {name: wish for name, wish in run.items() if wish is not None}
    chosen = chosen.model_copy(update={"run": chosen.run.model_copy(update=given)})
    amount = {"limit": limit or chosen.limit, "sample": sample or chosen.sample}
    chosen = chosen.model_copy(update=amount).checked()
    if dry_run or out is None:
        _say_estimate(inputs, chosen, out, as_json=as_json)
        return
    if upload:
        destination(upload)  # said now, not after hours
    try:
        result = build_corpus(
            inputs,
            out,
            chosen,
            templates=templates,
            tombstones=tombstones,
            after=after,
            force=force,
            reporter=reporter_for(log=log.value),
        )
    except KeyboardInterrupt:
        typer.echo("\ninterrupted: the same command goes on where this one stopped", err=True)
        raise typer.Exit(130) from None
    copied = deliver(result.out, upload) if upload else 0
    if log is LogOption.json:
        end = {"event": "finished", "out": str(out), "resumed": result.resumed, "funnel": asdict(result.funnel)}
        typer.echo(json.dumps(end, ensure_ascii=False), err=True)
    else:
        _say_result(result, out)
        if upload:
            typer.echo(f"{copied} files copied to {upload}" if copied else f"already there: {upload}", err=True)
    if as_json:
        typer.echo(json.dumps(asdict(result.funnel), ensure_ascii=False, indent=2))


def _say_result(result: BuildResult, out: Path) -> None:
    from rich.console import Console

    from curator.funnel import funnel_lines

    console = Console(stderr=True, soft_wrap=True)
    if result.resumed:
        console.print("nothing to do: this build is finished")
    console.print()
    for step, documents, remark in funnel_lines(result.funnel):
        console.print(f"  {step:<13}{documents:>10,}  [dim]{remark}[/dim]", highlight=False)
    if found := result.manifest.templates:
        remark = f"template lines of {found['sites']:,} sites, {found['characters_removed']:,} characters"
        console.print(f"  {'templates':<13}{found['rules']:>10,}  [dim]{remark}[/dim]", highlight=False)
    console.print(f"\ncorpus: {out}", highlight=False)


def _say_status(folder: Path, *, as_json: bool) -> None:
    from curator.status import status_lines, status_of

    found = status_of(folder)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
        return
    for step, remark in status_lines(found):
        typer.echo(f"  {step:<13}{remark}")


def _say_estimate(inputs: list[str], settings: Settings, out: Path | None, *, as_json: bool) -> None:
    from curator.estimate import estimate, estimate_lines
    from curator.executors.choose import chosen_workers

    found = estimate(inputs, settings, outside=out.resolve() if out else None)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
        return
    for what, remark in estimate_lines(found, chosen_workers(settings.run)):
        typer.echo(f"  {what:<13}{remark}")
