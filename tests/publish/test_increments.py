"""A corpus grows by a hundredth: how much of the release is sent again, by which transport."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import publishing
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import DATA
from publishing import Client, as_built

from curator.publish.layout import _shards, lot
from curator.publish.shards import SHARD_OPTIONS, row_groups

if TYPE_CHECKING:
    from hub import Hub

hub, plain, xet, small = publishing.hub, publishing.plain, publishing.xet, publishing.small
DOCUMENTS, NEW = 3_000, 30


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    """Rows of a release whose words are those of real articles, in any order: the new ones come last."""
    articles = sorted((DATA / "articles" / "en").glob("*.txt"))
    words = " ".join(path.read_text(encoding="utf-8") for path in articles).split()
    dice = random.Random(1)
    texts = [" ".join(dice.choices(words, k=dice.randint(350, 700))) for _ in range(DOCUMENTS + NEW)]
    return [
        {"id": f"https://a.example/{n}", "text": text, "language": "en", "characters": len(text), "cluster_size": 1}
        for n, text in enumerate(texts)
    ]


def cut(documents: list[dict[str, Any]], characters: int) -> list[list[dict[str, Any]]]:
    """Cut documents into shards as a build does."""
    columns = {name: [row.get(name) for row in documents] for name in ("id", "language", "characters", "file")}
    table = pa.table(columns)
    return [documents[shard.start : shard.stop] for shard in _shards(table, characters)]


def sent_again(client: Client, hub: Hub, first: Path, second: Path) -> float:
    """Publish two corpora one after the other; return the bytes the second sent, as a share of its size."""
    client.publish(first, tag="v1")
    whole = hub.uploaded
    client.publish(second, tag="v2")
    assert whole > 2_000_000
    return hub.uploaded / whole


@pytest.mark.parametrize(("place", "limit"), [(DOCUMENTS, 0.2), (1_700, 0.33)], ids=["last", "between"])
def test_by_xet_a_hundredth_more_sends_less_than_a_third(
    xet: Client, hub: Hub, small: Any, documents: list[dict[str, Any]], tmp_path: Path, place: int, limit: float
) -> None:
    # Letters are exchanged, since hf_xet remembers what it sent in another test.
    mine = [row | {"text": row["text"].translate({ord("e"): str(place), ord("E"): "é"})} for row in documents]
    old, new = mine[:DOCUMENTS], mine[DOCUMENTS:]
    before = as_built(small(en=12), tmp_path / "before", [old])
    after = as_built(small(en=12), tmp_path / "after", [[*old[:place], *new, *old[place:]]])
    assert 0 < sent_again(xet, hub, before, after) < limit


def test_in_whole_files_a_hundredth_more_sends_less_than_a_third(
    plain: Client, hub: Hub, small: Any, documents: list[dict[str, Any]], tmp_path: Path
) -> None:
    before = as_built(small(en=12), tmp_path / "before", cut(documents[:DOCUMENTS], 1_200_000))
    after = as_built(small(en=12), tmp_path / "after", cut(documents, 1_200_000))
    assert 0 < sent_again(plain, hub, before, after) < 0.33


def test_shards_behind_an_insertion_stay_as_they_were(documents: list[dict[str, Any]]) -> None:
    old, new = documents[:DOCUMENTS], documents[DOCUMENTS:]
    before, after = cut(old, 600_000), cut([*old[:1_000], *new, *old[1_000:]], 600_000)
    assert len(before) > 12
    assert all(sum(row["characters"] for row in shard) < 610_000 for shard in before)
    assert sum(shard not in after for shard in before) <= 4


def test_row_groups_behind_an_insertion_stay_as_they_were() -> None:
    ids = [f"https://a.example/{n}" for n in range(20_000)]
    new = [f"https://a.example/new/{n}" for n in range(50)]

    def groups(names: list[str]) -> list[list[str]]:
        return [[row["id"] for row in group] for group in row_groups({"id": name} for name in names)]

    before, after = groups(ids), groups([*ids[:7_000], *new, *ids[7_000:]])
    assert all(1_000 <= len(group) <= 4_000 for group in before[:-1])
    assert [name for group in after for name in group] == [*ids[:7_000], *new, *ids[7_000:]]
    assert sum(group not in after for group in before) <= 3
    assert 0.4 < sum(map(lot, ids)) / len(ids) < 0.6


def test_shards_have_page_index_and_pages_by_content(
    small: Any, documents: list[dict[str, Any]], tmp_path: Path
) -> None:
    (shard,) = as_built(small(en=12), tmp_path / "x", [documents]).glob("data/en/*")
    with pq.ParquetFile(shard) as file:
        column = file.metadata.row_group(0).column(1)
        assert (column.path_in_schema, column.compression) == ("text", "ZSTD")
        assert column.has_offset_index
    plain = {**SHARD_OPTIONS, "use_content_defined_chunking": False}
    pq.write_table(pq.read_table(shard), tmp_path / "other.parquet", **plain)
    assert shard.read_bytes() != (tmp_path / "other.parquet").read_bytes()
