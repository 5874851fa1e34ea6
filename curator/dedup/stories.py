"""Which documents tell one story in other words: close in what they are about, and not far apart in the days they name.

Stories of one kind (two quakes, two quarters) share words but not names, numbers and days. Copies are left out here: a
copy tells the story of the text that stands for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curator.atomic import commit
from curator.database import database
from curator.dedup.agglomerate import agglomerate, neighbourhoods
from curator.dedup.columns import pair_keys, write_columns
from curator.dedup.outcome import read_edges
from curator.dedup.rarity import UNIT
from curator.dedup.similarity import KINDS

if TYPE_CHECKING:
    import duckdb
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["NameTask", "StoryTask", "TellerTask", "find_stories", "find_tellers", "name_stories"]

# Chosen on ECB+ by topic-disjoint folds (`benchmarks/dedup.py` prints them). Two groups of texts tell one story where
# the mean of their average and their lowest similarity is this, and two texts of them are at least this close.
STORY_CUT, STORY_CLOSE = 0.17, 0.25
# Texts that name days of their own: within three days the likelier one story, after a month hardly.
_SAME_DAYS, _MONTH_DAYS = 3.5, 31
_SAME, _APART, _FAR = 1.2, 0.85, 0.7
_AT_ONCE = 20_000  # texts whose vectors are held at a time
_COLUMNS = 4096  # terms that are multiplied out at a time
_LARGEST = 600  # texts that are grouped together; more are cut apart where they hang together least


@dataclass(frozen=True, slots=True)
class TellerTask:
    """Find the texts that stand for a cluster or for themselves."""

    documents: str
    clusters: str
    min_words: int
    target: str


@dataclass(frozen=True, slots=True)
class StoryTask:
    """Group texts by story: `terms` has the days they name, `vectors` what their terms weigh."""

    terms: tuple[str, ...]
    vectors: tuple[str, ...]
    edges: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class NameTask:
    """Say of each document which story it tells."""

    documents: str
    clusters: str
    stories: str
    target: str


def find_tellers(task: TellerTask) -> int:
    """Write (shard, row, node) of these texts; those of few words tell too little."""

    def write(path: Path) -> None:
        with database(path.parent) as connection:
            found = connection.execute(
                """
                select shard, row, node from read_parquet($documents) as documents
                anti join (from read_parquet($clusters) where kind <> 'representative') as copies using (id)
                where leader and words >= $words order by shard, row
                """,
                {"documents": task.documents, "clusters": task.clusters, "words": task.min_words},
            ).fetchnumpy()
        columns: dict[str, Any] = {name: found[name] for name in ("shard", "row", "node")}
        write_columns(path, columns, shards=sorted({int(shard) for shard in columns["shard"]}))

    commit(Path(task.target), write)
    return 0


def find_stories(task: StoryTask) -> int:
    """Write (node, story) of the texts of each story; it is named by the node of its best-ranked text."""
    import numpy as np

    def write(path: Path) -> None:
        stories: list[Array] = []
        if task.terms:
            with database(path.parent) as connection:
                stories = list(_grouped(connection, task.vectors, _Likeness(task)))
        nodes = np.concatenate([np.empty(0, np.int32), *stories])
        names = np.concatenate([np.empty(0, np.int32), *(np.full(len(story), story[0]) for story in stories)])
        order = np.argsort(nodes)
        write_columns(path, {"node": nodes[order].astype(np.int32), "story": names[order].astype(np.int32)})

    commit(Path(task.target), write)
    return 0


def name_stories(task: NameTask) -> int:
    """Write clusters.parquet with stories: copies have that of their representative.

    Texts that share a story and have no copies come too, each a cluster of its own.
    """

    def write(path: Path) -> None:
        with database(path.parent) as connection:
            connection.execute(
                """
                copy (
                    with leaders as (select node, id from read_parquet($documents) where leader),
                         told as (select own.id, best.id as story from read_parquet($stories) as stories
                                  join leaders as own using (node) join leaders as best on best.node = stories.story)
                    select clusters.* replace (told.story as story) from read_parquet($clusters) as clusters
                    left join told on told.id = clusters.representative
                    union all by name
                    select id, id as cluster, id as representative, story
                    from told anti join read_parquet($clusters) using (id)
                    order by cluster, kind is distinct from 'representative', id
                ) to $target (format parquet, compression zstd)
                """,
                {
                    "documents": task.documents,
                    "stories": task.stories,
                    "clusters": task.clusters,
                    "target": str(path),
                },
            )

    commit(Path(task.target), write)
    return 0


def _pairs(connection: duckdb.DuckDBPyConnection, vectors: tuple[str, ...]) -> tuple[Array, Array, Array]:
    """Return pairs of texts that share two of the terms they are looked up by, and their similarity.

    The vectors of these texts are then in the table `units`.
    """
    connection.execute(
        """
        create temp table pairs as
        with keys as (select node, term from read_parquet($vectors) where key)
        select one.node as a, two.node as b
        from keys as one join keys as two on one.term = two.term and one.node < two.node
        group by 1, 2 having count(*) > 1
        """,
        {"vectors": list(vectors)},
    )
    connection.execute(
        """
        create temp table units as
        select node, term, weight from read_parquet($vectors)
        semi join (select a as node from pairs union select b from pairs) using (node)
        """,
        {"vectors": list(vectors)},
    )
    found = connection.execute(
        f"""
        select a, b, sum(one.weight * two.weight) / {UNIT}.0 / {UNIT} as similarity
        from pairs join units as one on a = one.node join units as two on b = two.node and one.term = two.term
        group by 1, 2 having similarity >= {STORY_CLOSE / _SAME} order by 1, 2
        """  # noqa: S608  (numbers of this package)
    ).fetchnumpy()
    return found["a"], found["b"], found["similarity"]


class _Likeness:
    """What speaks for and against a pair beside its words."""

    def __init__(self, task: StoryTask) -> None:
        import numpy as np
        import pyarrow.parquet as pq

        tables = [pq.read_table(source, columns=["node", "days"], use_threads=False) for source in task.terms]
        nodes = np.concatenate([table.column("node").to_numpy() for table in tables])
        lists: list[Any] = [table.column("days").combine_chunks() for table in tables]
        days = np.concatenate([each.flatten().to_numpy() for each in lists])
        order = np.argsort(nodes)
        self._nodes, self._days = nodes[order], days.reshape(len(nodes), -1)[order]
        edges = read_edges(task.edges)
        fillings = edges["kind"] == KINDS.index("template")
        self._templates = pair_keys(edges["a"][fillings], edges["b"][fillings])

    def factor(self, a: Array, b: Array) -> Array:
        """Return by what to multiply the similarity of words: 0 for two fillings of one template."""
        import numpy as np

        one, two = (self._days[np.searchsorted(self._nodes, side)] for side in (a, b))
        gaps = np.nan_to_num(np.abs(one[:, :, None] - two[:, None, :]), nan=np.inf).min(axis=(1, 2))
        named = ~np.isnan(one[:, 0]) & ~np.isnan(two[:, 0])
        by_days = np.select([gaps < _SAME_DAYS, gaps <= _MONTH_DAYS], [_SAME, _APART], _FAR)
        filled = np.isin(pair_keys(a, b), self._templates)
        return np.asarray(np.where(filled, 0.0, np.where(named, by_days, 1.0)))


def _grouped(connection: duckdb.DuckDBPyConnection, vectors: tuple[str, ...], likeness: _Likeness) -> Iterator[Array]:
    """Yield the nodes of each story, ascending."""
    import numpy as np

    a, b, similarity = _pairs(connection, vectors)
    strength = np.minimum(similarity * likeness.factor(a, b), 1.0)
    close = strength >= STORY_CLOSE
    several: list[Array] = []
    for nodes in neighbourhoods(a[close], b[close], strength[close], _LARGEST):
        if len(nodes) == 2:
            yield nodes
            continue
        several.append(nodes)
        if sum(map(len, several)) >= _AT_ONCE:
            yield from _split(connection, likeness, several)
            several = []
    yield from _split(connection, likeness, several)


def _split(connection: duckdb.DuckDBPyConnection, likeness: _Likeness, several: list[Array]) -> Iterator[Array]:
    """Yield the stories inside each neighbourhood, all similarities of its texts known."""
    import numpy as np
    import pyarrow as pa

    if not several:
        return
    sizes = [len(nodes) for nodes in several]
    wanted = {"node": np.concatenate(several), "place": np.repeat(np.arange(len(several)), sizes)}
    connection.register("wanted", pa.table(wanted))
    query = "select place, node, term, weight from units join wanted using (node) order by place, node, term"
    found = connection.execute(query).fetchnumpy()
    connection.unregister("wanted")
    bounds = np.searchsorted(found["place"], np.arange(len(several) + 1))
    for nodes, first, last in zip(several, bounds[:-1], bounds[1:], strict=True):
        node, term, weight = (found[name][first:last] for name in ("node", "term", "weight"))
        similarity = _products(np.searchsorted(nodes, node), term, weight, len(nodes)) / UNIT**2
        one, two = np.triu_indices(len(nodes), 1)
        values = np.minimum(similarity[one, two] * likeness.factor(nodes[one], nodes[two]), 1.0)
        similarity[one, two] = similarity[two, one] = values
        for group in agglomerate(similarity, STORY_CUT, STORY_CLOSE):
            yield nodes[group]


def _products(rows: Array, terms: Array, weights: Array, count: int) -> Array:
    """Return the products of each two sparse vectors of whole numbers, exactly."""
    import numpy as np

    columns = np.unique(terms, return_inverse=True)[1]
    products = np.zeros((count, count))
    for start in range(0, int(columns.max()) + 1 if len(columns) else 0, _COLUMNS):
        here = (columns >= start) & (columns < start + _COLUMNS)
        dense = np.zeros((count, _COLUMNS))
        dense[rows[here], columns[here] - start] = weights[here]
        products += dense @ dense.T
    return products
