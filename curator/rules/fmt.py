"""The canonical form of a pack: one order of keys, one layout, sorted literals; comments stay where they belong.

tomlkit says what stands where, comments included; the text is then written anew, so that a file that says the same
looks the same whoever wrote it.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import explain_write_errors
from curator.errors import RuleError
from curator.rules.layout import LITERALS, PATTERNS, beside, in_order, inline_table, quoted, string_list
from curator.rules.load import pack_files
from curator.rules.locate import Locator
from curator.rules.model import When, Where

if TYPE_CHECKING:
    from tomlkit.container import Container
    from tomlkit.items import Item, Key

__all__ = ["CASE_KEYS", "FILE_KEYS", "RULE_KEYS", "format_pack", "reformatted", "write_pack"]

FILE_KEYS = ("pack", "version", "license", "lang", "site")
RULE_KEYS = (
    *("id", "title", "note", "kind", "action", "into", "until", "max_lines", "status", "replaced_by"),
    *("lang", "site", "priority", "where", "when", "max_hits", "max_share"),
    *("is", "starts", "ends", "has", "css", "xpath", "any", "none", "match", "keep", "seen"),
)
CASE_KEYS = ("input", "output")
_CONDITIONS = {"where": tuple(Where.model_fields), "when": tuple(When.model_fields)}
_KEY_WIDTH = len("status")  # the longest key that nearly every rule has; rarer, longer keys stick out
_SCHEMA = "#:schema"
_HEAD = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")


@dataclass(slots=True)
class _Entry:
    """A key as written, its value as tomlkit has it, the comments above and beside it."""

    name: str
    item: Item
    above: list[str] = field(default_factory=list)
    beside: str = ""


@dataclass(slots=True)
class _Table:
    """A table as it stands in the file; in its comments "" is a blank line."""

    plain: dict[str, Any]
    above: list[str] = field(default_factory=list)
    beside: str = ""
    entries: dict[str, _Entry] = field(default_factory=dict)
    tail: list[str] = field(default_factory=list)
    inner: list[_Table] = field(default_factory=list)


def format_pack(text: str) -> str:
    """Return a pack in canonical form: the same rules, the same comments, one layout.

    A text in canonical form comes back unchanged. Literals are sorted; literals and patterns written twice
    stay once; nothing else of what the file says changes. Unknown keys stay, after the known ones.

    Raises:
        RuleError: the text is not TOML, or has a table that no pack has.

    >>> print(format_pack("[[rule]]\\nis=['tags','ad']\\nkind='line'\\nid='x.line.ad' # ours"), end="")
    [[rule]]
    id     = "x.line.ad"  # ours
    kind   = "line"
    is     = ["ad", "tags"]
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    text = text.replace("\r\n", "\n")
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = f"line {Locator(text).line_of_error(str(error))}"
        hint = "quote patterns with single quotes '…', texts with double quotes \"…\""
        raise RuleError(f"not TOML: {error}", where=where, hint=hint) from None
    head, body = _split_head(text)
    file = _Table(plain, head)
    try:
        # The blank line at the end tells comments that close the last rule from comments that lead to a next one.
        rest = _part(file, _read(file, tomlkit.parse(body.rstrip("\n") + "\n\n"), ("rule", "case")))
    except TOMLKitError as error:
        raise RuleError(f"cannot be formatted: {error}", hint="write this pack more plainly") from None
    written = "\n".join([*_file_lines(file), *(["", *rest] if rest else [])]).strip("\n") + "\n"
    if not _say_the_same(written, plain):  # nobody's rules may change because they look better
        raise RuleError("the canonical form would say something else", hint="write this pack more plainly")
    return written


def reformatted(paths: Iterable[Path]) -> Iterator[tuple[Path, str, str]]:
    """Yield (path, text, canonical form) for each pack below paths that is not in canonical form.

    Raises:
        RuleError: a path does not exist, or a file cannot be read as a pack.
    """
    for path in pack_files(paths):
        try:
            text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RuleError(f"cannot be read: {error}", where=str(path), hint="rule files are TOML in UTF-8") from None
        try:
            canonical = format_pack(text)
        except RuleError as error:
            place = error.where.replace("line ", ":")
            raise RuleError(error.what, where=f"{path}{place}", hint=error.hint) from None
        if canonical != text:
            yield path, text, canonical


def write_pack(path: Path, text: str) -> None:
    """Write a pack whole or not at all, in place of the one that is there.

    Raises:
        OutputError: the file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.new")
    with explain_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(text.encode())
            if path.exists():
                shutil.copymode(path, temporary)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _say_the_same(written: str, plain: Mapping[str, Any]) -> bool:
    try:
        return _meaning(tomllib.loads(written)) == _meaning(plain)
    except tomllib.TOMLDecodeError:
        return False


def _meaning(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file says: literals and patterns are sets."""
    sets = LITERALS | PATTERNS
    rules = [
        {key: set(value) if key in sets and isinstance(value, list) else value for key, value in rule.items()}
        for rule in plain.get("rule", ())
    ]
    return {**plain, "rule": rules}


