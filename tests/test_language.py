"""Language identification: langdetect's own answers, repeatable, abstaining."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from curator.draws import Draws
from curator.langid import load_profiles
from curator.language import detect_language, understood_by

DATA = Path(__file__).resolve().parent.parent / "data"


@pytest.fixture(scope="module")
def langdetect() -> DetectorFactory:
    factory = DetectorFactory()
    paths = sorted(path for path in Path(PROFILES_DIRECTORY).iterdir() if not path.name.startswith("."))
    factory.load_json_profile([path.read_text(encoding="utf-8") for path in paths])
    factory.set_seed(0)
    return factory


def _asked(factory: DetectorFactory, text: str) -> list[float] | None:
    """Return langdetect's own probability of each language."""
    detector = factory.create()
    detector.append(text)
    try:
        detector.get_probabilities()
    except LangDetectException:
        return None
    likely: list[float] = detector.langprob
    return likely


def test_draws_are_those_of_random() -> None:
    for many in (1, 2, 3, 800, 1_024, 2_500):
        draws, random_ = Draws(many), random.Random(0)
        for count in (1, 50, 7, 900, 3_000):  # past what is read at first
            assert draws.gauss() == random_.gauss(0.0, 1.0)
            chosen = draws.ahead(count + 30)[:count].tolist()  # more is looked at than taken
            draws.take(count)
            assert chosen == [random_.choice(range(many)) for _ in range(count)], (many, count)


def test_probabilities_are_langdetects(langdetect: DetectorFactory) -> None:
    odd = [
        "",
        "a",
        "NATO EU ÖPNV Brücke",
        "Mail me@example.org or  see https://example.org/a?b=c  now",
        "ሰኞ ምሽት",
        "\u0627\u06cc",
    ]
    odd += [
        "Tiếng Viê\u0323t",
        "ＮＨＫ ニュース 東京 tokyo",
        "Știri și țări",
        "привет world мир",
        "한국어 뉴스",
        "x" * 2_000,
    ]
    articles = [path.read_text(encoding="utf-8")[:1_000] for path in sorted((DATA / "articles").glob("*/*.txt"))]
    assert len(articles) > 100
    profiles = load_profiles()
    assert profiles.languages == langdetect.langlist
    for text in odd + articles:
        asked, found = _asked(langdetect, text), profiles.probabilities(text)
        if asked is None:
            assert found is None, text
        else:
            assert found == pytest.approx(asked, rel=0, abs=1e-12), text


def test_language_abstains_and_repeats_itself() -> None:
    german = "Der Stadtrat hat am Montagabend beschlossen, die alte Brücke noch vor dem Winter zu sanieren."
    assert [detect_language(german) for _ in range(5)] == [detect_language(german)] * 5
    assert detect_language(german)[0] == "de"
    for text in ("", "123 456", "404", "የከተማው ምክር ቤት ሰኞ ምሽት ተሰብስቦ ድልድዩን ለመጠገን ወሰነ"):
        assert detect_language(text) == ("und", 0.0)


def test_language_is_found_behind_a_foreign_head() -> None:
    head = "Sign up for our newsletter and never miss a story. Accept all cookies to continue reading. " * 5
    body = "Der Stadtrat hat am Montagabend beschlossen, die alte Brücke noch vor dem Winter zu sanieren. " * 20
    assert detect_language(head + body)[0] == "de"


def test_traditional_chinese_is_not_korean() -> None:
    text = (DATA / "articles" / "zh").glob("*.txt")
    assert {detect_language(path.read_text(encoding="utf-8"))[0] for path in text} == {"zh"}


def test_languages_the_detector_cannot_tell_apart_share_rules() -> None:
    assert understood_by("hr", "sr")
    assert not understood_by("de", "sr")
