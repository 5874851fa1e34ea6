from __future__ import annotations

import numpy as np
import pytest

from curator.extract.lines.characters import Alphabet
from curator.extract.lines.cues import CUES
from curator.extract.lines.features import GROUPS, group_of, line_features, matrix
from curator.extract.lines.page import Page
from curator.extract.lines.second import WHOLE, best_cut, chance, second_features
from curator.extract.lines.windows import Windows, best_stretch
from curator.rules.view import View

PROSE = "The gates of the old dam opened at dawn on Friday, a full day earlier than the valley had been told."


def page(*lines: str) -> Page:
    return Page(View("\n".join(lines)), Alphabet())


def test_words_are_counted_in_every_script() -> None:
    p = page("Two words", "水门今天提前打开了", "ประตูเขื่อนเปิดแล้ว", "댐 문이 열렸다")
    assert p.tokens.tolist() == [2, 9 * 5 // 9, 19 // 4, 3]


@pytest.mark.parametrize(
    "line",
    [PROSE, "「" + "水門は金曜日の夜明けに開いた、" * 6 + "と村長は話した。」", "ประตูเขื่อนเปิดเมื่อเช้าวันศุกร์ " * 4],
)
def test_prose_is_known_in_every_script(line: str) -> None:
    assert page("Menu", line, "Sign in").prose.tolist() == [False, True, False]


def test_a_paragraph_cut_at_a_link_is_prose_in_all_its_pieces() -> None:
    p = page("Menu", PROSE[:40], "of Friday,", PROSE[40:].strip().lower(), "Home")
    assert p.group_prose.tolist() == [False, True, True, True, False]


def test_lines_that_say_the_same_are_counted() -> None:
    p = page("Sign in", "Home", "SIGN IN!", PROSE)
    assert (p.repeat.tolist(), p.same_before.tolist()[2]) == ([2, 1, 2, 1], 2)


def test_the_block_is_where_the_prose_stands() -> None:
    assert page(*["Menu"] * 9, PROSE, "A heading", PROSE, *["Links"] * 9).block == (9, 12)


def test_odd_texts_have_features() -> None:
    for lines in (["x"], ["..."], ["\U0001f600"], ["1:2", "3:4"], ["\ud800 lone"], ["水"], [PROSE]):
        p = page(*lines)
        features = line_features(p)
        again = second_features(p, np.zeros(p.size, np.int64))
        assert {len(row) for row in [*features.values(), *again.values()]} == {len(lines)}


def test_features_are_whole_numbers_and_belong_to_a_group() -> None:
    features = line_features(page("Menu", PROSE, PROSE, "Links"))
    assert all(np.issubdtype(row.dtype, np.integer) for row in features.values())
    assert matrix(features, list(features)).shape == (4, len(features))
    assert {GROUPS[group_of(name)] for name in features} == set(GROUPS)


def test_windows_end_with_the_text() -> None:
    windows, row = Windows(4), np.array([[1, 2, 4, 8]])
    assert windows.sums(row, 1, 1).tolist() == [[3, 7, 14, 12]]
    assert windows.sums(row, 2, -1).tolist() == [[0, 1, 3, 6]]
    assert windows.shifted(row[0], 1).tolist() == [2, 4, 8, 0]
    assert windows.shifted(row[0], -5).tolist() == [0, 0, 0, 0]


def test_distances_and_runs() -> None:
    windows, flag = Windows(5), np.array([False, True, True, False, False])
    assert windows.since(flag).tolist() == [200, 200, 1, 1, 2]
    assert windows.until(flag).tolist() == [1, 1, 200, 200, 200]
    assert [row.tolist() for row in windows.run(flag)] == [[1, 2, 2, 2, 2], [0, 0, 1, 0, 1]]


def test_best_stretch() -> None:
    assert best_stretch(np.array([-1, 3, -1, 4, -9, 5])) == (1, 4)


def test_chances_grow_with_the_odds() -> None:
    chances = chance(np.array([-90_000, -1_000, 0, 1_000, 90_000]))
    assert chances.tolist() == [1, 1102, WHOLE // 2, WHOLE - 1102, WHOLE - 1]


def test_the_cut_keeps_what_raises_the_f1_to_expect() -> None:
    chances = np.array([4096, 4096, 2000, 400, 100])
    count, expected = best_cut(np.array([10, 10, 10, 10, 10]), chances, np.arange(5))
    assert (count, int(np.argmax(expected))) == (3, 2)


def test_words_said_around_articles_are_counted_in_many_languages() -> None:
    p = page("Share on Facebook", "BACA JUGA", "関連記事", "Alle Rechte, Datenschutz", PROSE)
    assert p.cues["social"].tolist() == [2, 0, 0, 0, 0]
    assert p.cues["more"].tolist() == [0, 2, 2, 0, 0]
    assert p.cues["legal"].tolist()[3] >= 1


def test_cues_are_lower_case() -> None:
    for said in CUES.values():
        words = said.split()
        assert [word for word in words if word != word.lower()] == []
