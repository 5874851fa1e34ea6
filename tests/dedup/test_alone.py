"""`deduplicate` over files: which copies are found, which stays, what is written, and that nothing else decides it."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from dedup_corpora import Row, by_id, edited, files, rows, run, settings, story, table, write

from curator.dedup.shingles import shingle
from curator.deduplication import deduplicate
from curator.errors import InputError, SettingsError

WEATHER = (
    "The weather service expects {} in {} on Tuesday with a high of {} degrees and winds of {} kilometres an hour from "
    "the {}. The chance of rain is {} per cent in the morning and {} per cent in the afternoon. At night the sky will "
    "clear and temperatures will fall to {} degrees near the coast and to {} degrees in the hills."
)


def test_kinds_similarities_and_reason_of_a_cluster(tmp_path: Path) -> None:
    base = " ".join(story(3))
    near = base.replace(base.split()[100], "changed", 1) + " and a longer end"
    texts = {"exact": base.upper() + "!", "first": base, "near": near, "other": " ".join(story(4))}
    texts |= {"part": " ".join(base.split()[:80]), "wordless": "…", "wordless too": "…"}
    result = run(tmp_path, rows(texts))
    found = by_id(result)
    assert {name: row["kind"] for name, row in found.items()} == {
        "near": "representative",
        "exact": "near",
        "first": "near",
        "part": "contained",
    }
    assert {(row["cluster"], row["representative"], row["reason"]) for row in found.values()} == {
        ("near", "near", "longest")
    }
    assert 0.7 <= found["first"]["jaccard"] == found["exact"]["jaccard"] < found["first"]["containment"] <= 1
    edges = {(row["a"], row["b"]): row["kind"] for row in table(result, "edges")}
    assert edges[("first", "exact")] == "exact" or edges[("exact", "first")] == "exact"
    kept = {row["id"] for row in table(result, "documents") if row["kept"]}
    assert kept == {"near", "other", "wordless", "wordless too"}
    assert (result.summary.read, result.summary.kept) == (7, 4)


def test_columns_are_those_that_are_promised(tmp_path: Path) -> None:
    result = run(tmp_path, rows({"a": " ".join(story(1)), "b": " ".join(story(1))}))
    clusters, edges = (pq.read_schema(result.out / f"{name}.parquet").names for name in ("clusters", "edges"))
    assert clusters == ["id", "cluster", "representative", "kind", "jaccard", "containment", "reason", "story"]
    assert edges[:4] == ["a", "b", "jaccard", "containment"]


def test_what_decides_is_preference_then_length_then_day_then_content(tmp_path: Path) -> None:
    text = " ".join(story(5))
    documents: list[Row] = [
        {"id": "late", "text": text, "site": "b.example", "date": "2024-05-02"},
        {"id": "early", "text": text, "site": "b.example", "date": "2024-05-01"},
        {"id": "long", "text": f"{text} and more", "site": "b.example", "date": "2024-05-03"},
        {"id": "ours", "text": text, "site": "a.example", "date": "2024-05-04"},
    ]
    chosen = {
        "ours": ("site", run(tmp_path / "1", documents, prefer=("a.example",))),
        "long": ("longest", run(tmp_path / "2", documents)),
        "early": ("earliest", run(tmp_path / "3", documents, representative=("earliest",))),
    }
    for name, (reason, result) in chosen.items():
        assert {(row["representative"], row["reason"]) for row in table(result)} == {(name, reason)}


def test_only_kinds_that_are_named_are_dropped_and_sites_can_be_kept_apart(tmp_path: Path) -> None:
    text = " ".join(story(6))
    documents = rows({"a": text, "b": text}, site="x.example") + rows({"c": text + " more"}, site="y.example")
    kept = run(tmp_path / "1", documents, drop=("exact",))
    assert [row["kept"] for row in table(kept, "documents")] == [True, True, True]  # b and a are near to c
    within = run(tmp_path / "2", documents, scope="within-site")
    assert {row["id"] for row in table(within)} == {"a", "b"}


def test_fillings_of_a_template_stay_apart(tmp_path: Path) -> None:
    first = WEATHER.format("sun", "Alder", 21, 12, "west", 10, 20, 9, 5)
    second = WEATHER.format("sun", "Alder", 17, 30, "west", 65, 80, 11, 8)
    result = run(tmp_path, rows({"monday": first, "tuesday": second, "copy": first + " Drive carefully."}))
    assert {row["id"] for row in table(result)} == {"monday", "copy"}


def test_short_texts_must_be_equal(tmp_path: Path) -> None:
    texts = {"a": "Dam opens a day early, mayor says", "b": "Dam opens a day late, mayor says"}
    assert table(run(tmp_path / "1", rows(texts))) == []
    assert len(table(run(tmp_path / "2", rows({**texts, "c": "DAM opens a day early - mayor says"})))) == 2


def test_a_follow_up_that_quotes_a_third_is_no_copy(tmp_path: Path) -> None:
    first = story(7, 300)
    texts = {"first": " ".join(first), "follow-up": " ".join(story(8, 200) + first[:100])}
    assert table(run(tmp_path, rows(texts))) == []


def test_every_member_of_a_chain_is_close_to_its_representative(tmp_path: Path) -> None:
    version, chain = story(9, 400), {}
    for n in range(200):
        at = (n * 20) % 400
        version = [*version[:at], *story(1000 + n, 20), *version[at + 20 :]]  # 5 % of it are new
        chain[f"{n:03}"] = " ".join(version)
    result = run(tmp_path, rows(chain))
    clusters: dict[str, list[Row]] = {}
    for row in table(result):
        clusters.setdefault(row["cluster"], []).append(row)
    assert len(clusters) > 10
    assert max(map(len, clusters.values())) < 40
    limits = settings().dedup
    for name, members in clusters.items():
        for member in members:
            sets = shingle([chain[name], chain[member["id"]]], 5)
            one, two = set(sets.of(0).tolist()), set(sets.of(1).tolist())
            assert len(one & two) / len(one | two) >= limits.jaccard or len(one & two) / len(two) >= limits.containment


def test_hundreds_of_copies_among_thousands_of_pages_with_one_boilerplate(tmp_path: Path) -> None:
    boilerplate, base = story(10, 60), story(11, 300)
    texts = {f"copy {n:03}": " ".join(edited(base, n, 3)) for n in range(600)}
    texts |= {f"page {n:05}": " ".join([*story(10_000 + n, 150), *boilerplate]) for n in range(2_000)}
    found = table(run(tmp_path, rows(texts)))
    assert {row["id"] for row in found} == {name for name in texts if name.startswith("copy")}
    assert len({row["cluster"] for row in found}) == 1


def test_bytes_do_not_depend_on_order_files_or_workers(tmp_path: Path) -> None:
    documents: list[Row] = []
    for n in range(40):
        text = story(n)
        documents += rows({f"{n}-{k}": " ".join(edited(text, n * 10 + k, 4 * k)) for k in range(4)})
    first = run(tmp_path / "a", documents, stories=True)
    random.Random(3).shuffle(documents)
    for n in range(0, len(documents), 50):
        write(tmp_path / "b" / "in" / f"{n}.jsonl", documents[n : n + 50])
    second = deduplicate([tmp_path / "b" / "in"], tmp_path / "b" / "out", settings(stories=True), workers=2)
    assert len(table(first)) == 160
    assert files(first) == files(second)


def test_partitions_do_not_change_what_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [
        row for n in range(30) for row in rows({f"{n}-{k}": " ".join(edited(story(n), k, 5 * k)) for k in range(3)})
    ]
    whole = run(tmp_path / "a", documents)
    monkeypatch.setattr("curator.dedup.pairing._WORK_ITEMS", 200)
    assert files(run(tmp_path / "b", documents)) == files(whole)


def test_a_built_corpus_and_parquet_are_read_and_cleaning_can_come_first(tmp_path: Path) -> None:
    import pyarrow as pa

    body = " ".join(f"{' '.join(story(20 + n, 30)).capitalize()}." for n in range(6))
    pages = {f"p{n}": f"{body}\n\nRead also: {' '.join(story(40 + n, 8))}\n\nAdvertisement" for n in range(2)}
    pq.write_table(pa.Table.from_pylist(rows(pages)), tmp_path / "in.parquet")
    asis = deduplicate([tmp_path / "in.parquet"], tmp_path / "1", settings(), workers=1)
    cleaned = deduplicate([tmp_path / "in.parquet"], tmp_path / "2", settings(), clean=True, workers=1)
    assert {row["kind"] for row in table(asis)} == {"representative", "near"}
    assert {row["kind"] for row in table(cleaned)} == {"representative", "exact"}


def test_a_finished_run_is_not_repeated_and_another_one_is_not_overwritten(tmp_path: Path) -> None:
    documents = rows({"a": " ".join(story(1)), "b": " ".join(story(2))})
    assert not run(tmp_path, documents).resumed
    assert run(tmp_path, documents).resumed
    with pytest.raises(Exception, match="holds another build"):
        run(tmp_path, documents, jaccard=0.9)
    assert not run(tmp_path, documents, jaccard=0.9, options={"force": True}).resumed


def test_rows_that_are_no_documents_are_counted_and_none_at_all_is_an_error(tmp_path: Path) -> None:
    good = {"id": "a", "text": " ".join(story(1))}
    result = run(
        tmp_path / "1",
        [good, {"id": "b"}, dict(good), {"id": "c", "html": "<html><p>x</p></html>"}],
    )
    assert (result.summary.kept, result.summary.repeated, sum(result.summary.failed.values())) == (1, 1, 2)
    with pytest.raises(InputError, match="no document"):
        run(tmp_path / "2", [{"id": "b"}])
    with pytest.raises(InputError):
        deduplicate([tmp_path / "nothing"], tmp_path / "3")
    with pytest.raises((SettingsError, ValueError)):
        settings(jaccard=2)
