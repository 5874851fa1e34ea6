"""Damaged pages and texts: whatever comes in, a text or a named verdict comes out, and every removal can be put back.

`FUZZ_EXAMPLES=20000 pytest tests/test_fuzz.py` looks longer; what it finds becomes a test of its own below.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from mutants import mutants

from curator.cleaner import Cleaner
from curator.document import Cleaned, Document, Kind, restore
from curator.errors import InputError

_EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
_MILLISECONDS = 30_000  # a page of this size takes thirty; more than so many is a hang


@pytest.fixture(scope="module")
def cleaner() -> Cleaner:
    return Cleaner()


def cleaned(cleaner: Cleaner, content: bytes, kind: Kind | None) -> Cleaned | None:
    """Clean, and hold what comes out to what must always be true of it; None where the input was refused."""
    try:
        result = cleaner.clean(Document("fuzz", content, kind, url="https://www.example.org/news/1"))
    except InputError as error:
        assert str(error).strip()
        return None
    assert restore(result.text, result.removals) == result.repaired
    assert all(r.start < r.end for r in result.removals if r.layer == "text" and r.action == "drop")
    assert result.verdict.kept or result.verdict.reason
    result.text.encode("utf-8")
    return result


@settings(max_examples=_EXAMPLES, deadline=_MILLISECONDS)
@given(mutants("pages"))
def test_damaged_page_ends_with_a_text_or_a_named_verdict(cleaner: Cleaner, content: bytes) -> None:
    first = cleaned(cleaner, content, None)
    assert cleaned(cleaner, content, None) == first


@settings(max_examples=_EXAMPLES, deadline=_MILLISECONDS)
@given(mutants("articles"))
def test_damaged_text_ends_with_a_text_or_a_named_verdict(cleaner: Cleaner, content: bytes) -> None:
    first = cleaned(cleaner, content, "text")
    if first is not None and first.verdict.kept:
        again = cleaner.clean(Document("fuzz", first.text, "text", url="https://www.example.org/news/1"))
        assert restore(again.text, again.removals) == again.repaired


@settings(max_examples=_EXAMPLES, deadline=_MILLISECONDS)
@given(mutants("broken"))
def test_damaged_file_of_another_kind_ends_with_a_text_or_a_named_verdict(cleaner: Cleaner, content: bytes) -> None:
    cleaned(cleaner, content, None)
