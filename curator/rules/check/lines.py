"""The lines rules are tried on: their own examples, those of the others, and what is known to be content."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from curator.language import detect_language
from curator.rules.check.folder import RulesFolder
from curator.rules.check.source import SourcedRule
from curator.rules.view import View

__all__ = ["SENTENCE_WORDS", "Line", "examples", "is_sentence", "known_good_lines", "looks_like"]

# What ends as a sentence does and has so many words was written by an author; shorter lines are read-more links,
# names and credits as often as not, and one rule keeps them only because another one takes them.
SENTENCE_WORDS = 6
_REMARK = re.compile(r" ?[(\[（【][^()\[\]（）【】]*[)\]）】]$")

Role = Literal["match", "keep", "known-good"]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line that rules are tried on: an example of a rule (`owner`), or a known-good one; and where it stands."""

    text: str
    role: Role
    path: str
    number: int
    lang: str | None = None
    owner: SourcedRule | None = None

    @property
    def place(self) -> tuple[str, int]:
        """File and line, as a finding relates them."""
        return self.path, self.number


def examples(rules: Iterable[SourcedRule]) -> Iterator[Line]:
    """Yield the example lines of rules."""
    for sourced in rules:
        rule = sourced.rule
        if rule.kind not in ("html", "signal"):
            for text in rule.match:
                yield Line(text, "match", sourced.path, sourced.line("match"), sourced.lang, sourced)
            for text in rule.keep:
                yield Line(text, "keep", sourced.path, sourced.line("keep"), sourced.lang, sourced)


def known_good_lines(folder: RulesFolder) -> Iterator[Line]:
    """Yield the known-good lines of a rules folder."""
    for path, lines in folder.known_good.items():
        for number, text in enumerate(lines, 1):
            yield Line(text, "known-good", str(path), number, path.stem)


def is_sentence(text: str) -> bool:
    """Tell whether a line is a sentence, alone or with a remark in brackets behind it: `She won. (AFP)`."""
    view = View(_REMARK.sub("", text))
    if not len(view) or not view.is_sentence(0):
        return False
    # Marks that stand alone are no words: `À lire aussi : ses lettres.` has five.
    marks = sum(not any(map(str.isalnum, word)) for word in view.lines[0].split())
    return view.words(0) - marks >= SENTENCE_WORDS


@functools.lru_cache(maxsize=1_000)
def looks_like(text: str) -> str:
    """Return the language a line is in as far as it tells: `und` where it does not, which any rule may meet."""
    return detect_language(text)[0]
