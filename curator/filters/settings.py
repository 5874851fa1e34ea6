"""The settings of document filters. All are off by default: a filter is a decision about a corpus, not a repair."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from curator.section import Count, Positive, Section, Share

__all__ = [
    "PRESETS",
    "C4Settings",
    "FilterSettings",
    "FineWebSettings",
    "GopherSettings",
    "Preset",
    "RepetitionSettings",
]

Preset = Literal["c4", "gopher", "fineweb"]
# Which groups of rules a preset runs. FineWeb's published pipeline runs all four.
PRESETS: dict[Preset, tuple[str, ...]] = {
    "c4": ("c4",),
    "gopher": ("gopher", "repetition"),
    "fineweb": ("gopher", "repetition", "c4", "fineweb"),
}

# As `curator.filters.script` names them.
_SCRIPTS = frozenset(
    (
        *("arabic", "armenian", "bengali", "burmese", "cyrillic", "devanagari", "ethiopic", "georgian", "greek"),
        *("gujarati", "gurmukhi", "han", "hangul", "hebrew", "javanese", "kana", "kannada", "khmer", "lao", "latin"),
        *("malayalam", "mongolian", "odia", "sinhala", "sundanese", "syriac", "tamil", "telugu", "thaana", "thai"),
        *("tibetan", "tifinagh"),
    )
)


class GopherSettings(Section):
    """Thresholds of the preset gopher. Source: Rae et al. 2021, arXiv 2112.11446, appendix A1.1."""

    # Words of a document, at least.
    min_words: Count = 50
    # Words of a document, at most.
    max_words: Positive = 100_000
    # Mean characters of a word, at least; asked of alphabets with capitals only.
    min_word_length: Annotated[float, Field(ge=0)] = 3.0
    # Mean characters of a word, at most; asked of alphabets with capitals only.
    max_word_length: Annotated[float, Field(gt=0)] = 10.0
    # Hash signs, and ellipses, for each word.
    max_symbols: Share = 0.1
    # Share of lines that begin with a bullet.
    max_bullets: Share = 0.9
    # Share of lines that end in an ellipsis.
    max_ellipses: Share = 0.3
    # Share of words with a letter, at least.
    min_alphabetic: Share = 0.8
    # Different words among "the be to of and that have with", at least; asked of English documents only.
    min_stop_words: Count = 2


class RepetitionSettings(Section):
    """Thresholds on repetition, in the presets gopher and fineweb. Source: Rae et al. 2021, table A1."""

    # Share of lines that stood there before.
    max_lines: Share = 0.3
    # Share of paragraphs that stood there before.
    max_paragraphs: Share = 0.3
    # Share of characters in such lines.
    max_line_characters: Share = 0.2
    # Share of characters in such paragraphs.
    max_paragraph_characters: Share = 0.2
    # Share of characters in the most frequent sequence of 2, 3 and 4 words.
    max_top: tuple[Share, Share, Share] = (0.2, 0.18, 0.16)
    # Share of characters in sequences of 5, 6, 7, 8, 9 and 10 words that stood there before.
    max_sequences: tuple[Share, Share, Share, Share, Share, Share] = (0.15, 0.14, 0.13, 0.12, 0.11, 0.1)


class C4Settings(Section):
    """Rules of the preset c4. Source: Raffel et al. 2020, JMLR 21(140); its line rules are not run."""

    # Sentences in lines that end as a sentence does, at least.
    min_sentences: Count = 5
    # Words without which a line does not count for that.
    min_line_words: Count = 3
    # Reject documents with a curly bracket: code.
    curly_bracket: bool = True
    # Reject documents with the words lorem ipsum: placeholders.
    lorem_ipsum: bool = True


class FineWebSettings(Section):
    """Thresholds of the preset fineweb. Source: Penedo et al. 2024, arXiv 2406.17557, and datatrove's filter."""

    # Share of lines that end as a sentence does, more than.
    min_punctuation: Annotated[float, Field(ge=0, le=1)] = 0.12
    # Share of short lines, less than.
    max_short_lines: Share = 0.67
    # Characters up to which a line is short; those of scripts without spaces count twice.
    short_line: Positive = 30
    # Share of characters in lines that stood there before, less than.
    max_duplicate_characters: Share = 0.01
    # Lines for each word, at most: more is a list.
    max_lines_per_word: Share = 0.3


