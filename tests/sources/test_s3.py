"""Inputs in a store with S3's protocol, served on loopback by moto; skipped where moto or s3fs is not installed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("s3fs", reason="pip install 'article-curator[s3]' 'moto[server]'")
moto_server = pytest.importorskip("moto.server", reason="pip install 'article-curator[s3]' 'moto[server]'")

pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.slow]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    import fsspec

    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    # The environment for worker processes, the configuration for this one, which has read its environment already.
    address = f"http://{host}:{port}"
    for name, value in {
        "FSSPEC_S3_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",  # what moto accepts
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(fsspec.config.conf, "s3", {"endpoint_url": address})
    store = fsspec.filesystem("s3", skip_instance_cache=True)
    store.mkdir("articles")
    try:
        yield "s3://articles"
    finally:
        server.stop()


def test_a_build_reads_a_bucket(bucket: str, tmp_path: Path) -> None:
    import fsspec

    from curator.corpus import build

    store = fsspec.filesystem("s3")
    prose = "The council of {0} met on Monday evening and voted to repair bridge {0} before the winter comes. " * 2
    towns = ["Aston", "Birch", "Crewe", "Dover", "Ely", "Frome"]
    texts = [" ".join(f"{town.lower()}{n}" for n in range(40)) + ". " + prose.format(town) for town in towns]
    store.pipe("articles/in/a.txt", texts[0].encode())
    store.pipe("articles/in/sub/b.jsonl", "".join(json.dumps({"text": t}) + "\n" for t in texts[1:3]).encode())
    with store.open("articles/in/sub/c.parquet", "wb") as stream:
        pq.write_table(pa.table({"text": texts[3:]}), stream)
    result = build([f"{bucket}/in"], tmp_path / "out", workers=1)
    written = {r["id"]: r["text"] for f in result.out.glob("data/**/*.parquet") for r in pq.read_table(f).to_pylist()}
    assert sorted(written) == [
        "in/a.txt",
        "in/sub/b.jsonl:1",
        "in/sub/b.jsonl:2",
        *(f"in/sub/c.parquet:{n}" for n in (1, 2, 3)),
    ]
    again = build([f"{bucket}/in"], tmp_path / "out", workers=1)
    assert again.resumed
    from curator.delivery import deliver

    copied = deliver(result.out, f"{bucket}/news/v1")
    assert copied == len(store.find("articles/news/v1")) > 4
    assert deliver(result.out, f"{bucket}/news/v1") == 0
    store.pipe("articles/in/a.txt", texts[0].replace("winter", "summer").encode())
    from curator.errors import OutputError

    with pytest.raises(OutputError, match="inputs"):
        build([f"{bucket}/in"], tmp_path / "out", workers=1)
