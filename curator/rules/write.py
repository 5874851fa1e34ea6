"""Rules to a rule file, in canonical form: for packs that a program writes, mined ones above all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from curator.rules.fmt import CASE_KEYS, FILE_KEYS, RULE_KEYS
from curator.rules.layout import LITERALS, PATTERNS, in_order, inline_table, quoted
from curator.rules.model import Pack, Rule

__all__ = ["header_lines", "pack_to_toml", "rule_lines", "toml_string"]

_SCHEMA = "#:schema"
_WIDTH = 120  # columns
_KEY_WIDTH = len("status")


def pack_to_toml(header: Pack, rules: Iterable[Rule]) -> str:
    """Return a rule file: the same bytes for the same rules, in the form `rules fmt` leaves as it is.

    Args:
        header: pack, version, license, and the `lang` and `site` that rules without one of their own get; its own
            rules are not written.
        rules: in the order of the file.
    """
    lines = [*header_lines(header), *(line for rule in rules for line in rule_lines(rule, header))]
    return "\n".join(lines).lstrip("\n") + "\n"


def header_lines(header: Pack) -> Iterator[str]:
    """Yield the lines above the rules of a file: where its schema is, and its own keys."""
    head = {key: getattr(header, key) for key in FILE_KEYS if getattr(header, key)}
    width = max(map(len, head), default=0)
    if "/" in header.pack:
        yield f"{_SCHEMA} {'../' * header.pack.count('/')}rule.schema.json"
    yield from (f"{key:<{width}} = {toml_string(value)}" for key, value in head.items())


def rule_lines(rule: Rule, header: Pack) -> Iterator[str]:
    """Yield the lines of one rule, the first one empty; what the header says is not said again."""
    fields = rule.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True)
    fields |= {"id": rule.id, "title": rule.title, "kind": rule.kind, "action": rule.action, "status": rule.status}
    for key in ("lang", "site"):
        if fields.get(key) == getattr(header, key):
            fields.pop(key, None)
    cases = fields.pop("case", ())
    yield from ("", "[[rule]]", *_key_lines(fields, RULE_KEYS))
    for case in cases:
        yield from ("[[rule.case]]", *_key_lines(case, CASE_KEYS))


def toml_string(value: str, *, pattern: bool = False) -> str:
    """Return a string as TOML writes it; patterns in single quotes where they can be.

    >>> print(toml_string('said "no"\\n'), toml_string(r"^\\d+ views$", pattern=True))
    "said \\"no\\"\\n" '^\\d+ views$'
    """
    # JSON's escapes are TOML's; DEL alone TOML wants escaped and JSON does not.
    basic = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return quoted(basic, value, pattern=pattern)


def _key_lines(fields: dict[str, Any], order: Sequence[str]) -> Iterator[str]:
    for key in in_order(fields, order):
        begin = f"{key:<{_KEY_WIDTH}} = "
        yield begin + _value(begin, key, fields[key])


def _value(begin: str, key: str, value: Any) -> str:
    if isinstance(value, dict):
        return inline_table({name: inner for name, inner in value.items() if inner is not None}, tuple(value))
    if isinstance(value, tuple | list):
        return _list(begin, key, value)
    if isinstance(value, str):
        return _document(value) or toml_string(value)
    return json.dumps(value)


def _list(begin: str, key: str, values: Sequence[str]) -> str:
    if key in LITERALS | PATTERNS:
        values = list(dict.fromkeys(values))
    if key in LITERALS:
        values = sorted(values, key=lambda value: (value.casefold(), value))
    strings = [toml_string(value, pattern=key in PATTERNS) for value in values]
    line = f"[{', '.join(strings)}]"
    if len(begin) + len(line) <= _WIDTH and "\n" not in line:
        return line
    return "\n".join(["[", *(f"  {string}," for string in strings), "]"])


def _document(value: str) -> str:
    """Return a text of several lines as it is read, or "" where it is not plain enough for that."""
    plain = "'''" not in value and not value.endswith("'") and all(c == "\n" or c.isprintable() for c in value)
    return f"'''\n{value}'''" if plain and "\n" in value else ""
