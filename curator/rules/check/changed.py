"""What a change touches, as git tells it; git is only asked, nothing is written."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from curator.errors import UsageError

__all__ = ["Revision", "revision"]


@dataclass(frozen=True, slots=True)
class Revision:
    """The commit a working tree is compared with.

    Attributes:
        root: the top folder of the working tree.
        commit: the name of the commit.
    """

    root: Path
    commit: str

    def changed(self) -> set[Path]:
        """Return the files that are new or other than in the commit, untracked ones included, as resolved paths."""
        tracked = _git(self.root, "diff", "--name-only", "--no-renames", "--diff-filter=d", "-z", self.commit, "--")
        untracked = _git(self.root, "ls-files", "--others", "--exclude-standard", "-z")
        return {(self.root / name).resolve() for name in f"{tracked}{untracked}".split("\0") if name}

    def text(self, path: Path) -> str | None:
        """Return a file as it was in the commit, or None where it was not."""
        try:
            name = path.resolve().relative_to(self.root).as_posix()
        except ValueError:
            return None
        # Asked for first: `git show` fails in the same way for a file that is not there and for a broken repository.
        if not _git(self.root, "ls-tree", "--name-only", "-z", self.commit, "--", name):
            return None
        return _git(self.root, "show", f"{self.commit}:{name}")

    def untouched(self, path: Path, text: str) -> set[str]:
        """Return the ids of the rules that a pack has as it had them in the commit."""
        before = self.text(path)
        if before is None:
            return set()
        try:
            old, new = tomllib.loads(before), tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            return set()
        if any(old.get(key) != new.get(key) for key in ("lang", "site")):
            return set()
        stood = {str(rule.get("id")): rule for rule in old.get("rule", ())}
        return {name for name, rule in stood.items() if rule in new.get("rule", ())}


def revision(folder: Path, base: str = "HEAD") -> Revision:
    """Return the commit that the working tree around a folder is compared with.

    Args:
        base: a commit; where the branch has left it behind, the last commit they have in common.

    Raises:
        UsageError: there is no git, no repository around the folder, or no such commit.
    """
    root = Path(_git(folder, "rev-parse", "--show-toplevel").strip()).resolve()
    commit = _git(root, "rev-parse", "--verify", "--end-of-options", f"{base}^{{commit}}").strip()
    common = _git(root, "merge-base", commit, "HEAD", may_fail=True).strip()  # none in a shallow clone
    return Revision(root, common or commit)


def _git(folder: Path, *arguments: str, may_fail: bool = False) -> str:
    program = shutil.which("git")
    if program is None:
        raise UsageError("git is not installed", where="--changed-only", hint="install git, or check all files")
    command: Sequence[str] = (program, "-C", str(folder), *arguments)
    # Quiet company for an editor that has the repository open: asking must not take the lock of the index.
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    found = subprocess.run(command, capture_output=True, check=False, env=environment)  # noqa: S603
    if found.returncode and not may_fail:
        said = found.stderr.decode("utf-8", "replace").strip().splitlines()
        hint = "run it inside a git repository, with --base naming a commit of it"
        raise UsageError(f"git says: {said[0] if said else arguments[0]}", where="--changed-only", hint=hint)
    return "" if found.returncode else found.stdout.decode("utf-8", "surrogateescape")
