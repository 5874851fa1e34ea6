"""The files of a release: those of a build that are for the public, and those made of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from curator.atomic import explain_write_errors
from curator.errors import InputError, OutputError
from curator.manifest import Manifest
from curator.output import measured
from curator.publish.blocks import add_sections
from curator.publish.card import card
from curator.publish.derived import write_removals, write_sample
from curator.publish.facts import Facts, measure, table_of
from curator.publish.frontmatter import Card, chosen, read_card

__all__ = ["OURS", "Last", "Piece", "Release", "assemble", "git_hash"]

# What a release may consist of, beside its card: folders, and files by name. Nothing else in a repository is touched.
OURS = ("data/", "sample/", "ledger/", "clusters.parquet", "templates.toml", "manifest.json")
_SAMPLE = "sample/train-00000-of-00001.parquet"


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a release; its content is a file or, where it was written for the release, the bytes themselves."""

    path: str
    source: Path | bytes
    size: int
    sha256: str

    def git(self) -> str:
        """Return the hash git has for the content, as a regular file."""
        return git_hash(self.source if isinstance(self.source, bytes) else self.source.read_bytes())


@dataclass(frozen=True, slots=True)
class Last:
    """What a repository holds of the release before: its manifest, its card."""

    manifest: Mapping[str, Any] = field(default_factory=dict)
    manifest_bytes: bytes = b""
    card: str = ""

    @property
    def releases(self) -> list[dict[str, Any]]:
        """The versions published so far, by their entries in the table of versions."""
        return list(self.manifest.get("releases", ()))


@dataclass(frozen=True, slots=True)
class Release:
    """All files of a release, by path, and its manifest."""

    pieces: Mapping[str, Piece]
    manifest: Mapping[str, Any]
    documents: int

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(piece.size for piece in self.pieces.values())

    def first_row(self, folder: str) -> dict[str, Any]:
        """Return the row a reader of one folder's files gets first."""
        import pyarrow.parquet as pq

        path = min(path for path in self.pieces if path.startswith(folder))
        with pq.ParquetFile(str(self.pieces[path].source)) as file:
            row: dict[str, Any] = next(file.iter_batches(1)).to_pylist()[0]
            return row


def git_hash(content: bytes) -> str:
    """Return the SHA-1 of a git blob."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def assemble(
    folder: Path,
    work: Path,
    repo: str,
    last: Last,
    *,
    tag: str | None = None,
    removals: bool = False,
    clusters: bool = False,
) -> Release:
    """Put a release together from a finished build.

    Args:
        work: an empty folder for the files that are made for the release.
        repo: where it is going to be, OWNER/NAME.
        last: the release before, whose card and versions go on in this one.
        tag: what this version is called, unless it is the last one again.
        removals: the ledger too, of the documents published; what was masked stays masked.
        clusters: the copies that were found too.

    Raises:
        InputError: the folder holds no finished build, or its files are not those the build wrote.
        OutputError: the last card cannot be read.
    """
    manifest = Manifest.read(folder / "manifest.json")
    for name, who in ((".curator", "build"), (".forget", "forget")):
        if (folder / name).exists():
            hint = f"run curator {who} again: it goes on where it stopped"
            raise InputError(f"holds a {who} that has not ended", where=str(folder), hint=hint)
    written = {str(output["path"]): output for output in manifest.outputs}
    sources = dict(_checked(folder, written, clusters=clusters))
    sources |= _made(folder, work, sources, [path for path in written if path.startswith("ledger/") and removals])
    tables = {path: table_of(source) for path, source in sources.items() if path.endswith(".parquet")}
    rows = {path: table.rows for path, table in tables.items()} | {
        path: output["rows"] for path, output in written.items() if path.endswith(".toml")
    }
    outputs = [{**_measured(source, rows[path]), "path": path} for path, source in sorted(sources.items())]
    facts = replace(measure(folder, written, spill=work), tables=tables)
    public = _public(manifest, outputs, facts)
    same = all(last.manifest.get(key) == public[key] for key in ("identity", "outputs"))
    if same:
        public, content = dict(last.manifest), last.manifest_bytes
    else:
        public["releases"] = [*last.releases, _entry(public, tag)]
        content = (json.dumps(public, indent=2, ensure_ascii=False) + "\n").encode()
    kept = replace(
        manifest, outputs=outputs, identity=replace(manifest.identity, settings=public["identity"]["settings"])
    )
    text = card(
        repo.split("/")[-1],
        replace(kept, finished=public["finished"]),
        facts,
        previous=_previous(folder, last),
        releases=public["releases"],
        repo=repo,
    )
    pieces = {o["path"]: Piece(o["path"], sources[o["path"]], o["bytes"], o["sha256"]) for o in outputs}
    for path, data in (("README.md", text.encode()), ("manifest.json", content)):
        pieces[path] = Piece(path, data, len(data), hashlib.sha256(data).hexdigest())
    return Release(dict(sorted(pieces.items())), public, manifest.funnel.written)


def _checked(folder: Path, written: Mapping[str, Mapping[str, Any]], *, clusters: bool) -> Iterator[tuple[str, Path]]:
    """Yield the build's files that are for everybody, each found as it was written."""
    for path, output in written.items():
        wanted = path.startswith("data/") or path == "templates.toml" or (clusters and path == "clusters.parquet")
        if not wanted or (path == "clusters.parquet" and not output["rows"]):
            continue
        hint = "build it again with --force, or take the folder from where it was whole"
        if not (folder / path).is_file():
            raise InputError("is not there, and the manifest lists it", where=str(folder / path), hint=hint)
        if measured(folder, path, output["rows"]) != output:
            raise InputError("is not the file the build wrote", where=str(folder / path), hint=hint)
        yield path, folder / path


