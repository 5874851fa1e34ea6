"""Where the article of a text stands: the stretch of lines from its first running text to its last.

Notices are running text too ("We and our partners store …"). Close to an article they would pull all between into it,
so those known to be on most pages of a site are left out.
"""

from __future__ import annotations

from collections.abc import Collection

from curator.rules.sketch import hash_of
from curator.rules.view import View

__all__ = ["article_lines", "notices_in", "own_prose", "prose_hashes"]

# What a line that is not prose costs an article, in words: a gap of three such lines outweighs the shortest prose.
_GAP_WORDS = 4


def article_lines(view: View, prose: Collection[int]) -> range:
    """Return the stretch of lines that holds the article: prose adds its words, other lines cost four; empty if none.

    Source: maximum subsequence segmentation, Pasternack and Roth, Extracting article text from the web, WWW 2009.
    """
    best = run = begin = 0
    found = range(0)
    for line in range(len(view)):
        if run <= 0:
            run, begin = 0, line
        run += view.words(line) if line in prose else -_GAP_WORDS
        if run > best:
            best, found = run, range(begin, line + 1)
    return found


def own_prose(view: View, noticed: Collection[int]) -> frozenset[int]:
    """Return the lines of running text that are a document's own; none where notices outweigh them.

    A story that was stored many times, each time a bit longer, is on most pages too.

    Args:
        noticed: the lines that are notices.
    """
    own = frozenset(view.prose).difference(noticed)
    return own if 2 * sum(map(view.words, own)) >= sum(map(view.words, view.prose)) else frozenset()


def notices_in(view: View, hashes: Collection[int]) -> frozenset[int]:
    """Return the lines of running text that have one of these hashes, as `prose_hashes` makes them."""
    return frozenset(line for line in view.prose if _hash(view, line) in hashes) if hashes else frozenset()


def prose_hashes(text: str) -> list[int]:
    """Return the hashes of the different lines of running text, sorted."""
    view = View(text)
    return sorted({_hash(view, line) for line in view.prose})


def _hash(view: View, line: int) -> int:
    return hash_of(view.lines[line].lower())
