"""R070: packs are in canonical form, so that a change of a rule shows as a change of that rule only."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from curator.errors import RuleError
from curator.rules.check.catalogue import level_of
from curator.rules.check.finding import Finding
from curator.rules.check.source import Sources

__all__ = ["check_form"]


def check_form(sources: Sources) -> Iterator[Finding]:
    """Yield a finding for each pack that `curator rules fmt` would change, at the first line it would."""
    from curator.rules.fmt import format_pack
    from curator.rules.write import pack_to_toml

    for pack in sources.checked_packs:
        if pack.text == pack_to_toml(pack.pack, pack.pack.rule):
            continue  # what programs write is canonical; to see that takes a tenth of the time of formatting
        try:
            canonical = format_pack(pack.text)
        except RuleError as error:
            yield pack.finding("R070", error.what, hint=error.hint)
            continue
        if canonical != pack.text:
            pairs = enumerate(zip_longest(pack.text.split("\n"), canonical.split("\n")), 1)
            number, (_, wanted) = next((n, pair) for n, pair in pairs if pair[0] != pair[1])
            message = "not in canonical form" + (f", which has here: {wanted}" if wanted else "")
            hint = f"curator rules fmt {pack.path}"
            yield Finding("R070", message, pack.path, number, hint, level=level_of("R070"))
