"""The JSON Schema of a pack, from the models that read it: editors complete and explain with it as a rule is typed."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

from curator.rules.model import Pack

__all__ = ["DESCRIPTIONS", "pack_schema", "schema_text"]

# What each key means, by the table it stands in; editors show it. rules/README.md says the same at more length.
DESCRIPTIONS = MappingProxyType(
    {
        "pack.pack": "The pack's name: folder and file, like lang/id or site/example.com.",
        "pack.version": "The pack's version, counted up when its rules change.",
        "pack.license": "The licence of the pack; those shipped are CC0-1.0.",
        "pack.lang": "Language (BCP 47) of every rule of the file that has none of its own.",
        "pack.site": "Site of every rule of the file that has none of its own: a host; those under it are meant too.",
        "pack.rule": "The rules, each under [[rule]].",
        "rule.id": "Dotted name, for ever stable: lang.kind-or-place.what, like id.line.baca-juga.",
        "rule.title": "What the rule takes, in one line.",
        "rule.note": "Why the rule is as it is.",
        "rule.kind": (
            "line: whole lines. span: a piece of a line. block: a line and those after it. html: elements of a page, "
            "before it is text. signal: only counted."
        ),
        "rule.action": (
            "drop: take it out. extract: take it out and keep it as metadata, see into. keep: an exception that "
            "always wins. prune: take an element out of a page (html)."
        ),
        "rule.into": "With action = extract: the metadata field the text goes to.",
        "rule.status": (
            "experimental: runs only with --preview; every new rule begins so. stable: always runs, and alone may "
            "take prose. deprecated: see replaced_by."
        ),
        "rule.replaced_by": "The id of the rule that took over from a deprecated one.",
        "rule.lang": "Language (BCP 47): the rule is off where the document is known to be in another one.",
        "rule.site": "The rule runs only on this host and hosts under it.",
        "rule.priority": "Of two rules of one kind and scope the higher wins; rarely needed.",
        "rule.where": "The place of the line; all that is given must hold.",
        "rule.when": "The shape of the line and what stands around it; all that is given must hold.",
        "rule.until": (
            "With kind = block, what ends it and stays: nothing but the end of the text (end), a blank line, a line of "
            "prose, a line that ends as a sentence does."
        ),
        "rule.max_lines": "With kind = block: at most so many lines, the first included.",
        "rule.is": "Literals: the whole line, whatever its capitals.",
        "rule.starts": "Literals: the line begins so, whatever its capitals; whole words.",
        "rule.ends": "Literals: the line ends so, whatever its capitals; whole words.",
        "rule.has": "Literals: the line has this somewhere, whatever its capitals; whole words.",
        "rule.any": (
            "RE2 patterns, caseless unless they say (?-i:…); one must match. Of a span only the group cut goes; the "
            "group value is what extract keeps. Use literals where they can say it."
        ),
        "rule.none": "RE2 patterns that call the match off.",
        "rule.css": "CSS selectors (html): the elements they select go, with all that is in them.",
        "rule.xpath": "XPath expressions (html), for what CSS cannot say.",
        "rule.max_hits": "The rule is switched off for a document in which it takes more lines or spans than this.",
        "rule.max_share": "The rule is switched off for a document of which it takes more than this share (0 to 1).",
        "rule.match": "Example lines the rule must take. Write them yourself; pages belong to their publishers.",
        "rule.keep": "Example lines the rule must not take: sentences that look like its prey.",
        "rule.case": "Whole small documents before and after, each under [[rule.case]].",
        "where.first": "Among the first N non-blank lines; with last: either will do.",
        "where.last": "Among the last N non-blank lines; with first: either will do.",
        "where.before": "Above the title, or above the first prose line.",
        "where.after": "Below the title, or below the last prose line.",
        "when.min_words": "At least N words; in scripts without spaces two characters are a word.",
        "when.max_words": "At most N words; in scripts without spaces two characters are a word.",
        "when.sentence": "Whether the line ends as a sentence does.",
        "when.title_case": "Whether most of its words begin with a capital.",
        "when.same_as": "Says the same as the title, or as the line before.",
        "when.repeats": "Is the N-th line, or a later one, that says the same.",
        "when.echoed_in": "Said again as part of another of the first lines (head), or of the title.",
        "when.prose_after": "At most N prose lines follow.",
        "when.run": "Stands among N or more consecutive lines for all of which the rest of the rule holds.",
        "case.input": "A small document, written by yourself.",
        "case.output": "What the rule leaves of it.",
    }
)


def pack_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of a pack."""
    schema = Pack.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
    tables = schema.pop("$defs")
    schema = _described("pack", schema)
    return {
        # Draft 7 is the newest one that editors' TOML extensions know; nothing here needs a newer one.
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Rule file of article-curator",
        **{key: value for key, value in schema.items() if key != "title"},
        "definitions": {name: _described(name.lower(), tables[name]) for name in sorted(tables)},
    }


def schema_text() -> str:
    """Return the schema as it stands in `rules/rule.schema.json`."""
    return json.dumps(pack_schema(), ensure_ascii=False, indent=2) + "\n"


def _described(table: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of one table: no nulls, which TOML does not have, and a description for each key."""
    properties = {}
    for name, found in schema["properties"].items():
        shown = {key: value for key, value in _without_null(found).items() if key not in ("title", "default")}
        if "$ref" in shown:  # draft 7 ignores what stands beside a reference
            shown["allOf"] = [{"$ref": shown.pop("$ref")}]
        # Defaults that are empty say nothing to a reader.
        default = {"default": found["default"]} if isinstance(found.get("default"), str | int) else {}
        properties[name] = {"description": DESCRIPTIONS.get(f"{table}.{name}", ""), **shown, **default}
    return {**{key: value for key, value in schema.items() if key != "title"}, "properties": properties}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without the choice of null."""
    some = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**rest, **some[0]} if len(some) == 1 else schema
