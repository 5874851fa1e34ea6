"""What pages and servers say of licences and of text and data mining reaches the rows and the card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from conftest import DATA

from curator.corpus import build
from curator.rights import page_rights

SAID = """<head>
<!-- <meta name="tdm-reservation" content="0"> -->
<script>document.write('<meta name="robots" content="none">')</script>
<META content='1' NAME=tdm-reservation>
<meta name="tdm-policy" content="https://a.example/Policy?a=1&amp;b=2">
<meta name="robots" content="INDEX, noai">
<meta name="googlebot" content="noindex">
<link rel="cc license" href="https://creativecommons.org/licenses/by/4.0/">
"""


def test_a_page_says_it_in_its_head() -> None:
    assert page_rights(SAID.encode()) == {
        "tdm_reservation": "1",
        "tdm_policy": "https://a.example/Policy?a=1&b=2",
        "robots": "index, noai",
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }
    assert page_rights(f"<html><head></head><body>{SAID}") == {}
    assert page_rights(b"\xff\xfe\x00") == {}


@pytest.mark.parametrize("piece", ["<script", "<meta ", "<!--", '<meta name="', "<meta a "])
def test_a_hostile_head_takes_no_longer_than_another(piece: str) -> None:
    assert page_rights(piece * 100_000) == {}


def test_rows_and_card_say_it_too(tmp_path: Path) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    page = (DATA / "pages" / "classic-article-en.html").read_text(encoding="utf-8")
    (inputs / "page.html").write_text(page.replace("<head>", SAID, 1), encoding="utf-8")
    body = (DATA / "pages" / "wordpress-fr.html").read_bytes()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Robots-Tag: NoAI\r\nTDM-Reservation: 1\r\n\r\n"
    (inputs / "a.warc").write_bytes(
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-11-03T10:00:00Z\r\n"
        b"WARC-Target-URI: https://fr.example/1\r\nContent-Type: application/http; msgtype=response\r\n"
        b"Content-Length: %d\r\n\r\n%s%s\r\n\r\n" % (len(head) + len(body), head, body)
    )
    out = build([inputs], tmp_path / "out", workers=1).out
    found: dict[str, dict[str, Any]] = {
        row["language"]: row for path in out.glob("data/*/*") for row in pq.read_table(path).to_pylist()
    }
    assert found["en"]["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert (found["en"]["tdm_reservation"], found["en"]["robots"]) == ("1", "index, noai")
    assert (found["fr"]["tdm_reservation"], found["fr"]["robots"]) == ("1", "noai, max-image-preview:large")
    assert found["fr"]["retrieved_at"] == "2026-11-03T10:00:00Z"
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "| `1` | 2 |" in card
    assert "`index, noai`" in card
    assert "Not recorded in the inputs" not in card
