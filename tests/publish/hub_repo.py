"""A dataset repository of the loopback Hub: commits, branches, tags, pull requests."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hub_xet import Storage


class RefusedError(Exception):
    """An answer that is an error, with the headers the client reads."""

    def __init__(self, status: int, message: str, *, code: str = "", said: bool = False) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.headers = {"X-Error-Code": code} if code else {}
        if said or code:
            self.headers["X-Error-Message"] = message


@dataclass(frozen=True)
class File:
    size: int
    git: str  # SHA-1 of the blob, which is the pointer of a large file
    content: bytes = b""
    lfs: bool = False
    sha256: str = ""

    def described(self, path: str) -> dict[str, Any]:
        row = {"type": "file", "oid": self.git, "size": self.size, "path": path}
        return row | ({"lfs": {"oid": self.sha256, "size": self.size, "pointerSize": 134}} if self.lfs else {})


@dataclass(frozen=True)
class Commit:
    tree: dict[str, File]
    parent: str | None
    title: str


@dataclass
class Pull:
    title: str
    oid: str
    status: str = "open"


class Repo:
    """One repository; it begins with a commit of .gitattributes, as on the Hub."""

    page = 1_000  # rows of a listing

    def __init__(self, storage: Storage, *, private: bool = False) -> None:
        self.storage, self.private = storage, private
        self.commits: dict[str, Commit] = {}
        self.tags: dict[str, str] = {}
        self.pulls: dict[int, Pull] = {}
        first = _regular(b"*.parquet filter=lfs diff=lfs merge=lfs -text\n")
        self.branches = {"main": self.add(Commit({".gitattributes": first}, None, "initial commit"))}

    def add(self, commit: Commit) -> str:
        told = f"{len(self.commits)} {commit.parent} {commit.title} {sorted(commit.tree.items(), key=str)}"
        oid = hashlib.sha1(told.encode()).hexdigest()
        self.commits[oid] = commit
        return oid

    @property
    def head(self) -> str:
        return self.branches["main"]

    @property
    def files(self) -> dict[str, File]:
        return self.commits[self.head].tree

    def read(self, path: str, revision: str = "main") -> bytes:
        file = self.tree(revision)[path]
        return self.storage.blobs[file.sha256] if file.lfs else file.content

    def resolve(self, revision: str) -> str:
        if revision.startswith("refs/pr/"):
            return self.pulls[int(revision.removeprefix("refs/pr/"))].oid
        names = {**self.branches, **self.tags, **{oid: oid for oid in self.commits}}
        if revision not in names:
            raise RefusedError(404, f"Invalid rev id: {revision}", code="RevisionNotFound")
        return names[revision]

    def tree(self, revision: str) -> dict[str, File]:
        return self.commits[self.resolve(revision)].tree

    def history(self, revision: str = "main") -> Iterator[tuple[str, Commit]]:
        oid: str | None = self.resolve(revision)
        while oid:
            yield oid, self.commits[oid]
            oid = self.commits[oid].parent

    def listing(self, revision: str, folder: str, *, recursive: bool = False) -> list[dict[str, Any]]:
        rows: dict[str, dict[str, Any]] = {}
        for path, file in sorted(self.tree(revision).items()):
            if folder and not path.startswith(f"{folder}/"):
                continue
            rest = path.removeprefix(f"{folder}/" if folder else "").split("/")
            above = ["/".join([*([folder] if folder else []), *rest[:n]]) for n in range(1, len(rest))]
            for name in above if recursive else above[:1]:
                rows[name] = {"type": "directory", "oid": "0" * 40, "size": 0, "path": name}
            if recursive or len(rest) == 1:
                rows[path] = file.described(path)
        return [rows[path] for path in sorted(rows)]

    def commit(self, lines: list[dict[str, Any]], revision: str, *, pull: bool = False) -> tuple[str, int | None]:
        header = lines[0]["value"]
        base = self.resolve(revision)
        wanted = header.get("parentCommit")
        if wanted and wanted != base and not pull:
            raise RefusedError(412, "A commit has happened since. Please refresh and try again.", said=True)
        tree = dict(self.commits[base].tree)
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                tree[value["path"]] = _regular(base64.b64decode(value["content"]))
            elif line["key"] == "lfsFile":
                if value["oid"] not in self.storage.blobs:
                    raise RefusedError(400, f"large file {value['path']} was not uploaded", said=True)
                size = len(self.storage.blobs[value["oid"]])
                pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{value['oid']}\nsize {size}\n"
                tree[value["path"]] = File(size, _git(pointer.encode()), b"", True, value["oid"])
            elif line["key"] == "deletedFile":
                if tree.pop(value["path"], None) is None:
                    raise RefusedError(404, "A file with this name doesn't exist", code="EntryNotFound")
            else:
                raise RefusedError(400, f"{line['key']} is not known here", said=True)
        oid = self.add(Commit(tree, base, header["summary"]))
        if pull:
            number = len(self.pulls) + 1
            self.pulls[number] = Pull(header["summary"], oid)
            return oid, number
        self.branches[revision] = oid
        return oid, None

    def merge(self, number: int) -> None:
        pull = self.pulls[number]
        pull.status = "merged"
        self.branches["main"] = pull.oid


def _regular(content: bytes) -> File:
    return File(len(content), _git(content), content)


def _git(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
