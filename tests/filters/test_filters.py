"""Document filters: each reason on a text that deserves it, and none on an ordinary article."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from curator.document import Cleaned, Metadata
from curator.errors import UsageError
from curator.filters import REASONS, filtered
from curator.filters.benchmarks import check
from curator.filters.settings import FilterSettings

ARTICLE = """Town repairs its old bridge

The council met on Monday evening and voted to repair the stone bridge before winter comes. Work is to begin in May.

“We have waited with this for thirty years,” said the mayor, who asked drivers to be patient until the autumn.

The bridge was built in 1894 and carries some four thousand cars every day. Engineers found cracks in two of its arches
last summer and closed it to lorries. Repairs will cost about two million, most of which the county pays."""

JAPANESE = """町が古い橋を修理へ

町議会は月曜日の夜に開かれ、冬が来る前に石の橋を修理することを決めた。工事は五月に始まる予定だ。

「三十年待った」と町長は話し、秋までの辛抱を運転者に求めた。橋は一八九四年に造られ、毎日四千台の車が通る。

昨年の夏、技術者が二つのアーチに亀裂を見つけ、大型車の通行を止めた。費用は約二億円で、大半を県が負担する。住民は歓迎している。"""


def cleaned(text: str = ARTICLE, language: str = "en", score: float = 1.0, **known: Any) -> Cleaned:
    from curator.document import Verdict

    return Cleaned(text, text, Metadata(**known), language, score, (), Verdict())


def reason(document: Cleaned, **settings: Any) -> str:
    verdict = filtered(document, FilterSettings.model_validate(settings)).verdict
    assert verdict.kept == (not verdict.reason)
    assert not verdict.reason or (verdict.reason in REASONS and verdict.detail)
    return verdict.reason


def test_without_settings_nothing_is_filtered() -> None:
    document = cleaned("x {{{ lorem ipsum", "xx", 0.0)
    assert filtered(document, FilterSettings()) is document


@pytest.mark.parametrize("preset", ["c4", "gopher", "fineweb"])
@pytest.mark.parametrize(("text", "language"), [(ARTICLE, "en"), (JAPANESE, "ja")])
def test_an_ordinary_article_passes_every_preset(preset: str, text: str, language: str) -> None:
    assert not reason(cleaned(text, language), presets=[preset])


KOREAN = """낡은 다리를 고치기로 한 마을

마을 의회는 월요일 저녁에 모여 겨울이 오기 전에 돌다리를 고치기로 뜻을 모았다. 공사는 오는 오월에 시작한다.

시장은 이 일을 서른 해 동안 기다려 왔다고 말하며 가을까지 운전자들이 조금만 참아 달라고 부탁했다.

