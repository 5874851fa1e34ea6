"""A rules folder: packs under any/, lang/ and site/, and beside them what they are held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from curator.errors import InputError, UsageError
from curator.rules.load import pack_files, shipped_rules_dir

__all__ = ["RulesFolder", "rules_folder"]


@dataclass(frozen=True)  # no slots: what is read once is cached on it
class RulesFolder:
    """Where the packs of a project lie.

    Attributes:
        root: the folder with any/ and lang/ in it.
        owned: whether files of it are being checked; False where the shipped folder only lends its known-good lines
            and its packs to the check of a file that lies elsewhere.
    """

    root: Path
    owned: bool

    @property
    def lock(self) -> Path:
        """The list of all ids that were ever shipped."""
        return self.root / "ids.lock"

    @property
    def known_false_positives(self) -> Path:
        """The list of known-good lines that rules are known to take."""
        return self.root / "known-fp.toml"

    @cached_property
    def locked_ids(self) -> Mapping[str, int] | None:
        """The line (from 1) of each id in the lock; None where there is no lock."""
        if not self.lock.is_file():
            return None
        return {name: number for number, name in enumerate(_lines(self.lock), 1) if name.strip()}

    @cached_property
    def known_good(self) -> Mapping[Path, Sequence[str]]:
        """The lines of content that no rule may take, by file; a file is named by the language it is in."""
        return {path: _lines(path) for path in sorted((self.root / "known-good").glob("*.txt"))}

    def place_of(self, path: Path) -> str | None:
        """Return where a pack lies in the folder, as its `pack` key must say it; None where it lies elsewhere."""
        try:
            return path.resolve().relative_to(self.root.resolve()).with_suffix("").as_posix()
        except ValueError:
            return None

    def packs(self) -> list[Path]:
        """Return the pack files of the folder."""
        return pack_files([self.root])


def rules_folder(paths: Iterable[Path]) -> RulesFolder:
    """Return the rules folder that paths belong to, or the shipped one where they belong to none.

    Raises:
        UsageError: they belong to two.
    """
    found = {root.resolve(): root for root in filter(None, map(_root_of, paths))}
    if len(found) > 1:
        names = " and ".join(sorted(map(str, found.values())))
        raise UsageError("files of two rules folders at once", where=names, hint="check one folder after the other")
    for root in found.values():
        return RulesFolder(root, owned=True)
    return RulesFolder(shipped_rules_dir(), owned=False)


def _root_of(path: Path) -> Path | None:
    shipped = shipped_rules_dir().resolve()
    # As it was given first, so that findings name files the way the user does.
    for parent in (path, *path.parents, *path.resolve().parents):
        if parent.resolve() == shipped or ((parent / "any").is_dir() and (parent / "lang").is_dir()):
            return parent
    return None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path), hint="it must be text in UTF-8") from None
