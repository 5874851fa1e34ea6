"""A Hub that refuses, stumbles or is cut off: the right end or a clear message, and never half a release."""

from __future__ import annotations

import base64
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import publishing
import pytest
from hub import READ, WRITE, Hub
from publishing import REPO, Client, FailedCallError, as_built, built, rows

from curator.manifest import Manifest

hub, plain, xet, small = publishing.hub, publishing.plain, publishing.xet, publishing.small
Small = Callable[..., Path]
LIMIT = {"Retry-After": "7"}


@pytest.fixture(params=["plain", "xet"])
def client(request: pytest.FixtureRequest) -> Client:
    return request.getfixturevalue(request.param)


def one_release(hub: Hub, corpus: Path, tag: str = "v1") -> None:
    """Check that there is one release, whole and tagged."""
    repo = hub.repo("news")
    assert [commit.title for _, commit in repo.history()] == [f"Release {tag}", "initial commit"]
    assert repo.tags == {tag: repo.head}
    for path in corpus.glob("data/*/*"):
        assert repo.read(path.relative_to(corpus).as_posix()) == path.read_bytes()


@pytest.mark.parametrize("endpoint", ["create", "validate", "commit", "tag"])
@pytest.mark.parametrize("fault", [{"status": 429, "headers": LIMIT}, {"status": 503}, {"status": 0}, {"after": True}])
def test_what_passes_is_tried_again(
    plain: Client, hub: Hub, small: Small, endpoint: str, fault: dict[str, Any]
) -> None:
    hub.fail(endpoint, **{"times": 2} | fault)
    done = plain.publish(small(en=12), tag="v1")
    one_release(hub, small(en=12))
    wanted = [8.0, 8.0] if fault.get("headers") else [1.0, 2.0]
    assert done["waited"] in (wanted, wanted[:1], []) if fault.get("after") else done["waited"] == wanted


@pytest.mark.parametrize("endpoint", ["info", "tree", "refs", "preupload", "lfs-batch", "lfs-put", "resolve"])
def test_reading_and_sending_go_on_after_a_limit(plain: Client, hub: Hub, small: Small, endpoint: str) -> None:
    plain.publish(small(en=12), tag="v1")
    hub.fail(endpoint, 429, headers={"Retry-After": "0"})
    plain.publish(small(en=24), tag="v2")
    assert not hub.faults[endpoint]
    assert hub.repo("news").tags["v2"] == hub.repo("news").head


@pytest.mark.parametrize(("endpoint", "start"), [("xet-token", 1_000), ("xorb", 2_000), ("shard", 3_000)])
def test_xet_goes_on_too(xet: Client, hub: Hub, tmp_path: Path, endpoint: str, start: int) -> None:
    corpus = built(tmp_path, rows(start, start + 12))  # texts that no other test has sent
    hub.fail(endpoint, 429, headers={"Retry-After": "0"})
    hub.fail(endpoint, 503)
    hub.fail(endpoint)
    xet.publish(corpus, tag="v1")
    assert not hub.faults[endpoint]
    one_release(hub, corpus)


def test_answer_to_a_commit_is_lost_and_no_second_one_is_made(client: Client, hub: Hub, small: Small) -> None:
    client.publish(small(en=12, no=4), tag="v0")
    hub.fail("commit", after=True)
    done = client.publish(small(en=24), tag="v1")
    assert hub.asked["commit"] == 1
    assert done["commit"] == hub.repo("news").head
    titles = [commit.title for _, commit in hub.repo("news").history()]
    assert titles == ["Release v1", "Release v0", "initial commit"]


def test_answer_to_a_pull_request_is_lost_and_no_second_one_is_opened(plain: Client, hub: Hub, small: Small) -> None:
    plain.publish(small(en=12))
    hub.fail("commit", after=True)
    done = plain.publish(small(en=24), pull_request=True)
    assert done["pull_request"] == "refs/pr/1"
    assert list(hub.repo("news").pulls) == [1]


