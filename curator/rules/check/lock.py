"""R003, R090: ids are for ever. `ids.lock` lists every id that was ever shipped; none of them may vanish."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from curator.atomic import explain_write_errors
from curator.errors import UsageError
from curator.rules.check.catalogue import level_of
from curator.rules.check.finding import Finding
from curator.rules.check.folder import RulesFolder
from curator.rules.check.source import SourcedRule, Sources

__all__ = ["check_deprecated", "check_lock", "update_lock"]

_UPDATE = "curator rules check --update-lock"


def check_lock(sources: Sources) -> Iterator[Finding]:
    """Yield a finding for each shipped id that is not locked (R003), and each locked id that is gone (R090)."""
    folder, locked = sources.folder, sources.folder.locked_ids
    if not folder.owned:
        return
    if locked is None:
        yield _about_lock(
            folder, "R003", 1, "there is no list of the ids that were shipped", f"{_UPDATE} {folder.root}"
        )
        return
    if list(locked) != sorted(locked):
        yield _about_lock(folder, "R003", 1, "the ids are not sorted", f"{_UPDATE} {folder.root}")
    here = _ids_of(sources)
    for rule_id, sourced in here.items():
        if rule_id not in locked:
            hint = f"{_UPDATE} {sourced.path}"
            yield sourced.finding("R003", f"the id {rule_id} is not in {folder.lock.name}", key="id", hint=hint)
    for rule_id, line in locked.items():
        if rule_id not in here and sources.complete:
            hint = (
                'bring the rule back with status = "deprecated", and replaced_by = the rule that took over, or a note'
            )
            yield _about_lock(folder, "R090", line, f"the rule {rule_id} was shipped, and is gone", hint)


def check_deprecated(sources: Sources) -> Iterator[Finding]:
    """Yield a finding for each deprecated rule that does not say what came after it (R090)."""
    rules = {sourced.rule.id: sourced for sourced in sources.rules}
    for sourced in sources.checked_rules:
        rule = sourced.rule
        if rule.replaced_by is None:
            if rule.status == "deprecated" and not rule.note:
                hint = "name the rule that took over under replaced_by, or say in a note why there is none"
                yield sourced.finding("R090", "a deprecated rule leads nowhere", key="status", hint=hint)
            continue
        if rule.status != "deprecated":
            hint = 'status = "deprecated", or take replaced_by away'
            yield sourced.finding("R090", "a rule that was replaced is still in use", key="replaced_by", hint=hint)
        end = _follow(rule.replaced_by, rules)
        if end is None:
            hint = "replaced_by must lead, over other deprecated rules if need be, to a rule that is in use"
            message = f"replaced_by = {rule.replaced_by} leads to no rule"
            yield sourced.finding("R090", message, key="replaced_by", hint=hint)


def update_lock(sources: Sources) -> int:
    """Add the ids of the rules folder's packs to its lock, and return how many are new; none is ever taken out.

    Raises:
        UsageError: what is checked belongs to no rules folder.
        OutputError: the lock cannot be written.
    """
    folder = sources.folder
    if not folder.owned:
        raise UsageError("only a rules folder has a lock", where="--update-lock", hint="curator rules check rules/")
    locked = set(folder.locked_ids or ())
    ids = locked | set(_ids_of(sources))
    temporary = folder.lock.with_suffix(".new")
    with explain_write_errors(folder.lock):
        try:
            temporary.write_bytes("".join(f"{name}\n" for name in sorted(ids)).encode())
            temporary.replace(folder.lock)
        finally:
            temporary.unlink(missing_ok=True)
    return len(ids - locked)


def _ids_of(sources: Sources) -> dict[str, SourcedRule]:
    """Return the rules of the rules folder by id."""
    inside = {pack.path for pack in sources.packs if sources.folder.place_of(Path(pack.path)) is not None}
    return {sourced.rule.id: sourced for sourced in sources.rules if sourced.path in inside}


def _follow(rule_id: str, rules: dict[str, SourcedRule]) -> SourcedRule | None:
    """Return the rule in use that a chain of replacements ends with; None if it breaks off or goes round."""
    seen: set[str] = set()
    while rule_id in rules and rule_id not in seen:
        seen.add(rule_id)
        sourced = rules[rule_id]
        if sourced.rule.status != "deprecated":
            return sourced
        rule_id = sourced.rule.replaced_by or ""
    return None


def _about_lock(folder: RulesFolder, code: str, line: int, message: str, hint: str) -> Finding:
    return Finding(code, message, str(folder.lock), line, hint, level=level_of(code))
