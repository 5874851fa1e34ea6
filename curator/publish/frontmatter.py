"""The YAML on top of a card: what the curator knows is written, what a person wrote is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from curator.errors import InputError
from curator.publish.facts import Facts, Table

__all__ = ["Card", "Subset", "chosen", "front_matter", "read_card", "subsets"]

_UNDETERMINED = "und"
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
    (10_000_000_000, "1B<n<10B"),
)
# Where the files of the curator's own configs are; a config that reads others is a person's.
_OURS = ("data/", "sample/", "ledger/", "clusters.parquet")
# The configs beside those of languages.
_NAMES = {
    "default": "data/*/train-*.parquet",
    "sample": "sample/train-*.parquet",
    "removals": "ledger/*.parquet",
    "clusters": "clusters.parquet",
}
# Where no person chose: rights are not the curator's to give.
_PER_DOCUMENT = "per-document"
_TAGS = ("news", "article-curator")
_KINDS = {
    "annotations_creators": ["no-annotation"],
    "language_creators": ["found"],
    "source_datasets": ["original"],
    "task_categories": ["text-generation"],
}


@dataclass(frozen=True, slots=True)
class Card:
    """A card in its two parts: the front matter, and the body."""

    front: Mapping[str, Any] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True)
class Subset:
    """One config: its name, its files, and the tables they are."""

    name: str
    paths: tuple[str, ...]  # or one pattern over all of them
    tables: tuple[Table, ...]

    @property
    def rows(self) -> int:
        """Rows of all its files."""
        return sum(table.rows for table in self.tables)

    @property
    def bytes(self) -> int:
        """Bytes of all its files."""
        return sum(table.bytes for table in self.tables)


def _pattern(name: str) -> str:
    """Return the files of one of our configs."""
    return _NAMES.get(name, f"data/{name}/train-*.parquet")


def subsets(tables: Mapping[str, Table]) -> list[Subset]:
    """Return the configs of a release: all documents, each language, and the tables beside them that have rows."""
    languages = sorted({path.split("/")[1] for path in tables if path.startswith("data/")})
    found = []
    for name in ("default", *languages, *list(_NAMES)[1:]):
        pattern = _pattern(name)
        inside = {path: table for path, table in tables.items() if fnmatchcase(path, pattern)}
        # A reader stumbles over a file that has no rows.
        full = {path: table for path, table in sorted(inside.items()) if table.rows}
        if full:
            paths = (pattern,) if len(full) == len(inside) else tuple(full)
            found.append(Subset(name, paths, tuple(full.values())))
    return found


def read_card(text: str, where: str = "README.md") -> Card:
    """Return a card in its two parts.

    `no`, `yes`, `on` and `off` are words here, as whoever lists languages means them.

    Raises:
        InputError: the front matter is no YAML mapping.
    """
    import yaml

    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    found = re.match(r"\s*---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", text, re.DOTALL | re.MULTILINE)
    if not found:
        return Card(body=text)
    try:
        data = yaml.load(found[1], _loader())  # noqa: S506  (a SafeLoader)
    except yaml.YAMLError as error:
        hint = "mend what stands between its first two lines ---"
        raise InputError(
            f"its front matter is no YAML: {' '.join(str(error).split())}", where=where, hint=hint
        ) from None
    if data is not None and not isinstance(data, dict):
        raise InputError("its front matter is no mapping", where=where, hint="write key: value")
    return Card(data or {}, text[found.end() :].lstrip("\n"))


def _loader() -> Any:
    import yaml

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        """YAML where only true and false are truth values."""

    Loader.yaml_implicit_resolvers = {
        letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or letter in "tTfF"]
        for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return Loader


def front_matter(name: str, facts: Facts, previous: Mapping[str, Any]) -> dict[str, Any]:
    """Return the front matter of a card: figures, configs and features are ours, the rest is a person's if they said.

    Args:
        name: what the corpus is called where the previous card does not say.
        previous: the front matter of the card as it was.
    """
    mine = subsets(facts.tables)
    codes = [language.code for language in facts.languages]
    known = sorted({code.split("-")[0] for code in codes if code != _UNDETERMINED})
    documents = sum(language.documents for language in facts.languages)
    data: dict[str, Any] = {"language": known} if known else {}
    data["pretty_name"] = previous.get("pretty_name") or name
    data |= _license(facts, previous)
    data["multilinguality"] = ["multilingual" if len(known) > 1 else "monolingual"]
    data["size_categories"] = [next((label for limit, label in _SIZES if documents < limit), "n>1T")]
    data |= {key: previous.get(key, value) for key, value in _KINDS.items()}
    said = previous.get("tags") or []
    tags = said if isinstance(said, list) else [said]
    data["tags"] = list(dict.fromkeys([*tags, *_TAGS]))
    data |= {key: value for key, value in previous.items() if key not in {*data, "configs", "dataset_info", "language"}}
    theirs = _theirs(previous, [subset.name for subset in mine], facts.tables)
    names = {config["config_name"] for config in theirs}
    infos = [info for info in _listed(previous, "dataset_info") if info.get("config_name") in names]
    data["configs"] = [_config(subset) for subset in mine] + theirs
    data["dataset_info"] = [_info(subset) for subset in mine] + infos
    return data if mine else {key: value for key, value in data.items() if key not in ("configs", "dataset_info")}


def chosen(front: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return what a person wrote into the front matter of a build's own card, which was called `name`."""
    ours = {"language", "multilinguality", "size_categories", "tags", "configs", "dataset_info", *_KINDS}
    found = {key: value for key, value in front.items() if key not in ours}
    if found.get("pretty_name") == name:
        del found["pretty_name"]
    if front.get("license") == "unknown" or front.get("license_name") == _PER_DOCUMENT:
        found = {key: value for key, value in found.items() if key not in ("license", "license_name")}
    return found


