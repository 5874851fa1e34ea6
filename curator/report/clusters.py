"""The biggest clusters of copies, and how each copy differs from the one that was kept."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from curator.tables import Tables

__all__ = ["biggest_clusters", "word_diff"]

_CLUSTERS, _MEMBERS = 12, 5  # shown of each build and of each cluster
_WORDS = 2_500  # compared of each text: what a pair costs grows with their product
_SAME = 240  # characters of an equal stretch that are shown; its middle is left out
# Words, single signs of scripts that do not part words by spaces, white space, and every other sign.
_TOKEN = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|\w+|\s+|.", re.DOTALL)


def biggest_clusters(tables: Tables) -> dict[str, Any]:
    """Return the largest clusters, the first members of each with a diff against the representative."""
    copies = "from clusters where kind is not null"
    sizes = tables.rows(f"select cluster, count(*) {copies} group by cluster order by 2 desc, 1 limit {_CLUSTERS}")
    total = tables.rows(f"select count(distinct cluster) {copies}")[0][0]
    found = [_cluster(tables, name, size) for name, size in sizes]
    note = f"The {len(found):,} largest of {total:,} clusters." if found else "No copies were found."
    return {"note": note, "biggest": found}


def _cluster(tables: Tables, name: str, size: int) -> dict[str, Any]:
    members = tables.dicts(
        """
        select c.*, coalesce(d.text, k.text) as text, coalesce(d.title, k.title) as title,
               coalesce(d.language, k.language) as language
        from (select * from clusters where cluster = $name and kind is not null) c
        left join documents d using (id) left join copies k using (id)
        order by c.id = c.representative desc, c.jaccard desc, c.id limit $count
        """,
        name=name,
        count=_MEMBERS + 1,
    )
    best, *others = members
    return {
        "representative": best["representative"],
        "title": best["title"],
        "language": best["language"],
        "reason": best["reason"] or "",
        "size": size,
        "members": [_member(best, other) for other in others],
    }


def _member(best: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    known = best["text"] is not None and other["text"] is not None
    return {
        "id": other["id"],
        "kind": other["kind"],
        "jaccard": _rounded(other["jaccard"]),
        "containment": _rounded(other["containment"]),
        "diff": list(word_diff(best["text"], other["text"])) if known else None,
        "missing": "" if known else "Its text is not in this corpus.",
    }


def _rounded(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def word_diff(one: str, other: str) -> Iterator[tuple[str, str]]:
    """Yield ("=" both, "-" only the first, "+" only the second; text); the middle of a long equal stretch is left out.

    >>> list(word_diff("Ten people died.", "Two people died."))
    [('-', 'Ten'), ('+', 'Two'), ('=', ' people died.')]
    """
    a, b = (_TOKEN.findall(text)[:_WORDS] for text in (one, other))
    for operation, a1, a2, b1, b2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if operation == "equal":
            yield "=", _shortened("".join(a[a1:a2]))
            continue
        if a2 > a1:
            yield "-", "".join(a[a1:a2])
        if b2 > b1:
            yield "+", "".join(b[b1:b2])


def _shortened(text: str) -> str:
    """Return a long text without its middle, cut between words where there are any near."""
    if len(text) <= _SAME:
        return text
    head, tail = text[: _SAME // 2], text[-_SAME // 2 :]
    first, last = head.rfind(" "), tail.find(" ")
    head = head[:first] if first > _SAME // 4 else head
    tail = tail[last + 1 :] if 0 <= last < _SAME // 4 else tail
    return f"{head} […] {tail}"
