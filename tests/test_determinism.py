"""One document gives one result: in any order, in any process, however often."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

from conftest import DATA

from curator.cleaner import Cleaner
from curator.document import Document
from curator.errors import InputError

_FILES = sorted(path for folder in ("articles", "pages", "broken", "seeds") for path in (DATA / folder).rglob("*.*"))


def digest(order: list[Path]) -> str:
    """Return a hash over the results for all files, cleaned in some order by one cleaner."""
    cleaner, found = Cleaner(), dict[str, str]()
    for path in order:
        name = path.relative_to(DATA).as_posix()
        try:
            found[name] = repr(cleaner.clean(Document(name, path.read_bytes(), url="https://www.example.org/1")))
        except InputError as error:
            found[name] = str(error)
    return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()


def test_order_and_process_make_no_difference() -> None:
    order = _FILES[::2]
    random.Random(0).shuffle(order)
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(Path(__file__).parent)}
    program = "import test_determinism as t; print(t.digest(t._FILES[::2]))"
    other = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert digest(order) == other.stdout.strip()
