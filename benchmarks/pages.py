"""Labelled pages as texts whose lines are labelled: what the line model is trained on.

Read from the folder of labelled pages (`shared/gold`): pages with a gold text, and pages known by snippets only whose
extracted text has every wanted snippet and no unwanted one. Each is turned into text by three common converters.
"""

from __future__ import annotations

import hashlib
import importlib.util
import random
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from respell import SCRIPTS, number_of  # the module beside this one

from curator.repair import repair
from curator.rules.view import View

__all__ = [
    "CONVERTERS",
    "EXTRACTORS",
    "FOLDS",
    "Text",
    "cropped",
    "fold_of",
    "load_score",
    "only_kept",
    "read_texts",
    "respelt",
]

EXTRACTORS = ("traf", "traf_recall", "readability", "resiliparse", "newspaper4k", "justext")
KEEP, DROP, NEUTRAL = 1, 0, 2
FOLDS = 5
# gold: pages whose dumps are given; extra: other pages with a gold text; silver: known by snippets; the rest are made.
Kind = Literal["gold", "extra", "silver", "main", "respelt", "cropped", "kept"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text and the label of each line of its view: 1 keep, 0 drop, 2 neutral."""

    page: str
    converter: str
    lang: str
    site: str
    source: str
    kind: Kind
    text: str
    labels: tuple[int, ...]


def load_score(folder: Path) -> Any:
    """Return the metric that lies with the pages, as a module."""
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fold_of(site: str) -> int:
    """Return the fold of a site; all pages of a site share one."""
    return int(hashlib.sha256(site.encode()).hexdigest()[:8], 16) % FOLDS


def _soup(html: str) -> str:
    from bs4 import BeautifulSoup

    return BeautifulSoup(html, "lxml").get_text("\n")


def _inscriptis(html: str) -> str:
    from inscriptis import get_text

    return str(get_text(html))


def _html2text(html: str) -> str:
    from html2text import HTML2Text

    converter = HTML2Text()
    converter.body_width, converter.ignore_links, converter.ignore_images = 0, True, True
    return str(converter.handle(html))


CONVERTERS: Mapping[str, Callable[[str], str]] = {"bs4": _soup, "inscriptis": _inscriptis, "html2text": _html2text}


def read_texts(folder: Path) -> Iterator[Text]:
    """Yield the texts of all labelled pages; those of extractors (kind main) only where they are given."""
    import pyarrow.parquet as pq

    warnings.simplefilter("ignore")
    score = load_score(folder)
    gold = {row["id"]: row for row in score.read_jsonl(folder / "gold.jsonl.gz")}
    dumps = {
        name: {row["id"]: row["text"] for row in score.read_jsonl(folder / "dumps" / f"{name}.jsonl.gz")}
        for name in (*CONVERTERS, *EXTRACTORS)
    }
    for page in pq.read_table(folder / "pages.parquet").to_pylist():
        known = gold[page["id"]]
        wanted = known["gold_text"] or _silver(page["html"], known)
        if not wanted:
            continue
        given = page["id"] in dumps["bs4"]
        kind: Kind = ("gold" if given else "extra") if known["gold_text"] else "silver"
        for name, convert in CONVERTERS.items():
            text = dumps[name].get(page["id"]) or _converted(convert, page["html"])
            yield from _labelled(text, name, kind, known, wanted, score)
        for name in EXTRACTORS if given else ():
            yield from _labelled(dumps[name].get(page["id"], ""), name, "main", known, wanted, score)


def _converted(convert: Callable[[str], str], html: str) -> str:
    try:
        return convert(html)
    except (RecursionError, ValueError, AssertionError):  # a page a converter cannot read is none it made a dump of
        return ""


def _silver(html: str, known: Mapping[str, Any]) -> str:
    """Return what trafilatura finds, where that has every wanted snippet and no unwanted one, else ""."""
    import trafilatura

    text = trafilatura.extract(html) or ""
    flat = " ".join(text.split())
    has = [" ".join(snippet.split()) in flat for snippet in known["with"] or ()]
    has_not = [" ".join(snippet.split()) not in flat for snippet in known["without"] or ()]
    return text if all(has) and all(has_not) else ""


def _labelled(text: str, name: str, kind: Kind, known: Mapping[str, Any], wanted: str, score: Any) -> Iterator[Text]:
    text = repair(text)
    view = View(text)
    if not len(view):
        return
    lines = [text[start:end] for start, end in zip(view.starts, view.ends, strict=True)]
    labels = score.label_lines(lines, score.lines_of(wanted), known.get("titles") or known.get("title"))
    yield Text(known["id"], name, known["lang"], known["site"], known["source"], kind, text, tuple(labels))


def _one_each(texts: Sequence[Text]) -> list[Text]:
    """Return one text of each page, drawn from those of converters."""
    by_page: dict[str, list[Text]] = {}
    for text in texts:
        if text.kind != "main":
            by_page.setdefault(text.page, []).append(text)
    return [each[number_of(page) % len(each)] for page, each in sorted(by_page.items())]


def respelt(texts: Sequence[Text]) -> Iterator[Text]:
    """Yield a third of the pages in alphabetic scripts in the letters of another one."""
    for text in _one_each(texts):
        drawn = number_of(text.page, 1)
        if drawn % 3 or text.lang not in {"en", "de", "es", "fr", "sv", "it", "pt", "pl", "no"}:
            continue
        respell, view = SCRIPTS[drawn // 3 % len(SCRIPTS)], View(text.text)
        parts, at = [], 0
        for start, end in zip(view.starts, view.ends, strict=True):
            parts += (text.text[at:start], respell(text.text[start:end]).replace("\n", " ").strip() or "-")
            at = end
        new = "".join(parts)
        if len(View(new)) == len(view):
            yield replace(text, kind="respelt", text=new)


def cropped(texts: Sequence[Text]) -> Iterator[Text]:
    """Yield each page once with only some lines above and below its article: as many dumps begin at the headline."""
    for text in _one_each(texts):
        kept = [line for line, label in enumerate(text.labels) if label == KEEP]
        if not kept:
            continue
        draw = random.Random(text.page)
        first = max(0, kept[0] - draw.randrange(16))
        past = min(len(text.labels), kept[-1] + 1 + draw.randrange(20))
        view = View(text.text)
        new = text.text[view.starts[first] : view.ends[past - 1]]
        if len(View(new)) == past - first:
            yield replace(text, kind="cropped", text=new, labels=text.labels[first:past])


def only_kept(texts: Sequence[Text]) -> Iterator[Text]:
    """Yield each page once with nothing but its article: what a cleaned text looks like."""
    for text in _one_each(texts):
        view = View(text.text)
        kept = [line for line, label in enumerate(text.labels) if label == KEEP]
        lines = [text.text[view.starts[line] : view.ends[line]] for line in kept]
        new = "\n".join(lines)
        if lines and len(View(new)) == len(lines):
            yield replace(text, kind="kept", text=new, labels=(KEEP,) * len(lines))
