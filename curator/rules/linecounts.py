"""Counting lines per site, with what tells a template line from a line of articles that happens to repeat.

That a line repeats proves little: product tests repeat "Pros" and "Cons", recipes "Ingredients", and an article
that was stored three times repeats all it says. So each count also knows where the line stood beside the article,
what stood next to it, and with how many different articles it came. Counts of parts of a corpus merge into those of
the whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, fields, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from curator.rules.sketch import Sketch, hash_of, sketch_of, union
from curator.rules.stretch import article_lines, notices_in, own_prose
from curator.rules.title import find_title
from curator.rules.view import View, fold

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "LineCount",
    "LineCounts",
    "SiteCount",
    "line_counts_schema",
    "merge",
    "without_digits",
]

# Lines around an article in which a single word can still be its kicker, its place or a subheading; with four of them
# "Berlin", an item of a menu and the place of a report, is lost on a real page.
_REACH = 5
# Lines above an article among which its headline is; and the words it has at least.
_ABOVE, _HEADLINE_WORDS = 25, 3
_DIGITS = re.compile("[0-9]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
# A word worth a pattern: three letters, or two of a script that needs fewer.
_WORD = re.compile(r"[^\W\d_]{3,}|[^\W\d_\u0000-\u2fff]{2,}")

Key = tuple[str, bool]  # a line, and whether its digits are folded


@dataclass(frozen=True, slots=True)
class LineCount:
    """What is known of one line of one site.

    Attributes:
        documents: documents it occurs in.
        occurrences: how often it occurs in them.
        head, inner, tail: documents in which it stands above, in, below the article.
        near: documents in which it is a single word close to the article, which can belong to it.
        between: documents in which it stands right between two lines of prose.
        headlines: documents whose headline it is, or can be.
        prose: whether it is running text.
        before, after: sketches of the lines next to it.
        articles: sketch of the articles it occurs with; copies of one article count once.
        example: the line as one document has it.
    """

    documents: int
    occurrences: int
    head: int
    inner: int
    tail: int
    near: int
    between: int
    headlines: int
    prose: bool
    before: Sketch
    after: Sketch
    articles: Sketch
    example: str

    def joined(self, other: LineCount) -> LineCount:
        """Return what is known of the line in both sets of documents."""
        return LineCount(
            self.documents + other.documents,
            self.occurrences + other.occurrences,
            self.head + other.head,
            self.inner + other.inner,
            self.tail + other.tail,
            self.near + other.near,
            self.between + other.between,
            self.headlines + other.headlines,
            self.prose or other.prose,
            union(self.before, other.before),
            union(self.after, other.after),
            union(self.articles, other.articles),
            min(self.example, other.example),
        )


@dataclass(frozen=True, slots=True)
class SiteCount:
    """The documents of one site that hold an article, and the lines in them."""

    documents: int
    lines: int


@dataclass(slots=True)
class LineCounts:
    """Line counts of many sites. A line is its plain form in lower case; where digits are folded they are one `0`."""

    sites: dict[str, SiteCount] = field(default_factory=dict)
    lines: dict[str, dict[Key, LineCount]] = field(default_factory=dict)

    def add(self, site: str, text: str, *, title: str | None = None, notices: Collection[int] | None = None) -> None:
        """Count the lines of one document; one without running text shows no article and is left out.

        Args:
            title: the headline, where the source tells it.
            notices: hashes (`prose_hashes`) of the running text that is on most pages of the site, where that is known.
                Other running text is then not counted: no rule comes of it, and it is most of a corpus.
        """
        view = View(text)
        noticed = notices_in(view, notices or ())
        own = own_prose(view, noticed)
        article = article_lines(view, own or view.prose)
        if not article:
            return
        passed = frozenset() if notices is None else frozenset(view.prose) - noticed
        self.add_site(site, SiteCount(1, len(view)))
        for key, count in _count(view, article, own, title, passed).items():
            self.add_line(site, key, count)

    def to_table(self) -> pa.Table:
        """Return the counts as an Arrow table, sorted by site, line, folded; a site's own row has an empty line."""
        import pyarrow as pa

        nothing = LineCount(0, 0, 0, 0, 0, 0, 0, 0, False, (), (), (), "")
        found = [
            (site, "", False, replace(nothing, documents=own.documents, occurrences=own.lines))
            for site, own in self.sites.items()
        ]
        found += [(site, *key, count) for site, lines in self.lines.items() for key, count in lines.items()]
        found.sort(key=itemgetter(0, 1, 2))
        columns = [*map(list, zip(*(row[:3] for row in found), strict=True))] or [[], [], []]
        columns += [[getattr(row[3], column.name) for row in found] for column in fields(LineCount)]
        schema = line_counts_schema()
        return pa.table([pa.array(c, kind) for c, kind in zip(columns, schema.types, strict=True)], schema=schema)

    @classmethod
    def from_table(cls, table: pa.Table) -> LineCounts:
        """Return the counts that `to_table` wrote; tables of several parts may stand one after the other."""
        counts = cls()
        for batch in table.to_batches():
            for row in batch.to_pylist():
                counts.add_row(row)
        return counts

    def add_row(self, row: dict[str, Any]) -> None:
        """Add one row of a table that `to_table` wrote; the row is used up."""
        site, line, folded = row.pop("site"), row.pop("line"), row.pop("folded")
        if not line:
            self.add_site(site, SiteCount(row["documents"], row["occurrences"]))
            return
        sketches = {name: tuple(row[name]) for name in ("before", "after", "articles")}
        self.add_line(site, (line, folded), LineCount(**{**row, **sketches}))

    def add_site(self, site: str, count: SiteCount) -> None:
        """Add documents of a site that are counted already."""
        known = self.sites.get(site)
        self.sites[site] = SiteCount(known.documents + count.documents, known.lines + count.lines) if known else count

    def add_line(self, site: str, key: Key, count: LineCount) -> None:
        """Add what is known of a line from documents that are counted already."""
        lines = self.lines.setdefault(site, {})
        known = lines.get(key)
        lines[key] = known.joined(count) if known else count


