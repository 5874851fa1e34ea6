"""Taking a site's template lines, before the other rules look at a text.

They stand outside the guard for what a document may lose: a short article under a long menu is mostly menu. They have
a guard of their own: the headline stays, and where no running text would be left none of them is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from curator.rules.apply import Excision
from curator.rules.decide import Context
from curator.rules.model import Rule
from curator.rules.ruleset import RuleSet
from curator.rules.settle import Settled, settle
from curator.rules.view import View

__all__ = ["Templates", "settle_page"]

_MAX_COMPILED = 256  # rule sets, each for one site: a corpus of many sites must not fill the memory
# Guards after which the other rules took nothing, and which are what there is to say.
_UNTOUCHED = ("share", "unsettled")


class Templates:
    """The rules for template lines, by site. They are used on exactly that host: nothing was counted on those under it.

    Compiled when the first document of a site comes, together with the exceptions (`keep` rules) of the other rules,
    which win over these as they do over all.
    """

    def __init__(self, sites: Mapping[str, Sequence[Rule]]) -> None:
        self._sites = sites
        self._compiled: dict[tuple[str, frozenset[str]], RuleSet] = {}

    def of(self, site: str | None, exceptions: Sequence[Rule]) -> RuleSet | None:
        """Return the template rules of a site with exceptions to them, or None where it has none."""
        if site is None or site not in self._sites:
            return None
        key = (site, frozenset(rule.id for rule in exceptions))
        if key not in self._compiled:
            if len(self._compiled) >= _MAX_COMPILED:
                self._compiled.clear()
            self._compiled[key] = RuleSet((*self._sites[site], *exceptions))
        return self._compiled[key]


def settle_page(
    text: str, rules: RuleSet, context: Context, *, max_share: float, templates: Templates | None = None
) -> Settled:
    """Take the template lines of the document's site, then apply the other rules, until nothing more goes.

    Args:
        max_share: the share of characters the other rules may take in all of what template lines leave, 0..1.

    Returns:
        As `settle` does; the guard `templates` says that template lines were left where they are.
    """
    own = templates.of(context.site, _exceptions(rules, context)) if templates else None
    if own is None:
        return settle(text, rules, context, max_share=max_share)
    excision = Excision(text)
    extracted: list[tuple[str, str]] = []
    stopped: set[str] = set()
    refused = False
    while True:
        stripped = _strip(excision.text, own, context)
        refused |= stripped is None
        if stripped:
            excision.take(stripped.removals)
            extracted += stripped.extracted
        settled = settle(excision.text, rules, context, max_share=max_share)
        excision.take(settled.removals)
        extracted += settled.extracted
        stopped.update(settled.stopped)
        # What the other rules leave of a line can be a template line.
        if not settled.removals or refused:
            break
    guard = "templates" if refused and settled.guard not in _UNTOUCHED else settled.guard
    return Settled(excision.text, excision.removals, tuple(extracted), guard, tuple(sorted(stopped)))


def _exceptions(rules: RuleSet, context: Context) -> list[Rule]:
    own = rules.for_document(context.languages, context.site).rules
    return [rule for rule in own if rule.action == "keep"]


def _strip(text: str, own: RuleSet, context: Context) -> Settled | None:
    """Return the text without template lines; None where that would leave no running text, or not come to rest."""
    stripped = settle(text, own, replace(context, spares_headline=True), max_share=1.0)
    if stripped.guard:
        return None
    if stripped.removals and not View(stripped.text).prose and View(text).prose:
        return None
    return stripped
