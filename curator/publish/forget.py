"""Taking documents out of a finished corpus, out of every file of it, and seeing to it that they stay out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import explain_write_errors
from curator.dedup.outcome import clusters_schema
from curator.errors import OutputError
from curator.manifest import Funnel, Identity, Manifest
from curator.output import measured
from curator.publish.card import card
from curator.publish.facts import measure
from curator.publish.frontmatter import read_card
from curator.publish.reelect import reelected
from curator.publish.shards import ROW_GROUP, SHARD_OPTIONS
from curator.publish.staging import put_in_place, staged
from curator.settings import Settings
from curator.tombstones import FORGOTTEN, FORGOTTEN_ROW, Tombstones

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Forgotten", "forget"]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What became of a corpus: rows that went, documents that took their place, files that were written again."""

    documents: int  # of the corpus
    copies: int  # that had been left out of it
    quarantined: int
    elected: tuple[str, ...]  # ids of copies that are documents of the corpus now
    files: tuple[str, ...]


def forget(folder: str | Path, tombstones: Tombstones) -> Forgotten:
    """Take the documents that tombstones cover out of a finished build, and leave the tombstones in it.

    All files are written again beside the corpus first and moved into place then: killed, the same call does the rest.

    Raises:
        InputError: the folder holds no finished build.
        OutputError: a build is under way in it, or it cannot be written.
    """
    folder = Path(folder).resolve()
    put_in_place(folder)  # what a call that was killed had ready
    manifest = Manifest.read(folder / "manifest.json")
    if (folder / ".curator").exists():
        hint = "let the build end first: run it again"
        raise OutputError("holds a build that has not ended", where=str(folder), hint=hint)
    every = Tombstones.read(folder) | tombstones
    stage = staged(folder)
    every.write(stage)
    done = _Corpus(stage, manifest, every).forget()
    put_in_place(folder, ready=True)
    return done


