"""Named columns of numbers, which become the table a model reads."""

from __future__ import annotations

from typing import Any

__all__ = ["Array", "Columns"]

Array = Any  # numpy arrays


class Columns:
    """Named columns, all of one length."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.columns: list[Array] = []

    def add(self, name: str, values: Array) -> None:
        """Add a column; `values` has one number for each row."""
        self.names.append(name)
        self.columns.append(values)
