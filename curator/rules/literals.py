"""Where a literal of a rule stands in a line: whole words only, letters beside it make no match."""

from __future__ import annotations

from dataclasses import dataclass

from curator.rules.patterns import Hit

__all__ = ["Literal"]


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal of a rule; `how` is is, starts, ends or has; `length` in characters."""

    rule: int
    how: str
    length: int

    def find(self, line: str, text: bytes, begin: int, place: int) -> Hit | None:
        """Return the hit of the literal in a line that holds it, unless it is part of a word there.

        Args:
            text: where the line stands, in one case, from `begin` on, and the literal from `place` on.
        """
        if self.how == "is":
            return Hit((0, self.length))
        start = 0
        if self.how == "has":
            start = len(text[begin:place].decode("utf-8", "surrogatepass"))
        elif self.how == "ends":
            start = len(line) - self.length
        end = start + self.length
        if _splits_word(line, start) or _splits_word(line, end):
            return None
        return Hit((start, end), (end, len(line)) if self.how == "starts" else None)


def _splits_word(text: str, index: int) -> bool:
    """Tell whether a cut at `index` would stand between two letters of one word."""
    if not 0 < index < len(text):
        return False
    before, after = text[index - 1], text[index]
    # From U+0E00 on, scripts are mostly written without spaces, so every place is a word's edge.
    return before.isalnum() and after.isalnum() and max(before, after) < "\u0e00"
