"""Html rules on a parsed page: what they select is taken out of the tree before the article is looked for.

Wrong selectors hit wrappers: a word in the class of the element around the whole article. So an element that holds the
headline, or much of the page's prose, stays whatever a rule says.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
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
_UNSEEN_TAGS = "head script style noscript template svg math select textarea iframe object audio video canvas"
_UNSEEN = frozenset(_UNSEEN_TAGS.split())
_BLOCK_TAGS = """
address article aside blockquote body br center dd details dialog dir div dl dt fieldset figcaption figure footer form
h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
# A text between two tags that long is prose, unless it is a link: menus, labels and bylines are shorter.
_LONG = 40
_LONG_TEXTS = etree.XPath(f".//text()[string-length() >= {_LONG}]")
_NO_PROSE = _UNSEEN | {"a"}
_LABEL = 60  # characters of the name of an element in the ledger


@dataclass(frozen=True, slots=True)
class Pruned:
    """What html rules took out of a page.

    Attributes:
        removals: in the order of the page; `layer` is html, `element` says what was pruned, `text` what it showed.
        guard: "html" where the rules together would have taken too much and the page was left whole.
        stopped: rules that took more than they may and were switched off for this page.
        prose_left: characters of prose on the page after pruning.
    """

    removals: tuple[Removal, ...] = ()
    guard: str = ""
    stopped: tuple[str, ...] = ()
    prose_left: int = 0


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
    page = _Page(tree, rules.rules, selected)
    stopped: set[int] = set()
    while True:
        winners = page.outermost(stopped)
        greedy = page.over_their_limit(winners)
        if not greedy:
            break
        stopped |= greedy
    ids = tuple(sorted(rules.rules[number].id for number in stopped))
    prose = sum(page.prose_of(element) for element in winners)
    if prose > max_share * page.prose:
        return Pruned((), "html", ids, page.prose)
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
    return Pruned(removals, "", ids, page.prose - prose)


class _Page:
    """A page, what rules select of it, and what is asked about its elements more than once."""

    def __init__(self, tree: Any, rules: Sequence[Rule], selected: dict[Any, list[int]]) -> None:
        self._tree, self._rules = tree, rules
        self._headlines = list(tree.iter("h1"))
        self._texts: dict[Any, str] = {}
        self._prose = _prose_by_element(tree)
        self._candidates: dict[Any, list[int]] = {}
        self._shielded: set[Any] = set()
        for element, numbers in selected.items():
            takers = [number for number in numbers if rules[number].action == "prune"]
            if len(takers) < len(numbers):
                self._shielded |= {element, *element.iterancestors()}
            if takers:
                self._candidates[element] = takers

    @property
    def prose(self) -> int:
        """Characters of prose of the whole page."""
        return self.prose_of(self._tree)

    def prose_of(self, element: Any) -> int:
        return self._prose.get(element, 0)

    def text_of(self, element: Any) -> str:
        if element not in self._texts:
            self._texts[element] = visible_text(element)
        return self._texts[element]

    def outermost(self, stopped: set[int]) -> dict[Any, list[int]]:
        """Return what goes, in the order of the page: each element with the rules that take it or something in it.

        The first is the rule that takes it.
        """
        winners: dict[Any, list[int]] = {}
        last: Any = None
        for element, numbers in self._candidates.items():
            takers = [number for number in numbers if number not in stopped]
            if last is not None and any(ancestor is last for ancestor in element.iterancestors()):
                winners[last] += [number for number in takers if number not in winners[last]]
            elif takers and (takers := self._may_take(element, takers)):
                winners[element] = takers
                last = element
        return winners

    def _may_take(self, element: Any, takers: list[int]) -> list[int]:
        if element in self._shielded or self.is_backbone(element) or not self.text_of(element):
            return []
        stable = [number for number in takers if self._rules[number].status == "stable"]
        # A guard: prose may go only by a rule that has proved itself.
        return stable if len(stable) < len(takers) and View(self.text_of(element)).prose else takers

    def is_backbone(self, element: Any) -> bool:
        """Tell whether the page would not be the same article without an element."""
        if element.tag in _ROOTS or element is self._tree:
            return True
        if self.prose_of(element) > MAX_SHARE * self.prose or _is_in_a_sentence(element):
            return True
        return bool(self._headlines) and all(
            headline is element or any(ancestor is element for ancestor in headline.iterancestors())
            for headline in self._headlines
        )

    def over_their_limit(self, winners: dict[Any, list[int]]) -> set[int]:
        """Return the rules that take more than they may of this page."""
        taken: dict[int, list[Any]] = defaultdict(list)
        for element, numbers in winners.items():
            taken[numbers[0]].append(element)
        return {number for number, elements in taken.items() if self._is_greedy(self._rules[number], elements)}

    def _is_greedy(self, rule: Rule, elements: list[Any]) -> bool:
        if rule.max_hits is not None and len(elements) > rule.max_hits:
            return True
        if sum(map(self.prose_of, elements)) > MAX_SHARE * self.prose:
            return True
        if rule.max_share is None:
            return False
        return sum(_size(self.text_of(e)) for e in elements) > rule.max_share * _size(self.text_of(self._tree))


def _is_in_a_sentence(element: Any) -> bool:
    """Tell whether text stands right beside an element that makes no line of its own."""
    while element is not None and element.tag not in _BLOCKS:
        before, parent = element.getprevious(), element.getparent()
        text = before.tail if before is not None else parent.text if parent is not None else None
        if (text or "").strip() or (element.tail or "").strip():
            return True
        element = parent
    return False


def _prose_by_element(tree: Any) -> dict[Any, int]:
    """Return the characters of prose in each element that has any."""
    sizes: dict[Any, int] = defaultdict(int)
    for text in _LONG_TEXTS(tree):
        node = text.getparent()
        inside = [] if text.is_tail or node.tag in _NO_PROSE else [node]
        if (inside or text.is_tail) and (size := len(" ".join(text.split()))) >= _LONG:
            inside += node.iterancestors()
            if not any(ancestor.tag in _NO_PROSE for ancestor in inside):
                for ancestor in inside:
                    sizes[ancestor] += size
    return sizes


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
