"""What a page says about itself in JSON-LD: the node that describes the article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["NEWS", "Node", "article_node", "declared_kind", "nodes_of", "page_types", "read_article_body", "strings"]

_MAX_CHARACTERS = 2_000_000  # of one script; JSON of that size is a shop's catalogue
_MAX_NODES = 2_000
_MAX_DEPTH = 12
# schema.org's Article and what stands under it; the ends of names, in lower case.
_ARTICLE = ("article", "blogposting", "socialmediaposting", "report", "review", "recipe", "critique", "techarticle")
_NEWS_ARTICLE = "newsarticle"
_WRAPPED = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[|/\*<!\[CDATA\[\*/)|(?:-->|//\]\]>|\]\]>|/\*\]\]>\*/)\s*$")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,400}>")

Node = Mapping[str, Any]
NEWS = 2  # `declared_kind` of a page that says it is news


def nodes_of(tree: Any) -> list[Node]:
    """Return all JSON-LD objects of a page in the order they stand, those inside others after them.

    Scripts that are no JSON are passed over: what a page says about itself wrongly it does not say.
    """
    found: list[Node] = []
    for script in tree.iter("script"):
        text = script.text
        if not text or "ld+json" not in (script.get("type") or "") or len(text) > _MAX_CHARACTERS:
            continue
        try:
            data = json.loads(_WRAPPED.sub("", text), strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _walk(data, 0):
            found.append(node)
            if len(found) >= _MAX_NODES:
                return found
    return found


def _walk(value: Any, depth: int) -> Iterator[Node]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            if isinstance(inner, dict | list):
                yield from _walk(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, depth + 1)


def types_of(node: Node) -> list[str]:
    """Return the types of a node in lower case, without the address of their vocabulary."""
    return [text.rsplit("/", 1)[-1].lower() for text in strings(node.get("@type"))]


def page_types(nodes: Sequence[Node]) -> set[str]:
    """Return the types of all nodes of a page."""
    return {name for node in nodes for name in types_of(node)}


def declared_kind(nodes: Sequence[Node]) -> int:
    """Return what a page says it is: `NEWS`, 1 for an article of another kind, 0 for neither.

    >>> declared_kind([{"@type": ["Article", "ReportageNewsArticle"]}]), declared_kind([{"@type": "BlogPosting"}])
    (2, 1)
    """
    types = page_types(nodes)
    if any(name.endswith(_NEWS_ARTICLE) for name in types):
        return NEWS
    return int(any(name.endswith(_ARTICLE) for name in types))


def article_node(nodes: Sequence[Node]) -> Node | None:
    """Return the node that describes the article: of those of an article's type the one that says most."""
    known = [node for node in nodes if any(name.endswith(_ARTICLE) for name in types_of(node))]
    keys = ("headline", "datePublished", "author", "articleBody", "articleSection", "publisher")
    return max(known, key=lambda node: sum(bool(node.get(key)) for key in keys), default=None)


def read_article_body(nodes: Sequence[Node]) -> str:
    """Return the longest articleBody of the nodes, without tags, or ""."""
    bodies = [body for node in nodes for body in strings(node.get("articleBody"))]
    return _TAG.sub(" ", max(bodies, key=len, default=""))


def strings(value: Any) -> list[str]:
    """Return the texts in a JSON-LD value: itself, the items of a list, the names of objects."""
    if isinstance(value, str):
        text = value.strip()
        return [text] if text else []
    if isinstance(value, list):
        return [text for inner in value[:100] for text in strings(inner)]
    if isinstance(value, dict):
        return strings(value.get("name")) or strings(value.get("@value"))
    return []
