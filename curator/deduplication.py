"""Deduplication on its own: the Python twin of `curator dedup`."""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from curator.atomic import commit, explain_write_errors, sweep
from curator.cleaner import Cleaner
from curator.dedup.decisions import DecisionTask, Summary, summarise, write_decisions
from curator.dedup.fingerprint import SplitTask, count_rows, fingerprint_split, read_failures, shard_of
from curator.dedup.index import Index, NewIndex, save
from curator.dedup.show import texts_by_id
from curator.dedup.stages import Stage, Work, dedup_stages
from curator.document import Document
from curator.errors import InputError, UsageError
from curator.executors.choose import chosen_executor
from curator.manifest import Identity, digest_inputs, versions
from curator.output import Files, measured, prepare
from curator.progress import Reporter, Silent
from curator.rules.load import load_chosen
from curator.settings import Settings
from curator.sources.find import Found, find, plan_splits
from curator.sources.model import SourceFile, Split
from curator.stages import stages

__all__ = ["MANIFEST", "DedupResult", "deduplicate", "shown_texts"]

MANIFEST = "dedup.json"
_OUTPUTS = ("clusters.parquet", "edges.parquet", "documents.parquet")
_MADE = (*_OUTPUTS, "templates.toml", MANIFEST)
# Documents one task takes on: some megabytes of text, a quarter of a second.
_TASK_DOCUMENTS = 20_000


