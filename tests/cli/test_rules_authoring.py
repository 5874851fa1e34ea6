"""The tools for rule authors as a shell runs them, and CONTRIBUTING.md as a newcomer follows it."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from conftest import DATA, ROOT

from curator.rules.load import read_pack

SEED = DATA / "seeds" / "001_7ea180f5c03ff7b4.txt"
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **{f"GIT_{who}_{what}": f"{who}@x.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}
NEW = ("rules", "new", "--lang", "sw", "--slug", "promo", "--title", "House advertisement", "--starts", "promo:")
EXAMPLES = ("--match", "Promo: diskon 50 persen", "--keep", "Promo itu berakhir kemarin.")


def run(*arguments: str | Path, stdin: str = "", **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, as a shell would."""
    command = [sys.executable, "-m", "curator", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, check=False, encoding="utf-8", **options)


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one line of a console block where `curator` is the one under test."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, **GIT, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with a copy of the rules folder, all committed."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    for command in ("git init -q -b main", "git add -A", "git commit -qm start"):
        assert shell(command, tmp_path).returncode == 0
    return tmp_path


def console_commands(document: Path, section: str) -> list[str]:
    """Return the commands of the console blocks of one section, continued lines joined."""
    body = document.read_text(encoding="utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    blocks = re.findall(r"^```console\n(.*?)^```", body, re.MULTILINE | re.DOTALL)
    return [command for block in blocks for command in re.findall(r"^\$ ((?:.*\\\n)*.*)$", block, re.MULTILINE)]


def test_a_rule_in_five_minutes(checkout: Path) -> None:
    """The commands of CONTRIBUTING.md, exactly, in their order: from nothing to a green check and a commit."""
    commands = console_commands(ROOT / "CONTRIBUTING.md", "A rule in five minutes")
    done = {}
    for command in commands:
        done[command] = shell(command, checkout)
        assert done[command].returncode == 0, (command, done[command].stdout, done[command].stderr)
    used = [" ".join(command.split()[:3]) for command in commands]
    assert [name for name in used if name.startswith("curator")] == [
        "curator rules new",
        "curator rules try",
        "curator rules fmt",
        "curator rules check",
    ]
    tried, checked = (done[commands[used.index(f"curator rules {name}")]] for name in ("try", "check"))
    assert re.search(r"^- +id\.line\.weather │ Cuaca hari ini: berawan tebal", tried.stdout, re.MULTILINE)
    assert re.search(r"^id\.line\.weather +1 +\d+ +1$", tried.stdout, re.MULTILINE)
    assert not re.search(r" error R\d", checked.stdout)
    committed = shell("git show --name-only --format= HEAD && git status --short rules", checkout)
    assert committed.stdout.split() == ["rules/ids.lock", "rules/lang/id.toml"], "and nothing else has changed"
    added = next(rule for rule in read_pack(checkout / "rules/lang/id.toml") if rule.id == "id.line.weather")
    assert added.status == "experimental"


def test_new_writes_below_the_current_folder_and_says_where(tmp_path: Path) -> None:
    result = run(*NEW, *EXAMPLES, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "rules/lang/sw.toml:7: sw.line.promo\n")
    assert "curator rules try rules/lang/sw.toml" in result.stderr
    again = run(*NEW, *EXAMPLES, cwd=tmp_path)
    assert (again.returncode, again.stdout) == (2, "")
    assert "sw.line.promo exists" in again.stderr
    elsewhere = run(*NEW, *EXAMPLES, "--dir", tmp_path / "mine", cwd=tmp_path)
    assert elsewhere.stdout == f"{tmp_path}/mine/lang/sw.toml:7: sw.line.promo\n"


def test_new_takes_every_field_from_its_options(tmp_path: Path) -> None:
    options = {
        "--is": "iklan",
        "--ends": "(iklan)",
        "--has": "pesan sponsor",
        "--any": r"^iklan \d+$",
        "--none": "^iklan layanan",
        "--where": "last = 20",
        "--when": "max_words = 8",
        "--note": "Seen on portals.",
        "--into": "editor",
        "--kind": "block",
        "--until": "prose",
    }
    arguments = [word for option in options.items() for word in option]
    assert run(*NEW, *EXAMPLES, *arguments, "--starts", "iklan:", cwd=tmp_path).returncode == 0
    (rule,) = tomllib.loads((tmp_path / "rules/lang/sw.toml").read_text(encoding="utf-8"))["rule"]
    assert rule == {
        "id": "sw.block.promo",
        "title": "House advertisement",
        "note": "Seen on portals.",
        "kind": "block",
        "action": "extract",
        "into": "editor",
        "until": "prose",
        "status": "experimental",
        "where": {"last": 20},
        "when": {"max_words": 8},
        "is": ["iklan"],
        "starts": ["iklan:", "promo:"],
        "ends": ["(iklan)"],
        "has": ["pesan sponsor"],
        "any": [r"^iklan \d+$"],
        "none": ["^iklan layanan"],
        "match": ["Promo: diskon 50 persen"],
        "keep": ["Promo itu berakhir kemarin."],
    }


def test_new_prints_what_is_wrong_with_the_examples(tmp_path: Path) -> None:
    result = run(*NEW, "--match", "Diskon 50 persen", "--keep", "Promo: kemarin", cwd=tmp_path)
    assert result.returncode == 1
    assert "rules/lang/sw.toml:14: error R020: `match` example does not match: 'Diskon 50 persen'" in result.stdout
    assert "rules/lang/sw.toml:15: error R020: `keep` example matches: 'Promo: kemarin'" in result.stdout
    assert result.stdout.count("try: ") == 2


def test_new_names_what_is_missing_where_it_cannot_ask(tmp_path: Path) -> None:
    result = run("rules", "new", "--lang", "sw", "--title", "House advertisement", cwd=tmp_path)
    assert result.returncode == 2
    for option in ("--slug", "--match", "--keep", "--starts"):
        assert option in result.stderr
    assert "--title" not in result.stderr.split("not given")[1]
    assert list(tmp_path.iterdir()) == []


def converse(command: list[str], answers: list[tuple[str, str]], folder: Path) -> tuple[int, str]:
    """Run a command at a terminal; type each answer when its question has come. Return the exit code and the screen."""
    ours, terminal = pty.openpty()
    with subprocess.Popen(command, cwd=folder, stdin=terminal, stdout=terminal, stderr=terminal) as process:
        os.close(terminal)
        screen, waiting = "", list(answers)
        while True:
            try:
                screen += os.read(ours, 4096).decode()
            except OSError:  # the other end is closed: Linux says EIO
                break
            if waiting and waiting[0][0] in screen.rpartition("\0")[2]:
                os.write(ours, f"{waiting.pop(0)[1]}\n".encode())
                screen += "\0"  # the next question is looked for after this
    os.close(ours)
    assert not waiting, screen
    return process.returncode, screen


def test_new_asks_at_a_terminal_for_what_is_missing(tmp_path: Path) -> None:
    answers = [
        ("Language code", ""),
        ("Site", "news.example"),
        ("What it takes out", "word"),
        ("What it takes out", "block"),
        ("Where the block ends", "blank"),
        ("Last part of the id", "promo"),
        ("in one line", "House advertisement"),
        ("What tells the line", "starts"),
        ("starts (empty", "promo:"),
        ("starts (empty", "iklan:"),
        ("starts (empty", ""),
        ("must take", "Promo: diskon 50 persen"),
        ("must take", ""),
        ("must stay", "Promo itu berakhir kemarin."),
        ("must stay", ""),
    ]
    code, screen = converse([sys.executable, "-m", "curator", "rules", "new"], answers, tmp_path)
    assert code == 0, screen
    (rule,) = read_pack(tmp_path / "rules/site/news.example.toml")
    assert (rule.id, rule.site, rule.until) == ("site.news-example.block.promo", "news.example", "blank")
    assert (rule.starts, rule.match) == (("iklan:", "promo:"), ("Promo: diskon 50 persen",))
    assert rule.keep == ("Promo itu berakhir kemarin.",)


def test_new_asks_nothing_when_all_is_given(tmp_path: Path) -> None:
    code, screen = converse([sys.executable, "-m", "curator", *NEW, *EXAMPLES], [], tmp_path)
    assert code == 0
    assert screen.startswith("rules/lang/sw.toml:7: sw.line.promo")


def test_fmt_names_shows_and_mends(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    canonical = '[[rule]]\nid     = "x.line.b"\nis     = ["a", "b"]\n'
    good.write_text(canonical, encoding="utf-8")
    bad.write_text("[[rule]]\nis = ['b', 'a']\nid = 'x.line.b'\n", encoding="utf-8")
    before = bad.read_bytes()
    named = run("rules", "fmt", tmp_path, "--check")
    assert (named.returncode, named.stdout) == (1, f"{bad}\n")
    shown = run("rules", "fmt", tmp_path, "--diff")
    assert shown.returncode == 0
    assert "-is = ['b', 'a']\n" in shown.stdout
    assert '+is     = ["a", "b"]\n' in shown.stdout
    assert bad.read_bytes() == before
    mended = run("rules", "fmt", tmp_path)
    assert (mended.returncode, mended.stdout) == (0, f"{bad}\n")
    assert bad.read_text(encoding="utf-8") == good.read_text(encoding="utf-8") == canonical
    again = run("rules", "fmt", tmp_path, "--check")
    assert (again.returncode, again.stdout) == (0, "")
    assert run("rules", "fmt", tmp_path / "nowhere").returncode == 2


def test_fmt_looks_at_the_shipped_packs_where_no_path_is_given() -> None:
    given, default = (run("rules", "fmt", "--check", *paths) for paths in ((ROOT / "rules",), ()))
    assert (given.returncode, given.stdout) == (default.returncode, default.stdout)
    assert "would be reformatted" in default.stderr


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack with one rule that fires on the seed, an experimental one, and one that does not fire."""
    path = tmp_path / "mine.toml"
    rules = [
        f'[[rule]]\nid = "x.line.{word}"\ntitle = "A local rule"\nkind = "line"\nstatus = "{status}"\n'
        f'starts = ["{starts}"]\nmatch = ["{starts} X"]\nkeep = ["Y"]\n'
        for word, status, starts in (
            ("editor", "experimental", "editor:"),
            ("source", "stable", "sumber:"),
            ("none", "stable", "weather:"),
        )
    ]
    path.write_text("\n".join(rules), encoding="utf-8")
    return path


def test_try_shows_what_would_go_and_the_lines_around_it(pack: Path) -> None:
    result = run("rules", "try", pack, SEED)
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    marked = [number for number, line in enumerate(lines) if line.startswith("-")]
    assert [lines[number].split("│")[0].split()[1] for number in marked] == ["x.line.editor", "x.line.source"]
    assert lines[0].startswith(SEED.name)
    assert marked[0] == 1 + 3, "three lines before the first removal, after the document's name"
    assert "Baca Juga" not in result.stdout
    counts = {line.split()[0]: line.split()[1:] for line in lines if line.startswith("x.line.")}
    assert counts == {
        "x.line.source": ["1", "17", "1"],
        "x.line.editor": ["1", "25", "1"],
        "x.line.none": ["0", "0", "0"],
    }
    assert result.stderr.endswith("documents: 1, changed: 1\n")


def test_try_parts_what_is_far_apart(pack: Path) -> None:
    paragraphs = [f"Paragraph {number} says what happened." for number in range(20)]
    text = "\n".join([*paragraphs[:10], "Editor: A", *paragraphs[10:], "Sumber: B"])
    lines = run("rules", "try", pack, "-", stdin=text).stdout.splitlines()
    gaps = [number for number, line in enumerate(lines) if line == "⋯"]
    assert len(gaps) == 1
    assert "Paragraph 12" in lines[gaps[0] - 1]
    assert "Paragraph 17" in lines[gaps[0] + 1]


def test_try_counts_over_folders_texts_and_pages(pack: Path, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    shutil.copy(SEED, folder / "a.txt")
    body = "".join(f"<p>{line}</p>" for line in SEED.read_text(encoding="utf-8").split("\n\n"))
    page = f"<html><body><article>{body}</article></body></html>"
    (folder / "b.html").write_text(page, encoding="utf-8")
    (folder / "c.txt").write_text("Nothing to take here, says the mayor.", encoding="utf-8")
    (folder / "d.txt").write_bytes(b"")
    result = run("rules", "try", pack, folder)
    assert re.search(r"^x\.line\.source +2 +\d+ +2$", result.stdout, re.MULTILINE)
    assert "c.txt" not in result.stdout
    assert "d.txt: empty" in result.stderr
    assert result.stderr.endswith("documents: 4, changed: 2\n")


def test_try_runs_the_shipped_rules_only_when_asked(pack: Path) -> None:
    shipped = run("rules", "try", pack, SEED, "--with-shipped").stdout
    assert "id.line.baca-juga │ Baca Juga" in shipped
    listed = {line.split()[0] for line in shipped.splitlines() if re.fullmatch(r"\S+( +[\d,]+){3}", line)}
    assert {"x.line.source", "x.line.none", "id.line.baca-juga"} <= listed, (
        "the tried ones, and those that took something"
    )
    assert "zh.tail.tags" not in listed
    assert run("rules", "try", pack, SEED, "--alone").stdout == run("rules", "try", pack, SEED).stdout
    own = ROOT / "rules/lang/id.toml"
    assert run("rules", "try", own, SEED, "--with-shipped").returncode == 0


def test_try_says_why_nothing_went(pack: Path) -> None:
    text = "Sumber: B\n\nThe harbour was opened again on Tuesday after two days of storm, the harbour master said."
    scoped = pack.with_name("scoped.toml")
    scoped.write_text('lang = "id"\nsite = "x.example"\n' + pack.read_text(encoding="utf-8"), encoding="utf-8")
    foreign = run("rules", "try", scoped, "-", "--site", "x.example", stdin=text)
    assert "looks like en, so rules for id were off" in foreign.stderr
    known = run("rules", "try", scoped, "-", "--site", "x.example", "--lang", "id", stdin=text)
    assert "x.line.source │ Sumber: B" in known.stdout
    elsewhere = run("rules", "try", scoped, "-", "--lang", "id", stdin=text)
    assert "changed: 0" in elsewhere.stderr
    greedy = run("rules", "try", pack, "-", stdin="Sumber: B\n\nA.")
    assert "x.line.source │ Sumber: B" in greedy.stdout
    assert "a build would leave it untouched" in greedy.stderr


def test_schema_prints_what_is_committed() -> None:
    result = run("rules", "schema")
    assert result.stdout == (ROOT / "rules" / "rule.schema.json").read_text(encoding="utf-8")
    assert json.loads(result.stdout)["properties"]["rule"]


@pytest.mark.parametrize("command", ["fmt", "new", "schema", "try"])
def test_every_help_has_an_example(command: str) -> None:
    assert f"Example: curator rules {command}" in run("rules", command, "--help").stdout
