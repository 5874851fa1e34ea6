"""Taking a site's template lines, before the other rules are applied to a text.

What the other rules know is left to them, as they may keep an author or a source that stands in it. Template lines
stand outside the guard for what a document may lose: a short article under a long menu is mostly menu. They have a
guard of their own: the headline stays, and where no running text would be left none of them is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from curator.document import Removal
from curator.rules.apply import Excision, cut
from curator.rules.decide import Context, decide
from curator.rules.model import Rule
from curator.rules.ruleset import RuleSet
from curator.rules.settle import Settled, settle
from curator.rules.view import view_of

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
    spare = replace(context, spares_headline=True)
    excision = Excision(text)
    extracted: list[tuple[str, str]] = []
    stopped: set[str] = set()
    taken = _unknown_to(rules, context, text, own, spare)
    values: tuple[tuple[str, str], ...] = ()
    while True:
        refused = not _leaves_prose(excision, taken)
        if not refused:
            excision.take(taken)
            extracted += values
        settled = settle(excision.text, rules, context, max_share=max_share)
        excision.take(settled.removals)
        extracted += settled.extracted
        stopped.update(settled.stopped)
        # What the other rules left, of a line or in spite of a limit, can be a template line.
        rest = settle(excision.text, own, spare, max_share=1.0)
        taken, values = rest.removals, rest.extracted
        if refused or not taken:
            break
    guard = "templates" if refused and settled.guard not in _UNTOUCHED else settled.guard
    return Settled(excision.text, excision.removals, tuple(extracted), guard, tuple(sorted(stopped)))


def _exceptions(rules: RuleSet, context: Context) -> list[Rule]:
    own = rules.for_document(context.languages, context.site).rules
    return [rule for rule in own if rule.action == "keep"]


def _unknown_to(rules: RuleSet, context: Context, text: str, own: RuleSet, spare: Context) -> Sequence[Removal]:
    """Return the removals of template lines that no other rule would take."""
    view = view_of(text)
    decisions = decide(view, own, spare)
    for line in decide(view, rules, context).lines if decisions else ():
        decisions.lines.pop(line, None)
    decisions.spans.clear()
    return cut(view, decisions)


def _leaves_prose(excision: Excision, removals: Sequence[Removal]) -> bool:
    """Tell whether running text is left without what is to be taken, or there was none before."""
    if not removals:
        return True
    rest = Excision(excision.text)
    rest.take(removals)
    return bool(view_of(rest.text).prose) or not view_of(excision.text).prose
