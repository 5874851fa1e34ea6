"""A finished corpus, copied to a store named by URL: whatever fsspec writes to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from curator.errors import OutputError, UsageError
from curator.manifest import Manifest
from curator.sources.places import is_url, store_of

__all__ = ["deliver", "destination"]

_MANIFEST = "manifest.json"
# Beside what the manifest lists.
_MORE = ("README.md", "tombstones.jsonl")


def destination(url: str) -> tuple[Any, str]:
    """Return the file system of a URL and the path in it.

    Raises:
        UsageError: it is no URL.
        InputError: nobody knows how to reach it.
    """
    if not is_url(url):
        raise UsageError("no URL", where=url, hint="for example s3://bucket/corpus; --out is a folder here")
    store, path = store_of(url)
    return store, path.rstrip("/")


def deliver(folder: Path, url: str) -> int:
    """Copy a finished corpus, its manifest last; return how many files were copied, 0 where it was there already.

    A manifest says that the rest is there. Nothing of anybody else's is written over or deleted.

    Raises:
        OutputError: something else is there, or the store refuses.
    """
    listed = [entry["path"] for entry in Manifest.read(folder / _MANIFEST).outputs]
    names = [*listed, *(name for name in _MORE if (folder / name).exists()), _MANIFEST]
    store, root = destination(url)
    try:
        found = {path.removeprefix(root).lstrip("/") for path in store.find(root)}
        there = store.cat_file(f"{root}/{_MANIFEST}") if _MANIFEST in found else None
        if there == (folder / _MANIFEST).read_bytes():
            return 0
        strangers = sorted(found if there else found - set(names))
        if not strangers:
            _copy(folder, names, store, root)
    except Exception as error:  # noqa: BLE001  (every store has errors of its own)
        hint = f"the corpus is whole in {folder}; the same command copies it again"
        raise OutputError(f"cannot be written: {type(error).__name__}: {error}", where=url, hint=hint) from None
    if strangers:
        hint = "choose an empty place, or remove what is there"
        raise OutputError(f"holds something else: {', '.join(strangers[:3])}", where=url, hint=hint)
    return len(names)


def _copy(folder: Path, names: Sequence[str], store: Any, root: str) -> None:
    for name in names:
        place = f"{root}/{name}"
        store.makedirs(place.rpartition("/")[0], exist_ok=True)
        store.put_file(str(folder / name), place)
