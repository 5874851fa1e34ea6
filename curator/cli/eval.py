"""`curator eval`: how right cleaned texts are, beside other tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from curator.evaluation.run import Measured

__all__ = ["evaluate"]


def evaluate(
    labelled: Annotated[
        Path,
        typer.Argument(help="Rows (JSONL, Parquet) with html or text, and the clean text in `expected`; or a folder."),
    ],
    expected: Annotated[
        Path | None, typer.Option(help="Folder with the clean texts, named as the raw files; for a folder.")
    ] = None,
    rules: Annotated[
        list[Path] | None, typer.Option(help="Rule file or folder to add to the shipped rules. Repeatable.")
    ] = None,
    preview: Annotated[bool, typer.Option(help="Use experimental rules too.")] = False,
    worst: Annotated[int, typer.Option(help="Print so many documents that went worst.", min=0)] = 5,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print all figures as JSON, those of each document too.")
    ] = False,
) -> None:
    """Clean labelled documents; print how right the texts are, pages beside trafilatura, texts beside doing nothing.

    Four-word F1, precision and recall, the share of clean texts (both .95 or more), each with the interval over sites
    that holds 95 of 100 such samples, and processor time.

    Example: [bold]curator eval data/articles --expected tests/expected/articles[/bold]
    """
    from curator.evaluation.run import measure, read_labelled, summary
    from curator.rules.load import load_rules
    from curator.settings import CleanSettings

    chosen = load_rules(*rules or (), preview=preview)
    measured = list(measure(read_labelled(labelled, expected), chosen, CleanSettings()))
    kinds = {
        kind: [row for row in measured if row.labelled.kind == kind]
        for kind in sorted({row.labelled.kind for row in measured})
    }
    if as_json:
        shown = {kind: {"tools": summary(rows), "documents": _documents(rows)} for kind, rows in kinds.items()}
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    for kind, rows in kinds.items():
        _print_table(kind, summary(rows))
        _print_worst(rows, worst)


def _documents(rows: list[Measured]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.labelled.document.id,
            "tool": row.tool,
            "f1": row.found.f1,
            "precision": row.found.precision,
            "recall": row.found.recall,
        }
        for row in rows
    ]


def _print_table(kind: str, tools: dict[str, dict[str, Any]]) -> None:
    from curator.evaluation.run import FIGURES

    count = next(iter(tools.values()))["documents"]
    typer.echo(f"{kind}: {count:,} documents\n{'':24}" + "".join(f"{name:>22}" for name in FIGURES) + f"{'CPU ms':>9}")
    for tool, figures in tools.items():
        shown = ["{mean:.4f} [{low:.3f}, {high:.3f}]".format(**figures[name]) for name in FIGURES]
        typer.echo(f"{tool:24}" + "".join(f"{cell:>22}" for cell in shown) + f"{figures['milliseconds']:9.1f}")


def _print_worst(rows: list[Measured], count: int) -> None:
    from curator.evaluation.tools import CURATOR

    ours = sorted(
        (row for row in rows if row.tool == CURATOR), key=lambda row: (row.found.f1, row.labelled.document.id)
    )
    if count:
        typer.echo(f"lowest F1 of {CURATOR}:")
    for row in ours[:count]:
        found = row.found
        name = row.labelled.document.id
        typer.echo(f"  {found.f1:.4f}  precision {found.precision:.3f}  recall {found.recall:.3f}  {name}")