class _Corpus:
    """The files of one build while documents are taken out."""

    def __init__(self, folder: Path, manifest: Manifest, tombstones: Tombstones) -> None:
        self.folder, self.manifest, self.tombstones = folder, manifest, tombstones
        self.settings = Settings.model_validate(manifest.identity.settings)
        self.written: list[str] = []

    def forget(self) -> Forgotten:
        documents = {row["id"]: row for path in self.paths("data/*/*") for row in self.rows(path, text=False)}
        copies = {row["id"]: row for row in self.rows("copies.parquet", text=False)}
        quarantined = [row for row in self.rows("quarantine.parquet", text=False) if self.covered(row)]
        gone = {row["id"] for row in (*documents.values(), *copies.values()) if self.covered(row)}
        rejected = {row["id"] for row in quarantined if row["status"] == "rejected"}
        taken = self.removals(gone | rejected)
        clusters, elected = self.elect(gone, set(documents))
        self.write_documents(gone, clusters, elected)
        self.without("copies.parquet", gone | set(elected))
        for path in self.paths("ledger/*"):
            self.without(path, gone | rejected)
        self.write_quarantine(len(gone))
        self.filter_templates()
        lost = [documents.get(i) or copies[i] for i in sorted(gone)]
        reasons = Counter(row["reason"] for row in quarantined)
        self.finish(lost, taken, reasons)
        in_corpus = len(gone & set(documents))
        return Forgotten(in_corpus, len(gone) - in_corpus, len(quarantined), tuple(elected), tuple(self.written))

    def covered(self, row: Mapping[str, Any]) -> bool:
        """Return whether a row is to go. Its id or origin can be an address too."""
        addresses = (row.get("url"), row["id"], row.get("origin"))
        return self.tombstones.covers(id=row["id"], site=row.get("site")) or any(
            self.tombstones.covers(url=address) for address in addresses if address
        )

    def paths(self, pattern: str) -> list[str]:
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.glob(f"{pattern}.parquet"))

    def rows(self, name: str, *, text: bool = True) -> list[Row]:
        import pyarrow.parquet as pq

        path = self.folder / name
        if not path.exists():
            return []
        columns = None if text else [column for column in pq.read_schema(path).names if column != "text"]
        found: list[Row] = pq.read_table(path, columns=columns).to_pylist()
        return found

    def ids(self, name: str) -> list[str]:
        import pyarrow.parquet as pq

        path = self.folder / name
        found: Any = pq.read_table(path, columns=["id"])["id"].to_pylist() if path.exists() else []
        return list(found)

    def write(self, name: str, table: pa.Table, **options: Any) -> None:
        """Write a file again, in place of the old one, whole or not at all."""
        import pyarrow.parquet as pq

        path = self.folder / name
        temporary = path.with_name(f"{path.name}.tmp-forget")
        with explain_write_errors(path):
            pq.write_table(table, temporary, **({"compression": "zstd"} | options))
            temporary.replace(path)
        self.written.append(name)

    def write_text(self, name: str, text: str) -> None:
        """Write a text file again; the name is replaced, since the old file has another name in the corpus."""
        temporary = self.folder / f"{name}.tmp-forget"
        with explain_write_errors(temporary):
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(self.folder / name)
        self.written.append(name)

    def without(self, name: str, ids: set[str]) -> None:
        """Write a file again without the rows of some documents; a file that has none of them is left alone."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        path = self.folder / name
        if not path.exists():
            return
        dead = pc.is_in(pq.read_table(path, columns=["id"])["id"], value_set=pa.array(sorted(ids), pa.string()))
        if pc.any(dead).as_py():
            self.write(name, pq.read_table(path).filter(pc.invert(dead)))

    def removals(self, ids: set[str]) -> Counter[str]:
        """Count the removals of some documents, by layer; what a guard noted is in none."""
        import pyarrow.parquet as pq

        wanted: Any = [("id", "in", sorted(ids))]
        tables = (
            pq.read_table(self.folder / path, columns=["layer"], filters=wanted) for path in self.paths("ledger/*")
        )
        return Counter(layer for table in tables for layer in table["layer"].to_pylist() if layer) if ids else Counter()

    def elect(self, gone: set[str], documents: set[str]) -> tuple[dict[str, Row], dict[str, Row]]:
        """Write the clusters again; return their rows that changed, and the copies that enter the corpus, by id."""
        import pyarrow as pa

        rows = self.rows("clusters.parquet")
        touched = {row["cluster"] for row in rows if row["id"] in gone}
        if not touched and not any(row["story"] in gone for row in rows):
            return {}, {}
        left = [row for row in rows if row["id"] not in gone]
        stories: dict[str, str] = {}  # of a story whose first teller went, the one who is first now
        for row in left:
            if row["story"] in gone:
                row["story"] = stories.setdefault(row["story"], row["id"])
        members = {row["id"] for row in left if row["cluster"] in touched or row["story"] in stories.values()}
        texts = self.texts({row["id"] for row in left if row["cluster"] in touched})
        groups: dict[str, list[Row]] = {}
        for row in left:
            groups.setdefault(row["cluster"] or row["id"], []).append(row)
        kept: list[Row] = []
        for name, group in groups.items():
            kept += reelected(group, texts, self.settings.dedup) if name in touched else group
        alone = {story for story, told in Counter(row["story"] for row in kept).items() if told == 1}
        kept = [row | {"story": None if row["story"] in alone else row["story"]} for row in kept]
        kept = [row for row in kept if row["kind"] or row["story"]]
        kept.sort(key=lambda row: (row["representative"], row["kind"] != "representative", row["id"]))
        self.write("clusters.parquet", pa.Table.from_pylist(kept, clusters_schema()))
        now = {row["id"]: row for row in kept}
        stay_out = {i for i in members if i in now and self.drops(now[i])}
        coming = {row["id"]: row for row in self.rows("copies.parquet") if row["id"] in members - stay_out - documents}
        return {i: {"cluster": i, "story": None} for i in members} | now, coming

    def drops(self, row: Row) -> str | None:
        """Return why a row of the clusters is not in the corpus, as `curator.dedup.outcome.DROPPED_AS` says it."""
        drop = self.settings.dedup.drop
        if row["kind"] in drop:
            return str(row["kind"])
        return "story" if "story" in drop and row["story"] not in (None, row["id"]) else None

    def texts(self, ids: set[str]) -> dict[str, str]:
        import pyarrow.parquet as pq

        found: dict[str, str] = {}
        for path in (*self.paths("data/*/*"), *self.paths("copies")):
            table = pq.read_table(self.folder / path, columns=["id", "text"], filters=[("id", "in", sorted(ids))])
            found |= {row["id"]: row["text"] for row in table.to_pylist()}
        return found

    def write_documents(self, gone: set[str], clusters: Mapping[str, Row], elected: Mapping[str, Row]) -> None:
        """Write every shard again in which something changes; copies that enter go to the last of their language."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        sizes = Counter(row["cluster"] for row in clusters.values())

        def current(row: Row) -> Row:
            now = clusters.get(row["id"])
            if not now:
                return row
            name = now["cluster"] or row["id"]
            return row | {"cluster": name, "cluster_size": max(1, sizes[name]), "story": now["story"]}

        coming: dict[str, list[Row]] = {}
        for row in elected.values():
            coming.setdefault(row["language"], []).append(row)
        schema = pq.read_schema(self.folder / self.paths("data/*/*")[0])
        for language in sorted({path.split("/")[1] for path in self.paths("data/*/*")} | set(coming)):
            paths = self.paths(f"data/{language}/*") or [f"data/{language}/train-00000-of-00001.parquet"]
            for path in paths:
                touched = gone.union(clusters).intersection(self.ids(path))
                if not touched and not (path == paths[-1] and language in coming):
                    continue
                rows = self.rows(path)
                new = [current(row) for row in rows if row["id"] not in gone]
                if path == paths[-1]:
                    new += [current(row) for row in coming.get(language, ())]
                if not new:
                    (self.folder / path).unlink()
                elif new != rows:
                    (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
                    self.write(path, pa.Table.from_pylist(new, schema), row_group_size=ROW_GROUP, **SHARD_OPTIONS)

    def write_quarantine(self, gone: int) -> None:
        """Write quarantine.parquet again: every row that went is there, and says nothing but that."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pq.read_schema(self.folder / "quarantine.parquet")
        nameless = dict.fromkeys(schema.names) | FORGOTTEN_ROW
        rows = [nameless if self.covered(row) else row for row in self.rows("quarantine.parquet")]
        if gone or nameless in rows:
            self.write("quarantine.parquet", pa.Table.from_pylist([*rows, *[nameless] * gone], schema))

    def filter_templates(self) -> None:
        """Take the rules for sites that are forgotten out of the pack of template rules."""
        import tomlkit

        path = self.folder / "templates.toml"
        if not path.exists():
            return
        pack = tomlkit.parse(path.read_text(encoding="utf-8"))
        rules: Any = pack.get("rule", [])
        dead = [n for n, rule in enumerate(rules) if self.tombstones.covers(site=rule.get("site") or pack.get("site"))]
        for n in reversed(dead):
            del rules[n]
        if dead:
            self.write_text(path.name, tomlkit.dumps(pack))

    def finish(self, lost: Iterable[Row], taken: Counter[str], reasons: Counter[str]) -> None:
        """Write card and manifest for what is there now."""
        import pyarrow.parquet as pq

        shards = self.paths("data/*/*")
        lost, old = list(lost), self.manifest.funnel
        counts = Counter({p.split("/")[1]: 0 for p in shards})
        for path in shards:
            counts[path.split("/")[1]] += pq.read_metadata(self.folder / path).num_rows
        left_out = {row["id"] for row in self.rows("copies.parquet", text=False)}
        clusters = self.rows("clusters.parquet")
        dropped = Counter(self.drops(row) or "" for row in clusters if row["id"] in left_out)
        funnel = _funnel(old, lost, taken, reasons)
        funnel = replace(
            funnel,
            dropped=dict(sorted(dropped.items())),
            clusters=len({row["cluster"] for row in clusters if row["kind"]}),
            written=sum(counts.values()),
            languages=dict(sorted(counts.items())),
        )
        names = [*shards, *(o["path"] for o in self.manifest.outputs if not o["path"].startswith("data/"))]
        rows = {o["path"]: o["rows"] for o in self.manifest.outputs}
        outputs = [
            measured(self.folder, name, rows[name] if name.endswith(".toml") else None)
            for name in names
            if (self.folder / name).exists()
        ]
        identity = Identity(**asdict(self.manifest.identity) | {"tombstones": self.tombstones.hash})
        manifest = replace(self.manifest, identity=identity, funnel=funnel, outputs=outputs)
        was = self.folder / "README.md"
        said = read_card(was.read_text(encoding="utf-8")) if was.exists() else None
        facts = measure(self.folder, [output["path"] for output in outputs])
        self.write_text("README.md", card(self.folder.parent.name, manifest, facts, previous=said))
        manifest.write(self.folder / "manifest.json")


def _funnel(old: Funnel, lost: list[Row], taken: Counter[str], reasons: Counter[str]) -> Funnel:
    """Return what a build that knew the tombstones would have counted of the rows that went: failed, and no more."""

    def without(counts: Mapping[str, int]) -> dict[str, int]:
        left = {reason: count - reasons[reason] for reason, count in counts.items() if reason != FORGOTTEN}
        return {reason: count for reason, count in left.items() if count > 0}

    before = old.failed.get(FORGOTTEN, 0)
    forgotten = before + len(lost) + sum(count for reason, count in reasons.items() if reason != FORGOTTEN)
    removed = sum(row["characters_removed"] for row in lost)
    return replace(
        old,
        failed=dict(sorted((without(old.failed) | ({FORGOTTEN: forgotten} if forgotten else {})).items())),
        rejected=without(old.rejected),
        characters_in=old.characters_in - removed - sum(row["characters"] for row in lost),
        characters_removed=old.characters_removed - removed,
        removals=old.removals - taken["text"],
        pruned=old.pruned - taken["html"],
    )
