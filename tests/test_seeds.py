"""The two real articles this project began with: byte for byte, however they arrive."""

from __future__ import annotations

import html
from pathlib import Path

import pytest
from conftest import SHARED

from curator.cleaner import Cleaner, clean
from curator.document import Document, restore
from curator.settings import CleanSettings

Seeds = list[tuple[Path, str]]


def test_seeds_come_out_exactly(seeds: Seeds) -> None:
    for file, want in seeds:
        assert clean(file.read_bytes()).text == want


@pytest.mark.parametrize("language", ["id", "und", "en", "ja"])
def test_a_wrong_or_missing_language_changes_nothing(seeds: Seeds, language: str) -> None:
    for file, want in seeds:
        assert clean(file.read_bytes(), language=language).text == want


def test_line_ends_and_mojibake_are_repaired_first(seeds: Seeds) -> None:
    for file, want in seeds:
        raw = file.read_bytes()
        assert clean(raw.replace(b"\n", b"\r\n")).text == want
        assert clean(raw.decode("latin-1").encode()).text == want
        assert clean(b"\xef\xbb\xbf" + raw).text == want
        assert clean(raw.decode().encode("utf-16")).text == want


@pytest.mark.parametrize("heading", ["", "<h1>{title}</h1>"])
@pytest.mark.parametrize("title", ["first line", "Arsip"])
def test_wrapped_in_plain_html_they_come_out_the_same(seeds: Seeds, heading: str, title: str) -> None:
    for file, want in seeds:
        lines = [html.escape(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
        shown = lines[0] if title == "first line" else title
        body = heading.format(title=shown) + "".join(f"<p>{line}</p>\n" for line in lines)
        if heading and title == "Arsip":
            continue  # a heading of its own is content no rule may touch
        page = f"<!DOCTYPE html><html><head><title>{shown}</title></head><body>{body}</body></html>"
        assert clean(page).text == want


def test_metadata_and_removals_of_the_second_seed(seeds: Seeds) -> None:
    file, _ = seeds[1]
    cleaned = clean(file.read_bytes())
    meta = cleaned.metadata
    assert (meta.editor, meta.source, meta.date, meta.dateline) == (
        "Yurri Erfansyah",
        "Reuters",
        "2022-05-14",
        "ZONA PRIANGAN",
    )
    assert (
        meta.title
        == "Pertama Kalinya Sejak Invasi Rusia Terhadap Ukraina, Kepala Pentagon Berbicara dengan Mitranya dari Rusia"
    )
    text = file.read_text(encoding="utf-8")
    assert len(cleaned.removals) >= 9
    assert all(text[r.start : r.end] == r.text for r in cleaned.removals)
    assert restore(cleaned.text, cleaned.removals) == text


def test_title_can_be_dropped_and_restored(seeds: Seeds) -> None:
    cleaner = Cleaner(settings=CleanSettings(title="drop"))
    for file, want in seeds:
        cleaned = cleaner.clean(Document("", file.read_bytes()))
        assert cleaned.text == want.split("\n\n", 1)[1]
        assert restore(cleaned.text, cleaned.removals) == file.read_text(encoding="utf-8")
        assert [r.rule for r in cleaned.removals].count("curator.title-drop") == 1


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the measurement data is not beside this checkout")
def test_own_copies_of_the_seeds_are_the_originals(seeds: Seeds) -> None:
    for file, want in seeds:
        original = SHARED / "seeds" / file.name
        assert original.read_bytes() == file.read_bytes()
        assert original.with_suffix(".clean.txt").read_text(encoding="utf-8") == want + "\n"
