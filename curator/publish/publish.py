"""A build becomes a release on the Hub: the Python twin of `curator publish`."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from curator.errors import UsageError
from curator.publish.changes import Difference, difference
from curator.publish.hub import Changes, Repository, changes
from curator.publish.release import Last, Release, assemble
from curator.publish.retry import HubError

__all__ = ["Published", "publish"]

_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Published:
    """What was done, or would be: `commit` is None where it would."""

    repo: str
    changes: Changes
    documents: int
    size: int  # bytes of the whole release
    commit: str | None
    tag: str | None = None
    pull_request: str | None = None
    new: bool = False  # there was no such repository
    difference: Difference | None = None  # to the release before, where asked for and where there is one


def publish(
    folder: str | Path,
    repo: str,
    *,
    private: bool = False,
    tag: str | None = None,
    pull_request: bool = False,
    removals: bool = False,
    clusters: bool = False,
    dry_run: bool = False,
    tell: Callable[[str], None] = lambda _: None,
    wait: Callable[[float], None] = time.sleep,
) -> Published:
    """Publish a finished build as a release of a dataset repository: one commit, checked by reading it back.

    The same build again makes no commit and sends nothing. Killed, the same call sends the rest.

    Args:
        private: where the repository is created.
        tag: the name of this version.
        pull_request: propose the release instead of committing it to `main`.
        removals: publish the ledger too (`curator.publish.release.assemble`).
        clusters: publish the copies that were found too.
        dry_run: change nothing; find out what would be done, and what differs from the release before.
        tell: called with what is being done.
        wait: called with seconds, before something is tried again.

    Raises:
        InputError: the folder holds no finished build that is whole.
        UsageError: the repository's name or the tag is none, or options contradict each other.
        HubError: the Hub refused, cannot be reached, or holds something else in the end.
    """
    if tag and not _TAG.fullmatch(tag):
        raise UsageError("is no name of a tag", where=tag, hint="letters, digits, - _ . as in v2026.11")
    if tag and pull_request:
        raise UsageError("a pull request cannot be tagged before it is merged", where="--tag", hint="tag it then")
    there = Repository(repo, wait)
    with tempfile.TemporaryDirectory(prefix="curator-publish-") as made:
        work = Path(made)
        base = there.head()
        tree = there.tree(base) if base else {}
        last = there.last(base, tree, work / "last") if base else Last()
        tell("checking the files of the build")
        release = assemble(Path(folder).resolve(), work, repo, last, tag=tag, removals=removals, clusters=clusters)
        todo = changes(release, tree)
        tagged = _tagged(there, tag, release) if base and tag else None
        if dry_run:
            old = difference(there, base, tree, last, release, work) if base and last.manifest else None
            return Published(repo, todo, release.documents, release.size, None, tag, new=base is None, difference=old)
        if tagged:  # published under this name before, and maybe more since
            return Published(repo, changes(release, there.tree(tagged)), release.documents, release.size, tagged, tag)
        if base is None:
            tell(f"creating {repo}")
            there.create(private=private)
        commit, reference = _sent(there, release, todo, base, pull_request=pull_request, tag=tag, tell=tell)
        _verify(there, release, commit, tell)
        if tag:
            there.tag(tag, commit)
        return Published(
            repo, todo, release.documents, release.size, commit, tag, pull_request=reference, new=base is None
        )


def _tagged(there: Repository, tag: str, release: Release) -> str | None:
    """Return the commit a tag is at, where that holds this release.

    Raises:
        HubError: it holds another one.
    """
    commit = there.tags().get(tag)
    if commit and changes(release, there.tree(commit)):
        hint = "choose another --tag; a version that is out should stay what it is"
        raise HubError(f"the tag {tag} is another release", where=there.name, hint=hint)
    return commit


def _sent(
    there: Repository,
    release: Release,
    todo: Changes,
    base: str | None,
    *,
    pull_request: bool,
    tag: str | None,
    tell: Callable[[str], None],
) -> tuple[str, str | None]:
    """Make the commit where there is something to commit; return it, and the reference of its pull request."""
    if base and not todo:
        tell("nothing to send: the repository holds this release")
        return base, None
    if base is None and not (base := there.head()):
        hint = "look at it on the Hub; a token may create a repository that it may not read"
        raise HubError("was created and is not there", where=there.name, hint=hint)
    title = f"Release {tag}" if tag else f"Release of {release.documents:,} documents"
    sent = sum(piece.size for piece in todo.add)
    tell(f"sending {len(todo.add)} files, {sent:,} bytes; deleting {len(todo.delete)}")
    if not pull_request:
        return there.commit(release, base, title), None
    reference = there.propose(release, base, title)
    return reference, reference


def _verify(there: Repository, release: Release, revision: str, tell: Callable[[str], None]) -> None:
    """Check that the Hub lists every file as it was sent, and that `datasets` reads the first rows.

    Raises:
        HubError: it does not.
    """
    tell("reading it back")
    wrong = changes(release, there.tree(revision))
    if wrong:
        paths = ", ".join([*(piece.path for piece in wrong.add), *wrong.delete][:5])
        raise HubError(
            f"holds something else than was sent: {paths}", where=f"{there.name}@{revision}", hint="publish again"
        )
    for config, folder in (("default", "data/"), ("sample", "sample/")):
        row = there.ask(lambda config=config: _first_row(there.name, config, revision), f"reading {config} back")  # type: ignore[misc]
        wanted = release.first_row(folder)
        if {key: row.get(key) for key in wanted} != wanted:
            hint = "compare its files with those of the build; publish again"
            raise HubError(f"config {config} reads other rows than were sent", where=there.name, hint=hint)


def _first_row(repo: str, config: str, revision: str) -> dict[str, object]:
    from datasets import load_dataset

    return dict(next(iter(load_dataset(repo, config, split="train", streaming=True, revision=revision))))
