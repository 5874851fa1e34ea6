"""A new rule from what its author says: into the right pack, in canonical form, tried on its own examples."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from curator.errors import RuleError, UsageError
from curator.language import primary_subtag
from curator.rules.check.examples import check_examples
from curator.rules.check.finding import Finding
from curator.rules.check.folder import RulesFolder
from curator.rules.check.patterns import check_patterns
from curator.rules.check.source import read_sources
from curator.rules.fmt import format_pack, write_pack
from curator.rules.load import pack_files, read_pack, shipped_rules_dir
from curator.rules.model import Pack, Rule

__all__ = ["MATCHERS", "UNTIL", "Drafted", "conditions", "draft_rule", "pack_path", "rule_id"]

MATCHERS = ("is", "starts", "ends", "has", "any")
UNTIL: tuple[str, ...] = get_args(get_args(Rule.model_fields["until"].annotation)[0])
_LICENSE = "CC0-1.0"  # what rules/LICENSE says of every pack there


@dataclass(frozen=True, slots=True)
class Drafted:
    """A rule that was written: where it stands (line from 1), and what its own examples have against it."""

    rule: str
    path: Path
    line: int
    findings: tuple[Finding, ...]


def rule_id(slug: str, kind: str, *, lang: str | None = None, site: str | None = None) -> str:
    """Return the id of a new rule: scope, place or kind, slug; a slug with a dot names its place itself.

    >>> rule_id("promo", "line", lang="id"), rule_id("tail.promo", "line"), rule_id("ad", "span", site="x.example")
    ('id.line.promo', 'any.tail.promo', 'site.x-example.span.ad')
    """
    scope = f"site.{_words(site)}" if site else _words(lang) if lang else "any"
    return f"{scope}.{slug}" if "." in slug else f"{scope}.{kind}.{slug}"


def _words(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def pack_path(root: Path, *, lang: str | None = None, site: str | None = None, file: str | None = None) -> Path:
    """Return the pack a rule belongs in: that of its site, else of its language, else the one named.

    Raises:
        UsageError: nothing says which one.
    """
    if file:
        return root / file
    if site:
        return root / "site" / f"{site}.toml"
    if lang:
        return root / "lang" / f"{lang}.toml"
    raise UsageError(
        "no pack to write to", where="--lang, --site, --file", hint="for all languages: --file any/NAME.toml"
    )


def conditions(text: str, option: str) -> dict[str, Any]:
    """Return the conditions of `where` or `when`, given as in a rule file.

    Raises:
        UsageError: they are not TOML.

    >>> conditions("max_words = 8, sentence = false", "when")
    {'max_words': 8, 'sentence': False}
    """
    try:
        found: dict[str, Any] = tomllib.loads(f"x = {{ {text.strip().strip('{}')} }}")["x"]
    except tomllib.TOMLDecodeError:
        hint = "write it as in a rule file: --when 'max_words = 8, sentence = false'"
        raise UsageError(f"not TOML: {text}", where=f"--{option}", hint=hint) from None
    return found


def draft_rule(
    root: Path,
    slug: str,
    fields: Mapping[str, Any],
    *,
    lang: str | None = None,
    site: str | None = None,
    file: str | None = None,
) -> Drafted:
    """Write a new experimental rule with its examples into its pack, and try it on them.

    The pack is made with its header if there is none, and put into canonical form.

    Args:
        root: the rules folder.
        fields: keys of the rule but for `id`, `status`, `lang` and `site`; empty ones are left out.
        lang, site: what the rule is for, of the language its primary subtag; neither: every page.
        file: the pack, relative to the rules folder; found from lang and site if not given.

    Raises:
        RuleError: the id is or was in use, the fields do not make a rule, or a pack is broken; nothing is written.
        UsageError: nothing says which pack.
        OutputError: the pack cannot be written.
    """
    import tomlkit

    lang = primary_subtag(lang) if lang else None  # documents are told apart by it
    path = pack_path(root, lang=lang, site=site, file=file)
    name = rule_id(slug, str(fields["kind"]), lang=lang, site=site)
    _refuse_known(name, root)
    before = path.read_text(encoding="utf-8") if path.exists() else _header(root, path, lang=lang, site=site)
    given = {key: value for key, value in fields.items() if value}
    own = {key: value for key, value in (("lang", lang), ("site", site)) if value and value != _default(before, key)}
    rule = tomlkit.dumps({"rule": [{"id": name, "status": "experimental", **given, **own}]})
    text = format_pack(f"{before.rstrip()}\n\n{rule}")
    _validate(text, name)
    write_pack(path, text)
    return _checked(path, name)


def _refuse_known(name: str, root: Path) -> None:
    """Refuse an id that a rule has or had, here or among the shipped ones."""
    shipped = shipped_rules_dir()
    folders = [root, *([] if root.exists() and root.resolve() == shipped.resolve() else [shipped])]
    for path in pack_files(folder for folder in folders if any(folder.rglob("*.toml"))):
        if any(rule.id == name for rule in read_pack(path)):
            hint = "give it another slug, or add your literals and examples to the rule that is there"
            raise RuleError(f"a rule called {name} exists", where=str(path), hint=hint)
    for lock in (RulesFolder(folder, owned=True) for folder in folders):
        if name in (lock.locked_ids or ()):
            hint = "give it another slug: an id is never used for another rule"
            raise RuleError(f"a rule was called {name} once", where=str(lock.lock), hint=hint)


def _header(root: Path, path: Path, *, lang: str | None, site: str | None) -> str:
    try:
        name = path.relative_to(root).with_suffix("").as_posix()
    except ValueError:  # a file elsewhere
        name = path.stem
    folder = path.parent.name
    scope = {"lang": lang, "site": site}.get(folder)
    default = [f'{folder} = "{scope}"'] if scope else []
    return "\n".join([f'pack = "{name}"', 'version = "1"', f'license = "{_LICENSE}"', *default])


def _default(text: str, key: str) -> Any:
    try:
        return tomllib.loads(text).get(key)
    except tomllib.TOMLDecodeError:
        return None  # formatting will say what is wrong with it


def _validate(text: str, name: str) -> None:
    try:
        Pack.model_validate(tomllib.loads(text))
    except ValidationError as error:
        problem = error.errors()[0]
        place: Sequence[Any] = problem["loc"][2:]
        said = problem["msg"].removeprefix("Value error, ")
        what = ": ".join([*([".".join(map(str, place))] if place else []), said])
        raise RuleError(what, where=name, hint="see rules/README.md for the fields of a rule") from None


def _checked(path: Path, name: str) -> Drafted:
    sourced = [rule for rule in read_sources([path])[0] if rule.rule.id == name]
    findings = (*check_patterns(sourced), *check_examples(sourced))
    return Drafted(name, path, sourced[0].line(), findings)
