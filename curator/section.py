"""What every section of the settings is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Count", "Positive", "Section", "Share"]

Share = Annotated[float, Field(gt=0, le=1)]
Positive = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=0)]


class Section(BaseModel):
    """A table of settings: frozen, and an unknown key is an error.

    The comment above a setting is its description: `curator init` and the JSON Schema show it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
