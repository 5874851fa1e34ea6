"""The card: counted figures in marked blocks, a person's words around them, YAML that readers and the Hub take."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import publishing
import pytest
import yaml
from hub_repo import Commit, Repo, _regular
from huggingface_hub import DatasetCard
from publishing import REPO, Client, FailedCallError, built, rows

from curator.corpus import BuildResult
from curator.errors import InputError
from curator.manifest import Manifest
from curator.publish.blocks import add_sections, merge_body
from curator.publish.card import card
from curator.publish.facts import Facts, measure
from curator.publish.forget import forget
from curator.publish.frontmatter import front_matter, read_card
from curator.tombstones import Tombstones

if TYPE_CHECKING:
    from hub import Hub

hub, plain, small = publishing.hub, publishing.plain, publishing.small
Small = Callable[..., Path]
# https://github.com/huggingface/hub-docs/blob/main/datasetcard.md
OPTIONS = {
    "annotations_creators": {
        "crowdsourced",
        "found",
        "expert-generated",
        "machine-generated",
        "no-annotation",
        "other",
    },
    "language_creators": {"crowdsourced", "found", "expert-generated", "machine-generated", "other"},
    "multilinguality": {"monolingual", "multilingual", "translation", "other"},
    "source_datasets": {"original", "extended"},
    "task_categories": {"text-generation", "text-classification"},
    "size_categories": {"n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B", "n>1T"},
}


def written(folder: Path) -> str:
    return (folder / "README.md").read_text(encoding="utf-8")


def edited(repo: Repo, change: Callable[[str], str]) -> None:
    """Commit a person's edit of the card."""
    text = change(repo.read("README.md").decode())
    tree = repo.files | {"README.md": _regular(text.encode())}
    repo.branches["main"] = repo.add(Commit(tree, repo.head, "edit"))


def check_metadata(text: str) -> dict[str, Any]:
    """Check front matter by what the Hub documents; return it as every YAML 1.1 reader has it."""
    data = DatasetCard(text).data.to_dict()
    assert data == yaml.safe_load(text.split("---\n")[1])
    assert all(isinstance(code, str) and re.fullmatch("[a-z]{2,3}", code) for code in data["language"])
    for key, options in OPTIONS.items():
        assert set(data[key]) <= options, key
    assert isinstance(data["license"], str)
    assert (data["license"] == "other") == ("license_name" in data)
    assert isinstance(data["pretty_name"], str)
    names = [config["config_name"] for config in data["configs"]]
    assert len(set(names)) == len(names)
    assert names[0] == "default"
    assert {info["config_name"] for info in data["dataset_info"]} <= set(names)
    return data


def test_front_matter_is_what_the_hub_takes(corpus: BuildResult) -> None:
    data = check_metadata(written(corpus.out))
    assert "no" in data["language"]
    assert "und" not in data["language"]
    assert {"und", "no", "removals", "clusters"} <= {config["config_name"] for config in data["configs"]}
    rows_of = {info["config_name"]: info["splits"][0]["num_examples"] for info in data["dataset_info"]}
    assert rows_of["default"] == corpus.funnel.written
    assert {code: rows_of[code] for code in corpus.funnel.languages} == corpus.funnel.languages


def test_figures_are_those_of_the_manifest(corpus: BuildResult) -> None:
    text, funnel = written(corpus.out), corpus.funnel
    assert f"{funnel.written:,} cleaned and deduplicated articles" in text
    assert f"Rules took {funnel.removals:,} spans" in text
    assert f"| duplicates dropped | {sum(funnel.dropped.values()):,} | contained 1, exact 1, near 4 |" in text
    for code, count in funnel.languages.items():
        assert re.search(rf"^\| `{code}` \| {count:,} \|", text, re.MULTILINE)
    total = sum(rule.spans for rule in measure(corpus.out, [o["path"] for o in corpus.manifest.outputs]).rules)
    assert total == funnel.removals + funnel.pruned
    assert "Not recorded in the inputs: TDM reservation" in text


def test_examples_are_lines_of_several_documents(tmp_path: Path) -> None:
    records = rows(0, 20)
    for record in records:
        record["text"] += "\n\nRead more: the harbour\n\nAdvertisement"
    records[0]["text"] += "\n\nRead more: the secret of Jo Bloggs"
    text = written(built(tmp_path, records))
    assert "`Advertisement`" in text
    assert "Jo Bloggs" not in text


