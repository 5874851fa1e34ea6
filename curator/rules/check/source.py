"""Rule files read for checking: what can be loaded, and findings for what cannot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from curator.errors import InputError, RuleError
from curator.rules.check.catalogue import level_of
from curator.rules.check.finding import Finding, Level
from curator.rules.check.folder import RulesFolder
from curator.rules.load import parse_pack, rules_of
from curator.rules.locate import Locator
from curator.rules.model import Pack, Rule

__all__ = ["SourcedPack", "SourcedRule", "Sources", "gather", "read_packs", "read_sources"]


@dataclass(frozen=True, slots=True, eq=False)
class SourcedRule:
    """A rule, and where it stands; two are the same only if they are one."""

    rule: Rule
    path: str
    number: int  # place in the file, from 0
    locator: Locator
    lang: str | None = None  # the language its examples are in: the rule's, else its pack's

    def line(self, key: str = "") -> int:
        """Return the line of the rule, or of one of its keys."""
        return self.locator.rule(self.number, key)

    def place(self, key: str = "id") -> str:
        """Return file and line as they are printed."""
        return f"{self.path}:{self.line(key)}"

    def finding(
        self,
        code: str,
        message: str,
        *,
        key: str = "",
        hint: str = "",
        level: Level | None = None,
        related: tuple[str, int] | None = None,
    ) -> Finding:
        """Return a finding about this rule, at the line of a key of it."""
        grade = level or level_of(code)
        return Finding(code, message, self.path, self.line(key), hint, self.rule.id, grade, related)


@dataclass(frozen=True, slots=True)
class SourcedPack:
    """A pack, its text as it stands in the file, and its rules with the file's defaults filled in."""

    pack: Pack
    path: str
    text: str
    rules: tuple[SourcedRule, ...]
    locator: Locator

    def finding(self, code: str, message: str, *, key: str = "", hint: str = "") -> Finding:
        """Return a finding about the file, at the line of a key at its top."""
        return Finding(code, message, self.path, self.locator.line((key,)), hint, level=level_of(code))


@dataclass(frozen=True, slots=True)
class Sources:
    """All that one check looks at.

    Attributes:
        packs: the packs that are checked, after those that only stand by so that they can be compared with.
        checked: the files whose findings are wanted.
        folder: the rules folder they belong to.
        complete: whether every file could be loaded.
    """

    packs: tuple[SourcedPack, ...]
    checked: frozenset[str]
    folder: RulesFolder
    complete: bool = True

    @property
    def rules(self) -> list[SourcedRule]:
        """All rules, those that are checked last."""
        return [rule for pack in self.packs for rule in pack.rules]

    @property
    def checked_packs(self) -> list[SourcedPack]:
        """The packs that are checked."""
        return [pack for pack in self.packs if pack.path in self.checked]

    @property
    def checked_rules(self) -> list[SourcedRule]:
        """The rules that are checked."""
        return [rule for pack in self.checked_packs for rule in pack.rules]


def read_sources(paths: Iterable[Path]) -> tuple[list[SourcedRule], list[Finding]]:
    """Return the rules of files, and a finding (R001 syntax, R002 schema) for each file that cannot be loaded.

    Raises:
        InputError: a file cannot be opened.
    """
    packs, findings = read_packs(paths)
    return [rule for pack in packs for rule in pack.rules], findings


def gather(
    paths: Sequence[Path], folder: RulesFolder, wanted: Iterable[Path] | None = None
) -> tuple[Sources, list[Finding]]:
    """Return all that a check of files looks at, and a finding for each of them that cannot be loaded.

    The folder's other packs come along, but for those of which a file here is the next version: same `pack`.

    Args:
        wanted: those of the paths whose findings are wanted; all where not given.

    Raises:
        InputError: a file cannot be opened.
    """
    given, findings = read_packs(paths)
    resolved = {path.resolve() for path in paths}
    names = {pack.pack.pack for pack in given} - {""}
    # What is wrong with the others is shown when they are checked.
    others, unseen = read_packs(path for path in folder.packs() if path.resolve() not in resolved)
    beside = [pack for pack in others if pack.pack.pack not in names]
    checked = frozenset(map(str, paths if wanted is None else wanted))
    by_turn = sorted(given, key=lambda pack: pack.path in checked)
    return Sources((*beside, *by_turn), checked, folder, not (findings or unseen)), findings


def read_packs(paths: Iterable[Path]) -> tuple[list[SourcedPack], list[Finding]]:
    """Return the packs of files, and a finding for each file that cannot be loaded.

    Raises:
        InputError: a file cannot be opened.
    """
    packs: list[SourcedPack] = []
    findings: list[Finding] = []
    for path in paths:
        try:
            text = path.read_bytes().decode("utf-8", "replace")
        except OSError as error:
            hint = "check its permissions"
            raise InputError(f"cannot be read: {error.strerror}", where=str(path), hint=hint) from None
        found = parse_pack(path)
        if isinstance(found, list):
            findings += (_finding(path, problem) for problem in found)
            continue
        locator = Locator(text)
        room, _, name = found.pack.partition("/")
        lang = name if room == "lang" else None
        rules = tuple(
            SourcedRule(rule, str(path), number, locator, rule.lang or lang)
            for number, rule in enumerate(rules_of(found))
        )
        packs.append(SourcedPack(found, str(path), text, rules, locator))
    return packs, findings


def _finding(path: Path, problem: RuleError) -> Finding:
    line = problem.where.rpartition(":")[2]
    code = "R001" if problem.what.startswith(("not TOML", "cannot be read")) else "R002"
    number = int(line) if line.isdigit() else 1
    return Finding(code, problem.what, str(path), number, problem.hint, level=level_of(code))
