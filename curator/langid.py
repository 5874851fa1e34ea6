"""langdetect's answer at a fifth of its cost.

langdetect draws n-grams of a text at random and multiplies their probabilities into those of 55 languages, one number
at a time: that was over half of what cleaning a main text cost. Here its n-grams, draws and products are the same, on
rows of a matrix; what it divides by at every look is divided by at the last one, which moves the fifteenth digit.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from curator.draws import Draws

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Profiles", "load_profiles"]

# langdetect's own constants: trials, products between two looks at the sum, and when a trial ends.
_TRIALS, _STEP, _MOST_DRAWS = 7, 5, 1000
_CONVERGED = 0.99999
_ALPHA, _ALPHA_WIDTH, _BASE_FREQUENCY = 0.5, 0.05, 10_000
_LONGEST = 3
_BATCH = 50  # products at a time: most trials take fewer; of twice as many the last ones would be too small for a float
# Words remembered with their n-grams; a corpus in one language repeats nine words of ten.
_WORDS = 50_000

_LATIN = re.compile("[A-z]")
_NOT_LATIN = re.compile("[\u0300-\u1dff\u1f00-\U0010ffff]")
_SPACES = re.compile(" {2,}")


class _Normal(dict[int, str]):
    """Every character as langdetect's n-grams have it, found out when it is first seen."""

    def __missing__(self, code: int) -> str:
        from langdetect.utils.ngram import NGram

        self[code] = str(NGram.normalize(chr(code)))
        return self[code]


class Profiles:
    """langdetect's profiles: for each n-gram a row of its probability in every language (40 MB)."""

    def __init__(self, languages: list[str], numbers: dict[str, int], rows: NDArray[np.float64]) -> None:
        self.languages = languages
        self._numbers = numbers
        self._rows = rows
        self._normal = _Normal()
        self._grams_of_word = functools.lru_cache(maxsize=_WORDS)(self._find_grams)

    def probabilities(self, text: str) -> list[float] | None:
        """Return the probability of each language, 0..1, or None where no n-gram of the text has a profile.

        Of a text over 10,000 characters langdetect would see the beginning only.

        Source: Shuyo's language-detection as ported in langdetect 1.0.9, `Detector.get_probabilities` with seed 0.
        """
        grams = np.array(self._grams(_letters(text)), np.intp)
        if not len(grams):
            return None
        draws, total = Draws(len(grams)), np.zeros(len(self.languages))
        for _ in range(_TRIALS):
            weight = (_ALPHA + draws.gauss() * _ALPHA_WIDTH) / _BASE_FREQUENCY
            total += self._trial(grams, draws, weight)
        likely: list[float] = (total / _TRIALS).tolist()
        return likely

    def _trial(self, grams: NDArray[np.intp], draws: Draws, weight: float) -> NDArray[np.float64]:
        """Multiply the probabilities of n-grams drawn until one language stands out; return those of the languages."""
        likely: NDArray[np.float64] = np.full(len(self.languages), 1 / len(self.languages))
        drawn = 0
        while True:
            # The sum is looked at after the first product, then after every fifth.
            ahead, first = (_BATCH, _STEP - 1) if drawn else (_BATCH + 1, 0)
            products = self._rows.take(grams[draws.ahead(ahead)], axis=0)
            products += weight
            products[0] *= likely
            np.multiply.accumulate(products, axis=0, out=products)
            looked_at: NDArray[np.float64] = products[first::_STEP]
            # In order: how numpy's sum adds depends on the processor.
            sums: NDArray[np.float64] = np.add.accumulate(looked_at, axis=1)[:, -1]
            sure = looked_at.max(axis=1) > _CONVERGED * sums
            end = int(sure.argmax()) if sure.any() else len(sure) - 1
            draws.take(first + end * _STEP + 1)
            drawn += first + end * _STEP + 1
            likely = looked_at[end] / sums[end]
            if sure[end] or drawn > _MOST_DRAWS:
                return likely

    def _grams(self, text: str) -> list[int]:
        """Return the numbers of the text's n-grams, in its order."""
        words = text.translate(self._normal).split(" ")
        grams: list[int] = []
        for word in words[:-1]:
            if word:
                grams += self._grams_of_word(word, " ")
        grams += self._grams_of_word(words[-1], "")  # nothing ends the last word
        return grams

    def _find_grams(self, word: str, end: str) -> list[int]:
        """Return the n-grams that end at each character of a word and at the space after it."""
        number, grams = self._numbers.get, []
        spaced = f" {word}{end}"
        for at in range(1, len(spaced)):
            if spaced[at].isupper() and spaced[at - 1].isupper():
                continue  # an acronym is of no language
            for length in range(1, min(at + 1, _LONGEST) + 1):
                gram = spaced[at + 1 - length : at + 1]
                if gram != " " and (row := number(gram)) is not None:
                    grams.append(row)
        return grams


def _letters(text: str) -> str:
    """Return the text without addresses, and without Latin letters where they are the minority."""
    from langdetect.detector import Detector
    from langdetect.utils.ngram import NGram

    text = Detector.URL_RE.sub(" ", text)
    if "@" in text:
        text = Detector.MAIL_RE.sub(" ", text)
    text = _SPACES.sub(" ", NGram.normalize_vi(text))
    others = len(_NOT_LATIN.findall(text))
    if others and len(_LATIN.findall(text)) * 2 < others:
        text = _LATIN.sub("", text)
    return text


@functools.cache
def load_profiles() -> Profiles:
    """Return the profiles that langdetect brings along, once for the process: nothing changes them."""
    from langdetect.detector_factory import PROFILES_DIRECTORY

    # By name, not in directory order, which differs between file systems.
    paths = sorted(path for path in Path(PROFILES_DIRECTORY).iterdir() if not path.name.startswith("."))
    profiles: list[dict[str, Any]] = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    numbers: dict[str, int] = {}
    for profile in profiles:
        for gram in profile["freq"]:
            numbers.setdefault(gram, len(numbers))
    rows = np.zeros((len(numbers), len(profiles)))
    for column, profile in enumerate(profiles):
        grams: dict[str, int] = profile["freq"]
        shares = [times / profile["n_words"][len(gram) - 1] for gram, times in grams.items()]
        rows[[numbers[gram] for gram in grams], column] = shares
    return Profiles([profile["name"] for profile in profiles], numbers, rows)
