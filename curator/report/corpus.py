"""The page about a finished build, and the page about one cleaned article."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from curator.document import Cleaned
from curator.errors import InputError
from curator.funnel import funnel_lines
from curator.manifest import Manifest
from curator.pages.page import drawn_page
from curator.pages.rulenames import RuleNames
from curator.report.clusters import biggest_clusters
from curator.report.figures import corpus_figures, removal_figures
from curator.report.sample import SEED, drawn, sample_documents
from curator.tables import Tables, open_tables

__all__ = ["article_page", "corpus_page"]

_SCRIPT = files("curator.report") / "assets" / "report.js"
_QUARANTINED = 100  # rows of quarantine.parquet shown one by one
_EXCERPT = 1_500  # characters of each of their texts


def corpus_page(folder: str | Path, titles: Mapping[str, str] | None = None) -> str:
    """Return one self-contained HTML page about a finished build.

    Args:
        folder: what `curator build --out` wrote.
        titles: what each rule is, by id; shown beside its id.

    Raises:
        InputError: the folder holds no finished build.
    """
    folder = Path(folder)
    manifest = Manifest.read(folder / "manifest.json")
    names = RuleNames(titles or {})
    try:
        with open_tables(folder) as tables:
            documents, total = sample_documents(tables, names)
            data: dict[str, Any] = {
                "lede": f"{manifest.funnel.written:,} cleaned and deduplicated articles.",
                "facts": _facts(manifest),
                "funnel": list(funnel_lines(manifest.funnel)),
                "figures": corpus_figures(tables, manifest.finished),
                "removals": removal_figures(tables),
                "documents": documents,
                "sampled": _sampled(len(documents), total),
                "clusters": biggest_clusters(tables),
                "quarantine": _quarantine(tables),
            }
    except OSError as error:
        raise InputError(f"cannot be read: {error}", where=str(folder), hint="curator build INPUT --out DIR") from None
    return drawn_page(folder.resolve().name, data | {"rules": names.listed()}, _SCRIPT).html


def _sampled(shown: int, total: int) -> str:
    if shown == total:
        return f"All {total:,} documents with a text. Figures count the whole corpus."
    return (
        f"A sample of {shown:,} of {total:,} documents: some of every rule, site and language, the rest at random; "
        f"the same each time (seed “{SEED}”). Figures count the whole corpus."
    )


def _facts(manifest: Manifest) -> list[tuple[str, str]]:
    identity = manifest.identity
    return [
        ("made by", f"article-curator {identity.versions.get('article-curator', '')}"),
        ("finished", manifest.finished),
        ("rule set", identity.rules[:16]),
        ("inputs", identity.inputs[:16]),
    ]


def _quarantine(tables: Tables) -> dict[str, Any]:
    reasons = tables.rows("select reason, count(*) from quarantine group by 1 order by 2 desc, 1")
    total = sum(count for _, count in reasons)
    # Some of each reason, the same each time.
    rows = tables.dicts(
        """
        select id, origin, status, reason, detail, left(text, $length) as text from (
            select *, row_number() over (partition by reason order by md5($seed || ' ' || id), id) as place
            from quarantine
        ) order by place, reason, id limit $count
        """,
        seed=SEED,
        length=_EXCERPT,
        count=_QUARANTINED,
    )
    note = f"{total:,} rows are not in the corpus; {len(rows):,} of them are shown, the beginning of each."
    return {"total": total, "reasons": reasons, "rows": rows, "note": note}


def article_page(where: str, cleaned: Cleaned, titles: Mapping[str, str] | None = None) -> str:
    """Return one self-contained HTML page about one cleaned article: what went, by which rule, and what stayed.

    Args:
        where: the file it came from.
        titles: what each rule is, by id.
    """
    names = RuleNames(titles or {})
    meta, verdict = cleaned.metadata, cleaned.verdict
    removed = sum(len(r.text) for r in cleaned.removals if r.layer == "text")
    share = removed / len(cleaned.repaired) if cleaned.repaired else 0.0
    document = {
        "id": where,
        "title": meta.title,
        "url": meta.url,
        "site": meta.site,
        "language": cleaned.language,
        "published": meta.date,
        "origin": None,
        "reason": verdict.reason or ("kept" if verdict.kept else "rejected"),
        "detail": verdict.detail or None,
        "facts": [
            (name, ", ".join(value) if isinstance(value, tuple) else value)
            for name in ("authors", "editor", "source", "dateline", "tags", "captions")
            if (value := getattr(meta, name))
        ],
    } | drawn(cleaned.repaired, cleaned.removals, names, limit=len(cleaned.repaired) + 1)
    size = f"{removed:,} of {len(cleaned.repaired):,} characters, {share:.0%}"
    data = {
        "lede": f"{len(cleaned.removals):,} removals: {size}.",
        "one": True,
        "documents": [document],
        "removals": [_by_rule(cleaned)],
    }
    return drawn_page(where, data | {"rules": names.listed()}, _SCRIPT).html


def _by_rule(cleaned: Cleaned) -> dict[str, Any]:
    counts: dict[str, list[int]] = {}
    for removal in cleaned.removals:
        entry = counts.setdefault(removal.rule, [0, 0])
        entry[0] += 1
        entry[1] += len(removal.text)
    largest = sorted(counts.items(), key=lambda item: (-item[1][1], item[0]))
    rows = [(rule, spans, size) for rule, (spans, size) in largest]
    named = {"id": "rules", "title": "Removals by rule", "label": "rule", "unit": "spans", "more": "characters"}
    return {**named, "rows": rows, "note": ""}
