"""The settings of a build: every one has a default and a reason; an unknown key is an error."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, model_validator

from curator.errors import SettingsError
from curator.filters.settings import FilterSettings
from curator.section import Count, Positive, Section, Share
from curator.settingsfile import line_of
from curator.tokens import TokenSettings

__all__ = ["CleanSettings", "DedupSettings", "RuleSettings", "RunSettings", "Settings", "TemplateSettings"]

_HINT = "settings are a TOML file in UTF-8; curator init writes one"


class RuleSettings(Section):
    """Which rules run, and how. Added packs never replace the shipped ones."""

    # Of the shipped packs only these: "lang/id", "any", "site/*"; all where none is named.
    packs: tuple[str, ...] = ()
    # Rule files and folders, beside the shipped packs.
    add: tuple[str, ...] = ()
    # Only these rules: id prefixes, or patterns such as "*.span.dateline"; all where none is named.
    select: tuple[str, ...] = ()
    # Rules to leave out, named in the same way.
    ignore: tuple[str, ...] = ()
    # Experimental rules too.
    preview: bool = False
    # Fields with other values, by rule id: [rules.override."any.head.date-line"] where = { first = 4 }
    override: dict[str, dict[str, Any]] = {}  # noqa: RUF012  (pydantic copies it)


class CleanSettings(Section):
    """How one document is cleaned and judged."""

    # Whether the headline stays in the text.
    title: Literal["keep", "drop"] = "keep"
    # What a text is (a page goes to the extractor): told by its lines, always main text, or always a whole page. Text
    # of a weak extractor, which leaves menus in, gains from "page".
    text: Literal["auto", "main", "page"] = "auto"
    # The largest article of 1,329 real news pages has 60,000 characters; pages beyond 20 MB are dumps or bombs.
    max_bytes: Positive = 20_000_000
    # Of processor time, to extract one article: the slowest of 1,329 real pages takes less than one.
    max_seconds: Positive = 30
    # A text that would lose more than this to rules is left untouched and says so.
    max_share: Share = 0.6
    # Shorter texts are teasers, captions and error pages; two characters of an unspaced script are one word.
    min_words: Annotated[int, Field(ge=0)] = 25


class TemplateSettings(Section):
    """Which lines of a site count as its template: those that repeat on its pages, beside articles and not in them."""

    # Find them; off leaves lines alone that repeat on the pages of one site.
    enabled: bool = True
    # Pages of one site, with as many different articles: on two, chance and series repeat lines as well.
    min_pages: Annotated[int, Field(ge=2)] = 3
    # Of the site's pages; a section's own menu is on about a tenth. Lines of five words must be on half of them.
    share: Share = 0.1


class DedupSettings(Section):
    """What counts as a duplicate, and which copy stays."""

    # Word 5-grams: shorter shingles collide on the background of a language.
    shingle_words: Positive = 5
    # Near: of two texts of one size, each has two thirds of the other. Republished stories are edited, and scraped ones
    # carry what cleaning left; numbers and length (below) keep apart what is alike by template. `benchmarks/dedup.py`
    # prints what other limits find.
    jaccard: Share = 0.5
    # Contained: so much of the shorter text stands in the longer one. Follow-ups quote up to a half.
    containment: Share = 0.8
    # Shorter texts must be equal: in twenty words the one that changed is the news. Up to three times as many words the
    # limits above are stricter, evenly.
    min_words: Annotated[int, Field(ge=0)] = 20
    # Similar texts whose numbers contradict each other are two fillings of one template. From here on what differs is
    # too little to matter to a corpus.
    template_jaccard: Share = 0.9
    # Whether copies on other sites are copies too.
    scope: Literal["across-sites", "within-site"] = "across-sites"
    # Tell which documents tell one story in other words; it takes longer than to find the copies.
    stories: bool = True
    # Which kinds of copies are left out.
    drop: tuple[Literal["exact", "near", "contained", "story"], ...] = ("exact", "near", "contained")
    # Which copy stays: preferred sites in their order, then the criteria in theirs.
    prefer: tuple[str, ...] = ()
    # These criteria decide, one after the other.
    representative: tuple[Literal["indexed", "longest", "earliest"], ...] = ("longest", "earliest")


class RunSettings(Section):
    """Who does the work. Nothing here changes what is written, so a build may go on with other ones."""

    # Processes of this machine, or the workers of a Dask or Ray cluster (extras article-curator[dask], [ray]).
    executor: Literal["local", "dask", "ray"] = "local"
    # Of a cluster that runs already: tcp://host:8786 of a Dask scheduler, "auto" or host:6379 of Ray. Where there is
    # none, dask and ray start one on this machine for as long as the build takes.
    address: str = ""
    # Tasks at once, each a process; 0 for as many as there are processors, or places in the cluster.
    workers: Count = 0
    # All processes together, as "8GB": DuckDB goes to disk beyond its share, and of documents that need more than there
    # is, each is set aside. Nine tenths of the machine (or of its control group) where nothing is said. Needs /proc.
    memory: str = ""


class Settings(Section):
    """All settings of a build, by section."""

    rules: RuleSettings = RuleSettings()
    clean: CleanSettings = CleanSettings()
    templates: TemplateSettings = TemplateSettings()
    dedup: DedupSettings = DedupSettings()
    filters: FilterSettings = FilterSettings()
    tokens: TokenSettings = TokenSettings()
    run: RunSettings = RunSettings()
    # Characters of text in one output file: 200-500 MB is what the Hub and its readers handle best.
    shard_characters: Positive = 300_000_000
    # Documents one task takes on: small enough that a lost task is cheap, large enough (5-10 s) to pay for its start.
    task_documents: Positive = 2_000

    # Build from the first so many documents only; 0 for all.
    limit: Count = 0
    # Build from about so many documents, taken from all over the inputs; 0 for all.
    sample: Count = 0

    @model_validator(mode="after")
    def _without_contradiction(self) -> Settings:
        if both := sorted(set(self.rules.select) & set(self.rules.ignore)):
            raise ValueError(f"rules.select and rules.ignore both name {both[0]}")
        if 0 < self.filters.max_words < self.clean.min_words:
            low, high = self.clean.min_words, self.filters.max_words
            raise ValueError(f"filters.max_words = {high} is less than clean.min_words = {low}: nothing would be left")
        if self.run.address and self.run.executor == "local":
            raise ValueError("run.address is that of a cluster, and run.executor is local: say dask or ray")
        if self.limit and self.sample:
            raise ValueError("limit and sample: only one of them can be given")
        return self

    def checked(self) -> Settings:
        """Return these settings, looked at as a whole again: what was changed since can contradict what was there.

        Raises:
            SettingsError: two settings contradict each other.
        """
        try:
            return type(self).model_validate(self.model_dump())
        except ValidationError as error:
            hint = "leave one of them out, of the command or of the settings file"
            raise SettingsError(error.errors()[0]["msg"].removeprefix("Value error, "), hint=hint) from None

    @property
    def hash(self) -> str:
        """SHA-256 over every setting that can change what is written, defaults included."""
        return hashlib.sha256(json.dumps(self.telling(), sort_keys=True).encode()).hexdigest()

    def telling(self) -> dict[str, Any]:
        """Return every setting that can change what is written, as JSON values."""
        return self.model_dump(mode="json", exclude={"run"})

    @classmethod
    def from_toml(cls, path: str | Path) -> Settings:
        """Read a settings file.

        Raises:
            SettingsError: not readable, not TOML, an unknown key, a wrong type.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(str(error), where=str(path), hint=_HINT) from None
        try:
            return cls.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"at line (\d+)", str(error))
            raise SettingsError(str(error), where=f"{path}:{at[1]}" if at else str(path), hint=_HINT) from None
        except ValidationError as error:
            raise _explained(error, text, str(path), cls) from None


