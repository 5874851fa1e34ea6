"""The main job from end to end: what is written, that it repeats, that it survives being killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import DATA, checksums, need_executor

from curator.cleaner import clean
from curator.corpus import BuildResult, build
from curator.document import restore
from curator.errors import InputError, OutputError
from curator.ledger import read_removals
from curator.settings import RunSettings, Settings


@pytest.fixture(scope="module", params=["local", "dask"])
def corpus(
    request: pytest.FixtureRequest, corpus: BuildResult, tmp_path_factory: pytest.TempPathFactory
) -> BuildResult:
    """The corpus of the project's own data, as two processes of this machine built it, and a Dask cluster."""
    if request.param == "local":
        return corpus
    need_executor("dask")
    settings = Settings(run=RunSettings(executor="dask", workers=2))
    built = build([DATA], tmp_path_factory.mktemp("dask") / "out", settings)
    assert checksums(built.out) == checksums(corpus.out)
    return built


def small_tasks() -> Settings:
    """Settings that make many tasks of a small input."""
    return Settings(task_documents=9)


def test_loads_as_a_dataset_with_as_many_rows_as_the_funnel_says(corpus: BuildResult) -> None:
    from datasets import load_dataset

    written = corpus.funnel.written
    assert written > 60
    for config, rows in [(None, written), ("id", corpus.funnel.languages["id"])]:
        plain = load_dataset(str(corpus.out), config, split="train")
        streamed = load_dataset(str(corpus.out), config, split="train", streaming=True)
        assert len(plain) == rows
        assert sum(1 for _ in streamed) == rows
    listed = {o["path"]: o["rows"] for o in corpus.manifest.outputs}
    assert sum(rows for path, rows in listed.items() if path.startswith("data/")) == written


def test_no_shard_is_empty_and_no_column_is_untyped(corpus: BuildResult) -> None:
    files = list(corpus.out.glob("data/**/*.parquet"))
    schemas = {str(pq.read_schema(file).remove_metadata()) for file in files}
    assert len(schemas) == 1
    assert "null" not in schemas.pop()
    assert all(pq.read_metadata(file).num_rows > 0 for file in files)


def test_every_row_read_is_accounted_for(corpus: BuildResult) -> None:
    funnel = corpus.funnel
    parts = [*funnel.failed.values(), *funnel.rejected.values(), *funnel.dropped.values(), funnel.written]
    assert funnel.read == sum(parts)
    set_aside = pq.read_table(corpus.out / "quarantine.parquet").to_pylist()
    assert len(set_aside) == sum(funnel.failed.values()) + sum(funnel.rejected.values())
    assert {"data/broken/empty.txt": "empty"}.items() <= {row["id"]: row["reason"] for row in set_aside}.items()


def test_ledger_restores_every_written_document(corpus: BuildResult) -> None:
    removals = dict(read_removals(corpus.out))
    checked = 0
    for file in corpus.out.glob("data/**/*.parquet"):
        for row in pq.read_table(file).to_pylist():
            restored = restore(row["text"], removals.get(row["id"], []))
            assert len(restored) == row["characters"] + row["characters_removed"]
            if row["origin"].endswith(".txt"):
                raw = (DATA.parent / row["origin"]).read_bytes()
                assert restored == clean(raw, kind="text").repaired
                checked += 1
    assert checked > 60


def test_ledger_says_what_the_line_model_had_against_a_line(tmp_path: Path) -> None:
    article = next((DATA.parent / "tests/expected/articles/en").glob("heat-*.txt")).read_text(encoding="utf-8")
    menu = ["Home", "News", "Local", "Business", "Sport", "Culture", "Weather", "Traffic", "Video", "Puzzles", "Jobs"]
    (tmp_path / "page.txt").write_text("\n".join([*menu, *menu, article, *menu]), encoding="utf-8")
    ledgers = {}
    for text in ("auto", "main"):
        build([tmp_path / "page.txt"], tmp_path / text, Settings.model_validate({"clean": {"text": text}}), workers=1)
        ledgers[text] = [removal for _, removals in read_removals(tmp_path / text) for removal in removals]
    by_model = [removal for removal in ledgers["auto"] if removal.rule == "curator.line-model"]
    assert len(by_model) > 20
    assert all(removal.why for removal in by_model)
    assert not any(removal.why for removal in ledgers["main"])


def test_no_document_is_in_the_corpus_twice(corpus: BuildResult) -> None:
    rows = [
        r for f in corpus.out.glob("data/**/*.parquet") for r in pq.read_table(f, columns=["id", "text"]).to_pylist()
    ]
    assert len({row["id"] for row in rows}) == len({row["text"] for row in rows}) == len(rows)


