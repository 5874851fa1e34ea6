"""One peer on one file of texts: run by the peers' own Python, so that the project does not depend on them.

    python dedup_peers.py PEER TEXTS.parquet PAIRS.json

Prints the processor seconds that it took, imports, reading and a warm-up left out. All use word 5-grams and 14 bands of
8 rows (datatrove, text-dedup: the same by their options), which finds Jaccard similarity from about 0.7 on.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

BANDS, ROWS, WORDS = 14, 8, 5
Pairs = set[tuple[int, int]]
Run = Callable[[list[str]], Pairs]


def shingles(text: str) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[n : n + WORDS]) for n in range(max(1, len(words) - WORDS + 1))}


def rensa() -> Run:
    from rensa import RMinHash, RMinHashLSH

    def run(texts: list[str]) -> Pairs:
        lsh = RMinHashLSH(threshold=0.8, num_perm=BANDS * ROWS, num_bands=BANDS)
        hashes = []
        for n, text in enumerate(texts):
            made = RMinHash(num_perm=BANDS * ROWS, seed=42)
            made.update(list(shingles(text)))
            lsh.insert(n, made)
            hashes.append(made)
        return {(min(n, m), max(n, m)) for n, made in enumerate(hashes) for m in lsh.query(made) if m != n}

    return run


def datasketch() -> Run:
    from datasketch import MinHash, MinHashLSH

    def run(texts: list[str]) -> Pairs:
        lsh = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
        found: Pairs = set()
        for n, text in enumerate(texts):
            made = MinHash(num_perm=BANDS * ROWS)
            made.update_batch([shingle.encode() for shingle in shingles(text)])
            found.update((int(m), n) for m in lsh.query(made))
            lsh.insert(n, made)
        return found

    return run


def daft() -> Run:
    import daft
    from daft import col

    def run(texts: list[str]) -> Pairs:
        frame = daft.from_pydict({"id": list(range(len(texts))), "text": texts})
        text = col("text").normalize(remove_punct=True, lowercase=True, nfd_unicode=True, white_space=True)
        minhash = text.minhash(num_hashes=BANDS * ROWS, ngram_size=WORDS, seed=1, hash_function="xxhash")
        rows = frame.with_column("minhash", minhash).select("id", "minhash").collect().to_arrow()
        values = rows.column("minhash").combine_chunks().values.to_numpy().reshape(len(texts), BANDS, ROWS)
        return banded(values)

    return run


def banded(values: Any) -> Pairs:
    """Return the pairs that share a band; NumPy sorts."""
    import numpy as np

    found: Pairs = set()
    for band in range(values.shape[1]):
        keys = np.ascontiguousarray(values[:, band]).view(f"V{values.dtype.itemsize * values.shape[2]}").ravel()
        by_key = defaultdict(list)
        for n, key in enumerate(keys.tolist()):
            by_key[key].append(n)
        for group in by_key.values():
            found.update(itertools.combinations(group, 2))
    return found


def clustered(groups: Iterable[Iterable[int]]) -> Pairs:
    return {pair for group in groups for pair in itertools.combinations(sorted(group), 2)}


def datatrove() -> Run:
    from datatrove.data import Document
    from datatrove.pipeline.dedup import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupSignature,
    )
    from datatrove.utils.hashing import HashConfig
    from datatrove.utils.text import TextNormConfig

    def run(texts: list[str]) -> Pairs:
        config = MinhashConfig(
            n_grams=WORDS,
            num_buckets=BANDS,
            hashes_per_bucket=ROWS,
            hash_config=HashConfig(precision=64),
            norm_config=TextNormConfig(norm_numbers=False),
        )
        with tempfile.TemporaryDirectory() as folder:
            one, two, three = (f"{folder}/{name}" for name in ("signatures", "buckets", "removed"))
            documents = (Document(text=text, id=str(n)) for n, text in enumerate(texts))
            MinhashDedupSignature(output_folder=one, config=config).run(documents, 0, 1)
            for rank in range(BANDS):
                MinhashDedupBuckets(input_folder=one, output_folder=two, config=config).run(None, rank, BANDS)
            MinhashDedupCluster(
                input_folder=two, output_folder=three, config=config, save_cluster_id=True, ignore_index_matches=True
            ).run(None, 0, 1)
            return clustered(_datatrove_clusters(Path(three)))

    return run


def _datatrove_clusters(folder: Path) -> Iterable[list[int]]:
    import struct

    groups = defaultdict(list)
    for file in folder.rglob("*.clusters"):
        data = file.read_bytes()
        for place in range(0, len(data), 8):
            document, cluster = struct.unpack_from("<II", data, place)
            groups[cluster].append(document)
    return groups.values()


def text_dedup() -> Run:
    import subprocess

    import pyarrow as pa
    import pyarrow.parquet as pq

    def run(texts: list[str]) -> Pairs:
        with tempfile.TemporaryDirectory() as folder:
            pq.write_table(pa.table({"id": list(range(len(texts))), "text": texts}), f"{folder}/texts.parquet")
            command = f"-m text_dedup.minhash --path parquet --data_files {folder}/texts.parquet --split train"
            where = f"--cache_dir {folder}/cache --output {folder}/out --num_proc 1"
            options = (
                f"{where} --column text --ngram {WORDS} --min_length 0 --num_perm {BANDS * ROWS} --b {BANDS} --r {ROWS}"
            )
            subprocess.run(
                [sys.executable, *command.split(), *options.split()],
                check=True,
                stdout=subprocess.DEVNULL,
            )
        return set()

    return run


PEERS = {"rensa": rensa, "datasketch": datasketch, "daft": daft, "datatrove": datatrove, "text-dedup": text_dedup}


def processor_seconds() -> float:
    import resource

    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))


def main() -> None:
    import pyarrow.parquet as pq

    peer, source, target = sys.argv[1:]
    texts = pq.read_table(source, columns=["text"]).column("text").to_pylist()
    run = PEERS[peer]()
    before = processor_seconds()
    run(texts[:200])
    startup = processor_seconds() - before
    began, clock = processor_seconds(), time.monotonic()
    pairs = run(texts)
    # What a second run of 200 texts costs is mostly starting up; where that is much it is taken off.
    seconds = processor_seconds() - began - (startup if peer in ("datatrove", "text-dedup") else 0)
    Path(target).write_text(json.dumps(sorted(pairs)), encoding="utf-8")
    print(json.dumps({"seconds": seconds, "wall": time.monotonic() - clock, "pairs": len(pairs)}))


if __name__ == "__main__":
    main()
