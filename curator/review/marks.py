"""What a person said of removals: a file that is only ever added to, so that a kill loses nothing that was said."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from curator.atomic import explain_write_errors
from curator.errors import InputError

__all__ = ["FILE", "MARKS", "Mark", "Marks", "Place"]

FILE = "marks.jsonl"
MARKS = ("right", "wrong", "skip", "none")  # none takes an earlier mark back

_Key = tuple[str, str, str, int, int, str, int]


@dataclass(frozen=True, slots=True)
class Place:
    """One removal, as it is found again in a later build: what it took, of what, and where.

    Attributes:
        start: code point of the text before the rules; 0, as `end`, where layer is html.
        nth: its number among those of the document that are the same in all else, from 0.
    """

    document: str
    rule: str
    layer: str
    start: int
    end: int
    text: str
    nth: int = 0

    @property
    def key(self) -> str:
        """A short name: 64 bits of a SHA-256."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Mark:
    """What was said of one removal.

    Attributes:
        lines: of a removal of several lines that was wrong, those that are content, from 0; all where none is named.
        at: UTC, ISO 8601.
    """

    place: Place
    mark: str
    lines: tuple[int, ...] = ()
    note: str = ""
    at: str = ""


class Marks:
    """The marks of one folder; the last one said of a removal holds."""

    def __init__(self, folder: Path) -> None:
        """Read the marks of a folder; none where it has no such file.

        Raises:
            InputError: the file is not one of marks. A last line that was cut off by a kill is passed over.
        """
        self.path = folder / FILE
        self._lock = threading.Lock()
        self._found: dict[Place, Mark] = {}
        if not self.path.exists():
            return
        number = 0
        try:
            whole, _, _ = self.path.read_bytes().rpartition(b"\n")
            for line in whole.split(b"\n"):
                number += 1
                if line.strip():
                    self._take(_mark(json.loads(line)))
        except (OSError, ValueError, KeyError, TypeError) as error:
            hint = "curator review writes it; name another folder with --marks, or mend the line"
            raise InputError(f"not a file of marks: {error}", where=f"{self.path}:{number}", hint=hint) from None

    def add(self, place: Place, mark: str, lines: tuple[int, ...] = (), note: str = "") -> Mark:
        """Note what was said, on the disk when this returns.

        Raises:
            OutputError: it cannot be written; it does not count then.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        said = Mark(place, mark, lines, note, now)
        row = asdict(place) | {"mark": mark, "lines": lines, "note": note, "at": now}
        line = f"{json.dumps(row, ensure_ascii=False)}\n".encode("utf-8", "backslashreplace")
        with self._lock, explain_write_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab+") as stream:
                _end_line(stream)
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
            self._take(said)
        return said

    def of(self, place: Place) -> Mark | None:
        """Return what was said of a removal."""
        return self._found.get(place)

    def all(self) -> list[Mark]:
        """Return all that holds, by document and place."""
        return sorted(self._found.values(), key=lambda mark: _order(mark.place))

    def counts(self) -> Mapping[str, int]:
        """Return how many are right, wrong and skipped."""
        counts = Counter(mark.mark for mark in self._found.values())
        return {name: counts[name] for name in MARKS if name != "none"}

    def _take(self, said: Mark) -> None:
        if said.mark == "none":
            self._found.pop(said.place, None)
        else:
            self._found[said.place] = said


def _order(place: Place) -> _Key:
    return place.document, place.layer, place.rule, place.start, place.end, place.text, place.nth


def _end_line(stream: Any) -> None:
    """Cut off a last line that a kill left unfinished: it was never said to be noted."""
    size = stream.seek(0, os.SEEK_END)
    content = b""
    position = size
    while position and b"\n" not in content:
        position = max(0, position - 65_536)
        stream.seek(position)
        content = stream.read(size - position)
    stream.truncate(position + content.rfind(b"\n") + 1)


def _mark(row: Mapping[str, Any]) -> Mark:
    place = Place(
        str(row["document"]),
        str(row["rule"]),
        str(row["layer"]),
        int(row["start"]),
        int(row["end"]),
        str(row["text"]),
        int(row["nth"]),
    )
    if row["mark"] not in MARKS:
        raise ValueError(f"mark {row['mark']!r}, not one of {', '.join(MARKS)}")
    return Mark(place, row["mark"], tuple(map(int, row["lines"])), str(row["note"]), str(row["at"]))
