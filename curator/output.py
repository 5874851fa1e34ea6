"""The folder a build writes to: the names of its files, and whether it may be used."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from curator.atomic import explain_write_errors, sweep
from curator.errors import OutputError
from curator.manifest import Identity, read_identity

__all__ = ["Files", "measured", "prepare"]

_WORK = ".curator"  # gone when the build is done
_MANIFEST = "manifest.json"
_PACK = "templates.toml"
# What a finished build consists of; nothing else is ever removed from an output folder.
_OUTPUTS = ("data", "ledger", "README.md", "clusters.parquet", "copies.parquet", "quarantine.parquet", _PACK, _MANIFEST)


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a build of so many splits, all named before it begins."""

    folder: Path
    splits: int

    def each(self, step: str) -> tuple[str, ...]:
        """Return the work files of one step, one for each split."""
        return tuple(str(self.work / step / f"{number:06d}.parquet") for number in range(self.splits))

    @property
    def work(self) -> Path:
        """The folder of all that is not part of the corpus."""
        return self.folder / _WORK

    @property
    def rules(self) -> Path:
        """The rule set, as the steps read it."""
        return self.work / "rules.json"

    @property
    def adopted(self) -> Path:
        """The template pack of an earlier build."""
        return self.work / "adopted.toml"

    @property
    def earlier(self) -> Path:
        """Where documents lay in the corpus that this one comes after; not there where it comes after none."""
        return self.work / "earlier.parquet"

    @property
    def notices(self) -> Path:
        """Running text that is on most pages of its site."""
        return self.work / "notices.parquet"

    @property
    def templates(self) -> Path:
        """The rules for template lines, as the steps read them."""
        return self.work / "templates.parquet"

    @property
    def pack(self) -> Path:
        """The rules for template lines, as everybody reads them; not there where there are none."""
        return self.folder / _PACK

    @property
    def twins(self) -> Path:
        """The rows whose id an earlier row has."""
        return self.work / "twins.parquet"

    @property
    def layout(self) -> Path:
        """Which document goes where."""
        return self.work / "layout.parquet"

    @property
    def clusters(self) -> Path:
        """Copies of one article, with the one that was kept."""
        return self.folder / "clusters.parquet"

    @property
    def copies(self) -> Path:
        """Copies that are not in the corpus."""
        return self.folder / "copies.parquet"

    @property
    def quarantine(self) -> Path:
        """Rows that are not in the corpus."""
        return self.folder / "quarantine.parquet"

    @property
    def card(self) -> Path:
        """The dataset card."""
        return self.folder / "README.md"

    @property
    def manifest(self) -> Path:
        """The record of the finished build."""
        return self.folder / _MANIFEST


def prepare(
    folder: Path, identity: Identity, *, force: bool, manifest: str = _MANIFEST, made: Sequence[str] = _OUTPUTS
) -> bool:
    """Make an output folder ready; return whether it already holds this build, finished.

    Args:
        manifest: the file that is there when all is done; it says what was written.
        made: what a finished build consists of.

    Raises:
        OutputError: it holds something else, or another build and `force` is not given.
    """
    noted = next((path for path in (folder / manifest, folder / _WORK / "identity.json") if path.exists()), None)
    with explain_write_errors(folder):
        if noted is None:
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                hint = "choose a folder that is empty or does not exist yet"
                raise OutputError("holds something that is not a build of this tool", where=str(folder), hint=hint)
        elif differences := identity.differences(read_identity(noted)):
            if not force:
                hint = "choose another --out, or --force to start over"
                raise OutputError("holds another build: " + "; ".join(differences[:5]), where=str(folder), hint=hint)
            _clear(folder, made)
        elif noted.name == manifest and all((folder / path).exists() for path in _written(noted)):
            shutil.rmtree(folder / _WORK, ignore_errors=True)  # a build killed between its last two steps
            return True
        elif noted.name == manifest:
            _clear(folder, made)  # finished once, but files are missing since: nothing of it can be trusted
        work = folder / _WORK
        work.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        (work / "identity.json").write_text(json.dumps({"identity": asdict(identity)}), encoding="utf-8")
    return False


def _written(manifest: Path) -> list[str]:
    """Return the paths a manifest says were written."""
    try:
        return [output["path"] for output in json.loads(manifest.read_text(encoding="utf-8"))["outputs"]]
    except (ValueError, KeyError, TypeError) as error:
        raise OutputError(f"cannot be read: {error}", where=str(manifest), hint="--force starts over") from None


def _clear(folder: Path, made: Sequence[str]) -> None:
    for name in (*made, _WORK):
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def measured(folder: Path, name: str, rows: int | None = None) -> dict[str, Any]:
    """Return what the manifest says of an output file: path, rows (those of the Parquet file), bytes, sha256."""
    import pyarrow.parquet as pq

    path = folder / name
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    rows = pq.read_metadata(path).num_rows if rows is None else rows
    return {"path": name, "rows": rows, "bytes": path.stat().st_size, "sha256": digest}
