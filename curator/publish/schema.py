"""The columns of a release, typed in one place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["COLUMNS", "MEANINGS", "TOKENS", "carried_name", "carried_type", "merge_types", "release_schema"]

# name -> Arrow type; every column has a type even where all its values are null, as the readers of shards insist.
COLUMNS = {
    "id": "string",
    "text": "string",
    "title": "string",
    "url": "string",
    "site": "string",
    "published": "string",  # ISO 8601 day
    "language": "string",
    "language_score": "float32",
    "authors": "list<string>",
    "tags": "list<string>",
    "agency": "string",
    "cluster": "string",
    "cluster_size": "int32",
    "story": "string",
    "characters": "int64",
    "characters_removed": "int64",
    "license": "string",
    "retrieved_at": "string",
    "origin": "string",
}

# Under this name counts of tokens are carried through; their column is called "tokens".
TOKENS = "curator.tokens"

# What a reader of the corpus is told of each.
MEANINGS = {
    "id": "what the input calls it, or its place there",
    "text": "the cleaned article; paragraphs are apart by an empty line",
    "title": "headline",
    "url": "address it was read from",
    "site": "site it was published on",
    "published": "day of publication, ISO 8601",
    "language": "ISO 639 code; `und` where it cannot be told",
    "language_score": "how sure that is, 0 to 1",
    "authors": "as the page names them",
    "tags": "as the page gives them",
    "agency": "news agency it is credited to",
    "cluster": "id of the copy that stands for all copies of the article",
    "cluster_size": "copies that were found, this one included",
    "story": "id of the first document that tells the same event, where there is another",
    "tokens": "of `text`, counted by the tokenizer of the settings",
    "characters": "of `text`, in code points",
    "characters_removed": "that were taken out of it",
    "license": "licence, as the input says it",
    "retrieved_at": "when it was fetched, as the input says it",
    "origin": "file and row of the input",
}


def release_schema(carried: Mapping[str, str] | None = None) -> pa.Schema:
    """Return the schema of a release: the fixed columns, then the carried-through fields in name order."""
    import pyarrow as pa

    types: dict[str, pa.DataType] = {
        "string": pa.string(),
        "float32": pa.float32(),
        "float64": pa.float64(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "bool": pa.bool_(),
        # "element" is what Parquet calls it: rows that were read are written again as the same bytes.
        "list<string>": pa.list_(pa.field("element", pa.string())),
    }
    fields = [(name, types[kind]) for name, kind in COLUMNS.items()]
    fields += [(carried_name(name), types[kind]) for name, kind in sorted((carried or {}).items())]
    return pa.schema(fields)


def carried_name(name: str) -> str:
    """Return the column of a carried-through field; a field called like a column of ours is set apart.

    >>> carried_name("desk"), carried_name("cluster"), carried_name("tokens"), carried_name(TOKENS)
    ('desk', 'input_cluster', 'input_tokens', 'tokens')
    """
    if name == TOKENS:
        return "tokens"
    return f"input_{name}" if name in COLUMNS or name == "tokens" else name


def carried_type(value: Any) -> str | None:
    """Return the column type that holds one carried-through value; None for null, which fits every type."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int64" if -(2**63) <= value < 2**63 else "string"
    if isinstance(value, float):
        return "float64"
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return "list<string>"
    return "string"


def merge_types(kinds: Iterable[str | None]) -> str:
    """Return the narrowest column type for values of several types.

    >>> merge_types(["int64", None, "float64"]), merge_types(["bool", "string"])
    ('float64', 'string')
    """
    found = {kind for kind in kinds if kind}
    if len(found) == 1:
        return found.pop()
    return "float64" if found == {"int64", "float64"} else "string"


def as_carried(value: Any, kind: str) -> Any:
    """Return a value as its column holds it: JSON text where a string column meets something else."""
    if value is None or kind != "string":
        return float(value) if kind == "float64" and value is not None else value
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
