"""One self-contained HTML page: data as JSON, one script, one stylesheet, and a policy that lets nothing else in.

Whatever a document holds reaches the page as data and is shown by `textContent`: markup and script in it are text.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from curator.atomic import explain_write_errors

__all__ = ["Page", "drawn_page", "write_page"]

_ASSETS = files("curator.pages") / "assets"

# What would end the script element the data stands in, or be a line end to an old parser of JavaScript.
_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and the policy in it: what a server may send as the header Content-Security-Policy."""

    html: str
    policy: str


def drawn_page(
    title: str, data: Mapping[str, Any], script: Traversable, *, style: Traversable | None = None, answers: bool = False
) -> Page:
    """Return a page that a script draws from data, with what all pages share before it.

    Args:
        style: added to the stylesheet of all pages.
        answers: let the script speak with the server the page came from, and with no other.
    """
    shared = {name: (_ASSETS / f"page.{name}").read_text(encoding="utf-8") for name in ("html", "css", "js")}
    css = shared["css"] + (style.read_text(encoding="utf-8") if style else "")
    js = shared["js"] + script.read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; img-src data:; style-src {_hash(css)}; script-src {_hash(js)}; "
        + ("connect-src 'self'; " if answers else "")
        + "base-uri 'none'; form-action 'none'"
    )
    values = {
        "policy": policy,
        "title": html.escape(title),
        "css": css,
        "js": js,
        "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED),
    }
    head, *rest = shared["html"].split("{{")
    filled = [head]
    for part in rest:  # one pass, so that what a value holds is never taken for a place
        name, _, tail = part.partition("}}")
        filled += (values[name], tail)
    return Page("".join(filled), policy)


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def write_page(path: Path, page: str) -> None:
    """Write a page, whole or not at all.

    Raises:
        OutputError: it cannot be written.
    """
    temporary = path.with_name(path.name + ".tmp-page")
    with explain_write_errors(path):
        try:
            temporary.write_bytes(page.encode("utf-8", "replace"))
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
