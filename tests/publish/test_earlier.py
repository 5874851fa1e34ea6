"""A corpus that comes after another keeps its documents where they were, whatever new ones come in between."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import publishing
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import DATA
from publishing import Client

from curator.corpus import build
from curator.errors import InputError, UsageError
from curator.manifest import Manifest
from curator.publish.layout import _shards
from curator.settings import Settings

if TYPE_CHECKING:
    from hub import Hub

hub, plain, xet = publishing.hub, publishing.plain, publishing.xet
OLD, NEW = 1_000, 10
SETTINGS = Settings.model_validate({"templates": {"enabled": False}, "dedup": {"drop": ["exact"], "stories": False}})


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders of one name: articles of real words, and the same with new ones scattered among them, singly."""
    articles = sorted((DATA / "articles" / "en").glob("*.txt"))
    words = " ".join(path.read_text(encoding="utf-8") for path in articles).split()
    dice = random.Random(5)
    texts = [" ".join(dice.choices(words, k=dice.randint(350, 700))) for _ in range(OLD + NEW)]
    folders = []
    for count in (OLD, OLD + NEW):
        folder = tmp_path_factory.mktemp("day") / "in"
        folder.mkdir()
        for n, text in enumerate(texts[:count]):
            # A new one's name comes behind every hundredth old one's.
            name = f"{n:04d}" if n < OLD else f"{(n - OLD) * 100 + 50:04d}-new"
            (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        folders.append(folder)
    return folders[0], folders[1]


@pytest.fixture(scope="module")
def corpora(days: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The corpus of the first folder, and the corpus of the second that comes after it."""
    folder = tmp_path_factory.mktemp("corpora")
    first = build([days[0]], folder / "first", SETTINGS, workers=1).out
    return first, build([days[1]], folder / "second", SETTINGS, after=first, workers=1).out


def files(folder: Path) -> dict[str, bytes]:
    return {path.name[:11]: path.read_bytes() for path in sorted(folder.glob("data/en/*"))}


def rows(folder: Path) -> list[dict[str, Any]]:
    return [row for path in sorted(folder.glob("data/*/*")) for row in pq.read_table(path).to_pylist()]


def test_what_was_there_stays_the_same_file_and_what_is_new_is_another(corpora: tuple[Path, Path]) -> None:
    first, second = map(files, corpora)
    assert len(first) == 1
    assert len(second) == 2
    assert second["train-00000"] == first["train-00000"]
    assert all("new" in row["id"] for row in rows(corpora[1])[OLD:])


def test_the_order_is_all_that_it_changes(corpora: tuple[Path, Path], days: tuple[Path, Path], tmp_path: Path) -> None:
    without = build([days[1]], tmp_path / "out", SETTINGS, workers=1)
    mixed = rows(without.out)
    assert mixed == sorted(mixed, key=lambda row: row["origin"])
    assert rows(corpora[1]) == sorted(mixed, key=lambda row: ("new" in row["origin"], row["origin"]))


def test_who_was_there_goes_on_to_represent(days: tuple[Path, Path], tmp_path: Path) -> None:
    """A near copy that is longer would be kept instead; a text with all the old one says and more still is."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(days[0].iterdir())[:3]]
    (tmp_path / "in").mkdir()
    for n, text in enumerate(texts):
        (tmp_path / "in" / f"{n}.txt").write_text(text, encoding="utf-8")
    settings = Settings.model_validate({"templates": {"enabled": False}})
    old = build([tmp_path / "in"], tmp_path / "old", settings, workers=1).out
    words = texts[0].split()
    (tmp_path / "in" / "longer.txt").write_text(f"{' '.join(words)} A few words are at its end.")
    (tmp_path / "in" / "whole.txt").write_text(" ".join([texts[1], *texts[2].split()[:200], *reversed(words)]))
    for after, reason, kept in ((None, "longest", "longer"), (old, "incumbent", "0")):
        out = build([tmp_path / "in"], tmp_path / f"new-{kept}", settings, after=after, workers=1).out
        found = {Path(row["origin"]).stem for row in rows(out)}
        assert found == {kept, "2", "whole"}
        clusters = pq.read_table(out / "clusters.parquet").to_pylist()
        named = {row["reason"] for row in clusters if row["kind"] == "near"}
        assert named == {reason}


def test_a_hundredth_scattered_sends_less_than_a_third(xet: Client, hub: Hub, corpora: tuple[Path, Path]) -> None:
    xet.publish(corpora[0], tag="v1")
    whole = hub.uploaded
    assert whole > 1_000_000
    xet.publish(corpora[1], tag="v2")
    assert 0 < hub.uploaded < 0.33 * whole


def test_in_whole_files_only_the_new_ones_are_sent(plain: Client, hub: Hub, corpora: tuple[Path, Path]) -> None:
    plain.publish(corpora[0], tag="v1")
    whole = hub.uploaded
    plain.publish(corpora[1], tag="v2")
    assert 0 < hub.uploaded < 0.1 * whole


def test_a_release_that_was_downloaded_will_do(
    plain: Client, hub: Hub, corpora: tuple[Path, Path], days: tuple[Path, Path], tmp_path: Path
) -> None:
    plain.publish(corpora[0])
    release = hub.repo("news")
    for path in release.files:
        (tmp_path / "release" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "release" / path).write_bytes(release.read(path))
    again = build([days[1]], tmp_path / "out", SETTINGS, after=tmp_path / "release", workers=1)
    assert files(again.out) == files(corpora[1])
    assert again.manifest.identity == Manifest.read(corpora[1] / "manifest.json").identity


def test_a_corpus_that_grows_daily_has_few_files() -> None:
    """Day after day the same number of characters comes: files are joined as a binary counter counts."""
    names: list[int] = []  # the file each document lies in
    for day in range(200):
        old = len(names)
        size = 100 if day == 0 else 1
        columns: dict[str, Any] = {
            "id": [f"{n}" for n in range(old + size)],
            "language": ["en"] * (old + size),
            "characters": [1_000] * (old + size),
            "file": [*names, *[None] * size],
        }
        cut = _shards(pa.table(columns), 10**9)
        names = [shard.index for shard in cut for _ in range(shard.start, shard.stop)]
        sizes = [shard.stop - shard.start for shard in cut]
        assert all(size >= sum(sizes[n + 1 :]) for n, size in enumerate(sizes))
        assert len(cut) <= 9
        if day == 1:
            assert sizes == [100, 1]


def test_what_it_cannot_come_after_is_refused(
    corpora: tuple[Path, Path], days: tuple[Path, Path], tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="after itself"):
        build([days[1]], corpora[0], SETTINGS, after=corpora[0], workers=1, force=True)
    with pytest.raises(InputError, match="curator build"):
        build([days[1]], tmp_path / "out", SETTINGS, after=tmp_path, workers=1)
    assert build([days[0]], corpora[0], SETTINGS, workers=1).resumed