def test_clusters_name_a_representative_that_was_kept(corpus: BuildResult) -> None:
    written = {r["id"]: r for f in corpus.out.glob("data/**/*.parquet") for r in pq.read_table(f).to_pylist()}
    members = pq.read_table(corpus.out / "clusters.parquet").to_pylist()
    assert {m["kind"] for m in members} >= {"representative", "near"}
    for member in members:
        assert written[member["representative"]]["cluster"] == member["cluster"]
        assert (member["id"] in written) == (member["kind"] in ("representative", None))
        if member["kind"] is None:  # shares a story with another, and has no copies
            assert written[member["id"]]["story"] == member["story"]
            continue
        assert member["jaccard"] >= 0.5 or member["containment"] >= 0.8
        assert member["reason"] in ("longest", "earliest", "hash", "central")


def test_fields_of_the_input_are_carried_through(corpus: BuildResult) -> None:
    rows = [r for f in corpus.out.glob("data/**/*.parquet") for r in pq.read_table(f).to_pylist()]
    desks = {row["id"]: row["desk"] for row in rows}
    wire = [json.loads(line) for line in (DATA / "wire.jsonl").read_text(encoding="utf-8").splitlines()]
    kept = [record for record in wire if record["id"] in desks]
    assert len(kept) >= 8
    assert all(desks[record["id"]] == record["desk"] for record in kept)


@pytest.mark.slow
def test_same_bytes_for_any_worker_count_and_input_order(tmp_path: Path) -> None:
    inputs = [DATA / "articles", DATA / "seeds", DATA / "wire.jsonl"]
    one, two = tmp_path / "1" / "corpus", tmp_path / "2" / "corpus"
    build(inputs, one, small_tasks(), workers=1)
    build(inputs[::-1], two, small_tasks(), workers=2)
    assert checksums(one) == checksums(two)


@pytest.mark.slow
def test_killed_and_run_again_it_does_only_the_rest(tmp_path: Path) -> None:
    whole, killed = tmp_path / "corpus", tmp_path / "again" / "corpus"
    settings = tmp_path / "settings.toml"
    settings.write_text("task_documents = 9\n", encoding="utf-8")
    build([DATA], whole, small_tasks(), workers=2)
    command = [
        sys.executable,
        "-m",
        "curator",
        "build",
        str(DATA),
        "--out",
        str(killed),
        "-w",
        "2",
        "--settings",
        str(settings),
    ]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    done = killed / ".curator" / "clean"
    deadline = time.monotonic() + 120
    while len(list(done.glob("*.parquet"))) < 3:
        assert process.poll() is None, "the build ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {path.name: path.stat().st_mtime_ns for path in done.glob("0*.parquet")}
    assert before
    _wait_for_orphans(process.pid)
    seen: dict[str, int] = {}

    class Watching:
        def stage(self, name: str, tasks: int) -> None:
            seen[name] = tasks
            if name == "ids":
                seen["kept"] = sum(path.stat().st_mtime_ns == before.get(path.name) for path in done.glob("0*.parquet"))

        def done(self, documents: int, failures: int = 0) -> None: ...
        def retried(self, why: str) -> None: ...
        def __enter__(self) -> Watching:
            return self

        def __exit__(self, *_: object) -> None: ...

    build([DATA], killed, small_tasks(), workers=2, reporter=Watching())
    assert seen["kept"] == len(before)
    assert checksums(whole) == checksums(killed)
    assert not (killed / ".curator").exists()


def _wait_for_orphans(session: int) -> None:
    """Wait until no process of a killed build's session is left; workers must die with their parent."""
    deadline = time.monotonic() + 30
    while True:
        alive = [p for p in os.listdir("/proc") if p.isdigit() and _session_of(p) == session]
        if not alive:
            return
        assert time.monotonic() < deadline, f"orphans: {alive}"
        time.sleep(0.05)


def _session_of(pid: str) -> int | None:
    try:
        state, _, _, session = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[:4]
    except (OSError, ValueError):
        return None
    return None if state == "Z" else int(session)


def test_finished_build_is_not_done_again(corpus: BuildResult) -> None:
    before = checksums(corpus.out)
    again = build([DATA], corpus.out, workers=1)
    assert again.resumed
    assert again.funnel == corpus.funnel
    assert checksums(corpus.out) == before


def test_other_settings_are_refused_in_the_same_folder_and_force_starts_over(tmp_path: Path) -> None:
    source = tmp_path / "in"
    shutil.copytree(DATA / "seeds", source)
    build([source], tmp_path / "out", workers=1)
    other = Settings.model_validate({"dedup": {"jaccard": 0.8}})
    with pytest.raises(OutputError, match=r"settings\.dedup\.jaccard: 0\.5 → 0\.8"):
        build([source], tmp_path / "out", other, workers=1)
    assert not build([source], tmp_path / "out", other, workers=1, force=True).resumed


