"""A corpus copied to a store: whole, manifest last, over nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from curator.cli.app import app
from curator.corpus import BuildResult
from curator.delivery import deliver, destination
from curator.errors import OutputError, UsageError


@pytest.fixture
def store() -> Iterator[Any]:
    import fsspec

    found = fsspec.filesystem("memory")
    yield found
    found.rm("/shop", recursive=True) if found.exists("/shop") else None


def test_a_finished_corpus_is_copied_as_it_is_and_once(corpus: BuildResult, store: Any) -> None:
    copied = deliver(corpus.out, "memory://shop/corpus")
    here = {path.relative_to(corpus.out).as_posix(): path for path in corpus.out.rglob("*") if path.is_file()}
    there = {path.removeprefix("/shop/corpus/"): path for path in store.find("/shop/corpus")}
    assert sorted(there) == sorted(here)
    assert copied == len(here)
    assert all(store.cat_file(there[name]) == path.read_bytes() for name, path in here.items())
    assert deliver(corpus.out, "memory://shop/corpus/") == 0


def test_the_manifest_comes_last_and_what_was_cut_short_is_done_again(
    corpus: BuildResult, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, seen = type(store).put_file, []

    def broken(self: Any, here: str, there: str, **more: Any) -> None:
        seen.append(there)
        if there.endswith("README.md") and seen.count(there) == 1:
            raise ConnectionError("reset")
        whole(self, here, there, **more)

    monkeypatch.setattr(type(store), "put_file", broken)
    with pytest.raises(OutputError, match="ConnectionError: reset"):
        deliver(corpus.out, "memory://shop/corpus")
    assert not store.exists("/shop/corpus/manifest.json")
    deliver(corpus.out, "memory://shop/corpus")
    assert seen[-1].endswith("manifest.json")


def test_nothing_else_is_written_over(corpus: BuildResult, store: Any) -> None:
    store.pipe("/shop/corpus/mine.txt", b"mine")
    with pytest.raises(OutputError, match=r"holds something else: mine\.txt"):
        deliver(corpus.out, "memory://shop/corpus")
    store.rm("/shop/corpus/mine.txt")
    store.pipe("/shop/corpus/manifest.json", b"{}")
    with pytest.raises(OutputError, match=r"manifest\.json"):
        deliver(corpus.out, "memory://shop/corpus")
    assert store.find("/shop") == ["/shop/corpus/manifest.json"]


def test_the_command_uploads(tmp_path: Path, store: Any) -> None:
    text = "The council met on Monday and voted to repair the old bridge before the winter comes, said the mayor. " * 3
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    given = ["build", str(tmp_path / "a.txt"), "--out", str(tmp_path / "out"), "--workers", "1"]
    for said in ("files copied to", "already there"):
        ran = CliRunner().invoke(app, [*given, "--upload", "memory://shop/corpus"])
        assert ran.exit_code == 0, ran.output
        assert said in ran.stderr
    with pytest.raises(UsageError, match="no URL"):
        destination("shop/corpus")
