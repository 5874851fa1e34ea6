"""Tables of numbers between tasks: Parquet files that are read and written as NumPy arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["flat", "pair_keys", "read_columns", "read_note", "write_columns"]


def read_columns(paths: str | Sequence[str], *names: str) -> dict[str, Array]:
    """Return columns of one or more files, one file after the other."""
    import numpy as np
    import pyarrow.parquet as pq

    sources = [paths] if isinstance(paths, str) else paths
    tables = [pq.read_table(source, columns=list(names), use_threads=False) for source in sources]
    return {name: np.concatenate([table.column(name).to_numpy() for table in tables]) for name in names}


def write_columns(path: Path, columns: Mapping[str, Array], **note: Any) -> None:
    """Write columns to a file, and a note of JSON values beside them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    table = table.replace_schema_metadata({name: json.dumps(value) for name, value in note.items()})
    pq.write_table(table, path, compression="lz4", use_dictionary=False)


def read_note(path: str | Path, name: str) -> Any:
    """Return what was noted beside the columns of a file."""
    import pyarrow.parquet as pq

    return json.loads((pq.read_metadata(path).metadata or {})[name.encode()])


def flat(lists: Any) -> tuple[Array, Array]:
    """Return a column of lists as their values, one list after the other, and where each list begins and ends."""
    import numpy as np

    joined = lists.combine_chunks()
    offsets = np.asarray(joined.offsets.to_numpy(), dtype=np.int64)
    return joined.values.to_numpy()[offsets[0] : offsets[-1]], offsets - offsets[0]


def pair_keys(a: Array, b: Array) -> Array:
    """Return each pair of node numbers as one number, whichever of the two stands first."""
    import numpy as np

    return (np.minimum(a, b).astype(np.int64) << 32) | np.maximum(a, b).astype(np.int64)