def _made(folder: Path, work: Path, sources: Mapping[str, Path], ledger: Sequence[str]) -> dict[str, Path]:
    """Write the files that are made for the release; those without a row are left out, since no reader takes them."""
    shards = [source for path, source in sorted(sources.items()) if path.startswith("data/")]
    found = {}
    with explain_write_errors(work):
        if write_sample(shards, work / _SAMPLE):
            found[_SAMPLE] = work / _SAMPLE
        for path in ledger:
            if write_removals(folder / path, shards, work / path):
                found[path] = work / path
    return found


def _measured(source: Path, rows: int) -> dict[str, Any]:
    return measured(source.parent, source.name, rows)


def _public(manifest: Manifest, outputs: list[dict[str, Any]], facts: Facts) -> dict[str, Any]:
    """Return the manifest of a release: its own files, what each rule took, and no local folder."""
    told = json.loads(json.dumps(asdict(replace(manifest, outputs=outputs))))
    told["identity"]["settings"] = _without_folders(told["identity"]["settings"])
    told["identity"]["benchmarks"] = {Path(path).name: mark for path, mark in told["identity"]["benchmarks"].items()}
    spans: dict[str, int] = {}
    for rule in facts.rules:
        spans[rule.rule] = spans.get(rule.rule, 0) + rule.spans
    return dict(told) | {"removed": dict(sorted(spans.items()))}


def _without_folders(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_folders(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_folders(inner) for inner in value]
    return Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value


def _entry(public: Mapping[str, Any], tag: str | None) -> dict[str, Any]:
    return {
        "tag": tag,
        "finished": public["finished"],
        "documents": public["funnel"]["written"],
        "bytes": sum(output["bytes"] for output in public["outputs"]),
        "rules": public["identity"]["rules"],
    }


def _previous(folder: Path, last: Last) -> Card:
    """Return the card to go on from: the published one, with what a person wrote into the build's own."""
    local = folder / "README.md"
    mine = read_card(local.read_text(encoding="utf-8"), str(local)) if local.exists() else Card()
    front = chosen(mine.front, folder.name)
    if not last.card:
        return Card(front, mine.body)
    try:
        theirs = read_card(last.card, "README.md of the repository")
    except InputError as error:
        raise OutputError(error.what, where=error.where, hint=error.hint) from None
    return Card({**theirs.front, **front}, add_sections(theirs.body, mine.body))
