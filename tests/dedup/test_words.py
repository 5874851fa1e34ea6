"""What counts as a word, and how similarity of words is measured and sampled."""

from __future__ import annotations

import random

import numpy as np
from dedup_corpora import edited, story
from hypothesis import given
from hypothesis import strategies as st

from curator.dedup.days import named_days
from curator.dedup.memory import compare
from curator.dedup.shingles import shingle
from curator.dedup.words import cased_words, tokens
from curator.settings import DedupSettings

words = st.lists(
    st.sampled_from(["dam", "gate", "river", "town", "bridge", "rain", "wind", "night", "day", "flood"]), max_size=40
)


@given(words, words, st.integers(1, 5))
def test_similarity_is_that_of_the_sets_of_word_runs(a: list[str], b: list[str], size: int) -> None:
    def runs(text: list[str]) -> set[tuple[str, ...]]:
        return {tuple(text[i : i + size]) for i in range(max(1, len(text) - size + 1))} if text else set()

    found = shingle([" ".join(a), " ".join(b)], size)
    assert [len(found.of(0)), len(found.of(1))] == [len(runs(a)), len(runs(b))]
    if len(a) >= size and len(b) >= size:
        assert len(np.intersect1d(found.of(0), found.of(1))) == len(runs(a) & runs(b))


def test_words_fold_case_accents_marks_and_digits() -> None:
    assert tokens("“The DAM”—opened!") == ["the", "dam", "opened"]
    assert tokens("Café CAFE\u0301 so\u00adft ٣ ﬁne") == ["cafe", "cafe", "soft", "3", "fine"]


def test_scripts_without_spaces_are_cut_by_character() -> None:
    assert tokens("水门开了 ok") == ["水", "门", "开", "了", "ok"]
    chinese = (
        "昨天上午大坝的闸门比原定时间提前一天打开下游三个村庄的居民被转移到高处"
        "没有人员伤亡报告水库管理局表示水位将在周末前恢复正常"
    )
    same, other = (
        chinese.replace("三个", "四个"),
        (
            "市议会周二投票决定在未来五年内逐步取消老城区的路边停车位"
            "并将腾出的空间改造成自行车道和小型公园预计费用约为两千万元"
        ),
    )
    found = compare([chinese, same, other], DedupSettings(min_words=5))
    assert found.representative.tolist() in ([0, 0, 2], [1, 1, 2])


def test_capitals_inside_a_sentence_make_a_name() -> None:
    found = cased_words(["The dam at Alder River opened. Nobody told Mayor Ruiz. “He knew”, said Ruiz."])
    every = tokens("The dam at Alder River opened Nobody told Mayor Ruiz He knew said Ruiz")
    assert [word for word, name in zip(every, found.names, strict=True) if name] == [
        "alder",
        "river",
        "mayor",
        "ruiz",
        "ruiz",
    ]


def test_days_are_read_in_many_languages_and_need_a_year() -> None:
    for text in ("Selasa (31/5/2022)", "le 31 mai 2022", "31 мая 2022 года", "2022-05-31", "2022年5月31日"):
        assert named_days(text)[:1] == named_days("May 31, 2022"), text
    assert named_days("on May 31 he left, in 2022 he came back") == []


def test_sampling_finds_what_an_exhaustive_comparison_finds() -> None:
    texts = [story(n, 120 + 5 * n) for n in range(60)]
    source = random.Random(1)
    texts += [edited(texts[n], n, source.randrange(1, 12)) for n in range(60)]
    joined = [" ".join(text) for text in texts]
    whole = shingle(joined, 5)

    def jaccard(a: int, b: int) -> float:
        shared = len(np.intersect1d(whole.of(a), whole.of(b)))
        return shared / (len(whole.of(a)) + len(whole.of(b)) - shared)

    exhaustive = {(a, b) for a in range(120) for b in range(a + 1, 120) if jaccard(a, b) >= 0.7}
    edges = compare(joined, DedupSettings(jaccard=0.7)).edges
    found = zip(edges.a.tolist(), edges.b.tolist(), edges.jaccard.tolist(), strict=True)
    assert len(exhaustive) > 40
    assert {(min(a, b), max(a, b)) for a, b, likeness in found if likeness >= 0.7} == exhaustive
