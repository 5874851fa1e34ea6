"""What deduplication comes to: which documents stay, and the figures of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curator.atomic import commit
from curator.database import database
from curator.dedup.fingerprint import count_rows, read_failures
from curator.dedup.outcome import DROPPED_AS

__all__ = ["DecisionTask", "Summary", "summarise", "write_decisions"]

_BIGGEST = 5  # clusters shown in a summary


@dataclass(frozen=True, slots=True)
class DecisionTask:
    """Say of each document whether it stays: those of this run, and earlier ones it was held against."""

    documents: str
    clusters: str
    drop: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run. Every row read is in exactly one of failed, repeated, dropped, kept."""

    failed: Mapping[str, int] = field(default_factory=dict)  # rows that are no documents, by reason
    repeated: int = 0  # rows with an id that another row has
    dropped: Mapping[str, int] = field(default_factory=dict)  # by kind
    kept: int = 0
    clusters: int = 0  # of two or more, earlier documents included
    stories: int = 0  # told by two kept documents or more
    earlier: int = 0  # documents of the index
    matched: int = 0  # documents of this run that are copies of earlier ones
    superseded: int = 0  # earlier documents that give way to one of this run
    biggest: Sequence[tuple[str, int]] = ()  # clusters with their sizes

    @property
    def read(self) -> int:
        """Rows read."""
        return sum(self.failed.values()) + self.repeated + sum(self.dropped.values()) + self.kept


def write_decisions(task: DecisionTask) -> int:
    """Write documents.parquet: id, whether it stays, its kind, who represents it, whether an earlier run brought it."""

    def write(path: Path) -> None:
        with database(path.parent) as connection:
            connection.execute(
                f"""
                copy (
                    select id, {DROPPED_AS} is null as kept,
                           coalesce({DROPPED_AS}, kind, 'unique') as kind,
                           coalesce(representative, id) as representative, story, indexed as earlier
                    from read_parquet($documents) as documents left join read_parquet($clusters) using (id)
                    order by id
                ) to $target (format parquet, compression zstd)
                """,  # noqa: S608
                {
                    "drop": list(task.drop),
                    "documents": task.documents,
                    "clusters": task.clusters,
                    "target": str(path),
                },
            )

    commit(Path(task.target), write)
    return 0


def summarise(documents: str, clusters: str, decisions: str, prints: Sequence[str]) -> Summary:
    """Count a run from its files."""
    failed = sum(map(read_failures, prints), start=Counter())
    with database(Path(documents).parent) as connection:

        def rows(query: str, **values: Any) -> list[Any]:
            return connection.execute(query, values).fetchall()

        dropped = rows(
            "select kind, count(*) from read_parquet($d) where not kept and not earlier group by 1 order by 1",
            d=decisions,
        )
        kept, all_new = rows(
            "select count(*) filter (kept), count(*) from read_parquet($d) where not earlier", d=decisions
        )[0]
        (count,) = rows("select count(distinct cluster) from read_parquet($c) where kind is not null", c=clusters)[0]
        biggest = rows(
            """
            select cluster, count(*) from read_parquet($c) where kind is not null
            group by 1 order by 2 desc, 1 limit $n
            """,
            c=clusters,
            n=_BIGGEST,
        )
        told = """
            select count(*) from (select story from read_parquet($d) where kept and story is not null
                                  group by story having count(*) > 1)
            """
        (stories,) = rows(told, d=decisions)[0]
        earlier, matched, superseded = rows(
            """
            with documents as (select id, indexed from read_parquet($documents)),
                 ties as (select c.id, c.representative, m.indexed as member, r.indexed as best
                          from read_parquet($clusters) c join documents m on c.id = m.id
                          join documents r on c.representative = r.id)
            select (select count(*) from documents where indexed),
                   (select count(*) from ties where best and not member),
                   (select count(*) from ties where member and not best)
            """,
            documents=documents,
            clusters=clusters,
        )[0]
    read = sum(map(count_rows, prints))
    return Summary(
        failed=dict(sorted(failed.items())),
        repeated=read - all_new,
        dropped=dict(dropped),
        kept=kept,
        clusters=count,
        stories=stories,
        earlier=earlier,
        matched=matched,
        superseded=superseded,
        biggest=[(name, size) for name, size in biggest],
    )
