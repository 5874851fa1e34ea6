"""What is installed here, and whether it can work together."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, version

from curator.errors import CuratorError

__all__ = ["examine", "rival_owners"]

_CORE = (
    "trafilatura",
    "lxml",
    "datasets",
    "huggingface-hub",
    "langdetect",
    "ftfy",
    "typer",
    "pyarrow",
    "duckdb",
    "pydantic",
    "google-re2",
    "ahocorasick_rs",
)


def examine() -> tuple[list[tuple[str, str]], list[str]]:
    """Return (name, value) lines that describe the installation, and a sentence for each problem found."""
    lines = [("article-curator", _version("article-curator")), ("python", sys.version.split()[0])]
    lines += [(name, _version(name)) for name in _CORE]
    problems = [f"{name} is not installed" for name, found in lines if found == "absent"]
    problems += [
        f"{owner!r} owns the import package `curator` too; install article-curator in an environment of its own"
        for owner in rival_owners()
    ]
    try:
        from curator.rules.load import load_rules, shipped_rules_dir

        rules = load_rules(preview=True)
        lines.append(("rules", f"{len(rules)} in {shipped_rules_dir()}"))
        rules.matcher  # noqa: B018  (compiles them)
    except CuratorError as error:
        problems.append(f"the shipped rules do not load: {error}")
    return lines, problems


def rival_owners() -> list[str]:
    """Return the other distributions that install an import package `curator`, e.g. elasticsearch-curator."""
    return sorted(set(packages_distributions().get("curator", ())) - {"article-curator"})


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
