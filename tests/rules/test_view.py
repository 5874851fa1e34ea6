"""The view: plain forms, and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from strategies import documents

from curator.rules.patterns import one_case, one_case_bytes
from curator.rules.view import View, as_bytes, fold, normalise


def test_lines_are_plain_and_lead_back_to_the_text() -> None:
    text = "\n  READ\u00a0 “Iran” –\u3000Tür：x  \n\n\tİstanbul\u200b, ısparta\n"
    view = View(text)
    assert view.lines == ['READ  "Iran" - Tür:x', "istanbul, isparta"]
    assert [text[a:b] for a, b in zip(view.starts, view.ends, strict=True)] == [
        "READ\u00a0 “Iran” –\u3000Tür：x",
        "İstanbul\u200b, ısparta",
    ]


def test_offsets_step_over_zero_width_characters() -> None:
    text = "x\n\u200bab\u200b\u200bcd"
    view = View(text)
    assert view.lines[1] == "abcd"
    assert text[view.offset(1, 0)] == "a"
    assert text[view.offset(1, 2)] == "c"
    assert view.offset(1, 4) == len(text)


def test_list_markers_are_no_part_of_a_line_but_of_its_place() -> None:
    view = View("- Read also: x\n> > y\n•\u00a0z\n- \n-5 degrees\n• \u200bq\n– Nej.")
    assert view.lines == ["Read also: x", "y", "z", "-", "-5 degrees", "q", "- Nej."]
    assert view.text[view.starts[0] : view.ends[0]] == "- Read also: x"
    assert [view.text[view.offset(n, 0)] for n in (0, 1, 2, 5)] == ["R", "y", "z", "q"]


def test_a_line_of_invisible_characters_is_blank() -> None:
    assert View("a\n\u200b\ufeff\nb").lines == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "words", "sentence"),
    [
        ("Dam opens early", 3, False),
        ("“It held,” she said.”", 4, True),
        ("水门今天提前打开了。", 5, True),
        ("水门今天提前打开", 4, False),
        ("بوابات السد فُتحت؟", 3, True),
        ("बाँध खुला।", 2, True),
        ("The minister added:", 3, False),
    ],
)
def test_words_and_sentence_ends(line: str, words: int, sentence: bool) -> None:
    view = View(line)
    assert (view.words(0), view.is_sentence(0)) == (words, sentence)


def test_long_thai_is_a_sentence_without_a_mark() -> None:
    assert View("ประตูเขื่อนเปิดก่อนกำหนดหนึ่งวันและชาวบ้านในหุบเขาไม่ได้นอน").is_sentence(0)
    assert not View("ประตูเขื่อนเปิด").is_sentence(0)


def test_prose_is_twelve_words_with_an_end() -> None:
    assert View("one two three four five six seven eight nine ten eleven twelve.").prose == (0,)
    assert View("one two three four five six seven eight nine ten eleven twelve").prose == ()
    assert View("one two three four five six seven eight nine ten eleven.").prose == ()


@given(documents())
def test_normalising_keeps_every_offset(text: str) -> None:
    assert len(normalise(text)) == len(text)
    view = View(text)
    for line, (start, end) in enumerate(zip(view.starts, view.ends, strict=True)):
        assert start <= view.offset(line, 0) <= view.offset(line, len(view.lines[line])) <= end


@given(documents())
def test_a_text_with_little_beyond_ascii_is_read_as_one_with_much(text: str) -> None:
    much, little = View(text), View(f"{text}\n{'plain ' * 8 * len(text)}")
    assert little.beyond_ascii is not None
    assert little.lines[: len(much)] == much.lines
    for line in much.lines:
        expected = as_bytes(one_case(line))
        assert one_case_bytes(line, little.beyond_ascii) == expected == one_case_bytes(line, much.beyond_ascii)


def test_fold_ignores_case_spaces_and_marks() -> None:
    assert fold("Beja-Gadget №1") == fold("bejagadget no 1")
