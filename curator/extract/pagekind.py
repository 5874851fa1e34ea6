"""Telling a page that is no article: an index, a list of search results, an error, a login, a consent wall.

A transparent score: each sign has its points, the sum decides, and the answer names the signs. An article that is
refused is lost, an index that passes is one bad document; so a page has to say what it is in more than one way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from curator.extract.blocks.cut import Cut
from curator.extract.jsonld import Node
from curator.extract.pagelook import WEAK_SIGNS, PageLook, look_at
from curator.extract.pagewords import SAYINGS

__all__ = ["PageKind", "tell_kind"]

_ENOUGH = {"error": 5, "login": 5, "consent": 5, "search": 5, "index": 6}  # points
_UNDECLARED = 3  # so much more where nothing but the look of the page speaks for an index


@dataclass(frozen=True, slots=True)
class PageKind:
    """What a page is, "article" where nothing speaks against it, and the signs that spoke, with their points."""

    kind: str = "article"
    signs: tuple[str, ...] = ()

    @property
    def is_article(self) -> bool:
        """Whether the page may hold an article."""
        return self.kind == "article"


def tell_kind(tree: Any, cut: Cut, nodes: Sequence[Node], *, url: str | None, text: str) -> PageKind:
    """Tell what kind of page this is.

    Args:
        tree: the parsed page.
        cut: its blocks.
        nodes: its JSON-LD objects.
        url: its address, where known.
        text: the article that extraction found in it.
    """
    seen = look_at(tree, cut, nodes, url, text)
    for kind, judge in (
        ("error", _error),
        ("login", _login),
        ("consent", _consent),
        ("search", _search),
        ("index", _index),
    ):
        signs = judge(seen)
        if sum(points for _, points in signs) >= _ENOUGH[kind]:
            return PageKind(kind, tuple(f"{sign} {points:+d}" for sign, points in signs if points))
    return PageKind()


def _error(seen: PageLook) -> list[tuple[str, int]]:
    return [
        ("the title is an error's", 3 * _says("error", seen.title)),
        ("the heading is an error's", 3 * _says("error", seen.heading)),
        (f"{seen.passage} tokens of text", 2 if seen.passage < 60 else 1 if seen.passage < 120 else -4),
        ("declared an article", -min(seen.declared, 3)),
    ]


def _login(seen: PageLook) -> list[tuple[str, int]]:
    return [
        ("asks for a password", 2 * seen.asks_password),
        ("the title is a login's", 2 * _says("login", seen.title)),
        ("the heading is a login's", 2 * _says("login", seen.heading)),
        (f"{seen.passage} tokens of text", 2 if seen.passage < 60 else 0 if seen.passage < 100 else -4),
        ("declared an article", -seen.declared),
    ]


def _consent(seen: PageLook) -> list[tuple[str, int]]:
    return [
        ("the title asks for consent", 2 * _says("consent", seen.title)),
        ("the heading asks for consent", 2 * _says("consent", seen.heading)),
        (
            f"{seen.consent:.0%} of the text is about consent",
            3 if seen.consent >= 0.7 else 1 if seen.consent >= 0.5 else -3,
        ),
        ("little else", 1 if seen.tokens < 600 else -1),
        ("a long text", -3 if seen.passage > 500 else 0),
        ("declared an article", -2 * seen.declared),
    ]


def _search(seen: PageLook) -> list[tuple[str, int]]:
    return [
        ("the title is a search's", 2 * _says("search", seen.title)),
        ("the heading is a search's", 2 * _says("search", seen.heading)),
        ("the address is a search's", 2 * seen.searched),
        ("declared a list of results", 3 * ("searchresultspage" in seen.types)),
        (f"{seen.passage} tokens of text", 1 if seen.passage < 100 else -4),
        ("declared an article", -seen.declared),
    ]


def _index(seen: PageLook) -> list[tuple[str, int]]:
    passage = seen.passage
    in_cards = seen.cards >= 0.75
    short = 3 if passage < 40 else 2 if passage < 80 else 1 if passage < 100 else -4
    if in_cards and 100 <= passage < 300:
        short = -2
    other = -4 if seen.beside > 300 else -2 if seen.beside > 150 else 0
    says_so = any(points for sign, points in seen.listed if sign not in WEAK_SIGNS)
    many = (seen.headlines >= 8) + (seen.headlines >= 16) + (seen.alike >= 6)
    return [
        (f"no passage longer than {passage} tokens", short),
        (f"{seen.headlines} linked headlines", many or -3),
        ("hardly anything but headlines", 2 if seen.linked >= 0.5 else 0),
        (f"{seen.cards:.0%} of the paragraphs in cards", 3 if in_cards else 0),
        (f"{seen.teasers} teasers", 2 if seen.teasers >= 5 else 0),
        (f"{seen.stretch} tokens without a headline", -2 if seen.stretch > 250 and not in_cards else 0),
        *seen.listed,
        ("little text found", 1 if seen.found < 250 else 0),
        (f"{seen.beside} tokens of paragraphs beside cards", other),
        ("does not call itself a list", 0 if says_so else -_UNDECLARED),
        ("declared an article", -seen.declared),
    ]


def _says(kind: str, text: str) -> int:
    return 1 if text and len(text) < 120 and SAYINGS[kind].search(text) else 0
