"""Web archives: WARC (the pages a crawler fetched) and WET (their text), plain, gzip, Zstandard.

A document's origin is the file and the offset of its record, as archive indexes name it; its id the record's own.
Source of the format: ISO 28500:2017. Reading is FastWARC's.
"""

from __future__ import annotations

import codecs
import functools
import zlib
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from curator.document import Document, Failure, Kind
from curator.errors import UsageError
from curator.rights import SIGNALS, both_say
from curator.sources.model import LARGEST, WHOLE, SourceFile, Split
from curator.sources.places import open_bytes

if TYPE_CHECKING:
    from fastwarc.warc import ArchiveIterator, WarcRecord

__all__ = ["SUFFIXES", "read", "splits"]

SUFFIXES = (".warc", ".wet", ".warc.gz", ".wet.gz", ".warc.zst", ".wet.zst")
_KINDS: dict[str, Kind] = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}
_OK = 200
_GZIP = b"\x1f\x8b\x08"
_GAP = b"\r\n\r\n"
_PLAIN = _GAP + b"WARC/1."
_CUT = "the file ends in the middle of it"
_WINDOW = 1 << 20  # bytes searched at a time for the next record


def splits(file: SourceFile, documents: int, *, divide: bool = True) -> list[Split]:
    """Return splits of about `documents` pages each where the file is large, else one; they begin where records do.

    Raises:
        UsageError: FastWARC is not installed.
    """
    _require()
    if not divide or file.size < WHOLE:
        return [Split("warc", (file,))]
    offsets, pages = [0], 0
    with open_bytes(file.path) as stream:
        try:
            for record in _records(stream, 0, parse_http=False):
                if record.record_type in _types():
                    if pages and pages % documents == 0:
                        offsets.append(record.stream_pos)
                    pages += 1
        except OSError:  # a broken record: the split that meets it goes on behind it
            pass
    stops = [*offsets[1:], None]
    return [Split("warc", (file,), 0, stop, offset) for offset, stop in zip(offsets, stops, strict=True)]


def read(split: Split) -> Iterator[Document | Failure]:
    """Yield one document per page fetched well (HTML or plain text) and per text of a WET file.

    Requests, redirects, pictures and the like are no articles and passed over, as files of other kinds are in a folder.
    A broken record is a failure with its offset; reading goes on with the next one that can be found.
    """
    file = split.files[0]
    with open_bytes(file.path) as stream:
        position: int | None = split.offset
        while position is not None and (split.stop is None or position < split.stop):
            position = yield from _stretch(file, stream, position, split.stop)


def _stretch(
    file: SourceFile, stream: BinaryIO, begin: int, stop: int | None
) -> Generator[Document | Failure, None, int | None]:
    """Yield what stands in a file up to the first record that is broken; return where to go on after it."""
    last: int | None = None  # where the last record began that could be read
    held: Document | Failure | None = None  # what it holds; only what follows tells whether it was whole
    try:
        for record in _records(stream, begin):
            if held is not None:
                yield held
            if stop is not None and record.stream_pos >= stop:
                return None
            last, held = record.stream_pos, None
            held = _document(record, f"{file.origin}@{last}")
    except OSError as error:
        detail = str(error)
    else:
        detail = ""
    end = begin if last is None else _end_of(stream, last)
    if end is None:
        yield Failure(f"{file.origin}@{last}", "broken-record", detail or _CUT)
        return _next_record(stream, begin if last is None else last)
    if held is not None:
        yield held
    if not detail:
        if _at(stream, end, _WINDOW).strip():  # too little to be seen as a record
            yield Failure(f"{file.origin}@{end}", "broken-record", _CUT)
        return None
    following = _next_record(stream, end - 1 if end > begin else end)
    if last is None or following is None or _starts(stream, following):
        yield Failure(f"{file.origin}@{end}", "broken-record", detail)
    return following


