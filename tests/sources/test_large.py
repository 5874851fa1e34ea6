"""Files larger than memory: divided inside, with the same documents however they are."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curator.document import Document, Failure
from curator.sources import jsonl, read_split
from curator.sources.find import find, plan_splits

ROWS = [{"id": f"n{n}", "text": f"Article number {n}"} for n in range(200)]


def read_all(path: Path, documents: int) -> list[Document | Failure]:
    return [row for split in plan_splits(find([path]).files, documents) for row in read_split(split)]


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_large_compressed_file_is_divided_by_lines(
    tmp_path: Path, name: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "WHOLE", 0)
    monkeypatch.setattr(jsonl, "_UNPACKED", 1000)
    path = tmp_path / name
    with pa.output_stream(path, compression="detect") as stream:
        stream.write(("\n".join(map(json.dumps, ROWS)) + end).encode())
    splits = plan_splits(find([path]).files, 30)
    assert len(splits) == 7
    rows = [row for split in splits for row in read_split(split)]
    assert [row.id for row in rows] == [row["id"] for row in ROWS]
    assert [row.origin for row in rows] == [f"{name}:{n + 1}" for n in range(200)]


def test_a_compressed_file_that_breaks_off_is_named_once_and_keeps_all_but_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import random

    letters = random.Random(0)
    rows = [{"id": f"n{n}", "text": letters.randbytes(40).hex()} for n in range(5000)]
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode())[:-4000])
    whole = read_all(path, 1000)
    monkeypatch.setattr(jsonl, "WHOLE", 0)
    assert len(plan_splits(find([path]).files, 1000)) > 3
    divided = read_all(path, 1000)
    assert divided == whole
    assert [row.reason for row in divided if isinstance(row, Failure)] == ["broken-file"]
    assert len(divided) > 4000


def test_many_large_files_are_not_read_through_to_be_divided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from curator.sources import find as finding

    monkeypatch.setattr(jsonl, "WHOLE", 0)
    monkeypatch.setattr(finding, "_ENOUGH_FILES", 1)
    for name in "ab":
        (tmp_path / f"{name}.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, ROWS)).encode()))
    assert len(plan_splits(find([tmp_path]).files, 10)) == 2


def test_a_broken_row_group_costs_no_other_one(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist(ROWS), path, row_group_size=50, compression="zstd", use_dictionary=False)
    column = pq.read_metadata(path).row_group(1).column(1)
    data = bytearray(path.read_bytes())
    start = column.data_page_offset
    data[start : start + column.total_compressed_size] = bytes(column.total_compressed_size)
    path.write_bytes(data)
    for documents in (30, 1000):
        rows = read_all(path, documents)
        read = [row.id for row in rows if isinstance(row, Document)]
        assert read == [row["id"] for row in ROWS[:50] + ROWS[100:]]
        assert {row.reason for row in rows if isinstance(row, Failure)} == {"broken-rows"}


@pytest.mark.parametrize("documents", [1, 7, 1000])
def test_a_folder_saved_by_datasets_is_read(tmp_path: Path, documents: int) -> None:
    from datasets import Dataset, DatasetDict

    folder = tmp_path / "saved"
    parts = {"train": Dataset.from_list(ROWS[:20]), "test": Dataset.from_list(ROWS[20:30])}
    DatasetDict(parts).save_to_disk(folder)
    (folder / "train" / "cache-0123.arrow").write_bytes(b"left over")
    found = find([folder])
    rows = [row for split in plan_splits(found.files, documents) for row in read_split(split)]
    assert [row.id for row in rows] == [row["id"] for row in ROWS[20:30] + ROWS[:20]]
    assert rows[0].origin == "saved/test/data-00000-of-00001.arrow:1"


def test_an_arrow_file_without_text_is_named(tmp_path: Path) -> None:
    with pa.OSFile(str(tmp_path / "a.arrow"), "wb") as sink, pa.ipc.new_file(sink, pa.schema([("x", pa.int8())])):
        pass
    (failure,) = read_all(tmp_path / "a.arrow", 10)
    assert isinstance(failure, Failure)
    assert "no column `text`" in failure.detail
