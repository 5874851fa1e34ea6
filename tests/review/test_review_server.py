"""The server of a review, over real connections: who is answered, and what is kept of what was sent."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import DATA
from reviews import ask, serving, tell

from curator.corpus import BuildResult, build
from curator.errors import InputError, UsageError
from curator.review.marks import FILE, Marks
from curator.review.open import open_review
from curator.review.removals import Wanted
from curator.review.server import ReviewServer


@pytest.fixture(scope="module")
def server(corpus: BuildResult, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReviewServer]:
    with serving(corpus.out, tmp_path_factory.mktemp("marks")) as server:
        yield server


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_it_listens_on_this_machine_alone(server: ReviewServer) -> None:
    assert server.socket.getsockname()[0] == "127.0.0.1"
    assert server.address == f"http://127.0.0.1:{server.server_port}/{server.token}/"
    assert len(server.token) >= 32


def test_the_page_comes_with_its_policy_as_a_header(server: ReviewServer) -> None:
    status, headers, body = ask(server)
    assert status == 200
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert len(data_of(body)["items"]) > 1_000


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 403),
        ("/wrong-token/", {}, 403),
        ("/../", {}, 403),
        (None, {"Host": "evil.example"}, 421),
        (None, {"Host": None}, 421),
        (None, {"Host": "127.0.0.1:1"}, 421),
        (None, {"Origin": "http://evil.example"}, 403),
        (None, {"Origin": "null"}, 403),
        (None, {"Sec_Fetch_Site": "cross-site"}, 403),
        (None, {"Sec_Fetch_Site": "same-site"}, 403),
    ],
)
def test_who_has_no_business_here_sees_nothing(
    server: ReviewServer, path: str | None, headers: dict[str, str | None], status: int
) -> None:
    got, sent, body = ask(server, path, **headers)
    assert got == status
    assert sent["content-type"] == "application/json"
    assert set(json.loads(body)) == {"error"}


def test_the_same_holds_for_marks(server: ReviewServer) -> None:
    said = {"key": next(iter(server.review.places)), "mark": "right"}
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Sec_Fetch_Site": "cross-site"}):
        assert tell(server, said, **headers)[0] in (403, 421)
    assert ask(server, "/wrong/mark", said)[0] == 403
    assert ask(server, f"/{server.token}/other", said)[0] == 404
    assert ask(server, f"/{server.token}/mark")[0] == 404
    assert not server.review.marks.path.exists()


def test_localhost_is_this_machine_too(server: ReviewServer) -> None:
    host = f"localhost:{server.server_port}"
    assert ask(server, Host=host, Origin=f"http://{host}", Sec_Fetch_Site="same-origin")[0] == 200


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (b"{bad", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 30_000, "not JSON"),
        ([], "a JSON object"),
        ({}, "no removal"),
        ({"key": ["a"], "mark": "right"}, "no removal"),
        ({"key": "0" * 16, "mark": "right"}, "no removal"),
        ({"key": "$", "mark": "good"}, "not one of right, wrong, skip, none"),
        ({"key": "$", "mark": "wrong", "lines": [999]}, "lines are numbers"),
        ({"key": "$", "mark": "wrong", "lines": [True]}, "lines are numbers"),
        ({"key": "$", "mark": "wrong", "lines": "0"}, "lines are numbers"),
        ({"key": "$", "mark": "wrong", "note": 1}, "note is a text"),
    ],
)
def test_what_is_no_mark_is_refused_and_says_why(server: ReviewServer, said: Any, message: str) -> None:
    if isinstance(said, dict) and said.get("key") == "$":
        said = said | {"key": next(iter(server.review.places))}
    status, answer = tell(server, said)
    assert status == 400
    assert message in answer["error"]
    assert not server.review.marks.path.exists()


def test_what_is_no_json_or_too_much_of_it_is_not_read(server: ReviewServer) -> None:
    assert tell(server, b"{}", Content_Type="text/plain")[0] == 415
    assert tell(server, b"{}", Content_Length="1000000000")[0] == 413
    assert tell(server, b"{}", Content_Length="-1")[0] == 411


def test_a_browser_that_hangs_up_is_no_news(server: ReviewServer, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port)) as gone:
        gone.sendall(f"GET /{server.token}/ HTTP/1.1\r\nHost: {server.hosts[0]}\r\n\r\n".encode())
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert ask(server)[0] == 200
    assert capfd.readouterr() == ("", "")


def test_marks_are_on_the_page_when_it_comes_again(corpus: BuildResult, tmp_path: Path) -> None:
    with serving(corpus.out, tmp_path, Wanted(30)) as server:
        first, second, third = list(server.review.places)[:3]
        assert tell(server, {"key": first, "mark": "right"}) == (200, {"right": 1, "wrong": 0, "skip": 0})
        tell(server, {"key": second, "mark": "wrong", "note": " a headline "})
        tell(server, {"key": third, "mark": "skip"})
        tell(server, {"key": third, "mark": "none"})
        before = {item["key"]: item for item in data_of(ask(server)[2])["items"]}
    with serving(corpus.out, tmp_path, Wanted(30)) as server:
        after = {item["key"]: item for item in data_of(ask(server)[2])["items"]}
    assert before == after
    assert (after[first]["mark"], after[second]["mark"], after[third]["mark"]) == ("right", "wrong", "")
    assert after[second]["note"] == "a headline"


def test_a_mark_that_cannot_be_written_is_an_error(corpus: BuildResult, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with serving(corpus.out, tmp_path / "file" / "in", Wanted(5)) as server:
        status, answer = tell(server, {"key": next(iter(server.review.places)), "mark": "right"})
        assert status == 507
        assert "cannot be written" in answer["error"]


def test_every_rule_comes_before_any_comes_twice(corpus: BuildResult, tmp_path: Path) -> None:
    def rules(count: int) -> list[str]:
        return [place.rule for place in open_review(corpus.out, tmp_path, Wanted(count)).places.values()]

    every = rules(100_000)
    kinds = len(set(every))
    assert len(every) == corpus.funnel.removals + corpus.funnel.pruned
    assert len(set(rules(200))) == 200
    assert every[:200] == rules(200)
    assert len(set(every[:kinds])) == kinds < len(every)


def test_rules_sites_and_languages_can_be_chosen(corpus: BuildResult, tmp_path: Path) -> None:
    found = open_review(corpus.out, tmp_path, Wanted(rules=("id.line.baca-juga", "en.line.ad-marker"))).places.values()
    assert {place.rule for place in found} == {"id.line.baca-juga", "en.line.ad-marker"}
    page = open_review(corpus.out, tmp_path, Wanted(languages=["fr"], sites=["not known"])).page()
    items = data_of(page.html)["items"]
    assert len(items) > 5
    assert {(item["language"], item["site"]) for item in items} == {("fr", "not known")}
    with pytest.raises(UsageError, match="no such removal"):
        open_review(corpus.out, tmp_path, Wanted(rules=["no.such.rule"]))
    with pytest.raises(InputError, match="curator build"):
        open_review(tmp_path, tmp_path, Wanted())


def test_a_removal_stands_between_what_stood_around_it(corpus: BuildResult, tmp_path: Path) -> None:
    from curator.cleaner import clean

    raw = DATA / "seeds" / "001_7ea180f5c03ff7b4.txt"
    text = clean(raw.read_bytes()).repaired
    page = open_review(corpus.out, tmp_path, Wanted(100_000)).page()
    items = [item for item in data_of(page.html)["items"] if item["id"].endswith(raw.name)]
    assert len(items) > 5
    for item in items:
        around = "".join(p[0] for p in item["before"]) + item["text"] + "".join(p[0] for p in item["after"])
        assert around in text
        assert len(around) > 500


def test_markup_in_a_document_stays_inside_the_data(tmp_path: Path) -> None:
    evil = "</script><script>document.title='taken'</script><img src=x onerror=alert(1)>"
    (tmp_path / "in").mkdir()
    text = f"Advertisement\n\n{evil}\n\n" + "The council met on Monday to speak of the bridge. " * 30
    row = {"id": f"x{evil}", "title": evil, "site": evil, "text": text, "lang": "en"}
    (tmp_path / "in" / "a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    out = build([tmp_path / "in"], tmp_path / "out", workers=1).out
    page = open_review(out, tmp_path / "marks", Wanted()).page().html
    assert page.count("<script") == page.count("</script>") == 2
    assert "<img" not in page
    assert data_of(page)["items"][0]["title"] == evil


def test_the_command_survives_a_kill_and_goes_on(corpus: BuildResult, tmp_path: Path) -> None:
    shutil.copytree(corpus.out, tmp_path / "mine")
    command = [sys.executable, "-m", "curator", "review", str(tmp_path / "mine"), "--count", "20"]
    marks = tmp_path / "mine.review"
    for number, end in enumerate((signal.SIGKILL, signal.SIGINT), 1):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
            assert running.stdout
            assert running.stderr
            address = running.stdout.readline().strip()
            found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/([\w-]{32,})/", address)
            assert found
            server = _Remote(int(found[1]), found[2])
            items = data_of(ask(server)[2])["items"]  # type: ignore[arg-type]
            assert sum(item["mark"] == "right" for item in items) == number - 1
            key = next(item["key"] for item in items if not item["mark"])
            assert tell(server, {"key": key, "mark": "right"})[0] == 200  # type: ignore[arg-type]
            os.kill(running.pid, end)
            said = running.stderr.read()
        assert Marks(marks).counts()["right"] == number
        assert str(marks / FILE) in said
    assert running.returncode == 0
    assert "2 right, 0 wrong, 0 skip" in said


class _Remote:
    def __init__(self, port: int, token: str) -> None:
        self.server_port, self.token, self.hosts = port, token, [f"127.0.0.1:{port}"]


def test_a_port_that_is_taken_is_said(server: ReviewServer) -> None:
    with pytest.raises(UsageError, match=f"port {server.server_port}"):
        ReviewServer(server.review, server.server_port)
