"""Web archives: which records become documents, how they are split, what a broken one costs."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from curator.document import Document, Failure
from curator.sources import read_split, warc
from curator.sources.find import find, plan_splits

PAGE = "<html><body><p>The council met on Monday, page {}.</p></body></html>"


def record(
    number: int, body: bytes | None = None, kind: str = "response", media: str = "text/html", http: str = ""
) -> bytes:
    body = PAGE.format(number).encode() if body is None else body
    if kind == "response":
        head = f"{http or 'HTTP/1.1 200 OK'}\r\nContent-Type: {media}\r\n\r\n"
        body, media = head.encode() + body, "application/http; msgtype=response"
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number:04d}>\r\n"
        f"WARC-Target-URI: https://news.example/{number}\r\nWARC-Date: 2024-05-03T10:00:00Z\r\n"
        f"Content-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def read_all(path: Path, documents: int = 1000) -> list[Document | Failure]:
    return [row for split in plan_splits(find([path]).files, documents) for row in read_split(split)]


def written(path: Path, records: list[bytes]) -> Path:
    """Write records, each packed by itself where the name says so, as crawlers do."""
    path.write_bytes(b"".join(map(gzip.compress, records) if path.suffix == ".gz" else records))
    return path


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_pages_become_documents_and_the_rest_is_passed_over(tmp_path: Path, name: str) -> None:
    records = [
        record(0, b"software: x\r\n", "warcinfo", "application/warc-fields"),
        record(1, b"GET / HTTP/1.1\r\n\r\n", "request", "application/http; msgtype=request"),
        record(2, media="text/html; charset=utf-8"),
        record(3, b"\x89PNG", media="image/png"),
        record(4, http="HTTP/1.1 404 Not Found"),
        record(5, "Только по заголовку".encode("cp1251"), media="text/plain; charset=windows-1251"),
        record(6, "Über die Brücke".encode(), media="text/plain; charset=iso-8859-1"),
    ]
    rows = read_all(written(tmp_path / name, records))
    assert all(isinstance(row, Document) for row in rows)
    assert [(row.id, row.kind) for row in rows if isinstance(row, Document)] == [
        ("urn:uuid:0002", "html"),
        ("urn:uuid:0005", "text"),
        ("urn:uuid:0006", "text"),
    ]
    first, second, third = (row for row in rows if isinstance(row, Document))
    assert (first.url, first.retrieved_at) == ("https://news.example/2", "2024-05-03T10:00:00Z")
    assert first.content == PAGE.format(2).encode()
    assert second.content == "Только по заголовку"
    assert third.content == "Über die Brücke".encode()  # the header lies; UTF-8 shows itself


def test_bodies_are_unpacked(tmp_path: Path) -> None:
    body = gzip.compress(PAGE.format(1).encode())
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    http = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked"
    (row,) = read_all(written(tmp_path / "a.warc.gz", [record(1, chunked, http=http)]))
    assert isinstance(row, Document)
    assert row.content == PAGE.format(1).encode()


def test_wet_files_hold_texts(tmp_path: Path) -> None:
    texts = [record(n, f"Text {n}".encode(), "conversion", "text/plain") for n in range(3)]
    rows = read_all(written(tmp_path / "a.warc.wet.gz", texts))
    assert [(row.id, row.content) for row in rows if isinstance(row, Document)] == [
        (f"urn:uuid:{n:04d}", f"Text {n}".encode()) for n in range(3)
    ]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_documents_do_not_depend_on_how_a_file_is_split(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / name, [record(n) for n in range(20)])
    whole = read_all(path)
    monkeypatch.setattr(warc, "WHOLE", 0)
    assert len(plan_splits(find([path]).files, 3)) == 7
    assert read_all(path, 3) == whole
    assert len(whole) == 20


def spoiled(part: bytes, packed: bool, how: str) -> bytes:
    if how == "garbage":
        return b"nothing of a record\r\n\r\n" * 5 if not packed else gzip.compress(b"nothing of a record")
    if how == "length":
        broken = part.replace(b"Content-Length: ", b"Content-Length: x", 1)
        return gzip.compress(broken) if packed else broken
    data = bytearray(gzip.compress(part))
    data[len(data) // 2] ^= 0xFF
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a.warc", "garbage"),
        ("a.warc", "length"),
        ("a.warc.gz", "garbage"),
        ("a.warc.gz", "length"),
        ("a.warc.gz", "flipped"),
    ],
)
def test_a_broken_record_is_named_and_costs_no_other_one(tmp_path: Path, name: str, how: str) -> None:
    packed = name.endswith(".gz")
    parts = [gzip.compress(record(n)) if packed else record(n) for n in range(6)]
    parts[3] = spoiled(record(3), packed, how)
    (tmp_path / name).write_bytes(b"".join(parts))
    rows = read_all(tmp_path / name)
    assert [row.id for row in rows if isinstance(row, Document)] == [f"urn:uuid:{n:04d}" for n in (0, 1, 2, 4, 5)]
    (failure,) = (row for row in rows if isinstance(row, Failure))
    assert failure.reason == "broken-record"
    assert failure.origin.startswith(f"{name}@")


@pytest.mark.parametrize("cut", [5, 60, 200, 225])
@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_file_that_breaks_off_gives_what_came_before_and_names_the_rest(tmp_path: Path, name: str, cut: int) -> None:
    path = written(tmp_path / name, [record(n, PAGE.format("x" * 300).encode()) for n in range(4)])
    path.write_bytes(path.read_bytes()[:-cut])
    rows = read_all(path)
    assert [row.id for row in rows if isinstance(row, Document)][:3] == [f"urn:uuid:{n:04d}" for n in range(3)]
    assert [row.reason for row in rows if isinstance(row, Failure)] == ["broken-record"]
    assert len(rows) == 4
