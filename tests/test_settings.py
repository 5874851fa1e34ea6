"""Settings files: what they say reaches a build, and what they say wrong is refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import DATA, ROOT

from curator.errors import SettingsError
from curator.rules.load import load_chosen
from curator.settings import Settings

ARTICLE = DATA / "seeds" / "001_7ea180f5c03ff7b4.txt"
CHOSEN = """
[rules]
packs   = ["any", "lang/id", "site/*"]
ignore  = ["any.span.dateline"]
preview = true

[rules.override."any.head.date-line"]
where = { first = 4 }
"""


def settings(folder: Path, text: str) -> Path:
    path = folder / "curator.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_of_the_documentation_is_a_settings_file(tmp_path: Path) -> None:
    text = (ROOT / "rules" / "README.md").read_text(encoding="utf-8")
    (example,) = (block for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if "[rules]" in block)
    chosen = Settings.from_toml(settings(tmp_path, example)).rules
    assert chosen.model_fields_set == set(type(chosen).model_fields)
    assert len(load_chosen(chosen)) > 10


def curator(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "curator", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, encoding="utf-8")


def test_a_file_chooses_rules(tmp_path: Path) -> None:
    rules = {rule.id: rule for rule in load_chosen(Settings.from_toml(settings(tmp_path, CHOSEN)).rules).rules}
    assert {name.split(".")[0] for name in rules} == {"any", "id"}
    assert "any.span.dateline" not in rules
    assert rules["any.head.date-line"].where.first == 4
    assert any(rule.status == "experimental" for rule in rules.values())


@pytest.mark.parametrize(
    ("text", "said", "known"),
    [
        (
            "[rules]\nselekt = []\n",
            "rules.selekt",
            "did you mean select? keys there: add, ignore, override, packs, preview, select",
        ),
        ("[rule]\n", "rule:", "rules"),
        ("[rules]\nselect = 3\n", "rules.select", ""),
        ("rules = 3\n", "rules:", ""),
        ("[rules\n", "", "TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_what_could_stand_there(tmp_path: Path, text: str, said: str, known: str) -> None:
    path = settings(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        Settings.from_toml(path)
    assert re.fullmatch(re.escape(str(path)) + r":[12]", caught.value.where)
    assert said in caught.value.what
    assert known in caught.value.hint


def test_another_override_is_another_build(tmp_path: Path) -> None:
    one, out = settings(tmp_path, CHOSEN), tmp_path / "corpus"
    assert curator("build", ARTICLE, "--out", out, "--settings", one, "--workers", 1).returncode == 0
    noted = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["identity"]
    assert noted["settings"]["rules"]["override"] == {"any.head.date-line": {"where": {"first": 4}}}
    settings(tmp_path, CHOSEN.replace("first = 4", "first = 5"))
    refused = curator("build", ARTICLE, "--out", out, "--settings", one, "--workers", 1)
    assert refused.returncode == 3
    assert "rules.override.any.head.date-line.where.first" in refused.stderr


def test_options_of_the_command_line_come_on_top_of_the_file(tmp_path: Path) -> None:
    out = tmp_path / "corpus"
    more = ("--select", "id.line", "--select", "any", "--ignore", "id.line.share", "--preview")
    result = curator("build", ARTICLE, "--out", out, "--settings", settings(tmp_path, CHOSEN), *more)
    assert result.returncode == 0, result.stderr
    noted = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["identity"]["settings"]["rules"]
    assert noted["select"] == ["id.line", "any"]
    assert noted["ignore"] == ["any.span.dateline", "id.line.share"]


def test_a_name_that_is_out_of_date_is_a_note_and_an_unknown_one_ends_the_command(tmp_path: Path) -> None:
    pack = tmp_path / "pack.toml"
    rule = '[[rule]]\nid = "x.line.{0}"\ntitle = "House advertisement"\nkind = "line"\nis = ["{0}"]\n'
    old = f'{rule.format("old")}status = "deprecated"\nreplaced_by = "x.line.new"\n'
    pack.write_text(f"{old}{rule.format('new')}status = 'stable'\n", encoding="utf-8")
    result = curator("clean", ARTICLE, "--rules", pack, "--ignore", "x.line.old")
    assert (result.returncode, result.stderr) == (0, "note: ignore: the rule x.line.old is now x.line.new\n")
    refused = curator("clean", ARTICLE, "--select", "any.head.datelin")
    assert refused.returncode == 2
    assert "did you mean any.head.date-line?" in refused.stderr
