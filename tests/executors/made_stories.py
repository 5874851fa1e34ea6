"""Many documents for builds that are to take a while: the project's own articles with other words in them."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

from conftest import DATA

_BASES = [path.read_text(encoding="utf-8") for path in sorted((DATA / "articles").glob("[ei][nd]/*.txt"))]
_VOCABULARY = sorted(set(re.findall(r"\b[a-z]{4,}\b", " ".join(_BASES))))
# What stands around every article of a site, in no language that rules know.
_FURNITURE = [
    ["La ĵurnalo de la marbordo ekde 1907", "Urbo kaj haveno", "Sendi al amiko", "Pri ni"],
    ["Matena voĉo de la montaro", "Kulturo kaj sporto", "Presi kaj konservi", "Kontakto kaj adreso"],
    ["Gazeto de la valo", "Vetero kaj trafiko", "Serĉi en la arkivo", "Ĉiuj rajtoj rezervitaj"],
]


def write_stories(target: Path, count: int, *, copies: int = 7, extra: dict[int, str] | None = None) -> Path:
    """Write a JSONL file of so many documents; every one out of `copies` is a copy of an earlier one.

    Args:
        extra: a line to add to the documents with these numbers.
    """
    with target.open("w", encoding="utf-8") as stream:
        for number in range(count):
            text = _story(number - 3 if number % copies == copies - 1 else number)
            text = "\n\n".join([*_FURNITURE[number % 3][:2], text, *_FURNITURE[number % 3][2:]])
            line = (extra or {}).get(number)
            record = {
                "id": f"d{number:05d}",
                "text": f"{text}\n\n{line}" if line else text,
                "site": f"s{number % 3}.example",
            }
            stream.write(json.dumps(record) + "\n")
    return target


def _story(number: int) -> str:
    chance = random.Random(number)
    base = _BASES[number % len(_BASES)]
    words = re.sub(r"\b[a-z]{4,}\b", lambda word: chance.choice((word[0], chance.choice(_VOCABULARY))), base)
    return re.sub(r"\d", lambda _: str(chance.randrange(1, 10)), words)
