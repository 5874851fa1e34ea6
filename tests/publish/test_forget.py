"""Documents are taken out of every file of a corpus, and later builds keep them out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from conftest import DATA

from curator.corpus import build
from curator.errors import InputError, UsageError
from curator.manifest import Manifest
from curator.publish.forget import forget
from curator.tombstones import Tombstones

KEPT = "data/articles/en/harbour-crane-collapse.txt"
COPY = "data/articles/en/harbour-crane-collapse-copy-coastgazette.txt"
GOAT = "https://hillcountrydispatch.example/sports/marathon-goat"


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some of the project's data: enough for copies, stories, quarantine, several languages."""
    folder = tmp_path_factory.mktemp("inputs") / "data"
    for part in ("articles/en", "articles/ta", "broken"):
        shutil.copytree(DATA / part, folder / part)
    shutil.copy(DATA / "wire.jsonl", folder)
    return folder


@pytest.fixture(scope="session")
def whole(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of them."""
    return build([inputs], tmp_path_factory.mktemp("whole") / "corpus", workers=1).out


@pytest.fixture
def mine(whole: Path, tmp_path: Path) -> Path:
    """A copy of the corpus to take from."""
    shutil.copytree(whole, tmp_path / "corpus")
    return tmp_path / "corpus"


def rows(folder: Path, pattern: str) -> list[dict[str, Any]]:
    return [row for path in sorted(folder.glob(pattern)) for row in pq.read_table(path).to_pylist()]


def values(value: Any) -> list[str]:
    """Return every text in a nested value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in values(inner)]
    return [text for inner in value for text in values(inner)] if isinstance(value, list) else []


def everything(folder: Path) -> str:
    """Return all that the files of a corpus say: their bytes, and what compressed columns hold."""
    raw = [path.read_bytes().decode("utf-8", "replace") for path in sorted(folder.rglob("*")) if path.is_file()]
    return "\n".join([*raw, *values(rows(folder, "**/*.parquet"))])


def accounted(folder: Path) -> None:
    """Check that manifest, files and card agree."""
    manifest = Manifest.read(folder / "manifest.json")
    funnel = manifest.funnel
    parts = [*funnel.failed.values(), *funnel.rejected.values(), *funnel.dropped.values(), funnel.written]
    assert funnel.read == sum(parts)
    assert len(rows(folder, "data/*/*")) == funnel.written
    assert len(rows(folder, "copies.parquet")) == sum(funnel.dropped.values())
    assert len(rows(folder, "quarantine.parquet")) == sum(funnel.failed.values()) + sum(funnel.rejected.values())
    for output in manifest.outputs:
        path = folder / output["path"]
        assert path.stat().st_size == output["bytes"]
        if path.suffix == ".parquet":
            assert pq.read_metadata(path).num_rows == output["rows"] or not output["path"].startswith("data/")
    assert f"{funnel.written:,} cleaned" in (folder / "README.md").read_text(encoding="utf-8")
    assert not list(folder.rglob("*.tmp-*"))


def test_nothing_of_a_document_is_left_in_any_file(mine: Path) -> None:
    (row,) = [row for row in rows(mine, "data/*/*") if row["url"] == GOAT]
    sentence = "slipped its pen at mile four"
    removed = next(entry["text"] for entry in rows(mine, "ledger/*") if entry["id"] == row["id"] and entry["text"])
    assert sentence in everything(mine)
    done = forget(mine, Tombstones.of(urls=[f"{GOAT}/?utm_source=mail#top"]))
    left = everything(mine)
    assert done.documents == 1
    for trace in (sentence, row["title"], GOAT, removed.strip()):
        assert trace not in left
    assert row["id"] not in values(rows(mine, "**/*.parquet"))
    accounted(mine)


def test_a_copy_takes_the_place_of_a_representative(mine: Path) -> None:
    assert COPY not in [row["id"] for row in rows(mine, "data/*/*")]
    copy = next(row for row in rows(mine, "copies.parquet") if row["id"] == COPY)
    done = forget(mine, Tombstones.of(ids=[KEPT]))
    assert done.elected == (COPY,)
    (now,) = [row for row in rows(mine, "data/*/*") if row["id"] == COPY]
    assert now == copy | {"cluster": COPY, "cluster_size": 1, "story": now["story"]}
    assert KEPT not in values(rows(mine, "**/*.parquet"))
    assert KEPT not in everything(mine)
    accounted(mine)


