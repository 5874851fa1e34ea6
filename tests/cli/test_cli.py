"""The commands as a user meets them: what goes where, and how they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import DATA, ROOT

SEED = DATA / "seeds" / "001_7ea180f5c03ff7b4.txt"


def run(*arguments: str | Path, stdin: bytes = b"", **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own, as a shell would."""
    return subprocess.run(
        [sys.executable, "-m", "curator", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        **options,
    )


def test_clean_writes_the_text_to_stdout_and_nothing_else() -> None:
    want = (ROOT / "tests" / "expected" / "seeds" / SEED.name).read_bytes()
    for result in (run("clean", SEED), run("clean", "-", stdin=SEED.read_bytes())):
        assert (result.returncode, result.stdout, result.stderr) == (0, want, b"")


def test_clean_does_not_depend_on_the_locale() -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    assert run("clean", SEED, env=environment).stdout == run("clean", SEED).stdout


def test_json_has_all_there_is_to_know() -> None:
    found = json.loads(run("clean", SEED, "--json").stdout)
    text = SEED.read_text(encoding="utf-8")
    assert found["metadata"]["editor"] == "Yurri Erfansyah"
    assert found["language"] == "id"
    assert found["verdict"] == {"kept": True, "reason": "", "detail": ""}
    assert all(text[r["start"] : r["end"]] == r["text"] for r in found["removals"])


def test_diff_marks_what_went_and_explain_counts_it() -> None:
    diff = run("clean", SEED, "--diff").stdout.decode()
    assert "-             id.line.baca-juga │ Baca Juga: Moskow" in diff
    assert "span.dateline │ [-ZONA PRIANGAN - -]Menteri" in diff
    coloured = run("clean", SEED, "--diff", env={**os.environ, "FORCE_COLOR": "1", "TERM": "xterm"}).stdout
    assert b"\x1b[" in coloured
    assert "id.line.baca-juga" in run("clean", SEED, "--explain").stdout.decode()


def test_a_whole_page_is_told_from_main_text_unless_it_is_said(tmp_path: Path) -> None:
    article = (ROOT / "tests" / "expected" / "articles" / "en" / "library-sunday-hours.txt").read_text(encoding="utf-8")
    menu = "Home News Local Business Sport Culture Weather Traffic Opinion Video Puzzles Jobs Homes Cars Search"
    page = tmp_path / "page.txt"
    page.write_text("\n".join([*menu.split(), *menu.split(), article, *menu.split()]), encoding="utf-8")
    told, said = run("clean", page).stdout.decode(), run("clean", page, "--text", "main").stdout.decode()
    assert "\nTraffic\n" in said
    assert "\nTraffic\n" not in told
    assert article.strip().split("\n")[-1] in told
    diff = run("clean", page, "--diff").stdout.decode()
    assert "curator.line-model │ Traffic  (chance 0." in diff
    removals = json.loads(run("clean", page, "--json").stdout)["removals"]
    assert all(bool(removal["why"]) == (removal["rule"] == "curator.line-model") for removal in removals)
    assert "by the line model" in run("clean", page, "--explain").stdout.decode()


def test_options_reach_the_cleaner(tmp_path: Path) -> None:
    without = run("clean", SEED, "--ignore", "*.span.dateline")
    assert without.stdout.count(b"ZONA PRIANGAN - ") == 1
    assert not run("clean", SEED, "--title", "drop").stdout.startswith(b"Pertama Kalinya")
    pack = tmp_path / "local.toml"
    pack.write_text(
        '[[rule]]\nid = "local.line.x"\ntitle = "A local rule"\n'
        'kind = "line"\nstatus = "stable"\nstarts = ["pejabat itu"]\n',
        encoding="utf-8",
    )
    assert b"Pejabat itu" not in run("clean", SEED, "--rules", pack).stdout
    assert run("clean", DATA / "broken" / "latin1.txt", "--encoding", "latin-1").returncode == 0


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (None, 3, "no such file"),
        (b"", 3, "nothing to read"),
        (b"%PDF-1.4", 3, "a PDF"),
        (b"abc " + bytes(range(128, 256)), 3, "not valid UTF-8 at byte 4"),
        (b"x" * 50_000_000, 3, "more than clean.max_bytes"),
        (b"<html><body></body></html>", 1, "no article"),
    ],
)
def test_bad_input_ends_with_a_message_and_its_exit_code(
    tmp_path: Path, content: bytes | None, code: int, message: str
) -> None:
    path = tmp_path / "input"
    if content is not None:
        path.write_bytes(content)
    result = run("clean", path)
    assert result.returncode == code
    assert message in result.stderr.decode()
    assert str(path) in result.stderr.decode()
    assert b"Traceback" not in result.stderr
    assert result.stdout == b""


