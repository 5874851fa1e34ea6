"""The rules for template lines: as a pack for everybody, and by site for the tasks that clean."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.atomic import commit
from curator.database import database
from curator.errors import RuleError
from curator.rules.load import load_rules
from curator.rules.mine import LICENSE
from curator.rules.model import Pack, Rule
from curator.rules.templates import Templates
from curator.rules.write import header_lines, rule_lines
from curator.workfile import read_rows, rows_of_sites, write_rows

__all__ = [
    "AdoptTask",
    "CopyTask",
    "PackTask",
    "adopt",
    "copy_pack",
    "load_pack",
    "read_templates",
    "summary",
    "write_pack",
    "write_templates",
]

_HEADER = Pack(pack="templates", version="1", license=LICENSE)
_KINDS = ("line", "span", "block")


@dataclass(frozen=True, slots=True)
class PackTask:
    """Write the rules of a template work file as a pack."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class AdoptTask:
    """Make a template work file of the pack of an earlier build."""

    pack: str
    preview: bool
    target: str


@dataclass(frozen=True, slots=True)
class CopyTask:
    """Lay the pack of an earlier build beside the corpus."""

    source: str
    target: str


def write_templates(target: str, rules: Iterable[Rule]) -> None:
    """Write a template work file: site, id and rule (as JSON) of rules that are in order of site."""
    import pyarrow as pa

    schema = pa.schema([(name, pa.string()) for name in ("site", "id", "rule")])
    write_rows(target, schema, map(_row, rules))


def write_pack(task: PackTask) -> int:
    """Write a rule file, in the form `rules fmt` leaves as it is."""

    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(f"{line}\n" for line in header_lines(_HEADER))
            for row in read_rows(task.source):
                stream.writelines(f"{line}\n" for line in rule_lines(_rule(row), _HEADER))

    commit(Path(task.target), write)
    return 0


def adopt(task: AdoptTask) -> int:
    """Write the template work file of a pack, in order of site and id."""
    rules = sorted(load_pack(task.pack, preview=task.preview), key=lambda rule: (rule.site or "", rule.id))
    write_templates(task.target, rules)
    return 0


def copy_pack(task: CopyTask) -> int:
    """Copy a pack byte for byte."""

    def write(path: Path) -> None:
        shutil.copyfile(task.source, path)

    commit(Path(task.target), write)
    return 0


def load_pack(path: str, *, preview: bool = False) -> Sequence[Rule]:
    """Return the rules of a pack of an earlier build.

    Raises:
        RuleError: the file is no pack, or holds a rule that is not for the text of one site, or none that runs.
    """
    rules = load_rules(path, shipped=False, preview=preview).rules
    for rule in rules:
        if not rule.site or rule.kind not in _KINDS:
            hint = "such rules are added with --rules; --templates is for the templates.toml of a build"
            raise RuleError(f"rule {rule.id} is not for the text of one site", where=path, hint=hint)
    if not rules:
        hint = "experimental rules run only where the settings say [rules] preview = true"
        raise RuleError("no rule of this pack would run", where=path, hint=hint)
    return rules


def read_templates(path: str, hosts: Sequence[str]) -> Templates:
    """Return the rules of some sites from a template work file."""
    return Templates({site: tuple(map(_rule, own)) for site, own in rows_of_sites(path, hosts)})


def summary(path: str, cleaned: Sequence[str]) -> dict[str, int]:
    """Return how many rules for how many sites a template work file has, and what they took from cleaned work files."""
    with database(Path(path).parent) as connection:
        numbers = connection.execute(
            """
            with taken as (select unnest(removals) as removal from read_parquet($cleaned)),
                 own as (select removal.text from taken semi join read_parquet($templates) as t on removal.rule = t.id)
            select (select count(*) from read_parquet($templates)),
                   (select count(distinct site) from read_parquet($templates)),
                   count(*), coalesce(sum(length(text)), 0)
            from own
            """,
            {"templates": path, "cleaned": list(cleaned)},
        ).fetchone()
    names = ("rules", "sites", "removals", "characters_removed")
    return dict(zip(names, map(int, numbers or ()), strict=True))


def _row(rule: Rule) -> dict[str, Any]:
    told = rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {"site": rule.site, "id": rule.id, "rule": json.dumps(told, ensure_ascii=False)}


def _rule(row: dict[str, Any]) -> Rule:
    return Rule.model_validate(json.loads(row["rule"]))