def merge(*parts: LineCounts) -> LineCounts:
    """Return the counts of the whole from counts of its parts, in whatever order and grouping."""
    whole = LineCounts()
    for part in parts:
        for site, documents in part.sites.items():
            whole.add_site(site, documents)
        for site, lines in part.lines.items():
            for key, count in lines.items():
                whole.add_line(site, key, count)
    return whole


def without_digits(line: str) -> str:
    """Return a line with each run of digits as one `0`.

    >>> without_digits("page 12 of 300")
    'page 0 of 0'
    """
    return _DIGITS.sub("0", line)


def _count(
    view: View, article: range, own: Collection[int], title: str | None, passed: Collection[int]
) -> dict[Key, LineCount]:
    """Return the counts of one document, by line and whether its digits are folded; some lines are passed over."""
    plain = [line.lower() for line in view.lines]
    marks = [hash_of("\n"), *(hash_of(without_digits(line)) for line in plain), hash_of("\n\n")]
    places: dict[Key, list[int]] = {}
    for number, line in enumerate(plain):
        if number in passed:
            continue
        places.setdefault((line, False), []).append(number)
        if _DIGITS.search(line) and _WORD.search(line):
            places.setdefault((without_digits(line), True), []).append(number)
    headline = _headlines(view, article, title)
    prose = own or view.prose
    # Without text of its own a document shows no article that others of its site do not show.
    said = (view.fold(number) for number in article if number in own)
    print_ = (hash_of(max(said, key=lambda text: (len(text), text), default="")),)
    counts: dict[Key, LineCount] = {}
    for key, numbers in places.items():
        # A lone surrogate cannot be written to a rule file.
        if _SURROGATE.search(key[0]):
            continue
        where = {_place(view, number, article) for number in numbers}
        counts[key] = LineCount(
            documents=1,
            occurrences=len(numbers),
            head=int("head" in where),
            inner=int("inner" in where),
            tail=int("tail" in where),
            near=int("near" in where),
            between=int(any(number - 1 in prose and number + 1 in prose for number in numbers)),
            headlines=int(not headline.isdisjoint(numbers)),
            prose=view.is_prose(numbers[0]),
            before=sketch_of(marks[number] for number in numbers),
            after=sketch_of(marks[number + 2] for number in numbers),
            articles=print_,
            example=min(view.lines[number] for number in numbers),
        )
    return counts


def _place(view: View, line: int, article: range) -> str:
    """Return head, inner, tail, or near: a single word close to the article, but not first or last of all lines."""
    if line in article:
        return "inner"
    outermost = line in (0, len(view) - 1)
    if view.words(line) < 2 and not outermost and article.start - _REACH <= line < article.stop + _REACH:
        return "near"
    return "head" if line < article.start else "tail"


def _headlines(view: View, article: range, title: str | None) -> set[int]:
    """Return the lines that say the headline, or stand where it can stand: above the article, not far from it."""
    said = {fold(title)} if title else set()
    found = find_title(view, title)
    if found is not None:
        said.add(view.fold(found))
    above = range(max(0, article.start - _ABOVE), article.start)
    return {
        line
        for line in range(len(view))
        if view.words(line) >= _HEADLINE_WORDS and (line in above or (said and view.fold(line) in said))
    }


def line_counts_schema() -> pa.Schema:
    """Return the columns of a table of line counts."""
    import pyarrow as pa

    types = {"int": pa.int64(), "bool": pa.bool_(), "Sketch": pa.list_(pa.uint64()), "str": pa.string()}
    own = [("site", pa.string()), ("line", pa.string()), ("folded", pa.bool_())]
    return pa.schema(
        [pa.field(*column) for column in (*own, *((c.name, types[str(c.type)]) for c in fields(LineCount)))]
    )
