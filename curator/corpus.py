"""A corpus from raw articles: plan the stages, resume what was begun, count what came of it.

find -> clean (a work file per split) -> twins -> fingerprint -> cluster -> layout -> write, ledger, quarantine -> card.
Every arrow is a file with a name fixed in advance, so a build that was killed goes on where it stopped.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from curator.atomic import explain_write_errors, sweep
from curator.dedup.tasks import ClusterTask, FingerprintTask, cluster_all, fingerprint
from curator.errors import InputError, OutputError
from curator.executors.local import LocalExecutor
from curator.funnel import count_funnel
from curator.ledger import LedgerTask, QuarantineTask, write_ledger, write_quarantine
from curator.manifest import Funnel, Identity, Manifest, digest_inputs, read_identity, versions
from curator.progress import Reporter, Silent
from curator.publish.layout import LayoutTask, TwinsTask, find_twins, lay_out, read_layout
from curator.publish.schema import COLUMNS, carried_name
from curator.publish.shards import WriteTask, write_shard
from curator.rules.load import load_rules
from curator.rules.ruleset import RuleSet
from curator.settings import Settings
from curator.shard import CleanTask, clean_split
from curator.sources.find import find, plan_splits

__all__ = ["BuildResult", "build"]

_WORK = ".curator"  # in the output folder, gone when the build is done
_MANIFEST = "manifest.json"
# What a finished build consists of; nothing else is ever removed from an output folder.
_OUTPUTS = ("data", "ledger", "README.md", "clusters.parquet", "quarantine.parquet", _MANIFEST)
_LEDGER_TASKS = 50  # work files in one ledger file


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
    workers: int | None = None,
    force: bool = False,
    reporter: Reporter | None = None,
) -> BuildResult:
    """Build a corpus from files and folders of raw articles into the folder `out`.

    Args:
        workers: processes; as many as there are processors where not given. The output does not depend on it.
        force: start over where `out` holds another build.

    Raises:
        InputError: an input does not exist, or none holds a document.
        OutputError: `out` holds something else or another build, or cannot be written.
        UsageError: a rule file or a setting is wrong.
    """
    settings = settings or Settings()
    rules = load_rules(
        *settings.rules.add, select=settings.rules.select, ignore=settings.rules.ignore, preview=settings.rules.preview
    )
    folder = Path(out).resolve()
    found = find(inputs, outside=folder)
    if not found.files:
        passed = ", ".join(f"{n} {suffix}" for suffix, n in found.ignored.most_common(5))
        hint = f"files end in .txt .html .jsonl .parquet; passed over: {passed or 'none'}"
        raise InputError("no article file among the inputs", where=", ".join(map(str, inputs)), hint=hint)
    identity = Identity(digest_inputs(found.files), settings.model_dump(mode="json"), rules.hash, versions())
    if _prepare(folder, identity, force=force):
        manifest = Manifest.read(folder / _MANIFEST)
        return BuildResult(folder, manifest.funnel, manifest, resumed=True)
    splits = plan_splits(found.files, settings.task_documents)
    try:
        with reporter or Silent() as told, LocalExecutor(workers or _processors()) as executor:
            run = _Run(folder, settings, rules, _Runner(executor, told))
            names = run.all(splits)
    except BaseException:
        sweep(folder)  # what tasks under way had half written
        raise
    summary = {
        "files": len(found.files),
        "bytes": sum(file.size for file in found.files),
        "passed_over": dict(sorted(found.ignored.items())),
    }
    manifest = run.finish(identity, names, summary)
    if not manifest.funnel.written:
        hint = f"reasons are in {folder / 'quarantine.parquet'}"
        raise InputError("no document of the inputs was written", where=", ".join(map(str, inputs)), hint=hint)
    return BuildResult(folder, manifest.funnel, manifest, resumed=False)


def _processors() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _prepare(folder: Path, identity: Identity, *, force: bool) -> bool:
    """Make the output folder ready; return whether it already holds this build, finished.

    Raises:
        OutputError: it holds something else, or another build and `force` is not given.
    """
    noted = next((path for path in (folder / _MANIFEST, folder / _WORK / "identity.json") if path.exists()), None)
    with explain_write_errors(folder):
        if noted is None:
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                hint = "choose a folder that is empty or does not exist yet"
                raise OutputError("holds something that is not a build of this tool", where=str(folder), hint=hint)
        elif differences := identity.differences(read_identity(noted)):
            if not force:
                hint = "choose another --out, or --force to start over"
                raise OutputError("holds another build: " + "; ".join(differences[:5]), where=str(folder), hint=hint)
            _clear(folder)
        elif noted.name == _MANIFEST and all((folder / output["path"]).exists() for output in _read_outputs(noted)):
            shutil.rmtree(folder / _WORK, ignore_errors=True)  # a build killed between its last two steps
            return True
        elif noted.name == _MANIFEST:
            _clear(folder)  # finished once, but files are missing since: nothing of it can be trusted
        work = folder / _WORK
        work.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        (work / "identity.json").write_text(json.dumps({"identity": asdict(identity)}), encoding="utf-8")
    return False


def _read_outputs(manifest: Path) -> Sequence[Any]:
    return Manifest.read(manifest).outputs


def _clear(folder: Path) -> None:
    for name in (*_OUTPUTS, _WORK):
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Runner:
    """Runs stages with an executor and reports them."""

    executor: LocalExecutor
    reporter: Reporter

    def run(self, name: str, function: Callable[[Any], int], tasks: Sequence[Any]) -> None:
        """Run the tasks of one stage whose outputs are missing; raise the first error."""
        left = [task for task in tasks if not Path(task.target).exists()]
        self.reporter.stage(name, len(left))
        self.executor.run(function, left, self.reporter.done)


class _Run:
    """One build in its folder: the tasks of each stage, and the names of what they write."""

    def __init__(self, folder: Path, settings: Settings, rules: RuleSet, runner: _Runner) -> None:
        self.folder, self.settings, self.runner = folder, settings, runner
        self.work = folder / _WORK
        self.twins, self.layout = str(self.work / "twins.parquet"), self.work / "layout.parquet"
        self.clusters = str(folder / "clusters.parquet")
        self.sources: tuple[str, ...] = ()
        with explain_write_errors(self.work):
            (self.work / "rules.json").write_text(rules.to_json(), encoding="utf-8")

    def all(self, splits: Sequence[Any]) -> list[str]:
        """Run every stage; return the output files, as paths in the folder."""
        self.clean(splits)
        self.deduplicate()
        return self.write()

    def clean(self, splits: Sequence[Any]) -> None:
        rules = str(self.work / "rules.json")
        targets = [str(self.work / "clean" / f"{n:06d}.parquet") for n in range(len(splits))]
        tasks = [
            CleanTask(n, split, rules, self.settings.clean, target)
            for n, (split, target) in enumerate(zip(splits, targets, strict=True))
        ]
        self.runner.run("clean", clean_split, tasks)
        self.sources = tuple(targets)

    def deduplicate(self) -> None:
        settings = self.settings.dedup
        self.runner.run("ids", find_twins, [TwinsTask(self.sources, self.twins)])
        prints = [str(self.work / "fingerprint" / Path(source).name) for source in self.sources]
        tasks = [
            FingerprintTask(source, self.twins, settings, target)
            for source, target in zip(self.sources, prints, strict=True)
        ]
        self.runner.run("fingerprint", fingerprint, tasks)
        self.runner.run("cluster", cluster_all, [ClusterTask(tuple(prints), settings, self.clusters)])

    def write(self) -> list[str]:
        drop, limit = self.settings.dedup.drop, self.settings.shard_characters
        self.runner.run(
            "layout", lay_out, [LayoutTask(self.sources, self.twins, self.clusters, drop, limit, str(self.layout))]
        )
        shards, _ = read_layout(self.layout)
        tasks = [WriteTask(shard, str(self.layout), self.sources, str(self.folder / shard.name)) for shard in shards]
        self.runner.run("write", write_shard, tasks)
        chunks = [self.sources[n : n + _LEDGER_TASKS] for n in range(0, len(self.sources), _LEDGER_TASKS)]
        names = [f"ledger/removals-{n:05d}-of-{len(chunks):05d}.parquet" for n in range(len(chunks))]
        ledger = [LedgerTask(c, self.twins, str(self.folder / name)) for c, name in zip(chunks, names, strict=True)]
        self.runner.run("ledger", write_ledger, ledger)
        quarantine = QuarantineTask(self.sources, self.twins, str(self.folder / "quarantine.parquet"))
        self.runner.run("quarantine", write_quarantine, [quarantine])
        return [*(shard.name for shard in shards), *names, "clusters.parquet", "quarantine.parquet"]

    def finish(self, identity: Identity, names: Sequence[str], inputs: dict[str, Any]) -> Manifest:
        """Count, write card and manifest, and clear the work folder away."""
        from curator.publish.card import card

        funnel = count_funnel(self.sources, self.twins, self.clusters, self.layout, self.settings.dedup.drop)
        outputs = [_measured(self.folder, name) for name in names]
        _, carried = read_layout(self.layout)
        features = {**COLUMNS, **{carried_name(name): kind for name, kind in carried.items()}}
        with explain_write_errors(self.folder / "README.md"):
            text = card(self.folder.name, funnel, identity, outputs, features)
            (self.folder / "README.md").write_text(text, encoding="utf-8")
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0).isoformat()
        manifest = Manifest(identity, funnel, inputs, outputs, now)
        manifest.write(self.folder / _MANIFEST)
        shutil.rmtree(self.work)
        return manifest


def _measured(folder: Path, name: str) -> dict[str, Any]:
    import pyarrow.parquet as pq

    path = folder / name
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"path": name, "rows": pq.read_metadata(path).num_rows, "bytes": path.stat().st_size, "sha256": digest}
