"""What is in a corpus, for its card: configs, columns, languages, sites, dates, rights."""

from __future__ import annotations

from collections.abc import Sequence

from curator.manifest import Manifest
from curator.publish.facts import Facts
from curator.publish.frontmatter import subsets
from curator.publish.markdown import code, share, table
from curator.publish.schema import MEANINGS

__all__ = ["dates", "languages", "rights", "sites", "structure"]

_ROWS = 30  # of a table; what follows is summed up
_UNDETERMINED = "und"


def structure(facts: Facts, repo: str) -> str:
    """Return what can be loaded, and what the columns are."""
    every = subsets(facts.tables)
    if not every:
        return ""
    told = {
        "default": "all documents",
        "sample": "some of them, for a first look",
        "removals": "what was taken from their texts, span by span",
        "clusters": "copies of one article, with the one that was kept",
    }
    shown = [subset for subset in every if subset.name in told]
    rows = [(code(s.name), told[s.name], s.rows, s.bytes) for s in shown]
    codes = [s.name for s in every if s.name not in told]
    columns = every[0].tables[0].columns
    described = [
        (code(name), kind, MEANINGS.get(name, "carried through from the input")) for name, kind in columns.items()
    ]
    return f"""## Structure

{table(("config", "rows are", "#rows", "#bytes"), rows)}
One config for each language too: {", ".join(map(code, codes))}. Each has one split, `train`.

```python
from datasets import load_dataset

documents = load_dataset("{repo}", split="train")  # or load_dataset("{repo}", "{codes[0]}", split="train")
```

{table(("column", "type", "meaning"), described)}"""


def languages(facts: Facts) -> str:
    """Return the documents by language."""
    rows = [(code(x.code), x.documents, x.characters, x.sites) for x in facts.languages]
    if not rows:
        return ""
    note = "\n`und`: too short or too mixed to tell.\n" if any(x.code == _UNDETERMINED for x in facts.languages) else ""
    return f"## Languages\n\n{table(('language', '#articles', '#characters', '#sites'), rows)}{note}"


def sites(facts: Facts) -> str:
    """Return the documents by site, the largest first."""
    if not facts.sites:
        return ""
    rows: list[tuple[object, ...]] = [
        (code(name) if name else "not known", *counts) for name, *counts in facts.sites[:_ROWS]
    ]
    rest = facts.sites[_ROWS:]
    if rest:
        rows.append((f"{len(rest):,} more", sum(r[1] for r in rest), sum(r[2] for r in rest)))
    return f"## Sites\n\n{table(('site', '#articles', '#characters'), rows)}"


def dates(facts: Facts) -> str:
    """Return the documents by year."""
    if not facts.days[0]:
        return ""
    rows = [(year or "not known", count) for year, count in facts.years]
    return f"## Dates\n\nBy year of publication, as the articles say it.\n\n{table(('year', '#articles'), rows)}"


def rights(manifest: Manifest, facts: Facts) -> str:
    """Return what is known of licences and of what publishers allow."""
    written = manifest.funnel.written
    rows = [(name, share(facts.known.get(name, 0), written)) for name in ("url", "site", "license", "retrieved_at")]
    parts = [
        "## Licences and rights\n",
        "The articles belong to their publishers; making this corpus gave nobody a right to them. Their rows say:\n",
        table(("column", "#articles that have it"), [(code(name), share) for name, share in rows]),
    ]
    if any(name for name, _ in facts.licenses):
        parts.append(_counted("license", facts.licenses))
    parts += [_counted(column, values) for column, values in facts.signals.items()]
    missing = [
        what
        for what, column in (("TDM reservation (TDMRep)", "tdm"), ("robots", "robots"))
        if not any(name.startswith(column) for name in facts.signals)
    ]
    if missing:
        parts.append(
            f"Not recorded in the inputs: {' and '.join(missing)}. Whether a publisher reserved text and data mining"
            " has to be looked up by `url`.\n"
        )
    return "\n".join(parts)


def _counted(column: str, values: Sequence[tuple[str | None, int]]) -> str:
    rows: list[tuple[object, int]] = [(code(name) if name else "not said", count) for name, count in values[:_ROWS]]
    if rest := values[_ROWS:]:
        rows.append((f"{len(rest):,} more", sum(count for _, count in rest)))
    return table((column, "#articles"), rows)
