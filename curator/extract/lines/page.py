"""A whole-page text on its way to a decision: which lines are prose, where most of it stands, which words are its."""

from __future__ import annotations

import functools
from typing import Final

import numpy as np

from curator.extract.forest import Ints
from curator.extract.lines import characters as c
from curator.extract.lines.characters import Alphabet, Spelling, Spelt
from curator.extract.lines.windows import FAR, Bools, Windows, among, best_stretch, share
from curator.rules.view import View

__all__ = ["Page"]

_COMMAS: Final = [ord(comma) for comma in ",\u060c\u3001\uff0c"]
_COLONS: Final = [ord(colon) for colon in ":\uff1a"]
_DATE_SIGNS: Final = [ord(sign) for sign in "./-\u5e74\u6708"]
# A line is prose where it is as wide as a line of print and ends as a sentence ends, or is far too wide for a heading.
_PROSE_WIDTH, _PROSE_TOKENS, _WIDE = 70, 8, 250
_THAI_SENTENCE = 40  # characters; Thai, Lao, Burmese and Khmer end a sentence with a space or with nothing
_CAP = 60  # tokens: a long paragraph is not worth more than this


class Page:
    """The lines of a text and what is known of them beside their letters; rows have a number for each line.

    Attributes:
        tokens: words, with two Chinese or four Thai characters for one; `weight` counts those characters singly.
        width: characters, with those counted double that are written so.
        prose: which lines are prose; `group_prose` which belong to prose that was cut at links and italics.
        block, wide_block: the stretch of lines (first, past the last) with most prose in it, and a looser one.
    """

    def __init__(self, view: View, alphabet: Alphabet) -> None:
        self.view, self.size, self._alphabet = view, len(view), alphabet
        self.spelling = s = Spelling(view, alphabet)
        self.windows = Windows(self.size)
        n, words = s.counts, s.words
        self.spaced: Ints = np.bincount(words.line[words.spaced], minlength=self.size)
        self.units: Ints = np.bincount(words.line, minlength=self.size)
        self.weight: Ints = self.spaced + n[:, c.CJK] + n[:, c.THAI]
        self.tokens: Ints = self.spaced + n[:, c.CJK] * 5 // 9 + n[:, c.THAI] // 4
        self.capped: Ints = np.minimum(self.tokens, _CAP)
        self.width: Ints = s.length + (n[:, c.CJK] + n[:, c.HANGUL]) * 13 // 10
        self.ends: Bools = (s.last == c.TERMINAL) | ((s.last == c.THAI) & (self.width >= _THAI_SENTENCE))
        wide = (self.width >= _PROSE_WIDTH) & (self.tokens >= _PROSE_TOKENS) & self.ends
        self.prose: Bools = wide | (self.width >= _WIDE)
        self.group_prose, self.group_width = self._groups()
        self._vocabulary()
        self.block = best_stretch(np.where(self.group_prose, self.capped, -6))
        self.wide_block = best_stretch(np.where(self.group_prose, 2 * self.capped, -5))
        self.times, self.dates = self._clock()
        self.repeat, self.same_before = self._repeats()

    def _groups(self) -> tuple[Bools, Ints]:
        """Join the pieces of paragraphs that a scraper cut at inline tags; return which lines are prose, and widths."""
        s = self.spelling
        goes_on = among(s.first, (c.LOWER, c.COMMA, c.TERMINAL, c.CLOSER))
        joins = np.zeros(self.size, bool)  # with the line before
        joins[1:] = goes_on[1:] | among(s.last_code, _COMMAS)[:-1]
        group = np.cumsum(~joins)
        group -= group[0]
        first = np.flatnonzero(np.diff(group, prepend=-1))
        width, tokens, stops = (
            np.add.reduceat(row, first) for row in (self.width, self.tokens, s.counts[:, c.TERMINAL])
        )
        ends = self.ends[np.append(first[1:], self.size) - 1]
        prose = ((width >= _PROSE_WIDTH) & (tokens >= _PROSE_TOKENS) & ends) | ((width >= _WIDE) & (stops > 0))
        return prose[group] | self.prose, width[group]

    def _vocabulary(self) -> None:
        """Find the page's own function words, and which of its other words return in other lines of prose.

        `pair_key`, `pair_line` hold each word of each line once.
        """
        words, size = self.spelling.words, self.size
        pair = np.sort(words.key * size + words.line)
        pair = pair[np.diff(pair, prepend=-1) > 0]
        self.pair_key, self.pair_line = key, line = pair // size, pair % size
        in_prose = self.group_prose[line]
        spread = np.bincount(key[in_prose], minlength=words.kinds)  # lines of prose a word stands in
        common = np.zeros(words.kinds, bool)
        top = np.argsort(-spread, kind="stable")[:40]
        common[top] = spread[top] * 100 >= 15 * max(int(self.group_prose.sum()), 4)
        self.long: Bools = np.zeros(words.kinds, bool)
        self.long[words.key[words.size >= np.where(words.spaced, 5, 2)]] = True
        self.long &= ~common
        of_page = np.bincount(words.key, minlength=words.kinds)
        self.long_words = self.count(self.long[key])
        self.known_words = self.count(self.long[key] & (spread[key] > in_prose))
        self.unique_words = self.count(self.long[key] & (of_page[key] == 1))
        self.common_words: Ints = np.bincount(words.line[common[words.key]], minlength=size)
        self.capitals: Ints = np.bincount(words.line[words.capital], minlength=size)

    @functools.cached_property
    def cues(self) -> dict[str, Ints]:
        """How often each line says a word of each kind of cue."""
        return {name: self._said(spelt) for name, spelt in self._alphabet.cues().items()}

    def _said(self, spelt: Spelt) -> Ints:
        """Return how often each line says one of some words."""
        words = self.spelling.words
        wanted = spelt[np.minimum(np.searchsorted(spelt, words.spelt), len(spelt) - 1)] == words.spelt
        return np.bincount(words.line[wanted[words.key]], minlength=self.size)

    def count(self, pairs: Bools) -> Ints:
        """Return how many of some words, given as a choice of pairs, each line has."""
        return np.bincount(self.pair_line[pairs], minlength=self.size)

    def within(self, lines: Bools) -> Ints:
        """Return in how many of some lines each word stands."""
        return np.bincount(self.pair_key[lines[self.pair_line]], minlength=self.spelling.words.kinds)

    @functools.cached_property
    def title(self) -> int:
        """The line above the block that shares most words with it."""
        start, end = self.block
        at, long = self.windows.at, self.long[self.pair_key]
        above = np.arange(max(0, start - 80), start)
        if not len(above):
            return 0
        inside = self.within((at >= start) & (at < end))[self.pair_key]
        tally = np.bincount(self.pair_line, np.where(long, np.minimum(inside, 5), 0), minlength=self.size)
        fits = (self.tokens[above] >= 3) & (self.tokens[above] <= 40)
        score = np.where(fits, tally[above].astype(np.int64) * 1000 // (self.long_words[above] + 3), -1)
        return int(above[len(above) - 1 - np.argmax(score[::-1])])

    @functools.cached_property
    def lead_words(self) -> Ints:
        """How many longer words each line shares with the headline, the first line and the first prose."""
        long, prose = self.long[self.pair_key], np.flatnonzero(self.group_prose)
        lead = np.zeros(self.size, bool)
        lead[[*prose[prose >= self.block[0]][:8].tolist(), self.title, 0]] = True
        own = lead[self.pair_line] & long
        return self.count(long & (self.within(lead)[self.pair_key] > own))

    def _clock(self) -> tuple[Ints, Ints]:
        """Count what looks like a time of day or a date: digits on both sides of a colon, a dot, a slash or a dash."""
        s = self.spelling
        digit = s.classes == c.DIGIT
        between = np.flatnonzero(digit[:-2] & digit[2:]) + 1
        sign = s.codes[between]
        times, dates = (between[among(sign, signs)] for signs in (_COLONS, _DATE_SIGNS))
        return tuple(np.bincount(s.line_of[found], minlength=self.size) for found in (times, dates))  # type: ignore[return-value]

    def _repeats(self) -> tuple[Ints, Ints]:
        """Return how often what each line says stands in the page, and how many lines ago it last did."""
        said = self.spelling.said
        order = np.argsort(said, kind="stable")
        kinds, inverse, count = np.unique(said, return_inverse=True, return_counts=True)
        before = np.full(self.size, FAR)
        same = np.diff(said[order]) == 0
        before[order[1:][same]] = np.diff(order)[same]
        return np.where(kinds == 0, 0, count)[inverse], np.minimum(before, FAR)

    def likeness(self, line: int) -> Ints:
        """Return how like each line is to one of them, by its longer words, in thousandths."""
        there = (self.within(self.windows.at == line) > 0) & self.long
        both = self.count(there[self.pair_key])
        return np.minimum(share(both, self.long_words), share(both, int(there.sum())))
