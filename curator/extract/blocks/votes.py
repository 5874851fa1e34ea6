"""What other extractors take for the article: the voters of the block model, most of them out of one run."""

from __future__ import annotations

from dataclasses import dataclass
from types import FunctionType
from typing import Any

__all__ = ["Votes", "collect_votes"]


@dataclass(frozen=True, slots=True)
class Votes:
    """The texts that voters found: trafilatura's answer, its main extraction before it is compared, readability's."""

    text: str
    own: str = ""
    readability: str = ""


def collect_votes(tree: Any, *, recall: bool = False) -> Votes:
    """Run trafilatura once on a tree, which stays as it is, and keep what its steps found on the way.

    Source: trafilatura 2.3, default mode (with `recall` the one that takes more), without comments and without its
    deduplication across documents, which would make a page's text depend on the pages before it. Its steps are called
    through copies of its functions in which two names lead here first, so that nothing of the library is changed for
    others.
    """
    from trafilatura import bare_extraction, core, external

    heard: dict[str, str] = {}

    def compare(cleaned: Any, raw: Any, body: Any, text: str, options: Any) -> Any:
        heard.setdefault("own", text)
        return comparison(cleaned, raw, body, text, options)

    def readability(tree: Any) -> Any:
        found = external.try_readability(tree)
        if "readability" not in heard:
            heard["readability"] = _spaced_text(found)
        return found

    comparison = _rebound(external.compare_extraction, try_readability=readability)
    attempt = _rebound(core._extract_and_compare, compare_extraction=compare)  # noqa: SLF001
    sequence = _rebound(core.trafilatura_sequence, _extract_and_compare=attempt)
    extract = _rebound(bare_extraction, trafilatura_sequence=sequence)
    found = extract(tree, include_comments=False, include_tables=True, deduplicate=False, favor_recall=recall)
    text = (found.text or "") if found else ""
    return Votes(text, heard.get("own", ""), heard.get("readability", ""))


def _rebound(function: Any, **names: Any) -> Any:
    """Return a copy of a function that finds other things under some global names."""
    copy = FunctionType(function.__code__, {**function.__globals__, **names}, function.__name__, function.__defaults__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def _spaced_text(tree: Any) -> str:
    return " ".join(tree.itertext()) if len(tree) or tree.text else ""
