"""The figures of a corpus from which documents went."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from curator.manifest import Funnel
from curator.publish.rewrite import StagedFiles
from curator.tombstones import FORGOTTEN

__all__ = ["recounted", "template_figures"]


def recounted(old: Funnel, lost: Sequence[Mapping[str, Any]], taken: Counter[str], reasons: Counter[str]) -> Funnel:
    """Return what a build that knew the tombstones would have counted of the rows that went: failed, and no more."""

    def without(counts: Mapping[str, int]) -> dict[str, int]:
        left = {reason: count - reasons[reason] for reason, count in counts.items() if reason != FORGOTTEN}
        return {reason: count for reason, count in left.items() if count > 0}

    before = old.failed.get(FORGOTTEN, 0)
    forgotten = before + len(lost) + sum(count for reason, count in reasons.items() if reason != FORGOTTEN)
    removed = sum(row["characters_removed"] for row in lost)
    return replace(
        old,
        failed=dict(sorted((without(old.failed) | ({FORGOTTEN: forgotten} if forgotten else {})).items())),
        rejected=without(old.rejected),
        characters_in=old.characters_in - removed - sum(row["characters"] for row in lost),
        characters_removed=old.characters_removed - removed,
        removals=old.removals - taken["text"],
        pruned=old.pruned - taken["html"],
    )


def template_figures(files: StagedFiles, before: Mapping[str, int]) -> Mapping[str, int]:
    """Return what the manifest says of template rules, for the pack and the ledger that are there now."""
    if not before:
        return before
    pack = files.folder / "templates.toml"
    rules = tomllib.loads(pack.read_text(encoding="utf-8")).get("rule", []) if pack.exists() else []
    names = {rule["id"] for rule in rules}
    taken = [
        len(row["text"])
        for path in files.paths("ledger/*")
        for row in files.rows(path, ("rule", "text"))
        if row["rule"] in names
    ]
    sites = {rule.get("site") for rule in rules}
    return {"rules": len(names), "sites": len(sites), "removals": len(taken), "characters_removed": sum(taken)}
