"""Selectors of html rules: compiled once, and asked about a page in one walk over its elements.

A selector is turned into a test of one element, looked up by what the element must carry (a class, an id, a role), as
browsers do it: a page costs about the same for ten rules and for a thousand.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cssselect import HTMLTranslator, SelectorError, parse
from cssselect.parser import Attrib, Class, CombinedSelector, Element, Hash, Tree
from cssselect.xpath import XPathExpr
from lxml import etree

from curator.errors import RuleError
from curator.rules.model import Rule

__all__ = ["Selector", "Selectors", "compile_selector"]

# Attribute values whose answers are remembered: the pages of a site repeat some hundred.
_MAX_VALUES = 50_000
# XPath takes the square of a page's size where paths fork; real pages have up to some 10,000 elements.
_MAX_ELEMENTS = 20_000
# Steps over the rest of the page, or over all siblings, from every element.
_FAR_AXES = re.compile(r"\b(?:preceding|following)(?:\s*::|-sibling\s*::\s*[\w*()-]+(?!\s*\[1\])(?![\w*()-]))")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


class _ElementTest(HTMLTranslator):
    """Translates a selector from its right end: `.a .b` is an element .b with an ancestor .a.

    From the left, as cssselect has it, libxml2 would collect the elements under each .a and sort them, which is
    quadratic where they are nested.
    """

    def xpath_descendant_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        return right.add_condition(f"ancestor::{left}")

    def xpath_child_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        return right.add_condition(f"parent::{left}")

    def xpath_direct_adjacent_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        return right.add_condition(f"preceding-sibling::*[1]/self::{left}")

    def xpath_indirect_adjacent_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:
        raise RuleError(f"`~` looks at all siblings of each element: {left}", hint="use +, > or a space")


@dataclass(frozen=True, slots=True)
class _Test:
    """Whether one element fits; it can only if the caseless `literal` occurs in the value of `attribute`.

    An empty literal asks for the attribute alone, an empty attribute for nothing.
    """

    fits: Any
    attribute: str = ""
    literal: str = ""


@dataclass(frozen=True, slots=True)
class Selector:
    """One compiled CSS selector (tests of an element, one for each part between commas) or XPath."""

    tests: tuple[_Test, ...] = ()
    path: Any = None

    def select(self, tree: Any) -> list[Any]:
        """Return the elements of a tree it selects, in the order of the page; what is no element is left out."""
        if self.path is None:
            return [element for element in tree.iter("*") if any(test.fits(element) for test in self.tests)]
        if next(itertools.islice(tree.iter("*"), _MAX_ELEMENTS, None), None) is not None:
            return []
        found = self.path(tree)
        if not isinstance(found, list):  # an expression can be a number, a string or a truth value
            return []
        return [node for node in found if isinstance(getattr(node, "tag", None), str)]


@functools.lru_cache(maxsize=20_000)
def compile_selector(kind: str, text: str) -> Selector:
    """Compile one selector; `kind` is css or xpath.

    Raises:
        RuleError: it does not parse, or looks at the whole page from each element.
    """
    try:
        if kind == "css":
            return Selector(tuple(_css_tests(text)))
        _refuse_slow(text)
        selector = Selector(path=etree.XPath(text))
        selector.select(_NOTHING)  # functions and prefixes are looked up when it runs
    except (SelectorError, etree.XPathError) as error:
        raise RuleError(f"the selector does not parse: {error}", hint="CSS 3 selectors, or XPath 1.0") from None
    return selector


_NOTHING = etree.HTML("<p>x</p>")


def _css_tests(text: str) -> Iterator[_Test]:
    translator = _ElementTest()
    for part in parse(text):
        if part.pseudo_element:
            raise RuleError(
                f"the selector does not parse: ::{part.pseudo_element} is no element", hint="select the element itself"
            )
        xpath = translator.selector_to_xpath(part, prefix="self::")
        attribute, literal = max(_carried(part.parsed_tree), key=lambda key: (len(key[1]), key), default=("", ""))
        yield _Test(etree.XPath(f"boolean({xpath})"), attribute, literal)


def _carried(tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield (attribute, caseless text in its value) of all that the selected element itself must carry."""
    while not isinstance(tree, Element):
        match tree:
            case CombinedSelector():
                tree = tree.subselector
                continue
            case Class():
                yield "class", tree.class_name.casefold()
            case Hash():
                yield "id", tree.id.casefold()
            case Attrib(namespace=None) if tree.operator != "!=":
                value = tree.value.value if tree.value else None
                yield tree.attrib.lower(), (value or "").casefold()
        tree = tree.selector