def test_two_hundred_shards_are_one_commit_or_none(client: Client, hub: Hub, small: Small, tmp_path: Path) -> None:
    documents = [{"id": f"{n}", "text": f"The gates opened, {n}.", "language": "en"} for n in range(200)]
    corpus = as_built(small(en=12), tmp_path / "news", [[document] for document in documents])
    client.publish(small(en=12), tag="v0")
    before = hub.repo("news").head
    hub.fail("commit", times=20)
    with pytest.raises(FailedCallError):
        client.publish(corpus, tag="v1")
    assert hub.repo("news").head == before
    hub.faults.clear()
    client.publish(corpus, tag="v1")
    assert hub.asked["commit"] == 1
    assert hub.uploaded == 0
    assert len(client("load", repo=REPO)) == 200


def test_commit_of_somebody_else_in_between_is_not_written_over(client: Client, hub: Hub, small: Small) -> None:
    from hub_repo import Commit, _regular

    client.publish(small(en=12), tag="v1")
    repo = hub.repo("news")

    def meanwhile() -> None:
        tree = repo.files | {"NOTES.md": _regular(b"by hand")}
        repo.branches["main"] = repo.add(Commit(tree, repo.head, "notes"))

    hub.fail("commit", call=meanwhile)
    with pytest.raises(FailedCallError, match=r"412(?s:.*)somebody else committed meanwhile") as caught:
        client.publish(small(en=24), tag="v2")
    assert caught.value.code == 3
    assert [commit.title for _, commit in repo.history()] == ["notes", "Release v1", "initial commit"]
    client.publish(small(en=24), tag="v2")
    assert repo.read("NOTES.md") == b"by hand"
    assert repo.tags["v2"] == repo.head


def test_same_release_by_two_at_once_is_one_commit(plain: Client, hub: Hub, small: Small) -> None:
    plain.publish(small(en=12))
    repo = hub.repo("news")
    other: list[Any] = []

    def meanwhile() -> None:  # the other one is a moment faster
        lines = hub.commits_seen[-1]
        other.append(repo.commit(lines, "main")[0])

    hub.fail("commit", call=meanwhile)
    done = plain.publish(small(en=24))
    assert [done["commit"]] == other
    assert len(list(repo.history())) == 3


@pytest.mark.parametrize(
    ("endpoint", "status", "said"),
    [
        ("create", 403, "creating the repository: 403"),
        ("create", 500, "creating the repository: 500"),
        ("preupload", 403, "publishing: 403"),
        ("commit", 403, "token that may write"),
        ("commit", 413, "shard_characters"),
        ("commit", 504, "it sends only the rest"),
        ("tree", 404, "listing files: 404"),
        ("tag", 403, "tagging v1: 403"),
    ],
)
def test_what_stays_is_said_with_what_to_try(
    plain: Client, hub: Hub, small: Small, endpoint: str, status: int, said: str
) -> None:
    hub.fail(endpoint, status, times=10)
    with pytest.raises(FailedCallError, match=said) as caught:
        plain.publish(small(en=12), tag="v1")
    assert (caught.value.kind, caught.value.code) == ("HubError", 3)
    assert "try: " in str(caught.value)
    assert WRITE not in str(caught.value)
    published = endpoint == "tag"
    assert all(repo.files.keys() == {".gitattributes"} for repo in hub.repos.values()) != published
    hub.faults.clear()
    plain.publish(small(en=12), tag="v1")
    one_release(hub, small(en=12))


def test_limit_that_lasts_longer_than_anybody_waits_is_said_at_once(plain: Client, hub: Hub, small: Small) -> None:
    hub.fail("create", 429, headers={"Retry-After": "7200"})
    with pytest.raises(FailedCallError, match=r"429.*\n.*rate limit is reached"):
        plain.publish(small(en=12))
    assert hub.asked["create"] == 1


