"""Real pages and texts with damage of the kinds that crawlers, converters and enemies do to them."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

DATA = Path(__file__).resolve().parent.parent / "data"

# What breaks parsers, decoders, expressions and the keeping of offsets.
HOSTILE = [
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\r",
    b"\n\n\n",
    b"\x0c\x1c\x85",
    "\u2028\u2029\u0085\u200b\u00ad\ufeff".encode(),
    "\u202eabc\u202c e\u0301\u0301\u0301 \U0001f1ee\U0001f1e9 ﬁ ß İ ı ΟΣ".encode(),
    "â€œmojibakeâ€\u009d Ã©".encode(),
    b"<",
    b">",
    b"</p>",
    b"<p>",
    b"</body></html>",
    b"<html><body>",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<script>",
    b"</script>",
    b"<style>",
    b"<plaintext>",
    b"<template><svg><math>",
    b"<table><tr><td>",
    b"<a href='",
    b'<div class="',
    b"<b><i><u>",
    b"<?php ?>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
    b"&#xD800;&#0;&#x110000;&nbsp;&unknown;",
    b'<meta charset="utf-16">',
    b'<meta charset="gb18030">',
    b'<script type="application/ld+json">{"@type":"NewsArticle","articleBody":["x"],"author":[[null]]}</script>',
    b'<meta property="article:published_time" content="9999-99-99T99:99">',
    b'<base href="http://[">',
    b"Baca Juga: x\n\nTags: a, b\n\nBaca Juga: x\n\n",
]


@st.composite
def mutants(draw: st.DrawFn, folder: str, sizes: tuple[int, int] = (0, 12)) -> bytes:
    """A file of a folder of the project's data, damaged in a few places."""
    content = draw(st.sampled_from(_files(folder)))
    for _ in range(draw(st.integers(*sizes))):
        start = int(draw(st.floats(0, 1)) * len(content))
        length = draw(st.sampled_from([1, 3, 40, 400, 4_000]))
        change = draw(st.sampled_from(["cut", "repeat", "insert", "insert", "insert", "move", "end", "splice", "flip"]))
        content = _changed(draw, content, change, start, length, folder)
    return content


def _changed(draw: st.DrawFn, content: bytes, change: str, start: int, length: int, folder: str) -> bytes:
    head, piece, tail = content[:start], content[start : start + length], content[start + length :]
    if change == "cut":
        return head + tail
    if change == "repeat":
        return head + piece * draw(st.sampled_from([2, 3, 30])) + tail
    if change == "insert":
        return head + draw(st.sampled_from(HOSTILE)) * draw(st.sampled_from([1, 1, 2, 50])) + piece + tail
    if change == "move":
        return tail + head + piece
    if change == "end":
        return head
    if change == "flip":
        return head + bytes(byte ^ 0x80 for byte in piece) + tail
    other = draw(st.sampled_from(_files(folder)))
    return head + other[start : start + 10 * length] + tail


def _files(folder: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((DATA / folder).rglob("*")) if path.is_file()]
