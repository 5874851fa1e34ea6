"""The same event in other words: annotated, in one language, and by the days the texts name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from conftest import EXPECTED
from dedup_corpora import by_id, rows, run, table

from curator.dedup.agglomerate import agglomerate, neighbourhoods

QUAKE = {
    "agency": (
        "A strong earthquake struck the Alder Valley early on {day}, collapsing the old market hall in Birchtown and "
        "cutting power to thousands of homes, Governor Maria Lindqvist said. Rescue teams from Cedar County dug "
        "through the rubble of the market hall, where eleven people were believed trapped. The tremor measured 6.4, "
        "the Seismic Institute in Norhaven reported."
    ),
    "local": (
        "Birchtown woke to ruin on {day}: the market hall, built in 1911, is gone. Governor Maria Lindqvist flew in by "
        "noon. The Seismic Institute put the earthquake that shook the Alder Valley at 6.4. Firefighters and "
        "volunteers from Cedar County searched by hand for eleven missing traders while most of the town had neither "
        "water nor light."
    ),
}
OTHER = (
    "The city council of Elmport voted on Tuesday to close the harbour road to trucks at night. Councillor Jonas "
    "Okafor said residents of the Old Quarter had complained for years about the noise. Hauliers warned that "
    "deliveries to the fish market would cost more, and the Chamber of Trade announced that it would go to court."
)


def telling(day: str, suffix: str = "") -> dict[str, str]:
    return {f"{name}{suffix}": text.format(day=day) for name, text in QUAKE.items()}


def test_the_seeds_tell_one_story_and_are_no_copies(tmp_path: Path) -> None:
    seeds = {path.stem: path.read_text(encoding="utf-8") for path in sorted((EXPECTED / "seeds").glob("*.txt"))}
    assert len(seeds) == 2
    result = run(tmp_path, rows({**seeds, "other": OTHER}), stories=True)
    found = by_id(result)
    assert set(found) == set(seeds)
    assert len({row["story"] for row in found.values()}) == 1
    assert {name: (row["cluster"], row["kind"]) for name, row in found.items()} == {n: (n, None) for n in seeds}
    assert result.summary.clusters == 0
    assert (result.summary.kept, result.summary.stories) == (3, 1)


def test_two_tellings_are_one_story_and_copies_belong_to_it(tmp_path: Path) -> None:
    texts = {**telling("May 3, 2021"), "copy": QUAKE["local"].format(day="May 3, 2021").upper(), "other": OTHER}
    found = by_id(run(tmp_path, rows(texts), stories=True))
    assert set(found) == {"agency", "local", "copy"}
    assert len({row["story"] for row in found.values()}) == 1
    assert {name: row["kind"] for name, row in found.items() if row["kind"]} in (
        {"local": "representative", "copy": "exact"},
        {"copy": "representative", "local": "exact"},
    )


def test_texts_of_too_few_words_tell_no_story(tmp_path: Path) -> None:
    result = run(tmp_path, rows(telling("May 3, 2021")), stories=True, min_words=500)
    assert (result.summary.kept, result.summary.stories) == (2, 0)


def test_only_when_asked_one_telling_stays(tmp_path: Path) -> None:
    documents = rows({**telling("May 3, 2021"), "other": OTHER})
    for drop, count in ((("exact", "near", "contained"), 3), (("exact", "story"), 2)):
        result = run(tmp_path / str(count), documents, stories=True, drop=drop)
        kept = [row["id"] for row in table(result, "documents") if row["kept"]]
        assert len(kept) == count == result.summary.kept
        assert by_id(result)["agency"]["story"] in kept


def test_days_in_the_text_tell_events_of_one_kind_apart_not_the_days_of_the_pages(tmp_path: Path) -> None:
    def stories(folder: str, day: str, **page: str) -> int:
        texts = rows({"agency": QUAKE["agency"].format(day="May 3, 2021"), "other": OTHER}, date="2021-05-04")
        texts += rows({"local": QUAKE["local"].format(day=day)}, **page)
        return len({row["story"] for row in table(run(tmp_path / folder, texts, stories=True))})

    import curator.dedup.stories as module

    likeness = module._Likeness.__new__(module._Likeness)
    likeness._nodes = np.array([0, 1, 2, 3])
    likeness._days = np.array([[100.0, np.nan], [102.0, np.nan], [900.0, np.nan], [np.nan, np.nan]])
    likeness._templates = np.array([], dtype=np.int64)
    near, far, unknown = likeness.factor(np.array([0, 0, 0]), np.array([1, 2, 3]))
    assert near > unknown == 1 > far
    assert stories("same", "May 4, 2021", date="2025-01-01") == 1


def test_texts_that_only_pass_likeness_on_are_not_one_group() -> None:
    chain = np.eye(6)
    for n in range(5):
        chain[n, n + 1] = chain[n + 1, n] = 0.4
    assert max(map(len, agglomerate(chain, 0.17, 0.25))) == 2
    assert agglomerate(np.full((4, 4), 0.4), 0.17, 0.25) == [[0, 1, 2, 3]]
    assert agglomerate(np.full((4, 4), 0.2), 0.17, 0.25) == []


def test_neighbourhoods_that_are_too_large_are_cut_where_they_are_weakest() -> None:
    a, b = np.array([0, 1, 2, 3, 4]), np.array([1, 2, 3, 4, 5])
    strength = np.array([0.9, 0.9, 0.3, 0.9, 0.9])
    assert [set(group.tolist()) for group in neighbourhoods(a, b, strength, 6)] == [{0, 1, 2, 3, 4, 5}]
    assert [set(group.tolist()) for group in neighbourhoods(a, b, strength, 3)] == [{0, 1, 2}, {3, 4, 5}]
