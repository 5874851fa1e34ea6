"""`curator publish`: a corpus onto the Hugging Face Hub."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from curator.compare import Counts
    from curator.publish.changes import Difference
    from curator.publish.publish import Published

__all__ = ["publish"]

_ROWS = 15  # of each table


def publish(
    corpus: Annotated[Path, typer.Argument(help="The folder of a finished build.", show_default=False)],
    repo: Annotated[str, typer.Argument(help="Dataset repository, OWNER/NAME.", show_default=False)],
    private: Annotated[
        bool, typer.Option("--private", help="Create the repository private; refuse one that is public.")
    ] = False,
    tag: Annotated[str | None, typer.Option(help="Name this version, as in v2026.11.")] = None,
    pr: Annotated[bool, typer.Option("--pr", help="Open a pull request instead of committing to main.")] = False,
    removals: Annotated[bool, typer.Option("--removals", help="Publish the ledger too, as config removals.")] = False,
    clusters: Annotated[bool, typer.Option("--clusters", help="Publish copies found, as config clusters.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; print the files, and what differs from the last release.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Publish a corpus as a dataset on the Hugging Face Hub: shards, a card, a sample, in one commit, read back.

    Log in first with `hf auth login`, or set HF_TOKEN. Run again after an error: only the rest is sent.

    Example: [bold]curator publish corpus jane/harbour-news --tag v2026.11 --dry-run[/bold]
    """
    from huggingface_hub.utils.tqdm import disable_progress_bars

    from curator.publish.publish import publish as release

    if not sys.stderr.isatty():
        disable_progress_bars()

    def tell(what: str) -> None:
        typer.echo(what, err=True)

    options: dict[str, Any] = {"private": private, "tag": tag, "pull_request": pr, "dry_run": dry_run}
    done = release(corpus, repo, removals=removals, clusters=clusters, tell=tell, **options)
    if as_json:
        typer.echo(json.dumps(_as_json(done), ensure_ascii=False, indent=2))
        return
    if dry_run:
        _print_tree(done)
    _print_result(done, dry_run=dry_run)


def _as_json(done: Published) -> dict[str, Any]:
    files = [{"path": p.path, "bytes": p.size, "sha256": p.sha256} for p in done.changes.add]
    told = {name: getattr(done, name) for name in ("repo", "commit", "tag", "pull_request", "documents", "size", "new")}
    changes = {"added": files, "deleted": list(done.changes.delete), "unchanged": list(done.changes.same)}
    return told | changes | {"difference": asdict(done.difference) if done.difference else None}


def _print_tree(done: Published) -> None:
    lines = [("+", piece.path, f"{piece.size:,}") for piece in done.changes.add]
    lines += [("-", path, "") for path in done.changes.delete] + [("=", path, "") for path in done.changes.same]
    width = max(len(path) for _, path, _ in lines)
    for sign, path, size in sorted(lines, key=lambda line: line[1]):
        typer.echo(f"{sign} {path:<{width}}  {size:>15}".rstrip())
    if done.difference:
        _print_difference(done.difference)
    typer.echo("")


def _print_difference(found: Difference) -> None:
    total = found.total
    typer.echo(
        f"\nagainst the last release: {found.before:,} → {found.after:,} documents:"
        f" {total.added:,} added, {total.removed:,} removed, {total.changed:,} changed"
    )
    _print_counts("language", found.languages)
    _print_counts("site", found.sites)
    for rule, (before, after) in list(found.rules.items())[:_ROWS]:
        typer.echo(f"  rule {rule}: {before:,} → {after:,} spans")
    if len(found.rules) > _ROWS:
        typer.echo(f"  and {len(found.rules) - _ROWS:,} more rules; --json has all")


def _print_counts(what: str, counts: Mapping[str, Counts]) -> None:
    for name, n in list(counts.items())[:_ROWS]:
        typer.echo(f"  {what} {name}: {n.added:,} added, {n.removed:,} removed, {n.changed:,} changed")
    if len(counts) > _ROWS:
        typer.echo(f"  and {len(counts) - _ROWS:,} more; --json has all")


def _print_result(done: Published, *, dry_run: bool) -> None:
    sent = sum(piece.size for piece in done.changes.add)
    files = f"{len(done.changes.add):,} files, {sent:,} of {done.size:,} bytes; {len(done.changes.delete):,} deleted"
    if dry_run:
        typer.echo(f"would {'create' if done.new else 'change'} {done.repo}: {files}", err=True)
        return
    what = files if done.changes else "nothing changed"
    where = f"{done.repo} at {done.tag or done.pull_request or (done.commit or '')[:12]}"
    typer.echo(f"published: {done.documents:,} documents, {where} ({what})", err=True)