@dataclass(frozen=True, slots=True)
class DedupResult:
    """A finished deduplication: where it is, and what was found."""

    out: Path
    summary: Summary
    resumed: bool  # nothing was left to do


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be done with what."""

    out: Path
    settings: Settings
    splits: Sequence[Split]
    cleaning: bool
    index: Index | None
    new_index: NewIndex | None

    @property
    def files(self) -> Files:
        return Files(self.out, len(self.splits))

    @property
    def work(self) -> Work:
        return Work(self.files.work / "dedup", *(self.out / name for name in _OUTPUTS[:2]))

    @property
    def prints(self) -> tuple[str, ...]:
        return self.files.each("fingerprint")


def deduplicate(
    inputs: Iterable[str | Path],
    out: str | Path,
    settings: Settings | None = None,
    *,
    clean: bool = False,
    against: str | Path | None = None,
    write_index: str | Path | None = None,
    workers: int | None = None,
    force: bool = False,
    reporter: Reporter | None = None,
) -> DedupResult:
    """Find copies among the documents of files, folders and built corpora.

    Args:
        clean: clean the texts first, as a build does; else they are compared as they are.
        against: an index of earlier corpora, whose documents count as well.
        write_index: a folder for an index of all documents, those of `against` included.
        workers: tasks at once, in place of `settings.run.workers`. The output does not depend on it.
        force: start over where `out` holds another run.

    Raises:
        InputError: an input does not exist, none holds a document, or the index cannot be used.
        OutputError: `out` or `write_index` holds something else, or cannot be written.
        UsageError: a setting is wrong, or not that of the index.
    """
    settings = settings or Settings()
    executor = chosen_executor(settings.run.model_copy(update={"workers": workers or settings.run.workers}))
    if against and "story" in settings.dedup.drop:
        hint = "leave story out of --drop; stories are annotated all the same"
        raise UsageError("which telling of a story stays depends on all of them", where="--against", hint=hint)
    folder = Path(out).resolve()
    inputs = [_texts_of_corpus(Path(path)) for path in inputs]
    found = find(inputs, outside=folder)
    if not found.files:
        hint = "files end in .txt .jsonl .parquet (and .html with --clean)"
        raise InputError("no file with documents among the inputs", where=", ".join(map(str, inputs)), hint=hint)
    index = Index.read(against, settings.dedup) if against else None
    identity = _identity(found, settings, clean=clean, index=index, indexing=write_index is not None)
    run = hashlib.sha256(json.dumps(asdict(identity), sort_keys=True).encode()).hexdigest()
    new = NewIndex(Path(write_index).resolve(), index, settings.dedup, run) if write_index else None
    written = new.prepare(force=force) if new else True
    if prepare(folder, identity, force=force, manifest=MANIFEST, made=_MADE):
        if written:
            return DedupResult(folder, _read_summary(folder / MANIFEST), resumed=True)
        for name in _MADE:  # finished once, but its index is gone
            (folder / name).unlink(missing_ok=True)
        prepare(folder, identity, force=force, manifest=MANIFEST, made=_MADE)
    per_task = settings.task_documents if clean else _TASK_DOCUMENTS
    plan = _Plan(folder, settings, plan_splits(found.files, per_task), clean, index, new)
    try:
        with reporter or Silent() as told, executor:
            for name, function, tasks in _stages(plan):
                left = [task for task in tasks if not Path(task.target).exists()]
                told.stage(name, len(left))
                executor.run(function, left, told)
    except BaseException:
        sweep(folder)
        raise
    return DedupResult(folder, _finish(plan, identity, found), resumed=False)


def _texts_of_corpus(path: Path) -> Path:
    """Return where the documents of an input are: of a built corpus only its articles are, not its tables."""
    return path / "data" if (path / "manifest.json").is_file() and (path / "data").is_dir() else path


def _identity(found: Found, settings: Settings, *, clean: bool, index: Index | None, indexing: bool) -> Identity:
    chosen = settings.model_dump(mode="json")
    said: dict[str, Any] = {"dedup": chosen["dedup"], "clean": False, "index": indexing}
    rules = ""
    if clean:
        said |= {name: chosen[name] for name in ("rules", "clean", "templates")}
        rules = load_chosen(settings.rules).hash
    if index:
        said["against"] = index.digest
    return Identity(digest_inputs(found.files), said, rules, versions())


def _stages(plan: _Plan) -> Iterator[Stage]:
    """Yield the stages: fingerprints, of the texts as they are or cleaned, and what follows them."""
    files, settings = plan.files, plan.settings
    if plan.cleaning:
        with explain_write_errors(files.work):
            files.rules.write_text(load_chosen(settings.rules).to_json(), encoding="utf-8")
        for stage in itertools.takewhile(lambda stage: stage.name != "rank", stages(files, plan.splits, settings)):
            yield stage.name, stage.function, stage.tasks
    else:
        pairs = zip(plan.splits, plan.prints, strict=True)
        yield "fingerprint", fingerprint_split, [SplitTask(split, settings.dedup, name) for split, name in pairs]
    work, index = plan.work, plan.index
    new = [replace(shard_of(name), generation=index.generation if index else 0) for name in plan.prints]
    if not any(count_rows(shard.prints) for shard in new):
        reasons = ", ".join(f"{n} {why}" for why, n in _failures(plan.prints).most_common())
        raise InputError("no document among the inputs", where=str(plan.out), hint=f"rows were passed over: {reasons}")
    known = index.known(settings.dedup) if index else ""
    shards = [*(index.shards() if index else ()), *new]
    yield from dedup_stages(shards, work, settings.dedup, known=known, keep=plan.new_index is not None)
    clusters, target = str(work.clusters), str(plan.out / _OUTPUTS[2])
    decide = DecisionTask(str(work.documents), clusters, settings.dedup.drop, target)
    yield "decide", write_decisions, [decide]


def _finish(plan: _Plan, identity: Identity, found: Found) -> Summary:
    """Write the index and, last, the manifest; clear the work folder away."""
    work = plan.work
    summary = summarise(str(work.documents), str(work.clusters), str(plan.out / _OUTPUTS[2]), plan.prints)
    if plan.new_index:
        first = len(plan.index.parts) if plan.index else 0
        parts = [str(work.part(first + n)) for n in range(len(plan.prints))]
        save(plan.new_index, parts, str(work.index_edges))
    made = [name for name in _MADE[:-1] if (plan.out / name).exists()]
    manifest = {
        "identity": asdict(identity),
        "summary": asdict(summary),
        "inputs": [[file.origin, file.path, file.format] for file in found.files],
        "index": str(plan.index.folder) if plan.index else None,
        "outputs": [measured(plan.out, name, 0 if name.endswith(".toml") else None) for name in made],
        "finished": datetime.datetime.now(datetime.UTC).replace(microsecond=0).isoformat(),
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (plan.out / MANIFEST).unlink(missing_ok=True)
    commit(plan.out / MANIFEST, lambda path: _write_text(path, text))
    shutil.rmtree(plan.files.work)
    sweep(plan.out)  # of workers that were killed
    return summary


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _failures(prints: Sequence[str]) -> Counter[str]:
    return sum((read_failures(name) for name in prints), start=Counter())


def _read_summary(manifest: Path) -> Summary:
    return Summary(**json.loads(manifest.read_text(encoding="utf-8"))["summary"])


def shown_texts(folder: Path, ids: Sequence[str]) -> dict[str, str]:
    """Return the texts of these documents, from the inputs of a deduplication or from its index, cleaned if it did.

    Lines that repeat across a site are still in them.

    Raises:
        InputError: `folder` holds no finished deduplication.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"no finished deduplication: {error}", where=str(folder / MANIFEST)) from None
    paths = [(origin, Path(path), form) for origin, path, form in manifest["inputs"]]
    if manifest["index"]:
        paths += [(part.name, part, "parquet") for part in sorted(Path(manifest["index"]).glob("parts/*.parquet"))]
    files = [SourceFile(origin, str(path), form, path.stat().st_size) for origin, path, form in paths if path.exists()]
    texts = texts_by_id(plan_splits(files, _TASK_DOCUMENTS), ids)
    said = manifest["identity"]["settings"]
    if not said["clean"]:
        return texts
    chosen = Settings.model_validate({name: said[name] for name in ("rules", "clean")})
    cleaner = Cleaner(load_chosen(chosen.rules), chosen.clean)
    return {name: cleaner.clean(Document(name, text)).text for name, text in texts.items()}
