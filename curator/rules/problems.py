"""What is wrong with a rule, in words: pydantic's findings as rule authors read them."""

from __future__ import annotations

from typing import Any

from curator.rules.model import Case, Pack, Rule, When, Where

__all__ = ["explained", "remedy"]

_FIELDS = "see rules/README.md for the fields of a rule"


def explained(problem: Any) -> str:
    """Return one of pydantic's findings as a clause that names the place."""
    place = ".".join(str(part + 1 if isinstance(part, int) else part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown key `{problem['loc'][-1]}` in {place}"
    return f"{place or 'file'}: {problem['msg'].removeprefix('Value error, ')}"


def remedy(problem: Any) -> str:
    """Return what to try: for an unknown key the one that was probably meant."""
    import difflib

    if problem["type"] != "extra_forbidden":
        return _FIELDS
    models = (Pack, Rule, Where, When, Case)
    known = {field.alias or name for model in models for name, field in model.model_fields.items()}
    near = difflib.get_close_matches(str(problem["loc"][-1]), sorted(known), n=1)
    return f"did you mean `{near[0]}`?" if near else _FIELDS
