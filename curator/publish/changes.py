"""What differs between the release before and this one, by document, language, site and rule."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.compare import Comparison, Counts, compare
from curator.publish.hub import RemoteFile, Repository
from curator.publish.release import Last, Release

__all__ = ["Difference", "difference"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Documents that came, went and changed, and spans by rule: before, after."""

    before: int
    after: int
    total: Counts
    languages: Mapping[str, Counts]
    sites: Mapping[str, Counts]
    rules: Mapping[str, tuple[int, int]]  # only those that differ


def difference(
    there: Repository, revision: str, tree: Mapping[str, RemoteFile], last: Last, release: Release, work: Path
) -> Difference:
    """Compare a release with the one before. Only shards that differ are downloaded.

    Args:
        revision: where the release before is.
        work: a folder for what is downloaded.
    """
    before, after = work / "before", work / "after"
    mine = {piece.sha256 for path, piece in release.pieces.items() if path.startswith("data/")}
    theirs = {file.sha256 for path, file in tree.items() if path.startswith("data/")}
    for path, file in tree.items():
        if path.startswith("data/") and file.sha256 not in mine:
            there.fetch(path, revision, before)
    for path, piece in release.pieces.items():
        if path.startswith("data/") and piece.sha256 not in theirs:
            link = after / path
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(str(piece.source))
    found = _compared(before, after, last.manifest, release.manifest)
    old, new = last.manifest.get("removed", {}), release.manifest["removed"]
    rules = {rule: (old.get(rule, 0), new.get(rule, 0)) for rule in sorted({*old, *new})}
    return Difference(
        found.before,
        found.after,
        found.total,
        found.languages,
        found.sites,
        {rule: pair for rule, pair in rules.items() if pair[0] != pair[1]},
    )


def _compared(before: Path, after: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    for folder, manifest in ((before, old), (after, new)):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return compare(before, after)
