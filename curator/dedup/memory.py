"""Deduplication of texts at hand, in memory: the same steps as the tasks take over files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curator.dedup.candidates import count_pairs, group, likely, postings
from curator.dedup.cluster import Pairs, cluster
from curator.dedup.shingles import shingle, sketch
from curator.dedup.similarity import KINDS, kinds_of, least_of
from curator.dedup.verify import Edges, verify
from curator.settings import DedupSettings

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["Compared", "compare"]


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found among texts.

    `edges` are similar pairs of different texts, `kinds` what becomes of each (numbers of KINDS); `same` is for each
    text the first that equals it, `representative` the one that stands for it.
    """

    edges: Edges
    kinds: Array
    same: Array
    representative: Array


def compare(texts: Sequence[str], settings: DedupSettings | None = None) -> Compared:
    """Return which texts are copies of which; the longest of a cluster represents it.

    >>> story = "The gates of the old dam opened at dawn, a day earlier than the ministry had announced it. " * 2
    >>> compare([story, story.upper(), "Something else."]).representative.tolist()
    [0, 0, 2]
    """
    import numpy as np

    settings = settings or DedupSettings()
    found = sketch(texts, settings.shingle_words)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    order = np.lexsort((found.content, -lengths))  # by rank
    rank = np.empty(len(texts), dtype=np.int64)
    rank[order] = np.arange(len(texts))
    same = _same(found.content, found.runs, rank)
    owners = np.repeat(np.arange(len(texts)), np.diff(found.offsets))
    mine = same[owners] == owners
    grouped = group(postings(found.hashes[mine], rank[owners[mine]]))
    pairs = count_pairs([grouped])
    least = least_of(settings)
    chosen = likely(pairs, found.posted()[order], found.levels()[order], found.words[order], least)
    a, b = pairs[0][chosen], pairs[1][chosen]
    need, places = np.unique(np.concatenate((a, b)), return_inverse=True)
    whole = shingle([texts[n] for n in order[need].tolist()], settings.shingle_words)
    edges = verify(places[: len(a)], places[len(a) :], (whole.hashes, whole.offsets), whole.words, least)
    kinds = kinds_of(edges, whole.words, (whole.numbers, whole.number_offsets), settings)
    ties = kinds <= KINDS.index("contained")
    near = kinds[ties] == KINDS.index("near")
    a, b = need[edges.a], need[edges.b]
    tied = cluster(Pairs(a[ties], b[ties], edges.jaccard[ties], edges.containment[ties], near))
    head = np.arange(len(texts))
    head[tied.member] = tied.representative
    return Compared(Edges(order[a], order[b], edges.jaccard, edges.containment), kinds, same, order[head[rank[same]]])


def _same(content: Array, runs: Array, rank: Array) -> Array:
    """Return for each text the first in rank that has the same words; a text without a word has none."""
    import numpy as np

    by_content = np.lexsort((rank, content))
    new = np.ones(len(content), dtype=bool)
    new[1:] = content[by_content][1:] != content[by_content][:-1]
    new |= runs[by_content] == 0
    same = np.empty(len(content), dtype=np.int64)
    same[by_content] = by_content[np.flatnonzero(new)][np.cumsum(new) - 1]
    return same