def test_a_folder_is_met_with_the_right_command(tmp_path: Path) -> None:
    result = run("clean", tmp_path)
    assert result.returncode == 3
    assert f"curator build {tmp_path}" in result.stderr.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ("clean",),
        ("clean", "x", "--kind", "pdf"),
        ("clean", str(SEED), "--json", "--diff"),
        ("clean", str(SEED), "--ignore", "no.such"),
        ("frobnicate",),
    ],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.returncode == 2
    assert result.stderr
    assert b"Traceback" not in result.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m curator clean {SEED} --json | head -c 10"
    result = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False)
    assert b"Traceback" not in result.stderr


def test_build_says_what_it_did_on_stderr_and_json_on_stdout(tmp_path: Path) -> None:
    result = run("build", DATA / "seeds", "--out", tmp_path / "out", "--workers", "1", "--json")
    assert result.returncode == 0
    assert json.loads(result.stdout)["written"] == 2
    shown = result.stderr.decode()
    steps = ["read", "failed", "extracted", "cleaned", "screened out", "duplicates", "written"]
    assert [shown.index(f"\n  {step}") for step in steps] == sorted(shown.index(f"\n  {step}") for step in steps)


def test_interrupted_build_says_how_to_go_on_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    settings = tmp_path / "s.toml"
    settings.write_text("task_documents = 5\n", encoding="utf-8")
    command = [sys.executable, "-m", "curator", "build", str(DATA), "--out", str(out), "--settings", str(settings)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    while not list(out.glob(".curator/clean/0*.parquet")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"the same command goes on" in errors
    assert b"Traceback" not in errors
    assert not list(out.rglob("*.tmp-*"))


def test_rules_check_names_file_line_and_remedy(tmp_path: Path) -> None:
    assert run("rules", "check").returncode == 0
    bad = tmp_path / "bad.toml"
    bad.write_text('[[rule]]\nid = "x.y"\nfrom = 3\n', encoding="utf-8")
    result = run("rules", "check", bad)
    assert result.returncode == 1
    assert f"{bad}:3: error R002: unknown key `from`" in result.stdout.decode()
    assert "try: " in result.stdout.decode()
    assert json.loads(run("rules", "check", bad, "--json").stdout)[0]["code"] == "R002"
    assert run("rules", "check", tmp_path / "nowhere").returncode == 2


def test_rules_list_shows_ids_and_added_packs() -> None:
    listed = run("rules", "list", "id.line").stdout.decode().splitlines()
    assert listed
    assert all(line.startswith("id.line.") for line in listed)
    assert json.loads(run("rules", "list", "--json").stdout)


def test_doctor_finds_this_installation_sound() -> None:
    result = run("doctor")
    assert result.returncode == 0
    assert "trafilatura" in result.stdout.decode()
    assert b"no problem" in result.stderr


def test_doctor_names_a_distribution_that_owns_the_same_package(tmp_path: Path) -> None:
    rival = tmp_path / "elasticsearch_curator-9.0.0.dist-info"
    rival.mkdir()
    (rival / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: elasticsearch-curator\nVersion: 9.0.0\n", encoding="utf-8"
    )
    (rival / "top_level.txt").write_text("curator\n", encoding="utf-8")
    result = run("doctor", env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert result.returncode == 1
    assert b"elasticsearch-curator" in result.stderr


@pytest.mark.parametrize(
    "command", [(), ("clean",), ("build",), ("doctor",), ("rules",), ("rules", "check"), ("rules", "list")]
)
def test_every_help_has_an_example_or_names_its_commands(command: tuple[str, ...]) -> None:
    for option in ("-h", "--help"):
        result = run(*command, option)
        assert result.returncode == 0
        assert b"Example: curator" in result.stdout or b"Commands" in result.stdout


def test_version() -> None:
    assert run("--version").stdout.startswith(b"article-curator 0.")


def test_help_imports_nothing_heavy() -> None:
    """What makes `--help` slow is imports; seconds would depend on the machine, the list of modules does not."""
    code = (
        "import sys; sys.argv = ['curator', '--help']\nfrom curator.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    print(sorted(sys.modules), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    loaded = set(eval(result.stderr.decode()))
    assert not loaded & {"trafilatura", "pyarrow", "duckdb", "datasets", "numpy", "langdetect", "ftfy", "re2", "lxml"}


def test_cleaning_one_article_needs_no_arrow() -> None:
    code = (
        "import sys\nfrom curator.cleaner import clean\n"
        f"clean(open({str(SEED)!r}, 'rb').read())\nprint(sorted(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert not set(eval(result.stdout.decode())) & {"trafilatura", "pyarrow", "duckdb", "datasets"}
