"""Work files: rows between two steps of a build, written and read in batches so that memory does not grow."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["read_rows", "rows_of_sites", "write_rows"]

_BATCH = 256  # rows held at a time
_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")


def write_rows(target: str, schema: pa.Schema, rows: Iterable[dict[str, Any]]) -> int:
    """Write rows to a Parquet file that appears whole or not at all; return their number (0 where it was there)."""
    import pyarrow.parquet as pq

    count = 0

    def write(path: Path) -> None:
        nonlocal count
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            pending: list[dict[str, Any]] = []
            for row in rows:
                pending.append(row)
                count += 1
                if len(pending) == _BATCH:
                    writer.write_table(_table(pending, schema))
                    pending = []
            writer.write_table(_table(pending, schema))

    commit(Path(target), write)
    return count


def read_rows(source: str, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of a Parquet file in its order."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(source) as table:
        for batch in table.iter_batches(_BATCH, columns=list(columns) if columns else None):
            yield from batch.to_pylist()


def rows_of_sites(path: str, sites: Sequence[str]) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """Yield the rows of some sites, site by site, from a Parquet file that is sorted by its column `site`."""
    import pyarrow.parquet as pq

    rows = pq.read_table(path, filters=[("site", "in", sorted(sites))]).to_pylist() if sites else []
    return itertools.groupby(rows, key=itemgetter("site"))


def _table(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    try:
        return pa.Table.from_pylist(rows, schema)
    except UnicodeEncodeError:  # JSON can hold half a surrogate pair, files in UTF-8 cannot
        return pa.Table.from_pylist([{k: _whole(v) for k, v in row.items()} for row in rows], schema)


def _whole(value: Any) -> Any:
    return _HALF_CHARACTERS.sub("\ufffd", value) if isinstance(value, str) else value
