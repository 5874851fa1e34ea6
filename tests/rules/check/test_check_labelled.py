"""Labelled texts: rows of lines, and pairs of raw and clean files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curator.errors import InputError
from curator.rules.check.labelled import compare, read_labelled, read_pairs
from curator.rules.view import View


def rows(folder: Path, *found: Any) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in found), encoding="utf-8")
    return path


def test_figures_and_letters_are_the_same_labels(tmp_path: Path) -> None:
    lines = ["Ad", "The gates opened.", "Dam opens"]
    path = rows(
        tmp_path, {"id": 1, "lines": lines, "labels": [0, 1, 2]}, {"id": 2, "lines": lines, "labels": ["D", "K", "N"]}
    )
    first, second = read_labelled(path)
    assert first.labels == second.labels == ("drop", "keep", "neutral")
    assert first.text == "Ad\n\nThe gates opened.\n\nDam opens"


def test_the_text_of_a_row_keeps_its_breaks(tmp_path: Path) -> None:
    row = {"id": "x", "lines": ["Ad", "The gates opened."], "labels": [0, 1], "text": "Ad\nThe gates opened.\n\n\n"}
    [text] = read_labelled(rows(tmp_path, {**row, "lang": "en", "site": "news.example"}))
    assert (text.text, text.lang, text.site) == ("Ad\nThe gates opened.", "en", "news.example")


def test_a_text_cut_into_other_lines_gives_way_to_the_lines(tmp_path: Path) -> None:
    row = {"id": "x", "lines": ["Ad", "The gates opened."], "labels": [0, 1], "text": "Ad The gates opened."}
    [text] = read_labelled(rows(tmp_path, row))
    assert text.text == "Ad\n\nThe gates opened."


def test_blank_lines_and_damage_do_not_shift_labels(tmp_path: Path) -> None:
    lines = ["", "SÃ£o Paulo", "\u200b", "Two\u2028lines", "Ad"]
    [text] = read_labelled(rows(tmp_path, {"id": "x", "lines": lines, "labels": [0, 1, 0, 2, 0]}))
    assert list(zip(View(text.text).lines, text.labels, strict=True)) == [
        ("São Paulo", "keep"),
        ("Two", "neutral"),
        ("lines", "neutral"),
        ("Ad", "drop"),
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"id": "x", "lines": ["a"], "labels": []},
        {"id": "x", "lines": ["a"], "labels": [7]},
        {"id": "x", "labels": [0]},
        {"lines": ["a"], "labels": [0]},
        [1, 2],
    ],
)
def test_a_row_that_is_none_is_an_error_at_its_line(tmp_path: Path, row: Any) -> None:
    path = rows(tmp_path, {"id": "x", "lines": ["a"], "labels": [0]}, row)
    with pytest.raises(InputError, match="not a labelled text") as caught:
        list(read_labelled(path))
    assert caught.value.where == f"{path}:2"


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl.gz").write_bytes(b"not gzip")
    (tmp_path / "y.jsonl").write_text("{", encoding="utf-8")
    for name in ("x.jsonl.gz", "y.jsonl", "z.jsonl"):
        with pytest.raises(InputError, match="cannot be read"):
            list(read_labelled(tmp_path / name))


def test_what_is_left_of_a_text_labels_it() -> None:
    raw = "Site\nDam opens\n3 May\nDam opens\nLEEDS - The gates opened. (dpa)\nRead: Dam\nIt was dawn. ***\nTags"
    text = compare("x", raw, "Dam opens\nThe gates opened.\nIt was dawn.\n")
    assert text.labels == ("drop", "keep", "drop", "drop", "keep", "drop", "keep", "drop")
    assert text.changed == {4: "The gates opened.", 6: "It was dawn."}


def test_a_line_that_stands_whole_further_on_is_not_cut_out_of_one_before() -> None:
    text = compare("x", "Read: The gates opened\nThe gates opened", "The gates opened")
    assert text.labels == ("drop", "keep")
    assert text.changed == {}


def test_pairs_come_from_two_folders(tmp_path: Path) -> None:
    for folder, text in (("raw", "Ad\nThe gates opened.\n"), ("clean", "The gates opened.\n")):
        (tmp_path / folder / "en").mkdir(parents=True)
        (tmp_path / folder / "en" / "a.txt").write_text(text, encoding="utf-8")
    [text] = read_pairs(tmp_path / "raw", tmp_path / "clean")
    assert (text.id, text.labels) == ("en/a", ("drop", "keep"))
    (tmp_path / "clean" / "en" / "a.txt").write_text("The gates closed.\n", encoding="utf-8")
    with pytest.raises(InputError, match="does not come from the raw one"):
        list(read_pairs(tmp_path / "raw", tmp_path / "clean"))
    (tmp_path / "clean" / "en" / "a.txt").unlink()
    with pytest.raises(InputError, match="no clean text"):
        list(read_pairs(tmp_path / "raw", tmp_path / "clean"))
    with pytest.raises(InputError, match="no such folder"):
        list(read_pairs(tmp_path / "raw", tmp_path / "nowhere"))
