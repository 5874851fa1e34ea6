"""R040, R050, R052: what rules do to whole texts: a sample of raw ones, and labelled ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.errors import InputError
from curator.repair import repair
from curator.rules.check.catalogue import level_of
from curator.rules.check.finding import Finding
from curator.rules.check.firing import usable
from curator.rules.check.known_good import KnownFalsePositives
from curator.rules.check.labelled import read_labelled
from curator.rules.check.source import Sources
from curator.rules.evaluate import Evaluation, evaluate, run

__all__ = ["Baseline", "check_alive", "check_labelled"]

# Without a baseline: above this share of all content lines a rule takes more than labels are wrong by. In four sets of
# 405 real pages with 17,000 to 36,000 lines of content, labelled by machine, the worst of 1,779 rules took 0.063 %.
_MAX_CONTENT = 0.001
_MAX_LOST = 0.05  # share of a text's content characters


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the rules took before: content lines by rule, share of content lost by document, documents left alone."""

    keep: Mapping[str, int]
    lost: Mapping[str, float]
    guarded: Collection[str]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Baseline:
        """Return the baseline in an earlier evaluation."""
        keep = {name: score["keep"] for name, score in data["rules"].items()}
        return cls(keep, data["lost"], data.get("guarded", ()))


def check_alive(sources: Sources, sample: Path) -> Iterator[Finding]:
    """Yield a finding for each rule that fires on no text of a folder (R040): an error for a stable one.

    Raises:
        InputError: the folder holds no text, or one that cannot be read.
    """
    rules = usable(sources.rules)
    alive: set[str] = set()
    for text in _texts(sample):
        for removal in run(repair(text), rules).removals:
            alive |= {removal.rule, *removal.also}
    for sourced in sources.checked_rules:
        rule = sourced.rule
        if rule.id in alive or rule.kind in ("html", "signal") or rule.action == "keep" or rule.status == "deprecated":
            continue
        level = "error" if rule.status == "stable" else level_of("R040")
        hint = "take it out, or add a text to the sample that has what it looks for"
        yield sourced.finding("R040", f"it fires on no text in {sample}", key="id", hint=hint, level=level)


def check_labelled(
    sources: Sources, labelled: Path, known: KnownFalsePositives, baseline: Baseline | None = None
) -> Iterator[Finding]:
    """Yield a finding for each rule that takes content (R050), and each text that loses too much of it (R052).

    With a baseline, for what is worse than it was.

    Raises:
        InputError: the file cannot be read, or does not hold labelled texts.
    """
    evaluation = evaluate(read_labelled(labelled), usable(sources.rules))
    yield from _check_rules(sources, evaluation, known, baseline)
    yield from _check_texts(sources, evaluation, baseline, labelled)


def _check_rules(
    sources: Sources, evaluation: Evaluation, known: KnownFalsePositives, baseline: Baseline | None
) -> Iterator[Finding]:
    taken: dict[str, list[str]] = {}
    for rule_id, _, line in evaluation.taken:
        if (rule_id, line) not in known:
            taken.setdefault(rule_id, []).append(line)
    content = evaluation.totals["keep"]
    for sourced in sources.checked_rules:
        lines = taken.get(sourced.rule.id, [])
        before = baseline.keep.get(sourced.rule.id, 0) if baseline else content * _MAX_CONTENT
        if len(lines) > before:
            limit = f"{before} before" if baseline else f"at most {_MAX_CONTENT:.1%} of {content} may go"
            hint = f"such as {lines[-1]!r}; narrow the rule, or list the line in known-fp.toml if its label is wrong"
            yield sourced.finding("R050", f"it takes {_count(len(lines), 'line')} of content ({limit})", hint=hint)


def _check_texts(
    sources: Sources, evaluation: Evaluation, baseline: Baseline | None, labelled: Path
) -> Iterator[Finding]:
    rules = {sourced.rule.id: sourced for sourced in sources.checked_rules}
    hint = "see what goes with `curator clean --diff`, then narrow the rule"
    for document in evaluation.documents:
        limit = max(_MAX_LOST, baseline.lost.get(document.id, 0.0) if baseline else 0.0)
        if document.guard and not (baseline and document.id in baseline.guarded):
            message = f"the guard {document.guard!r} leaves the text {document.id} untouched: rules would take too much"
            yield Finding("R052", message, str(labelled), 1, hint, level=level_of("R052"))
        elif round(document.lost, 4) > limit:  # the baseline is rounded so
            message = f"the text {document.id} loses {document.lost:.1%} of its content, most of it to this rule"
            worst = next((rules[name] for name in document.takers if name in rules), None)
            if worst:
                yield worst.finding("R052", message, hint=hint)


def _texts(folder: Path) -> Iterator[str]:
    paths = sorted(folder.rglob("*.txt")) if folder.is_dir() else []
    if not paths:
        raise InputError("no text here", where=str(folder), hint="give a folder of .txt files")
    for path in paths:
        try:
            yield path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot be read: {error}", where=str(path), hint="it must be text in UTF-8") from None


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
