"""A Hub on loopback: the HTTP API as unmodified huggingface_hub, hf_xet and datasets use it, with faults on demand.

It proves the client's side and ours; what the real Hub does beyond it stands in docs/publish.md.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from hub_endpoints import OWNER, READ, ROUTES, WRITE, Answer, Endpoints
from hub_repo import RefusedError, Repo
from hub_xet import Storage

__all__ = ["OWNER", "READ", "WRITE", "Hub", "running"]


@dataclass
class Fault:
    """What an endpoint does instead of answering, so many times: a status, or the connection dropped."""

    status: int = 0  # 0 drops the connection
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False  # drop it when the work is done: the answer is lost
    skip: int = 0  # requests that go well first
    call: Callable[[], None] | None = None  # done first, and then what was asked for
    cut: bool = False  # after the call, the connection is dropped instead


class Hub:
    """Repositories, tokens, faults, and a count of all that was asked and sent."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.storage = Storage()
        self.faults: dict[str, list[Fault]] = {}
        self.asked: Counter[str] = Counter()  # requests by endpoint
        self.sent: Counter[str] = Counter()  # bytes of their bodies
        self.seen: list[str] = []  # what no endpoint was found for
        self.commits_seen: list[list[dict[str, Any]]] = []  # bodies of commits, before they are done
        self.lock = threading.RLock()
        self.endpoint = ""

    def fail(self, endpoint: str, status: int = 0, **more: Any) -> None:
        self.faults.setdefault(endpoint, []).append(Fault(status, **more))

    def forget_counts(self) -> None:
        self.asked.clear()
        self.sent.clear()

    @property
    def uploaded(self) -> int:
        """Bytes of large files that came in, by either transport."""
        return self.sent["lfs-put"] + self.sent["xorb"]

    def repo(self, name: str) -> Repo:
        return self.repos[f"{OWNER}/{name}"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_: Any) -> None: ...

    def do_GET(self) -> None:
        self.handle_any()

    do_POST = do_PUT = do_HEAD = do_DELETE = do_GET  # noqa: N815

    def handle_any(self) -> None:
        body = self.body()
        parts = urlsplit(self.path)
        # A reverse proxy would do the same: the path as sent decides, so that %2F stays within a segment.
        found = (
            (name, match)
            for method, pattern, name in ROUTES
            if method in (self.command, "ANY") and (match := re.fullmatch(pattern, parts.path))
        )
        name, match = next(found, ("", None))
        if not match:
            self.hub.seen.append(f"{self.command} {self.path}")
            return self.answer(Answer(404, {"error": "no such endpoint"}))
        self.hub.asked[name] += 1
        self.hub.sent[name] += len(body)
        if name == "commit":
            self.hub.commits_seen.append([json.loads(line) for line in body.splitlines() if line])
        fault = self.fault(name)
        if fault and fault.call:
            fault.call()
        if fault and not fault.after and (fault.cut or not fault.call):
            if not fault.status:
                return self.drop()
            return self.answer(Answer(fault.status, {"error": "made to fail"}, fault.headers))
        arguments = {key: unquote(value) for key, value in match.groupdict().items() if value is not None}
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        try:
            with self.hub.lock:
                given = getattr(Endpoints(self.hub, self), name.replace("-", "_"))(body, query, **arguments)
        except RefusedError as error:
            given = Answer(error.status, {"error": error.message}, error.headers)
        except Exception as error:  # noqa: BLE001  (a mistake of the Hub's, which a test looks at)
            self.hub.seen.append(f"{self.command} {self.path}: {error!r}")
            given = Answer(400, {"error": repr(error)})
        if fault and fault.after:
            return self.drop()
        return self.answer(given)

    def fault(self, name: str) -> Fault | None:
        with self.hub.lock:
            waiting = self.hub.faults.get(name) or []
            if not waiting:
                return None
            if waiting[0].skip:
                waiting[0].skip -= 1
                return None
            fault = waiting[0]
            fault.times -= 1
            if not fault.times:
                waiting.pop(0)
            return fault

    def body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            whole = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                whole += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return whole
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def answer(self, given: Answer) -> None:
        body = given.body if isinstance(given.body, bytes) else json.dumps(given.body).encode()
        body = b"" if given.body is None else body
        headers = {"Content-Length": str(len(body))} | given.headers
        if not isinstance(given.body, bytes):
            headers.setdefault("Content-Type", "application/json")
        try:
            self.send_response(given.status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the client went away


@contextmanager
def running() -> Iterator[Hub]:
    """Serve a Hub with nothing in it."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
