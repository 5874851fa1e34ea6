"""All documents in one order, the copy to keep before the others; equal texts fall together as one node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.dedup.shingles import LEVELS
from curator.settings import DedupSettings

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, Any]

__all__ = ["RankTask", "Shard", "criteria", "document_schema", "rank"]

_NO_DAY = 9_999_99_99
_AT_ONCE = 1 << 18  # rows written at a time


@dataclass(frozen=True, slots=True)
class Shard:
    """A file of fingerprints, and the file that holds the texts."""

    prints: str
    texts: str
    indexed: bool = False  # of an earlier corpus
    generation: int = 0  # how many corpora came before


@dataclass(frozen=True, slots=True)
class RankTask:
    """Rank the documents of all shards."""

    shards: tuple[Shard, ...]
    settings: DedupSettings
    target: str
    earlier: str = ""  # the documents of the corpus this one comes after, see `curator.publish.earlier`


def criteria(settings: DedupSettings) -> tuple[str, ...]:
    """Return what decides which copy stays, the first to decide first; a hash of the words makes the order total.

    >>> criteria(DedupSettings())
    ('incumbent', 'site', 'longest', 'earliest', 'hash')
    """
    chosen = [name for name in settings.representative if name != "indexed"]
    first = ["indexed"] if "indexed" in settings.representative else []
    return ("incumbent", *first, "site", *chosen, "hash")


def document_schema() -> pa.Schema:
    """Return the columns of the table of documents, one row for each in rank order.

    `shard` and `position` tell where a document's fingerprint is. Documents of equal text have the same `node`,
    numbered by the rank of the first of them, its `leader`. What `criteria` look at is in `incumbent` (whether it was
    in the corpus this one comes after), `generation`, `preference`, `characters`, `day` and `content`. Where sites are
    apart, `apart` differs from site to site, else it is 0; `content` has it in it.
    """
    import pyarrow as pa

    columns: dict[str, pa.DataType] = {
        "id": pa.string(),
        "node": pa.int32(),
        "leader": pa.bool_(),
        "shard": pa.int32(),
        "position": pa.int32(),
        "row": pa.int32(),
        "indexed": pa.bool_(),
        "incumbent": pa.bool_(),
        "generation": pa.int32(),
        "preference": pa.int32(),
        "characters": pa.int64(),
        "day": pa.int32(),
        "content": pa.uint64(),
        "apart": pa.uint64(),
        "words": pa.float32(),
        "runs": pa.int32(),
        "level": pa.int8(),
        **{f"posted_{share}": pa.int32() for _, share in LEVELS},
    }
    return pa.schema(columns)


def rank(task: RankTask) -> int:
    """Write the table of documents and return their number.

    Of documents with one id only the first in rank is in it; `repeated` in its note counts the others, `displaced`
    those of earlier corpora that lost their place to a new one.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    count = 0

    def write(path: Path) -> None:
        nonlocal count
        table: Any = pa.concat_tables(_columns(task)).combine_chunks()
        table = table.append_column("incumbent", _incumbent(table.column("id"), task.earlier))
        order = _order(table, task.settings)
        winner = _first_of_its_id(table, order)
        first = winner == np.arange(len(order))
        indexed = table.column("indexed").to_numpy()[order]
        displaced = int((indexed & ~indexed[winner]).sum())
        order = order[first]
        node, leader = _nodes(table, order)
        count = len(order)
        schema = document_schema()
        with pq.ParquetWriter(path, schema, compression="lz4") as writer:
            for start in range(0, len(order), _AT_ONCE):
                here = slice(start, start + _AT_ONCE)
                part = table.take(pa.array(order[here]))
                part = part.append_column("node", pa.array(node[here].astype(np.int32)))
                writer.write_table(part.append_column("leader", pa.array(leader[here])).select(schema.names))
            writer.add_key_value_metadata({"displaced": str(displaced), "repeated": str(int((~first).sum()))})

    commit(Path(task.target), write)
    return count


