"""Rule files to a rule set: the shipped packs, those a user adds, and what settings make of them."""

from __future__ import annotations

import fnmatch
import functools
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from curator.errors import RuleError, UsageError
from curator.language import understood_by
from curator.rules.choose import Choice, choose, compile_parts
from curator.rules.locate import Locator
from curator.rules.model import Pack, Rule
from curator.rules.problems import explained, remedy
from curator.rules.ruleset import RuleSet

if TYPE_CHECKING:
    from curator.settings import RuleSettings

__all__ = [
    "NOT_PACKS",
    "load_chosen",
    "load_rules",
    "pack_files",
    "parse_pack",
    "read_pack",
    "rules_of",
    "shipped_rules_dir",
]

# The pack with what themes and advert servers print in English on pages of every language.
_EVERYWHERE = "en"
# TOML files beside the packs that are not packs themselves.
NOT_PACKS = frozenset({"known-fp.toml", "weights.toml"})
_FOLDERS = ("any", "lang", "site")


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
            RuleError(explained(problem), where=f"{path}:{locator.line(problem['loc'])}", hint=remedy(problem))
            for problem in error.errors()
        ]


def load_rules(
    *extra: str | Path,
    packs: Sequence[str] = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    override: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    preview: bool = False,
    shipped: bool = True,
    languages: frozenset[str] | None = None,
) -> RuleSet:
    """Return the shipped rules, with packs added, rules left out, and fields changed.

    Args:
        extra: rule files or folders to add; they never replace the shipped ones.
        packs: of the shipped packs only these: by name (`lang/id`), by folder (`any`), by pattern (`site/*`).
        select: id prefixes, or patterns such as `*.span.dateline`; only rules under one of them are used.
        ignore: likewise; rules under one of them are left out.
        override: fields with other values by rule id, as a rule file has them; any but `id` and `kind`.
        preview: use experimental rules too.
        shipped: False leaves the shipped packs out.
        languages: leave out the shipped packs of other languages; for documents in these languages nothing differs,
            and loading takes a tenth of the time.

    Raises:
        RuleError: a file is bad, or an id occurs twice.
        SettingsError: an override does not make a rule.
        UsageError: a name fits no pack or no rule.

    >>> rules = load_rules(packs=["any"], override={"any.head.date-line": {"where": {"first": 4}}}).rules
    >>> next(rule.where.first for rule in rules if rule.id == "any.head.date-line")
    4
    """
    files = _shipped_files(languages, packs) if shipped else []
    rules = [rule for path in files for rule in _read_shipped(path)]
    for path in pack_files([Path(p) for p in extra]):
        added = read_pack(path)
        for rule in added:  # the shipped packs have passed `rules check`
            compile_parts(rule, where=str(path))
        rules += added
    _refuse_twins(rules)

    def left_out() -> list[Rule]:
        chosen = set(files)
        every = pack_files([shipped_rules_dir()]) if shipped else []
        return [rule for path in every if path not in chosen for rule in _read_shipped(path)]

    return RuleSet(choose(rules, Choice(select, ignore, override, preview), left_out))


def load_chosen(settings: RuleSettings) -> RuleSet:
    """Return the rules that settings choose.

    Raises:
        As `load_rules`.
    """
    return load_rules(
        *settings.add,
        packs=settings.packs,
        select=settings.select,
        ignore=settings.ignore,
        override=settings.override,
        preview=settings.preview,
    )


def _shipped_files(languages: frozenset[str] | None, packs: Sequence[str]) -> list[Path]:
    """Return the shipped packs that are wanted."""
    root = shipped_rules_dir()
    names = {path.relative_to(root).with_suffix("").as_posix(): path for path in pack_files([root])}
    for wanted in packs:
        if "*" not in wanted and wanted not in _FOLDERS and wanted not in names:
            raise _no_such_pack(wanted, names)
    return [
        path
        for name, path in names.items()
        if (not packs or any(_is_pack(name, wanted) for wanted in packs))
        and (
            languages is None or path.parent.name != "lang" or path.stem == _EVERYWHERE or _is_for(path.stem, languages)
        )
    ]


def _is_pack(name: str, wanted: str) -> bool:
    return fnmatch.fnmatchcase(name, wanted) or name.startswith(f"{wanted}/")


def _no_such_pack(wanted: str, names: Iterable[str]) -> UsageError:
    import difflib

    near = difflib.get_close_matches(wanted, [*names, *_FOLDERS], n=1)
    hint = (
        f"did you mean {near[0]}?" if near else "any, lang/<code>, site/<domain>; patterns such as site/* may fit none"
    )
    return UsageError(f"no pack is called {wanted!r}", where="packs", hint=hint)


def _is_for(language: str, languages: frozenset[str]) -> bool:
    return language == _EVERYWHERE or any(understood_by(found, language) for found in languages)


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
