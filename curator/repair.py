"""Text repair: undo what bad software did to the characters, and nothing an author did.

The repaired text is the frame of reference of every removal, so repair is idempotent: `repair(repair(x)) == repair(x)`.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

__all__ = ["repair"]

# A line longer than this is repaired in pieces: ftfy needs seconds for a single mojibake line of megabytes.
_MAX_PIECE = 100_000
# Pieces settle in one round; a second is needed where a repair uncovers a line break. More is a loop.
_MAX_ROUNDS = 4
_LONGEST_REMEMBERED = 200  # characters; longer lines rarely come again
# ftfy changes no line without any of these, and with the others left out repair takes a tenth of the time: control
# characters; two odd letters side by side, or a letter that alone can be mojibake; all that is neither Latin nor common
# punctuation.
_DOUBTFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f]"
    "|[^\x00-\x7f](?:[^\x00-\x7f]|(?<=[^\u00a1-\u00ac\u00ae-\u017f\u2010-\u2027\u2030-\u203a\u20ac\u2122])|(?<=[ÂÃØÙŒœ]))"
)


@functools.cache
def _config() -> TextFixerConfig:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        uncurl_quotes=False,  # curly and German quotes are the author's: the default flattens them in 6 of 10 articles
        fix_character_width=False,  # full-width punctuation is right in Chinese and Japanese
        fix_latin_ligatures=False,  # a ligature is typography, not damage
        unescape_html=False,  # an article about HTML must survive; extraction has already unescaped pages
        explain=False,
        max_decode_length=_MAX_PIECE,
        # Left on: fix_encoding (mojibake), fix_line_breaks, remove_control_chars, fix_surrogates, NFC.
    )


def repair(text: str) -> str:
    """Return the text with mojibake, line breaks, control characters and normal form (NFC) put right.

    White space around the whole text is cut off. Method: ftfy 6.3 with the flags above.

    >>> repair("SÃ£o Paulo\\r\\n")
    'São Paulo'
    """
    for _ in range(_MAX_ROUNDS):
        repaired = _repair_once(text).strip()
        if repaired == text:
            break
        text = repaired
    return text


def _repair_once(text: str) -> str:
    """Repair line by line, as ftfy does itself."""
    pieces, done = [], 0
    while found := _DOUBTFUL.search(text, done):
        start = text.rfind("\n", done, found.start()) + 1 or done
        end = text.find("\n", found.end()) + 1 or len(text)
        fix = _fix if end - start > _LONGEST_REMEMBERED else _fix_short
        pieces += [text[done:start], fix(text[start:end])]
        done = end
    return "".join([*pieces, text[done:]])


def _fix(line: str) -> str:
    from ftfy import fix_text

    return str(fix_text(line, _config()))


# Remembered: the next round has most lines again, and the next page of a site its menus.
_fix_short = functools.lru_cache(maxsize=4_096)(_fix)
