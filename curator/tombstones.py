"""Documents that must not be in a corpus: asked for by id, address or site, and honoured by every later build.

The file holds hashes only, so that a release which carries it does not name what it is silent about.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from curator.atomic import explain_write_errors
from curator.errors import InputError, UsageError
from curator.site import rule_site

__all__ = ["FILE", "FORGOTTEN", "FORGOTTEN_ROW", "Tombstones"]

FILE = "tombstones.jsonl"
FORGOTTEN = "forgotten"  # the reason in quarantine and funnel

# What quarantine says of a forgotten row: that there was one.
FORGOTTEN_ROW = {"id": "", "origin": "", "status": "failed", "reason": FORGOTTEN, "detail": "a tombstone covers it"}

_KINDS = ("id", "url", "site")


@dataclass(frozen=True, slots=True)
class Tombstones:
    """What is to be forgotten, as (kind, SHA-256) of ids, addresses and sites."""

    marks: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, *, ids: Iterable[str] = (), urls: Iterable[str] = (), sites: Iterable[str] = ()) -> Tombstones:
        """Make tombstones.

        Raises:
            UsageError: an address is none.
        """
        return cls(
            frozenset(
                (
                    *(_mark("id", value) for value in ids),
                    *(_mark("url", _address(value)) for value in urls),
                    *(_mark("site", _names(value)[0]) for value in sites),
                )
            )
        )

    @classmethod
    def read(cls, folder: str | Path) -> Tombstones:
        """Read the tombstones of a corpus; none where it has no such file. A file itself can be given, too.

        Raises:
            InputError: the file is not one.
        """
        path = Path(folder)
        path = path / FILE if path.is_dir() or not path.exists() else path
        if not path.exists():
            return cls()
        try:
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
            marks = frozenset((str(row["kind"]), str(row["sha256"])) for row in rows)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"cannot be read: {error}", where=str(path), hint="curator forget writes it") from None
        if strange := sorted({kind for kind, _ in marks} - set(_KINDS)):
            hint = f"kinds: {', '.join(_KINDS)}"
            raise InputError(f"tombstones of a kind unknown: {strange[0]}", where=str(path), hint=hint)
        return cls(marks)

    def write(self, folder: Path) -> None:
        """Write the file of a corpus, whole or not at all."""
        lines = [json.dumps({"kind": kind, "sha256": digest}) for kind, digest in sorted(self.marks)]
        path = folder / FILE
        temporary = path.with_name(f"{FILE}.tmp-tombstones")
        with explain_write_errors(path):
            temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            temporary.replace(path)

    def __or__(self, other: Tombstones) -> Tombstones:
        return Tombstones(self.marks | other.marks)

    def __bool__(self) -> bool:
        return bool(self.marks)

    @property
    def hash(self) -> str:
        """SHA-256 over all of them, "" where there is none: part of a build's identity."""
        if not self.marks:
            return ""
        return hashlib.sha256("".join(f"{kind}{digest}\n" for kind, digest in sorted(self.marks)).encode()).hexdigest()

    def covers(self, *, id: str | None = None, url: str | None = None, site: str | None = None) -> bool:  # noqa: A002
        """Return whether a document is to be forgotten; a site stands for all its subdomains.

        >>> dead = Tombstones.of(urls=["https://www.news.example/a/?utm_source=x"], sites=["paper.example"])
        >>> dead.covers(url="http://news.example/a#top"), dead.covers(url="https://id.paper.example/b")
        (True, True)
        >>> dead.covers(url="https://news.example/b"), dead.covers(id="1", site="Other Paper")
        (False, False)
        """
        if not self.marks:
            return False
        asked = [_mark("id", id)] if id else []
        if url and "://" in url:
            asked.append(_mark("url", _address(url)))
        asked += [_mark("site", name) for name in _names(site, url)]
        return any(mark in self.marks for mark in asked)


def _mark(kind: str, value: str) -> tuple[str, str]:
    return kind, hashlib.sha256(f"{kind}\0{value}".encode("utf-8", "surrogatepass")).hexdigest()


def _address(url: str) -> str:
    """Return an address without what does not tell pages apart: scheme, www., fragment, campaign, last slash."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    if not host:
        raise UsageError("not an address", where=url, hint="--url https://news.example/a/1")
    query = "&".join(pair for pair in parts.query.split("&") if pair and not pair.startswith("utm_"))
    return f"{host}{parts.path.rstrip('/')}{'?' if query else ''}{query}"


def _names(site: str | None, url: str | None = None) -> list[str]:
    """Return what a site can be called in a tombstone: its name, its host, and every host above it."""
    names = [site.strip().casefold()] if site and not rule_site(site) else []
    for host in filter(None, (rule_site(site), rule_site(None, url))):
        labels = host.split(".")
        names += [".".join(labels[n:]) for n in range(len(labels) - 1)]
    return names or [""]
