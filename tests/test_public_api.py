"""What `import curator` gives, and that it stays that way."""

from __future__ import annotations

import ast
import inspect
import pickle

import pytest
from conftest import ROOT

import curator
from curator import errors


def test_all_is_sorted_complete_and_documented() -> None:
    assert curator.__all__ == sorted(curator.__all__)
    for name in curator.__all__:
        assert inspect.getdoc(getattr(curator, name)), name
    public = {name for name in vars(curator) if getattr(vars(curator)[name], "__module__", "").startswith("curator")}
    assert public - {"__getattr__", "__dir__"} == set(curator.__all__)
    assert set(curator.__all__) <= set(dir(curator))
    with pytest.raises(AttributeError, match="no_such_name"):
        curator.no_such_name  # noqa: B018


def test_every_error_is_told_by_its_tree_and_survives_a_process_border() -> None:
    kinds = [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, Exception)]
    assert len(kinds) == 6
    for kind in kinds:
        assert f"{kind.__name__} " in (errors.__doc__ or "")
        made = pickle.loads(pickle.dumps(kind("what", where="where", hint="hint")))
        assert (type(made), str(made)) == (kind, "where: what\n  try: hint")


def test_results_are_frozen() -> None:
    cleaned = curator.clean("Dam opens early")
    with pytest.raises(AttributeError):
        cleaned.text = "x"  # type: ignore[misc]


def test_no_module_is_longer_than_400_lines_and_each_says_what_it_is() -> None:
    for path in sorted((ROOT / "curator").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        assert source.count("\n") <= 400, path
        assert ast.get_docstring(ast.parse(source)), path


def test_stages_do_not_import_the_command_line_and_documents_import_nothing() -> None:
    for path in sorted((ROOT / "curator").rglob("*.py")):
        room = path.relative_to(ROOT / "curator").parts[0]
        imported = {
            node.module
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module
        }
        if room not in ("cli", "__main__.py"):
            assert not any(name.startswith("curator.cli") for name in imported), path
        if room in ("document.py", "errors.py"):
            assert not any(name.startswith("curator.") for name in imported), path
        if room in ("rules", "dedup", "extract", "sources"):
            above = ("curator.corpus", "curator.publish", "curator.report", "curator.cleaner", "curator.executors")
            assert not any(name.startswith(above) for name in imported), path
        if room in ("pages", "publish", "report", "review"):
            siblings = tuple(f"curator.{other}." for other in ("publish", "report", "review") if other != room)
            assert not any(name.startswith(siblings) for name in imported), path
