"""Taking documents out of a finished corpus, out of every file of it, and seeing to it that they stay out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.errors import OutputError
from curator.manifest import Identity, Manifest
from curator.output import measured
from curator.publish.card import card
from curator.publish.facts import measure
from curator.publish.frontmatter import read_card
from curator.publish.recount import recounted, template_figures
from curator.publish.reelect import Election, dropped_as, elect
from curator.publish.rewrite import Row, StagedFiles
from curator.publish.shards import write_table
from curator.publish.staging import put_in_place, staged
from curator.publish.traces import read_lost, traces
from curator.settings import Settings
from curator.tombstones import FORGOTTEN_ROW, Tombstones

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Forgotten", "forget"]


# All that must be known of a row to say whether it goes, and what is counted of it then.
_TOLD = ("id", "url", "site", "origin", "status", "reason", "characters", "characters_removed")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What became of a corpus: rows that went, documents that took their place, files that were written again.

    `traces` are files in which something of what went still stands: such as this tool did not write.
    """

    documents: int  # of the corpus
    copies: int  # that had been left out of it
    quarantined: int
    elected: tuple[str, ...]  # ids of copies that are documents of the corpus now
    files: tuple[str, ...]
    traces: tuple[str, ...] = ()


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
    """One build while documents are taken out."""

    def __init__(self, folder: Path, manifest: Manifest, tombstones: Tombstones) -> None:
        self.folder, self.manifest, self.tombstones = folder, manifest, tombstones
        self.files = StagedFiles(folder)
        self.dedup = Settings.model_validate(manifest.identity.settings).dedup

    def forget(self) -> Forgotten:
        documents = {row["id"]: row for path in self.files.paths("data/*/*") for row in self.files.rows(path, _TOLD)}
        copies = {row["id"]: row for row in self.files.rows("copies.parquet", _TOLD)}
        quarantined = [row for row in self.files.rows("quarantine.parquet", _TOLD) if self.covered(row)]
        gone = {row["id"] for row in (*documents.values(), *copies.values()) if self.covered(row)}
        rejected = {row["id"] for row in quarantined if row["status"] == "rejected"}
        known = read_lost(self.files, gone | ({row["id"] for row in quarantined if row["id"]} - {*documents, *copies}))
        taken, rules = self.removals(gone | rejected), self.rules()
        election = elect(self.files, gone, documents, self.dedup)
        self.write_documents(gone, election)
        self.files.without("copies.parquet", gone | set(election.entering))
        for path in self.files.paths("ledger/*"):
            self.files.without(path, gone | rejected)
        self.write_quarantine(len(gone))
        self.filter_templates(rules - self.rules())
        lost = [documents.get(i) or copies[i] for i in sorted(gone)]
        reasons = Counter(row["reason"] for row in quarantined)
        self.finish(lost, taken, reasons)
        in_corpus = len(gone & set(documents))
        return Forgotten(
            in_corpus,
            len(gone) - in_corpus,
            len(quarantined),
            tuple(election.entering),
            tuple(self.files.written),
            traces(self.files, known),
        )

    def covered(self, row: Mapping[str, Any]) -> bool:
        """Return whether a row is to go. Its id or origin can be an address too."""
        addresses = (row.get("url"), row["id"], row.get("origin"))
        return self.tombstones.covers(id=row["id"], site=row.get("site")) or any(
            self.tombstones.covers(url=address) for address in addresses if address
        )

    def removals(self, ids: set[str]) -> Counter[str]:
        """Count the removals of some documents, by layer; what a guard noted is in none."""
        import pyarrow.parquet as pq

        wanted: Any = [("id", "in", sorted(ids))]
        tables = (
            pq.read_table(self.folder / path, columns=["layer"], filters=wanted)
            for path in self.files.paths("ledger/*")
        )
        return Counter(layer for table in tables for layer in table["layer"].to_pylist() if layer) if ids else Counter()

    def write_documents(self, gone: set[str], election: Election) -> None:
        """Write every shard again in which something changes; copies that enter go to the last of their language."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        like = (*self.files.paths("data/*/*"), *self.files.paths("copies"))
        if not like:
            return
        schema = pq.read_schema(self.folder / like[0])
        coming: dict[str, list[Row]] = {}
        for row in election.entering.values():
            coming.setdefault(row["language"], []).append(row)
        for language in sorted({path.split("/")[1] for path in self.files.paths("data/*/*")} | set(coming)):
            paths = self.files.paths(f"data/{language}/*") or [f"data/{language}/train-00000-of-00001.parquet"]
            for path in paths:
                entering = coming.get(language, []) if path == paths[-1] else []
                if not entering and not gone.union(election.clusters).intersection(self.files.ids(path)):
                    continue
                old = pq.read_table(self.folder / path) if (self.folder / path).exists() else schema.empty_table()
                kept = old.filter(pa.array([name not in gone for name in old["id"].to_pylist()], pa.bool_()))
                new = _told(pa.concat_tables([kept, pa.Table.from_pylist(entering, schema)]), election)
                if not new.num_rows:
                    (self.folder / path).unlink()
                elif not new.equals(old):
                    (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
                    self.files.write(path, new, write_table)

    def write_quarantine(self, gone: int) -> None:
        """Write quarantine.parquet again: every row that went is there, and says nothing but that."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pq.read_schema(self.folder / "quarantine.parquet")
        nameless = dict.fromkeys(schema.names) | FORGOTTEN_ROW
        rows = [nameless if self.covered(row) else row for row in self.files.rows("quarantine.parquet")]
        if gone or nameless in rows:
            self.files.write("quarantine.parquet", pa.Table.from_pylist([*rows, *[nameless] * gone], schema))

    def rules(self) -> set[str]:
        """Return the rules the ledger names, those that came second too."""
        import pyarrow.parquet as pq

        found: set[str] = set()
        for path in self.files.paths("ledger/*"):
            table: Any = pq.read_table(self.folder / path, columns=["rule", "also"]).combine_chunks()
            found.update(table["rule"].unique().to_pylist())
            found.update(rule for chunk in table["also"].chunks for rule in chunk.flatten().unique().to_pylist())
        return found

    def filter_templates(self, unused: set[str]) -> None:
        """Take rules out of the pack of template rules: those for forgotten sites, and those that only they needed."""
        import tomlkit

        path = self.folder / "templates.toml"
        if not path.exists():
            return
        pack = tomlkit.parse(path.read_text(encoding="utf-8"))
        rules: Any = pack.get("rule", [])
        dead = [
            n
            for n, rule in enumerate(rules)
            if rule["id"] in unused or self.tombstones.covers(site=rule.get("site") or pack.get("site"))
        ]
        for n in reversed(dead):
            del rules[n]
        if dead:
            self.files.write_text(path.name, tomlkit.dumps(pack))

    def finish(self, lost: Iterable[Row], taken: Counter[str], reasons: Counter[str]) -> None:
        """Write card and manifest for what is there now."""
        import pyarrow.parquet as pq

        shards = self.files.paths("data/*/*")
        lost, old = list(lost), self.manifest.funnel
        counts = Counter({p.split("/")[1]: 0 for p in shards})
        for path in shards:
            counts[path.split("/")[1]] += pq.read_metadata(self.folder / path).num_rows
        left_out = set(self.files.ids("copies.parquet"))
        clusters = self.files.rows("clusters.parquet")
        dropped = Counter(dropped_as(row, self.dedup) or "" for row in clusters if row["id"] in left_out)
        funnel = recounted(old, lost, taken, reasons)
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
        manifest = replace(
            self.manifest,
            identity=identity,
            funnel=funnel,
            outputs=outputs,
            templates=template_figures(self.files, self.manifest.templates),
        )
        was = self.folder / "README.md"
        said = read_card(was.read_text(encoding="utf-8")) if was.exists() else None
        facts = measure(self.folder, [output["path"] for output in outputs])
        self.files.write_text("README.md", card(self.folder.parent.name, manifest, facts, previous=said))
        manifest.write(self.folder / "manifest.json")


def _told(table: pa.Table, election: Election) -> pa.Table:
    """Return rows of the corpus with the clusters they are in now."""
    import pyarrow as pa

    clusters = election.clusters
    sizes = Counter(row["cluster"] for row in clusters.values())
    now = {name: (row["cluster"] or name, row["story"]) for name, row in clusters.items()}
    values: dict[str, list[Any]] = {name: table[name].to_pylist() for name in ("cluster", "cluster_size", "story")}
    for place, name in enumerate(table["id"].to_pylist()):
        if name in now:
            cluster, story = now[name]
            values["cluster"][place], values["story"][place] = cluster, story
            values["cluster_size"][place] = max(1, sizes[cluster])
    for name, column in values.items():
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(place), pa.array(column, table.schema.field(place).type))
    return table
