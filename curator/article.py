"""A page to its article by way of html rules: prune, extract, and see that no prose went along unasked.

An extractor weighs the parts of a page against each other; with the menus gone it can judge the rest otherwise, now and
then for the worse. So where it leaves much of the prose behind, the whole page is asked as well.
"""

from __future__ import annotations

from dataclasses import replace

from curator.extract.page import Extracted, Page, extract_tree, parse_tree
from curator.rules.prune import Pruned, prune
from curator.rules.ruleset import RuleSet

__all__ = ["find_article"]

# Of 1,299 pruned pages 11 % give less text than this share of the prose left on them; only those are extracted twice.
_LITTLE = 0.7
# What the whole page would have given and the pruned one does not, though no rule took it: more than this share of it
# and the page is left whole. On these pages 14 lost that much, mostly by half or more.
_MAX_LOST = 0.25


def find_article(html: str, page: Page, rules: RuleSet, *, max_share: float) -> tuple[Extracted, Pruned]:
    """Prune a page and find its article.

    Args:
        html: the page as it was parsed.
        page: the parsed page; its tree is changed.
        rules: the rules for this page.
        max_share: the share of the page's prose html rules may take in all, 0..1.
    """
    if page.tree is None:
        return extract_tree(page), Pruned()
    pruned = prune(page.tree, rules, max_share=max_share)
    article = extract_tree(page)
    if pruned.removals and len(article.text) < max(1, _LITTLE * pruned.prose_left):
        whole = extract_tree(replace(page, tree=parse_tree(html)))
        if not article.text.strip() or _lost(whole.text, article.text, pruned) > _MAX_LOST:
            return whole, Pruned(guard="html", stopped=pruned.stopped)
    return article, pruned


def _lost(whole: str, left: str, pruned: Pruned) -> float:
    """Return the share of a text, without what rules took, that is not in another text."""
    taken = " ".join(_plain(removal.text) for removal in pruned.removals)
    lines = [line for line in map(_plain, whole.split("\n")) if line and line not in taken]
    there = {_plain(line) for line in left.split("\n")}
    size = sum(map(len, lines))
    return sum(len(line) for line in lines if line not in there) / size if size else 0.0


def _plain(line: str) -> str:
    """Return a line without the marks an extractor puts around items and cells."""
    return " ".join(line.split()).strip("-| ")
