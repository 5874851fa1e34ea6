"""What the line model takes from a text.

Of a whole page (menus above, lists below) it finds the article, before any rule for lines. Of main text, an extractor's
output, it takes what is hardly the article's and no rule knows; the rest is left to the rules.
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
from curator.rules.title import find_title, lines_saying
from curator.rules.view import View, view_of

if TYPE_CHECKING:
    from curator.extract.lines.model import Choice, LineModel

__all__ = ["LINE_MODEL", "MODEL_TITLES", "STRAY_LINE", "Judgement", "TextIs", "settle_text"]

# What a text is taken for: told by the text itself, always main text, or always a whole page.
TextIs = Literal["auto", "main", "page"]
# The ids under which the line model's removals stand in the ledger: from whole pages, and from main text.
LINE_MODEL, STRAY_LINE = "curator.line-model", "curator.stray-line"
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
# Log-odds in thousandths up to which a text is main text for sure: lines the model would take there are few, most of
# them known to rules, and to ask about each takes as long as all else.
_MAIN = -2_000
# Nearly all texts come to rest after one or two rounds; what has not after so many is left to the rules alone.
_MAX_ROUNDS = 12

# What they stand for, as a rule's title says it.
MODEL_TITLES = {
    LINE_MODEL: "a line of the page around the article, by the line model",
    STRAY_LINE: "hardly a line of the article, by the line model",
}
_RULES = {id_: Rule(id=id_, title=title, kind="line", status="stable") for id_, title in MODEL_TITLES.items()}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the line model says about a text.

    Attributes:
        choice: which lines are the article's, or None where the model is not asked: the text is main text for sure.
        odds: that it is a whole page, log-odds in thousandths; up to 0 it is main text.
        sure: whether it is a whole page beyond doubt; where not, what the rules leave of it decides.
    """

    view: View
    choice: Choice | None = None
    odds: int = 0
    sure: bool = False

    @classmethod
    def of(cls, text: str, model: LineModel | None, text_is: TextIs) -> Judgement:
        """Ask the model, or the shipped one, where the text may be a whole page."""
        view = view_of(text)
        if text_is == "main" or not _fits(view) or (text_is == "auto" and not _may_be_whole(view)):
            return cls(view)
        model = model or _shipped_model()
        page = model.page(view)
        odds = model.odds_of_whole(page)
        if text_is == "auto" and odds <= _MAIN:
            return cls(view, odds=odds)
        return cls(view, model.choose(page), odds, text_is == "page" or odds > model.sure)

    @property
    def doubtful(self) -> bool:
        """Whether what the rules leave of the text decides what it is."""
        return self.odds > 0 and not self.sure

    @property
    def article(self) -> str:
        """The text, without the lines that go beyond doubt where it is a whole page."""
        if self.choice is None or not self.sure or not self.choice.kept.any():
            return self.view.text
        return "\n".join(self.view.lines[line] for line in self.choice.kept.nonzero()[0].tolist())

    def menus(self, rules: RuleSet, context: Context) -> list[Removal]:
        """Return the lines of a whole page that are not the article's, each with why, in offsets of the text.

        Lines stay that `keep` rules keep, and near the article those that other rules read something from. The headline
        stays as well, once.
        """
        if self.choice is None:
            return []
        kept = self.choice.kept.nonzero()[0].tolist()
        gone = set(range(len(self.view))).difference(kept)
        decisions = decide(self.view, rules, context)
        near = range(kept[0] - _NEAR, kept[-1] + _NEAR + 1) if kept else range(len(self.view))
        read = {line for line, by in decisions.lines.items() if by.rule.into and line in near}
        saying = lines_saying(self.view, context.title, range(kept[-1] if kept else len(self.view)))
        headline = {max(saying)} if saying and not saying & set(kept) else set()
        return self._cut(gone - decisions.kept - read - headline, LINE_MODEL)

    def strays(self, rules: RuleSet, context: Context, model: LineModel | None) -> list[Removal]:
        """Return the lines of main text that are hardly the article's, each with why, in offsets of the text.

        The headline stays, and what rules keep or know.
        """
        if self.choice is None:
            return []
        model = model or _shipped_model()
        gone = {line for line, chance in enumerate(self.choice.chances.tolist()) if model.is_unlikely(chance)}
        gone -= {find_title(self.view, context.title), *lines_saying(self.view, context.title, gone)}
        if gone:
            decisions = decide(self.view, rules, context)
            gone = gone.difference(decisions.kept, decisions.lines)
        return self._cut(gone, STRAY_LINE)

    def _cut(self, gone: set[int], id_: str) -> list[Removal]:
        if self.choice is None or not gone or len(gone) == len(self.view):
            return []
        taken = cut_lines(self.view, dict.fromkeys(gone, LineDecision(_RULES[id_])))
        reasons = zip(taken, self.choice.why(sorted(gone)), strict=True)
        return [Removal(r.start, r.end, r.rule, r.action, r.text, why=why) for r, why in reasons]

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
        rest = view_of(settled.text)
        return bool(rest.lines) and model.odds_of_whole(model.page(rest)) + _UNLIKELY * unlikely > _LEFT_WHOLE


def settle_text(
    page: Judgement,
    rules: RuleSet,
    context: Context,
    *,
    max_share: float,
    templates: Templates | None,
    model: LineModel | None,
    text_is: TextIs,
) -> Settled:
    """Take what the line model drops, then what the rules take, until a text would stay as it is."""
    by_rules = functools.partial(settle_page, rules=rules, context=context, max_share=max_share, templates=templates)
    text = page.view.text
    if page.choice is None:
        return by_rules(text)
    own = rules.for_document(context.languages, context.site)
    excision = Excision(text)
    extracted: list[tuple[str, str]] = []
    for _ in range(_MAX_ROUNDS):
        settled = by_rules(page.view.text) if page.doubtful else None
        if page.sure or (settled and page.is_left_whole(settled, model)):
            taken = page.menus(_sparing(own), context)
        else:
            taken = page.strays(own, context, model)
        excision.take(taken)
        if taken or settled is None:
            settled = by_rules(excision.text)
        excision.take(settled.removals)
        extracted += settled.extracted
        if text_is == "auto" and excision.text != page.view.text:
            page = Judgement.of(excision.text, model, text_is)
            if page.choice is not None:
                continue
        return replace(settled, text=excision.text, removals=excision.removals, extracted=tuple(extracted))
    return by_rules(text)


def _fits(view: View) -> bool:
    return 0 < len(view) <= _MOST_LINES and len(view.text) <= _MOST_CHARACTERS


def _may_be_whole(view: View) -> bool:
    return len(view) >= _LEAST_LINES and len(view) - len(view.prose) >= _LEAST_OTHER


def _shipped_model() -> LineModel:
    from curator.extract.lines.model import LineModel  # a short text does not need it

    return LineModel.shipped()


@functools.lru_cache(maxsize=256)
def _sparing(rules: RuleSet) -> RuleSet:
    """Return those of some rules that keep lines or read something from them."""
    return RuleSet(rule for rule in rules.rules if rule.action == "keep" or (rule.into and rule.kind == "line"))
