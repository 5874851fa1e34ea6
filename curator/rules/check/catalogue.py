"""What every check looks for, and why: one entry for each code, kept as data in `catalogue.toml` beside this file."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

from curator.errors import UsageError
from curator.rules.check.finding import Level

__all__ = ["Entry", "catalogue", "entry", "level_of"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One check: its code, what it says, how grave it is, why it is there, and an example of each kind."""

    code: str
    title: str
    level: Level
    why: str
    bad: str
    good: str


@functools.cache
def catalogue() -> Mapping[str, Entry]:
    """Return all checks by code, in order of code."""
    text = resources.files(__package__).joinpath("catalogue.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            code: Entry(code, found["title"], found["level"], *(found[key].strip() for key in ("why", "bad", "good")))
            for code, found in tomllib.loads(text).items()
        }
    )


def entry(code: str) -> Entry:
    """Return the check with a code, upper or lower case.

    Raises:
        UsageError: there is no such check.
    """
    known = catalogue()
    if code.upper() not in known:
        raise UsageError(f"no check has the code {code!r}", hint=f"the codes are {', '.join(known)}")
    return known[code.upper()]


def level_of(code: str) -> Level:
    """Return how grave a finding with this code is, where its check does not say otherwise."""
    return catalogue()[code].level
