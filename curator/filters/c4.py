"""C4's rules on documents: too few sentences, code, placeholders.

Source: Raffel et al. 2020, JMLR 21(140), section 2.2. C4 also takes single lines out; here that is what rules do. Its
list of bad words is not used: it takes medicine and news along.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from curator.document import Verdict
from curator.filters.seen import SENTENCE_ENDS, Seen, ends_as_sentence
from curator.filters.settings import C4Settings

__all__ = ["REASONS", "judge"]

REASONS = {
    "c4-lorem-ipsum": "placeholder text",
    "c4-curly-bracket": "a curly bracket: code",
    "c4-sentences": "fewer sentences than filters.c4.min_sentences",
}
# A sentence end counts once, with what closes it; full-width ones need no space after them.
_WIDE = "\u3002\uff01\uff1f\uff0e\u0964\u06d4\u061f\u1362\u1367\u0589"
_NARROW = "".join(mark for mark in SENTENCE_ENDS if mark not in _WIDE)
_END = re.compile(rf"[{_WIDE}]+|[{re.escape(_NARROW)}]+(?=[\s\"'”’»)\]]|$)")


def judge(seen: Seen, settings: C4Settings) -> Iterator[Verdict]:
    """Yield what speaks against a document."""
    if settings.lorem_ipsum and "lorem ipsum" in seen.text.lower():
        yield Verdict(False, "c4-lorem-ipsum", REASONS["c4-lorem-ipsum"])
    if settings.curly_bracket and "{" in seen.text:
        yield Verdict(False, "c4-curly-bracket", REASONS["c4-curly-bracket"])
    sentences = 0
    for line in seen.lines:
        long = len(line.split()) >= settings.min_line_words or seen.is_unspaced
        if long and ends_as_sentence(line) and not line.endswith("..."):
            sentences += len(_END.findall(line))
            if sentences >= settings.min_sentences:
                return
    if sentences < settings.min_sentences:
        yield Verdict(False, "c4-sentences", f"{sentences} sentences, fewer than {settings.min_sentences}")
