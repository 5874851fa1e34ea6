"""`curator dedup`: copies among documents; `curator dedup show`: one cluster of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from curator.dedup.show import Change
    from curator.deduplication import DedupResult
    from curator.settings import Settings

__all__ = ["dedup"]

_SHOW = "show"


def dedup(
    inputs: Annotated[
        list[str],
        typer.Argument(help="Files and folders: .jsonl(.gz .zst) .parquet .txt, or a built corpus", show_default=False),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for clusters.parquet, edges.parquet, documents.parquet.")
    ] = None,
    clean: Annotated[bool, typer.Option("--clean", help="Clean the texts first, as a build does.")] = False,
    jaccard: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Near from this share of common word runs on.", show_default="0.5"),
    ] = None,
    containment: Annotated[
        float | None, typer.Option(min=0, max=1, help="Contained from this share of the shorter.", show_default="0.8")
    ] = None,
    shingle: Annotated[int | None, typer.Option(min=1, help="Words in a run.", show_default="5")] = None,
    drop: Annotated[
        str | None,
        typer.Option(
            help="What goes: of exact,near,contained,story; none keeps all.", show_default="exact,near,contained"
        ),
    ] = None,
    prefer: Annotated[
        list[str] | None, typer.Option(help="A site whose copy stays; the first given counts most. Repeatable.")
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(help="Then which copy stays: of longest,earliest,indexed.", show_default="longest,earliest"),
    ] = None,
    scope: Annotated[str | None, typer.Option(help="across-sites or within-site.", show_default="across-sites")] = None,
    stories: Annotated[
        bool | None, typer.Option("--stories/--no-stories", help="Tell one story in other words.", show_default="on")
    ] = None,
    against: Annotated[Path | None, typer.Option(help="Index of earlier corpora, whose documents count too.")] = None,
    write_index: Annotated[
        Path | None, typer.Option(help="Folder for an index of all documents, earlier ones too.")
    ] = None,
    settings: Annotated[Path | None, typer.Option(help="Settings file (TOML); its section dedup.")] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", min=1, help="Processes; one per processor if not given.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Start over where the folder holds another run.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON to standard output.")] = False,
) -> None:
    """Find copies of articles: exact, near, contained in another; and say which one stays.

    Texts count as they are. [bold]curator dedup show OUT CLUSTER[/bold] shows one cluster, or that of a document: what
    each copy has that the kept one has not.

    Example: [bold]curator dedup articles.jsonl.gz --out copies[/bold]
    """
    if out is None:
        if len(inputs) == 3 and inputs[0] == _SHOW:
            show(Path(inputs[1]), inputs[2])
            return
        raise typer.BadParameter("missing; or: curator dedup show DIR CLUSTER", param_hint="'--out' / '-o'")
    from curator.deduplication import deduplicate
    from curator.progress import reporter_for

    lists = {"drop": _listed(drop), "representative": _listed(keep)}
    wishes: dict[str, Any] = {"jaccard": jaccard, "containment": containment, "shingle_words": shingle, "scope": scope}
    wishes |= {"prefer": prefer or None, "stories": stories, **lists}
    chosen = _settings(settings, {name: wish for name, wish in wishes.items() if wish is not None})
    try:
        result = deduplicate(
            inputs,
            out,
            chosen,
            clean=clean,
            against=against,
            write_index=write_index,
            workers=workers,
            force=force,
            reporter=reporter_for(),
        )
    except KeyboardInterrupt:
        typer.echo("\ninterrupted: the same command goes on where this one stopped", err=True)
        raise typer.Exit(130) from None
    _tell(result, out)
    if as_json:
        typer.echo(json.dumps({**asdict(result.summary), "read": result.summary.read}, ensure_ascii=False, indent=2))


def _listed(names: str | None) -> tuple[str, ...] | None:
    if names is None:
        return None
    return tuple(name.strip() for name in names.split(",") if name.strip() not in ("", "none"))


def _settings(path: Path | None, wishes: dict[str, Any]) -> Settings:
    """Return the settings with what was given as options on top."""
    from pydantic import ValidationError

    from curator.errors import SettingsError
    from curator.settings import DedupSettings, Settings

    chosen = Settings.from_toml(path) if path else Settings()
    try:
        made = DedupSettings.model_validate({**chosen.dedup.model_dump(), **wishes})
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(str(first["msg"]), where=f"dedup.{first['loc'][0]}", hint="curator dedup --help") from None
    return chosen.model_copy(update={"dedup": made})


def _tell(result: DedupResult, out: Path) -> None:
    from rich.console import Console

    console, summary = Console(stderr=True, soft_wrap=True, highlight=False), result.summary
    if result.resumed:
        console.print("nothing to do: this run is finished")
    failed = ", ".join(f"{reason} {count:,}" for reason, count in summary.failed.items())
    dropped = ", ".join(f"{kind} {count:,}" for kind, count in summary.dropped.items())
    lines = [
        ("read", summary.read, ""),
        ("failed", sum(summary.failed.values()), failed),
        ("repeated", summary.repeated, "rows with an id that another row has" if summary.repeated else ""),
        ("dropped", sum(summary.dropped.values()), f"{dropped} in {summary.clusters:,} clusters" if dropped else ""),
        ("kept", summary.kept, f"{summary.stories:,} stories told more than once" if summary.stories else ""),
    ]
    if summary.earlier:
        remark = f"{summary.matched:,} new ones are copies of them; {summary.superseded:,} of them give way to new ones"
        lines.append(("earlier", summary.earlier, remark))
    console.print()
    for name, count, remark in lines:
        console.print(f"  {name:<10}{count:>12,}  [dim]{remark}[/dim]")
    for name, size in summary.biggest:
        console.print(f"  {size:>10,} × {name}", markup=False)
    if summary.biggest:
        console.print(f"\nside by side: curator dedup show {out} {summary.biggest[0][0]}", markup=False)
    console.print(f"copies: {out}", markup=False)


def show(folder: Path, cluster: str) -> None:
    """Print one cluster: the representative, and what sets each copy apart from it."""
    from rich.console import Console

    from curator.dedup.show import lines_of, read_cluster
    from curator.deduplication import shown_texts

    members = read_cluster(folder / "clusters.parquet", cluster)
    texts = shown_texts(folder, [member.id for member in members])
    terminal = Console().is_terminal
    for line in lines_of(members, texts, _coloured if terminal else _marked):
        typer.echo(line)


def _marked(change: Change) -> str:
    old, new = (f"[-{change.old}-]" if change.old else ""), (f"{{+{change.new}+}}" if change.new else "")
    return change.same + old + new


def _coloured(change: Change) -> str:
    old = typer.style(change.old, fg="red", strikethrough=True) if change.old else ""
    new = typer.style(change.new, fg="green") if change.new else ""
    return change.same + old + new
