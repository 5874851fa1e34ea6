"""All checks over rule files, in one call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from curator.rules.check.budget import TEXTS, check_compile_time, check_throughput
from curator.rules.check.canonical import check_form
from curator.rules.check.changed import Revision, revision
from curator.rules.check.corpus import Baseline, check_alive, check_labelled
from curator.rules.check.examples import check_duplicates, check_examples
from curator.rules.check.finding import Finding, in_order
from curator.rules.check.firing import fire
from curator.rules.check.folder import RulesFolder, rules_folder
from curator.rules.check.html import check_html, check_sites
from curator.rules.check.identity import check_metadata, check_new_rules, check_places, check_unique
from curator.rules.check.known_good import (
    check_false_positives,
    check_known_good,
    check_structure,
    read_false_positives,
)
from curator.rules.check.lock import check_deprecated, check_lock, update_lock
from curator.rules.check.overlap import check_contradictions, check_redundant, check_shadowed
from curator.rules.check.patterns import check_literals, check_patterns
from curator.rules.check.source import Sources, gather
from curator.rules.check.unseen import check_shapes, check_unseen
from curator.rules.evaluate import read_evaluation
from curator.rules.load import pack_files

__all__ = ["Wishes", "check_rules"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a check is to do beside the checks that need only the rule files.

    Attributes:
        base: show only findings about files changed since this commit, and of warnings and hints only those about
            changed rules; stable rules new since then are refused.
        update_lock: add new ids to the lock first.
        sample: a folder of raw texts on which every rule must fire.
        labelled: a file of labelled texts from which rules must not take content.
        baseline: what rules took from them before, as `curator rules eval --json` wrote it.
    """

    base: str | None = None
    update_lock: bool = False
    sample: Path | None = None
    labelled: Path | None = None
    baseline: Path | None = None


def check_rules(paths: Iterable[Path], wishes: Wishes | None = None) -> tuple[int, list[Finding]]:
    """Return the number of rules checked below paths, and all that is wrong with them, in order of place.

    The other packs of the rules folder (the shipped one where the paths lie in none) are there to be compared with.

    Raises:
        RuleError: a path does not exist or holds no rule file.
        UsageError: paths of two rules folders; no git repository to ask what changed.
        InputError: a file cannot be read.
    """
    wishes = wishes or Wishes()
    given = list(paths)
    folder = rules_folder(given)
    files = pack_files(given)
    since = revision(folder.root if folder.owned else files[0].parent, wishes.base) if wishes.base else None
    changed = since.changed() if since else None
    wanted = [path for path in files if changed is None or path.resolve() in changed]
    content = [path for path in folder.known_good if changed is not None and path.resolve() in changed]
    sources, findings = gather(files, folder, [*wanted, *content])
    if wishes.update_lock:
        update_lock(sources)
        sources, findings = gather(files, RulesFolder(folder.root, folder.owned), [*wanted, *content])
    whole = folder.owned and any(path.resolve() == folder.root.resolve() for path in given)
    findings += _check(sources, wishes, since, whole=whole)
    shown = _about(sources, set(map(str, files)), findings)
    if since:
        shown = _of_change(sources, since, shown)
    return len(sources.checked_rules), in_order(list(shown))


def _check(sources: Sources, wishes: Wishes, since: Revision | None, *, whole: bool) -> Iterator[Finding]:
    yield from check_unique(sources)
    yield from check_places(sources)
    yield from check_metadata(sources)
    yield from check_lock(sources)
    yield from check_deprecated(sources)
    if since:
        locked = since.text(sources.folder.lock)
        if locked is not None:
            yield from check_new_rules(sources, set(locked.split()))
    firings = fire(sources)  # before the patterns are looked at: it takes the time of compiling them
    yield from check_patterns(sources.checked_rules)
    yield from check_literals(sources.checked_rules)
    yield from check_unseen(sources.checked_rules)
    yield from check_shapes(sources.checked_rules)
    yield from check_examples(sources.checked_rules, firings)
    yield from check_duplicates(sources)
    known, problems = read_false_positives(sources.folder)
    yield from check_known_good(firings, known)
    yield from check_structure(sources, known)
    yield from check_shadowed(sources)
    yield from check_redundant(sources, firings)
    yield from check_contradictions(firings)
    yield from check_html(sources)
    yield from check_sites(sources)
    yield from check_form(sources)
    if sources.folder.owned:
        yield from problems
        if sources.complete:
            yield from check_false_positives(sources, known)
    if whole:
        yield from check_compile_time(sources, firings.seconds)
        yield from check_throughput(sources, texts=1 if since else TEXTS)
    if wishes.sample:
        yield from check_alive(sources, wishes.sample)
    if wishes.labelled:
        baseline = Baseline.of(read_evaluation(wishes.baseline)) if wishes.baseline else None
        yield from check_labelled(sources, wishes.labelled, known, baseline)


def _about(sources: Sources, given: set[str], findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings about what is checked, each shown there; those about no pack concern the whole folder."""
    others = given | {pack.path for pack in sources.packs} | {str(path) for path in sources.folder.known_good}
    for finding in findings:
        if finding.path not in others or finding.path in sources.checked:
            yield finding
        elif sources.folder.owned and finding.related and finding.related[0] in sources.checked:
            yield finding.turned()  # else it is a matter of the shipped rules, and not of who writes rules elsewhere


def _of_change(sources: Sources, since: Revision, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings without warnings and hints about rules that are as they were; errors are always shown."""
    packs = {pack.path: pack for pack in sources.checked_packs}
    untouched: dict[str, set[str]] = {}
    for finding in findings:
        pack = packs.get(finding.path)
        if pack and finding.path not in untouched:
            untouched[finding.path] = since.untouched(Path(pack.path), pack.text)
        if finding.level == "error" or finding.rule not in untouched.get(finding.path, ()):
            yield finding
