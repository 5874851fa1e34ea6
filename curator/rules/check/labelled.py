"""Texts whose lines somebody labelled: drop, keep, or neutral where either is right."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from curator.errors import InputError
from curator.repair import repair
from curator.rules.view import View

__all__ = ["Label", "LabelledText", "compare", "labelled_text", "read_labelled", "read_pairs"]

Label = Literal["drop", "keep", "neutral"]

_LABELS: dict[str, Label] = {"0": "drop", "D": "drop", "1": "keep", "K": "keep", "2": "neutral", "N": "neutral"}
_FORM = (
    "rows of id, lines, and labels: 1 0 2 or K D N (keep, drop, neutral) for each line; lang, site, text if known;"
    " changed: how lines must read of which a piece must go, by number from 0"
)


@dataclass(frozen=True, slots=True)
class LabelledText:
    """One repaired text with a label for each line of its view.

    `changed` has the lines of which a piece must go, by number, as they must read afterwards.
    """

    id: str
    text: str
    labels: tuple[Label, ...]
    changed: Mapping[int, str] = field(default_factory=dict)
    lang: str | None = None
    site: str | None = None


def read_labelled(path: Path) -> Iterator[LabelledText]:
    """Yield the texts of a .jsonl or .jsonl.gz file.

    Raises:
        InputError: the file cannot be read, or a row is not what it should be.
    """
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as rows:
            for row in rows:
                number += 1
                if row.strip():
                    yield labelled_text(json.loads(row))
    except (OSError, EOFError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=f"{path}:{number}", hint=_FORM) from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(f"not a labelled text: {error}", where=f"{path}:{number}", hint=_FORM) from None


def labelled_text(row: Mapping[str, Any]) -> LabelledText:
    """Return one text from a row of such a file.

    Raises:
        KeyError, TypeError, ValueError: the row is not what it should be.
    """
    lines, marks = row["lines"], [_LABELS[str(label)] for label in row["labels"]]
    # The text keeps the breaks between paragraphs; where it was cut into lines in another way, the lines are the text.
    for text in (row.get("text") or "", "\n\n".join(lines)):
        whole = repair(text)
        # Line by line where there is something to repair: a break put in or taken away must not shift labels.
        repaired = lines if whole == text else [repair(line) for line in lines]
        said = [
            (seen.split(), mark, str(number))
            for number, (line, mark) in enumerate(zip(repaired, marks, strict=True))
            for seen in View(line).lines
        ]
        if [seen.split() for seen in View(whole).lines] == [words for words, _, _ in said]:
            labels = tuple(mark for _, mark, _ in said)
            cut = row.get("changed") or {}
            changed = {place: str(cut[number]) for place, (_, _, number) in enumerate(said) if number in cut}
            return LabelledText(str(row["id"]), whole, labels, changed, row.get("lang"), row.get("site") or None)
    raise ValueError("its lines are not the lines of a text")


def read_pairs(raw: Path, expected: Path) -> Iterator[LabelledText]:
    """Yield the .txt files of a folder, labelled by what is left of them in the files of the same name in another.

    Raises:
        InputError: a folder is none, a file has no twin, or a twin says what the file does not.
    """
    for folder in (raw, expected):
        if not folder.is_dir():
            raise InputError("no such folder", where=str(folder), hint="give a folder of .txt files")
    for path in sorted(raw.rglob("*.txt")):
        name = path.relative_to(raw)
        twin = expected / name
        if not twin.is_file():
            raise InputError("no clean text for this file", where=str(path), hint=f"write {twin}")
        try:
            before, after = (repair(file.read_text(encoding="utf-8")) for file in (path, twin))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot be read: {error}", where=str(path), hint="it must be text in UTF-8") from None
        try:
            yield compare(name.with_suffix("").as_posix(), before, after)
        except ValueError as error:
            hint = "a clean text has lines of the raw text only, whole or with pieces cut out, in the same order"
            raise InputError(
                f"the clean text does not come from the raw one: {error}", where=str(twin), hint=hint
            ) from None


def compare(name: str, before: str, after: str) -> LabelledText:
    r"""Return a text labelled by what is left of it.

    Raises:
        ValueError: what is left has a line the text does not have.

    >>> text = compare("x", "Tuna\nSea - Tuna sells.\nAd", "Tuna\nTuna sells.")
    >>> text.labels, dict(text.changed)
    (('keep', 'keep', 'drop'), {1: 'Tuna sells.'})
    """
    view = View(before)
    lines = [before[start:end] for start, end in zip(view.starts, view.ends, strict=True)]
    left = [line.strip() for line in after.split("\n") if line.strip()]
    labels: list[Label] = []
    changed: dict[int, str] = {}
    found = 0
    for number, line in enumerate(lines):
        wanted = left[found] if found < len(left) else None
        if wanted is None or (line != wanted and (wanted in lines[number + 1 :] or not _is_cut(line, wanted))):
            labels.append("drop")
            continue
        if line != wanted:
            changed[number] = wanted
        labels.append("keep")
        found += 1
    if found < len(left):
        raise ValueError(f"not in the raw text: {left[found]!r}")
    return LabelledText(name, before, tuple(labels), changed)


def _is_cut(line: str, wanted: str) -> bool:
    """Tell whether `wanted` is what is left of a line when pieces are taken out: most of it, in the same order."""
    if 2 * len(wanted) < len(line):
        return False
    rest: Sequence[str] = line
    characters = iter(rest)
    return all(character in characters for character in wanted if not character.isspace())
