"""What was said of removals is on the disk, whatever happens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curator.errors import InputError, OutputError
from curator.review.marks import FILE, Marks, Place

ONE = Place("a.txt", "en.line.ad", "text", 5, 18, "Advertisement")
OTHER = Place("b – ü.txt", "en.line.read-also", "text", 0, 9, "Read also")


def test_marks_are_there_after_the_program_is_gone(tmp_path: Path) -> None:
    marks = Marks(tmp_path / "new" / "folder")
    marks.add(ONE, "right")
    marks.add(OTHER, "wrong", (0,), "a headline")
    again = Marks(tmp_path / "new" / "folder")
    found = again.of(OTHER)
    assert found
    assert (found.mark, found.lines, found.note) == ("wrong", (0,), "a headline")
    assert [mark.place for mark in again.all()] == [ONE, OTHER]
    assert again.counts() == {"right": 1, "wrong": 1, "skip": 0}


def test_the_last_word_holds_and_none_takes_it_back(tmp_path: Path) -> None:
    marks = Marks(tmp_path)
    for said in ("right", "wrong"):
        marks.add(ONE, said)
    marks.add(OTHER, "skip")
    marks.add(OTHER, "none")
    assert [(mark.place, mark.mark) for mark in Marks(tmp_path).all()] == [(ONE, "wrong")]
    assert len((tmp_path / FILE).read_text(encoding="utf-8").splitlines()) == 4


def test_a_line_that_a_kill_cut_off_is_passed_over_and_taken_away(tmp_path: Path) -> None:
    Marks(tmp_path).add(ONE, "right")
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole + '{"document": "b – ü'.encode()[:-1])
    marks = Marks(tmp_path)
    assert [mark.place for mark in marks.all()] == [ONE]
    marks.add(OTHER, "wrong")
    assert (tmp_path / FILE).read_bytes().startswith(whole + b'{"document": "b')
    assert [mark.place for mark in Marks(tmp_path).all()] == [ONE, OTHER]


def test_two_programs_may_add_to_one_file(tmp_path: Path) -> None:
    first, second = Marks(tmp_path), Marks(tmp_path)
    first.add(ONE, "right")
    second.add(OTHER, "wrong")
    assert len(Marks(tmp_path).all()) == 2


def test_a_text_with_half_a_character_can_be_marked(tmp_path: Path) -> None:
    odd = Place("\ud83d", "en.line.ad", "text", 0, 1, "\ud83d")
    Marks(tmp_path).add(odd, "right")
    assert Marks(tmp_path).of(odd)


@pytest.mark.parametrize("line", ["nonsense", "[]", json.dumps({"document": "a"}), '{"mark": "maybe"}'])
def test_a_file_that_is_none_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    Marks(tmp_path).add(ONE, "right")
    with (tmp_path / FILE).open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    with pytest.raises(InputError, match=r"marks\.jsonl:2: not a file of marks"):
        Marks(tmp_path)


def test_what_cannot_be_written_does_not_count(tmp_path: Path) -> None:
    marks = Marks(tmp_path / "file" / "in")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match=r"marks\.jsonl"):
        marks.add(ONE, "right")
    assert marks.of(ONE) is None
