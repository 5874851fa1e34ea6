"""A review that runs while a test does, and how to speak with it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from curator.review.open import open_review
from curator.review.removals import Wanted
from curator.review.server import ReviewServer

TITLES = {"id.line.baca-juga": "Read-also link"}


@contextmanager
def serving(corpus: Path, marks: Path, wanted: Wanted | None = None) -> Iterator[ReviewServer]:
    """Serve a review from a thread."""
    with ReviewServer(open_review(corpus, marks, wanted or Wanted(2_000), TITLES)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def ask(
    server: ReviewServer, path: str | None = None, said: Any = None, **headers: str | None
) -> tuple[int, dict[str, str], str]:
    """Send a request as a browser does and return status, headers and body; `said` goes as JSON, or as it is."""
    sent = {"Host": server.hosts[0]} | ({} if said is None else {"Content-Type": "application/json"})
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}  # type: ignore[misc]
    body = said if said is None or isinstance(said, bytes) else json.dumps(said).encode()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.putrequest(
        "GET" if said is None else "POST", f"/{server.token}/" if path is None else path, skip_host=True
    )
    sent = {"Content-Length": str(len(body))} | sent if body is not None else sent
    for name, value in sent.items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders(body)
    with connection.getresponse() as answer:
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode()


def tell(server: ReviewServer, said: Any, **headers: str | None) -> tuple[int, dict[str, Any]]:
    """Send a mark and return status and answer."""
    status, _, body = ask(server, f"/{server.token}/mark", said, **headers)
    return status, json.loads(body)
