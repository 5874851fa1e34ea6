"""What breaks `load_dataset`, and does not happen here: each test is one thing that was seen to break it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import publishing
import pyarrow.parquet as pq
import pytest
from publishing import REPO, Client, built, rows

from curator.corpus import BuildResult

if TYPE_CHECKING:
    from hub import Hub

server, hub, plain, small = publishing.server, publishing.hub, publishing.plain, publishing.small
Small = Callable[..., Path]


def load(folder: Path, config: str | None = None, *, streaming: bool) -> list[dict[str, Any]]:
    from datasets import load_dataset

    return [dict(row) for row in load_dataset(str(folder), config, split="train", streaming=streaming)]


@pytest.fixture(scope="module")
def uneven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus in several shards: of some columns all values are null in the first one, of others in the last."""
    records = rows(0, 24)
    for record in records[16:]:
        record |= {"license": "cc-by-4.0", "desk": "sport", "views": 3, "keywords": ["harbour"]}
    for record in records[:8]:
        record |= {"ratio": 0.5}
    folder = built(tmp_path_factory.mktemp("uneven"), records, shard_characters=2_000)
    assert len(list(folder.glob("data/en/*"))) > 3
    return folder


@pytest.mark.parametrize("streaming", [False, True])
def test_column_that_is_null_in_the_first_shard_and_fields_that_come_later(uneven: Path, streaming: bool) -> None:
    found = load(uneven, streaming=streaming)
    assert [row["id"] for row in found] == [f"en{n:05d}" for n in range(24)]
    assert [row["desk"] for row in found] == [None] * 16 + ["sport"] * 8
    assert [row["keywords"] for row in found][-1] == ["harbour"]
    assert (found[0]["ratio"], found[-1]["ratio"], found[-1]["views"]) == (0.5, None, 3)


def test_every_shard_has_one_schema_without_types_readers_cast(uneven: Path) -> None:
    schemas = {str(pq.read_schema(path).remove_metadata()) for path in uneven.glob("data/*/*")}
    assert len(schemas) == 1
    said = schemas.pop()
    assert not [word for word in ("null", "large", "dictionary", "timestamp") if word in said]


@pytest.mark.parametrize("streaming", [False, True])
def test_without_a_name_all_languages_are_loaded(small: Small, streaming: bool) -> None:
    corpus = small(en=12, no=4)
    assert len(load(corpus, streaming=streaming)) == 16
    assert {row["language"] for row in load(corpus, "no", streaming=streaming)} == {"no"}


@pytest.mark.parametrize("streaming", [False, True])
def test_tables_beside_the_documents_load_by_their_names(corpus: BuildResult, streaming: bool) -> None:
    removals = [row for path in sorted(corpus.out.glob("ledger/*")) for row in pq.read_table(path).to_pylist()]
    assert load(corpus.out, "removals", streaming=streaming) == removals
    clusters = pq.read_table(corpus.out / "clusters.parquet").to_pylist()
    assert load(corpus.out, "clusters", streaming=streaming) == clusters


def test_table_without_rows_is_neither_published_nor_a_config(plain: Client, hub: Hub, small: Small) -> None:
    corpus = small(en=12)
    assert pq.read_metadata(corpus / "clusters.parquet").num_rows == 0
    plain.publish(corpus, clusters=True, removals=True)
    assert set(plain("configs", repo=REPO)) == {"default", "en", "sample"}
    assert not [path for path in hub.repo("news").files if path.startswith(("clusters", "ledger"))]
    files = [path for path in hub.repo("news").files if path.endswith(".parquet")]
    assert files == ["data/en/train-00000-of-00001.parquet", "sample/train-00000-of-00001.parquet"]


def test_rows_that_the_card_announces_are_those_of_the_files(uneven: Path) -> None:
    from datasets import load_dataset_builder

    for config, count in (("default", 24), ("en", 24)):
        info = load_dataset_builder(str(uneven), config).info
        assert info.splits["train"].num_examples == count
        assert info.download_size == sum(path.stat().st_size for path in uneven.glob("data/en/*"))
