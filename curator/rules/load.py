"""Rule files to a rule set: the shipped packs, those a user adds, and what the user switches off."""

from __future__ import annotations

import fnmatch
import functools
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from curator.errors import RuleError, UsageError
from curator.language import understood_by
from curator.rules.locate import Locator
from curator.rules.model import Case, Pack, Rule, When, Where
from curator.rules.patterns import compile_pattern
from curator.rules.ruleset import RuleSet

__all__ = ["NOT_PACKS", "load_rules", "pack_files", "parse_pack", "read_pack", "rules_of", "shipped_rules_dir"]

# The pack with what themes and advert servers print in English on pages of every language.
_EVERYWHERE = "en"
# TOML files beside the packs that are not packs themselves.
NOT_PACKS = frozenset({"known-fp.toml", "weights.toml"})


def shipped_rules_dir() -> Path:
    """Return the folder of the shipped packs: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "packs"
    return inside if inside.is_dir() else package.parent / "rules"


def pack_files(paths: Iterable[Path]) -> list[Path]:
    """Return the pack files among paths (files, or folders searched throughout), sorted.

    Raises:
        RuleError: a path does not exist, or a folder holds no pack.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*.toml") if p.name not in NOT_PACKS)
            if not found:
                raise RuleError("no rule file in this folder", where=str(path), hint="rule files end in .toml")
            files += found
        elif path.is_file():
            files.append(path)
        else:
            raise RuleError("no such rule file or folder", where=str(path), hint="check the path")
    return list(dict.fromkeys(files))


def read_pack(path: Path) -> tuple[Rule, ...]:
    """Return the rules of one file, the file's defaults filled in.

    Raises:
        RuleError: TOML syntax, an unknown key, a wrong type, a missing field; with file, line and a hint.
    """
    found = parse_pack(path)
    if not isinstance(found, Pack):
        raise found[0]
    return rules_of(found)


def rules_of(pack: Pack) -> tuple[Rule, ...]:
    """Return the rules of a pack, its defaults filled in."""
    defaults = {key: value for key, value in (("lang", pack.lang), ("site", pack.site)) if value is not None}
    if not defaults:
        return pack.rule
    return tuple(
        rule.model_copy(update={key: value for key, value in defaults.items() if getattr(rule, key) is None})
        for rule in pack.rule
    )


def parse_pack(path: Path) -> Pack | list[RuleError]:
    """Return one file as a pack, or all that keeps it from being one."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return [RuleError(f"cannot be read: {error}", where=str(path), hint="rule files are TOML in UTF-8")]
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = Locator(text).line_of_error(str(error))
        hint = "quote patterns with single quotes '…', texts with double quotes \"…\""
        return [RuleError(f"not TOML: {error}", where=f"{path}:{line}", hint=hint)]
    try:
        return Pack.model_validate(data)
    except ValidationError as error:
        locator = Locator(text)
        return [
            RuleError(_explain(problem), where=f"{path}:{locator.line(problem['loc'])}", hint=_hint(problem))
            for problem in error.errors()
        ]


def _explain(problem: Any) -> str:
    place = ".".join(str(part + 1 if isinstance(part, int) else part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown key `{problem['loc'][-1]}` in {place}"
    return f"{place or 'file'}: {problem['msg'].removeprefix('Value error, ')}"


def _hint(problem: Any) -> str:
    import difflib

    if problem["type"] != "extra_forbidden":
        return "see rules/README.md for the fields of a rule"
    models = (Pack, Rule, Where, When, Case)
    known = {field.alias or name for model in models for name, field in model.model_fields.items()}
    near = difflib.get_close_matches(str(problem["loc"][-1]), sorted(known), n=1)
    return f"did you mean `{near[0]}`?" if near else "see rules/README.md for the fields of a rule"


def load_rules(
    *extra: str | Path,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    preview: bool = False,
    shipped: bool = True,
    languages: frozenset[str] | None = None,
) -> RuleSet:
    """Return the shipped rules, with packs added and rules left out.

    Args:
        extra: rule files or folders to add; they never replace the shipped ones.
        select: id prefixes, or patterns such as `*.span.dateline`; only rules under one of them are used.
        ignore: likewise; rules under one of them are left out.
        preview: use experimental rules too.
        shipped: False leaves the shipped packs out.
        languages: leave out the shipped packs of other languages; for documents in these languages nothing differs,
            and loading takes a tenth of the time.

    Raises:
        RuleError: a file is bad, or an id occurs twice.
        UsageError: a prefix of `select` or `ignore` fits no rule.
    """
    rules = list(_shipped(languages)) if shipped else []
    for path in pack_files([Path(p) for p in extra]):
        added = read_pack(path)
        for pattern in (pattern for rule in added for pattern in (*rule.any, *rule.none)):
            # Said now, not in the middle of a run; the shipped packs have passed `rules check`.
            compile_pattern(pattern, where=str(path))
        rules += added
    _refuse_twins(rules)
    for option, prefixes in (("select", select), ("ignore", ignore)):
        for prefix in prefixes:
            if not any(_is_under(rule.id, prefix) for rule in rules):
                raise UsageError(
                    f"no rule is called {prefix!r} or begins with it", where=option, hint="curator rules list"
                )
    return RuleSet(
        rule
        for rule in rules
        if (preview or rule.status != "experimental")
        and (not select or any(_is_under(rule.id, p) for p in select))
        and not any(_is_under(rule.id, p) for p in ignore)
    )


def _shipped(languages: frozenset[str] | None) -> Iterator[Rule]:
    for path in pack_files([shipped_rules_dir()]):
        if languages is None or path.parent.name != "lang" or path.stem == _EVERYWHERE or _is_for(path.stem, languages):
            yield from _read_shipped(path)


def _is_for(language: str, languages: frozenset[str]) -> bool:
    return any(understood_by(found, language) for found in languages)


@functools.cache
def _read_shipped(path: Path) -> tuple[Rule, ...]:
    return read_pack(path)


def _refuse_twins(rules: Iterable[Rule]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError(
                f"rule id {rule.id} is used twice", where=rule.id, hint="curator rules check names both places"
            )
        seen.add(rule.id)


def _is_under(rule_id: str, prefix: str) -> bool:
    if "*" in prefix:
        return fnmatch.fnmatchcase(rule_id, prefix)
    return rule_id == prefix or rule_id.startswith(prefix.rstrip(".") + ".")
