"""Where bytes lie: paths of this machine, and URLs of every store fsspec knows (s3://, gs://, hf://, memory:// …)."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from curator.errors import InputError

__all__ = ["content_mark", "entries", "is_url", "join", "kind_of", "open_bytes", "parts_of", "size_of", "store_of"]

_URL = re.compile(r"[a-z][a-z0-9+.-]*(?:::[a-z][a-z0-9+.-]*)*://", re.IGNORECASE)


def is_url(place: str) -> bool:
    """Tell a URL from a path.

    >>> is_url("s3://bucket/a"), is_url("C:/a"), is_url("a/b.txt")
    (True, False, False)
    """
    return _URL.match(place) is not None


def open_bytes(place: str) -> BinaryIO:
    """Open a file for reading.

    Raises:
        OSError: it cannot be read.
    """
    if not is_url(place):
        return open(place, "rb")  # noqa: PTH123  (whoever asks for it closes it)
    store, path = store_of(place)
    opened: BinaryIO = store.open(path, "rb")
    return opened


def kind_of(place: str) -> str | None:
    """Return "file" or "folder", None where there is neither.

    Raises:
        InputError: nobody knows how to read such a URL, or its store cannot be reached.
    """
    if not is_url(place):
        path = Path(place)
        return "folder" if path.is_dir() else "file" if path.exists() else None
    store, path_there = store_of(place)
    try:
        return "folder" if store.isdir(path_there) else "file" if store.exists(path_there) else None
    except Exception as error:  # noqa: BLE001  (every store has errors of its own)
        hint = "check the address, the network and the credentials that fsspec uses"
        raise InputError(f"cannot be reached: {type(error).__name__}: {error}", where=place, hint=hint) from None


def size_of(place: str) -> int:
    """Return the bytes of a file; 0 where it is gone or out of reach, which reading it will say."""
    try:
        if is_url(place):
            store, path = store_of(place)
            return int(store.size(path) or 0)
        return Path(place).stat().st_size
    except OSError:
        return 0


def entries(folder: str) -> Iterator[tuple[str, bool, int | None]]:
    """Yield (name, is it a folder, bytes where known) for what lies in a folder, so that whole paths come out sorted.

    Folders sort as if their names ended in a slash: what is yielded in this order, folder after folder, is in the order
    of its paths. Of a folder on this machine only the names are held, and links to folders are not followed.

    Raises:
        OSError: the folder cannot be read.
    """
    if is_url(folder):
        store, path = store_of(folder)
        own = path.rstrip("/")
        listed = {
            entry["name"].rstrip("/").rsplit("/", 1)[-1]: (entry["type"] == "directory", entry.get("size"))
            for entry in store.ls(path, detail=True)
            if entry["name"].rstrip("/") != own
        }
        for name in sorted(listed, key=lambda name: f"{name}/" if listed[name][0] else name):
            yield name, *listed[name]
        return
    names = []
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                names.append(f"{entry.name}/")
            elif not entry.is_dir():
                names.append(entry.name)
    names.sort()
    for name in names:
        yield name.rstrip("/"), name.endswith("/"), None


def join(folder: str, name: str) -> str:
    """Return the place of an entry of a folder."""
    return f"{folder.rstrip('/')}/{name}" if is_url(folder) else os.path.join(folder, name)  # noqa: PTH118  (strings)


def parts_of(place: str) -> tuple[str, ...]:
    """Return the parts of a place's path, from the root.

    >>> parts_of("s3://bucket/a/b"), parts_of("/in/a")
    (('s3:', 'bucket', 'a', 'b'), ('/', 'in', 'a'))
    """
    if is_url(place):
        return tuple(part for part in place.split("/") if part)
    return Path(place).parts


def content_mark(place: str) -> str:
    """Return what changes with the content of a file: its SHA-256, or what a store says of it (ETag, size, time).

    Raises:
        OSError: it cannot be read.
    """
    if is_url(place):
        store, path = store_of(place)
        return str(store.ukey(path))
    with open(place, "rb") as stream:  # noqa: PTH123  (hashlib wants the open file)
        return hashlib.file_digest(stream, "sha256").hexdigest()


def store_of(place: str) -> tuple[Any, str]:
    """Return the file system of a URL and the path in it.

    Raises:
        InputError: nobody knows how to reach it.
    """
    from fsspec.core import url_to_fs

    try:
        store, path = url_to_fs(place)
    except (ImportError, ValueError) as error:
        hint = "install what reaches it beside this package: s3fs for s3://, gcsfs for gs://, adlfs for abfs://"
        raise InputError(f"no way to reach such a URL: {error}", where=place, hint=hint) from None
    return store, path
