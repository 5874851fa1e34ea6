"""What must hold for every document and every rule set, good or bad."""

from __future__ import annotations

import itertools
import json
import tempfile
from pathlib import Path

from conftest import checksums
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents, rule_sets

from curator.cleaner import Cleaner
from curator.corpus import build
from curator.document import Document, restore
from curator.errors import InputError
from curator.repair import repair
from curator.rules.apply import cut
from curator.rules.decide import Context, decide
from curator.rules.ruleset import RuleSet
from curator.rules.settle import settle
from curator.rules.view import View
from curator.settings import CleanSettings, Settings

contexts = st.builds(
    Context, st.sampled_from([frozenset({"und"}), frozenset({"id"})]), title=st.none() | st.just("dam gates opened")
)
shares = st.sampled_from([0.6, 1.0])


@given(documents())
def test_repair_is_idempotent(text: str) -> None:
    once = repair(text)
    assert repair(once) == once


@settings(max_examples=400)
@given(documents(), rule_sets, contexts, shares)
def test_restore_gives_the_text_back(text: str, rules: RuleSet, context: Context, share: float) -> None:
    repaired = repair(text)
    settled = settle(repaired, rules, context, max_share=share)
    assert restore(settled.text, settled.removals) == repaired


@settings(max_examples=400)
@given(documents(), rule_sets, contexts, shares)
def test_spans_are_disjoint_sorted_and_say_what_stood_there(
    text: str, rules: RuleSet, context: Context, share: float
) -> None:
    repaired = repair(text)
    removals = settle(repaired, rules, context, max_share=share).removals
    assert all(r.start < r.end and repaired[r.start : r.end] == r.text for r in removals)
    assert all(before.end <= after.start for before, after in itertools.pairwise(removals))


@settings(max_examples=600)
@given(documents(), rule_sets, contexts)
def test_what_is_left_of_a_text_is_seen_as_if_it_were_new(text: str, rules: RuleSet, context: Context) -> None:
    view = View(text)
    decisions = decide(view, rules, context)
    decisions.spans.clear()
    removals = cut(view, decisions)
    kept = [line for line in range(len(view)) if line not in decisions.lines]
    left = view.without(removals, kept)
    anew = View(left.text)
    assert (left.lines, left.starts, left.ends, left.prose) == (anew.lines, anew.starts, anew.ends, anew.prose)
    assert [left.offset(n, 1) for n in range(len(left))] == [anew.offset(n, 1) for n in range(len(anew))]
    known = decide(left, rules, context, decisions.sighting.renumbered(kept))
    unknown = decide(anew, rules, context)
    assert (known.lines, known.spans) == (unknown.lines, unknown.spans)


@settings(max_examples=400)
@given(documents(), rule_sets, contexts)
def test_rules_applied_twice_take_no_more(text: str, rules: RuleSet, context: Context) -> None:
    once = settle(repair(text), rules, context, max_share=1.0)
    again = settle(once.text, rules, context, max_share=1.0)
    assert again.text == once.text
    assert not again.removals


@settings(max_examples=300)
@given(documents(), rule_sets)
def test_cleaning_twice_changes_nothing(text: str, rules: RuleSet) -> None:
    cleaner = Cleaner(rules, CleanSettings(min_words=0))
    once = cleaner.clean(Document("", text, "text"))
    again = cleaner.clean(Document("", once.text, "text"))
    assert again.text == once.text
    assert restore(once.text, once.removals) == once.repaired


@settings(max_examples=300)
@given(documents(), rule_sets)
def test_no_document_loses_more_than_its_share_unless_a_verdict_says_so(text: str, rules: RuleSet) -> None:
    cleaned = Cleaner(rules, CleanSettings(min_words=0)).clean(Document("", text, "text"))
    size = sum(map(len, cleaned.repaired.split()))
    if sum(map(len, cleaned.text.split())) < 0.4 * size:
        assert cleaned.verdict.reason == "guard-boilerplate"
    assert cleaned.text or not cleaned.verdict.kept


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300), documents()))
def test_no_input_raises_anything_but_an_input_error(raw: bytes | str) -> None:
    try:
        cleaned = Cleaner(RuleSet(()), CleanSettings()).clean(Document("", raw))
    except InputError as error:
        assert error.hint
    else:
        assert restore(cleaned.text, cleaned.removals) == cleaned.repaired


@settings(max_examples=3)
@given(st.lists(documents(), min_size=4, max_size=12), st.integers(1, 4))
def test_worker_count_and_task_size_change_no_byte(texts: list[str], size: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts.append("The gates of the old dam opened a day early, and nobody in the valley slept. " * 5)
        rows = [json.dumps({"text": text}) for text in texts]
        (folder / "in.jsonl").write_text("\n".join(rows), encoding="utf-8")
        one, two = folder / "1" / "corpus", folder / "2" / "corpus"
        limits = {"clean": {"min_words": 1}, "task_documents": size}
        build([folder / "in.jsonl"], one, Settings.model_validate(limits), workers=1)
        build([folder / "in.jsonl"], two, Settings.model_validate(limits), workers=2)
        assert checksums(one) == checksums(two)
