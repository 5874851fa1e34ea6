"""The dataset card, written from the manifest's numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from curator.manifest import Funnel, Manifest

__all__ = ["card"]

_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
_UNDETERMINED = "und"


def card(name: str, manifest: Manifest, features: Mapping[str, str]) -> str:
    """Return README.md: YAML that `load_dataset` reads, and what a reader of the corpus asks first."""
    from huggingface_hub import DatasetCardData

    funnel = manifest.funnel
    languages = sorted(funnel.languages)
    data = DatasetCardData(
        language=[code for code in languages if code != _UNDETERMINED] or None,
        pretty_name=name,
        size_categories=[next((label for limit, label in _SIZES if funnel.written < limit), "n>10M")],
        task_categories=["text-generation"],
        tags=["news", "article-curator"],
        configs=_configs(languages),
        dataset_info=_dataset_info(languages, manifest.outputs, features),
    )
    yaml = data.to_yaml(line_break="\n")
    return f"---\n{yaml}\n---\n\n{_body(name, manifest)}"


def _configs(languages: Sequence[str]) -> list[dict[str, Any]]:
    def config(name: str, glob: str) -> dict[str, Any]:
        return {"config_name": name, "data_files": [{"split": "train", "path": glob}]}

    if not languages:
        return []
    return [
        config("default", "data/*/train-*.parquet"),
        *(config(code, f"data/{code}/train-*.parquet") for code in languages),
    ]


def _dataset_info(
    languages: Sequence[str], outputs: Sequence[Mapping[str, Any]], features: Mapping[str, str]
) -> list[dict[str, Any]]:
    described = [
        {"name": column, "sequence": kind.removeprefix("list<").removesuffix(">")}
        if kind.startswith("list<")
        else {"name": column, "dtype": kind}
        for column, kind in features.items()
    ]

    def info(name: str, prefix: str) -> dict[str, Any]:
        files = [f for f in outputs if str(f["path"]).startswith(prefix)]
        size = sum(f["bytes"] for f in files)
        split = {"name": "train", "num_bytes": size, "num_examples": sum(f["rows"] for f in files)}
        return {
            "config_name": name,
            "features": described,
            "splits": [split],
            "download_size": size,
            "dataset_size": size,
        }

    if not languages:
        return []
    return [info("default", "data/"), *(info(code, f"data/{code}/") for code in languages)]


def _body(name: str, manifest: Manifest) -> str:
    funnel, identity = manifest.funnel, manifest.identity
    removed = funnel.characters_removed / funnel.characters_in if funnel.characters_in else 0.0
    rows = "\n".join(f"| {code} | {count:,} |" for code, count in sorted(funnel.languages.items()))
    return f"""# {name}

{funnel.written:,} cleaned and deduplicated articles, made by article-curator {identity.versions["article-curator"]}.

## How it was made

| step | documents |
|---|---|
| read | {funnel.read:,} |
| failed | {sum(funnel.failed.values()):,}{_reasons(funnel.failed)} |
| pages, of them with an article | {funnel.pages:,}, {funnel.extracted:,} |
| rejected | {sum(funnel.rejected.values()):,}{_reasons(funnel.rejected)} |
| duplicates dropped | {sum(funnel.dropped.values()):,}{_reasons(funnel.dropped)} |
| written | {funnel.written:,} |

Rules took {funnel.removals:,} spans, {removed:.1%} of the characters. Every one of them is in `ledger/`, with the rule
that took it; `curator.restore(text, removals)` puts them back. {_pruned(funnel)}Rows that are not in the corpus are in
`quarantine.parquet` with their reason, copies of one article in `clusters.parquet` with the copy that was kept.
{_templates(manifest)}
Rule set `{identity.rules[:16]}`, inputs `{identity.inputs[:16]}`; all settings and versions are in `manifest.json`.

## Languages

| language | articles |
|---|---|
{rows}
"""


def _templates(manifest: Manifest) -> str:
    """Return a paragraph on the rules for template lines, "" where there are none."""
    found = manifest.templates
    if not found:
        return ""
    pack = next(output for output in manifest.outputs if output["path"] == "templates.toml")
    source = "given to this build" if manifest.identity.templates else "counted on these pages"
    return f"""
{found["removals"]:,} of these spans, {found["characters_removed"]:,} characters, are template lines: they repeat on
the pages of one site. The {found["rules"]:,} rules for {found["sites"]:,} sites, {source}, are in
`templates.toml` (`{pack["sha256"][:16]}`); `curator build --templates templates.toml` uses them again.
"""


def _pruned(funnel: Funnel) -> str:
    if not funnel.pruned:
        return ""
    return (
        f"From the pages\n{funnel.pruned:,} elements were pruned before a text was taken from them; they are in"
        " `ledger/` too (`layer` html, with what\nthey showed) and count among no characters.\n\n"
    )


def _reasons(counts: Mapping[str, int]) -> str:
    return " (" + ", ".join(f"{reason} {count:,}" for reason, count in sorted(counts.items())) + ")" if counts else ""