def test_rights_that_rows_declare_are_counted(tmp_path: Path) -> None:
    records = rows(0, 12)
    for n, record in enumerate(records):
        record |= {"license": "cc-by-4.0"} if n % 3 else {"tdm_reservation": 1}
    text = written(built(tmp_path, records))
    assert "| `cc-by-4.0` | 8 |\n| not said | 4 |" in text
    assert "| tdm_reservation | articles |\n| --- | ---: |\n| not said | 8 |\n| `1` | 4 |" in text
    assert "Not recorded in the inputs: robots" in text
    data = check_metadata(text)
    assert (data["license"], data["license_name"]) == ("other", "per-document")


def test_card_is_the_same_twice_and_after_itself(corpus: BuildResult) -> None:
    facts = measure(corpus.out, [output["path"] for output in corpus.manifest.outputs])
    first = card("out", corpus.manifest, facts)
    assert first == card("out", corpus.manifest, facts) == written(corpus.out)
    assert card("another", corpus.manifest, facts, previous=read_card(first)) == first


def test_what_a_person_wrote_on_the_hub_is_kept_by_the_next_release(plain: Client, hub: Hub, small: Small) -> None:
    plain.publish(small(en=12, no=4), tag="v1")
    repo = hub.repo("news")
    nordic = "- config_name: nordic\n  default: true\n  data_files:\n  - split: train\n    path: data/no/*.parquet\n"

    def change(text: str) -> str:
        text = text.replace("license: unknown", "license: cc-by-4.0").replace("configs:\n", f"configs:\n{nordic}")
        text = text.replace("pretty_name: news", "pretty_name: Harbour News\nextra_gated_prompt: Be kind.")
        text = text.replace("- 'no'", "- no").replace("\ntags:\n", "\ntags:\n- harbour\n")
        text = text.replace(
            "\n<!-- curator: limits -->", "\n## Thanks\n\nTo the crane drivers.\n\n<!-- curator: limits -->"
        )
        return text.replace("\n", "\r\n") + "\r\n## Contact\r\n\r\ndesk@news.example\r\n"

    edited(repo, change)
    plain.publish(small(en=24, no=4), tag="v2")
    text = repo.read("README.md").decode()
    data = check_metadata(text)
    assert (data["license"], data["pretty_name"], data["extra_gated_prompt"]) == (
        "cc-by-4.0",
        "Harbour News",
        "Be kind.",
    )
    assert (data["language"], data["tags"]) == (["en", "no"], ["harbour", "news", "article-curator"])
    assert "28 cleaned and deduplicated articles" in text
    assert "16 cleaned" not in text
    assert (
        text.index("## Duplicates") < text.index("## Thanks\n\nTo the crane drivers.") < text.index("## Known limits")
    )
    assert text.endswith("## Contact\n\ndesk@news.example\n")
    assert len(plain("load", repo=REPO, config="nordic")) == 4
    assert len(plain("load", repo=REPO)) == 28
    again = plain.publish(small(en=24, no=4), tag="v2")
    assert (again["added"], hub.asked["commit"]) == ([], 0)


def test_config_of_a_person_goes_when_its_files_are_gone(plain: Client, hub: Hub, small: Small) -> None:
    plain.publish(small(en=12, no=4))
    both = "- config_name: both\n  data_files: ['data/no/*.parquet', 'data/en/*.parquet']\n"
    edited(hub.repo("news"), lambda text: text.replace("configs:\n", f"configs:\n{both}"))
    plain.publish(small(en=24))
    names = [config["config_name"] for config in check_metadata(hub.repo("news").read("README.md").decode())["configs"]]
    assert names == ["default", "en", "sample"]


def test_what_a_person_wrote_into_the_build_is_published(plain: Client, hub: Hub, small: Small, tmp_path: Path) -> None:
    plain.publish(small(en=12))
    edited(hub.repo("news"), lambda text: f"{text}\n## Contact\n\nold@news.example\n\n## Thanks\n\nTo all.\n")
    shutil.copytree(small(en=12), tmp_path / "news")
    mine = written(small(en=12)).replace("license: unknown", "license: cc0-1.0")
    (tmp_path / "news" / "README.md").write_text(f"{mine}\n## Contact\n\nnew@news.example\n", encoding="utf-8")
    done = plain.publish(tmp_path / "news")
    text = hub.repo("news").read("README.md").decode()
    assert done["added"] == ["README.md"]
    assert text.endswith("## Contact\n\nnew@news.example\n\n## Thanks\n\nTo all.\n")
    assert check_metadata(text)["license"] == "cc0-1.0"


def test_front_matter_that_cannot_be_read_is_said_and_nothing_is_sent(plain: Client, hub: Hub, small: Small) -> None:
    plain.publish(small(en=12))
    edited(hub.repo("news"), lambda text: text.replace("license: unknown", "license: [unknown"))
    with pytest.raises(FailedCallError, match=r"README\.md of the repository: its front matter is no YAML") as caught:
        plain.publish(small(en=24))
    assert caught.value.code == 3
    assert not {"commit", "preupload", "lfs-put"} & set(hub.asked)


