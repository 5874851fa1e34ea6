"""A corpus from raw articles: resume what was begun, run the stages, count what came of it."""

from __future__ import annotations

import datetime
import hashlib
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator import tokens
from curator.atomic import explain_write_errors, sweep
from curator.errors import InputError, UsageError
from curator.executors.choose import chosen_executor
from curator.executors.run import Executor
from curator.filters.benchmarks import check, digests
from curator.funnel import count_funnel
from curator.manifest import Funnel, Identity, Manifest, digest_inputs, versions
from curator.output import Files, measured, prepare
from curator.planning import plan
from curator.progress import Reporter, Silent
from curator.publish.earlier import earlier_mark, write_places
from curator.rules.load import load_chosen
from curator.settings import Settings
from curator.sources.find import Found, find
from curator.sources.take import chosen
from curator.stages import Stage, outputs, stages
from curator.status import note_plan
from curator.templates.pack import load_pack, summary
from curator.tombstones import Tombstones

__all__ = ["BuildResult", "build"]


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A finished build: where it is, and what came of the documents."""

    out: Path
    funnel: Funnel
    manifest: Manifest
    resumed: bool  # nothing was left to do


def build(
    inputs: Iterable[str | Path],
    out: str | Path,
    settings: Settings | None = None,
    *,
    templates: str | Path | None = None,
    tombstones: str | Path | None = None,
    after: str | Path | None = None,
    workers: int | None = None,
    force: bool = False,
    reporter: Reporter | None = None,
) -> BuildResult:
    """Build a corpus from files and folders of raw articles into the folder `out`.

    Args:
        templates: the `templates.toml` of an earlier build, to be used instead of counting lines by site again.
        tombstones: what is not to be in the corpus, beside what `curator forget` noted in `out`: an earlier corpus, or
            its `tombstones.jsonl`.
        after: an earlier corpus: documents that were in it keep their place, and stay where copies of them come; new
            ones come last in files of their own.
        workers: tasks at once, in place of `settings.run.workers`. The output does not depend on it.
        force: start over where `out` holds another build.

    Raises:
        InputError: an input does not exist, or none holds a document.
        OutputError: `out` holds something else or another build, or cannot be written.
        UsageError: a rule file or a setting is wrong.
    """
    settings = settings or Settings()
    executor = chosen_executor(settings.run.model_copy(update={"workers": workers or settings.run.workers}))
    rules = load_chosen(settings.rules)
    pack = _read_pack(Path(templates), settings) if templates else b""
    check(settings.filters)
    tokens.check(settings.tokens)
    folder = Path(out).resolve()
    dead = Tombstones.read(folder) | (Tombstones.read(tombstones) if tombstones else Tombstones())
    if after and Path(after).resolve() == folder:
        hint = "choose another --out; the earlier corpus can go when this one is done"
        raise UsageError("is to come after itself", where=str(after), hint=hint)
    found = find(inputs, outside=folder)
    if not found.files:
        passed = ", ".join(f"{n} {suffix}" for suffix, n in found.ignored.most_common(5))
        hint = f"files end in .txt .html .jsonl .parquet .arrow .warc .wet .zip .tar; passed over: {passed or 'none'}"
        raise InputError("no article file among the inputs", where=", ".join(map(str, inputs)), hint=hint)
    identity = Identity(
        digest_inputs(found.files),
        settings.telling(),
        rules.hash,
        versions(),
        templates=hashlib.sha256(pack).hexdigest() if pack else "",
        benchmarks=digests(settings.filters),
        tokenizer=tokens.digest(settings.tokens),
        tombstones=dead.hash,
        after=earlier_mark(Path(after)) if after else "",
    )
    if prepare(folder, identity, force=force):
        manifest = Manifest.read(folder / "manifest.json")
        return BuildResult(folder, manifest.funnel, manifest, resumed=True)
    files = Files(folder, 0)
    splits = plan(found.files, settings.task_documents, files.work / "plan")
    splits = chosen(splits, limit=settings.limit, sample=settings.sample)
    files = Files(folder, len(splits))
    if dead:
        dead.write(folder)
    with explain_write_errors(files.work):
        files.rules.write_text(rules.to_json(), encoding="utf-8")
        note_plan(files.work, len(splits))
        if pack:
            files.adopted.write_bytes(pack)
        if after:
            write_places(Path(after), files.earlier)
    try:
        with reporter or Silent() as told, executor:
            for stage in stages(files, splits, settings):
                _run(stage, executor, told)
    except BaseException:
        sweep(folder)  # what tasks under way had half written
        raise
    manifest = _finish(files, settings, identity, _described(found))
    if not manifest.funnel.written:
        hint = f"reasons are in {files.quarantine}"
        raise InputError("no document of the inputs was written", where=", ".join(map(str, inputs)), hint=hint)
    return BuildResult(folder, manifest.funnel, manifest, resumed=False)


def _read_pack(path: Path, settings: Settings) -> bytes:
    if not settings.templates.enabled:
        hint = "leave out --no-templates, or templates.enabled = false in the settings"
        raise UsageError("template rules are given and switched off", where=str(path), hint=hint)
    load_pack(str(path), preview=settings.rules.preview)  # said now, not in the middle of a run
    return path.read_bytes()


def _run(stage: Stage, executor: Executor, reporter: Reporter) -> None:
    """Run the tasks of one stage whose outputs are missing; raise the first error."""
    left = [task for task in stage.tasks if not Path(task.target).exists()]
    reporter.stage(stage.name, len(left))
    executor.run(stage.function, left, reporter)


def _described(found: Found) -> dict[str, Any]:
    return {
        "files": len(found.files),
        "bytes": found.files.bytes,
        "passed_over": dict(sorted(found.ignored.items())),
    }


def _finish(files: Files, settings: Settings, identity: Identity, inputs: Mapping[str, Any]) -> Manifest:
    """Count, write card and manifest, and clear the work folder away."""
    from curator.publish.card import card
    from curator.publish.facts import measure

    cleaned = files.each("clean")
    funnel = count_funnel(cleaned, str(files.twins), str(files.clusters), files.layout, settings.dedup.drop)
    found = summary(str(files.templates), cleaned) if files.pack.exists() else {}
    names = outputs(files)
    written = [measured(files.folder, name, found["rules"] if name == files.pack.name else None) for name in names]
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0).isoformat()
    manifest = Manifest(identity, funnel, inputs, written, now, found)
    with explain_write_errors(files.card):
        files.card.write_text(card(files.folder.name, manifest, measure(files.folder, names)), encoding="utf-8")
    manifest.write(files.manifest)
    shutil.rmtree(files.work)
    sweep(files.folder)  # of workers that were killed
    return manifest