def test_folder_with_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("ten years of work", encoding="utf-8")
    with pytest.raises(OutputError, match="not a build"):
        build([DATA / "seeds"], tmp_path, workers=1, force=True)
    assert (tmp_path / "thesis.tex").read_text(encoding="utf-8") == "ten years of work"


def test_bad_rows_are_quarantined_with_their_reason_and_the_rest_is_written(tmp_path: Path) -> None:
    import pyarrow as pa

    prose = "The council met on Monday evening and voted to repair the old bridge before winter comes. " * 4
    source = tmp_path / "in"
    source.mkdir()
    lines = [
        json.dumps({"id": "a", "text": prose}),
        json.dumps({"id": "a", "text": prose.replace("bridge", "harbour wall")}),
        '{"id": "b", "text": ',
        json.dumps({"id": "c", "text": None}),
        json.dumps({"id": "d", "body": prose}),
        json.dumps({"id": "e", "text": 7}),
        "[1, 2]",
        "",
    ]
    (source / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    pq.write_table(pa.table({"body": ["x"]}), source / "nothing.parquet")
    (source / "cut.parquet").write_bytes(b"PAR1 not really")
    (source / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (source / "wild.txt").write_bytes(bytes(range(128, 256)) * 5)
    (source / "huge.txt").write_bytes(b"word " * 5_000_000)
    result = build([source], tmp_path / "out", workers=1)
    rows = pq.read_table(tmp_path / "out" / "quarantine.parquet").to_pylist()
    assert {row["origin"]: row["reason"] for row in rows} == {
        "in/rows.jsonl:2": "duplicate-id",
        "in/rows.jsonl:3": "broken-line",
        "in/rows.jsonl:4": "null-text",
        "in/rows.jsonl:5": "no-text-field",
        "in/rows.jsonl:6": "not-text",
        "in/rows.jsonl:7": "broken-line",
        "in/nothing.parquet": "broken-file",
        "in/cut.parquet": "broken-file",
        "in/picture.txt": "undecodable",
        "in/wild.txt": "undecodable",
        "in/huge.txt": "too-large",
    }
    assert all(row["detail"] for row in rows)
    assert result.funnel.written == 1


def test_half_characters_in_any_field_stop_nothing(tmp_path: Path) -> None:
    prose = "The council met on Monday evening and voted to repair the old bridge before winter comes. " * 4
    record = {"id": "a\ud83d", "title": "half \ud83d", "text": f"{prose}\ud83d", "desk": "\ud83d"}
    (tmp_path / "in.jsonl").write_text(json.dumps(record), encoding="utf-8")
    build([tmp_path / "in.jsonl"], tmp_path / "out", workers=1)
    (file,) = (tmp_path / "out").glob("data/**/*.parquet")
    (row,) = pq.read_table(file).to_pylist()
    assert (row["id"], row["title"], row["desk"]) == ("a\ufffd", "half \ufffd", "\ufffd")


def test_nothing_written_is_an_error_that_says_where_the_reasons_are(tmp_path: Path) -> None:
    (tmp_path / "short.txt").write_text("Too short.", encoding="utf-8")
    with pytest.raises(InputError, match=r"quarantine\.parquet"):
        build([tmp_path / "short.txt"], tmp_path / "out", workers=1)
    assert pq.read_table(tmp_path / "out" / "quarantine.parquet")["reason"].to_pylist() == ["too-short"]


def test_missing_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere: no such file or folder"):
        build([tmp_path / "nowhere"], tmp_path / "out", workers=1)


def test_full_disk_is_said_and_can_be_gone_on_from(tmp_path: Path) -> None:
    """A real full file system: a tmpfs of 100 kB, where the machine allows one to be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "none", str(disk)], capture_output=True).returncode:
        pytest.skip("this machine does not allow a tmpfs to be mounted")
    try:
        with pytest.raises(OutputError, match="No space left on device") as caught:
            build([DATA / "articles"], disk / "out", small_tasks(), workers=2)
        assert "run the same command again" in str(caught.value)
        assert not list(disk.rglob("*.tmp-*"))
        subprocess.run(["mount", "-o", "remount,size=100m", str(disk)], check=True)
        build([DATA / "articles"], disk / "out", small_tasks(), workers=2)
        build([DATA / "articles"], tmp_path / "out", small_tasks(), workers=2)
        assert checksums(disk / "out") == checksums(tmp_path / "out")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