def _explained(error: ValidationError, text: str, path: str, model: type[BaseModel]) -> SettingsError:
    """Return the first thing that is wrong with a settings file: which setting, on which line, and what to try."""
    found = error.errors()
    first, more = found[0], len(found) - 1
    place = tuple(str(part) for part in first["loc"] if not isinstance(part, int))
    known, unknown = _known(model, place)
    said = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        said = "there is no such setting"
        near = difflib.get_close_matches(unknown, known, 1)
        hint = (f"did you mean {near[0]}? " if near else "") + f"keys there: {', '.join(sorted(known))}"
    else:
        hint = "curator init writes a settings file in which every setting is explained"
    # A contradiction is of the whole table: its message begins with one of the settings that contradict each other.
    named = [name for name in re.findall(r"[a-z_0-9.]+", said) if name.split(".")[0] in known]
    line = line_of(text, (*place, *(named[0].split(".") if named and first["type"] == "value_error" else ())))
    what = f"{'.'.join(place)}: {said}" if place else said
    what += f" (and {more} more)" if more else ""
    return SettingsError(what, where=f"{path}:{line}" if line else path, hint=hint)


def _known(model: type[BaseModel], place: Sequence[str]) -> tuple[list[str], str]:
    """Return the settings of the innermost table on the way to a place, and the name that leads on from there."""
    fields = model.model_fields
    for name in place:
        inner = fields[name].annotation if name in fields else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return list(fields), name
        fields = inner.model_fields
    return list(fields), ""
