"""The pipeline of datatrove that `pipeline.py` compares a build with; run by an interpreter that has it.

python benchmarks/pipeline_datatrove.py text|html INPUT.jsonl FOLDER WORKERS
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import C4QualityFilter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter


def main() -> None:
    """Split the input among the workers, clean it, and remove near-duplicates."""
    kind, source, folder, workers = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    split = Path(folder) / "in"
    split.mkdir(parents=True)
    lines = source.read_text(encoding="utf-8").split("\n")[:-1]
    for rank in range(workers):
        mine = lines[rank::workers]
        (split / f"{rank}.jsonl").write_text("".join(f"{line}\n" for line in mine), encoding="utf-8")
    config = MinhashConfig()

    stages = itertools.count()

    def run(*steps: object, tasks: int = workers) -> None:
        logs = f"{folder}/logs/{next(stages)}"
        LocalPipelineExecutor(pipeline=list(steps), tasks=tasks, workers=workers, logging_dir=logs).run()

    run(
        JsonlReader(str(split), text_key="text" if kind == "text" else "html"),
        *([Trafilatura()] if kind == "html" else []),
        C4QualityFilter(),
        JsonlWriter(f"{folder}/clean"),
    )
    run(JsonlReader(f"{folder}/clean"), MinhashDedupSignature(f"{folder}/signatures", config))
    run(
        MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/buckets", config=config),
        tasks=config.num_buckets,
    )
    run(MinhashDedupCluster(f"{folder}/buckets", f"{folder}/removed", config=config), tasks=1)
    run(
        JsonlReader(f"{folder}/clean"),
        MinhashDedupFilter(f"{folder}/removed"),
        JsonlWriter(f"{folder}/out"),
    )


if __name__ == "__main__":
    main()
