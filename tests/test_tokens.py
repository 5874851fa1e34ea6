"""Token counts: a column, a sum in the card, and a build of its own for each tokenizer."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from curator.corpus import build
from curator.errors import OutputError, UsageError
from curator.settings import Settings

TOWN = "The council of town {0} met to speak about bridge {1} and voted on road {2}. "
TEXTS = [TOWN.format(n, n * 7, n + 90) * 2 + " ".join(f"w{n}x{k}" for k in range(20 + n)) for n in range(3)]


def tokenizer(path: Path, known: int = 1) -> str:
    """Write a tokenizer for which every word is a token, and adds a special one that is not to be counted."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    made = Tokenizer(models.WordLevel({"[U]": 0, "[CLS]": known}, unk_token="[U]"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.post_processor = processors.TemplateProcessing(single="[CLS] $A", special_tokens=[("[CLS]", known)])
    made.enable_truncation(5)
    made.save(str(path))
    return str(path)


def wished(path: str) -> Settings:
    return Settings.model_validate({"tokens": {"tokenizer": path}})


def rows(out: Path) -> list[dict[str, object]]:
    return [row for file in sorted(out.glob("data/**/*.parquet")) for row in pq.read_table(file).to_pylist()]


def test_tokens_are_counted_in_the_cleaned_text_and_summed_in_the_card(tmp_path: Path) -> None:
    pytest.importorskip("tokenizers", reason="pip install 'article-curator[tokens]'")
    lines = [{"id": f"d{n}", "text": f"Advertisement\n\n{text}", "tokens": n} for n, text in enumerate(TEXTS)]
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    settings = wished(tokenizer(tmp_path / "tokenizer.json"))
    result = build([source], tmp_path / "out", settings, workers=1)
    found = rows(result.out)
    assert [row["tokens"] for row in found] == [len(text.split()) for text in TEXTS]
    assert [row["input_tokens"] for row in found] == [0, 1, 2]
    total = sum(len(text.split()) for text in TEXTS)
    assert f" characters, {total:,} tokens, in" in (result.out / "README.md").read_text(encoding="utf-8")
    tokenizer(tmp_path / "tokenizer.json", known=2)
    with pytest.raises(OutputError, match="tokenizer"):
        build([source], tmp_path / "out", settings, workers=1)


def test_what_is_no_tokenizer_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    pytest.importorskip("tokenizers", reason="pip install 'article-curator[tokens]'")
    (tmp_path / "in.txt").write_text(TEXTS[0], encoding="utf-8")
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    for name in ("bad.json", "absent.json"):
        with pytest.raises(UsageError, match="no tokenizer"):
            build([tmp_path / "in.txt"], tmp_path / "out", wished(str(tmp_path / name)))
    assert not (tmp_path / "out").exists()
