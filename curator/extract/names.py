"""Names of authors and agencies as pages print them, to one name each."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

__all__ = ["agency_among", "people"]

_BY = re.compile(
    r"^(?:(?:view all posts by|view profile|read more about|more by|articles by|written by|reported by|story by|"
    r"posted by|words by|text by|authored by|by|von|oleh|penulis|autor(?:a|in|es)?|authors?|veröffentlicht von|"
    r"publié par|redatto da|texte?|texto|de notre correspondante?)\b(?:\s*[:：]\s*|\s+)"
    r"|(?:par|por|di|da|door|av|af)\s+(?=\S+\s+\S))",  # also the first word of a name
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
    r"^(?:(?:contributor|journalist|ph\.?d|m\.?d|jr|sr|esq|mba|rn)"
    r"|.{0,30}\b(?:editor|writer|reporter|correspondent|editor-in-chief|redakteur(?:in)?))\.?$",
    re.IGNORECASE,
)
# Each agency by the name used for it here, then what else it calls itself.
_AGENCY_NAMES = """
    Reuters: reuters, thomson reuters; AFP: afp, agence france-presse; AP: ap, associated press, the associated press;
    dpa: dpa; APA: apa; EFE: efe, agencia efe; ANSA: ansa; Xinhua: xinhua, 新华社, 新華社; Antara: antara;
    Bernama: bernama; Kyodo: kyodo, kyodo news, 共同通信; Jiji: 時事通信; Yonhap: yonhap, yonhap news, 연합뉴스;
    TASS: tass; PTI: pti, press trust of india; ANI: ani; IANS: ians; PAP: pap; Belga: belga; ANP: anp;
    SDA: sda, keystone-sda; SID: sid; NTB: ntb; Ritzau: ritzau; Lusa: lusa; Europa Press: europa press; UPI: upi;
    PA: pa media; CP: cp, the canadian press, canadian press; AAP: aap; Interfax: interfax; Bloomberg: bloomberg;
    Anadolu: anadolu, anadolu ajansı, anadolu agency
"""
_AGENCIES = {
    other.strip(): name.strip()
    for name, others in (entry.split(":") for entry in _AGENCY_NAMES.split(";"))
    for other in others.split(",")
}
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