def _document(record: WarcRecord, origin: str) -> Document | Failure | None:
    """Return what a record holds; None where that is no article.

    Raises:
        OSError: it cannot be read.
    """
    if record.record_type not in _types():
        return None
    if record.record_type != _types()[-1] and record.is_http:
        if not record.is_http_parsed or record.http_headers is None:
            return Failure(origin, "broken-record", "no HTTP headers in it")
        if record.http_headers.status_code != _OK:
            return None
        media, charset = record.http_content_type, record.http_charset
    else:
        media, charset = record.headers.get("Content-Type"), None
    kind = _KINDS.get((media or "").partition(";")[0].strip().lower())
    if kind is None:
        return None
    content = record.reader.read(LARGEST + 1)
    if len(content) > LARGEST:
        return Failure(origin, "too-large", f"a record of more than {LARGEST:,} bytes")
    named = record.headers.get("WARC-Record-ID") or origin
    return Document(
        named.strip("<>"),
        _decoded(content, charset),
        kind,
        origin,
        url=record.headers.get("WARC-Target-URI"),
        retrieved_at=record.headers.get("WARC-Date"),
        extra=_rights(record),
    )


def _rights(record: WarcRecord) -> dict[str, str]:
    """Return what the server said of text and data mining; X-Robots-Tag can come several times, or be for one robot."""
    found: dict[str, str] = {}
    for name, value in record.http_headers.items() if record.http_headers else ():
        field = SIGNALS.get(name.lower())
        if field and value.strip():
            found = both_say(found, {field: value.strip() if field == "tdm_policy" else value.strip().lower()})
    return found


def _decoded(content: bytes, charset: str | None) -> bytes | str:
    """Return the text where only the HTTP header tells its encoding; UTF-8 shows itself, and many headers lie."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            codec = codecs.lookup(charset or "").name
            return content.decode("cp1252" if codec in ("iso8859-1", "ascii") else codec)
        except (LookupError, UnicodeDecodeError):
            return content
    return content


def _end_of(stream: BinaryIO, at: int) -> int | None:
    """Return where the record that begins at an offset ends; None where it is not all there, or harmed."""
    head = _at(stream, at, _WINDOW)
    if head.startswith(_GZIP):
        return _end_of_member(stream, at)
    stream.seek(0, 2)
    size = stream.tell()
    try:
        record = next(_records(stream, at, parse_http=False))
    except OSError:
        return None
    if not head.startswith(b"WARC/"):  # packed otherwise: its own check
        return size if len(record.reader.read()) >= record.content_length else None
    end = at + head.index(_GAP) + len(_GAP) + record.content_length
    return min(end + len(_GAP), size) if end <= size else None


def _end_of_member(stream: BinaryIO, at: int) -> int | None:
    stream.seek(at)
    unpacker = zlib.decompressobj(31)
    try:
        while not unpacker.eof:
            chunk = stream.read(_WINDOW)
            if not chunk:
                return None
            unpacker.decompress(chunk)
    except zlib.error:
        return None
    return stream.tell() - len(unpacker.unused_data)


def _starts(stream: BinaryIO, at: int) -> bool:
    """Tell whether a record that can be read begins at an offset."""
    try:
        return next(_records(stream, at), None) is not None
    except OSError:
        return False


def _next_record(stream: BinaryIO, after: int) -> int | None:
    """Return the offset behind `after` at which the next record seems to begin, None where none does."""
    stream.seek(0)
    packed = stream.read(len(_GZIP)) == _GZIP
    mark = _GZIP if packed else _PLAIN
    position, window = after + 1, b""
    while True:
        at = window.find(mark)
        if at < 0:
            position += max(len(window) - len(mark), 0)
            window = _at(stream, position, _WINDOW)
            if len(window) <= len(mark):
                return None
            continue
        found = position + at + (0 if packed else len(_GAP))
        if not packed or _unpacks_to_record(_at(stream, found, 4_096)):
            return found
        position, window = position + at + 1, window[at + 1 :]


def _at(stream: BinaryIO, position: int, size: int) -> bytes:
    stream.seek(position)
    return stream.read(size)


def _unpacks_to_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(data, 64).startswith(b"WARC/")
    except zlib.error:
        return False


def _records(stream: BinaryIO, begin: int, *, parse_http: bool = True, auto_decode: Any = "all") -> ArchiveIterator:
    from fastwarc.warc import ArchiveIterator

    stream.seek(begin)
    return ArchiveIterator(stream, parse_http=parse_http, auto_decode=auto_decode)


@functools.cache
def _types() -> tuple[Any, ...]:
    from fastwarc.warc import WarcRecordType

    return WarcRecordType.response, WarcRecordType.resource, WarcRecordType.conversion


def _require() -> None:
    try:
        import fastwarc.warc  # noqa: F401
    except ImportError:
        hint = "pip install 'article-curator[warc]'"
        raise UsageError("web archives are read by FastWARC, which is not installed", hint=hint) from None
