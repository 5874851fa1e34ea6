"""The frozen values that flow through a build: documents in, cleaned documents out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Cleaned", "Document", "Failure", "Kind", "Metadata", "Removal", "Repaired", "Span", "Verdict", "restore"]

Kind = Literal["html", "text"]


@dataclass(frozen=True, slots=True)
class Document:
    """One article on its way in.

    `content` is bytes where the source holds bytes (a file), else str. `extra` holds the input fields that no stage
    reads and that are carried through to the release. `origin` names the place: file, and row where there is one.
    """

    id: str
    content: bytes | str
    kind: Kind | None = None
    origin: str = ""
    url: str | None = None
    title: str | None = None
    site: str | None = None
    date: str | None = None
    language: str | None = None
    license: str | None = None
    retrieved_at: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """An input row that never became a document: where it stood and why it was refused."""

    origin: str
    reason: str
    detail: str
    id: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points of one text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Removal:
    """One span taken out of a text, or one element taken out of a page.

    `start` and `end` are code points of the repaired text (half-open), `text` is what stood there, `rule` the id of
    the rule that took it, `also` the rules that would have taken the same line.

    A removal of layer html was pruned from the page before there was a text: it has no place in one (`start` and `end`
    are 0), `element` names what went (`aside.related`) and `text` is what it showed, white space collapsed.

    `why` is what a model had against the line, where not a rule took it but a model.
    `put` is what stands in the cleaned text instead: "", unless the action is `mask`.
    """

    start: int
    end: int
    rule: str
    action: str
    text: str
    also: tuple[str, ...] = ()
    layer: Literal["text", "html"] = "text"
    element: str | None = None
    why: str | None = None
    put: str = ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about an article beside its text; dates are ISO 8601 days.

    `sources` says for each field where it was found: jsonld, meta, microdata, text, address, rule, given.
    """

    title: str | None = None
    url: str | None = None
    site: str | None = None
    date: str | None = None
    authors: tuple[str, ...] = ()
    editor: str | None = None
    source: str | None = None
    dateline: str | None = None
    tags: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    section: str | None = None
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Keep a document or reject it. `reason` is a fixed word, `detail` a sentence for a person.

    A kept document can carry a reason too: the guard that fired.
    """

    kept: bool = True
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Repaired:
    """One document extracted and repaired, before the rules look at it: the frame of reference of every removal.

    `language` is what the source or the page declares ("und" where neither does), `told` whether the source did.
    The verdict rejects what holds no article; the text is then "". `pruned` is what html rules took from the page, and
    `guard` the guard that held them back, or "".
    """

    text: str
    metadata: Metadata
    language: str
    told: bool
    kind: Kind = "text"
    verdict: Verdict = Verdict()
    pruned: tuple[Removal, ...] = ()
    guard: str = ""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """One cleaned article: `restore(text, removals) == repaired`, always; removals of layer html come first."""

    text: str
    repaired: str
    metadata: Metadata
    language: str
    language_score: float
    removals: tuple[Removal, ...]
    verdict: Verdict
    kind: Kind = "text"


def restore(text: str, removals: Sequence[Removal]) -> str:
    """Put every removal back: the inverse of cleaning.

    Args:
        text: a cleaned text.
        removals: its removals, in any order; those of layer html are passed over, the text never had them.

    Returns:
        The repaired text the removals' offsets refer to.

    Raises:
        ValueError: a removal overlaps another or lies outside the text.

    >>> restore("One. Two.", [Removal(5, 9, "x.line.ad", "drop", "[Ad]")])
    'One. [Ad]Two.'
    >>> restore("To <email>.", [Removal(3, 8, "curator.mask-email", "mask", "a@b.c", put="<email>")])
    'To a@b.c.'
    """
    parts: list[str] = []
    read = written = 0
    for removal in sorted((r for r in removals if r.layer == "text"), key=lambda r: (r.start, r.end)):
        gap = removal.start - written
        if gap < 0 or read + gap > len(text) or removal.end - removal.start != len(removal.text):
            raise ValueError(f"removal {removal.rule} at {removal.start}..{removal.end} does not fit this text")
        parts += (text[read : read + gap], removal.text)
        read, written = read + gap + len(removal.put), removal.end
        if not text.startswith(removal.put, read - len(removal.put)):
            raise ValueError(
                f"{removal.put} of {removal.rule} does not stand at {read - len(removal.put)} of this text"
            )
    parts.append(text[read:])
    return "".join(parts)
