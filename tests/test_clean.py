"""One document from raw to cleaned, beyond the seeds: decoding, pages, verdicts, language."""

from __future__ import annotations

import random
from typing import Any

import pytest
from conftest import DATA, EXPECTED
from ftfy import TextFixerConfig, fix_text

from curator.cleaner import Cleaner, clean
from curator.document import Document
from curator.errors import InputError
from curator.extract.decode import decode, sniff_kind
from curator.repair import repair
from curator.settings import CleanSettings

PROSE = "The council met on Monday evening and voted to repair the old bridge before winter comes. " * 3


def test_broken_files_are_repaired() -> None:
    for name in ("mojibake.txt", "latin1.txt", "crlf.txt"):
        text = clean((DATA / "broken" / name).read_bytes()).repaired
        wanted = (EXPECTED / "broken" / name).read_text(encoding="utf-8")
        assert all(line in text for line in wanted.split("\n"))


def test_pages_of_every_layout_keep_their_article() -> None:
    """Every paragraph of the article is there; what else is there is the business of the extraction benchmark."""
    for page in sorted((DATA / "pages").glob("*.html")):
        expected = EXPECTED / "pages" / f"{page.stem}.txt"
        if not expected.exists():
            continue
        cleaned = clean(page.read_bytes())
        wanted = [line for line in expected.read_text(encoding="utf-8").split("\n") if line]
        kept = [line for line in wanted if " ".join(line.split()) in " ".join(cleaned.text.split())]
        assert len(kept) >= 0.85 * len(wanted), page.name
        assert cleaned.kind == "html"
        assert cleaned.metadata.title


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Größe".encode(), "Größe"),
        ("Größe".encode("utf-8-sig"), "Größe"),
        ("Größe".encode("utf-16"), "Größe"),
        ("Größe".encode("utf-32"), "Größe"),
        (
            "<html><meta charset='windows-1251'><p>Новости</p>".encode("cp1251"),
            "<html><meta charset='windows-1251'><p>Новости</p>",
        ),
    ],
)
def test_encodings_are_told_by_mark_declaration_or_form(data: bytes, text: str) -> None:
    assert decode(data) == text


@pytest.mark.parametrize("data", [b"%PDF-1.7 x", b"\x89PNG\r\n", b"a\0b", b"PK\x03\x04", b"\x1f\x8b\x08"])
def test_binary_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(InputError, match=r"PDF|PNG|NUL|ZIP|gzip"):
        decode(data, where="x")


def test_wild_bytes_are_refused_with_their_place() -> None:
    with pytest.raises(InputError, match=r"not valid UTF-8 at byte 4") as caught:
        decode(b"abc " + bytes(range(128, 256)) * 4)
    assert "--encoding" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<!doctype html><p>x", "html"),
        ("  <HTML lang=en>", "html"),
        ("<p>One</p><p>Two</p>", "html"),
        ("if a < b and b > c: print()", "text"),
        ("He wrote <br> by hand.", "text"),
        ("<3 from all of us", "text"),
        ("", "text"),
    ],
)
def test_pages_are_told_from_texts(text: str, kind: str) -> None:
    assert sniff_kind(text) == kind


@pytest.mark.parametrize(
    ("raw", "options", "reason"),
    [
        ("", {}, "empty"),
        (" \n\u200b\n ", {}, "too-short"),
        ("Two words.", {}, "too-short"),
        ("<html><body></body></html>", {}, "no-article"),
        (PROSE, {"max_bytes": 100}, "too-large"),
    ],
)
def test_documents_are_rejected_with_a_reason(raw: str, options: dict[str, Any], reason: str) -> None:
    verdict = Cleaner(settings=CleanSettings(**options)).clean(Document("", raw)).verdict
    assert not verdict.kept
    assert verdict.reason == reason
    assert verdict.detail


def test_a_guarded_document_is_kept_untouched_and_says_so() -> None:
    text = "\n\n".join([f"Advertisement: {PROSE}"] * 30 + [PROSE])
    from curator.rules.model import Rule
    from curator.rules.ruleset import RuleSet

    rule = Rule(id="x.y", title="a rule", kind="line", status="stable", starts=("advertisement",))
    cleaned = Cleaner(RuleSet([rule])).clean(Document("", text))
    assert cleaned.verdict.kept
    assert cleaned.verdict.reason == "guard-share"
    assert cleaned.text == text.strip()


def test_repair_passes_over_nothing_that_ftfy_would_change() -> None:
    flags = TextFixerConfig(
        uncurl_quotes=False, fix_character_width=False, fix_latin_ligatures=False, unescape_html=False
    )
    odd = [*map(chr, range(0x80, 0x250)), *map(chr, range(0x2010, 0x2060)), *"€™\u0301\ufeffЖ中"]
    chance, changed = random.Random(0), 0
    for _ in range(20_000):
        text = "".join(chance.choice(odd) + chance.choice("aA .-z1") for _ in range(chance.randrange(1, 6)))
        text = f"a{text}b"  # white space around a text goes, whatever it is
        if repair(text) == text:
            assert fix_text(text, flags) == text
        else:
            changed += 1
    assert changed > 1_000


def test_repair_leaves_an_authors_characters_alone() -> None:
    for text in ("“Größe” — ﬁn", "他说：“你好，世界！”", "１２３", "1 &lt; 2 &amp; 3", "soft\u00adhyphen\u00a0nbsp"):
        assert repair(text) == text
    assert repair("schÃ¶n\r\nund\u2028gut\x07 e\u0301") == "schön\nund\ngut é"


def test_a_page_is_read_without_its_soft_hyphens() -> None:
    page = f"<html><head><title>Old bridge</title></head><body><article><p>{PROSE}</p></article></body></html>"
    cleaned = clean(page)
    assert "the old bridge" in cleaned.text
    for hyphen in ("\u00ad", "&shy;", "&#173;", "&#xAD;"):
        assert clean(page.replace("bridge", f"brid{hyphen}ge")) == cleaned


def test_declared_language_is_reported_and_a_given_one_wins() -> None:
    assert clean(PROSE).language == "en"
    assert clean(PROSE, language="de-AT").language == "de"


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(InputError, match="kind"):
        clean("x", kind="pdf")  # type: ignore[arg-type]
