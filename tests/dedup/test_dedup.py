"""Copies of one article: which are found, which are not, and which one stays."""

from __future__ import annotations

import csv
import gzip
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from conftest import SHARED
from hypothesis import given
from hypothesis import strategies as st

from curator.dedup.candidates import candidate_pairs, sample
from curator.dedup.cluster import cluster
from curator.dedup.representative import rank, reason
from curator.dedup.shingles import content_hash, shingles, tokens
from curator.dedup.tasks import ClusterTask, FingerprintTask, cluster_all, fingerprint
from curator.dedup.verify import Edge, verify
from curator.settings import DedupSettings
from curator.shard import work_schema

words = st.lists(
    st.sampled_from(["dam", "gate", "river", "town", "bridge", "rain", "wind", "night", "day", "flood"]), max_size=40
)


def deduplicate(folder: Path, documents: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Run the dedup tasks over documents; return the rows of clusters.parquet by id."""
    import pyarrow as pa

    rows = [
        {"shard": 0, "row": n, "status": "kept", "characters": len(d["text"]), **d} for n, d in enumerate(documents)
    ]
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, work_schema()), folder / "work.parquet")
    pq.write_table(
        pa.table({"shard": pa.array([], pa.int32()), "row": pa.array([], pa.int32())}), folder / "twins.parquet"
    )
    names = [str(folder / name) for name in ("work.parquet", "twins.parquet", "prints.parquet", "clusters.parquet")]
    fingerprint(FingerprintTask(names[0], names[1], DedupSettings(), names[2]))
    cluster_all(ClusterTask((names[2],), DedupSettings(), names[3]))
    return {row["id"]: row for row in pq.read_table(names[3]).to_pylist()}


def story(seed: int, length: int = 200) -> list[str]:
    source = random.Random(seed)
    return [f"w{source.randrange(3000)}" for _ in range(length)]


@given(words, words, st.integers(1, 5))
def test_similarity_is_that_of_the_sets_of_word_runs(a: list[str], b: list[str], size: int) -> None:
    def runs(text: list[str]) -> set[tuple[str, ...]]:
        return {tuple(text[i : i + size]) for i in range(max(1, len(text) - size + 1))} if text else set()

    one, two = shingles(a, size), shingles(b, size)
    assert len(one) == len(runs(a))
    if len(a) >= size and len(b) >= size:
        assert len(np.intersect1d(one, two)) == len(runs(a) & runs(b))


def test_tokens_fold_case_and_punctuation_and_split_unspaced_scripts() -> None:
    assert tokens("“The DAM”—opened!") == ["the", "dam", "opened"]
    assert tokens("水门开了 ok") == ["水", "门", "开", "了", "ok"]
    assert content_hash(tokens("A, b.")) == content_hash(tokens("a B"))
    assert content_hash(tokens("ab c")) != content_hash(tokens("a bc"))


def test_candidates_find_what_an_exhaustive_search_finds() -> None:
    source = random.Random(1)
    texts = [story(n) for n in range(60)]
    for n in range(60):  # an edited copy of each: some words replaced
        copy = list(texts[n])
        for _ in range(source.randrange(1, 9)):
            copy[source.randrange(len(copy))] = "changed"
        texts.append(copy)
    sets = {n: shingles(text, 5) for n, text in enumerate(texts)}
    every = [(a, b) for a in sets for b in sets if a < b]
    exhaustive = {(e.a, e.b) for e in verify(every, sets, 0.7)}
    found = {(e.a, e.b) for e in verify(candidate_pairs({n: sample(s) for n, s in sets.items()}), sets, 0.7)}
    assert len(exhaustive) > 40
    assert found == exhaustive


def test_a_story_with_hundreds_of_copies_is_one_cluster() -> None:
    source = random.Random(2)
    base = story(0, 300)
    copies = []
    for _ in range(200):
        copy = list(base)
        for _ in range(3):
            copy[source.randrange(300)] = f"x{source.randrange(10_000)}"
        copies.append(copy)
    sets = {n: shingles(text, 5) for n, text in enumerate(copies)}
    edges = verify(candidate_pairs({n: sample(s) for n, s in sets.items()}), sets, 0.7)
    assert [len(members) for _, members in cluster(sorted(sets), edges)] == [199]


def test_similarity_is_not_passed_on_along_a_chain() -> None:
    edges = [Edge(n, n + 1, 0.8, 0.9) for n in range(9)]
    groups = cluster(range(10), edges)
    assert all(len(members) <= 2 for _, members in groups)
    assert sum(1 + len(members) for _, members in groups) == 10


def test_representative_is_the_longest_then_the_earliest_then_the_first_by_id() -> None:
    def document(name: str, length: int, day: str | None) -> dict[str, Any]:
        return {"id": name, "characters": length, "published": day}

    a, b = document("a", 10, None), document("b", 20, "2024-05-02")
    c, d = document("c", 20, "2024-05-01"), document("d", 20, "2024-05-01")
    documents = [a, b, d, c]
    assert [documents[n]["id"] for n in rank(documents)] == ["c", "d", "b", "a"]
    assert (reason(b, [a]), reason(c, [b]), reason(c, [d, a])) == ("longest", "earliest", "id")


def test_kinds_similarities_and_reason_of_a_cluster(tmp_path: Path) -> None:
    base = " ".join(story(3))
    near = base.replace(base.split()[100], "changed", 1) + " and a longer end"
    documents = [
        {"id": "exact", "text": base.upper() + "!"},
        {"id": "first", "text": base},
        {"id": "near", "text": near},
        {"id": "other", "text": " ".join(story(4))},
        {"id": "wordless", "text": "…"},
        {"id": "wordless too", "text": "…"},
    ]
    found = deduplicate(tmp_path, documents)
    assert {name: row["kind"] for name, row in found.items()} == {
        "near": "representative",
        "exact": "near",
        "first": "near",
    }
    assert {row["representative"] for row in found.values()} == {"near"}
    assert {row["reason"] for row in found.values()} == {"longest"}
    assert found["first"]["jaccard"] == found["exact"]["jaccard"]
    assert 0.7 <= found["first"]["jaccard"] < found["first"]["containment"] <= 1


def test_clusters_do_not_depend_on_the_order_of_documents(tmp_path: Path) -> None:
    source = random.Random(5)
    documents = []
    for n in range(30):
        text = story(n)
        for k in range(3):
            text[source.randrange(200)] = "changed"
            documents.append({"id": f"{n}-{k}", "text": " ".join(text)})
    first = deduplicate(tmp_path / "a", documents)
    source.shuffle(documents)
    assert deduplicate(tmp_path / "b", documents) == first
    assert len(first) == 90


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the measurement data is not beside this checkout")
def test_every_pair_of_a_thousand_real_articles_is_found() -> None:
    with gzip.open(SHARED / "dedup" / "detik.jsonl.gz", "rt", encoding="utf-8") as stream:
        texts = {str(row["id"]): row["text"] for row in map(json.loads, stream)}
    names = list(texts)
    sets = {n: shingles(tokens(texts[name]), 5) for n, name in enumerate(names)}
    edges = verify(candidate_pairs({n: sample(s) for n, s in sets.items()}), sets, 0.7)
    with gzip.open(SHARED / "dedup" / "detik.pairs.csv.gz", "rt") as stream:
        truth = {frozenset((r["a"], r["b"])) for r in csv.DictReader(stream) if float(r["jaccard"]) >= 0.7}
    assert truth
    assert {frozenset((names[e.a], names[e.b])) for e in edges} == truth
