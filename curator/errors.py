"""Every error this package raises on purpose, and the exit code each one ends a command with.

CuratorError                      3
├── UsageError                    2   the call itself is wrong
│   ├── SettingsError             2   a setting is unknown, of the wrong type or contradicts another
│   └── RuleError                 2   a rule file cannot be used
├── InputError                    3   something that was read cannot be used
└── OutputError                   3   something cannot be written where it was asked for

A message says what is wrong, where, and what to try.
"""

from __future__ import annotations

__all__ = ["CuratorError", "InputError", "OutputError", "RuleError", "SettingsError", "UsageError"]


class CuratorError(Exception):
    """Root of all errors of this package.

    Args:
        what: what is wrong, in one clause.
        where: the file, document or option it is wrong in.
        hint: what to try.
    """

    exit_code = 3

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what, self.where, self.hint = what, where, hint
        super().__init__(what, where, hint)

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}\n  try: {self.hint}" if self.hint else text

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders; keyword-only arguments need help to be pickled.
        return _rebuild, (type(self), self.what, self.where, self.hint)


def _rebuild(kind: type[CuratorError], what: str, where: str, hint: str) -> CuratorError:
    return kind(what, where=where, hint=hint)


class UsageError(CuratorError):
    """The call itself is wrong: an option, an argument, a combination of them."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting is unknown, has the wrong type, or contradicts another."""


class RuleError(UsageError):
    """A rule file cannot be used; `rules check` prints all that is wrong with it."""


class InputError(CuratorError):
    """Something that was read cannot be used: missing, binary, undecodable, too large, broken."""


class OutputError(CuratorError):
    """Something cannot be written: folder in use, settings changed, no space left."""
