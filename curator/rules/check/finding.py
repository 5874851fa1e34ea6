"""One finding about a rule file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["Finding", "Level", "in_order"]

Level = Literal["error", "warning", "hint"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where (file and line, from 1), and what to try.

    `related` is the place of the other half, where two things contradict each other: if only that one is being
    checked, the finding is shown there.
    """

    code: str
    message: str
    path: str
    line: int
    hint: str = ""
    rule: str = ""
    level: Level = "error"
    related: tuple[str, int] | None = None

    @property
    def sort_key(self) -> tuple[str, int, str, str]:
        """Order of printing: by place, then code."""
        return self.path, self.line, self.code, self.message

    def turned(self) -> Finding:
        """Return the same finding, shown at the place of its other half."""
        if self.related is None:
            return self
        path, line = self.related
        return replace(self, path=path, line=line, related=(self.path, self.line))


def in_order(findings: list[Finding]) -> list[Finding]:
    """Return findings in the order of printing, none twice."""
    return sorted(dict.fromkeys(findings), key=lambda finding: finding.sort_key)
