"""Decontamination: documents that share a run of words with a text of a benchmark are left out, the match named.

Source of the method: Brown et al. 2020, arXiv 2005.14165, appendix C (13 words; shorter texts, of at least 8, whole).
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from curator.document import Verdict
from curator.errors import UsageError
from curator.filters.seen import Seen
from curator.filters.settings import FilterSettings
from curator.rules.view import UNSPACED

__all__ = ["REASONS", "check", "digests", "judge"]

REASONS = {"filter-benchmark": "shares a run of words with a benchmark"}
_SHORTEST = 8  # words: of shorter texts anybody writes the same by chance
_TOKEN = re.compile(rf"{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern})\w)+")
_ASCII_TOKEN = re.compile(r"\w+")
_HINT = "benchmark files are .jsonl (.gz, .zst), .parquet, or plain texts with one text a line"


def judge(seen: Seen, settings: FilterSettings) -> Iterator[Verdict]:
    """Yield what speaks against a document: the first run of words it shares with a benchmark, and whose."""
    if not settings.benchmarks:
        return
    runs = _runs(settings.benchmarks, settings.benchmark_words)
    tokens = _tokens(seen.text)
    for length, known in runs:
        for start in range(len(tokens) - length + 1):
            run = " ".join(tokens[start : start + length])
            if (origin := known.get(run)) is not None:
                yield Verdict(False, "filter-benchmark", f"{length} words of {origin}: “{run}”")
                return


def check(settings: FilterSettings) -> None:
    """Read the benchmarks once before a run, so that what is wrong with them is said now.

    Raises:
        UsageError: a file is not there, cannot be read, or holds no text long enough.
    """
    for path in settings.benchmarks:
        _runs((path,), settings.benchmark_words)


def digests(settings: FilterSettings) -> dict[str, str]:
    """Return the SHA-256 of each benchmark file: what a build writes depends on them."""
    return {path: hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in settings.benchmarks}


@functools.lru_cache(maxsize=2)
def _runs(paths: tuple[str, ...], words: int) -> tuple[tuple[int, Mapping[str, str]], ...]:
    """Return, by their length, the runs of words of benchmark files with the place each stands at first."""
    found: dict[int, dict[str, str]] = {}
    for path in paths:
        usable = False
        for origin, text in _texts(path):
            tokens = _tokens(text)
            length = min(words, len(tokens))
            if length >= min(_SHORTEST, words):
                usable = True
                known = found.setdefault(length, {})
                for start in range(len(tokens) - length + 1):
                    known.setdefault(" ".join(tokens[start : start + length]), origin)
        if not usable:
            what = f"no text of at least {min(_SHORTEST, words)} words"
            raise UsageError(f"filters.benchmarks: {what}", where=path, hint=_HINT)
    return tuple(sorted(found.items(), reverse=True))


def _texts(path: str) -> Iterator[tuple[str, str]]:
    """Yield every text of a benchmark file with its place; of rows every string in every field."""
    name = Path(path).name
    try:
        for number, row in enumerate(_rows(path), 1):
            for text in _strings(row):
                yield f"{name}:{number}", text
    except (OSError, ValueError) as error:
        raise UsageError(f"filters.benchmarks: {error}", where=path, hint=_HINT) from None


def _rows(path: str) -> Iterator[Any]:
    import pyarrow as pa

    if path.lower().endswith(".parquet"):
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as table:
            for batch in table.iter_batches():
                yield from batch.to_pylist()
        return
    is_json = ".jsonl" in path.lower() or ".ndjson" in path.lower()
    with pa.input_stream(path, compression="detect") as stream:
        for line in stream.read().decode("utf-8").split("\n"):
            if line.strip():
                yield json.loads(line) if is_json else line


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _each(value.values())
    elif isinstance(value, list):
        yield from _each(value)


def _each(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from _strings(value)


def _tokens(text: str) -> list[str]:
    """Return the words of a text in lower case; characters of scripts without spaces are words by themselves."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return (_ASCII_TOKEN if folded.isascii() else _TOKEN).findall(folded)
