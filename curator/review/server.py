"""The server of a review: on this machine only, for who knows the token, and for pages that came from it alone."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from curator.errors import CuratorError, UsageError
from curator.pages.page import Page
from curator.review.label import lines_of
from curator.review.marks import MARKS, Marks, Place

__all__ = ["Review", "ReviewServer"]

_HOST = "127.0.0.1"
_LARGEST = 65_536  # bytes of a request's body; a mark with a long note has a thousand
_SECONDS = 30  # a connection that says nothing is closed
_FORM = 'a JSON object: {"key": "…", "mark": "right", "wrong", "skip" or "none", "lines": [0], "note": "…"}'


@dataclass(frozen=True, slots=True)
class Review:
    """What is reviewed: how its page is drawn now, the removals on it by key, and their marks."""

    page: Callable[[], Page]
    places: Mapping[str, Place]
    marks: Marks


class ReviewServer(ThreadingHTTPServer):
    """Serves one review under a path nobody can guess.

    Raises:
        UsageError: the port is taken.
    """

    daemon_threads = True

    def __init__(self, review: Review, port: int = 0) -> None:
        self.review, self.token = review, secrets.token_urlsafe(24)
        try:
            super().__init__((_HOST, port), _Answer)
        except (OSError, OverflowError) as error:
            hint = "choose another, or leave --port out"
            raise UsageError(f"cannot be used: {error}", where=f"port {port}", hint=hint) from None

    @property
    def hosts(self) -> tuple[str, ...]:
        """What the header Host may say: a page elsewhere whose name leads here must not be answered."""
        return (f"{_HOST}:{self.server_port}", f"localhost:{self.server_port}")

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{self.hosts[0]}/{self.token}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a browser that went away in the middle of an answer; all else is printed."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _RefusedError(Exception):
    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class _Answer(BaseHTTPRequestHandler):
    server: ReviewServer
    timeout = _SECONDS
    server_version, sys_version = "curator", ""

    def do_GET(self) -> None:
        self._answer(self._page)

    def do_POST(self) -> None:
        self._answer(self._mark)

    def _answer(self, make: Callable[[str], None]) -> None:
        try:
            make(self._allowed_path())
        except _RefusedError as refused:
            self._send(refused.status, json.dumps({"error": refused.why}).encode(), "application/json")
        except CuratorError as error:
            self._send(HTTPStatus.INSUFFICIENT_STORAGE, json.dumps({"error": str(error)}).encode(), "application/json")

    def _allowed_path(self) -> str:
        """Return the path behind the token, where host, origin and token are right."""
        if self.headers.get("Host") not in self.server.hosts:
            raise _RefusedError(HTTPStatus.MISDIRECTED_REQUEST, "this server answers to its own address only")
        origin = self.headers.get("Origin")
        if origin is not None and origin not in {f"http://{host}" for host in self.server.hosts}:
            raise _RefusedError(HTTPStatus.FORBIDDEN, "pages from elsewhere may not ask this server")
        if self.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
            raise _RefusedError(HTTPStatus.FORBIDDEN, "pages from elsewhere may not ask this server")
        token, _, path = self.path.removeprefix("/").partition("/")
        if not secrets.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode()):
            raise _RefusedError(HTTPStatus.FORBIDDEN, "open the address that `curator review` printed, as a whole")
        return path

    def _page(self, path: str) -> None:
        if path:
            raise _RefusedError(HTTPStatus.NOT_FOUND, "there is only one page here")
        page = self.server.review.page()
        self._send(HTTPStatus.OK, page.html.encode("utf-8", "replace"), "text/html; charset=utf-8", page.policy)

    def _mark(self, path: str) -> None:
        if path != "mark":
            raise _RefusedError(HTTPStatus.NOT_FOUND, "marks go to mark")
        said = self._body()
        review = self.server.review
        key, mark, lines, note = said.get("key"), said.get("mark"), said.get("lines", []), said.get("note", "")
        if not isinstance(key, str) or key not in review.places:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, f"no removal of this review has the key {key!r}")
        if mark not in MARKS:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, f"mark is {mark!r}, not one of {', '.join(MARKS)}")
        place = review.places[key]
        count = len(lines_of(place.text))
        if not isinstance(lines, list) or any(type(n) is not int or not 0 <= n < count for n in lines):
            raise _RefusedError(HTTPStatus.BAD_REQUEST, f"lines are numbers of the removal's {count} lines, from 0")
        if not isinstance(note, str):
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "note is a text")
        review.marks.add(place, mark, tuple(sorted(set(lines))), note.strip())
        self._send(HTTPStatus.OK, json.dumps(review.marks.counts()).encode(), "application/json")

    def _body(self) -> dict[str, Any]:
        if self.headers.get_content_type() != "application/json":
            raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {_FORM}")
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            raise _RefusedError(HTTPStatus.LENGTH_REQUIRED, "say Content-Length")
        if int(length) > _LARGEST:
            raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {_LARGEST:,} bytes")
        try:
            said = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError) as error:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, f"not JSON ({error}); send {_FORM}") from None
        if not isinstance(said, dict):
            raise _RefusedError(HTTPStatus.BAD_REQUEST, f"send {_FORM}")
        return said

    def _send(self, status: HTTPStatus, content: bytes, kind: str, policy: str = "default-src 'none'") -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(content))),
            ("Content-Security-Policy", f"{policy}; frame-ancestors 'none'"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002
        """Say nothing: the token is in every path."""
