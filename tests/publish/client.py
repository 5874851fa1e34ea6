"""A process of its own that publishes and loads: HF_ENDPOINT and its kin are read when the libraries are imported.

It reads calls as JSON lines and answers each with one: {"result": …} or {"error": …, "type": …, "code": …}.
"""

from __future__ import annotations

import json
import sys
import traceback
from dataclasses import asdict
from typing import Any

from curator.errors import CuratorError

WAITED: list[float] = []


def publish(**options: Any) -> dict[str, Any]:
    from curator.publish.publish import publish as release

    WAITED.clear()
    told: list[str] = []
    done = release(wait=WAITED.append, tell=told.append, **options)
    changes = done.changes
    return {
        "commit": done.commit,
        "pull_request": done.pull_request,
        "new": done.new,
        "added": [piece.path for piece in changes.add],
        "bytes": sum(piece.size for piece in changes.add),
        "deleted": list(changes.delete),
        "same": list(changes.same),
        "difference": asdict(done.difference) if done.difference else None,
        "waited": list(WAITED),
        "told": told,
    }


def load(repo: str, config: str | None = None, *, streaming: bool = False, **options: Any) -> list[dict[str, Any]]:
    from datasets import load_dataset

    return [dict(row) for row in load_dataset(repo, config, split="train", streaming=streaming, **options)]


def configs(repo: str) -> list[str]:
    from datasets import get_dataset_config_names

    return list(get_dataset_config_names(repo))


def main() -> None:
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    for line in sys.stdin:
        call = json.loads(line)
        answer: dict[str, Any]
        try:
            answer = {"result": globals()[call.pop("call")](**call)}
        except CuratorError as error:
            answer = {"error": str(error), "type": type(error).__name__, "code": error.exit_code}
        except Exception as error:  # noqa: BLE001  (told to the test)
            answer = {"error": f"{error}\n{traceback.format_exc()}", "type": type(error).__name__, "code": -1}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
