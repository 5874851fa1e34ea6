"""A text that is a whole page (menus above, lists below) to its article, by the line model, before any rule for lines.

Text that is main text already, an extractor's output, is left to the rules.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from curator.document import Removal
from curator.rules.apply import Excision, cut_lines
from curator.rules.decide import Context, LineDecision, decide
from curator.rules.model import Rule
from curator.rules.ruleset import RuleSet
from curator.rules.settle import Settled
from curator.rules.templates import Templates, settle_page
from curator.rules.title import lines_saying
from curator.rules.view import View

if TYPE_CHECKING:
    from curator.extract.lines.model import Choice, LineModel

__all__ = ["LINE_MODEL", "TextIs", "WholePage", "settle_text"]

# What a text is taken for: told by the text itself, always main text, or always a whole page.
TextIs = Literal["auto", "main", "page"]
# The id under which the line model's removals stand in the ledger.
LINE_MODEL = "curator.line-model"
# Whole pages have dozens of lines; a text with fewer, or with fewer that are no prose, is not even looked at.
_LEAST_LINES, _LEAST_OTHER = 18, 8
# The longest of 405 real pages has 105,000 characters; the model would take memory by the gigabyte for dumps of many.
_MOST_LINES, _MOST_CHARACTERS = 50_000, 2_000_000
# Lines around the article in which rules may read an author or a source that the model would drop.
_NEAR = 10
# A doubtful text is a whole page where what rules leave of it looks like one: log-odds in thousandths, and as much for
# each line left that is hardly the article's. Of 100 scraped articles, of which rules leave main text, none came above
# -1,200; it must be below 0, so that a text that is left alone is main text when it comes again. Both numbers were set
# with these articles in view.
_UNLIKELY, _LEFT_WHOLE = 500, -900
# Nearly all pages are main text after one round; what is not after so many is left to the rules alone.
_MAX_ROUNDS = 6

_RULE = Rule(id=LINE_MODEL, title="Not the article's, says the line model", kind="line", status="stable")


@dataclass(frozen=True, slots=True)
class WholePage:
    """What the line model says about a text.

    Attributes:
        choice: which lines are the article's, or None where the text is main text.
        sure: whether it is a whole page beyond doubt; where not, what the rules leave of it decides.
    """

    view: View
    choice: Choice | None = None
    sure: bool = False

    @classmethod
    def judge(cls, text: str, model: LineModel | None, text_is: TextIs) -> WholePage:
        """Ask the model, or the shipped one, where the text may be a whole page."""
        view = View(text)
        if text_is == "main" or not _fits(view) or (text_is == "auto" and not _may_be_whole(view)):
            return cls(view)
        model = model or _shipped_model()
        page = model.page(view)
        odds = model.odds_of_whole(page)
        if text_is == "auto" and odds <= 0:
            return cls(view)
        return cls(view, model.choose(page), text_is == "page" or odds > model.sure)

    @property
    def article(self) -> str:
        """The text, without the lines that go beyond doubt where it is a whole page."""
        if self.choice is None or not self.sure or not self.choice.kept.any():
            return self.view.text
        return "\n".join(self.view.lines[line] for line in self.choice.kept.nonzero()[0].tolist())

    def removals(self, rules: RuleSet, context: Context) -> list[Removal]:
        """Return the lines that go, each with why, in offsets of the text.

        Lines stay that `keep` rules keep, and near the article those that other rules read something from. The headline
        stays as well, once.
        """
        if self.choice is None:
            return []
        gone = set(range(len(self.view))).difference(self.choice.kept.nonzero()[0].tolist())
        if gone:
            gone -= self._protected(rules, context, gone)
        if len(gone) == len(self.view):
            return []
        taken = cut_lines(self.view, dict.fromkeys(gone, LineDecision(_RULE)))
        return [
            Removal(r.start, r.end, r.rule, r.action, r.text, why=self.choice.why(line))
            for r, line in zip(taken, sorted(gone), strict=True)
        ]

    def _protected(self, rules: RuleSet, context: Context, gone: set[int]) -> set[int]:
        kept = [line for line in range(len(self.view)) if line not in gone]
        decisions = decide(self.view, rules, context)
        first, last = (kept[0], kept[-1]) if kept else (0, len(self.view))
        read = {line for line, by in decisions.lines.items() if by.rule.into and first - _NEAR <= line <= last + _NEAR}
        saying = lines_saying(self.view, context.title, range(last))
        headline = {max(saying)} if saying and not saying & set(kept) else set()
        return decisions.kept | read | headline

    def is_left_whole(self, settled: Settled, model: LineModel | None) -> bool:
        """Tell whether what rules leave of a doubtful text is a whole page: by its form, or by lines that are not its.

        Scraped articles with a dozen lines of furniture look like a small page; on those the rules leave main text.
        """
        if self.choice is None:
            return False
        model = model or _shipped_model()
        removals, unlikely = iter([*settled.removals, None]), 0
        upcoming = next(removals)
        for line in range(len(self.view)):
            while upcoming and upcoming.end <= self.view.starts[line]:
                upcoming = next(removals)
            left = upcoming is None or upcoming.start > self.view.starts[line]
            unlikely += left and model.is_unlikely(int(self.choice.chances[line]))
        rest = View(settled.text)
        return bool(rest.lines) and model.odds_of_whole(model.page(rest)) + _UNLIKELY * unlikely > _LEFT_WHOLE


def settle_text(
    page: WholePage,
    rules: RuleSet,
    context: Context,
    *,
    max_share: float,
    templates: Templates | None,
    model: LineModel | None,
    text_is: TextIs,
) -> Settled:
    """Take what the line model drops, then what the rules take, until the text is main text.

    What is left of a whole page may look like one again; so it goes until the text that comes out would stay as it is.
    """
    text = page.view.text
    by_rules = functools.partial(settle_page, rules=rules, context=context, max_share=max_share, templates=templates)
    if page.choice is None:
        return by_rules(text)
    sparing = _sparing(rules.for_document(context.languages, context.site))
    excision = Excision(text)
    extracted: list[tuple[str, str]] = []
    for _ in range(_MAX_ROUNDS):
        taken: list[Removal] = []
        settled = None if page.sure else by_rules(excision.text)
        if settled is None or page.is_left_whole(settled, model):
            taken = page.removals(sparing, context)
            excision.take(taken)
            settled = by_rules(excision.text)
        excision.take(settled.removals)
        extracted += settled.extracted
        if taken and text_is == "auto":
            page = WholePage.judge(excision.text, model, text_is)
        if not taken or page.choice is None or text_is == "page":
            return replace(settled, text=excision.text, removals=excision.removals, extracted=tuple(extracted))
    return by_rules(text)


def _fits(view: View) -> bool:
    return 0 < len(view) <= _MOST_LINES and len(view.text) <= _MOST_CHARACTERS


def _may_be_whole(view: View) -> bool:
    return len(view) >= _LEAST_LINES and len(view) - len(view.prose) >= _LEAST_OTHER


def _shipped_model() -> LineModel:
    from curator.extract.lines.model import LineModel  # brings numpy along, which a short text does not need

    return LineModel.shipped()


@functools.lru_cache(maxsize=256)
def _sparing(rules: RuleSet) -> RuleSet:
    """Return those of some rules that keep lines or read something from them."""
    return RuleSet(rule for rule in rules.rules if rule.action == "keep" or (rule.into and rule.kind == "line"))
