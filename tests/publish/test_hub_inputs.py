"""A dataset on the Hub as the input of a build, named by its hf:// URL; the Hub is on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hub import OWNER, WRITE, running

TOWN = "The council of {0} met on Monday evening and voted to repair bridge {0} before the winter comes. "
TEXTS = [TOWN.format(t) * 2 + " ".join(f"{t}{n}" for n in range(40)) + "." for t in ("aston", "birch", "crewe", "ely")]
UPLOAD = """
import sys
from huggingface_hub import HfApi
api = HfApi()
api.create_repo(sys.argv[1], repo_type="dataset")
api.upload_folder(repo_id=sys.argv[1], folder_path=sys.argv[2], repo_type="dataset")
"""


def test_a_dataset_of_the_hub_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "more").mkdir(parents=True)
    (folder / "a.jsonl").write_text("\n".join(json.dumps({"text": text}) for text in TEXTS[:2]), encoding="utf-8")
    pq.write_table(pa.table({"text": TEXTS[2:]}), folder / "more" / "b.parquet")
    repo = f"{OWNER}/news"
    with running() as hub:
        # Read when the library is imported, so that a process of its own is needed.
        places = {"HF_ENDPOINT": hub.endpoint, "HF_TOKEN": WRITE, "HF_HOME": str(tmp_path / "home")}
        environment = os.environ | places | {"HF_HUB_DISABLE_PROGRESS_BARS": "1"}

        def run(*command: str) -> None:
            ran = subprocess.run([sys.executable, *command], env=environment, capture_output=True, check=False)
            assert ran.returncode == 0, ran.stderr.decode()

        run("-c", UPLOAD, repo, str(folder))
        run("-m", "curator", "build", f"hf://datasets/{repo}", "--out", str(tmp_path / "out"), "--workers", "1")
    files = sorted((tmp_path / "out").glob("data/**/*.parquet"))
    written = {row["id"]: row["text"] for file in files for row in pq.read_table(file).to_pylist()}
    assert sorted(written) == [
        "news/a.jsonl:1",
        "news/a.jsonl:2",
        "news/more/b.parquet:1",
        "news/more/b.parquet:2",
    ]
    assert sorted(written.values()) == sorted(TEXTS)
