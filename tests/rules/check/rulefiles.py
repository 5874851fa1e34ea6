"""Small rules folders, made and checked."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from curator.errors import RuleError
from curator.rules.check.finding import Finding
from curator.rules.check.run import Wishes, check_rules
from curator.rules.fmt import format_pack

HEAD = 'pack    = "{name}"\nversion = "1"\nlicense = "CC0-1.0"\n'
RULE = """
[[rule]]
id     = "local.line.promo"
title  = "House advertisement"
kind   = "line"
status = "stable"
when   = { max_words = 6 }
starts = ["our shop"]
match  = ["Our shop in town"]
keep   = ["Our shopping took all day."]
"""


def rule(**changes: str) -> str:
    """Return the rule above with other values (TOML text) for some keys; "" takes a key away."""
    text = RULE
    for name, value in changes.items():
        key = name.rstrip("_")
        line = f"{key:<6} = {value}\n" if value else ""
        text, count = re.subn(rf"^{key} *= .*\n", lambda _, line=line: line, text, flags=re.MULTILINE)
        text += line if not count else ""
    return text


class Folder:
    """A rules folder: packs by place (any/local, lang/id), known-good lines by language, and the lock of all ids."""

    def __init__(self, root: Path, packs: Mapping[str, str], known_good: Mapping[str, str] | None = None) -> None:
        self.root = root
        for name in ("any", "lang", "site", "known-good"):
            (root / name).mkdir(parents=True, exist_ok=True)
        for place, rules in packs.items():
            self.write(place, rules)
        for code, lines in (known_good or {}).items():
            (root / "known-good" / f"{code}.txt").write_text(lines, encoding="utf-8")
        self.lock(*re.findall(r'^id *= "(.+)"$', "\n".join(packs.values()), re.MULTILINE))

    def write(self, place: str, rules: str) -> Path:
        """Write a pack in canonical form, where it has one; a head that fits is put before rules without any."""
        text = rules if rules.startswith("pack") else HEAD.format(name=place) + rules
        with contextlib.suppress(RuleError):
            text = format_pack(text)
        path = self.path(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def path(self, place: str) -> Path:
        return self.root / f"{place}.toml"

    def lock(self, *ids: str) -> None:
        (self.root / "ids.lock").write_text("".join(f"{name}\n" for name in sorted(set(ids))), encoding="utf-8")

    def findings(self, *places: str, **wishes: Any) -> list[Finding]:
        """Check packs, or the whole folder."""
        return check_rules([self.path(place) for place in places] or [self.root], Wishes(**wishes))[1]

    def codes(self, *places: str, **wishes: Any) -> list[tuple[str, str]]:
        """Check, and return for each finding its code and the first word of the line it points at.

        Whatever it is, it says where and what to try.
        """
        found = self.findings(*places, **wishes)
        assert all(finding.hint and finding.message for finding in found)
        return [(finding.code, word_at(finding)) for finding in found]


def word_at(finding: Finding) -> str:
    """Return the first word of the line a finding points at."""
    lines = Path(finding.path).read_text(encoding="utf-8").split("\n")
    return (lines[finding.line - 1].split() or [""])[0]


def local(folder: Path, rules: str, known_good: Mapping[str, str] | None = None) -> Folder:
    """Return a rules folder with one pack for every language."""
    return Folder(folder / "rules", {"any/local": rules}, known_good)


def run(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own, as a shell would."""
    command = [sys.executable, "-m", "curator", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, **options)
