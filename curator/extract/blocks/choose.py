"""The text of an article out of a page's blocks, or trafilatura's where the voters agree or the model is not sure."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

import numpy as np

from curator.extract.blocks.columns import Array
from curator.extract.blocks.cut import Cut, cut_page
from curator.extract.blocks.features import Evidence, describe, gather, is_candidate
from curator.extract.blocks.stories import first_story
from curator.extract.blocks.votes import Votes, collect_votes
from curator.extract.blocks.walk import TAGS
from curator.extract.blocks.words import texts_agree
from curator.extract.forest import Forest, Rows
from curator.extract.jsonld import NEWS, Node, declared_kind, read_article_body

__all__ = ["SCALE", "Found", "as_whole", "choose_blocks", "kept_blocks", "likely", "shipped_forest"]

SCALE = 100  # features times this, rounded, is what trees compare: the same on every machine
_LIST_ITEM = TAGS.index("li")
Path = Literal["agreed", "blocks", "unsure", "nothing"]


@dataclass(frozen=True, slots=True)
class Found:
    """The text of an article, a paragraph a line, and which way led to it.

    agreed: trafilatura's text, as its own extraction and readability say the same; blocks: what the model kept;
    unsure: trafilatura's text, as the model expects to do worse; nothing: trafilatura found no article.
    """

    text: str
    path: Path
    expected: float = 1.0  # the F1 the model expects of its choice
    cut: Cut | None = None  # the page's blocks, where they had to be looked at


@functools.cache
def shipped_forest() -> Forest:
    """Return the block model that is part of the package."""
    return Forest.from_json(resources.files(__package__).joinpath("model.json").read_text(encoding="utf-8"))


def as_whole(rows: Any) -> Rows:
    """Return features, float [rows, features], as the whole numbers that trees compare."""
    whole: Rows = np.rint(np.clip(rows, -1e6, 1e6) * SCALE).astype(np.int32)
    return whole


def choose_blocks(
    tree: Any, *, description: str = "", nodes: Sequence[Node] = (), forest: Forest | None = None
) -> Found:
    """Find the article in the tree of a page, an `lxml.html` element, which stays as it is.

    Args:
        description: what the page's meta data say it is about; often the standfirst.
        nodes: the page's JSON-LD objects: some have the article's text, many say what the page is.
        forest: the model; the shipped one where not given.

    Source: voters and gate as measured on labelled pages (benchmarks/train_blocks.py prints the table).
    """
    votes = collect_votes(tree)
    if not votes.text.strip():
        votes = collect_votes(tree, recall=True)
    if not votes.text.strip():
        return Found("", "nothing")
    forest = forest or shipped_forest()
    if _agree(votes, forest.settings):
        return Found(votes.text, "agreed")
    cut = cut_page(tree)
    page = cut.page
    if not page.text:
        return Found(votes.text, "unsure", 0.0, cut)
    evidence = gather(cut, texts_of(votes, description, read_article_body(nodes)), declared_kind(nodes))
    kept, expected = kept_blocks(evidence, forest)
    if expected < forest.settings["fallback"]:
        return Found(votes.text, "unsure", expected, cut)
    kept = first_story(page, kept, cut.tokens.size)
    tags = page.boxes.tag
    lines = (("- " if tags[page.box[n]] == _LIST_ITEM else "") + page.text[n] for n in kept)
    return Found("\n".join(lines), "blocks", expected, cut)


def texts_of(votes: Votes, description: str, json_ld: str) -> dict[str, str]:
    """Name the voters' texts as the features do."""
    return {
        "own": votes.own,
        "trafilatura": votes.text,
        "readability": votes.readability,
        "description": description,
        "json_ld": json_ld,
    }


def kept_blocks(evidence: Evidence, forest: Forest) -> tuple[list[int], float]:
    """Return the numbers of the blocks that are the article's and the F1 the model expects of them."""
    names, table = describe(evidence)
    candidates = np.flatnonzero(is_candidate(evidence))
    columns = [names.index(name) for name in forest.features] if tuple(names) != forest.features else slice(None)
    chance = np.zeros(len(table))
    chance[candidates] = forest.chances(as_whole(table[candidates][:, columns]))
    for n in _repeats(evidence):
        chance[n] = max(chance[n], chance[n - 1])
    kept, expected = likely(chance, evidence.cut.tokens.size, evidence.declared, forest.settings)
    return kept.tolist(), expected


def likely(chance: Array, size: Array, declared: int, settings: Mapping[str, float]) -> tuple[Array, float]:
    """Return which blocks of n tokens have chance enough, and the F1 to expect of them.

    Expected F1 is 2 Σ kept p·n / (Σ kept n + Σ p·n). A page that says it is news is told apart by halves; on others,
    guides and shops and recipes, more is the author's than news had taught, and a smaller chance is enough.
    """
    least = settings["keep_news" if declared == NEWS else "keep"]
    kept = np.flatnonzero(chance > least)
    right = float((chance * size)[kept].sum())
    expected = 2 * right / max(float(size[kept].sum() + (chance * size).sum()), 1e-9)
    return kept, expected


def _repeats(evidence: Evidence) -> list[int]:
    """Return the blocks that say the same as the one right before them, in the same place: a refrain, no teaser."""
    page = evidence.cut.page
    signature = page.boxes.signature
    return [
        n
        for n in range(1, len(page.text))
        if page.text[n] == page.text[n - 1] and signature[page.box[n]] == signature[page.box[n - 1]]
    ]


def _agree(votes: Votes, settings: Mapping[str, float]) -> bool:
    """Return whether three voters say the same, so that the costly way is not worth it."""
    return texts_agree(votes.text, votes.own, settings["agree_own"]) and texts_agree(
        votes.text, votes.readability, settings["agree_readability"]
    )
