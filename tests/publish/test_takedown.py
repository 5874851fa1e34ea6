"""A document is taken down from a corpus that was built and published: no file of it says it any more."""

from __future__ import annotations

import html
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import publishing
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import DATA
from publishing import REPO, Client

from curator.corpus import build
from curator.publish.forget import forget
from curator.tombstones import Tombstones

if TYPE_CHECKING:
    from hub import Hub

hub, plain = publishing.hub, publishing.plain

URL = "https://ferrypost.example/2026/11/nordstern?page=1&print=yes"
TITLE = "Ferry “Nordstern” leaves <late> & nobody says why"
SENTENCE = 'The captain, Søren Kjær, told the crowd: "We\'ll sail at dawn, wind & tide <permitting>, or not at all."'
LINK = "READ MORE: Why the harbour master of Lindøre “never” answers his telephone"
DOCUMENT = {
    "id": URL,
    "url": URL,
    "site": "ferrypost.example",
    "title": TITLE,
    "lang": "en",
    "text": "\n\n".join(
        (
            "The ferry stayed in port on Sunday while three hundred passengers waited on the quay in the rain.",
            SENTENCE,
            LINK,
            "Nobody had told the passengers that the second engine was broken.",
            "The company said on Monday that tickets would be paid back, and that the ship was safe at all times.",
        )
    ),
}
# What a search may look for: any of it, in any of the ways a file can say it.
SAID = (URL, TITLE, SENTENCE, LINK)


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """Articles of the project, copies and stories among them, and the one that is to go, between two others."""
    folder = tmp_path / "in"
    shutil.copytree(DATA / "articles" / "en", folder / "articles" / "en")
    shutil.copy(DATA / "wire.jsonl", folder)
    lines = [{"id": f"lake-{n}", "text": lake(n), "lang": "en", "site": "ferrypost.example"} for n in (1, 2)]
    rows = (lines[0], DOCUMENT, lines[1])
    (folder / "ferry.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def lake(number: int) -> str:
    kinds = ("perch", "pike", "bream", "eel", "roach")
    counts = ". ".join(f"They counted {number * n + 3} {kinds[n % 5]} near pier {n * number}" for n in range(14))
    return f"Fishers of lake {number} went out again on Monday after the storm had passed.\n\n{counts}."


def ways(said: str) -> set[bytes]:
    """Return the bytes a text has, as it is and as JSON and HTML escape it."""
    plain = {said, json.dumps(said)[1:-1], json.dumps(said, ensure_ascii=False)[1:-1]}
    return {way.encode() for text in plain for way in (text, html.escape(text), html.escape(text, quote=False))}


def unpacked(content: bytes) -> Iterator[bytes]:
    """Yield all values of a Parquet file, and the dictionaries behind them with what no row refers to."""
    with pq.ParquetFile(io.BytesIO(content)) as file:
        yield json.dumps(file.read().to_pylist(), default=str, ensure_ascii=False).encode()
        names = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
    for column in pq.read_table(io.BytesIO(content), read_dictionary=names).columns:
        for chunk in column.chunks if pa.types.is_dictionary(column.type) else ():
            yield json.dumps(chunk.dictionary.to_pylist(), ensure_ascii=False).encode()


def finding(files: dict[str, bytes]) -> set[tuple[str, str]]:
    """Search bytes and values of every file; return which of them says what."""
    found = set()
    for name, content in files.items():
        searched = [content, *(unpacked(content) if name.endswith(".parquet") else ())]
        found |= {(name, said) for said in SAID if any(way in text for way in ways(said) for text in searched)}
    return found


def here(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def there(hub: Hub) -> dict[str, bytes]:
    repo = hub.repo("news")
    return {path: repo.read(path) for path in repo.files}


def rows(folder: Path) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for path in sorted(folder.glob("data/*/*")) for row in pq.read_table(path).to_pylist()}


def test_nothing_of_it_is_left_here_or_there_and_no_increment_brings_it_back(
    plain: Client, hub: Hub, inputs: Path, tmp_path: Path
) -> None:
    out = build([inputs], tmp_path / "news", workers=1).out
    everything: dict[str, Any] = {"removals": True, "clusters": True}
    plain.publish(out, tag="v1", **everything)
    assert {said for _, said in finding(here(out))} == set(SAID)
    assert {said for _, said in finding(there(hub))} == set(SAID)
    before = rows(out)

    done = forget(out, Tombstones.of(urls=[URL]))
    assert (done.documents, done.traces) == (1, ())
    assert finding(here(out)) == set()
    plain.publish(out, tag="v2", **everything)
    assert finding(there(hub)) == set()
    kept = rows(out)
    assert kept == {name: row for name, row in before.items() if name != URL}
    loaded = plain("load", repo=REPO)
    assert {row["id"]: row for row in loaded} == kept

    # The crawler meets it again, among new articles: once the corpus is built over, once beside the old one.
    day = inputs / "2026-11-24.jsonl"
    day.write_text(json.dumps(DOCUMENT | {"id": "again", "url": URL.replace("https://", "http://www.")}) + "\n")
    shutil.copytree(DATA / "articles" / "jv", inputs / "articles" / "jv")
    later = build([inputs], out, workers=1, force=True).out
    beside = build([inputs], tmp_path / "beside" / "news", tombstones=later, workers=1).out
    plain.publish(later, tag="v3", **everything)
    for folder in (here(later), here(beside), there(hub)):
        assert finding(folder) == set()
    assert rows(later) == rows(beside)
    assert {name: row for name, row in rows(later).items() if "/jv/" not in name} == kept
    assert len(rows(later)) > len(kept)
