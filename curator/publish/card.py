"""The dataset card: figures the curator counted, and whatever a person wrote beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from curator.manifest import Manifest
from curator.publish.blocks import merge_body
from curator.publish.facts import Facts
from curator.publish.frontmatter import Card, front_matter
from curator.publish.sections import blocks

__all__ = ["card"]


def card(
    name: str,
    manifest: Manifest,
    facts: Facts,
    *,
    previous: Card | None = None,
    releases: Sequence[Mapping[str, Any]] = (),
    repo: str = "OWNER/NAME",
) -> str:
    """Return README.md: YAML that `load_dataset` reads, and what a reader of the corpus asks first.

    Args:
        name: of the corpus, where the previous card does not name it.
        previous: the card as it was; what a person wrote in it stays.
        releases: the versions published so far, this one last.
        repo: what readers load.
    """
    from huggingface_hub import DatasetCardData

    was = previous or Card()
    data = front_matter(name, facts, was.front)
    yaml = DatasetCardData(**data).to_yaml(line_break="\n")
    written = merge_body(blocks(data["pretty_name"], manifest, facts, releases=releases, repo=repo), was.body)
    return f"---\n{yaml}\n---\n\n{written}"
