"""Language identification that repeats itself and abstains.

langdetect draws random numbers; here it always draws the same, so the answer for a text depends on the text alone.
"""

from __future__ import annotations

import itertools
import re

__all__ = ["UNDETERMINED", "detect_language", "primary_subtag", "understood_by"]

UNDETERMINED = "und"

# Four windows of 250 characters spread over the text find the language of 97.6 % of articles that start with foreign
# boilerplate; the first 1,000 characters alone 89.0 %.
_WINDOWS, _WINDOW = 4, 250
# Below this many letters langdetect returns confident nonsense ("a" is Tagalog at .99999).
_MIN_LETTERS = 20
# Probabilities come in multiples of 1/7 (seven trials): below five of seven the trials disagreed.
_MIN_SCORE = 0.7

_HANGUL = re.compile("[\uac00-\ud7a3]")
# Codes under which langdetect files a language it has no profile for; a rule of one is not ruled out by another.
_CONFUSABLE = (
    frozenset({"id", "ms", "jv", "su"}),
    frozenset({"hr", "sr", "bs", "sl", "mk"}),
    frozenset({"no", "nb", "nn", "da"}),
    frozenset({"cs", "sk"}),
    frozenset({"bg", "mk"}),
    frozenset({"fa", "ur"}),
    frozenset({"hi", "mr", "ne"}),
)


def detect_language(text: str) -> tuple[str, float]:
    """Return (primary language subtag, probability 0..1), or ("und", 0.0) where the text does not tell.

    langdetect's profiles (40 MB, 0.3 s) are loaded on first use.
    Source: Shuyo's language-detection, Python port langdetect 1.0.9, on four windows spread over the text.
    """
    from curator.langid import load_profiles  # brings numpy along

    sample = _sample(text)
    if len(list(itertools.islice(filter(str.isalpha, sample), _MIN_LETTERS))) < _MIN_LETTERS:
        return UNDETERMINED, 0.0
    profiles = load_profiles()
    likely = profiles.probabilities(sample)
    if likely is None:  # a script without a profile, e.g. Ethiopic
        return UNDETERMINED, 0.0
    score = max(likely)
    if score < _MIN_SCORE:
        return UNDETERMINED, 0.0
    language = primary_subtag(profiles.languages[likely.index(score)])
    if language == "ko" and not _HANGUL.search(sample):
        language = "zh"  # the Korean profile knows Chinese characters: Traditional Chinese lands there
    return language, min(1.0, round(score, 4))


def _sample(text: str) -> str:
    """Return at most four windows of the text, evenly spread, joined by line breaks."""
    if len(text) <= _WINDOWS * _WINDOW:
        return text
    step = (len(text) - _WINDOW) // (_WINDOWS - 1)
    return "\n".join(text[i * step : i * step + _WINDOW] for i in range(_WINDOWS))


def primary_subtag(tag: str | None) -> str:
    """Return the language of a BCP 47 tag in lower case, "und" for none.

    >>> primary_subtag("pt-BR"), primary_subtag("zh_Hant"), primary_subtag("")
    ('pt', 'zh', 'und')
    """
    return (tag or "").replace("_", "-").split("-")[0].strip().lower() or UNDETERMINED


def understood_by(language: str, wanted: str) -> bool:
    """Tell whether rules written for `wanted` may be used on a text found to be in `language`.

    True where the language is unknown, the same, or one the detector does not tell apart.

    >>> understood_by("id", "ms"), understood_by("und", "ms"), understood_by("en", "ms")
    (True, True, False)
    """
    if language in (wanted, UNDETERMINED):
        return True
    return any(language in group and wanted in group for group in _CONFUSABLE)
