"""Names of authors and agencies as pages print them, to one name each."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

__all__ = ["agency_among", "people"]

_BY = re.compile(
    r"^(?:view all posts by|view profile|read more about|more by|articles by|written by|reported by|story by|posted by|words by|text by|by|von|par|por|di|da|door|av|af|oleh|penulis|"
    r"autor(?:a|in|es)?|authors?|authored by|veröffentlicht von|publié par|redatto da|text|texte|texto|de notre correspondante?)\b(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?:\([^()]*\)?|\b(?:last |zuletzt )?(?:updated|modified|published|posted|aktualisiert|reviewed)\b.*|"
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d.*)$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s*(?:;|\||•|·|\n|/(?!/)|,|，|、| & | and | und | et | y | e | och | og | dan | i |\s-\s|\s–\s)\s*"
)
_ADDRESS = re.compile(r"https?:|www\.|@\w+\.\w")
_NO_NAME = re.compile(
    r"@|^\W*$|^\d|\d{4}|facebook|^(?:admin|editor|staff|user|guest|anonymous|"
    r"unknown|none|null|undefined|redaktion|redaksi|redaction|newsroom|webmaster|author|published|posted|updated)$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^(?:contributor|correspondent|reporter|editor|writer|staff writer|senior writer|journalist|managing editor|ph\.?d|"
    r"m\.?d|jr|sr|esq|mba|rn|.{0,30}\b(?:editor|writer|reporter|correspondent|editor-in-chief|redakteur(?:in)?))\.?$",
    re.IGNORECASE,
)
_AGENCIES = {
    "reuters": "Reuters", "thomson reuters": "Reuters", "afp": "AFP", "agence france-presse": "AFP", "ap": "AP",
    "associated press": "AP", "the associated press": "AP", "dpa": "dpa", "apa": "APA", "efe": "EFE", "agencia efe": "EFE",
    "ansa": "ANSA", "xinhua": "Xinhua", "antara": "Antara", "bernama": "Bernama", "kyodo": "Kyodo", "kyodo news": "Kyodo",
    "yonhap": "Yonhap", "yonhap news": "Yonhap", "tass": "TASS", "pti": "PTI", "press trust of india": "PTI", "ani": "ANI",
    "ians": "IANS", "pap": "PAP", "belga": "Belga", "anp": "ANP", "sda": "SDA", "keystone-sda": "SDA", "ntb": "NTB",
    "ritzau": "Ritzau", "lusa": "Lusa", "europa press": "Europa Press", "upi": "UPI", "pa media": "PA", "cp": "CP",
    "the canadian press": "CP", "canadian press": "CP", "aap": "AAP", "interfax": "Interfax", "bloomberg": "Bloomberg",
    "時事通信": "Jiji", "共同通信": "Kyodo", "新华社": "Xinhua", "新華社": "Xinhua", "연합뉴스": "Yonhap", "sid": "SID",
}  # fmt: skip
_LONGEST = 60


def people(raw: Iterable[str]) -> tuple[str, ...]:
    """Return the names in printed credits, each once, without "By", roles and addresses.

    >>> people(["By Ana Lima and Jo Berg, Senior Editor", "https://example.org/ana"])
    ('Ana Lima', 'Jo Berg')
    """
    found: dict[str, str] = {}
    for credit in raw:
        if _ADDRESS.search(credit):
            continue
        for part in _BETWEEN.split(_BY.sub("", html.unescape(credit).strip())):
            name = " ".join(_AFTER.sub("", _BY.sub("", part)).split()).strip(" .:-–—|*()")
            plain = name.casefold()
            if 1 < len(name) <= _LONGEST and not _NO_NAME.search(name) and not _ROLE.match(name):
                found.setdefault(plain, _cased(name))
    return tuple(found.values())


def _cased(name: str) -> str:
    return name.title() if name.isupper() and " " in name else name


def agency_among(names: Iterable[str]) -> str | None:
    """Return the news agency among names, or None.

    >>> agency_among(["Jo Berg", "The Associated Press"])
    'AP'
    """
    return next((_AGENCIES[name.casefold()] for name in names if name.casefold() in _AGENCIES), None)
