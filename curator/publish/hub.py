"""One dataset repository on the Hub, through huggingface_hub: what is in it, and commits that change it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from curator.errors import CuratorError, UsageError
from curator.publish.release import OURS, Last, Piece, Release
from curator.publish.retry import HubError, is_passing, refusal, retried, status_of, wait_before

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

__all__ = ["Changes", "RemoteFile", "Repository", "changes"]

_T = TypeVar("_T")
_TRIES = 5
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the Hub lists it; `sha256` is "" where it is a regular git file."""

    size: int
    git: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a commit has to do so that a repository holds a release."""

    add: tuple[Piece, ...]
    delete: tuple[str, ...]
    same: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.add or self.delete)


def changes(release: Release, tree: Mapping[str, RemoteFile]) -> Changes:
    """Compare a release with what is there. Files that no release has written are left alone."""
    same = {path for path, piece in release.pieces.items() if path in tree and _equal(piece, tree[path])}
    stale = [path for path in tree if path.startswith(OURS) and path not in release.pieces]
    return Changes(
        tuple(piece for path, piece in release.pieces.items() if path not in same),
        tuple(sorted(stale)),
        tuple(sorted(same)),
    )


def _equal(piece: Piece, there: RemoteFile) -> bool:
    if piece.size != there.size:
        return False
    return piece.sha256 == there.sha256 if there.sha256 else piece.git() == there.git


class Repository:
    """A dataset repository. Every call is tried again while it fails by what passes.

    Args:
        name: OWNER/NAME.
        wait: what to do instead of sleeping.

    Raises:
        UsageError: the name is none.
    """

    def __init__(self, name: str, wait: Callable[[float], None] = time.sleep) -> None:
        from huggingface_hub import HfApi

        if not _NAME.fullmatch(name):
            raise UsageError("is no name of a repository", where=name, hint="OWNER/NAME, as in jane/harbour-news")
        self.name, self.wait = name, wait
        self.api: HfApi = HfApi(library_name="article-curator")
        self.about: dict[str, Any] = {"repo_id": name, "repo_type": "dataset"}

    def ask(self, call: Callable[[], _T], doing: str) -> _T:
        """Make one call, again where that can help."""
        return retried(call, doing, self.name, wait=self.wait)

    def head(self) -> str | None:
        """Return the commit `main` is at; None where there is no such repository, or none we may see."""
        from huggingface_hub.errors import RepositoryNotFoundError

        def look() -> str | None:
            try:
                return self.api.repo_info(**self.about, revision="main").sha
            except RepositoryNotFoundError:
                return None

        return self.ask(look, "looking for the repository")

    def tree(self, revision: str) -> dict[str, RemoteFile]:
        """Return the files of a revision."""
        from huggingface_hub.hf_api import RepoFile

        def files() -> dict[str, RemoteFile]:
            listed = self.api.list_repo_tree(**self.about, recursive=True, revision=revision)
            return {
                file.path: RemoteFile(file.size, file.blob_id, file.lfs.sha256 if file.lfs else "")
                for file in listed
                if isinstance(file, RepoFile)
            }

        return self.ask(files, "listing files")

    def fetch(self, path: str, revision: str, folder: Path) -> Path:
        """Download one file into a folder; return where it is."""
        return Path(
            self.ask(
                lambda: self.api.hf_hub_download(**self.about, filename=path, revision=revision, local_dir=folder),
                f"reading {path}",
            )
        )

    def last(self, revision: str, tree: Mapping[str, RemoteFile], folder: Path) -> Last:
        """Return what is there of the release before.

        Raises:
            HubError: there are files where ours would be, and no release of ours.
        """
        card = self.fetch("README.md", revision, folder).read_text(encoding="utf-8") if "README.md" in tree else ""
        content = self.fetch("manifest.json", revision, folder).read_bytes() if "manifest.json" in tree else b""
        try:
            manifest = json.loads(content) if content else {}
            known = isinstance(manifest, dict) and {"identity", "outputs", "funnel"} <= set(manifest)
        except ValueError:
            known = False
        theirs = sorted(path for path in tree if path.startswith(OURS))
        if theirs and not known:
            hint = "choose another name; where these files may go, delete them first"
            raise HubError(f"holds data this tool did not publish: {', '.join(theirs[:3])}", where=self.name, hint=hint)
        return Last(manifest, content, card) if content else Last(card=card)

    def tags(self) -> dict[str, str]:
        """Return the commit each tag is at."""
        refs = self.ask(lambda: self.api.list_repo_refs(**self.about), "listing tags")
        return {ref.name: ref.target_commit for ref in refs.tags}

    def pull_requests(self, title: str) -> list[str]:
        """Return the references of open pull requests of a title."""

        def listed() -> list[str]:
            found = self.api.get_repo_discussions(
                **self.about, discussion_type="pull_request", discussion_status="open"
            )
            return [f"refs/pr/{pull.num}" for pull in found if pull.title == title]

        return self.ask(listed, "listing pull requests")

    def create(self, *, private: bool) -> None:
        """Create the repository where it is not there."""
        self.ask(
            lambda: self.api.create_repo(**self.about, private=private or None, exist_ok=True),
            "creating the repository",
        )

    def commit(self, release: Release, base: str, title: str) -> str:
        """Make `main` hold a release, by one commit on top of `base`; return the commit.

        Where an answer is lost, the repository is looked at before anything is sent again: no commit is made twice.

        Raises:
            HubError: somebody else committed meanwhile, or the Hub refused.
        """
        for tried in range(1, _TRIES + 1):
            try:
                return str(self._send(changes(release, self.tree(base)), base, title).oid)
            except CuratorError:
                raise
            except Exception as error:  # noqa: BLE001  (as in `retried`)
                head = self.head()
                if head and head != base and not changes(release, self.tree(head)):
                    return head  # it went well, or somebody published the same
                asked = wait_before(error, tried)
                moved = head != base and status_of(error) != 412
                if moved or not is_passing(error) or tried == _TRIES or asked is None:
                    raise refusal(error, "publishing", self.name) from None
                self.wait(asked)
        raise AssertionError(title)  # pragma: no cover

    def propose(self, release: Release, base: str, title: str) -> str:
        """Open a pull request that makes `main` hold a release; return its reference. No second one is opened."""
        for tried in range(1, _TRIES + 1):
            for reference in self.pull_requests(title):
                if not changes(release, self.tree(reference)):
                    return reference
            try:
                done = self._send(changes(release, self.tree(base)), base, title, create_pr=True)
                return str(done.pr_revision)
            except CuratorError:
                raise
            except Exception as error:  # noqa: BLE001  (as in `retried`)
                asked = wait_before(error, tried)
                if not is_passing(error) or tried == _TRIES or asked is None:
                    raise refusal(error, "opening a pull request", self.name) from None
                self.wait(asked)
        raise AssertionError(title)  # pragma: no cover

    def _send(self, work: Changes, base: str, title: str, **more: Any) -> Any:
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        operations: Sequence[CommitOperationAdd | CommitOperationDelete] = [
            *(CommitOperationAdd(piece.path, piece.source) for piece in work.add),
            *(CommitOperationDelete(path) for path in work.delete),
        ]
        return self.api.create_commit(
            **self.about, operations=operations, commit_message=title, parent_commit=base, **more
        )

    def tag(self, name: str, commit: str) -> None:
        """Tag a commit; a tag that is there already at this commit is fine.

        Raises:
            HubError: the tag is at another commit.
        """

        def put() -> None:
            try:
                self.api.create_tag(**self.about, tag=name, revision=commit)
            except Exception as error:
                if status_of(error) != 409 or self.tags().get(name) != commit:
                    raise

        self.ask(put, f"tagging {name}")
