"""What the curator writes in a card: one block per question a reader of a corpus has."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from curator.manifest import Manifest
from curator.publish.contents import dates, languages, rights, sites, structure
from curator.publish.facts import Facts
from curator.publish.markdown import code, many, reasons, share, table

__all__ = ["blocks"]

_ROWS = 30  # of a table; what follows is summed up
_UNDETERMINED = "und"
_STEPS = (
    ("extract", "the article is found in each HTML page", ("trafilatura", "lxml", "htmldate")),
    ("repair", "broken encodings are mended", ("ftfy",)),
    ("language", "each document's language is told, or left open", ("langdetect",)),
    ("clean", "rules, and a model of lines, take out what is not the article", ("google-re2",)),
    ("screen", "what is no article, too short or filtered is set aside", ()),
    ("deduplicate", "cleaned texts are compared; candidates are verified, none is dropped on a guess", ("duckdb",)),
    ("write", "documents in the order of the inputs, in shards per language", ("pyarrow",)),
)


def blocks(
    name: str,
    manifest: Manifest,
    facts: Facts,
    *,
    releases: Sequence[Mapping[str, Any]] = (),
    repo: str = "OWNER/NAME",
) -> dict[str, str]:
    """Return the blocks of a card by name, in their order; those with nothing to say are left out.

    Args:
        name: the heading.
        releases: the versions published so far, this one last: tag, finished, documents, bytes, rules.
        repo: what readers load.
    """
    found = {
        "title": f"# {name}\n",
        "summary": _summary(manifest, facts),
        "structure": structure(facts, repo),
        "making": _making(manifest),
        "languages": languages(facts),
        "sites": sites(facts),
        "dates": dates(facts),
        "removed": _removed(manifest, facts),
        "duplicates": _duplicates(manifest, facts),
        "rights": rights(manifest, facts),
        "limits": _limits(manifest, facts),
        "takedown": _TAKEDOWN,
        "versions": _versions(releases),
        "citation": _citation(name, manifest),
    }
    return {key: text for key, text in found.items() if text}


def _summary(manifest: Manifest, facts: Facts) -> str:
    funnel = manifest.funnel
    first, last = facts.days
    dated = f", published {first} to {last} where dated" if first else ""
    tokens = f", {facts.tokens:,} tokens" if facts.tokens is not None else ""
    told = len([code for code in funnel.languages if code != _UNDETERMINED])
    return f"""{funnel.written:,} cleaned and deduplicated articles, {facts.characters:,} characters{tokens}, in \
{many(told, "language")}, from {many(len([s for s in facts.sites if s[0]]), "named site")}{dated}. Made by \
article-curator {manifest.identity.versions["article-curator"]}. Every figure on this page was counted from the files.
"""


def _making(manifest: Manifest) -> str:
    funnel, identity = manifest.funnel, manifest.identity
    rows = [
        ("read", funnel.read, ""),
        ("failed", sum(funnel.failed.values()), reasons(funnel.failed)),
        ("rejected", sum(funnel.rejected.values()), reasons(funnel.rejected)),
        ("duplicates dropped", sum(funnel.dropped.values()), reasons(funnel.dropped)),
        ("written", funnel.written, ""),
    ]
    steps = [
        (step, what, ", ".join(f"{n} {identity.versions[n]}" for n in names if n in identity.versions))
        for step, what, names in _STEPS
    ]
    pages = f"{funnel.pages:,} of the documents read were HTML pages, {funnel.extracted:,} of them with an article."
    guarded = sum(funnel.guarded.values())
    kept = f" {guarded:,} documents were left as they were, since rules would have taken too much." if guarded else ""
    settings = json.dumps(identity.settings, indent=1, ensure_ascii=False, sort_keys=True)
    return f"""## How it was made

{table(("step", "what happens", "with"), steps)}
{table(("documents", "#count", "why"), rows)}
{pages}{kept}{_filters(identity.settings)}

Rule set `{identity.rules[:16]}`, inputs `{identity.inputs[:16]}`, Python {identity.versions.get("python", "")}, \
article-curator {identity.versions["article-curator"]}. The same inputs, rules, settings and versions give the same \
bytes.

<details><summary>All settings</summary>

```json
{settings}
```

</details>
"""


def _filters(settings: Mapping[str, Any]) -> str:
    chosen = settings.get("filters", {}).get("presets") or ()
    return f" Filters: {', '.join(chosen)}." if chosen else ""


def _removed(manifest: Manifest, facts: Facts) -> str:
    funnel = manifest.funnel
    taken = share(funnel.characters_removed, funnel.characters_in)
    public = any(path.startswith("ledger/") for path in facts.tables)
    where = (
        "Each span is in the config `removals`, with the rule that took it: `curator.restore(text, removals)` puts them"
        " back."
        if public
        else "The spans themselves are not part of this release."
    )
    masked = f" {funnel.masked:,} addresses are masked: a word stands for them." if funnel.masked else ""
    pruned = f" From pages, {funnel.pruned:,} elements were pruned before a text was taken from them." * bool(
        funnel.pruned
    )
    kinds: Counter[str] = Counter()
    for rule in sorted(facts.rules, key=lambda rule: rule.rule):  # ties in the order of names
        kinds[_category(rule.rule)] += rule.spans
    rows: list[tuple[object, ...]] = [
        (code(r.rule), r.action, r.spans, r.documents, " ".join(map(code, r.examples))) for r in facts.rules[:_ROWS]
    ]
    if rest := facts.rules[_ROWS:]:
        rows.append((f"{len(rest):,} more", "", sum(r.spans for r in rest), "", ""))
    tables = ""
    if rows:
        tables = f"""
{table(("category", "#spans"), kinds.most_common())}
{table(("rule", "action", "#spans", "#documents", "for example"), rows)}
Examples stood on several pages. Rejected documents are counted here too.
"""
    return f"""## What was removed

