"""What is left of documents that were taken out: every file of the corpus is searched for their names and lines."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from curator.publish.rewrite import StagedFiles

__all__ = ["Lost", "read_lost", "traces"]

# Characters; shorter lines and titles say what other articles say too.
_LONG = 40
_SHORTEST_NAME = 8  # characters; a shorter id ("17") is looked for among ids, not in running text
_NAME_GOES_ON = r"[\w/%?=&#-]"  # after a name: it is the beginning of another
# A character as JSON, JavaScript or Python escape it; what is escaped twice has more backslashes.
_ESCAPE = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\"'/t]))")


@dataclass(frozen=True, slots=True)
class Lost:
    """What documents are known by: names (ids, addresses) and lines (of their texts, titles and removals)."""

    names: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()


def read_lost(files: StagedFiles, ids: set[str]) -> Lost:
    """Return what documents of some ids are known by, while they are still there."""
    import pyarrow.parquet as pq

    names, lines = set(ids), set[str]()
    wanted: Any = [("id", "in", sorted(ids))]
    paths = [path for pattern in ("data/*/*", "copies", "quarantine", "ledger/*") for path in files.paths(pattern)]
    for path in paths if ids else ():
        schema = pq.read_schema(files.folder / path)
        columns = [name for name in ("url", "title", "text") if name in schema.names]
        for row in pq.read_table(files.folder / path, columns=columns, filters=wanted).to_pylist():
            names |= {row["url"]} if row.get("url") else set()
            said = f"{row.get('title') or ''}\n{row.get('text') or ''}"
            lines |= {line.strip() for line in said.split("\n") if len(line.strip()) >= _LONG}
    return Lost(frozenset(names), frozenset(lines))


def traces(files: StagedFiles, lost: Lost) -> tuple[str, ...]:
    """Return the files in which something of lost documents still stands, in order of name.

    A line that another document has too is no trace of this one.
    """
    if not lost.names:
        return ()
    suspicious: dict[str, set[str]] = {}
    for path in sorted(path for path in files.folder.rglob("*") if path.is_file()):
        name = path.relative_to(files.folder).as_posix()
        found = _in_table(files, name, lost) if path.suffix == ".parquet" else _in_text(path.read_bytes(), lost)
        if found:
            suspicious[name] = found
    lines = {trace for found in suspicious.values() for trace in found} - lost.names
    shared = _of_others(files, lines) if lines else set()
    return tuple(name for name, found in suspicious.items() if found - shared)


def _in_text(content: bytes, lost: Lost) -> set[str]:
    readings = _readings(content.decode("utf-8", "replace"))
    names = [name for name in lost.names if len(name) >= _SHORTEST_NAME]
    return _lines_in(readings, lost) | {
        name
        for name in names
        if any(name in text and re.search(rf"{re.escape(name)}(?!{_NAME_GOES_ON})", text) for text in readings)
    }


def _readings(text: str) -> list[str]:
    r"""Return a text, and what it says where it is escaped: as JSON, as HTML, as one within the other.

    >>> _readings(r"caf\u00e9 &quot;Nord&quot;")[1:]
    ['café &quot;Nord&quot;', 'caf\\u00e9 "Nord"', 'café "Nord"']
    """
    web = html.unescape(text)
    return list(dict.fromkeys((text, _unescaped(text), web, _unescaped(web), html.unescape(_unescaped(text)))))


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    # By way of UTF-16, the two halves of a character come together again.
    return _ESCAPE.sub(_character, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(match: re.Match[str]) -> str:
    if said := match[3]:
        return "\t" if said == "t" else said
    return chr(int(match[1] or match[2], 16))


def _lines_in(texts: Iterable[str], lost: Lost) -> set[str]:
    if not lost.lines:
        return set()
    from ahocorasick_rs import AhoCorasick

    automaton = AhoCorasick(sorted(lost.lines))
    return {line for text in texts for line in automaton.find_matches_as_strings(text)}


def _in_table(files: StagedFiles, name: str, lost: Lost) -> set[str]:
    """Return what a Parquet file holds: names as values; lines only where no column says whose they are."""
    import pyarrow.parquet as pq

    found: set[str] = set()
    with pq.ParquetFile(files.folder / name) as table:
        whose = "id" in table.schema_arrow.names
        columns = [field.name for field in table.schema_arrow if not (whose and field.name == "text")]
        for batch in table.iter_batches(columns=columns):
            for column in batch.columns:
                values = set(_strings(column))
                found |= values & lost.names
                found |= set() if whose else _lines_in(values, lost)
    return found


def _strings(column: Any) -> Iterator[str]:
    """Yield the texts of a column, those in lists too."""
    import pyarrow as pa

    while pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = column.flatten()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        yield from (value for value in column.unique().to_pylist() if value)


def _of_others(files: StagedFiles, lines: set[str]) -> set[str]:
    """Return the lines that documents still there have, in their texts, their titles or among their removals."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    found: set[str] = set()
    for path in (path for pattern in ("data/*/*", "copies", "quarantine", "ledger/*") for path in files.paths(pattern)):
        with pq.ParquetFile(files.folder / path) as table:
            columns = [name for name in ("text", "title") if name in table.schema_arrow.names]
            for batch in table.iter_batches(columns=columns):
                for line in lines - found:
                    if any(pc.any(pc.match_substring(column, line)).as_py() for column in batch.columns):
                        found.add(line)
    return found
