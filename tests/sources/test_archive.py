"""ZIP and tar of pages: every page once and in order however split, and what a broken member costs."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from curator.document import Document, Failure
from curator.sources import archive, read_split
from curator.sources.find import find, plan_splits

NAMES = [f"pages/{n:02d}.html" for n in range(12)]


def written(path: Path) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            out.mkdir("pages")
            for name in [*NAMES, "picture.png", "pages/.hidden.html"]:
                out.writestr(name, f"<p>{name}</p>" * 20)
        return path
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as out:
        for name in [*NAMES, "picture.png", "pages/.hidden.html"]:
            content = (f"<p>{name}</p>" * 20).encode()
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(content)
            out.addfile(member, io.BytesIO(content))
    return path


def read_all(path: Path, documents: int) -> list[Document | Failure]:
    return [row for split in plan_splits(find([path]).files, documents) for row in read_split(split)]


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz"])
@pytest.mark.parametrize("documents", [1, 5, 1000])
def test_every_page_is_read_once_and_in_order(
    tmp_path: Path, name: str, documents: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "PARTS", 100)
    rows = read_all(written(tmp_path / name), documents)
    assert [row.origin for row in rows] == [f"{name}/{page}" for page in NAMES]
    assert isinstance(rows[7], Document)
    assert rows[7].content == b"<p>pages/07.html</p>" * 20


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_an_archive_that_can_be_divided_is(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PARTS", 100)
    assert len(plan_splits(find([written(tmp_path / name)]).files, 5)) == 3


def test_a_broken_member_is_named_and_costs_no_other_one(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip")
    with zipfile.ZipFile(path) as whole:
        at = whole.getinfo(NAMES[4]).header_offset + 30 + len(NAMES[4]) + 3
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    rows = read_all(path, 1000)
    assert len(rows) == len(NAMES)
    (failure,) = (row for row in rows if isinstance(row, Failure))
    assert (failure.origin, failure.reason) == (f"a.zip/{NAMES[4]}", "broken-member")


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz"])
def test_an_archive_that_breaks_off_gives_what_came_before(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name)
    data = path.read_bytes()
    path.write_bytes(data[:4000] if name == "a.tar" else data[: len(data) * 2 // 3])
    rows = read_all(path, 1000)
    assert isinstance(rows[0], Document)
    assert isinstance(rows[-1], Failure)
    assert rows[-1].reason == "broken-file"


def test_a_zip_without_its_directory_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip")
    path.write_bytes(path.read_bytes()[:-200])
    (failure,) = read_all(path, 1000)
    assert isinstance(failure, Failure)
    assert (failure.origin, failure.reason) == ("a.zip", "broken-file")
