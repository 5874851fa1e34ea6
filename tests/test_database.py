"""DuckDB inside a build: bounded, and it says so where the bound is too low."""

from __future__ import annotations

from pathlib import Path

import pytest

from curator.database import MEMORY, database
from curator.errors import CuratorError

# Lists under way cannot go to disk.
GREEDY = "select max(len(l)) from (select i % 100000, list(i) as l from range(300000) t(i) group by 1)"


def test_what_does_not_fit_is_refused_with_what_to_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY, "3000000")
    with pytest.raises(CuratorError, match="more than the 3MB of memory") as caught, database(tmp_path) as connection:
        connection.execute(GREEDY).fetchall()
    assert "--memory" in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_what_can_go_to_disk_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY, "30000000")
    with database(tmp_path) as connection:
        rows = connection.execute(
            "select max(n) from (select row_number() over (order by hash(i)) as n from range(2000000) t(i))"
        ).fetchall()
    assert rows == [(2_000_000,)]