Rules took {funnel.removals:,} spans, {taken} of the characters.{masked}{pruned} {where}
{tables}{_templates(manifest)}"""


def _category(rule: str) -> str:
    """Return the kind of a rule, by its id.

    >>> _category("en.line.read-more"), _category("curator.line-model"), _category("template.a.example.x1")
    ('line', 'line-model', 'template')
    """
    first, *rest = rule.split(".")
    if first in ("curator", "template"):
        return rest[0] if first == "curator" and rest else first
    return rest[0] if len(rest) > 1 else first


def _templates(manifest: Manifest) -> str:
    """Return a paragraph on the rules for template lines, "" where there are none."""
    found = manifest.templates
    pack = next((output for output in manifest.outputs if output["path"] == "templates.toml"), None)
    if not found or not pack:
        return ""
    source = "given to this build" if manifest.identity.templates else "counted on these pages"
    return f"""
{found["removals"]:,} of these spans, {found["characters_removed"]:,} characters, are template lines: they repeat on
the pages of one site. The {found["rules"]:,} rules for {found["sites"]:,} sites, {source}, are in
`templates.toml` (`{pack["sha256"][:16]}`); `curator build --templates templates.toml` uses them again.
"""


def _duplicates(manifest: Manifest, facts: Facts) -> str:
    dedup = manifest.identity.settings.get("dedup", {})
    rows = [(size, count) for size, count in facts.cluster_sizes]
    dropped = reasons(manifest.funnel.dropped) or "none"
    order = ", ".join(dedup.get("representative", ())) or "the order of the inputs"
    sizes = f"\n{table(('#copies of one article', '#clusters'), rows)}" if rows else ""
    return f"""## Duplicates

Dropped, each with a kept copy it was verified against: {dropped}. Near copies share {dedup.get("jaccard")} of their \
{dedup.get("shingle_words")}-word shingles (Jaccard), contained ones {dedup.get("containment")} of the shorter text. \
Which copy stays: {order}. `story` names documents that tell one event in other words; they are kept.
{sizes}"""


def _limits(manifest: Manifest, facts: Facts) -> str:
    written = manifest.funnel.written
    found = [
        "- Rules and a model decide what boilerplate is: some of it is left, and some prose may be gone.",
        "- Dates, authors, sites and agencies are as the pages say them; nobody checked them.",
        "- Names and other personal data in the articles are as published"
        + (f", but for {', '.join(_masked(manifest))}." if _masked(manifest) else "; nothing was masked."),
        "- What the articles say was not checked: errors, bias and dated views are in it as in the press.",
    ]
    undated = written - facts.known.get("published", 0)
    if undated:
        found.append(f"- {undated:,} articles ({share(undated, written)}) have no date of publication.")
    open_ = next((x.documents for x in facts.languages if x.code == _UNDETERMINED), 0)
    if open_:
        found.append(f"- The language of {open_:,} articles could not be told.")
    return "## Known limits\n\n" + "\n".join(found) + "\n"


def _masked(manifest: Manifest) -> list[str]:
    return [str(kind) for kind in manifest.identity.settings.get("filters", {}).get("mask") or ()]


_TAKEDOWN = """## Asking for removal

Open a discussion in this repository's Community tab, with the addresses (`url`) or the site. Documents are taken out
of every file of the next release, and kept out of those that follow. Older releases stay readable by their tags
until their history is removed; ask for that too if it matters to you.
"""


def _versions(releases: Sequence[Mapping[str, Any]]) -> str:
    if not releases:
        return ""
    rows = [
        (
            code(r["tag"]) if r.get("tag") else "",
            r["finished"][:10],
            r["documents"],
            r["bytes"],
            code(r["rules"][:16]),
        )
        for r in reversed(releases)
    ]
    heads = ("version", "built", "#articles", "#bytes", "rule set")
    return f'## Versions\n\n{table(heads, rows)}\nRead one by its tag: `load_dataset(…, revision="TAG")`.\n'


def _citation(name: str, manifest: Manifest) -> str:
    key = "".join(letter for letter in name.lower() if letter.isalnum()) or "corpus"
    year = manifest.finished[:4]
    made = manifest.identity.versions["article-curator"]
    return f"""## Citation

```bibtex
@misc{{{key}{year},
  title = {{{name}: {manifest.funnel.written:,} cleaned news articles}},
  year = {{{year}}},
  note = {{Made with article-curator {made}, rule set {manifest.identity.rules[:16]}}}
}}
```
"""
