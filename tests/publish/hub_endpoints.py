"""What each endpoint of the loopback Hub answers."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from hub_repo import File, RefusedError, Repo

if TYPE_CHECKING:
    from hub import Handler, Hub

WRITE, READ = "hf_loopbackwritetoken", "hf_loopbackreadtoken"
OWNER = "desk"


@dataclass
class Answer:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


_ID = "(?P<repo>[^/]+/[^/]+)"
ROUTES = [
    ("GET", "/api/whoami-v2", "whoami"),
    ("POST", "/api/repos/create", "create"),
    ("POST", "/api/validate-yaml", "validate"),
    ("GET", f"/api/datasets/{_ID}", "info"),
    ("GET", f"/api/datasets/{_ID}/revision/(?P<revision>[^/]+)", "info"),
    ("GET", f"/api/datasets/{_ID}/tree/(?P<revision>[^/]+)(?P<path>/.*)?", "tree"),
    ("POST", f"/api/datasets/{_ID}/paths-info/(?P<revision>[^/]+)", "paths-info"),
    ("GET", f"/api/datasets/{_ID}/refs", "refs"),
    ("GET", f"/api/datasets/{_ID}/commits/(?P<revision>[^/]+)", "commits"),
    ("POST", f"/api/datasets/{_ID}/preupload/(?P<revision>[^/]+)", "preupload"),
    ("POST", f"/api/datasets/{_ID}/commit/(?P<revision>[^/]+)", "commit"),
    ("POST", f"/api/datasets/{_ID}/tag/(?P<revision>[^/]+)", "tag"),
    ("GET", f"/api/datasets/{_ID}/discussions", "discussions"),
    ("POST", f"/api/datasets/{_ID}/discussions/(?P<num>[0-9]+)/merge", "merge"),
    ("GET", f"/api/datasets/{_ID}/xet-(?:write|read)-token/(?P<revision>[^/]+)", "xet-token"),
    ("POST", f"/datasets/{_ID}\\.git/info/lfs/objects/batch", "lfs-batch"),
    ("PUT", "/lfs/(?P<oid>[0-9a-f]{64})", "lfs-put"),
    ("ANY", "/lfs/(?P<oid>[0-9a-f]{64})", "lfs-get"),
    ("POST", "/cas/v1/xorbs/default/(?P<name>[0-9a-f]{64})", "xorb"),
    ("POST", "/cas/v1/shards", "shard"),
    ("GET", "/cas/v1/chunks/.*", "chunks"),
    ("POST", "/cas/v1/xorb-grants.*", "chunks"),
    ("POST", "/cas/v2/shards", "chunks"),
    ("ANY", f"/datasets/{_ID}/resolve/(?P<revision>[^/]+)/(?P<path>.+)", "resolve"),
]


class Endpoints:
    """One method per endpoint."""

    def __init__(self, hub: Hub, handler: Handler) -> None:
        self.hub, self.handler = hub, handler
        self.token = handler.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.token not in ("", WRITE, READ) and not handler.path.startswith("/cas/"):
            raise RefusedError(401, "Invalid credentials in Authorization header", said=True)

    def find(self, repo: str) -> Repo:
        found = self.hub.repos.get(repo)
        if not found or (found.private and not self.token):
            raise RefusedError(404 if self.token else 401, "Repository not found", code="RepoNotFound")
        return found

    def writable(self, repo: str) -> Repo:
        found = self.find(repo)
        self.may_write()
        return found

    def may_write(self) -> None:
        if self.token != WRITE:
            said = "You don't have the rights to write here" if self.token else "Authentication required"
            raise RefusedError(403 if self.token else 401, said, said=True)

    def whoami(self, *_: Any) -> Answer:
        if not self.token:
            raise RefusedError(401, "Invalid username or password.")
        return Answer(200, {"type": "user", "name": OWNER, "orgs": []})

    def create(self, body: bytes, *_: Any) -> Answer:
        self.may_write()
        asked = json.loads(body)
        name = f"{asked.get('organization') or OWNER}/{asked['name']}"
        if not name.startswith(f"{OWNER}/"):
            raise RefusedError(403, "You don't have the rights to create a dataset under this namespace", said=True)
        url = {"url": f"{self.hub.endpoint}/datasets/{name}", "name": name}
        if name in self.hub.repos:
            return Answer(409, {"error": "You already created this dataset repo", **url})
        self.hub.repos[name] = Repo(self.hub.storage, private=asked.get("visibility") == "private")
        return Answer(200, url)

    def validate(self, body: bytes, *_: Any) -> Answer:
        import yaml

        content = json.loads(body)["content"]
        found = re.match(r"---\n(.*?)\n---", content, re.DOTALL)
        try:
            data = yaml.safe_load(found.group(1)) if found else None
        except yaml.YAMLError as error:
            return Answer(400, {"errors": [{"message": str(error)}], "warnings": []})
        bad = [f'"{key}" is wrong' for key in ("language", "tags") if not _texts((data or {}).get(key))]
        return Answer(400 if bad else 200, {"errors": [{"message": message} for message in bad], "warnings": []})

    def info(self, _: bytes, query: dict[str, str], repo: str, revision: str = "main") -> Answer:
        found = self.find(repo)
        oid = found.resolve(revision)
        files = [{"rfilename": path} for path in sorted(found.commits[oid].tree)]
        kept = {"_id": "0" * 24, "id": repo, "author": OWNER, "sha": oid, "private": found.private, "gated": False}
        more = {"disabled": False, "downloads": 0, "likes": 0, "tags": [], "siblings": files, "cardData": {}}
        return Answer(200, {**kept, **more, "lastModified": "2026-11-01T00:00:00.000Z"})

    def tree(self, _: bytes, query: dict[str, str], repo: str, revision: str, path: str | None = None) -> Answer:
        found = self.find(repo)
        folder = (path or "").strip("/")
        listed = found.listing(revision, folder, recursive=query.get("recursive", "").lower() in ("true", "1"))
        if folder and not listed:
            raise RefusedError(404, f"{folder} does not exist on {revision}", code="EntryNotFound")
        start, size = int(query.get("cursor", 0)), found.page
        headers = {}
        if len(listed) > start + size:
            here = urlsplit(self.handler.path)
            kept = "&".join(p for p in here.query.split("&") if p and not p.startswith("cursor="))
            address = f"{self.hub.endpoint}{here.path}?{kept}&cursor={start + size}"
            headers["Link"] = f'<{address}>; rel="next"'
        return Answer(200, listed[start : start + size], headers)

    def paths_info(self, body: bytes, _: dict[str, str], repo: str, revision: str) -> Answer:
        asked = parse_qs(body.decode()) if not body.startswith(b"{") else json.loads(body)
        paths = asked["paths"]
        found = self.find(repo)
        folders = {path: found.listing(revision, path) for path in paths}
        tree = found.tree(revision)
        rows = [tree[path].described(path) for path in paths if path in tree]
        rows += [{"type": "directory", "path": p, "oid": "0" * 40, "size": 0} for p in paths if folders[p]]
        return Answer(200, rows)

    def refs(self, _: bytes, __: dict[str, str], repo: str) -> Answer:
        found = self.find(repo)

        def listed(names: dict[str, str], prefix: str) -> list[dict[str, str]]:
            return [{"name": n, "ref": f"{prefix}{n}", "targetCommit": oid} for n, oid in names.items()]

        branches, tags = listed(found.branches, "refs/heads/"), listed(found.tags, "refs/tags/")
        pulls = listed({str(n): p.oid for n, p in found.pulls.items()}, "refs/pr/")
        return Answer(200, {"branches": branches, "tags": tags, "converts": [], "pullRequests": pulls})

    def commits(self, _: bytes, __: dict[str, str], repo: str, revision: str) -> Answer:
        rows = [
            {"id": oid, "title": c.title, "message": "", "date": "2026-11-01T00:00:00.000Z", "authors": []}
            for oid, c in self.find(repo).history(revision)
        ]
        return Answer(200, rows)

    def preupload(self, body: bytes, _: dict[str, str], repo: str, revision: str) -> Answer:
        tree = self.writable(repo).tree(revision)
        files = []
        for asked in json.loads(body)["files"]:
            here: File | None = tree.get(asked["path"])
            large = asked["path"].endswith(".parquet") or asked["size"] > 10_000_000
            answer = {"path": asked["path"], "uploadMode": "lfs" if large else "regular", "shouldIgnore": False}
            files.append(answer | ({"oid": here.sha256 if here.lfs else here.git} if here else {}))
        return Answer(200, {"files": files})

    def commit(self, body: bytes, query: dict[str, str], repo: str, revision: str) -> Answer:
        found = self.writable(repo)
        lines = [json.loads(line) for line in body.splitlines() if line]
        oid, number = found.commit(lines, revision, pull=query.get("create_pr") == "1")
        address = f"{self.hub.endpoint}/datasets/{repo}"
        more = {"pullRequestUrl": f"{address}/discussions/{number}"} if number else {}
        return Answer(200, {"success": True, "commitOid": oid, "commitUrl": f"{address}/commit/{oid}", **more})

    def tag(self, body: bytes, _: dict[str, str], repo: str, revision: str) -> Answer:
        found = self.writable(repo)
        name = json.loads(body)["tag"]
        if name in found.tags:
            raise RefusedError(409, f"Tag {name} already exists", said=True)
        found.tags[name] = found.resolve(revision)
        return Answer(200)

    def discussions(self, _: bytes, query: dict[str, str], repo: str) -> Answer:
        rows = [
            {
                "num": n,
                "title": p.title,
                "status": p.status,
                "isPullRequest": True,
                "repo": {"name": repo, "type": "dataset"},
            }
            | {"author": {"name": OWNER}, "createdAt": "2026-11-01T00:00:00.000Z"}
            for n, p in self.find(repo).pulls.items()
        ]
        return Answer(200, {"discussions": rows, "count": len(rows), "start": 0, "num": 0})

    def merge(self, _: bytes, __: dict[str, str], repo: str, num: str) -> Answer:
        self.writable(repo).merge(int(num))
        event = {"id": "0", "type": "status-change", "createdAt": "2026-11-01T00:00:00.000Z"}
        return Answer(200, {"newStatus": event | {"author": {"name": OWNER}, "data": {"status": "merged"}}})

    def lfs_batch(self, body: bytes, _: dict[str, str], repo: str) -> Answer:
        self.writable(repo)
        objects = []
        for asked in json.loads(body)["objects"]:
            row = {"oid": asked["oid"], "size": asked["size"]}
            if asked["oid"] not in self.hub.storage.blobs:
                row["actions"] = {"upload": {"href": f"{self.hub.endpoint}/lfs/{asked['oid']}", "header": {}}}
            objects.append(row)
        return Answer(200, {"transfer": "basic", "objects": objects})

    def lfs_put(self, body: bytes, _: dict[str, str], oid: str) -> Answer:
        if hashlib.sha256(body).hexdigest() != oid:
            raise RefusedError(400, "content does not have this hash")
        self.hub.storage.blobs[oid] = body
        return Answer(200)

    def lfs_get(self, _: bytes, __: dict[str, str], oid: str) -> Answer:
        return self.content(self.hub.storage.blobs[oid], f'"{oid}"')

    def xet_token(self, _: bytes, __: dict[str, str], repo: str, revision: str) -> Answer:
        self.writable(repo)
        cas, expires = f"{self.hub.endpoint}/cas", 4_000_000_000
        headers = {"X-Xet-Cas-Url": cas, "X-Xet-Access-Token": "xet", "X-Xet-Token-Expiration": str(expires)}
        return Answer(200, {"casUrl": cas, "exp": expires, "accessToken": "xet"}, headers)

    def xorb(self, body: bytes, _: dict[str, str], name: str) -> Answer:
        return Answer(200, {"was_inserted": self.hub.storage.add_xorb(name, body)})

    def shard(self, body: bytes, _: dict[str, str]) -> Answer:
        self.hub.storage.add_shard(body)
        return Answer(200, {"result": 1})

    def chunks(self, *_: Any) -> Answer:
        return Answer(404, {"error": "not known"})

    def resolve(self, _: bytes, __: dict[str, str], repo: str, revision: str, path: str) -> Answer:
        found = self.find(repo)
        oid = found.resolve(revision)
        file = found.commits[oid].tree.get(path)
        if not file:
            raise RefusedError(404, "Entry not found", code="EntryNotFound")
        commit = {"X-Repo-Commit": oid}
        if not file.lfs:
            given = self.content(file.content, f'"{file.git}"')
            return Answer(given.status, given.body, given.headers | commit)
        # Large files lie on another origin; on the same one the client would follow the redirect of a HEAD request.
        there = f"{self.hub.endpoint.replace('127.0.0.1', 'localhost')}/lfs/{file.sha256}"
        linked = {"X-Linked-Size": str(file.size), "X-Linked-Etag": f'"{file.sha256}"', "ETag": f'"{file.git}"'}
        return Answer(302, None, {"Location": there, **linked, **commit})

    def content(self, data: bytes, etag: str) -> Answer:
        headers = {"ETag": etag, "Accept-Ranges": "bytes", "Content-Type": "application/octet-stream"}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.handler.headers.get("Range", ""))
        if not wanted:
            return Answer(200, data, headers)
        start, last = int(wanted[1]), min(int(wanted[2] or len(data)), len(data) - 1)
        if start > last:
            return Answer(416, b"", {"Content-Range": f"bytes */{len(data)}"})
        return Answer(206, data[start : last + 1], headers | {"Content-Range": f"bytes {start}-{last}/{len(data)}"})


def _texts(value: Any) -> bool:
    return value is None or isinstance(value, str) or all(isinstance(v, str) for v in value)
