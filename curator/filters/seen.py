"""A cleaned document as filters see it: its lines, words and letters, each counted once."""

from __future__ import annotations

import re
from functools import cached_property

from curator.document import Cleaned, Metadata
from curator.rules.view import UNSPACED

__all__ = ["SENTENCE_ENDS", "Seen", "ends_as_sentence"]

# Sentence ends of many scripts; closing quotes and brackets may follow them.
SENTENCE_ENDS = ".!?\u2026\u3002\uff01\uff1f\uff0e\u0964\u06d4\u061f\u1362\u1367\u0589"
_CLOSERS = "\"'\u201c\u201d\u2018\u2019\u00bb\u00ab)]}\u300d\u300f\uff09\u3011\u203a"
_SAMPLE = 4_000  # characters that tell what script a text is in
_UNSPACED_PAIR = re.compile(f"{UNSPACED.pattern}{{1,2}}")


def ends_as_sentence(line: str) -> bool:
    """Tell whether a line ends with a sentence end, closing quotes aside.

    >>> ends_as_sentence("“No,” he said.”"), ends_as_sentence("Read more")
    (True, False)
    """
    return line.rstrip(_CLOSERS).endswith(tuple(SENTENCE_ENDS))


class Seen:
    """What filters ask of a document."""

    def __init__(self, document: Cleaned) -> None:
        self.text = document.text
        self.language, self.language_score = document.language, document.language_score
        self.metadata: Metadata = document.metadata

    @cached_property
    def lines(self) -> list[str]:
        """The lines that are not blank, outer white space left out."""
        return [stripped for line in self.text.split("\n") if (stripped := line.strip())]

    @cached_property
    def paragraphs(self) -> list[str]:
        """What blank lines part; the lines where there is none."""
        parts = [stripped for part in re.split(r"\n\s*\n", self.text) if (stripped := part.strip())]
        return parts if len(parts) > 1 else self.lines

    @cached_property
    def words(self) -> list[str]:
        """What white space parts and has a letter or digit; of scripts without spaces two characters are a word."""
        text = _UNSPACED_PAIR.sub(r" \g<0> ", self.text) if self.is_unspaced else self.text
        return [word for word in text.split() if any(map(str.isalnum, word))]

    @cached_property
    def unspaced(self) -> int:
        """How many characters are of scripts without spaces."""
        return 0 if self.text.isascii() else len(UNSPACED.findall(self.text))

    @property
    def is_unspaced(self) -> bool:
        """Whether any character is of a script without spaces."""
        return self.unspaced > 0

    @cached_property
    def has_case(self) -> bool:
        """Whether most of its letters are of an alphabet with capitals: Latin, Cyrillic, Greek, Armenian."""
        letters = [character for character in self.text[:_SAMPLE] if character.isalpha()]
        return 2 * sum(letter.lower() != letter.upper() for letter in letters) > len(letters)
