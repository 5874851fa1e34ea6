"""The content-addressed storage behind the loopback Hub: what came by Xet is put together, and kept by SHA-256.

Formats, as far as an upload uses them: https://huggingface.co/docs/xet (xorb, shard).
"""

from __future__ import annotations

import hashlib
import struct

import pyarrow as pa

_ENTRY = 48  # bytes of every record of a shard
_BOOKEND = b"\xff" * 32
_VERIFIED, _EXTENDED = 1 << 31, 1 << 30


class Storage:
    """Large files by SHA-256, and the chunks Xet sent them in."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.xorbs: dict[str, list[bytes]] = {}

    def add_xorb(self, name: str, data: bytes) -> bool:
        new = name not in self.xorbs
        self.xorbs[name] = _chunks(data)
        return new

    def add_shard(self, data: bytes) -> None:
        place = _ENTRY  # after the header
        while data[place : place + 32] != _BOOKEND:
            flags, count = struct.unpack_from("<II", data, place + 32)
            place += _ENTRY
            content = b""
            for _ in range(count):
                name = _name(data[place : place + 32])
                _, _, start, stop = struct.unpack_from("<IIII", data, place + 32)
                content += b"".join(self.xorbs[name][start:stop])
                place += _ENTRY
            place += _ENTRY * count if flags & _VERIFIED else 0
            sha256 = hashlib.sha256(content).hexdigest()
            if flags & _EXTENDED:
                assert _name(data[place : place + 32]) == sha256
                place += _ENTRY
            self.blobs[sha256] = content


def _name(raw: bytes) -> str:
    """Return a hash as Xet writes it: four little-endian words."""
    return "".join(f"{word:016x}" for word in struct.unpack("<4Q", raw))


def _chunks(data: bytes) -> list[bytes]:
    found, place = [], 0
    codec = pa.Codec("lz4")
    while place < len(data) and data[place : place + 7] != b"XETBLOB":
        packed = int.from_bytes(data[place + 1 : place + 4], "little")
        scheme = data[place + 4]
        size = int.from_bytes(data[place + 5 : place + 8], "little")
        body = data[place + 8 : place + 8 + packed]
        plain = body if scheme == 0 else codec.decompress(body, size, asbytes=True)
        found.append(_ungrouped(plain) if scheme == 2 else plain)
        place += 8 + packed
    return found


def _ungrouped(data: bytes) -> bytes:
    """Undo the grouping of every fourth byte."""
    whole, rest = divmod(len(data), 4)
    out, place = bytearray(len(data)), 0
    for lane in range(4):
        size = whole + (lane < rest)
        out[lane::4] = data[place : place + size]
        place += size
    return bytes(out)
