"""Raw scraped articles in; a cleaned, deduplicated corpus out, with a ledger of every removal.

>>> import curator
>>> cleaned = curator.clean("Dam opens early\\n\\nThe gates opened at dawn.\\n\\nAdvertisement")
>>> curator.restore(cleaned.text, cleaned.removals) == cleaned.repaired
True
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curator.cleaner import Cleaner, clean
    from curator.corpus import BuildResult, build
    from curator.document import Cleaned, Document, Metadata, Removal, Verdict, restore
    from curator.errors import CuratorError, InputError, OutputError, RuleError, SettingsError, UsageError
    from curator.rules.load import load_rules
    from curator.rules.ruleset import RuleSet
    from curator.settings import Settings

__all__ = [
    "BuildResult",
    "Cleaned",
    "Cleaner",
    "CuratorError",
    "Document",
    "InputError",
    "Metadata",
    "OutputError",
    "Removal",
    "RuleError",
    "RuleSet",
    "Settings",
    "SettingsError",
    "UsageError",
    "Verdict",
    "build",
    "clean",
    "load_rules",
    "restore",
]

# Where each name lives. They are imported on first use, so that `curator --help` does not load what it does not need.
_HOMES = {
    "cleaner": ("Cleaner", "clean"),
    "corpus": ("BuildResult", "build"),
    "document": ("Cleaned", "Document", "Metadata", "Removal", "Verdict", "restore"),
    "errors": ("CuratorError", "InputError", "OutputError", "RuleError", "SettingsError", "UsageError"),
    "rules.load": ("load_rules",),
    "rules.ruleset": ("RuleSet",),
    "settings": ("Settings",),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            value = getattr(importlib.import_module(f"curator.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module 'curator' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
