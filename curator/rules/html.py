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
from typing import TYPE_CHECKING, Any

from cssselect import HTMLTranslator, SelectorError, parse
from cssselect.parser import Attrib, Class, CombinedSelector, Element, Hash
from lxml import etree

from curator.errors import RuleError
from curator.rules.model import Rule

if TYPE_CHECKING:
    from cssselect.xpath import XPathExpr

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

    def xpath_indirect_adjacent_combinator(self, left: XPathExpr, right: XPathExpr) -> XPathExpr:  # noqa: ARG002
        raise RuleError(f"`~` looks at all siblings of each element: {left}", hint="use +, > or a space")


@dataclass(frozen=True, slots=True)
class _Condition:
    """What one attribute of an element must be, in the operators of CSS."""

    attribute: str
    operator: str
    value: str
    caseless: bool = False

    def holds(self, value: str) -> bool:
        if self.caseless:
            value = value.casefold()
        match self.operator:
            case "*=":
                return bool(self.value) and self.value in value
            case "~=":
                return self.value in value.split()
            case "^=":
                return bool(self.value) and value.startswith(self.value)
            case "$=":
                return bool(self.value) and value.endswith(self.value)
            case "|=":
                return value == self.value or value.startswith(f"{self.value}-")
            case "=":
                return value == self.value
        return True  # the attribute is there


@dataclass(frozen=True, slots=True)
class _Test:
    """Whether one element fits a selector: its tag, its attributes, and the rest as XPath, each where it is asked for.

    The answer to the first condition is remembered for each value of its attribute.
    """

    tag: str | None
    conditions: tuple[_Condition, ...]
    rest: Any

    def fits(self, element: Any, known: int = 0) -> bool:
        """Tell whether an element fits; the first `known` conditions are known to hold."""
        if self.tag is not None and element.tag != self.tag:
            return False
        for condition in self.conditions[known:]:
            value = element.get(condition.attribute)
            if value is None or not condition.holds(value):
                return False
        return self.rest is None or self.rest(element)


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
            what = f"the selector does not parse: ::{part.pseudo_element} is no element"
            raise RuleError(what, hint="select the element itself")
        xpath = etree.XPath(f"boolean({translator.selector_to_xpath(part, prefix='self::')})")
        tag, conditions, whole = _compound(part.parsed_tree)
        # The rarest first: of what many elements carry, the longest literal.
        conditions.sort(key=lambda c: (c.operator == "exists", -len(c.value), c.attribute, c.value))
        yield _Test(tag, tuple(conditions), None if whole else xpath)


def _compound(tree: Any) -> tuple[str | None, list[_Condition], bool]:
    """Return the tag and the conditions the selected element itself must meet, and whether that is all there is."""
    conditions, whole = [], True
    while not isinstance(tree, Element):
        if isinstance(tree, CombinedSelector):
            tree, whole = tree.subselector, False
            continue
        if isinstance(tree, Class):
            conditions.append(_Condition("class", "~=", tree.class_name))
        elif isinstance(tree, Hash):
            conditions.append(_Condition("id", "=", tree.id))
        elif isinstance(tree, Attrib) and not tree.namespace and tree.operator != "!=":
            value = (tree.value.value if tree.value else None) or ""
            caseless = tree.flag == "i"
            value = value.casefold() if caseless else value
            conditions.append(_Condition(tree.attrib.lower(), tree.operator, value, caseless))
        else:
            whole = False
        tree = tree.selector
    return tree.element.lower() if tree.element else None, conditions, whole and not tree.namespace


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
        self._paths: list[tuple[int, Selector]] = []
        self._by_tag: dict[str | None, list[tuple[int, _Test]]] = {}
        keyed: dict[str, list[tuple[int, _Test]]] = {}
        for number, rule in enumerate(rules):
            self._paths += ((number, compile_selector("xpath", text)) for text in rule.xpath)
            for test in (test for text in rule.css for test in compile_selector("css", text).tests):
                if test.conditions:
                    keyed.setdefault(test.conditions[0].attribute, []).append((number, test))
                else:
                    self._by_tag.setdefault(test.tag, []).append((number, test))
        for tag, tests in self._by_tag.items():
            tests += self._by_tag.get(None, []) if tag is not None else []
        self._carriers = [(attribute, _Carriers(tests)) for attribute, tests in sorted(keyed.items())]

    def __bool__(self) -> bool:
        return bool(self._carriers or self._by_tag or self._paths)

    def select(self, tree: Any) -> dict[Any, list[int]]:
        """Return the elements of a tree that rules select, in the order of the page, with the numbers of the rules."""
        by_path: dict[Any, set[int]] = {}
        for number, selector in self._paths:
            for element in selector.select(tree):
                by_path.setdefault(element, set()).add(number)
        found: dict[Any, list[int]] = {}
        everywhere = self._by_tag.get(None, [])
        for element in tree.iter("*"):
            numbers = set(by_path[element]) if element in by_path else set()
            for attribute, carriers in self._carriers:
                value = element.get(attribute)
                if value and (tests := carriers.of(value)):
                    numbers.update(number for number, test in tests if test.fits(element, known=1))
            if by_tag := self._by_tag.get(element.tag, everywhere):
                numbers.update(number for number, test in by_tag if test.fits(element))
            if numbers:
                found[element] = sorted(numbers)
        return found


class _Carriers:
    """The tests whose first condition is about one attribute, by the value of that attribute."""

    def __init__(self, tests: Sequence[tuple[int, _Test]]) -> None:
        from ahocorasick_rs import AhoCorasick

        by_literal: dict[str, list[tuple[int, _Test]]] = {}
        for number, test in tests:
            by_literal.setdefault(test.conditions[0].value.casefold(), []).append((number, test))
        self._present = by_literal.pop("", [])
        self._tests = list(by_literal.values())
        self._automaton: Any = AhoCorasick(list(by_literal))
        self._known: dict[str, tuple[tuple[int, _Test], ...]] = {}

    def of(self, value: str) -> tuple[tuple[int, _Test], ...]:
        """Return the tests whose first condition holds for a value."""
        known = self._known.get(value)
        if known is None:
            matches = self._automaton.find_matches_as_indexes(value.casefold(), overlapping=True)
            near = itertools.chain(self._present, *(self._tests[match] for match in {match[0] for match in matches}))
            known = tuple((number, test) for number, test in near if test.conditions[0].holds(value))
            if len(self._known) >= _MAX_VALUES:
                self._known.clear()
            self._known[value] = known
        return known
