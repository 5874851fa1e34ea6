"""Input arguments to the files they name, in an order that does not depend on how they were named."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path, PurePath

from curator.errors import InputError
from curator.sources import FORMATS, format_of, splits_of
from curator.sources.files import group
from curator.sources.listing import FileList
from curator.sources.model import SourceFile, Split
from curator.sources.places import entries, is_url, join, kind_of, parts_of, size_of

__all__ = ["Found", "divided", "find", "plan_splits"]

# More large compressed files than this keep every processor busy as they are, and are not read through to be divided.
_ENOUGH_FILES = 64


class Found:
    """The files of a build, sorted by origin, and how many were passed over, by suffix."""

    def __init__(self, files: Iterable[SourceFile], ignored: Counter[str]) -> None:
        self.files, self.ignored = FileList(files), ignored


def find(inputs: Iterable[str | Path], *, outside: Path | None = None) -> Found:
    """Return the input files below files and folders; folders are searched throughout, hidden names left out.

    Args:
        inputs: paths, or URLs that fsspec reads (`s3://…`, `hf://datasets/…`, `memory://…`).
        outside: a folder whose files are not inputs: the output folder.

    Raises:
        InputError: an input does not exist.
    """
    roots: dict[str, str] = {}
    for given in map(str, inputs):
        kind = kind_of(given)
        if kind is None:
            raise InputError("no such file or folder", where=given, hint="check the path")
        roots[given.rstrip("/") if is_url(given) else str(Path(given).resolve())] = kind
    chosen = sorted(root for root in roots if not _reached(root, roots, outside))
    ignored: Counter[str] = Counter()
    labels = _labels([parts_of(root) for root in chosen])
    found = (
        _below(root, label, outside, ignored) if roots[root] == "folder" else _alone(root, label)
        for root, label in zip(chosen, labels, strict=True)
    )
    # Each root comes sorted, so that merging them sorts everything without holding it.
    return Found(heapq.merge(*found, key=attrgetter("origin")), ignored)


def _alone(path: str, origin: str) -> Iterator[SourceFile]:
    """Yield a file that was named itself: whatever it is called, it is an article."""
    yield SourceFile(origin, path, format_of(path) or "files", size_of(path))


def _below(folder: str, origin: str, outside: Path | None, ignored: Counter[str]) -> Iterator[SourceFile]:
    try:
        for name, is_folder, size in entries(folder):
            if name.startswith("."):
                continue
            path, inner = join(folder, name), f"{origin}/{name}"
            if is_folder:
                if outside is None or PurePath(path) != outside:
                    yield from _below(path, inner, outside, ignored)
            elif (form := format_of(name)) is None:
                ignored[PurePath(name).suffix or name] += 1
            else:
                yield SourceFile(inner, path, form, size_of(path) if size is None else size)
    except OSError:
        # Reading the folder as if it were a file fails in the same way, and puts it into quarantine by name.
        yield SourceFile(f"{origin}/", folder, "files", 0)


def _reached(root: str, roots: Iterable[str], outside: Path | None) -> bool:
    """Tell whether a file or folder is found below another input anyway."""
    parts = parts_of(root)
    for other in roots:
        above = parts_of(other)
        inner = parts[len(above) :]
        if not inner or parts[: len(above)] != above or any(part.startswith(".") for part in inner):
            continue
        hidden = outside is not None and not is_url(root) and PurePath(root).is_relative_to(outside)
        if not hidden and (kind_of(root) == "folder" or format_of(inner[-1])):
            return True
    return False


def _labels(roots: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the shortest path ends that tell the roots apart."""
    depth = 1
    while True:
        labels = ["/".join(parts[-depth:]).lstrip("/") for parts in roots]
        if len(set(labels)) == len(labels) or depth > max(map(len, roots)):
            return labels
        depth += 1


def divided(files: Iterable[SourceFile], documents: int, *, divide: bool) -> list[Split]:
    """Return the splits of files of many documents, file by file."""
    return [split for file in files for split in splits_of(file, documents, divide=divide)]


def plan_splits(
    files: Iterable[SourceFile], documents: int, divided: Callable[..., list[Split]] = divided
) -> list[Split]:
    """Return what each task reads, about `documents` documents each, in the order of the files.

    Args:
        divided: who divides the files of many documents, as `divided` does.
    """
    rows: list[SourceFile] = []

    def singles() -> Iterator[SourceFile]:
        for file in files:
            if FORMATS[file.format] is FORMATS["files"]:
                yield file
            else:
                rows.append(file)

    grouped = group(singles(), documents)
    divide = len(rows) <= _ENOUGH_FILES
    return [*grouped, *divided(rows, documents, divide=divide)]
