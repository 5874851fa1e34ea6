"""`curator rules eval`: what rules do to texts that were labelled by reading."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curator.errors import UsageError

if TYPE_CHECKING:
    from curator.rules.check.labelled import LabelledText

__all__ = ["evaluate"]

_COLUMNS = ("hits", "drop", "keep", "neutral", "spans", "right", "precision", "characters")


def evaluate(
    labelled: Annotated[
        Path, typer.Argument(help="Labelled lines (.jsonl, .jsonl.gz), or a folder of raw .txt files.")
    ],
    expected: Annotated[
        Path | None, typer.Option(help="Folder with the clean texts, named as the raw ones; for a folder.")
    ] = None,
    rules: Annotated[
        list[Path] | None, typer.Option(help="Rule file or folder to add to the shipped rules. Repeatable.")
    ] = None,
    preview: Annotated[bool, typer.Option(help="Use experimental rules too.")] = False,
    base: Annotated[Path | None, typer.Option(help="What --json printed before: print how things changed.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures as JSON; it holds no text.")] = False,
) -> None:
    """Count, rule by rule, the lines taken that were to be dropped and those that were to be kept.

    Example: [bold]curator rules eval data/articles --expected tests/expected/articles[/bold]
    """
    from curator.rules.evaluate import difference, read_evaluation
    from curator.rules.evaluate import evaluate as run
    from curator.rules.load import load_rules

    before = read_evaluation(base) if base else None
    result = run(_texts(labelled, expected), load_rules(*rules or (), preview=preview))
    figures = result.figures()
    changes = difference(before, figures) if before else None
    if as_json:
        shown = figures if changes is None else {**figures, "difference": changes}
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    precision = {name: score.precision for name, score in result.rules.items()}
    if changes is None:
        _print_rules(figures["rules"], precision)
        _print_totals(figures["totals"])
    else:
        _print_rules(changes["rules"], {}, sign="+")
        _print_totals(figures["totals"], changes["totals"])


def _texts(labelled: Path, expected: Path | None) -> Iterable[LabelledText]:
    from curator.rules.check.labelled import read_labelled, read_pairs

    if labelled.is_dir() and expected:
        return read_pairs(labelled, expected)
    if labelled.is_dir():
        hint = "--expected DIR names the folder with the clean texts"
        raise UsageError("a folder of raw texts needs clean ones to compare with", where=str(labelled), hint=hint)
    if expected:
        hint = "leave --expected out, or give a folder of raw texts"
        raise UsageError("labelled lines need no clean texts", where="--expected", hint=hint)
    return read_labelled(labelled)


def _print_rules(rules: Mapping[str, Mapping[str, int]], precision: Mapping[str, float | None], sign: str = "") -> None:
    """Print one line for each rule, those that took most content first."""
    width = max([len(name) for name in rules] + [4])
    typer.echo(f"{'rule':<{width}}" + "".join(f"{name:>11}" for name in _COLUMNS))
    for name, score in sorted(rules.items(), key=lambda item: (-item[1].get("keep", 0), -item[1].get("hits", 0))):
        cells: dict[str, Any] = {key: format(value, f"{sign},") for key, value in score.items()}
        share = precision.get(name)
        cells["precision"] = "" if share is None else f"{share:.3f}"
        typer.echo(f"{name:<{width}}" + "".join(f"{cells.get(key, ''):>11}" for key in _COLUMNS))


def _print_totals(totals: Mapping[str, int], changes: Mapping[str, int] | None = None) -> None:
    """Print what came out as labelled, of all that there was."""
    typer.echo("")
    for what, good, whole in (
        ("lines to drop that went", "dropped", "drop"),
        ("lines to keep that stayed", "kept", "keep"),
        ("pieces of lines cut right", "exact", "spans"),
        ("texts right in every line", "right", "documents"),
    ):
        if totals[whole]:
            change = f"  ({changes.get(good, 0):+,})" if changes is not None else ""
            share = totals[good] / totals[whole]
            typer.echo(f"{what:<26} {totals[good]:>9,} of {totals[whole]:>9,}  {share:.4f}{change}")
    if totals["guarded"]:
        typer.echo(f"{'texts a guard left alone':<26} {totals['guarded']:>9,}")