def test_of_three_copies_two_are_compared_again(tmp_path: Path) -> None:
    story = (DATA / "articles" / "en" / "mine-rescue-ogbere.txt").read_text(encoding="utf-8")
    (tmp_path / "in").mkdir()
    texts = {"a": story + "\n\nThe ministry will publish its findings in the spring, a spokesman said.", "b": story}
    texts["c"] = story.replace("rescue", "recovery")
    lines = [json.dumps({"id": name, "text": text, "lang": "en"}) for name, text in texts.items()]
    (tmp_path / "in" / "x.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    out = build([tmp_path / "in"], tmp_path / "out", workers=1).out
    (kept,) = rows(out, "data/*/*")
    assert kept["cluster_size"] == 3
    done = forget(out, Tombstones.of(ids=[kept["id"]]))
    (now,) = rows(out, "data/*/*")
    assert done.elected == (now["id"],)
    assert now["cluster_size"] == 2
    clusters = rows(out, "clusters.parquet")
    assert {row["representative"] for row in clusters} == {now["id"]}
    assert next(row["kind"] for row in clusters) == "representative"
    accounted(out)


def test_a_copy_that_was_left_out_is_forgotten_too(mine: Path) -> None:
    done = forget(mine, Tombstones.of(ids=[COPY]))
    assert (done.documents, done.copies, done.elected) == (0, 1, ())
    assert COPY not in everything(mine)
    assert KEPT in [row["id"] for row in rows(mine, "data/*/*")]
    accounted(mine)


def test_a_row_of_quarantine_loses_its_name_and_stays_counted(mine: Path) -> None:
    before = Manifest.read(mine / "manifest.json").funnel
    done = forget(mine, Tombstones.of(ids=["data/broken/empty.txt"]))
    after = Manifest.read(mine / "manifest.json").funnel
    assert done.quarantined == 1
    assert after.failed["forgotten"] == 1
    assert sum(after.rejected.values()) == sum(before.rejected.values()) - 1
    assert "data/broken/empty.txt" not in everything(mine)
    accounted(mine)


def test_a_site_goes_with_all_its_documents(mine: Path) -> None:
    site = "hillcountrydispatch.example"
    count = sum(row["site"] == site for row in rows(mine, "data/*/*"))
    assert forget(mine, Tombstones.of(sites=[site])).documents == count > 0
    assert site not in [row["site"] for row in rows(mine, "data/*/*")]
    accounted(mine)


def test_what_is_forgotten_is_counted_as_a_build_with_tombstones_counts_it(
    mine: Path, inputs: Path, tmp_path: Path
) -> None:
    dead = Tombstones.of(urls=[GOAT], ids=[KEPT, "data/broken/empty.txt"])
    forget(mine, dead)
    dead.write(tmp_path)
    again = build([inputs], tmp_path / "again", tombstones=tmp_path, workers=1)
    assert again.funnel == Manifest.read(mine / "manifest.json").funnel
    ids = {row["id"] for row in rows(again.out, "data/*/*")}
    assert ids == {row["id"] for row in rows(mine, "data/*/*")}
    assert "mile four" not in everything(again.out)
    assert KEPT not in everything(again.out)


def test_a_shard_is_written_again_as_a_build_without_the_document_writes_it(
    mine: Path, inputs: Path, tmp_path: Path
) -> None:
    (name,) = [path.name for path in mine.glob("data/en/*")]
    before = (mine / "data" / "en" / name).read_bytes()
    forget(mine, Tombstones.of(urls=[GOAT]))
    again = build([inputs], tmp_path / "again", tombstones=mine, workers=1)
    after = (mine / "data" / "en" / name).read_bytes()
    assert before != after == (again.out / "data" / "en" / name).read_bytes()


def test_the_same_build_again_changes_nothing_and_a_new_one_keeps_them_out(mine: Path, inputs: Path) -> None:
    forget(mine, Tombstones.of(urls=[GOAT]))
    assert build([inputs], mine, workers=1).resumed
    (mine / "copies.parquet").unlink()  # a build with a file missing is made again, from inputs that hold it still
    assert not build([inputs], mine, workers=1).resumed
    assert "mile four" not in everything(mine)
    accounted(mine)


def test_files_that_hold_nothing_of_it_are_not_touched(mine: Path) -> None:
    before = {path: path.read_bytes() for path in mine.glob("data/*/*")}
    forget(mine, Tombstones.of(urls=[GOAT]))
    changed = {path.parent.name for path, content in before.items() if path.read_bytes() != content}
    assert changed == {"en"}


def test_the_corpus_still_loads(mine: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    only = next(row for row in rows(mine, "data/ta/*"))
    forget(mine, Tombstones.of(ids=[row["id"] for row in rows(mine, "data/ta/*")]))
    assert not list(mine.glob("data/ta/*"))
    loaded = load_dataset(str(mine), split="train", cache_dir=str(tmp_path / "cache"))
    assert len(loaded) == Manifest.read(mine / "manifest.json").funnel.written
    assert only["id"] not in loaded["id"]


@pytest.mark.parametrize("moment", ["writing", "moving"])
def test_killed_the_same_call_does_the_rest(mine: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    before = {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()}
    with monkeypatch.context() as patch:
        if moment == "writing":
            patch.setattr("curator.publish.forget._Corpus.finish", killed)
        else:
            patch.setattr("curator.publish.staging.shutil.rmtree", killed_when_ready(mine, killed))
        with pytest.raises(KeyboardInterrupt):
            forget(mine, Tombstones.of(urls=[GOAT]))
    if moment == "writing":
        assert {path: path.read_bytes() for path in before} == before
    forget(mine, Tombstones.of(urls=[GOAT]))
    assert not (mine / ".forget").exists()
    assert "mile four" not in everything(mine)
    accounted(mine)


def killed_when_ready(folder: Path, killed: Any) -> Any:
    real = shutil.rmtree
    return lambda path, **options: killed() if (folder / ".forget" / "ready.json").exists() else real(path, **options)


def test_tombstones_name_nobody(mine: Path) -> None:
    forget(mine, Tombstones.of(urls=[GOAT], ids=[KEPT], sites=["paper.example"]))
    text = (mine / "tombstones.jsonl").read_text(encoding="utf-8")
    assert "example" not in text
    assert len(text.splitlines()) == 3
    assert Tombstones.read(mine).covers(url=GOAT)


def test_what_cannot_be_used_is_refused(mine: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="curator build"):
        forget(tmp_path, Tombstones.of(ids=["x"]))
    with pytest.raises(UsageError, match="not an address"):
        Tombstones.of(urls=["news.example"])
    (mine / "tombstones.jsonl").write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(InputError, match="tombstones"):
        forget(mine, Tombstones.of(ids=["x"]))


def test_the_command_takes_a_list(mine: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{GOAT}\n\n{COPY}\n", encoding="utf-8")
    command = [sys.executable, "-m", "curator", "forget", str(mine)]
    done = subprocess.run([*command, "--file", str(tmp_path / "list.txt")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "1 documents, 1 copies" in done.stderr
    assert "mile four" not in everything(mine)
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2