def _refuse_slow(xpath: str) -> None:
    """Refuse an XPath that could take the square of a page's size, or worse."""
    bare = _QUOTED.sub("''", xpath)
    depth, before = 0, ""
    for character in bare:
        # A step from the root inside a condition: the page is searched again for every element.
        absolute = character == "/" and depth and not re.match(r"[\w\])*./]", before)
        if absolute or (character == "/" == before and depth > 1):
            hint = "in conditions use steps from the element itself (.//p, parent::div), one level deep"
            raise RuleError(f"the selector looks at the whole page from each element: {xpath}", hint=hint)
        depth += (character == "[") - (character == "]")
        before = character
    if _FAR_AXES.search(bare):
        hint = "use parents, children, and the sibling next to it: preceding-sibling::*[1]"
        raise RuleError(f"the selector looks at the whole page from each element: {xpath}", hint=hint)


class Selectors:
    """The selectors of many rules."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._tests: list[tuple[int, Any]] = []
        self._paths: list[tuple[int, Selector]] = []
        self._always: list[int] = []
        keys: dict[str, dict[str, list[int]]] = {}
        for number, rule in enumerate(rules):
            self._paths += ((number, compile_selector("xpath", text)) for text in rule.xpath)
            for test in (test for text in rule.css for test in compile_selector("css", text).tests):
                if test.attribute:
                    keys.setdefault(test.attribute, {}).setdefault(test.literal, []).append(len(self._tests))
                else:
                    self._always.append(len(self._tests))
                self._tests.append((number, test.fits))
        self._carriers = [(attribute, _Carriers(literals)) for attribute, literals in sorted(keys.items())]

    def __bool__(self) -> bool:
        return bool(self._tests or self._paths)

    def select(self, tree: Any) -> dict[Any, list[int]]:
        """Return the elements of a tree that rules select, in the order of the page, with the numbers of the rules."""
        by_path: dict[Any, list[int]] = {}
        for number, selector in self._paths:
            for element in selector.select(tree):
                by_path.setdefault(element, []).append(number)
        found: dict[Any, list[int]] = {}
        for element in tree.iter("*"):
            candidates = list(self._always)
            for attribute, carriers in self._carriers:
                value = element.get(attribute)
                if value is not None:
                    candidates += carriers.of(value)
            numbers = by_path.get(element, [])
            if candidates:
                numbers = numbers + [self._tests[n][0] for n in candidates if self._tests[n][1](element)]
            if numbers:
                found[element] = sorted(set(numbers))
        return found


class _Carriers:
    """Which tests to ask, by what stands in the value of one attribute."""

    def __init__(self, literals: dict[str, list[int]]) -> None:
        from ahocorasick_rs import AhoCorasick

        self._present = literals.get("", [])
        self._literals = sorted(literal for literal in literals if literal)
        self._tests = [literals[literal] for literal in self._literals]
        self._automaton: Any = AhoCorasick(self._literals)
        self._known: dict[str, tuple[int, ...]] = {}

    def of(self, value: str) -> tuple[int, ...]:
        known = self._known.get(value)
        if known is None:
            matches = self._automaton.find_matches_as_indexes(value.casefold(), overlapping=True)
            known = (*self._present, *sorted({test for match in matches for test in self._tests[match[0]]}))
            if len(self._known) >= _MAX_VALUES:
                self._known.clear()
            self._known[value] = known
        return known
