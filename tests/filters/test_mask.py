"""Masking: what is replaced, what is left, and that the ledger puts it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.document import Cleaned, Metadata, Removal, Verdict, restore
from curator.filters.mask import mask


def document(text: str, removals: tuple[Removal, ...] = (), repaired: str | None = None) -> Cleaned:
    return Cleaned(text, repaired or text, Metadata(), "en", 1.0, removals, Verdict())


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Write to jane.doe+news@mail.example.org.", "Write to <email>."),
        ("Kontak: redaksi@contoh.co.id, telp 021", "Kontak: <email>, telp 021"),
        ("From 8.8.8.8 and 2001:4860:4860::8888.", "From <ip> and <ip>."),
        ("Version 1.2.3.4.5, 192.168.0.1, 127.0.0.1, ::1, 12:30:15, 999.1.1.1", None),
        ("@mayor wrote: a@b, 5 @ home, x@y.z", None),
        ("At 10:45 the std::vector of 2024.05.03 was", None),
    ],
)
def test_addresses_are_replaced_and_what_only_looks_like_one_stays(text: str, masked: str | None) -> None:
    result = mask(document(text), ("email", "ip"))
    assert result.text == (masked or text)
    assert restore(result.text, result.removals) == text
    assert {removal.action for removal in result.removals} <= {"mask"}


def test_only_what_was_asked_for_is_masked() -> None:
    assert mask(document("a.b@example.org 8.8.8.8"), ("ip",)).text == "a.b@example.org <ip>"


def test_an_address_that_a_removal_goes_through_is_restored_too() -> None:
    repaired = "Ad. Mail ann[share]@example.org now. Tail"
    removals = (
        Removal(0, 4, "x", "drop", "Ad. "),
        Removal(12, 19, "x", "drop", "[share]"),
        Removal(36, 41, "x", "drop", " Tail"),
    )
    result = mask(document("Mail ann@example.org now.", removals, repaired), ("email",))
    assert result.text == "Mail <email> now."
    assert restore(result.text, result.removals) == repaired
    assert [r.text for r in result.removals if r.action == "mask"] == ["ann", "@example.org"]


PIECES = st.lists(
    st.sampled_from(["a@b.example.org", "8.8.8.8", "word ", " ", ". ", "\n\n", "[ad]", "[x]", "é", "9.9.9.9, "]),
    max_size=14,
)


@given(PIECES)
def test_masking_and_removing_in_any_order_is_restored(pieces: list[str]) -> None:
    repaired, text, removals = "", "", []
    for piece in pieces:
        if piece.startswith("["):
            start = len(repaired)
            removals.append(Removal(start, start + len(piece), "x", "drop", piece))
        else:
            text += piece
        repaired += piece
    result = mask(document(text, tuple(removals), repaired), ("email", "ip"))
    assert restore(result.text, result.removals) == repaired
