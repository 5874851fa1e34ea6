"""One self-contained HTML page: data as JSON, one script, one stylesheet, and a policy that lets nothing else in.

Whatever a document holds reaches the page as data and is shown by `textContent`: markup and script in it are text.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from curator.atomic import explain_write_errors

__all__ = ["html_page", "write_page"]

# What would end the script element the data stands in, or be a line end to an old parser of JavaScript.
_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def html_page(title: str, data: Mapping[str, Any]) -> str:
    """Return a page that shows `data` (the sections `page.js` knows) and makes no request."""
    assets = files("curator.report") / "assets"
    parts = {name: (assets / f"page.{name}").read_text(encoding="utf-8") for name in ("html", "css", "js")}
    policy = (
        f"default-src 'none'; img-src data:; style-src {_hash(parts['css'])}; script-src {_hash(parts['js'])}; "
        "base-uri 'none'; form-action 'none'"
    )
    values = {
        "policy": policy,
        "title": html.escape(title),
        "css": parts["css"],
        "js": parts["js"],
        "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED),
    }
    head, *rest = parts["html"].split("{{")
    filled = [head]
    for part in rest:  # one pass, so that what a value holds is never taken for a place
        name, _, tail = part.partition("}}")
        filled += (values[name], tail)
    return "".join(filled)


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
