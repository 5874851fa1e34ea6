"""Html rules on a parsed page: what they select is taken out of the tree before the article is looked for.

Wrong selectors hit wrappers: a word in the class of the element around the whole article. So an element that holds the
headline, or much of the page's prose, stays whatever a rule says.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from curator.document import Removal
from curator.rules.model import Rule
from curator.rules.ruleset import RuleSet
from curator.rules.view import View

__all__ = ["MAX_SHARE", "Pruned", "prune", "visible_text"]

# Of the prose of a page, an element may hold so much and still go; so may all a rule takes together.
MAX_SHARE = 0.3
_ROOTS = frozenset({"html", "head", "body", "main"})
_UNSEEN = frozenset(
    "head script style noscript template svg math select textarea iframe object audio video canvas".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body br center dd details dialog dir div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre section summary table tbody td tfoot th thead"
    " tr ul".split()
)
# A text between two tags that long is prose, unless it is a link: menus, labels and bylines are shorter.
_LONG = 40
_LONG_TEXTS = etree.XPath(
    f".//text()[string-length() >= {_LONG}]"
    f"[not(ancestor::*[self::a or {' or '.join(f'self::{tag}' for tag in sorted(_UNSEEN))}])]",
    smart_strings=False,
)
_LABEL = 60  # characters of the name of an element in the ledger


@dataclass(frozen=True, slots=True)
class Pruned:
    """What html rules took out of a page.

    Attributes:
        removals: in the order of the page; `layer` is html, `element` says what was pruned, `text` what it showed.
        guard: "html" where the rules together would have taken too much and the page was left whole.
        stopped: rules that took more than they may and were switched off for this page.
    """

    removals: tuple[Removal, ...] = ()
    guard: str = ""
    stopped: tuple[str, ...] = ()


def prune(tree: Any, rules: RuleSet, *, max_share: float = 0.6) -> Pruned:
    """Take out of the tree of a page what html rules select.

    An element that a `keep` rule selects stays, and so do those around it. Of nested elements the outermost goes. What
    shows no text stays: nothing would be gained.

    Args:
        tree: an `lxml` element, changed in place; text behind a pruned element stays.
        rules: the rules for this page, see `RuleSet.for_document`.
        max_share: the share of the page's prose all rules together may take, 0..1.
    """
    selected = rules.selectors.select(tree) if rules.selectors else {}
    if not selected:
        return Pruned()
    page = _Page(tree)
    candidates = dict(_candidates(page, rules.rules, selected))
    stopped: set[int] = set()
    while True:
        winners = _outermost(candidates, stopped)
        greedy = _over_their_limit(page, rules.rules, winners)
        if not greedy:
            break
        stopped |= greedy
    ids = tuple(sorted(rules.rules[number].id for number in stopped))
    if sum(page.prose_of(element) for element in winners) > max_share * page.prose:
        return Pruned((), "html", ids)
    removals = tuple(
        Removal(
            0,
            0,
            rules.rules[numbers[0]].id,
            "prune",
            page.text_of(element),
            tuple(rules.rules[number].id for number in numbers[1:]),
            "html",
            _label(element),
        )
        for element, numbers in winners.items()
    )
    for element in winners:
        _take_out(element)
    return Pruned(removals, "", ids)


class _Page:
    """The tree with what is asked about its elements more than once."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self.headlines = list(tree.iter("h1"))
        self._texts: dict[Any, str] = {}
        self._prose: dict[Any, int] = {}

    @property
    def prose(self) -> int:
        """Characters of prose of the whole page."""
        return self.prose_of(self.tree)

    def prose_of(self, element: Any) -> int:
        if element not in self._prose:
            texts = (" ".join(text.split()) for text in _LONG_TEXTS(element))
            self._prose[element] = sum(len(text) for text in texts if len(text) >= _LONG)
        return self._prose[element]

    def text_of(self, element: Any) -> str:
        if element not in self._texts:
            self._texts[element] = visible_text(element)
        return self._texts[element]

    def is_backbone(self, element: Any) -> bool:
        """Tell whether the page would not be the same article without an element."""
        if element.tag in _ROOTS or element.getparent() is None:
            return True
        if self.headlines and all(_is_inside(headline, element) for headline in self.headlines):
            return True
        return self.prose_of(element) > MAX_SHARE * self.prose


