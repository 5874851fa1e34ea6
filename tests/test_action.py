"""The GitHub Action, its example workflow and the pre-commit hooks: parsed, and their shell steps run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "example-rules.yml").read_text(encoding="utf-8"))
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}

GOOD = """\
[[rule]]
id     = "x.line.promo"
title  = "House advertisement"
kind   = "line"
action = "drop"
status = "experimental"
starts = ["promo:"]
match  = ["Promo: diskon 50 persen"]
keep   = ["Promo itu berakhir kemarin."]
"""
# Another rule, with a `keep` example that it takes.
BAD = GOOD.replace("x.line.promo", "x.line.bad").replace("romo", "embe").replace("Pembe itu", "Pembe: itu")


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a runner where the Python under test is the one set up."""
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    people = {f"GIT_{who}_{what}": f"{who}@x.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, **quiet, **people, "PATH": path, **more}


def bash(script: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a script as the runner does for `shell: bash`."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


def step(name: str) -> dict[str, Any]:
    return next(step for step in ACTION["runs"]["steps"] if step["name"] == name)


def run_step(
    name: str, folder: Path, inputs: Mapping[str, str] = {}, *, target: str = "main", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a shell step of the action with its expressions filled in, for a pull request to a branch."""
    values = {f"inputs.{key}": spec["default"] for key, spec in ACTION["inputs"].items()}
    values |= {"github.action_path": str(ROOT), "github.base_ref": target}
    values |= {f"inputs.{key}": value for key, value in inputs.items()}
    assert "${{" not in step(name)["run"], "an input inside a script would be run by the shell"
    filled = {
        key: re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda found: values[found[1]], value)
        for key, value in step(name)["env"].items()
    }
    return bash(step(name)["run"], folder, **filled, **more)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone with a good pack on main, and a branch on which nothing has changed yet."""
    folder = tmp_path / "repository"
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "good.toml").write_text(GOOD, encoding="utf-8")
    script = "git init -q -b main; git add -A; git commit -qm start; git update-ref refs/remotes/origin/main main"
    script += "; git switch -qc change"
    assert bash(script, folder).returncode == 0
    return folder


def commit(folder: Path, name: str, text: str) -> None:
    (folder / "rules" / name).write_text(text, encoding="utf-8")
    assert bash("git add -A; git commit -qm change", folder).returncode == 0


def test_the_action_is_a_composite_that_runners_accept() -> None:
    assert {"name", "description", "inputs", "runs"} == set(ACTION)
    assert ACTION["runs"]["using"] == "composite"
    assert {"paths", "python-version", "extra-args"} <= set(ACTION["inputs"])
    assert all(spec["description"] and isinstance(spec["default"], str) for spec in ACTION["inputs"].values())
    for each in ACTION["runs"]["steps"]:
        assert each["name"]
        assert each.get("shell") == "bash" if "run" in each else re.fullmatch(r"[\w-]+/[\w-]+@v\d+", each["uses"])
    assert re.findall(r"\$\{\{ inputs\.([\w-]+)", (ROOT / "action.yml").read_text(encoding="utf-8")) == [
        "python-version",
        "version",
        "paths",
        "base",
        "extra-args",
    ]


def test_the_example_workflow_uses_the_action_as_it_is() -> None:
    assert WORKFLOW[True] == {"pull_request": {"paths": ["rules/**"]}}, "YAML reads the key `on` as true"
    assert WORKFLOW["permissions"] == {"contents": "read"}
    (job,) = WORKFLOW["jobs"].values()
    checkout, check = job["steps"]
    assert checkout["uses"].startswith("actions/checkout@v")
    assert checkout["with"]["fetch-depth"] == 0
    assert check["uses"] == "./"
    assert set(check["with"]) <= set(ACTION["inputs"])


def test_the_install_step_installs_this_release_with_its_packs(tmp_path: Path, repository: Path) -> None:
    target = tmp_path / "site"
    # As in the step, but into a folder of its own and without a network: dependencies are here already.
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_TARGET": str(target)}
    installed = run_step("Install article-curator", repository, **offline)
    assert installed.returncode == 0, installed.stderr
    assert (target / "curator" / "packs" / "rule.schema.json").is_file()
    asked = run_step("Install article-curator", repository, {"version": "0.0.999"}, **offline)
    assert asked.returncode != 0
    assert "article-curator==0.0.999" in asked.stderr
    checked = run_step("Check rules", repository, PYTHONPATH=str(target))
    assert checked.returncode == 0, checked.stderr


def test_the_check_step_passes_a_good_change(repository: Path) -> None:
    commit(repository, "more.toml", GOOD.replace("x.line.promo", "x.line.more").replace("romo", "apan"))
    result = run_step("Check rules", repository)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "::error" not in result.stdout


def test_the_check_step_marks_the_line_of_a_bad_change(repository: Path) -> None:
    commit(repository, "bad.toml", BAD)
    result = run_step("Check rules", repository)
    assert result.returncode == 1, result.stderr
    assert re.search(r"^::error file=rules/bad\.toml,line=9,.*R020", result.stdout, re.MULTILINE)


def test_the_check_step_looks_only_at_what_a_pull_request_changes(repository: Path) -> None:
    bash("git switch -q main", repository)
    commit(repository, "bad.toml", BAD)
    assert bash("git update-ref refs/remotes/origin/main main; git switch -qC change", repository).returncode == 0
    commit(repository, "good.toml", f"# changed\n{GOOD}")
    pull_request = run_step("Check rules", repository)
    assert pull_request.returncode == 0, pull_request.stdout
    since_named = run_step("Check rules", repository, {"base": "change~2"})
    assert "bad.toml" in since_named.stdout
    push = run_step("Check rules", repository, target="")
    assert (push.returncode, push.stdout.count("bad.toml")) == (1, 1)


def test_the_check_step_takes_paths_and_more_options(repository: Path) -> None:
    commit(repository, "bad.toml", BAD)
    result = run_step("Check rules", repository, {"paths": "rules/good.toml\n", "extra-args": ""})
    assert result.returncode == 0, result.stdout
    assert "Usage: curator rules check" in run_step("Check rules", repository, {"extra-args": "--json --help"}).stdout
    assert run_step("Check rules", repository, {"paths": "rules; touch owned"}).returncode == 2
    assert not (repository / "owned").exists()


@pytest.mark.parametrize(
    ("name", "file", "code", "said"),
    [
        ("curator-rules-check", "bad.toml", 1, "R020"),
        ("curator-rules-check", "good.toml", 0, "1 rules, 0 findings"),
        ("curator-rules-fmt", "good.toml", 0, "0 files were reformatted"),
        ("curator-rules-fmt", "loose.toml", 0, "1 file was reformatted"),
    ],
)
def test_the_hooks_run_on_the_files_git_names(repository: Path, name: str, file: str, code: int, said: str) -> None:
    """As pre-commit does: the entry, and the files of the commit that fit the hook."""
    commit(repository, "bad.toml", BAD)
    commit(repository, "loose.toml", GOOD.replace(" = ", "="))
    commit(repository, "known-fp.toml", "")
    hook = HOOKS[name]
    files = bash("git ls-files", repository).stdout.splitlines()
    chosen = [path for path in files if re.search(hook["files"], path) and not re.search(hook["exclude"], path)]
    assert chosen == ["rules/bad.toml", "rules/good.toml", "rules/loose.toml"]
    result = bash(shlex.join([*shlex.split(hook["entry"]), f"rules/{file}"]), repository)
    assert result.returncode == code, result.stdout + result.stderr
    assert said in result.stdout + result.stderr
    changed = bash("git diff --name-only", repository).stdout.split()
    assert changed == (["rules/loose.toml"] if file == "loose.toml" else []), "pre-commit fails where a file changed"
