"""Settings as a file: the commented template, the JSON Schema, and where in a file a wrong setting stands.

What a setting means is said once, in the comment above it where it is defined; template and schema read it there.
"""

from __future__ import annotations

import datetime
import functools
import inspect
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

__all__ = ["descriptions", "line_of", "schema_text", "sections", "template"]

_FIELD = re.compile(r"    (\w+): ")
_COMMENT = re.compile(r"    # (.*)")
_HEAD = """# Settings of `curator build --settings curator.toml`. Every setting is here, at its default: take the # away
# before one to change it. Options of the command line come on top.
"""
# What a setting without a default could be.
_EXAMPLES = {"published_from": datetime.date(2020, 1, 31), "published_until": datetime.date(2024, 12, 31)}


@functools.cache
def descriptions(model: type[BaseModel]) -> Mapping[str, str]:
    """Return what each setting of a section means: the comment above it."""
    found: dict[str, str] = {}
    comment: list[str] = []
    for line in inspect.getsource(model).splitlines():
        if said := _COMMENT.fullmatch(line):
            comment.append(said[1])
            continue
        if (field := _FIELD.match(line)) and comment:
            found[field[1]] = " ".join(comment)
        comment = []
    return found


def sections(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], type[BaseModel]]]:
    """Yield each table of the settings with its place, the outer ones first."""
    yield path, model
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from sections(field.annotation, (*path, name))


def template(model: type[BaseModel]) -> str:
    """Return a settings file with every setting at its default, each commented out under what it means."""
    parts = [_HEAD]
    for path, section in sections(model):
        if path:
            heading = f"# {(inspect.getdoc(section) or '').splitlines()[0]}\n" if section.__doc__ else ""
            parts.append(f"{heading}[{'.'.join(path)}]\n")
        said = descriptions(section)
        for name, field in section.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
                continue
            value = field.get_default(call_default_factory=True)
            parts.append(f"# {said.get(name, '')}\n#{name} = {_toml(_EXAMPLES[name] if value is None else value)}\n")
    return "\n".join(parts)


def _toml(value: Any) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:_}" if abs(value) >= 10_000 else str(value)
    return json.dumps(value, ensure_ascii=False)


def schema_text(model: type[BaseModel]) -> str:
    """Return the JSON Schema of settings files, as it stands in docs/curator.schema.json."""
    schema = model.model_json_schema(ref_template="#/definitions/{model}")
    tables = schema.pop("$defs")
    said = {section.__name__: descriptions(section) for _, section in sections(model)}
    whole = {
        # Draft 7 is the newest one that editors' TOML extensions know.
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of article-curator",
        **_described(schema, said[model.__name__]),
        "definitions": {name: _described(tables[name], said[name]) for name in sorted(tables)},
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _described(schema: dict[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    properties = {}
    for name, found in schema["properties"].items():
        shown = {key: value for key, value in found.items() if key not in ("title", "default")}
        some = [choice for choice in shown.pop("anyOf", ()) if choice != {"type": "null"}]
        if len(some) == 1:  # TOML has no null
            shown |= some[0]
        if "prefixItems" in shown:  # as draft 7 calls it
            shown["items"] = shown.pop("prefixItems")
        if "$ref" in shown:  # draft 7 ignores what stands beside a reference
            shown = {"allOf": [{"$ref": shown["$ref"]}]}
        elif found.get("default") is not None:
            shown["default"] = found["default"]
        properties[name] = {"description": said.get(name, ""), **shown}
    return {**{key: value for key, value in schema.items() if key != "title"}, "properties": properties}


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """Return the line (from 1) on which a setting stands, or the innermost table around it; None where neither does.

    >>> line_of("[rules]\\n\\nselekt = []\\n", ("rules", "selekt"))
    3
    """
    wanted = tuple(str(part) for part in path)
    table: tuple[str, ...] = ()
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        here = _place(line)
        if here is None:
            continue
        if line.lstrip().startswith("["):
            table = place = here
        else:
            place = (*table, *here)
        if wanted[: len(place)] == place and (best is None or len(place) > best[0]):
            best = len(place), number
    return best[1] if best else None


def _place(line: str) -> tuple[str, ...] | None:
    """Return the names in a table's heading, or before the `=` of a line; None for any other line."""
    stripped = line.strip()
    if stripped.startswith("["):
        head = stripped
    elif "=" in stripped and not stripped.startswith("#"):
        head = f"{stripped.partition('=')[0]} = 0"
    else:
        return None
    try:
        inner: Any = tomllib.loads(head)
    except tomllib.TOMLDecodeError:
        return None
    names = []
    while isinstance(inner, dict) and len(inner) == 1:
        ((name, inner),) = inner.items()
        names.append(name)
        if isinstance(inner, list):
            inner = inner[0] if inner else None
    return tuple(names)
