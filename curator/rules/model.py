"""Rules and packs as they stand in a file, checked on the way in; an unknown key is an error."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

__all__ = ["Case", "Pack", "Rule", "When", "Where"]

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[.-][a-z0-9]+)*\.[a-z0-9]+(?:[.-][a-z0-9]+)*$")]
Texts = tuple[Annotated[str, StringConstraints(min_length=1)], ...]
Count = Annotated[int, Field(ge=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _lists_are_tuples(cls, data: Any) -> Any:
        # TOML arrays arrive as lists; strict mode would refuse them for tuples.
        if isinstance(data, dict):
            return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
        return data


class Where(_Strict):
    """The place of a line: among the first or last N non-blank lines, before or after the title or the prose."""

    first: Count | None = None
    last: Count | None = None
    before: Literal["title", "prose"] | None = None
    after: Literal["title", "prose"] | None = None


class When(_Strict):
    """The shape of a line and what stands around it; all that is given must hold."""

    min_words: Count | None = None
    max_words: Count | None = None
    sentence: bool | None = None
    title_case: bool | None = None
    same_as: Literal["title", "previous"] | None = None
    repeats: Annotated[int, Field(ge=2)] | None = None
    echoed_in: Literal["head", "title"] | None = None
    prose_after: Annotated[int, Field(ge=0)] | None = None
    run: Annotated[int, Field(ge=2)] | None = None


class Case(_Strict):
    """A whole small document before and after."""

    input: str
    output: str


class Rule(_Strict):
    """One rule. Field meanings: `rules/README.md`."""

    id: RuleId
    title: Annotated[str, StringConstraints(min_length=5, max_length=120)]
    note: str = ""
    kind: Literal["line", "span", "block", "html", "signal"]
    action: Literal["drop", "extract", "keep", "prune"] = "drop"
    into: Literal["author", "editor", "source", "date", "tags", "caption", "dateline", "site_name"] | None = None
    status: Literal["experimental", "stable", "deprecated"] = "experimental"
    replaced_by: RuleId | None = None
    lang: str | None = None
    site: str | None = None
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    where: Where = Where()
    when: When = When()
    until: Literal["end", "blank", "prose", "sentence"] | None = None
    max_lines: Annotated[int, Field(ge=2)] | None = None
    is_: Annotated[Texts, Field(alias="is")] = ()
    starts: Texts = ()
    ends: Texts = ()
    has: Texts = ()
    any: Texts = ()
    none: Texts = ()
    css: Texts = ()
    xpath: Texts = ()
    max_hits: Count | None = None
    max_share: Annotated[float, Field(gt=0, le=1)] | None = None
    match: Texts = ()
    keep: Texts = ()
    case: tuple[Case, ...] = ()

    @model_validator(mode="after")
    def _fields_fit_together(self) -> Rule:
        if (self.action == "extract") != (self.into is not None):
            raise ValueError('`into` goes with action = "extract", and only with it')
        if (self.kind == "block") != (self.until is not None):
            raise ValueError('`until` goes with kind = "block", and only with it')
        if self.max_lines and self.kind != "block":
            raise ValueError('`max_lines` goes with kind = "block"')
        if self.kind == "span" and not self.has_matcher:
            raise ValueError("a span rule needs a matcher: starts, ends, has or any")
        return self

    @property
    def has_matcher(self) -> bool:
        """Whether the rule looks at the text of a line, not only at its place and shape."""
        return bool(self.is_ or self.starts or self.ends or self.has or self.any)


class Pack(_Strict):
    """One rule file: defaults, and its rules."""

    pack: str = ""
    version: str = ""
    license: str = ""
    lang: str | None = None
    site: str | None = None
    rule: tuple[Rule, ...] = ()
