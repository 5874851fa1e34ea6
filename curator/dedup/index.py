"""An index: fingerprints, texts and similar pairs of earlier corpora, so that new documents can be held against them.

A folder with `index.json`, which says what is in it, the fingerprints with their texts as Parquet (`parts/`), and the
similar pairs of texts as Parquet. What it says is checked before anything of it is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit, explain_write_errors
from curator.dedup.columns import pair_keys, read_columns, write_columns
from curator.dedup.fingerprint import print_schema
from curator.dedup.outcome import read_edges
from curator.dedup.representative import Shard, criteria
from curator.dedup.similarity import KINDS, texts_of
from curator.errors import InputError, OutputError, UsageError
from curator.settings import DedupSettings

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = [
    "Index",
    "IndexEdgesTask",
    "KnownTask",
    "NewIndex",
    "PartTask",
    "recall_edges",
    "save",
    "write_index_edges",
    "write_part",
]

# Raised when files of one version cannot be read by another, or hashes mean something else.
_FORMAT = 1
_NAME = "index.json"
_EDGES = "edges.parquet"
_PARTS = "parts"
# An index is of use only where these are the same. What is dropped, and which copy stays, may differ from run to run.
_SETTINGS = ("shingle_words", "jaccard", "containment", "min_words", "template_jaccard", "scope")
_BATCH = 2_000
_REBUILD = "write it anew: curator dedup INPUT... --write-index DIR"


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    generation: int  # how many runs wrote to the index before the one that wrote this
    bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path, name: str, generation: int) -> _File:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return cls(name, generation, path.stat().st_size, digest)


@dataclass(frozen=True, slots=True)
class Index:
    """An index that was read and found whole."""

    folder: Path
    parts: tuple[_File, ...]
    edges: _File
    settings: Mapping[str, Any]
    order: Sequence[str]  # what decided which copy stays when it was written
    digest: str  # of all that is in it

    @classmethod
    def read(cls, folder: str | Path, settings: DedupSettings) -> Index:
        """Read an index and check every file of it.

        Raises:
            InputError: it is not there, is of another version, or a file of it is missing or changed.
            UsageError: it was written with other settings.
        """
        folder = Path(folder).resolve()
        path = folder / _NAME
        try:
            text = path.read_text(encoding="utf-8")
            said = json.loads(text)
            known = (said["format"], said["unicode"])
            parts = tuple(_File(**part) for part in said["parts"])
            edges, chosen, order = _File(**said["edges"]), dict(said["settings"]), list(said["order"])
        except OSError as error:
            raise InputError(f"no index: {error.strerror}", where=str(path), hint=_REBUILD) from None
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"not the description of an index: {error}", where=str(path), hint=_REBUILD) from None
        if known != (_FORMAT, unicodedata.unidata_version):
            mine = f"format {_FORMAT} and Unicode {unicodedata.unidata_version}"
            what = f"is of format {known[0]} and Unicode {known[1]}, not of {mine}"
            raise InputError(what, where=str(path), hint=_REBUILD)
        for file in (*parts, edges):
            _check(folder / file.name, file)
        index = cls(folder, parts, edges, chosen, order, hashlib.sha256(text.encode()).hexdigest())
        index._must_fit(settings)
        return index

    def _must_fit(self, settings: DedupSettings) -> None:
        pairs = [(name, self.settings.get(name), value) for name, value in _telling(settings).items()]
        differing = [f"{name}: {its} → {wanted}" for name, its, wanted in pairs if its != wanted]
        if differing:
            what = "was written with other settings: " + "; ".join(differing)
            raise UsageError(what, where=str(self.folder), hint=f"use its settings, or {_REBUILD}")

    def shards(self) -> list[Shard]:
        """Return its fingerprints as shards."""
        paths = [(str(self.folder / part.name), part.generation) for part in self.parts]
        return [Shard(path, path, True, generation) for path, generation in paths]

    @property
    def generation(self) -> int:
        """How many runs wrote to it."""
        return 1 + max((part.generation for part in self.parts), default=-1)

    def known(self, settings: DedupSettings) -> str:
        """Return its similar pairs, or "" where texts ranked differently, which makes other pairs candidates."""
        return str(self.folder / self.edges.name) if list(self.order) == _order(settings) else ""


def _order(settings: DedupSettings) -> list[str]:
    return [*criteria(settings), *settings.prefer]


def _telling(settings: DedupSettings) -> dict[str, Any]:
    said = settings.model_dump(mode="json")
    return {name: said[name] for name in _SETTINGS}


def _check(path: Path, said: _File) -> None:
    try:
        if path.stat().st_size == said.bytes:
            with path.open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() == said.sha256:
                    return
        problem = "is not what the index says it is: changed or cut off"
    except OSError as error:
        problem = f"a file of the index cannot be read: {error.strerror}"
    raise InputError(problem, where=str(path), hint=f"restore it from a copy, or {_REBUILD}")


@dataclass(frozen=True, slots=True)
class NewIndex:
    """An index to be written. `run` identifies what writes it."""

    folder: Path
    earlier: Index | None
    settings: DedupSettings
    run: str

    def prepare(self, *, force: bool) -> bool:
        """Return whether the folder holds this index already.

        Raises:
            OutputError: it holds something else, and `force` is not given.
            UsageError: it is the folder of the earlier index.
        """
        if self.earlier and self.folder == self.earlier.folder:
            hint = "write to a new folder and remove the old one: files that both have take space once"
            raise UsageError("an index cannot be written over the one it adds to", where=str(self.folder), hint=hint)
        path = self.folder / _NAME
        if path.exists():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                if json.loads(path.read_text(encoding="utf-8"))["run"] == self.run:
                    return True
            if not force:
                hint = "choose another --write-index, or --force to replace it"
                raise OutputError("holds another index", where=str(self.folder), hint=hint)
        elif self.folder.exists() and any(entry.name not in (_PARTS, _EDGES) for entry in self.folder.iterdir()):
            raise OutputError("holds something that is no index", where=str(self.folder), hint="choose an empty folder")
        return False


def save(new: NewIndex, parts: Sequence[str], edges: str) -> None:
    """Write an index: the files of an earlier one and new ones. It counts as written once `index.json` is there."""
    folder, earlier = new.folder, new.earlier
    with explain_write_errors(folder):
        (folder / _NAME).unlink(missing_ok=True)
        (folder / _PARTS).mkdir(parents=True, exist_ok=True)
        files = list(earlier.parts) if earlier else []
        for part in files:
            _link((earlier.folder if earlier else folder) / part.name, folder / part.name)
        for source in parts:
            described = _File.of(Path(source), "", earlier.generation if earlier else 0)
            files.append(replace(described, name=f"{_PARTS}/{described.sha256[:16]}.parquet"))
            _link(Path(source), folder / files[-1].name)
        _link(Path(edges), folder / _EDGES)
        said = {
            "format": _FORMAT,
            "unicode": unicodedata.unidata_version,
            "settings": _telling(new.settings),
            "order": _order(new.settings),
            "run": new.run,
            "parts": [asdict(file) for file in files],
            "edges": asdict(_File.of(folder / _EDGES, _EDGES, 0)),
        }
        text = json.dumps(said, indent=2) + "\n"
        commit(folder / _NAME, lambda path: _write_text(path, text))


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _link(source: Path, target: Path) -> None:
    """Put a file where it is not yet: as another name of the same file where the disk allows it."""
    temporary = target.with_name(f"{target.name}.tmp-{os.getpid()}")
    try:
        os.link(source, temporary)
    except OSError:
        shutil.copyfile(source, temporary)
    temporary.replace(target)
    temporary.unlink(missing_ok=True)  # a link put in place of another name of its own file stays


@dataclass(frozen=True, slots=True)
class PartTask:
    """Put the fingerprints of one shard and their texts into one file."""

    number: int
    shard: Shard
    documents: str
    target: str


def write_part(task: PartTask) -> int:
    """Write a part of an index: the documents that are in the table of documents; return their number."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = print_schema(texts=True)
    count = first = 0

    def write(path: Path) -> None:
        nonlocal count, first
        there = read_columns(task.documents, "shard", "position")
        positions = np.sort(there["position"][there["shard"] == task.number])
        with pq.ParquetWriter(path, schema, compression="zstd") as writer, pq.ParquetFile(task.shard.prints) as prints:
            for batch in prints.iter_batches(_BATCH, use_threads=False):
                here = positions[np.searchsorted(positions, first) : np.searchsorted(positions, first + batch.num_rows)]
                table: Any = pa.Table.from_batches([batch]).take(pa.array(here - first))
                if "text" not in table.column_names:
                    texts = texts_of(task.shard.texts, table.column("row").to_numpy())
                    table = table.append_column("text", pa.array(texts, pa.string()))
                rows = pa.array(range(count, count + len(here)), pa.int32())
                writer.write_table(table.set_column(table.column_names.index("row"), "row", rows).select(schema.names))
                count, first = count + len(here), first + batch.num_rows
            writer.add_key_value_metadata({"failed": "{}", "texts": ""})

    commit(Path(task.target), write)
    return count