다리는 천팔백구십사년에 놓였고 날마다 차 사천 대가 지나간다.
지난여름 기술자들이 아치 두 곳에서 금을 찾아내 큰 차를 막았다. 비용은 이백만쯤이다."""


@pytest.mark.parametrize("preset", ["c4", "gopher", "fineweb"])
def test_short_words_of_other_writings_are_no_fault(preset: str) -> None:
    assert not reason(cleaned(KOREAN, "ko"), presets=[preset], gopher={"min_words": 30})


@pytest.mark.parametrize(
    ("settings", "known", "expected"),
    [
        ({"languages": ["id", "ms"]}, {}, "filter-language"),
        ({"languages": ["en"]}, {}, ""),
        ({"min_language_score": 0.9}, {"score": 0.8}, "filter-language-score"),
        ({"min_words": 100}, {}, "filter-length"),
        ({"max_words": 50}, {}, "filter-length"),
        ({"max_characters": 100}, {}, "filter-length"),
        ({"min_words": 50, "max_words": 100}, {}, ""),
        ({"scripts": ["cyrillic", "han"]}, {}, "filter-script"),
        ({"scripts": ["latin"]}, {}, ""),
        ({"scripts": ["han", "kana"]}, {"text": JAPANESE}, ""),
        ({"blocked_sites": ["example.com"]}, {"site": "news.example.com"}, "filter-site"),
        ({"blocked_sites": ["example.com"]}, {"url": "https://notexample.com/x"}, ""),
        ({"blocked_sites": ["example.com"]}, {}, ""),
        ({"allowed_sites": ["example.com"]}, {"url": "https://www.example.com/x"}, ""),
        ({"allowed_sites": ["example.com"]}, {}, "filter-site"),
        ({"published_from": datetime.date(2024, 1, 1)}, {"date": "2023-12-31"}, "filter-date"),
        ({"published_from": datetime.date(2024, 1, 1)}, {"date": "2024-01-01"}, ""),
        ({"published_until": datetime.date(2024, 1, 1)}, {"date": "2024-01-02"}, "filter-date"),
        ({"published_until": datetime.date(2024, 1, 1)}, {}, ""),
        ({"published_until": datetime.date(2024, 1, 1), "undated": "reject"}, {}, "filter-date"),
    ],
)
def test_what_is_known_of_a_document(settings: dict[str, Any], known: dict[str, Any], expected: str) -> None:
    assert reason(cleaned(**known), **settings) == expected


LINE = "The mayor of this town said {} that the work on bridge {} is to begin in {} weeks with help of the county."
LONG = "\n\n".join(LINE.format(word, word * 2, word * 3) for word in "abcdefgh")


@pytest.mark.parametrize(
    ("preset", "text", "expected"),
    [
        ("gopher", "Too short to be of any use to them.", "gopher-words"),
        ("gopher", "be to of a I it on in at by " * 8, "gopher-word-length"),
        ("gopher", ARTICLE.replace("e ", "e # "), "gopher-symbols"),
        ("gopher", "\n".join(f"• {line}" for line in LONG.split("\n\n")), "gopher-bullets"),
        ("gopher", LONG.replace("county.", "county..."), "gopher-ellipses"),
        ("gopher", ARTICLE + " 1234567 7654321 2345678" * 30, "gopher-alphabetic"),
        ("gopher", " ".join(f"noun{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(80)), "gopher-stop-words"),
        ("gopher", "\n".join([*LONG.split("\n\n"), *LONG.split("\n\n")[:5]]), "repetition-lines"),
        ("gopher", ARTICLE + " the new stone bridge" * 25, "repetition-top"),
        ("gopher", " ".join([ARTICLE, ARTICLE]).replace("\n", " "), "repetition-sequences"),
        ("c4", ARTICLE + "\nLorem ipsum dolor sit amet.", "c4-lorem-ipsum"),
        ("c4", ARTICLE + "\nfunction() { return 1 }", "c4-curly-bracket"),
        ("c4", "One sentence of several words. And one more of them.\nNo end here", "c4-sentences"),
        ("fineweb", ARTICLE.replace(".", "").replace("”", ""), "c4-sentences"),
        ("fineweb", ARTICLE + "\n\nBridge closed" * 2, "fineweb-duplicate-lines"),
    ],
)
def test_rules_of_published_corpora(preset: str, text: str, expected: str) -> None:
    assert reason(cleaned(text), presets=[preset]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n".join(f"Some words of line {n} without an end" for n in range(40)), "fineweb-punctuation"),
        ("\n".join([*(f"Row {n} here." for n in range(40)), ARTICLE]), "fineweb-short-lines"),
        (
            "\n".join(f"Donaudampfschifffahrtsgesellschaft{n} Kapitänsmützenfabrik{n}." for n in range(40)),
            "fineweb-list",
        ),
    ],
)
def test_rules_of_fineweb_alone(text: str, expected: str) -> None:
    from curator.filters.fineweb import judge
    from curator.filters.seen import Seen
    from curator.filters.settings import FineWebSettings

    assert next(iter(judge(Seen(cleaned(text)), FineWebSettings()))).reason == expected


def test_thresholds_can_be_set() -> None:
    text = "One sentence of several words. And one more of them."
    assert reason(cleaned(text), presets=["c4"]) == "c4-sentences"
    assert not reason(cleaned(text), presets=["c4"], c4={"min_sentences": 2})


def test_a_document_that_shares_words_with_a_benchmark_is_left_out_and_the_match_named(tmp_path: Path) -> None:
    question = "Engineers found cracks in two of its arches last summer and closed it to lorries, true or false"
    path = tmp_path / "bench.jsonl"
    rows = [{"question": "Short."}, {"choices": ["a", question], "answer": 1}]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    settings = FilterSettings(benchmarks=(str(path),))
    verdict = filtered(cleaned(), settings).verdict
    assert (verdict.kept, verdict.reason) == (False, "filter-benchmark")
    assert verdict.detail.startswith(
        "13 words of bench.jsonl:2: “engineers found cracks in two of its arches last summer"
    )
    assert filtered(cleaned(ARTICLE.replace("last summer", "this summer")), settings).verdict.kept
    assert filtered(cleaned(LONG), settings).verdict.kept


def test_a_short_benchmark_text_must_be_there_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "bench.txt"
    path.write_text("The bridge was built in 1894 and carries some\nToo short\n", encoding="utf-8")
    assert reason(cleaned(), benchmarks=[str(path)]) == "filter-benchmark"
    assert not reason(cleaned(ARTICLE.replace("1894", "1895")), benchmarks=[str(path)])


def test_benchmarks_of_scripts_without_spaces(tmp_path: Path) -> None:
    path = tmp_path / "bench.txt"
    path.write_text("昨年の夏、技術者が二つのアーチに亀裂を見つけた", encoding="utf-8")
    assert reason(cleaned(JAPANESE, "ja"), benchmarks=[str(path)]) == "filter-benchmark"


@pytest.mark.parametrize("content", [None, "short\n", '{"broken'])
def test_benchmarks_that_cannot_be_used_are_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "bench.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"filters\.benchmarks") as caught:
        check(FilterSettings(benchmarks=(str(path),)))
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"min_words": 9, "max_words": 3}, "min_words = 9 is more than max_words = 3"),
        ({"published_from": "2024-02-01", "published_until": "2024-01-01"}, "is after"),
        ({"allowed_sites": ["a.example"], "blocked_sites": ["a.example"]}, "in allowed_sites and in blocked_sites"),
        ({"undated": "reject"}, "without published_from"),
        ({"scripts": ["klingon"]}, "unknown script 'klingon'; known: arabic"),
    ],
)
def test_contradictions_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FilterSettings.model_validate(settings)
