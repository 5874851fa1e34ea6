"""R003, R004: an id is unique and says where its rule belongs; a shipped pack says what it is, and is CC0."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from curator.language import primary_subtag
from curator.rules.check.finding import Finding
from curator.rules.check.source import SourcedPack, SourcedRule, Sources
from curator.site import HOST

__all__ = ["check_metadata", "check_new_rules", "check_places", "check_unique"]

_LICENCE = "CC0-1.0"


def check_unique(sources: Sources) -> Iterator[Finding]:
    """Yield a finding for each id that an earlier rule has (R003)."""
    seen: dict[str, SourcedRule] = {}
    for sourced in sources.rules:
        first = seen.setdefault(sourced.rule.id, sourced)
        if first is not sourced:
            yield sourced.finding(
                "R003",
                f"id {sourced.rule.id} is taken by the rule at {first.place()}",
                key="id",
                hint="give it an id of its own",
            )


def check_places(sources: Sources) -> Iterator[Finding]:
    """Yield a finding where a pack's path, its `pack`, and the language, site and id of its rules disagree (R003)."""
    for sourced in sources.checked_rules:
        yield from _check_scope(sourced)
    for pack in sources.checked_packs:
        place = sources.folder.place_of(Path(pack.path)) if sources.folder.owned else None
        if place is not None:
            yield from _check_place(pack, place)


def _check_scope(sourced: SourcedRule) -> Iterator[Finding]:
    lang, site = sourced.rule.lang, sourced.rule.site
    if lang and primary_subtag(lang) != lang:
        hint = f'documents are told apart by their primary language: lang = "{primary_subtag(lang)}"'
        yield sourced.finding("R003", f"no document is ever in the language {lang!r}", key="lang", hint=hint)
    if site and not HOST.fullmatch(site):
        hint = 'a host in lower case, without scheme or path: site = "news.example"'
        yield sourced.finding("R003", f"no document is ever on the site {site!r}", key="site", hint=hint)


def _check_place(pack: SourcedPack, place: str) -> Iterator[Finding]:
    room, _, name = place.partition("/")
    if room not in ("any", "lang", "site") or not name or "/" in name:
        hint = "packs lie in any/<name>.toml, lang/<code>.toml or site/<domain>.toml"
        yield pack.finding("R003", f"a pack does not belong at {place}.toml", hint=hint)
        return
    if pack.pack.pack not in ("", place):
        message = f"the file is {place}.toml, and calls itself {pack.pack.pack!r}"
        yield pack.finding("R003", message, key="pack", hint=f'pack = "{place}"')
    for sourced in pack.rules:
        rule = sourced.rule
        if room == "any" and (rule.lang or rule.site):
            key = "lang" if rule.lang else "site"
            hint = "move the rule to lang/ or site/"
            yield sourced.finding("R003", f"a rule for one {key} among those for all", key=key, hint=hint)
        if room == "lang" and rule.lang not in (None, name):
            hint = f"move the rule to lang/{rule.lang}.toml"
            yield sourced.finding("R003", f"a rule for {rule.lang!r} among those for {name!r}", key="lang", hint=hint)
        if room == "lang" and not rule.id.startswith(f"{name}."):
            message = f"the id of a rule in lang/{name}.toml begins with {name}."
            yield sourced.finding("R003", message, key="id", hint=f"{name}.{rule.id.partition('.')[2]}")
        if room == "site" and rule.site and not f".{rule.site}".endswith(f".{name}"):
            hint = f"move the rule to site/{rule.site}.toml"
            yield sourced.finding("R003", f"a rule for {rule.site!r} among those for {name!r}", key="site", hint=hint)


def check_metadata(sources: Sources) -> Iterator[Finding]:
    """Yield a finding for each pack of the rules folder without name or version, or not under CC0 (R004)."""
    for pack in sources.checked_packs if sources.folder.owned else ():
        place = sources.folder.place_of(Path(pack.path))
        if place is None:
            continue
        for key, example in (("pack", place), ("version", "1")):
            if not getattr(pack.pack, key):
                yield pack.finding("R004", f"the pack has no `{key}`", hint=f'write {key} = "{example}" at the top')
        if pack.pack.license != _LICENCE:
            said = f"is under {pack.pack.license!r}" if pack.pack.license else "has no licence"
            hint = f'license = "{_LICENCE}": shipped rules belong to everybody, so that packs can be mixed'
            yield pack.finding("R004", f"the pack {said}", key="license", hint=hint)


def check_new_rules(sources: Sources, before: Collection[str]) -> Iterator[Finding]:
    """Yield a finding for each rule of the rules folder whose id is not among those before, and that is not new (R004).

    Args:
        before: all ids that were shipped before this change.
    """
    for sourced in sources.checked_rules:
        inside = sources.folder.place_of(Path(sourced.path)) is not None
        if inside and sourced.rule.status == "stable" and sourced.rule.id not in before:
            hint = 'status = "experimental": it becomes stable when it has run on real pages for a while'
            yield sourced.finding("R004", "a new rule begins as an experimental one", key="status", hint=hint)
