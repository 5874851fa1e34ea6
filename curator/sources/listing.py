"""Many files in little memory: a list of millions takes some 20 bytes for each."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from typing import overload

from curator.sources.model import SourceFile

__all__ = ["FileList"]

_BLOCK = 1_000  # files packed together


class FileList(Sequence[SourceFile]):
    """Files in the order given, packed in blocks and unpacked block by block as they are asked for.

    >>> files = FileList(SourceFile(f"a/{n}.txt", f"/in/a/{n}.txt", "files", n) for n in range(2_500))
    >>> len(files), files.bytes, files[2_001].origin
    (2500, 3123750, 'a/2001.txt')
    """

    __slots__ = ("_blocks", "_length", "bytes")

    def __init__(self, files: Iterable[SourceFile] = ()) -> None:
        self._blocks: list[bytes] = []
        self._length = self.bytes = 0
        pending: list[SourceFile] = []
        for file in files:
            pending.append(file)
            self._length += 1
            self.bytes += file.size
            if len(pending) == _BLOCK:
                self._blocks.append(_packed(pending))
                pending = []
        if pending:
            self._blocks.append(_packed(pending))

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[SourceFile]:
        for block in self._blocks:
            yield from _unpacked(block)

    @overload
    def __getitem__(self, index: int) -> SourceFile: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[SourceFile, ...]: ...
    def __getitem__(self, index: int | slice) -> SourceFile | tuple[SourceFile, ...]:
        if isinstance(index, slice):
            return tuple(self)[index]
        if not -self._length <= index < self._length:
            raise IndexError(index)
        block, place = divmod(index % self._length, _BLOCK)
        return _unpacked(self._blocks[block])[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileList) and self._blocks == other._blocks

    def __hash__(self) -> int:
        return hash(tuple(self._blocks))


def _packed(files: Sequence[SourceFile]) -> bytes:
    return zlib.compress(json.dumps([astuple(file) for file in files]).encode(), 6)


def _unpacked(block: bytes) -> list[SourceFile]:
    return [SourceFile(*values) for values in json.loads(zlib.decompress(block))]