def _columns(task: RankTask) -> Iterator[pa.Table]:
    """Yield what is small in the fingerprints of each shard."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = document_schema()
    made = {"node", "leader", "shard", "position", "indexed", "incumbent", "generation", "preference", "day", "apart"}
    preferred = {site: place for place, site in enumerate(task.settings.prefer)}
    plain = [name for name in schema.names if name not in made]
    for number, shard in enumerate(task.shards):
        found = pq.read_table(shard.prints, columns=[*plain, "identity", "site", "published"], use_threads=False)
        size = found.num_rows
        sites = found.column("site").combine_chunks()
        columns: dict[str, Any] = {
            "shard": np.full(size, number, dtype=np.int32),
            "position": np.arange(size, dtype=np.int32),
            "indexed": np.full(size, shard.indexed),
            "generation": np.full(size, shard.generation, dtype=np.int32),
            "preference": _each(sites, lambda site: preferred.get(site, len(preferred)), pa.int32()),
            "day": _each(found.column("published").combine_chunks(), _day_number, pa.int32()),
            "apart": np.zeros(size, dtype=np.uint64),
        }
        if task.settings.scope == "within-site":
            columns["apart"] = apart = _each(sites, _site_number, pa.uint64()).to_numpy()
            content = found.column("content").to_numpy() ^ apart
            found = found.set_column(found.schema.get_field_index("content"), "content", pa.array(content))
        for name, values in columns.items():
            found = found.append_column(name, pa.array(values))
        yield found.drop_columns(["site", "published"])


def _incumbent(ids: Any, earlier: str) -> Any:
    """Return for each id whether it is among those of an earlier corpus."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    if not earlier:
        return pa.repeat(pa.scalar(False), len(ids))
    known = pq.read_table(earlier, columns=["id"], use_threads=False).column("id")
    return pc.is_in(ids, value_set=known.combine_chunks())


def _each(values: Any, function: Callable[[Any], Any], kind: pa.DataType) -> Any:
    """Apply a function to each different value."""
    import pyarrow as pa

    encoded = values.dictionary_encode(null_encoding="encode")
    return pa.array(map(function, encoded.dictionary.to_pylist()), kind).take(encoded.indices)


def _day_number(day: str | None) -> int:
    return int(day.replace("-", "")) if day else _NO_DAY


def _site_number(site: str | None) -> int:
    import hashlib

    return int.from_bytes(hashlib.blake2b((site or "").encode(), digest_size=8).digest(), "little")


def _order(table: pa.Table, settings: DedupSettings) -> Array:
    """Return the rows of the table in rank order."""
    import numpy as np

    keys = {
        "incumbent": lambda: ~table.column("incumbent").to_numpy(),
        "indexed": lambda: table.column("generation").to_numpy(),
        "site": lambda: table.column("preference").to_numpy(),
        "longest": lambda: -table.column("characters").to_numpy(),
        "earliest": lambda: table.column("day").to_numpy(),
        "hash": lambda: table.column("content").to_numpy(),
    }
    chosen = [keys[name]() for name in criteria(settings)]
    return np.lexsort((table.column("identity").to_numpy(), *reversed(chosen)))


def _first_of_its_id(table: Any, order: Array) -> Array:
    """Return for each row, in order, the first row that has its id."""
    import numpy as np

    identity = table.column("identity").to_numpy()[order]
    by_identity = np.argsort(identity, kind="stable")
    equal = identity[by_identity]
    first = np.arange(len(order))
    ids = table.column("id")
    for place in (np.flatnonzero(equal[1:] == equal[:-1]) + 1).tolist():
        name = ids[int(order[by_identity[place]])]
        before = place - 1
        while before >= 0 and equal[before] == equal[place]:  # of equal hash, hardly ever of another id
            row = int(by_identity[before])
            if ids[int(order[row])] == name:
                first[by_identity[place]] = first[row]
                break
            before -= 1
    return first


def _nodes(table: pa.Table, order: Array) -> tuple[Array, Array]:
    """Return the node of each row, in order, and whether the row is its first."""
    import numpy as np

    content = table.column("content").to_numpy()[order]
    by_content = np.argsort(content, kind="stable")
    new = np.ones(len(order), dtype=bool)
    new[1:] = content[by_content][1:] != content[by_content][:-1]
    # A text without a word equals none.
    new |= table.column("runs").to_numpy()[order][by_content] == 0
    first = np.empty(len(order), dtype=np.int64)
    first[by_content] = by_content[np.flatnonzero(new)][np.cumsum(new) - 1]
    leader = first == np.arange(len(order))
    return (np.cumsum(leader) - 1)[first], leader
