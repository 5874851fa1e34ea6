"""A build goes to a Hub and comes back: by both transports, by every way of loading, once and again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import publishing
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hub import READ, Hub
from publishing import REPO, Client, FailedCallError, built, environment_of, rows

# Fixtures are found by their names in the module.
from curator.publish.derived import write_removals
from curator.publish.forget import forget
from curator.tombstones import Tombstones

hub, plain, xet, small = publishing.hub, publishing.plain, publishing.xet, publishing.small
Small = Callable[..., Path]


def documents(folder: Path, language: str = "*") -> list[dict[str, Any]]:
    return [row for path in sorted(folder.glob(f"data/{language}/*")) for row in pq.read_table(path).to_pylist()]


@pytest.fixture(params=["plain", "xet"])
def client(request: pytest.FixtureRequest) -> Client:
    return request.getfixturevalue(request.param)


def test_rows_from_the_hub_are_those_on_disk_however_they_are_loaded(client: Client, hub: Hub, small: Small) -> None:
    corpus = small(en=12, no=4)
    done = client.publish(corpus, tag="v1")
    assert (done["new"], done["deleted"]) == (True, [])
    assert set(client("configs", repo=REPO)) == {"default", "en", "no", "sample"}
    for config, language in ((None, "*"), ("no", "no")):
        for streaming in (False, True):
            assert client("load", repo=REPO, config=config, streaming=streaming) == documents(corpus, language)
    assert client("load", repo=str(corpus)) == client("load", repo=REPO, revision="v1") == documents(corpus)
    sample = client("load", repo=REPO, config="sample")
    assert len(sample) == 1
    assert sample[0] in documents(corpus)
    assert hub.repo("news").tags == {"v1": done["commit"]}
    assert [commit.title for _, commit in hub.repo("news").history()] == ["Release v1", "initial commit"]


def test_same_build_again_sends_nothing_and_makes_no_commit(client: Client, hub: Hub, small: Small) -> None:
    first = client.publish(small(en=12, no=4), tag="v1")
    again = client.publish(small(en=12, no=4), tag="v1")
    assert again["commit"] == first["commit"]
    assert (again["added"], again["deleted"]) == ([], [])
    assert (hub.uploaded, hub.asked["commit"], hub.asked["preupload"], hub.asked["create"]) == (0, 0, 0, 0)
    renamed = client.publish(small(en=12, no=4), tag="v1.0")
    assert hub.repo("news").tags == {"v1": first["commit"], "v1.0": first["commit"]}
    assert (renamed["commit"], hub.uploaded, hub.asked["commit"]) == (first["commit"], 0, 0)


def test_built_again_at_another_hour_it_is_the_same_release(
    plain: Client, hub: Hub, small: Small, tmp_path: Path
) -> None:
    first = plain.publish(small(en=12, no=4), tag="v1")
    later = tmp_path / "news"
    shutil.copytree(small(en=12, no=4), later)
    manifest = json.loads((later / "manifest.json").read_text())
    (later / "manifest.json").write_text(json.dumps(manifest | {"finished": "2031-01-01T00:00:00+00:00"}))
    again = plain.publish(later)
    assert (again["commit"], hub.asked["commit"], again["added"]) == (first["commit"], 0, [])


def test_stale_shards_go_in_the_same_commit_and_the_tag_keeps_them(client: Client, hub: Hub, small: Small) -> None:
    client.publish(small(en=12, no=4), tag="v1", clusters=True)
    done = client.publish(small(en=24), tag="v2")
    assert done["deleted"] == ["data/no/train-00000-of-00001.parquet"]
    assert hub.asked["commit"] == 1
    assert client("load", repo=REPO) == documents(small(en=24))
    assert client("load", repo=REPO, revision="v1") == documents(small(en=12, no=4))
    with pytest.raises(FailedCallError, match="no"):
        client("load", repo=REPO, config="no")
    card = hub.repo("news").read("README.md").decode()
    assert card.index("`v2`") < card.index("`v1`")


def test_removals_and_clusters_are_published_where_asked_for(plain: Client, hub: Hub, corpus: Any) -> None:
    plain.publish(corpus.out)
    assert not [path for path in hub.repo("news").files if path.startswith(("ledger/", "clusters", "copies", "quar"))]
    plain.publish(corpus.out, removals=True, clusters=True)
    ids = {row["id"] for row in documents(corpus.out)}
    whole = [row for path in corpus.out.glob("ledger/*") for row in pq.read_table(path).to_pylist()]
    removals = plain("load", repo=REPO, config="removals")
    assert removals == [row for row in whole if row["id"] in ids]
    assert 0 < len(removals) < len(whole)
    assert plain("load", repo=REPO, config="clusters") == pq.read_table(corpus.out / "clusters.parquet").to_pylist()
    assert not [path for path in hub.repo("news").files if path.startswith(("copies", "quarantine", "tombstones"))]


def test_what_was_masked_stays_masked(tmp_path: Path) -> None:
    records = rows(0, 12)
    records[3]["text"] += " Write to jo.bloggs@mail.example about it, the council asks."
    corpus = built(tmp_path, records, filters={"mask": ["email"]})
    (ledger,), shards = corpus.glob("ledger/*"), list(corpus.glob("data/*/*"))
    assert "jo.bloggs@mail.example" in pq.read_table(ledger)["text"].to_pylist()
    write_removals(ledger, shards, tmp_path / "public.parquet")
    (row,) = [row for row in pq.read_table(tmp_path / "public.parquet").to_pylist() if row["action"] == "mask"]
    assert (row["text"], row["put"]) == (None, "<email>")


def test_pull_request_leaves_main_alone_until_it_is_merged(client: Client, hub: Hub, small: Small) -> None:
    client.publish(small(en=12), tag="v1")
    before = hub.repo("news").head
    done = client.publish(small(en=24), pull_request=True)
    again = client.publish(small(en=24), pull_request=True)
    assert done["pull_request"] == again["pull_request"] == "refs/pr/1"
    assert hub.repo("news").head == before
    assert list(hub.repo("news").pulls) == [1]
    assert client("load", repo=REPO) == documents(small(en=12))
    assert client("load", repo=REPO, revision="refs/pr/1", streaming=True) == documents(small(en=24))
    hub.repo("news").merge(1)
    assert client("load", repo=REPO) == documents(small(en=24))


def test_dry_run_says_what_would_change_and_changes_nothing(plain: Client, hub: Hub, small: Small) -> None:
    first = plain.publish(small(en=12, no=4), dry_run=True)
    assert (first["new"], first["commit"], first["difference"], hub.repos) == (True, None, None, {})
    plain.publish(small(en=12, no=4), tag="v1")
    head = hub.repo("news").head
    would = plain.publish(small(en=24, no=4), dry_run=True, tag="v2")
    assert hub.repo("news").head == head
    assert not {"commit", "preupload", "create", "tag", "lfs-put"} & set(hub.asked)
    told = would["difference"]
    assert (told["before"], told["after"]) == (16, 28)
    assert told["languages"] == {"en": {"added": 12, "removed": 0, "changed": 0}}
    assert told["sites"] == {f"{site}.example": {"added": 4, "removed": 0, "changed": 0} for site in "abc"}
    assert hub.asked["lfs-get"] <= 2, "the shard of the other language was read too"
    done = plain.publish(small(en=24, no=4), tag="v2")
    assert (done["added"], done["deleted"], done["bytes"]) == (would["added"], would["deleted"], would["bytes"])


def test_private_repository_is_not_seen_without_a_token(plain: Client, hub: Hub, small: Small, tmp_path: Path) -> None:
    plain.publish(small(en=12), private=True)
    assert hub.repo("news").private
    done = command(hub, tmp_path, str(small(en=12)), REPO, "--dry-run", token="")
    assert "would create" in done.stderr  # the Hub does not say that there is one
    hub.repo("news").private = False
    with pytest.raises(FailedCallError, match="is there already, and public"):
        plain.publish(small(en=12), private=True)


def test_forgotten_document_is_in_no_file_of_the_next_release(
    plain: Client, hub: Hub, small: Small, tmp_path: Path
) -> None:
    shutil.copytree(small(en=12, no=4), tmp_path / "news")
    options: dict[str, Any] = {"removals": True, "clusters": True}
    plain.publish(tmp_path / "news", tag="v1", **options)
    gone = documents(tmp_path / "news")[5]
    forget(tmp_path / "news", Tombstones.of(urls=[gone["url"]]))
    plain.publish(tmp_path / "news", tag="v2", **options)
    for path in hub.repo("news").files:
        content = hub.repo("news").read(path)
        if path.endswith(".parquet"):
            content = str(pq.read_table(pa.BufferReader(content)).to_pylist()).encode()
        assert gone["id"].encode() not in content
        assert gone["url"].encode() not in content
        assert gone["text"].splitlines()[0].encode() not in content


def command(hub: Hub, home: Path, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    environment = os.environ | environment_of(hub, home, **more) | {"HF_HUB_DISABLE_XET": "1"}
    call = [sys.executable, "-m", "curator", "publish", *arguments]
    return subprocess.run(call, env=environment, capture_output=True, text=True, timeout=120)


def test_command_prints_the_tree_and_what_was_done(hub: Hub, small: Small, tmp_path: Path) -> None:
    corpus = str(small(en=12, no=4))
    dry = command(hub, tmp_path, corpus, REPO, "--dry-run")
    lines = dry.stdout.splitlines()
    size = (small(en=12, no=4) / "data/no/train-00000-of-00001.parquet").stat().st_size
    assert f"{size:,}" in next(line for line in lines if line.startswith("+ data/no/train"))
    assert "would create desk/news: 5 files" in dry.stderr
    done = command(hub, tmp_path, corpus, REPO, "--tag", "v1", "--json")
    said = json.loads(done.stdout)
    assert (done.returncode, said["tag"], said["commit"]) == (0, "v1", hub.repo("news").head)
    assert next(file["path"] for file in said["added"]) == "README.md"


def test_token_that_may_only_read_is_refused_and_not_said(hub: Hub, small: Small, tmp_path: Path) -> None:
    done = command(hub, tmp_path, str(small(en=12)), REPO, token=READ)
    assert done.returncode == 3
    assert "403" in done.stderr
    assert "token that may write" in done.stderr
    assert READ not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not hub.repos


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"repo": "news"}, "is no name of a repository"),
        ({"repo": "desk/news/x"}, "is no name of a repository"),
        ({"tag": "-v1"}, "is no name of a tag"),
        ({"tag": "v1", "pull_request": True}, "cannot be tagged"),
    ],
)
def test_wrong_calls_are_refused_before_anything_is_asked(
    plain: Client, hub: Hub, small: Small, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(FailedCallError, match=said) as caught:
        plain.publish(small(en=12), **options)
    assert (caught.value.code, sum(hub.asked.values())) == (2, 0)


def test_changed_file_of_a_build_is_not_published(plain: Client, hub: Hub, small: Small, tmp_path: Path) -> None:
    shutil.copytree(small(en=12), tmp_path / "news")
    (shard,) = (tmp_path / "news").glob("data/*/*")
    content = bytearray(shard.read_bytes())
    content[100] ^= 1
    shard.write_bytes(content)
    with pytest.raises(FailedCallError, match="is not the file the build wrote"):
        plain.publish(tmp_path / "news")
    shard.unlink()
    with pytest.raises(FailedCallError, match="is not there, and the manifest lists it"):
        plain.publish(tmp_path / "news")
    (tmp_path / "news" / ".curator").mkdir()
    with pytest.raises(FailedCallError, match="holds a build that has not ended"):
        plain.publish(tmp_path / "news")
    assert not hub.repos


def test_data_of_somebody_else_is_not_overwritten(plain: Client, hub: Hub, small: Small) -> None:
    from hub_repo import Repo, _regular

    mine = hub.repos[REPO] = Repo(hub.storage)
    mine.files["data/train.csv"] = _regular(b"years of work")
    with pytest.raises(FailedCallError, match=r"did not publish: data/train\.csv"):
        plain.publish(small(en=12))
    del mine.files["data/train.csv"]
    mine.files["notebooks/plot.ipynb"] = _regular(b"{}")
    plain.publish(small(en=12))
    assert mine.read("notebooks/plot.ipynb") == b"{}"


def test_no_local_folder_is_published(plain: Client, hub: Hub, tmp_path: Path) -> None:
    bench = tmp_path / "secret-project" / "quiz.jsonl"
    bench.parent.mkdir()
    bench.write_text(
        json.dumps({"text": "a question that is in no article of this corpus, not one of them at all ever"})
    )
    plain.publish(built(tmp_path / "x", rows(0, 12), filters={"benchmarks": [str(bench)]}))
    for path in ("manifest.json", "README.md"):
        text = hub.repo("news").read(path).decode()
        assert "quiz.jsonl" in text
        assert str(tmp_path) not in text
        assert "secret-project" not in text