def _license(facts: Facts, previous: Mapping[str, Any]) -> dict[str, Any]:
    """Return the licence a person chose; else that each document has its own, or that none is known."""
    if previous.get("license") not in (None, "unknown") and previous.get("license_name") != _PER_DOCUMENT:
        return {key: previous[key] for key in ("license", "license_name", "license_link") if key in previous}
    if any(name is not None for name, _ in facts.licenses):
        return {"license": "other", "license_name": _PER_DOCUMENT}
    return {"license": "unknown"}


def _listed(previous: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return a list of mappings that may have been written as one mapping."""
    found = previous.get(key) or []
    return [entry for entry in (found if isinstance(found, list) else [found]) if isinstance(entry, dict)]


def _theirs(previous: Mapping[str, Any], mine: Iterable[str], tables: Mapping[str, Table]) -> list[dict[str, Any]]:
    """Return the configs a person added, without those whose files are gone from among ours.

    A second default would leave readers without one.
    """
    found = []
    for config in _listed(previous, "configs"):
        name, paths = str(config.get("config_name") or ""), _paths(config.get("data_files"))
        there = all(any(fnmatchcase(t, path) for t in tables) for path in paths if path.startswith(_OURS))
        if name and name not in {*mine, *_NAMES} and paths != [_pattern(name)] and there:
            found.append({key: value for key, value in config.items() if key != "default"})
    return found


def _paths(data_files: Any) -> list[str]:
    if isinstance(data_files, str):
        return [data_files]
    if isinstance(data_files, dict):
        return _paths(data_files.get("path", []))
    return [path for entry in data_files or [] for path in _paths(entry)]


def _config(subset: Subset) -> dict[str, Any]:
    path = subset.paths[0] if len(subset.paths) == 1 else list(subset.paths)
    return {"config_name": subset.name, "data_files": [{"split": "train", "path": path}]}


def _info(subset: Subset) -> dict[str, Any]:
    read = sum(table.read_bytes for table in subset.tables)
    return {
        "config_name": subset.name,
        "features": [_feature(column, kind) for column, kind in subset.tables[0].columns.items()],
        "splits": [{"name": "train", "num_bytes": read, "num_examples": subset.rows}],
        "download_size": subset.bytes,
        "dataset_size": read,
    }


def _feature(column: str, kind: str) -> dict[str, Any]:
    if kind.startswith("list<"):
        return {"name": column, "sequence": kind.removeprefix("list<").removesuffix(">")}
    return {"name": column, "dtype": kind}
