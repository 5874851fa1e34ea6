"""The JSON Schema says what the models say, and explains every key."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from jsonschema import Draft7Validator

from curator.rules.load import pack_files, shipped_rules_dir
from curator.rules.model import Case, Pack, Rule, When, Where
from curator.rules.schema import DESCRIPTIONS, pack_schema, schema_text

RULE = {"id": "x.line.promo", "title": "House advertisement", "kind": "line"}


def errors(pack: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft7Validator(pack_schema()).iter_errors(pack)]


def test_every_key_is_described_once_and_no_other() -> None:
    keys = {
        f"{model.__name__.lower()}.{field.alias or name}"
        for model in (Pack, Rule, Where, When, Case)
        for name, field in model.model_fields.items()
    }
    assert keys == set(DESCRIPTIONS)
    assert all(DESCRIPTIONS.values())


def test_descriptions_stand_where_editors_look() -> None:
    schema = pack_schema()
    Draft7Validator.check_schema(schema)
    assert schema["properties"]["lang"]["description"] == DESCRIPTIONS["pack.lang"]
    assert schema["definitions"]["Rule"]["properties"]["lang"]["description"] == DESCRIPTIONS["rule.lang"]
    when = schema["definitions"]["Rule"]["properties"]["when"]
    assert set(when) == {"description", "allOf"}, "beside a bare $ref draft 7 ignores the description"
    assert "null" not in schema_text()


def test_the_committed_schema_is_fresh() -> None:
    written = (ROOT / "rules" / "rule.schema.json").read_text(encoding="utf-8")
    assert written == schema_text(), "curator rules schema > rules/rule.schema.json"


@pytest.mark.parametrize("path", pack_files([shipped_rules_dir()]), ids=lambda path: path.stem)
def test_shipped_packs_fit_the_schema_they_name(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert errors(tomllib.loads(text)) == []
    schema = text.splitlines()[0].removeprefix("#:schema ")
    assert (path.parent / schema).resolve() == (shipped_rules_dir() / "rule.schema.json").resolve()


@pytest.mark.parametrize(
    ("pack", "message"),
    [
        ({"rule": [{**RULE, "starst": ["x"]}]}, "starst"),
        ({"rule": [{**RULE, "where": {"frist": 3}}]}, "frist"),
        ({"rule": [{**RULE, "case": [{"input": "x", "output": "y", "inptu": "z"}]}]}, "inptu"),
        ({"rules": []}, "rules"),
        ({"rule": [{**RULE, "kind": "lines"}]}, "lines"),
        ({"rule": [{**RULE, "id": "Promo"}]}, "Promo"),
        ({"rule": [{**RULE, "is": "promo"}]}, "promo"),
        ({"rule": [{"id": "x.line.promo", "kind": "line"}]}, "title"),
        ({"rule": [{**RULE, "max_share": 2.0}]}, "2.0"),
    ],
)
def test_what_the_models_refuse_the_schema_refuses(pack: dict[str, Any], message: str) -> None:
    assert errors({"rule": [RULE]}) == []
    assert any(message in error for error in errors(pack))
    with pytest.raises(ValueError, match=r"validation error"):
        Pack.model_validate(pack)
