"""The members of one cluster side by side: who represents it and why, and where each copy differs."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.dedup.texts import read_texts
from curator.errors import InputError
from curator.sources.model import Split

__all__ = ["Change", "Member", "changes", "lines_of", "read_cluster", "texts_by_id"]

_WORDS = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Member:
    """One row of clusters.parquet; the representative of its cluster comes first."""

    id: str
    kind: str
    jaccard: float
    containment: float
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of two texts: `same` in both, or `old` of the first in place of `new` of the second."""

    same: str = ""
    old: str = ""
    new: str = ""


def read_cluster(clusters: Path, name: str) -> list[Member]:
    """Return the members of the cluster of this name, or of the one a document of this name is in.

    Raises:
        InputError: there is no such file, or nothing of this name in it.
    """
    import pyarrow.parquet as pq

    columns = ["id", "kind", "jaccard", "containment", "reason"]
    try:
        table = pq.read_table(clusters, columns=["cluster", *columns])
        own = pq.read_table(clusters, columns=["cluster"], filters=[("id", "=", name)]).column("cluster").to_pylist()
    except (OSError, ValueError) as error:
        hint = "give the folder that curator dedup or curator build wrote"
        raise InputError(f"cannot be read: {error}", where=str(clusters), hint=hint) from None
    wanted = own[0] if own else name
    clusters_of, kinds = (table.column(column).to_pylist() for column in ("cluster", "kind"))
    rows = [n for n, cluster in enumerate(clusters_of) if cluster == wanted and kinds[n]]
    if not rows:
        hint = "the columns `cluster` and `id` of clusters.parquet hold the names"
        raise InputError(f"no cluster, and no document with copies, is named {name!r}", where=str(clusters), hint=hint)
    members = [Member(**row) for row in table.select(columns).take(rows).to_pylist()]
    return sorted(members, key=lambda member: (member.kind != "representative", -member.jaccard, member.id))


def texts_by_id(splits: Iterable[Split], ids: Iterable[str]) -> dict[str, str]:
    """Return the texts of these documents, as they stand in the input."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted, found = set(ids), dict[str, str]()
    for split in splits:
        for batch in read_texts(split):
            names: Any = pa.array(sorted(wanted - found.keys()), pa.string())
            here: Any = pc.is_in(batch.ids, value_set=names)
            if here.true_count:
                pairs = zip(batch.ids.filter(here).to_pylist(), batch.texts.filter(here).to_pylist(), strict=True)
                found |= {name: text for name, text in pairs if name not in found}
        if wanted <= found.keys():
            break
    return found


def changes(old: str, new: str) -> Iterator[Change]:
    """Yield what two texts have in common and what not, by lines and in changed lines by words.

    >>> list(changes("Two gates.", "Three gates."))
    [Change(same='', old='Two', new='Three'), Change(same=' gates.', old='', new='')]
    """
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for kind, a, b, c, d in _opcodes(old_lines, new_lines):
        if kind == "equal":
            yield Change(same="".join(old_lines[a:b]))
            continue
        one, two = (_WORDS.findall("".join(lines)) for lines in (old_lines[a:b], new_lines[c:d]))
        for inner, i, j, k, m in _opcodes(one, two):
            gone, come = "".join(one[i:j]), "".join(two[k:m])
            yield Change(same=gone) if inner == "equal" else Change(old=gone, new=come)


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def lines_of(members: Sequence[Member], texts: Mapping[str, str], mark: Callable[[Change], str]) -> Iterator[str]:
    """Yield a cluster as lines: the representative, then each member with what sets it apart from it."""
    first = members[0]
    yield f"representative {first.id}: kept as {first.reason} of {len(members)}"
    yield from _shown(first, texts)
    for member in members[1:]:
        yield ""
        likeness = (
            "" if member.kind == "exact" else f", Jaccard {member.jaccard:.2f}, {member.containment:.0%} contained"
        )
        yield f"{member.kind} {member.id}{likeness}"
        if first.id in texts and member.id in texts:
            yield from _differences(texts[first.id], texts[member.id], mark)
        else:
            yield from _shown(member, texts)


def _shown(member: Member, texts: Mapping[str, str]) -> Iterator[str]:
    if member.id in texts:
        yield from (f"  {line}" for line in texts[member.id].splitlines() if line.strip())
    else:
        yield "  (its text is not among the inputs any more)"


def _differences(old: str, new: str, mark: Callable[[Change], str]) -> Iterator[str]:
    """Yield the lines that differ; of what is the same only how much it is."""
    line = ""
    for change in changes(old, new):
        if change.same.count("\n") > 1:
            head, _, rest = change.same.partition("\n")
            middle, _, tail = rest.rpartition("\n")
            if line + head:
                yield f"  {line}{head}"
            skipped = sum(1 for same in middle.splitlines() if same.strip())
            if skipped:
                yield f"  … {skipped} lines the same …"
            line = tail
        else:
            *whole, line = (line + mark(change)).split("\n")
            yield from (f"  {part}" for part in whole if part.strip())
    if line.strip():
        yield f"  {line}"
