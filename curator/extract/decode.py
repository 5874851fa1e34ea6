"""Bytes to characters, without a library's guess where the bytes themselves tell."""

from __future__ import annotations

import codecs
import re
import zlib

from curator.document import Kind
from curator.errors import InputError

__all__ = ["decode", "inflate", "sniff_kind"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"PAR1", "a Parquet file"),
)
_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|meta|title|article|main|section|div|p|span|table|br|h[1-6]|ul|a)\b[^<]{0,400}>",
    re.IGNORECASE,
)
_SNIFFED = 4_000  # characters looked at to tell a page from a text
_GZIP = b"\x1f\x8b"
# A page may have a NUL in it by mistake; of UTF-16 without a mark nearly every other byte is one, in Latin scripts.
_MAX_NULS, _MIN_NULS_UTF16 = 0.02, 0.7


def inflate(data: bytes, limit: int, where: str = "") -> bytes:
    """Return the content of gzip data, as scrapers store pages; at most one byte more than `limit`, so a bomb is cheap.

    Other data is returned as it is.

    Raises:
        InputError: gzip data that is broken or cut off.
    """
    if not data.startswith(_GZIP):
        return data
    stream = zlib.decompressobj(wbits=31)
    try:
        content = stream.decompress(data, limit + 1)
    except zlib.error as error:
        raise InputError(f"broken gzip data: {error}", where=where, hint="fetch the page again") from None
    if not stream.eof and len(content) <= limit:
        raise InputError("gzip data that is cut off", where=where, hint="fetch the page again")
    return content


def decode(data: bytes, *, encoding: str | None = None, where: str = "") -> str:
    """Return the characters of a file: byte-order mark, then `encoding`, meta charset, UTF-8, at last a guess.

    Raises:
        InputError: the bytes are no text, or in an encoding that cannot be told.
    """
    _refuse_binary(data, where)
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _decode_as(data, name, where)
    if encoding:
        return _decode_as(data, encoding, where)
    wide = _unmarked_utf16(data[:_SNIFFED])
    if wide:
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        position = error.start
    declared = _META_CHARSET.search(data[:_SNIFFED])
    codec = _codec(declared[1].decode("ascii", "replace")) if declared else None
    if codec and codec != "utf-8":
        return data.decode(codec, "replace")
    return _guess(data, position, where)


def _refuse_binary(data: bytes, where: str) -> None:
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise InputError(
                f"this is {what}, not a page or a text", where=where, hint="give the extracted text or the HTML"
            )
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE))
    head = data[:_SNIFFED]
    if head.count(0) > _MAX_NULS * len(head) and not wide and not _unmarked_utf16(head):
        raise InputError(
            "this is binary data: it has NUL bytes", where=where, hint="give the extracted text or the HTML"
        )


def _unmarked_utf16(head: bytes) -> str | None:
    """Return the codec of UTF-16 without a byte-order mark, told by where its NULs are."""
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        nuls, others = head[start::2], head[1 - start :: 2]
        if len(head) >= 16 and nuls.count(0) > _MIN_NULS_UTF16 * len(nuls) and not others.count(0):
            return name
    return None


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return None
    if found.startswith(("utf-16", "utf-32")):
        return None  # where the declaration could be read as ASCII, it is wrong
    # Browsers read latin-1 as cp1252: the 32 control characters of latin-1 never occur in pages.
    return "cp1252" if found in ("iso8859-1", "ascii") else found


def _decode_as(data: bytes, encoding: str, where: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError:
        raise InputError(
            f"unknown encoding {encoding!r}", where=where, hint="a Python codec name, e.g. cp1252"
        ) from None
    except UnicodeDecodeError as error:
        what = f"not valid {encoding} at byte {error.start}"
        raise InputError(what, where=where, hint="name the encoding with --encoding, e.g. cp1252") from None


def _guess(data: bytes, position: int, where: str) -> str:
    """Return the text under the most plausible legacy encoding, where one is plausible."""
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000], threshold=0.2).best()
    if best is not None and best.encoding not in ("utf_8", "ascii"):
        try:
            return data.decode("cp1252" if best.encoding == "latin_1" else best.encoding)
        except UnicodeDecodeError:  # the guess saw the first 200,000 bytes only
            pass
    what = f"not valid UTF-8 at byte {position}, and no other encoding fits"
    raise InputError(what, where=where, hint="name the encoding with --encoding, e.g. cp1252")


def sniff_kind(text: str) -> Kind:
    """Tell a page from a text by its beginning: markup that opens it, or three tags in it.

    >>> sniff_kind("<!DOCTYPE html><html>"), sniff_kind("If a<b then <br> is a tag.")
    ('html', 'text')
    """
    head = text[:_SNIFFED].lstrip("\ufeff \t\r\n")
    if re.match(r"<(?:!doctype html|html|\?xml|head|body|article)\b", head, re.IGNORECASE):
        return "html"
    tags = len(_MARKUP.findall(head))
    return "html" if tags >= (2 if head.startswith("<") else 3) else "text"
