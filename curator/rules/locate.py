"""Finding the line of a TOML file that a rule or a key of it stands on; tomllib does not tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["Locator"]

_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z_.]+)\s*\]?\]")
_KEY = re.compile(r"\s*([A-Za-z_]+)\s*(?:\.[A-Za-z_.]+\s*)?=")


class Locator:
    """The tables and keys of one TOML text, by line number (from 1)."""

    def __init__(self, text: str) -> None:
        self._last = max(1, text.count("\n"))
        self._rules: list[int] = []
        self._keys: list[dict[str, int]] = []
        self._top: dict[str, int] = {}
        closing = ""
        for number, line in enumerate(text.split("\n"), 1):
            if closing:  # inside a multi-line string nothing is a key
                closing = "" if closing in line else closing
                continue
            header, key = _HEADER.match(line), _KEY.match(line)
            if header:
                self._open(header[1], number)
            elif key:
                (self._keys[-1] if self._rules else self._top).setdefault(key[1], number)
            for quotes in ("'''", '"""'):
                if line.count(quotes) % 2:
                    closing = quotes

    def _open(self, name: str, number: int) -> None:
        if name == "rule":
            self._rules.append(number)
            self._keys.append({})
        elif self._rules:
            self._keys[-1].setdefault(name.removeprefix("rule."), number)

    def line(self, place: Sequence[str | int]) -> int:
        """Return the line of a place as pydantic gives it: ("rule", 3, "where", "frist") and the like."""
        if len(place) >= 2 and place[0] == "rule" and isinstance(place[1], int) and place[1] < len(self._rules):
            keys = self._keys[place[1]]
            return next((keys[str(part)] for part in place[2:] if str(part) in keys), self._rules[place[1]])
        return self._top.get(str(place[0]), 1) if place else 1

    def rule(self, number: int, key: str = "") -> int:
        """Return the line of a rule (counted from 0), or of one of its keys."""
        return self.line(("rule", number, key))

    def line_of_error(self, message: str) -> int:
        """Return the line a tomllib message names; the last one where it names the end of the document."""
        found = re.search(r"at line (\d+)", message)
        return int(found[1]) if found else self._last