@dataclass(frozen=True, slots=True)
class KnownTask:
    """Recall the similar pairs of earlier texts that are candidates still."""

    pairs: tuple[str, ...]
    documents: str
    index: str
    target: str


def recall_edges(task: KnownTask) -> int:
    """Write the similar pairs of two earlier texts, as `verify_pairs` writes those of new ones."""
    import numpy as np

    def write(path: Path) -> None:
        found = read_columns(task.documents, "node", "leader", "content", "runs")
        of_nodes = {name: values[found["leader"]] for name, values in found.items()}
        order = np.argsort(of_nodes["content"])
        known = read_columns(task.index, "content_a", "content_b", "jaccard", "containment", "kind")
        content = of_nodes["content"][order]
        places = [np.minimum(np.searchsorted(content, known[f"content_{x}"]), len(order) - 1) for x in "ab"]
        there = (content[places[0]] == known["content_a"]) & (content[places[1]] == known["content_b"])
        known = {name: values[there] for name, values in known.items()}
        a, b = (order[place[there]] for place in places)
        # Of two texts with as many shingles a is the one that ranks lower.
        even = np.isclose(known["jaccard"] * (2 - known["containment"]), known["containment"], rtol=1e-9)
        swap = even & (a < b)
        a, b = np.where(swap, b, a), np.where(swap, a, b)
        pairs = read_columns(task.pairs, "a", "b")
        wanted = np.isin(pair_keys(a, b), pair_keys(pairs["a"], pairs["b"]))
        columns = {"a": a.astype(np.int32), "b": b.astype(np.int32)}
        columns |= {name: known[name] for name in ("jaccard", "containment", "kind")}
        write_columns(path, {name: values[wanted] for name, values in columns.items()})

    commit(Path(task.target), write)
    return 0


@dataclass(frozen=True, slots=True)
class IndexEdgesTask:
    """Keep similar pairs for later runs: by their texts, as nodes are numbered anew each time."""

    edges: tuple[str, ...]
    documents: str
    target: str


def write_index_edges(task: IndexEdgesTask) -> int:
    """Write all similar pairs of texts."""
    import numpy as np

    def write(path: Path) -> None:
        found = read_columns(task.documents, "leader", "content")
        content = found["content"][found["leader"]]
        edges = read_edges(task.edges)
        columns = {f"content_{side}": content[edges[side]] for side in ("a", "b")}
        columns |= {name: edges[name] for name in ("jaccard", "containment")}
        columns["kind"] = edges["kind"].astype(np.int8)
        order = np.lexsort((columns["content_b"], columns["content_a"]))
        write_columns(path, {name: values[order] for name, values in columns.items()}, kinds=KINDS)

    commit(Path(task.target), write)
    return 0
