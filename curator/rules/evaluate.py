"""What a rule set does to texts whose lines were labelled by reading: per rule, per document and in all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from curator.document import Removal
from curator.errors import InputError
from curator.language import UNDETERMINED, detect_language, primary_subtag
from curator.rules.check.labelled import LabelledText
from curator.rules.decide import Context
from curator.rules.ruleset import RuleSet
from curator.rules.settle import Settled, settle
from curator.rules.view import View

__all__ = ["DocumentScore", "Evaluation", "RuleScore", "Tally", "difference", "evaluate", "read_evaluation", "run"]


@dataclass(slots=True)
class RuleScore:
    """What one rule took: times it fired, whole lines by their label, pieces of lines, characters (no white space).

    `right` counts the pieces after which a line reads as it should, where the labels say how it should read.
    """

    hits: int = 0
    drop: int = 0
    keep: int = 0
    neutral: int = 0
    spans: int = 0
    right: int = 0
    characters: int = 0

    @property
    def precision(self) -> float | None:
        """Of the lines it took that are one or the other, the share that was to be dropped; None for none."""
        return self.drop / (self.drop + self.keep) if self.drop + self.keep else None


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """What became of one text.

    Attributes:
        lines: how many lines of each label there were, and how many came out as labelled.
        lost: the share of its content characters that went, 0..1; `takers` the rules they went by, the worst first.
        right: whether it came out as labelled, line by line.
        guard: the guard that left it untouched, or "".
    """

    id: str
    lines: Mapping[str, int]
    lost: float
    takers: tuple[str, ...]
    right: bool
    guard: str


@dataclass(frozen=True)  # no slots: totals are counted once
class Evaluation:
    """What came of all texts.

    Attributes:
        taken: rule id, document id and text of each line of content that went.
    """

    rules: Mapping[str, RuleScore]
    documents: tuple[DocumentScore, ...]
    taken: tuple[tuple[str, str, str], ...]
    rule_set: str = ""

    @cached_property
    def totals(self) -> dict[str, int]:
        """Lines and documents in all; `dropped`, `kept` and `exact` are those that came out as labelled."""
        counts: Counter[str] = Counter()
        for document in self.documents:
            counts.update(document.lines)
            counts.update(documents=1, right=document.right, guarded=bool(document.guard))
        names = ["documents", "right", "guarded", "drop", "dropped", "keep", "kept", "neutral", "spans", "exact"]
        return {name: counts[name] for name in names}

    def figures(self) -> dict[str, Any]:
        """Return all figures as JSON values; no line of a text is among them, so they may be shown and stored."""
        rules = {name: asdict(score) for name, score in sorted(self.rules.items())}
        lost = {document.id: round(document.lost, 4) for document in self.documents if document.lost}
        guarded = sorted(document.id for document in self.documents if document.guard)
        return {"rule_set": self.rule_set, "totals": self.totals, "rules": rules, "lost": lost, "guarded": guarded}


@dataclass(slots=True)
class Tally:
    """What was counted so far."""

    rules: dict[str, RuleScore] = field(default_factory=dict)
    documents: list[DocumentScore] = field(default_factory=list)
    taken: list[tuple[str, str, str]] = field(default_factory=list)

    def of(self, rule: str) -> RuleScore:
        """Return the score of a rule."""
        return self.rules.setdefault(rule, RuleScore())

    def add(self, text: LabelledText, settled: Settled) -> None:
        """Count what rules did to one text."""
        _score(text, settled, self)

    def evaluation(self, rules: RuleSet) -> Evaluation:
        """Return what came of all texts with a rule set."""
        return Evaluation(self.rules, tuple(self.documents), tuple(self.taken), rules.hash)


def evaluate(texts: Iterable[LabelledText], rules: RuleSet) -> Evaluation:
    """Clean labelled texts with a rule set and return how that went."""
    tally = Tally()
    for text in texts:
        tally.add(text, run(text.text, rules, lang=text.lang, site=text.site))
    return tally.evaluation(rules)


def run(text: str, rules: RuleSet, *, lang: str | None = None, site: str | None = None) -> Settled:
    """Apply a rule set to a repaired text as cleaning does: with the language it is said to be in, and looks like."""
    languages = {primary_subtag(lang), detect_language(text)[0]} - {UNDETERMINED}
    return settle(text, rules, Context(frozenset(languages or {UNDETERMINED}), site))


def _score(text: LabelledText, settled: Settled, tally: Tally) -> None:
    view = View(text.text)
    by_line = _removals_by_line(view, settled.removals)
    for removal in settled.removals:
        score = tally.of(removal.rule)
        score.hits += 1
        score.characters += _size(removal.text)
    lines: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    content = 0
    right = True
    for line, label in enumerate(text.labels):
        whole = view.text[view.starts[line] : view.ends[line]]
        pieces = by_line.get(line, ())
        gone = sum(_size(view.text[start:end]) for start, end, _ in pieces)
        lines[label] += 1
        content += _size(whole) if label == "keep" else 0
        if gone and gone == _size(whole):
            taker = max(pieces, key=lambda piece: piece[1] - piece[0])[2].rule
            setattr(tally.of(taker), label, getattr(tally.of(taker), label) + 1)
            lines["dropped"] += label == "drop"
            right = right and label != "keep"
            if label == "keep":
                lost[taker] += gone
                tally.taken.append((taker, text.id, view.lines[line]))
            continue
        wanted = text.changed.get(line)
        left = _without(view, line, pieces)
        lines["kept"] += label == "keep"
        lines["spans"] += wanted is not None
        exact = wanted is not None and left == wanted.split()
        lines["exact"] += exact
        right = right and label != "drop" and (exact if wanted is not None else not (gone and label == "keep"))
        for start, end, removal in pieces:
            tally.of(removal.rule).spans += 1
            tally.of(removal.rule).right += exact
            # What extract rules cut is not lost: it stays as metadata.
            if label == "keep" and not exact and removal.action != "extract":
                lost[removal.rule] += _size(view.text[start:end])
    takers = tuple(rule for rule, _ in lost.most_common())
    share = lost.total() / content if content else 0.0
    guard = "" if settled.removals else settled.guard
    tally.documents.append(DocumentScore(text.id, lines, share, takers, right, guard))


def _removals_by_line(view: View, removals: Iterable[Removal]) -> dict[int, list[tuple[int, int, Removal]]]:
    """Return, for each line, what was cut from it: start, end and removal."""
    found: dict[int, list[tuple[int, int, Removal]]] = {}
    line = 0
    for removal in sorted(removals, key=lambda removal: removal.start):
        while line < len(view) and view.ends[line] <= removal.start:
            line += 1
        for number in range(line, len(view)):
            if view.starts[number] >= removal.end:
                break
            start, end = max(removal.start, view.starts[number]), min(removal.end, view.ends[number])
            found.setdefault(number, []).append((start, end, removal))
    return found


def _without(view: View, line: int, pieces: Iterable[tuple[int, int, Removal]]) -> list[str]:
    """Return the words of a line without what was cut from it."""
    parts, position = [], view.starts[line]
    for start, end, _ in pieces:
        parts.append(view.text[position:start])
        position = end
    return "".join([*parts, view.text[position : view.ends[line]]]).split()


def _size(text: str) -> int:
    """Return the number of characters of a text, white space aside."""
    return sum(map(len, text.split()))


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return how figures differ from earlier ones: what changed in the totals and, by rule, in the rules.

    >>> old = {"totals": {"kept": 9, "drop": 4}, "rules": {"x.line.ad": {"hits": 2}}}
    >>> difference(old, {"totals": {"kept": 8, "drop": 4}, "rules": {}})
    {'totals': {'kept': -1}, 'rules': {'x.line.ad': {'hits': -2}}}
    """
    names = sorted({*before["rules"], *after["rules"]})
    rules = {name: _changes(before["rules"].get(name, {}), after["rules"].get(name, {})) for name in names}
    return {
        "totals": _changes(before["totals"], after["totals"]),
        "rules": {name: changes for name, changes in rules.items() if changes},
    }


def _changes(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    changes = {key: after.get(key, 0) - before.get(key, 0) for key in {**before, **after}}
    return {key: change for key, change in changes.items() if change}


def read_evaluation(path: Path) -> dict[str, Any]:
    """Return an earlier evaluation, as `curator rules eval --json` wrote it.

    Raises:
        InputError: the file cannot be read, or is something else.
    """
    hint = "give a file that `curator rules eval … --json` wrote"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path), hint=hint) from None
    if not isinstance(data, dict) or not all(isinstance(data.get(key), dict) for key in ("totals", "rules", "lost")):
        raise InputError("not an evaluation", where=str(path), hint=hint)
    return data
