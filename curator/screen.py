"""The verdict on a cleaned document: keep it, or reject it and say why."""

from __future__ import annotations

from curator.document import Verdict
from curator.rules.view import view_of
from curator.settings import CleanSettings

__all__ = ["REASONS", "screen"]

# Every reason a verdict can have, as reports print it.
REASONS = {
    "empty": "nothing to read in the input",
    "no-article": "the page holds no article",
    "not-an-article": "the page is an index, a list of search results, an error, a login or a consent wall",
    "too-large": "larger than clean.max_bytes, or with too many elements",
    "too-short": "fewer words than clean.min_words",
    "guard-share": "rules would take more than clean.max_share; text left untouched",
    "guard-boilerplate": "rules took more than clean.max_share; nearly all prose stayed",
    "guard-html": "html rules would cost the article prose; page left whole",
    "guard-templates": "template lines of the site were left in: without them no running text would stay",
    "guard-unsettled": "rules did not come to rest; text left untouched",
}


def screen(text: str, guard: str, settings: CleanSettings) -> Verdict:
    """Judge one cleaned text; `guard` is the name of the guard that stopped the rules, or ""."""
    if not text:
        return Verdict(False, "empty", REASONS["empty"])
    words = _words(text)
    if words < settings.min_words:
        return Verdict(False, "too-short", f"{words} words, fewer than clean.min_words = {settings.min_words}")
    if guard:
        # Kept: a wrong rule must not cost a document. The reason stays with it.
        return Verdict(True, f"guard-{guard}", REASONS[f"guard-{guard}"])
    return Verdict()


def _words(text: str) -> int:
    view = view_of(text)
    return sum(view.words(line) for line in range(len(view)))
