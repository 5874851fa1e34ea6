"""The settings of a build: every one has a default and a reason; an unknown key is an error."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from curator.errors import SettingsError

__all__ = ["CleanSettings", "DedupSettings", "RuleSettings", "Settings", "TemplateSettings"]

Share = Annotated[float, Field(gt=0, le=1)]
Positive = Annotated[int, Field(ge=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleSettings(_Section):
    """Which rules run, and how. Added packs never replace the shipped ones."""

    # Of the shipped packs only these: "lang/id", "any", "site/*"; all where none is named.
    packs: tuple[str, ...] = ()
    # Rule files and folders, beside the shipped packs.
    add: tuple[str, ...] = ()
    # Id prefixes, or patterns such as "*.span.dateline".
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    # Experimental rules too.
    preview: bool = False
    # Fields with other values, by rule id: [rules.override."any.head.date-line"] where = { first = 4 }
    override: dict[str, dict[str, Any]] = {}


class CleanSettings(_Section):
    """How one document is cleaned and judged."""

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


class TemplateSettings(_Section):
    """Which lines of a site count as its template: those that repeat on its pages, beside articles and not in them."""

    enabled: bool = True
    # Pages of one site, with as many different articles: on two, chance and series repeat lines as well.
    min_pages: Annotated[int, Field(ge=2)] = 3
    # Of the site's pages; a section's own menu is on about a tenth. Lines of five words must be on half of them.
    share: Share = 0.1


class DedupSettings(_Section):
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
    scope: Literal["across-sites", "within-site"] = "across-sites"
    # Tell which documents tell one story in other words; it takes longer than to find the copies.
    stories: bool = True
    drop: tuple[Literal["exact", "near", "contained", "story"], ...] = ("exact", "near", "contained")
    # Which copy stays: preferred sites in their order, then the criteria in theirs.
    prefer: tuple[str, ...] = ()
    representative: tuple[Literal["indexed", "longest", "earliest"], ...] = ("longest", "earliest")


class Settings(_Section):
    """All settings of a build, by section."""

    rules: RuleSettings = RuleSettings()
    clean: CleanSettings = CleanSettings()
    templates: TemplateSettings = TemplateSettings()
    dedup: DedupSettings = DedupSettings()
    # Characters of text in one output file: 200-500 MB is what the Hub and its readers handle best.
    shard_characters: Positive = 300_000_000
    # Documents one task takes on: small enough that a lost task is cheap, large enough (5-10 s) to pay for its start.
    task_documents: Positive = 2_000

    @property
    def hash(self) -> str:
        """SHA-256 over every setting, defaults included."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()

    @classmethod
    def from_toml(cls, path: str | Path) -> Settings:
        """Read a settings file.

        Raises:
            SettingsError: not readable, not TOML, an unknown key, a wrong type.
        """
        try:
            data = tomllib.loads(Path(path).read_text(encoding="utf-8"))
            return cls.model_validate(data)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(str(error), where=str(path), hint="settings are a TOML file in UTF-8") from None
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            section = cls.model_fields.get(str(first["loc"][0]))
            inner = section.annotation if section and len(first["loc"]) > 1 else cls
            fields = inner.model_fields if isinstance(inner, type) and issubclass(inner, BaseModel) else ()
            hint = f"keys there: {', '.join(sorted(fields))}"
            raise SettingsError(f"{place}: {first['msg']}", where=str(path), hint=hint) from None
