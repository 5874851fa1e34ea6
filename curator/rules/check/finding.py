"""One finding about a rule file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "Level"]

Level = Literal["error", "warning", "hint"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where (file and line, from 1), and what to try."""

    code: str
    message: str
    path: str
    line: int
    hint: str = ""
    rule: str = ""
    level: Level = "error"

    @property
    def sort_key(self) -> tuple[str, int, str]:
        """Order of printing: by place, then code."""
        return self.path, self.line, self.code
