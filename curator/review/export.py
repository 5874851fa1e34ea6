"""What becomes of marks: labelled examples, and proposals for rule files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.atomic import explain_write_errors
from curator.errors import InputError
from curator.language import UNDETERMINED
from curator.manifest import Manifest
from curator.pages.gathered import Gathered, gather, gathered
from curator.review.label import is_by_rule, labelled, speaks_of_lines
from curator.review.marks import Mark, Marks
from curator.review.propose import keep_examples, known_false_positives, proposals
from curator.review.removals import SEED, places
from curator.tables import open_tables

__all__ = ["Exported", "export_marks"]

_GONE = "marks of removals whose document is not in this corpus, or reads otherwise"
_NO_LINES = "marks of elements pruned from pages, of masks and of headlines: labels are of lines"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written of how many marks; `left_out` says why some are not among the labelled examples."""

    documents: int
    right: int
    wrong: int
    proposals: int
    left_out: Mapping[str, int]
    files: tuple[Path, ...]


def export_marks(corpus: Path, marks: Path, folder: Path) -> Exported:
    """Write labelled.jsonl, known-fp.toml and keep-examples.toml of the marks of a corpus.

    The corpus may have been built again since, with other rules: a mark holds where its text still stands.

    Args:
        marks: the folder of the marks.
        folder: where to write; files of these names are written over.

    Raises:
        InputError: no finished build, or no marks.
        OutputError: it cannot be written.
    """
    Manifest.read(corpus / "manifest.json")
    said = [mark for mark in Marks(marks).all() if mark.mark in ("right", "wrong")]
    if not said:
        hint = "curator review CORPUS, or name the folder with --marks"
        raise InputError("nothing is marked right or wrong", where=str(marks), hint=hint)
    by_document: dict[str, list[Mark]] = {}
    for mark in said:
        by_document.setdefault(mark.place.document, []).append(mark)
    rows: list[dict[str, Any]] = []
    left_out: Counter[str] = Counter()
    texts: dict[str, str] = {}
    for document in _documents(corpus, sorted(by_document)):
        name = document.row["id"]
        texts[name] = document.before
        rows += _labelled(document, by_document[name], left_out)
    left_out[_GONE] += sum(mark.place.document not in texts for mark in said)
    wrong = [mark for mark in said if mark.mark == "wrong" and is_by_rule(mark.place)]
    found = proposals(((mark, _text(mark, texts)) for mark in wrong), _rules())
    contents = {
        "labelled.jsonl": "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows),
        "known-fp.toml": known_false_positives(found),
        "keep-examples.toml": keep_examples(found),
    }
    counts = Counter(mark.mark for mark in said)
    files = tuple(_write(folder / name, content) for name, content in contents.items())
    return Exported(len(rows), counts["right"], counts["wrong"], len(found), +left_out, files)


def _documents(corpus: Path, names: list[str]) -> Iterator[Gathered]:
    """Yield the documents of some ids that the corpus has."""
    with open_tables(corpus) as tables:
        gather(tables, SEED)
        tables.rows("create temp table spoken_of as select unnest($names::text[]) as id", names=names)
        yield from gathered(tables, "spoken_of", "e.id")


def _labelled(document: Gathered, marks: list[Mark], left_out: Counter[str]) -> Iterator[dict[str, Any]]:
    fitting = []
    for mark in marks:
        if not speaks_of_lines(mark.place):
            left_out[_NO_LINES] += 1
        elif not _fits(mark, document.before):
            left_out[_GONE] += 1
        else:
            fitting.append(mark)
    spoken = {mark.place for mark in fitting}
    others = [place for place in places(document.row["id"], document.removals) if place not in spoken]
    found = labelled(document.before, fitting, others)
    if found.telling:
        row = document.row
        language = row["language"] if row["language"] != UNDETERMINED else None
        yield found.row(row["id"], document.before, language, row["site"])


def _fits(mark: Mark, text: str) -> bool:
    return text[mark.place.start : mark.place.end] == mark.place.text


def _text(mark: Mark, texts: Mapping[str, str]) -> str:
    """Return the text a removal was taken from, or the removal alone where that is not there any more."""
    text = texts.get(mark.place.document, "")
    return text if mark.place.layer == "text" and _fits(mark, text) else mark.place.text


def _rules() -> dict[str, Any]:
    from curator.rules.load import load_rules

    return {rule.id: rule for rule in load_rules(preview=True).rules}


def _write(path: Path, content: str) -> Path:
    temporary = path.with_name(f"{path.name}.tmp-export")
    with explain_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content.encode("utf-8", "replace"))
        temporary.replace(path)
    return path
