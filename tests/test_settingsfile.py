"""The settings file `curator init` writes, its schema, and what is said of one that is wrong."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import ROOT
from typer.testing import CliRunner

from curator.cli.app import app
from curator.errors import SettingsError
from curator.settings import Settings
from curator.settingsfile import descriptions, schema_text, sections, template

EVERY = [(path, model) for path, model in sections(Settings)]


@pytest.mark.parametrize(("path", "model"), EVERY, ids=[".".join(path) or "top" for path, _ in EVERY])
def test_every_setting_is_explained(path: tuple[str, ...], model: Any) -> None:
    tables = {inner[-1] for inner, _ in EVERY if inner[:-1] == path and inner}
    missing = set(model.model_fields) - set(descriptions(model)) - tables
    assert not missing


def uncommented() -> dict[str, Any]:
    return tomllib.loads(re.sub(r"(?m)^#(?=\w)", "", template(Settings)))


def test_the_template_has_every_setting_at_its_default() -> None:
    assert Settings.model_validate(tomllib.loads(template(Settings))) == Settings()
    said = uncommented()
    for name in ("published_from", "published_until"):  # there is no default day
        del said["filters"][name]
    assert Settings.model_validate(said) == Settings()
    for path, model in EVERY:
        table = said
        for name in path:
            table = table[name]
        assert set(model.model_fields) - {"published_from", "published_until"} == set(table)


def test_the_schema_in_docs_is_fresh_and_takes_the_template() -> None:
    text = schema_text(Settings)
    assert (ROOT / "docs" / "curator.schema.json").read_text(encoding="utf-8") == text
    schema = json.loads(text)
    validator = jsonschema.Draft7Validator(schema)
    said = json.loads(json.dumps(uncommented(), default=str))
    assert not list(validator.iter_errors(said))
    for wrong in ({"filters": {"presets": ["c5"]}}, {"rules": {"selekt": []}}, {"clean": {"min_words": "x"}}):
        assert list(validator.iter_errors(wrong))
    assert schema["definitions"]["FilterSettings"]["properties"]["languages"]["description"].startswith("Languages")


def test_init_writes_it_once(tmp_path: Path) -> None:
    path = tmp_path / "curator.toml"
    assert CliRunner().invoke(app, ["init", str(path)]).exit_code == 0
    assert Settings.from_toml(path) == Settings()
    assert type(CliRunner().invoke(app, ["init", str(path)]).exception).__name__ == "OutputError"
    assert CliRunner().invoke(app, ["init", str(path), "--force"]).exit_code == 0
    assert CliRunner().invoke(app, ["init", "-"]).stdout == template(Settings)
    assert CliRunner().invoke(app, ["init", "--schema"]).stdout == schema_text(Settings)


@pytest.mark.parametrize(
    ("text", "line", "what", "hint"),
    [
        ("[filters]\n\nlanguage = ['id']\n", 3, "filters.language: there is no such", "did you mean languages?"),
        ("[filters.gopher]\nmin_word = 3\n", 2, "filters.gopher.min_word: there is no", "did you mean min_words?"),
        ("[filters]\n[filters.gopher]\nmin_words = 'x'\n", 3, "filters.gopher.min_words: Input should be", "init"),
        ("task_documents = 5\n[dedup]\njaccard = 2.0\n", 3, "dedup.jaccard: Input should be less", "init"),
        ("[filters]\nmax_words = 3\n\nmin_words = 9\n", 4, "min_words = 9 is more than max_words = 3", "init"),
        ("[clean]\nmin_words = 50\n[filters]\nmax_words = 30\n", 4, "nothing would be left", "init"),
        ("limit = 3\nsample = 4\n", 1, "limit and sample", "init"),
        ("[rules]\nignore = ['a']\nselect = ['a']\n", 3, "both name a", "init"),
        ("[filters]\nscripts = ['latin',\n 'elvish']\n", 2, "unknown script 'elvish'; known: arabic", "init"),
        ("filters = { presets = ['c4', 'c5'] }\n", 1, "filters.presets: Input should be 'c4'", "init"),
        ("[filters\n", 1, "", "init"),
        ("[rules]\na = 1\nb = 2\n", 2, "(and 1 more)", "keys there"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_a_hint(
    tmp_path: Path, text: str, line: int, what: str, hint: str
) -> None:
    path = tmp_path / "curator.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        Settings.from_toml(path)
    assert caught.value.where == f"{path}:{line}"
    assert what in caught.value.what
    assert hint in caught.value.hint
