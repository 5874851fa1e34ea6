"""How much memory there is, how much processes use, and how a limit is divided."""

from __future__ import annotations

import os
import re
from pathlib import Path

from curator.errors import UsageError

__all__ = ["LEAST", "database_share", "machine_memory", "parse_size", "private_memory", "readable_size"]

# Of one worker, with the models and language profiles it has loaded and a table under its hands; see
# benchmarks/scale.py.
LEAST = 500_000_000
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "KI": 2**10, "MI": 2**20, "GI": 2**30, "TI": 2**40}
# Of the machine: what is left is for the system, which else ends processes as it likes.
_OURS = 0.9
# Of a worker's share: DuckDB goes to disk beyond it; the rest is for Python, numpy and Arrow beside it.
_DATABASE = 0.4
_CGROUPS = Path("/sys/fs/cgroup")


def parse_size(text: str) -> int:
    """Return a size in bytes.

    Raises:
        UsageError: it is none.

    >>> parse_size("8GB"), parse_size("512 MiB")
    (8000000000, 536870912)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?I?)B?\s*", text.upper())
    if not found or found[2] not in _UNITS:
        raise UsageError(f"{text!r} is no amount of memory", where="memory", hint="for example 8GB, or 512MiB")
    return int(float(found[1]) * _UNITS[found[2]])


def readable_size(size: float) -> str:
    """Return a size for a person.

    >>> readable_size(1_500_000_000)
    '1.5 GB'
    """
    return f"{size / 1e9:,.1f} GB"


def database_share(memory: int) -> int:
    """Return how much of a worker's memory DuckDB may have."""
    return round(memory * _DATABASE)


def machine_memory() -> int | None:
    """Return how much memory this machine, or the control group this process is in, leaves to us; None if unknown."""
    try:
        known = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    except (AttributeError, ValueError, OSError):
        return None
    return round(_OURS * min([*known, *_group_limits()]))


def _group_limits() -> list[int]:
    """Return the limits of our control group and those around it (version 2; those of version 1 are nearly gone)."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return []
    own = next((line[3:] for line in lines if line.startswith("0::")), "/")
    folder = _CGROUPS / own.lstrip("/")
    limits = []
    for place in (folder, *folder.parents):
        if not place.is_relative_to(_CGROUPS):
            break
        try:
            limits.append(int((place / "memory.max").read_text(encoding="ascii")))
        except (OSError, ValueError):  # none, or "max"
            continue
    return limits


def private_memory(pid: int) -> int:
    """Return the resident memory of a process that is its own, in bytes; 0 where that cannot be known."""
    try:
        resident, shared = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1:3]
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
