"""ZIP and tar: one article per page or text inside; whatever else is in there is passed over."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from curator.document import Document, Failure
from curator.sources.files import SUFFIXES as PAGES
from curator.sources.model import LARGEST, PARTS, SourceFile, Split
from curator.sources.places import open_bytes

__all__ = ["SUFFIXES", "read", "splits"]

_PLAIN_TAR = (".tar",)
_TAR = (*_PLAIN_TAR, ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
SUFFIXES = (".zip", *_TAR)


def splits(file: SourceFile, documents: int, *, divide: bool = True) -> list[Split]:  # noqa: ARG001  (every format's)
    """Return splits of `documents` members each; a compressed tar is one split, as nobody can seek in it.

    Raises:
        zipfile.BadZipFile, tarfile.TarError: not what its name says.
    """
    lower = file.path.lower()
    if lower.endswith(".zip"):
        with open_bytes(file.path) as stream, zipfile.ZipFile(stream) as archive:
            members = len(archive.infolist())
        step = max(documents, -(-members // PARTS))  # each split reads the whole directory of the archive
        return [Split("archive", (file,), start, start + step) for start in range(0, max(members, 1), step)]
    if not lower.endswith(_PLAIN_TAR):
        return [Split("archive", (file,))]
    return _tar_splits(file, documents)


def _tar_splits(file: SourceFile, documents: int) -> list[Split]:
    offsets = [0]
    count = 0
    with open_bytes(file.path) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
        try:
            while member := archive.next():
                if count and count % documents == 0:
                    offsets.append(member.offset)
                count += 1
                _forget(archive)
        except tarfile.TarError:  # it breaks off: the last split will meet that place and say so
            pass
    starts = [n * documents for n in range(len(offsets))]
    stops = [*starts[1:], None]
    return [Split("archive", (file,), *place) for place in zip(starts, stops, offsets, strict=True)]


def _forget(archive: tarfile.TarFile) -> None:
    """Let go of the members read: tarfile keeps them all, and there can be millions."""
    archive.members = []  # type: ignore[attr-defined]


def read(split: Split) -> Iterator[Document | Failure]:
    """Yield one document per page or text; its name in the archive is the end of its id. A broken member is a failure.

    Raises:
        zipfile.BadZipFile, tarfile.TarError, EOFError: the archive breaks off.
    """
    file = split.files[0]
    if file.path.lower().endswith(".zip"):
        yield from _read_zip(file, split)
    else:
        yield from _read_tar(file, split)


def _read_zip(file: SourceFile, split: Split) -> Iterator[Document | Failure]:
    with open_bytes(file.path) as stream, zipfile.ZipFile(stream) as archive:
        for member in archive.infolist()[split.start : split.stop]:
            if member.is_dir() or not _is_page(member.filename):
                continue
            origin = f"{file.origin}/{member.filename}"
            try:
                with archive.open(member) as content:
                    yield _document(origin, content)
            # RuntimeError: it is encrypted; NotImplementedError: a compression nobody has used for decades.
            except (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
                yield Failure(origin, "broken-member", f"{type(error).__name__}: {error}")


def _read_tar(file: SourceFile, split: Split) -> Iterator[Document | Failure]:
    with open_bytes(file.path) as stream:
        stream.seek(split.offset)
        plain = file.path.lower().endswith(_PLAIN_TAR)
        with tarfile.open(fileobj=stream, mode="r:" if plain else "r|*") as archive:
            number = split.start
            while (split.stop is None or number < split.stop) and (member := archive.next()):
                number += 1
                if member.isfile() and _is_page(member.name):
                    content = archive.extractfile(member)
                    if content is not None:
                        yield _document(f"{file.origin}/{member.name.removeprefix('./')}", content)
                _forget(archive)


def _document(origin: str, content: IO[bytes]) -> Document | Failure:
    data = content.read(LARGEST + 1)
    if len(data) > LARGEST:
        return Failure(origin, "too-large", f"a member of more than {LARGEST:,} bytes")
    return Document(origin, data, origin=origin)


def _is_page(name: str) -> bool:
    own = name.rpartition("/")[2]
    return own.lower().endswith(PAGES) and not own.startswith(".")
