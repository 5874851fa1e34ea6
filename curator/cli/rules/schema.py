"""`curator rules schema`: the JSON Schema that editors complete rule files with."""

from __future__ import annotations

import sys

__all__ = ["schema"]


def schema() -> None:
    """Print the JSON Schema of rule files; with `#:schema ../rule.schema.json` on top of a file editors use it.

    Example: [bold]curator rules schema > rules/rule.schema.json[/bold]
    """
    from curator.rules.schema import schema_text

    sys.stdout.buffer.write(schema_text().encode())