def test_card_somebody_wrote_before_the_first_release_stays(plain: Client, hub: Hub, small: Small) -> None:
    mine = "---\nlicense: cc-by-4.0\n---\n\n# Harbour\n\nMy own words.\n\n## Citation\n\nCite me.\n"
    hub.repos[REPO] = Repo(hub.storage)
    edited_file = _regular(mine.encode())
    repo = hub.repo("news")
    repo.branches["main"] = repo.add(Commit(repo.files | {"README.md": edited_file}, repo.head, "card"))
    plain.publish(small(en=12))
    text = repo.read("README.md").decode()
    assert read_card(text).body.startswith("# Harbour\n\nMy own words.\n\n## Citation\n\nCite me.\n")
    assert text.count("## Citation") == 1
    assert "## Known limits" in text
    assert check_metadata(text)["license"] == "cc-by-4.0"


def test_forgetting_keeps_what_a_person_wrote(small: Small, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    shutil.copytree(small(en=12, no=4), folder)
    with (folder / "README.md").open("a", encoding="utf-8") as stream:
        stream.write("\n## Contact\n\ndesk@news.example\n")
    forget(folder, Tombstones.of(ids=[f"no{n:05d}" for n in range(4)]))
    text = written(folder)
    assert text.endswith("## Contact\n\ndesk@news.example\n")
    assert "12 cleaned and deduplicated articles" in text
    assert [config["config_name"] for config in check_metadata(text)["configs"]][:2] == ["default", "en"]
    assert "no" not in check_metadata(text)["language"]


def test_heading_a_person_took_over_is_theirs_and_code_is_no_heading() -> None:
    blocks = {"limits": "## Known limits\n\nours\n", "citation": "## Citation\n\nours\n"}
    body = "## Known limits\n\nmine\n\n```sh\n# Citation\n```\n"
    merged = merge_body(blocks, body)
    assert merged == f"{body}\n<!-- curator: citation -->\n## Citation\n\nours\n<!-- curator: end -->\n"
    assert merge_body(blocks, merged) == merged


def test_new_block_comes_after_its_neighbour_and_old_one_goes() -> None:
    old = merge_body({"a": "## A\n", "gone": "## G\n", "c": "## C\n"}, "")
    new = merge_body({"a": "## A2\n", "b": "## B\n", "c": "## C2\n"}, f"Hello.\n\n{old}")
    assert re.findall(r"Hello|## \w+", new) == ["Hello", "## A2", "## B", "## C2"]


def test_sections_are_added_once() -> None:
    body = merge_body({"a": "## A\n"}, "") + "\n## Mine\n\nold\n\n## Other\n\nstays\n"
    once = add_sections(body, "## Mine\n\nnew\n")
    assert once.endswith("## Mine\n\nnew\n\n## Other\n\nstays\n")
    assert add_sections(once, "## Mine\n\nnew\n") == once


def test_names_from_pages_break_neither_tables_nor_blocks(tmp_path: Path) -> None:
    records = rows(0, 12)
    nasty = "A|B `x` <!-- curator: end --> <script>alert(1)</script>\nC"
    for record in records:
        record |= {"site": nasty, "license": nasty}
    folder = built(tmp_path, records)
    text = written(folder)
    assert "<!-- curator: end --> <script>" not in text
    manifest = Manifest.read(folder / "manifest.json")
    facts = measure(folder, [output["path"] for output in manifest.outputs])
    assert card("news", manifest, facts, previous=read_card(text)) == text
    check_metadata(text)


@pytest.mark.parametrize(
    ("said", "language"),
    [("language: no", "no"), ("language: [no, en]", ["no", "en"]), ("x: yes", None), ("viewer: false", None)],
)
def test_words_that_yaml_takes_for_truth_values_are_words(said: str, language: Any) -> None:
    front = read_card(f"---\n{said}\n---\n\nbody\n").front
    assert front.get("language") == language
    assert front.get("x") in (None, "yes")
    assert front.get("viewer") in (None, False)


@pytest.mark.parametrize("text", ["---\n- a\n---\n", "---\na: [\n---\n", "---\na: b: c\n---\n"])
def test_broken_front_matter_is_an_error_with_its_place(text: str) -> None:
    with pytest.raises(InputError, match=r"x/README\.md.*\n.*try: "):
        read_card(text, "x/README.md")


def test_corpus_without_a_document_has_a_card_without_configs() -> None:
    assert {"configs", "dataset_info"}.isdisjoint(front_matter("x", Facts(), {"configs": [{"config_name": "en"}]}))
