"""The stages of a build, in order: each a list of tasks, each task with one output file named in advance.

find -> extract -> [notices -> count -> templates] -> clean -> twins -> fingerprint -> dedup (see `dedup.stages`) ->
layout -> write, ledger, quarantine. Every arrow is files, so a build that was killed goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from curator.dedup.fingerprint import FingerprintTask, fingerprint
from curator.dedup.representative import Shard
from curator.dedup.stages import Work, dedup_stages
from curator.executors.model import Function
from curator.extracted import ExtractTask, extract_split
from curator.ledger import LedgerTask, QuarantineTask, write_ledger, write_quarantine
from curator.output import Files
from curator.publish.copies import CopiesTask, write_copies
from curator.publish.layout import LayoutTask, TwinsTask, find_twins, lay_out, read_layout
from curator.publish.shards import WriteTask, write_shard
from curator.settings import Settings
from curator.shard import CleanTask, clean_split
from curator.sources.model import Split
from curator.templates.count import CountTask, MergeTask, NoticeTask, count_lines, find_notices, merge_counts
from curator.templates.pack import AdoptTask, CopyTask, PackTask, adopt, copy_pack, write_pack

__all__ = ["Stage", "outputs", "stages"]

_LEDGER_TASKS = 50  # work files in one ledger file


@dataclass(frozen=True, slots=True)
class Stage:
    """Tasks that do not depend on each other; each has a `target`, and is done where that exists."""

    name: str
    function: Function
    tasks: Sequence[Any]


def stages(files: Files, splits: Sequence[Split], settings: Settings) -> Iterator[Stage]:
    """Yield the stages of a build; each must be done before the next is asked for, which is planned by its files.

    The rule set lies in `files.rules`, and the template pack of an earlier build, where one is used, in
    `files.adopted`.
    """
    rules, sources = str(files.rules), files.each("extract")
    yield Stage(
        "extract",
        extract_split,
        [
            ExtractTask(n, *pair, rules, settings.clean, sources[n], str(files.folder))
            for n, pair in enumerate(zip(splits, strict=True))
        ],
    )
    yield from _template_stages(files, settings)
    templates = str(files.templates) if _has_templates(files) else ""
    pairs = zip(sources, files.each("clean"), strict=True)
    options = (settings.clean, settings.filters, settings.tokens)
    yield Stage("clean", clean_split, [CleanTask(s, rules, templates, *options, t) for s, t in pairs])
    yield from _dedup_stages(files, settings)
    yield from _publish_stages(files, settings)


def outputs(files: Files) -> list[str]:
    """Return the files of a corpus that is all written, as paths in its folder."""
    shards, _ = read_layout(files.layout)
    last = [files.clusters, files.copies, files.quarantine, *([files.pack] if _has_templates(files) else [])]
    return [*(shard.name for shard in shards), *_ledger_names(files), *(path.name for path in last)]


def _template_stages(files: Files, settings: Settings) -> Iterator[Stage]:
    if not settings.templates.enabled:
        return
    target, pack = str(files.templates), str(files.pack)
    if files.adopted.exists():
        adopted = str(files.adopted)
        yield Stage("templates", adopt, [AdoptTask(adopted, settings.rules.preview, target)])
        yield Stage("pack", copy_pack, [CopyTask(adopted, pack)])
        return
    sources, counts, notices = files.each("extract"), files.each("count"), str(files.notices)
    yield Stage("notices", find_notices, [NoticeTask(sources, settings.templates, notices)])
    pairs = zip(sources, counts, strict=True)
    yield Stage("count", count_lines, [CountTask(source, notices, count) for source, count in pairs])
    yield Stage("templates", merge_counts, [MergeTask(counts, settings.templates, target)])
    if _has_templates(files):
        yield Stage("pack", write_pack, [PackTask(target, pack)])


def _has_templates(files: Files) -> bool:
    import pyarrow.parquet as pq

    return files.templates.exists() and pq.read_metadata(files.templates).num_rows > 0


def _dedup_stages(files: Files, settings: Settings) -> Iterator[Stage]:
    sources, twins = files.each("clean"), str(files.twins)
    yield Stage("ids", find_twins, [TwinsTask(sources, twins)])
    prints = files.each("fingerprint")
    pairs = zip(sources, prints, strict=True)
    yield Stage("fingerprint", fingerprint, [FingerprintTask(s, twins, settings.dedup, t) for s, t in pairs])
    shards = [Shard(*pair) for pair in zip(prints, sources, strict=True)]
    work = files.work / "dedup"
    places = Work(work, files.clusters, work / "edges.parquet")
    for stage in dedup_stages(shards, places, settings.dedup, earlier=_earlier(files)):
        yield Stage(*stage)


def _publish_stages(files: Files, settings: Settings) -> Iterator[Stage]:
    sources, twins, layout = files.each("clean"), str(files.twins), str(files.layout)
    drop, limit = settings.dedup.drop, settings.shard_characters
    plan = LayoutTask(sources, twins, str(files.clusters), drop, limit, layout, _earlier(files))
    yield Stage("layout", lay_out, [plan])
    shards, _ = read_layout(files.layout)
    yield Stage("write", write_shard, [WriteTask(s, layout, sources, str(files.folder / s.name)) for s in shards])
    copies = CopiesTask(sources, twins, str(files.clusters), layout, drop, str(files.copies))
    yield Stage("copies", write_copies, [copies])
    chunks = [sources[n : n + _LEDGER_TASKS] for n in range(0, len(sources), _LEDGER_TASKS)]
    pairs = zip(chunks, _ledger_names(files), strict=True)
    yield Stage("ledger", write_ledger, [LedgerTask(chunk, twins, str(files.folder / name)) for chunk, name in pairs])
    yield Stage("quarantine", write_quarantine, [QuarantineTask(sources, twins, str(files.quarantine))])


def _earlier(files: Files) -> str:
    return str(files.earlier) if files.earlier.exists() else ""


def _ledger_names(files: Files) -> list[str]:
    count = -(-files.splits // _LEDGER_TASKS)
    return [f"ledger/removals-{n:05d}-of-{count:05d}.parquet" for n in range(count)]
