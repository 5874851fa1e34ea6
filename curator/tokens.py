"""How many tokens a text has, for somebody's own tokenizer: a file as the library `tokenizers` writes it."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any

from curator.errors import UsageError
from curator.section import Section

__all__ = ["TokenSettings", "check", "count", "digest"]


class TokenSettings(Section):
    """Token counts, as one more column."""

    # A tokenizer.json, for a column `tokens` of how many each text has, without special ones (extra
    # article-curator[tokens]); not counted where none is named.
    tokenizer: str = ""


def count(text: str, settings: TokenSettings) -> int:
    """Return how many tokens a text has."""
    return len(_tokenizer(settings.tokenizer).encode(text, add_special_tokens=False).ids)


def check(settings: TokenSettings) -> None:
    """Read the tokenizer once before a run, so that what is wrong with it is said now.

    Raises:
        UsageError: the library is not installed, or the file is no tokenizer.
    """
    if settings.tokenizer:
        _tokenizer(settings.tokenizer)


def digest(settings: TokenSettings) -> str:
    """Return what the counts depend on: SHA-256 of the tokenizer, and the library's version; "" for no counts."""
    if not settings.tokenizer:
        return ""
    import tokenizers

    return f"{hashlib.sha256(Path(settings.tokenizer).read_bytes()).hexdigest()} tokenizers {tokenizers.__version__}"


@functools.lru_cache(maxsize=1)
def _tokenizer(path: str) -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError:
        hint = "pip install 'article-curator[tokens]'"
        raise UsageError("tokenizers is not installed", where="tokens.tokenizer", hint=hint) from None
    try:
        tokenizer = Tokenizer.from_file(path)
    except Exception as error:  # noqa: BLE001  (the library raises nothing more special)
        hint = "a tokenizer.json of this machine, as save_pretrained of a fast tokenizer writes it"
        raise UsageError(f"no tokenizer: {error}", where=path, hint=hint) from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
