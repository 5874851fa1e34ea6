"""Inputs to documents: what is found, how it is split, what a row becomes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curator.corpus import build
from curator.document import Document, Failure
from curator.errors import InputError
from curator.sources import read_split
from curator.sources.fields import document_of
from curator.sources.find import find, plan_splits

ROWS = [{"id": f"n{n}", "text": f"Article number {n}", "desk": "city"} for n in range(25)]


def write_jsonl(path: Path) -> Path:
    text = "\n".join(json.dumps(row) for row in ROWS) + "\n\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    elif path.suffix == ".zst":
        with pa.output_stream(path, compression="zstd") as stream:
            stream.write(text.encode())
    else:
        path.write_text(text, encoding="utf-8")
    return path


def write_parquet(path: Path) -> Path:
    pq.write_table(pa.Table.from_pylist(ROWS), path, row_group_size=7)
    return path


def read_all(path: Path, documents: int) -> list[Document | Failure]:
    return [row for split in plan_splits(find([path]).files, documents) for row in read_split(split)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.parquet"])
@pytest.mark.parametrize("documents", [1, 4, 7, 25, 1000])
def test_every_row_is_read_once_and_in_order_however_the_file_is_split(
    tmp_path: Path, name: str, documents: int
) -> None:
    path = tmp_path / name
    (write_parquet if name.endswith("parquet") else write_jsonl)(path)
    found = read_all(path, documents)
    assert [row.id for row in found] == [row["id"] for row in ROWS]
    assert [row.origin for row in found] == [f"{name}:{n + 1}" for n in range(25)]
    assert all(isinstance(row, Document) and row.extra == {"desk": "city"} for row in found)


def test_plain_files_are_split_so_that_many_tasks_share_one(tmp_path: Path) -> None:
    splits = plan_splits(find([write_jsonl(tmp_path / "a.jsonl")]).files, 10)
    assert [(s.start, s.stop) for s in splits] == [(0, 10), (10, 20), (20, None)]


def test_order_of_files_does_not_depend_on_the_order_of_inputs(tmp_path: Path) -> None:
    for folder in ("b", "a/a", "c/a"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "x.txt").write_text("x", encoding="utf-8")
    inputs = [tmp_path / "b", tmp_path / "a" / "a", tmp_path / "c" / "a"]
    one, two = find(inputs).files, find(inputs[::-1]).files
    assert one == two
    assert len({file.origin for file in one}) == 3
    assert (
        find([tmp_path / "b", tmp_path / "b" / "x.txt"]).files == find([tmp_path / "b" / "x.txt", tmp_path / "b"]).files
    )
    assert len(find([tmp_path / "b", tmp_path / "b" / "x.txt"]).files) == 1


def test_hidden_unknown_and_output_files_are_passed_over_and_counted(tmp_path: Path) -> None:
    for name in ("a.txt", "b.md", "c.md", ".hidden.txt", "out/d.txt", ".git/e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    found = find([tmp_path], outside=tmp_path / "out")
    assert [file.origin for file in found.files] == [f"{tmp_path.name}/a.txt"]
    assert found.ignored == {".md": 2}


def test_a_missing_input_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        find([tmp_path / "nowhere"])


def test_a_file_that_breaks_off_gives_what_came_before_and_a_failure(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl.gz")
    rows = [json.dumps({"id": f"n{n}", "text": "x" * 50 + str(n * 7919)}) for n in range(200_000)]
    path.write_bytes(gzip.compress("\n".join(rows).encode())[:-2000])
    found = read_all(path, 1000)
    assert isinstance(found[-1], Failure)
    assert found[-1].reason == "broken-file"
    assert len(found) > 1000


def test_a_file_that_vanishes_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    splits = plan_splits(find([tmp_path]).files, 10)
    (tmp_path / "a.txt").unlink()
    (failure,) = read_split(splits[0])
    assert (type(failure), failure.reason) == (Failure, "unreadable")


def test_fields_of_a_row() -> None:
    row = {
        "id": 7,
        "text": "x",
        "html": "",
        "published": "2024-05-03",
        "lang": "id",
        "url": "u",
        "desk": "city",
        "site": None,
    }
    document = document_of(row, "f:1")
    assert isinstance(document, Document)
    assert (document.id, document.content, document.kind, document.date, document.language) == (
        "7",
        "x",
        "text",
        "2024-05-03",
        "id",
    )
    assert (document.url, document.site, document.extra) == ("u", None, {"desk": "city"})
    page = document_of({"text": "x", "html": "<p>y"}, "f:2")
    assert isinstance(page, Document)
    assert (page.id, page.content, page.kind) == ("f:2", "<p>y", "html")


def test_pages_stored_with_gzip_are_pages(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    sentence = "The council met on Monday evening and voted to repair the old bridge before winter comes. "
    page = f"<html><body><h1>Bridge</h1><p>{sentence * 4}</p></body></html>".encode()
    (folder / "a.html.gz").write_bytes(gzip.compress(page))
    (folder / "b.txt.gz").write_bytes(
        gzip.compress(b"Ferries sail again at dawn, with new crews and a new timetable. " * 4)
    )
    (folder / "c.html.gz").write_bytes(gzip.compress(page)[:-9])
    result = build([folder], tmp_path / "out", workers=1)
    assert result.funnel.written == 2
    (row,) = pq.read_table(next((tmp_path / "out").rglob("quarantine*.parquet"))).to_pylist()
    assert (row["id"], "cut off" in row["detail"]) == ("in/c.html.gz", True)