def _split_head(text: str) -> tuple[list[str], str]:
    """Return the comments at the top, and the rest; comments right before a rule are its own."""
    found = _HEAD.match(text)
    size = found.end() if found else 0
    if text.startswith("[", size):
        return [], text
    lines = [line.strip() for line in text[:size].splitlines()]
    return [line for line, before in zip(lines, ["", *lines], strict=False) if line or before], text[size:]


def _take_schema(file: _Table) -> list[str]:
    """Take the line that names the schema from among the comments; name the schema of a rules folder if none does."""
    places = [file.above, *(entry.above for entry in file.entries.values()), file.tail]
    places += [rule.above for rule in file.inner[:1]]
    for place in places:
        for number, line in enumerate(place):
            if line.startswith(_SCHEMA):
                del place[number]
                while number == 0 and place and not place[0]:
                    del place[0]
                return [line]
    name = file.plain.get("pack")
    # A pack named folder/name lies in a rules folder, where the schema is.
    return [f"{_SCHEMA} {'../' * name.count('/')}rule.schema.json"] if isinstance(name, str) and "/" in name else []


def _read(table: _Table, container: Container, names: Sequence[str]) -> list[str]:
    """Fill a table from tomlkit's; return the comments after its last key or table.

    Args:
        names: the array of tables this one can hold, and the one those can hold.
    """
    from tomlkit.items import AoT, Comment, Table, Whitespace

    loose: list[str] = []
    for key, item in container.body:
        if isinstance(item, Whitespace):
            loose += [""] if not loose or loose[-1] else []
        elif isinstance(item, Comment):
            loose.append(item.trivia.comment)
        elif isinstance(item, AoT) and key and names and key.key == names[0]:
            for element in item.body:
                loose = _part(table, loose) if names[0] == "rule" else list(filter(None, loose))
                table.inner.append(_Table(table.plain[names[0]][len(table.inner)], loose, element.trivia.comment))
                loose = _read(table.inner[-1], element.value, names[1:])
        elif isinstance(item, AoT) or (isinstance(item, Table) and (not key or key.key not in _CONDITIONS)):
            raise RuleError(f"a table that packs do not have: {key.key if key else ''}", hint="see rules/README.md")
        elif key is not None:
            loose = _add_entry(table, key, item, loose)
    return loose


def _part(table: _Table, loose: list[str]) -> list[str]:
    """Leave comments right below a table and above a blank line with it; return the others, which lead what follows."""
    while table.inner:
        table = table.inner[-1]
    blank = loose.index("") if "" in loose else 0
    table.tail = loose[:blank]
    return loose[blank + 1 :] if loose and not loose[blank] else loose


def _add_entry(table: _Table, key: Key, item: Item, loose: list[str]) -> list[str]:
    """Add a key with the comments above and beside it; return comments that belong to what follows."""
    from tomlkit.items import Table

    above, rest, after = loose, [], ""
    if isinstance(item, Table):  # `[rule.where]` or `where.first = 3` becomes an inline table, which has no comments
        inner = _Table({})
        rest = _read(inner, item.value, ())
        within = [line for entry in inner.entries.values() for line in (*entry.above, entry.beside)]
        above = [*above, item.trivia.comment, *within]
    else:
        after = item.trivia.comment
    entry = table.entries.setdefault(key.key, _Entry(key.as_string().strip(), item))
    entry.above += filter(None, above)
    entry.beside = entry.beside or after
    return rest


def _file_lines(file: _Table) -> list[str]:
    lines = [*_take_schema(file), *file.above]
    lines += [*_key_lines(file, FILE_KEYS, max(map(len, file.entries), default=0)), *file.tail]
    for rule in file.inner:
        lines += ["", *rule.above, _header("rule", rule), *_key_lines(rule, RULE_KEYS), *rule.tail]
        for case in rule.inner:
            lines += [*case.above, _header("rule.case", case), *_key_lines(case, CASE_KEYS), *case.tail]
    return lines


def _header(name: str, table: _Table) -> str:
    return f"[[{name}]]{beside(table.beside)}"


def _key_lines(table: _Table, order: Sequence[str], width: int = _KEY_WIDTH) -> Iterator[str]:
    """Yield the lines of a table's keys, known ones first."""
    from tomlkit.items import Array, String

    for name in in_order(table.entries, order):
        entry = table.entries[name]
        above: list[str] = []
        begin = f"{name if name in order else entry.name:<{width}} = "
        if name in _CONDITIONS and isinstance(table.plain[name], dict):
            value = inline_table(table.plain[name], _CONDITIONS[name])
        elif isinstance(entry.item, Array):
            value, above = string_list(begin, entry.item, name)
        elif isinstance(entry.item, String):
            value = quoted(entry.item.as_string(), entry.item, pattern=False)
        else:
            value = entry.item.as_string().strip()
        yield from (*entry.above, *above)
        yield f"{begin}{value}{beside(entry.beside)}"
