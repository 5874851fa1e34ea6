"""The funnel of a corpus from which documents went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from curator.manifest import Funnel
from curator.tombstones import FORGOTTEN

__all__ = ["recounted"]


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
