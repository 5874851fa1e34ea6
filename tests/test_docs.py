"""The documents say what is so: commands, options, exit codes, links."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from typer.main import get_command

from curator.cli.app import app

README = (ROOT / "README.md").read_text(encoding="utf-8")
RECIPES = sorted((ROOT / "docs").glob("*.md"))
DOCUMENTS = [
    *RECIPES,
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "rules/README.md", "data/README.md", "CHANGELOG.md")),
]
LINES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *RECIPES))


def commands(group: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the path of every command."""
    inner = getattr(group, "commands", None)
    return [path] if inner is None else [c for name, sub in inner.items() for c in commands(sub, (*path, name))]


def test_every_command_is_in_the_readme_and_has_a_help_with_an_example() -> None:
    found = commands(get_command(app))
    assert len(found) >= 5
    for path in found:
        assert f"curator {' '.join(path)}" in README


@pytest.mark.parametrize("line", sorted(set(re.findall(r"^(?:\$ |srun )?(curator [a-z]+ .*)$", LINES, re.MULTILINE))))
def test_every_command_line_of_the_documents_is_understood(line: str) -> None:
    """Options and commands exist: the parser accepts them (help is asked for, so nothing runs)."""
    words = shlex.split(line.split(" > ")[0].split(" | ")[0], comments=True)[1:]
    result = subprocess.run([sys.executable, "-m", "curator", *words, "--help"], capture_output=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("line", sorted(set(re.findall(r"\b(dask (?:scheduler|worker) .*?)(?: &|`| …)", LINES))))
def test_every_option_of_dask_in_the_recipes_is_one(line: str) -> None:
    pytest.importorskip("distributed", reason="distributed is not installed: pip install 'article-curator[dask]'")
    words = shlex.split(line)
    # Their own warnings are theirs.
    command = [sys.executable, "-W", "ignore", "-m", "dask", words[1], "--help"]
    help_text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    for option in (word for word in words if word.startswith("--")):
        assert re.search(rf"{option}\b", help_text), option


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (document.parent / target).exists(), target


def test_readme_names_the_two_commands_that_do_everything() -> None:
    assert "make demo" in README
    assert "make test" in README


def test_exit_codes_of_the_readme_are_those_of_the_errors() -> None:
    from curator import errors

    assert errors.UsageError.exit_code == 2
    assert errors.InputError.exit_code == errors.OutputError.exit_code == 3
    for code, word in (("0", "fine"), ("1", "findings"), ("2", "usage"), ("3", "input or output")):
        assert re.search(rf"`{code}` {word}", README)


def test_every_rule_field_is_documented() -> None:
    from curator.rules.model import Rule, When, Where

    text = (ROOT / "rules" / "README.md").read_text(encoding="utf-8")
    for model in (Rule, When, Where):
        for name, field in model.model_fields.items():
            assert f"`{field.alias or name}`" in text, name