def test_wrong_token_and_no_hub_at_all(hub: Hub, small: Small, tmp_path: Path) -> None:
    for name, environment, said in [
        ("a", {"HF_TOKEN": "hf_thisisnotatokenofanybody"}, "hf auth login"),
        ("b", {"HF_TOKEN": READ}, "token that may write"),
        ("c", {"HF_ENDPOINT": "http://127.0.0.1:9"}, "no answer"),
    ]:
        (tmp_path / name).mkdir()
        client = Client(hub, tmp_path / name, HF_HUB_DISABLE_XET="1", **environment)
        with pytest.raises(FailedCallError, match=said) as caught:
            client.publish(small(en=12))
        client.close()
        assert "hf_" not in str(caught.value)
    assert not hub.repos


# By Xet, units of 64 MB are sent; this notes each at once, not only after some seconds.
KILLED = [
    ("lfs-put", 3, {"HF_HUB_DISABLE_XET": "1"}),
    ("xorb", 1, {"HF_XET_DATA_SESSION_XORB_METADATA_FLUSH_MAX_COUNT": "1"}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("transport", "first", "settings"), KILLED, ids=["plain", "xet"])
def test_killed_while_it_sends_it_sends_only_the_rest(
    hub: Hub, small: Small, tmp_path: Path, transport: str, first: int, settings: dict[str, str]
) -> None:
    corpus = heavy(small(en=12), tmp_path / "news", shards=8, size=13_000_000 if transport == "xorb" else 100_000)
    environment = os.environ | publishing.environment_of(hub, tmp_path) | settings
    command = [sys.executable, "-m", "curator", "publish", str(corpus), REPO, "--tag", "v1"]
    arrived, killed = threading.Event(), threading.Event()

    def hold() -> None:
        arrived.set()
        killed.wait(60)

    hub.fail(transport, skip=first, call=hold, cut=True, times=20)
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    assert arrived.wait(60)
    time.sleep(0.5)  # what came through before is noted
    process.send_signal(signal.SIGKILL)
    process.communicate()
    killed.set()
    assert hub.repo("news").files.keys() == {".gitattributes"}
    hub.faults.clear()
    hub.forget_counts()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    one_release(hub, corpus)
    whole = sum(file.size for file in hub.repo("news").files.values() if file.lfs)
    assert 0.2 * whole < hub.sent[transport] < 0.8 * whole


def heavy(small: Path, folder: Path, *, shards: int, size: int) -> Path:
    """Make a corpus whose shards hold so many characters that do not compress."""
    dice = random.Random(folder.parent.name)
    texts = [base64.b64encode(dice.randbytes(size // 40)).decode() for _ in range(30 * shards)]
    documents = [{"id": str(n), "text": text, "language": "en"} for n, text in enumerate(texts)]
    return as_built(small, folder, [documents[n : n + 30] for n in range(0, len(documents), 30)])


def test_file_that_is_not_there_afterwards_is_said_and_not_tagged(plain: Client, hub: Hub, small: Small) -> None:
    plain.publish(small(en=12))
    repo = hub.repo("news")
    commit = repo.commit

    def forgetful(*arguments: Any, **options: Any) -> Any:
        oid, number = commit(*arguments, **options)
        del repo.commits[oid].tree["sample/train-00000-of-00001.parquet"]
        return oid, number

    repo.commit = forgetful  # type: ignore[method-assign]
    with pytest.raises(FailedCallError, match=r"something else than was sent: sample/train"):
        plain.publish(small(en=24), tag="v2")
    assert not repo.tags


def test_rows_that_are_others_afterwards_are_said_and_not_tagged(plain: Client, hub: Hub, small: Small) -> None:
    (mine,) = small(en=24).glob("data/en/*")
    (other,) = small(no=4).glob("data/no/*")
    sha256 = next(o["sha256"] for o in Manifest.read(small(en=24) / "manifest.json").outputs if o["rows"] == 24)

    def swap() -> None:
        hub.storage.blobs[sha256] = other.read_bytes()

    hub.fail("resolve", call=swap)
    with pytest.raises(FailedCallError, match=r"default reads other rows|reading default back"):
        plain.publish(small(en=24), tag="v1")
    assert mine.stat().st_size == hub.repo("news").files["data/en/train-00000-of-00001.parquet"].size
    assert not hub.repo("news").tags