def _is_inside(element: Any, container: Any) -> bool:
    return element is container or any(ancestor is container for ancestor in element.iterancestors())


def _candidates(
    page: _Page, rules: tuple[Rule, ...], selected: dict[Any, list[int]]
) -> Iterator[tuple[Any, list[int]]]:
    """Yield the elements that may go, in the order of the page, with the numbers of the rules that may take them."""
    shielded: set[Any] = set()
    for element, numbers in selected.items():
        if any(rules[number].action == "keep" for number in numbers):
            shielded |= {element, *element.iterancestors()}
    for element, numbers in selected.items():
        if element in shielded or page.is_backbone(element) or not page.text_of(element):
            continue
        takers = [number for number in numbers if rules[number].action == "prune"]
        if not all(rules[number].status == "stable" for number in takers) and View(page.text_of(element)).prose:
            # A guard: prose may go only by a rule that has proved itself.
            takers = [number for number in takers if rules[number].status == "stable"]
        if takers:
            yield element, takers


def _outermost(candidates: dict[Any, list[int]], stopped: set[int]) -> dict[Any, list[int]]:
    """Return the elements that go, each with the rule that takes it, then those that take it or what is in it too."""
    winners: dict[Any, list[int]] = {}
    for element, numbers in candidates.items():  # in the order of the page: what is around an element comes first
        takers = [number for number in numbers if number not in stopped]
        outer = next((ancestor for ancestor in element.iterancestors() if ancestor in winners), None)
        if outer is not None:
            winners[outer] += [number for number in takers if number not in winners[outer]]
        elif takers:
            winners[element] = takers
    return winners


def _over_their_limit(page: _Page, rules: tuple[Rule, ...], winners: dict[Any, list[int]]) -> set[int]:
    taken: dict[int, list[Any]] = defaultdict(list)
    for element, numbers in winners.items():
        taken[numbers[0]].append(element)
    over = set()
    for number, elements in taken.items():
        rule = rules[number]
        if rule.max_hits is not None and len(elements) > rule.max_hits:
            over.add(number)
        if sum(map(page.prose_of, elements)) > MAX_SHARE * page.prose:
            over.add(number)
        if rule.max_share is not None:
            size = sum(_size(page.text_of(element)) for element in elements)
            if size > rule.max_share * _size(page.text_of(page.tree)):
                over.add(number)
    return over


def _size(text: str) -> int:
    """Return the number of characters of a text, white space aside."""
    return sum(map(len, text.split()))


def visible_text(element: Any) -> str:
    """Return what an element shows: a line for each block in it, white space collapsed."""
    parts: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in walker:
        if event == "start":
            if node.tag in _UNSEEN:
                walker.skip_subtree()
            elif node.tag in _BLOCKS:
                parts.append("\n")
            if node.tag not in _UNSEEN and node.text:
                parts.append(" ".join(node.text.split("\n")))
            continue
        if event == "end" and node.tag in _BLOCKS:
            parts.append("\n")
        if node is not element and node.tail:
            parts.append(" ".join(node.tail.split("\n")))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _label(element: Any) -> str:
    """Name an element as a selector would: `aside.related`; one without class and id by the elements around it."""
    names = []
    for node in itertools.islice(itertools.chain([element], element.iterancestors()), 3):
        names.append(_name(node))
        if names[-1] != node.tag:
            break
    label = " > ".join(reversed(names))
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"


def _name(element: Any) -> str:
    name = "".join(f"#{part}" for part in element.get("id", "").split()[:1])
    return ".".join([f"{element.tag}{name}", *element.get("class", "").split()])


def _take_out(element: Any) -> None:
    """Take an element out of its tree; the text behind it stays where it is."""
    parent, before = element.getparent(), element.getprevious()
    text = (parent.text if before is None else before.tail) or ""
    tail = element.tail or ""
    if element.tag in _BLOCKS and text.strip() and tail.strip():
        element.clear(keep_tail=True)  # a line break stays: the texts around it are two paragraphs
        element.tag = "br"
        return
    if before is None:
        parent.text = text + tail
    else:
        before.tail = text + tail
    parent.remove(element)
