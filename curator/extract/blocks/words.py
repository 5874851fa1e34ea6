"""Tokens, their three-grams as numbers, and how much of each block a voter's text covers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Tokens", "agreement", "coverage", "grams_of", "texts_agree", "tokenize"]

# One character of these scripts is a token of its own: kana, Han, Thai, Lao, Burmese, Khmer.
_SINGLE = (
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
_TOKEN = re.compile(f"\n|[{_SINGLE}]|[^\\W_{_SINGLE}]+")
_BREAK = 0  # the number of "\n"

Array = Any  # numpy arrays; their dtypes are in the comments


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a page's blocks as numbers; every block ends with a 0."""

    ids: Array  # int64
    block: Array  # int64: the block each token is in
    size: Array  # int64: tokens of each block
    vocabulary: dict[str, int]


def tokenize(lowered: str, blocks: int) -> Tokens:
    """Give numbers to the tokens of lower-case blocks, each closed by a line feed."""
    vocabulary = {"\n": _BREAK}
    number = vocabulary.setdefault
    ids = np.array([number(token, len(vocabulary)) for token in _TOKEN.findall(lowered)], dtype=np.int64)
    breaks = ids == _BREAK
    block = np.cumsum(breaks) - breaks
    size = np.bincount(block, minlength=blocks) - 1
    return Tokens(ids, block, size[:blocks], vocabulary)


def grams_of(text: str, tokens: Tokens) -> tuple[Array, Array, Array]:
    """Return the distinct one-, two- and three-grams of a text, sorted; tokens the page has not are all alike."""
    get, unknown = tokens.vocabulary.get, len(tokens.vocabulary)
    found = [get(token, unknown) for token in _TOKEN.findall(text.lower())]
    ids = np.array([number for number in found if number != _BREAK], dtype=np.int64)
    base = unknown + 1
    twos = ids[:-1] * base + ids[1:]
    threes = twos[:-1] * base + ids[2:] if ids.size > 2 else twos[:0]
    return np.unique(ids), np.unique(twos), np.unique(threes)


def coverage(tokens: Tokens, voters: Sequence[tuple[Array, Array, Array]]) -> Array:
    """Return the share of each block's three-grams that each voter has: float [voters, blocks].

    A block of one or two tokens counts half where the voter has it somewhere.
    """
    ids, base, blocks = tokens.ids, len(tokens.vocabulary) + 1, len(tokens.size)
    first, second, third = ids[:-2], ids[1:-1], ids[2:]
    whole = np.flatnonzero((first != _BREAK) & (second != _BREAK) & (third != _BREAK))
    threes = ((first * base + second) * base + third)[whole]
    where = tokens.block[whole]
    total = np.maximum(tokens.size - 2, 1)
    ends = np.flatnonzero(ids == _BREAK)[:blocks]
    ones, pairs = np.flatnonzero(tokens.size == 1), np.flatnonzero(tokens.size == 2)
    result: Array = np.zeros((len(voters), blocks))
    for row, (one, two, three) in enumerate(voters):
        hits = np.bincount(where[_is_in(threes, three)], minlength=blocks)
        result[row] = hits / total
        result[row, ones] = 0.5 * _is_in(ids[ends[ones] - 1], one)
        result[row, pairs] = 0.5 * _is_in(ids[ends[pairs] - 2] * base + ids[ends[pairs] - 1], two)
    return result


def agreement(one: Array, other: Array) -> float:
    """Return the F1 of two sorted sets of grams."""
    if not one.size or not other.size:
        return 0.0
    return float(2 * np.count_nonzero(_is_in(one, other)) / (one.size + other.size))


def texts_agree(one: str, other: str, least: float) -> bool:
    """Return whether two texts have the same three-grams, as an F1 of `least` or more."""
    if one == other:
        return True
    first, second = (_TOKEN.findall(text.lower().replace("\n", " ")) for text in (one, other))
    if not first or min(len(first), len(second)) < (2 * least - 1) * max(len(first), len(second)):
        return False
    mine, theirs = (set(zip(words, words[1:], words[2:], strict=False)) for words in (first, second))
    return bool(mine) and 2 * len(mine & theirs) >= least * (len(mine) + len(theirs))


def _is_in(values: Array, known: Array) -> Array:
    """Return whether each value is in a sorted array."""
    if not known.size:
        return np.zeros(values.shape, dtype=bool)
    place: Array = np.searchsorted(known, values)
    place[place == known.size] = 0
    found: Array = known[place] == values
    return found
