"""Selectors of html rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from curator.errors import RuleError

__all__ = ["compile_selector"]


def compile_selector(kind: str, text: str) -> Callable[[Any], Any]:
    """Compile one CSS or XPath selector to a function from a tree to the elements it selects.

    Raises:
        RuleError: it does not parse.
    """
    from cssselect import HTMLTranslator, SelectorError
    from lxml import etree

    try:
        selector: Callable[[Any], Any] = etree.XPath(HTMLTranslator().css_to_xpath(text) if kind == "css" else text)
    except (SelectorError, etree.XPathError) as error:
        raise RuleError(f"the selector does not parse: {error}", hint="CSS 3 selectors, or XPath 1.0") from None
    return selector
