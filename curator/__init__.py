"""Raw scraped articles in; a cleaned, deduplicated corpus out, with a ledger of every removal.

>>> import curator
>>> cleaned = curator.clean("Dam opens early\\n\\nThe gates opened at dawn.\\n\\nAdvertisement")
>>> curator.restore(cleaned.text, cleaned.removals) == cleaned.repaired
True
"""

from curator.build import BuildResult, build
from curator.clean import Cleaner, clean
from curator.document import Cleaned, Document, Metadata, Removal, Verdict, restore
from curator.errors import CuratorError, InputError, OutputError, RuleError, SettingsError, UsageError
from curator.rules.load import load_rules
from curator.rules.model import Rule, RuleSet
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
    "Rule",
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
