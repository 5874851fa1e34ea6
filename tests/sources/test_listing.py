"""Finding files: in order and in little memory, on this machine and in stores named by URL."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from curator.document import Document, Failure
from curator.errors import InputError
from curator.sources import read_split
from curator.sources.find import find, plan_splits
from curator.sources.listing import FileList
from curator.sources.model import SourceFile


def fill(folder: Path, names: list[str]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")
    return folder


def test_files_come_in_the_order_of_their_paths_whatever_the_folders_are_called(tmp_path: Path) -> None:
    names = ["a/x.txt", "a-b/x.txt", "a.txt", "a b.txt", "a/b/c.txt", "a/b.txt", "A/z.txt", "aa.txt", "é/x.txt"]
    found = find([fill(tmp_path / "in", names)]).files
    assert [file.origin for file in found] == sorted(f"in/{name}" for name in names)


def test_roots_are_merged_in_the_order_of_their_names(tmp_path: Path) -> None:
    roots = [fill(tmp_path / name, ["x.txt", "y.txt"]) for name in ("b", "a.c", "a")]
    origins = [file.origin for file in find(roots).files]
    assert origins == sorted(origins)
    assert len(origins) == 6


def test_an_input_below_another_is_not_read_twice_unless_the_other_passes_it_over(tmp_path: Path) -> None:
    fill(tmp_path / "in", ["sub/x.txt", ".hidden/y.txt", "notes.md"])
    inner = [tmp_path / "in" / name for name in ("sub", "sub/x.txt", ".hidden", "notes.md")]
    found = find([tmp_path / "in", *inner]).files
    assert sorted(Path(file.path).name for file in found) == ["notes.md", "x.txt", "y.txt"]


def test_a_long_list_takes_little_memory() -> None:
    tracemalloc.start()
    try:
        files = FileList(
            SourceFile(
                f"in/{n // 1000:04d}/article-{n:08d}.html", f"/data/in/{n // 1000:04d}/article-{n:08d}.html", "files", n
            )
            for n in range(50_000)
        )
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held / len(files) < 40
    assert files[49_999].size == 49_999
    assert files[-1] == files[49_999]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    fill(tmp_path / "in", ["shut/x.txt", "y.txt"])
    (tmp_path / "in" / "shut").chmod(0)
    try:
        rows = [row for split in plan_splits(find([tmp_path / "in"]).files, 10) for row in read_split(split)]
    finally:
        (tmp_path / "in" / "shut").chmod(0o700)
    assert [(type(row), row.origin) for row in rows] == [(Failure, "in/shut/"), (Document, "in/y.txt")]


def test_a_store_named_by_url_is_read_like_a_folder() -> None:
    import fsspec

    store = fsspec.filesystem("memory")
    for name, content in {"b.txt": b"two", "a/x.jsonl": b'{"text": "one"}\n', "a.md": b"", ".b/c.txt": b""}.items():
        store.pipe(f"/shop/{name}", content)
    try:
        found = find(["memory://shop"])
        rows = [row for split in plan_splits(found.files, 10) for row in read_split(split)]
        assert {row.origin: row.content for row in rows if isinstance(row, Document)} == {
            "shop/b.txt": b"two",
            "shop/a/x.jsonl:1": "one",
        }
        assert found.ignored == {".md": 1}
        assert [file.origin for file in find(["memory://shop/b.txt"]).files] == ["b.txt"]
        with pytest.raises(InputError, match="no such file"):
            find(["memory://nowhere"])
    finally:
        store.rm("/shop", recursive=True)


def test_a_url_nobody_can_read_is_refused_with_what_to_install() -> None:
    with pytest.raises(InputError, match="Protocol not known") as caught:
        find(["teleport://there"])
    assert "s3fs" in caught.value.hint
