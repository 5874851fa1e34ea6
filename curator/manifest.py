"""What ran on what: the identity of a build, which decides what may be reused, and its measured result."""

from __future__ import annotations

import hashlib
import itertools
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from curator.atomic import explain_write_errors
from curator.errors import InputError, OutputError
from curator.sources.model import SourceFile
from curator.sources.places import content_mark

__all__ = ["FORMAT", "Funnel", "Identity", "Manifest", "digest_inputs", "versions"]

# Raised when work files or outputs of one version cannot be continued by another.
FORMAT = 3

_HASHED_AT_ONCE = 1_000  # files; there can be millions

# Distributions whose version can change the bytes that are written.
_TELLING = (
    "article-curator",
    "trafilatura",
    "lxml",
    "htmldate",
    "dateparser",
    "ftfy",
    "langdetect",
    "google-re2",
    "pyarrow",
    "duckdb",
)


def versions() -> dict[str, str]:
    """Return the versions a build depends on."""
    found = {name: version(name) for name in _TELLING}
    found["python"] = ".".join(platform.python_version_tuple()[:2])
    return found


@dataclass(frozen=True, slots=True)
class Identity:
    """All that decides what a build writes. Two builds of one identity write the same bytes."""

    inputs: str  # digest over every input file's origin and content
    settings: Mapping[str, Any]
    rules: str  # hash of the rule set
    versions: Mapping[str, str]
    templates: str = ""  # SHA-256 of the pack of template rules that was given, "" where lines were counted
    benchmarks: Mapping[str, str] = field(default_factory=dict)  # SHA-256 by file: what documents must not share
    format: int = FORMAT
    tokenizer: str = ""  # SHA-256 of the one that counts tokens, and its library's version, "" for none
    tombstones: str = ""  # hash of what is to be forgotten, "" where nothing is
    after: str = ""  # hash of the documents of the corpus this one comes after, "" where it comes after none

    def differences(self, other: Mapping[str, Any]) -> list[str]:
        """Return what differs from an identity read from a file, one line each."""
        mine, theirs = _flatten(asdict(self)), _flatten(other)
        return [
            f"{key}: {theirs.get(key, 'absent')} → {mine.get(key, 'absent')}"
            for key in sorted({*mine, *theirs})
            if mine.get(key) != theirs.get(key)
        ]


def _flatten(value: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {prefix: list(value) if isinstance(value, tuple) else value}
    flat: dict[str, Any] = {}
    for key, inner in value.items():
        flat |= _flatten(inner, f"{prefix}.{key}" if prefix else str(key))
    return flat


def digest_inputs(files: Iterable[SourceFile]) -> str:
    """Return SHA-256 over origins and contents of files.

    A file that cannot be read counts as such; reading it later will put it into quarantine.
    """

    def one(file: SourceFile) -> str:
        try:
            return content_mark(file.path)
        except OSError as error:
            return f"unreadable: {error.strerror}"

    total = hashlib.sha256()
    with ThreadPoolExecutor(2) as pool:  # hashing releases the interpreter lock
        waiting = iter(files)
        while some := list(itertools.islice(waiting, _HASHED_AT_ONCE)):
            for file, content in zip(some, pool.map(one, some), strict=True):
                total.update(f"{file.origin}\0{content}\n".encode("utf-8", "surrogatepass"))
    return total.hexdigest()


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many documents came how far. Every row read is in exactly one of failed, rejected, dropped, written."""

    read: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)  # by reason
    pages: int = 0  # HTML documents among those read
    extracted: int = 0  # pages in which an article was found
    characters_in: int = 0  # of repaired text, over all documents the rules saw
    characters_removed: int = 0
    removals: int = 0  # spans taken from texts
    masked: int = 0  # of these spans, addresses that a word stands for now
    pruned: int = 0  # elements html rules took from pages, before there was a text to count characters of
    guarded: Mapping[str, int] = field(default_factory=dict)  # kept, a guard fired, by guard
    rejected: Mapping[str, int] = field(default_factory=dict)  # by reason
    dropped: Mapping[str, int] = field(default_factory=dict)  # duplicates, by kind
    clusters: int = 0
    written: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)  # documents written, by language


@dataclass(frozen=True, slots=True)
class Manifest:
    """The record of a finished build."""

    identity: Identity
    funnel: Funnel
    inputs: Mapping[str, Any]
    outputs: Sequence[Mapping[str, Any]]  # path, rows, bytes, sha256
    finished: str  # UTC, ISO 8601
    templates: Mapping[str, int] = field(default_factory=dict)  # rules, sites, removals, characters_removed; or nothing

    def write(self, path: Path) -> None:
        """Write the manifest as JSON, whole or not at all."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False, sort_keys=False) + "\n"
        temporary = path.with_name(path.name + ".tmp-manifest")
        with explain_write_errors(path):
            try:
                temporary.write_text(text, encoding="utf-8")
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read a manifest.

        Raises:
            InputError: not there, or not a manifest of this tool.
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                Identity(**data["identity"]),
                Funnel(**data["funnel"]),
                data["inputs"],
                data["outputs"],
                data["finished"],
                data.get("templates", {}),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"not the manifest of a build: {error}", where=str(path), hint="curator build INPUT --out DIR"
            ) from None


def read_identity(path: Path) -> Mapping[str, Any]:
    """Return the identity that a started or finished build noted.

    Raises:
        OutputError: the file is not one.
    """
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        return data["identity"] if isinstance(data["identity"], dict) else {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(f"cannot be read: {error}", where=str(path), hint="--force starts over") from None