class FilterSettings(Section):
    """Which documents are left out beside those that are broken, empty or short; and what is masked in the others."""

    # Rules of published corpora: c4; gopher (with repetition); fineweb (all of them, as FineWeb was made).
    presets: tuple[Preset, ...] = ()
    # Languages to keep, as their codes ("id", "en"; "und" where it could not be told); all where none is named.
    languages: tuple[str, ...] = ()
    # The least score of the language identification; 0 to 1.
    min_language_score: Annotated[float, Field(ge=0, le=1)] = 0.0
    # Words of a document, at least; clean.min_words is asked before.
    min_words: Count = 0
    # Words of a document, at most; 0 for no limit.
    max_words: Count = 0
    # Characters of a document, at least.
    min_characters: Count = 0
    # Characters of a document, at most; 0 for no limit.
    max_characters: Count = 0
    # Scripts to keep ("latin", "cyrillic", "arabic", "han" ...); all where none is named.
    scripts: tuple[str, ...] = ()
    # Share of a document's letters that are of these scripts, at least.
    min_script_share: Share = 0.5
    # Sites to keep, with the hosts under them ("example.com"); all where none is named.
    allowed_sites: tuple[str, ...] = ()
    # Sites to leave out, with the hosts under them.
    blocked_sites: tuple[str, ...] = ()
    # The first day to keep (2020-01-31).
    published_from: datetime.date | None = None
    # The last day to keep.
    published_until: datetime.date | None = None
    # What becomes of documents without a date where days are asked for.
    undated: Literal["keep", "reject"] = "keep"
    # Files of benchmark texts (.jsonl, .parquet, one text a line): documents that share a run of words are left out.
    benchmarks: tuple[str, ...] = ()
    # How long that run is. Texts shorter than this, of at least 8 words, must be there as a whole.
    benchmark_words: Annotated[int, Field(ge=5)] = 13
    # Replace e-mail addresses by <email> and public IP addresses by <ip>; the ledger has what stood there.
    mask: tuple[Literal["email", "ip"], ...] = ()
    # Thresholds of the preset gopher.
    gopher: GopherSettings = GopherSettings()
    # Thresholds on repetition, in the presets gopher and fineweb.
    repetition: RepetitionSettings = RepetitionSettings()
    # Rules of the preset c4.
    c4: C4Settings = C4Settings()
    # Thresholds of the preset fineweb.
    fineweb: FineWebSettings = FineWebSettings()

    @property
    def groups(self) -> frozenset[str]:
        """The groups of rules that the presets run."""
        return frozenset(group for preset in self.presets for group in PRESETS[preset])

    @field_validator("scripts")
    @classmethod
    def _known_scripts(cls, scripts: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [script for script in scripts if script not in _SCRIPTS]
        if unknown:
            raise ValueError(f"unknown script {unknown[0]!r}; known: {', '.join(sorted(_SCRIPTS))}")
        return scripts

    @model_validator(mode="after")
    def _without_contradiction(self) -> FilterSettings:
        pairs = [("min_words", "max_words"), ("min_characters", "max_characters")]
        for low, high in pairs:
            if getattr(self, high) and getattr(self, low) > getattr(self, high):
                raise ValueError(f"{low} = {getattr(self, low)} is more than {high} = {getattr(self, high)}")
        if self.published_from and self.published_until and self.published_from > self.published_until:
            raise ValueError(
                f"published_from = {self.published_from} is after published_until = {self.published_until}"
            )
        if both := sorted(set(self.allowed_sites) & set(self.blocked_sites)):
            raise ValueError(f"{both[0]} is in allowed_sites and in blocked_sites")
        if self.undated == "reject" and not (self.published_from or self.published_until):
            raise ValueError('undated = "reject" without published_from or published_until')
        return self
