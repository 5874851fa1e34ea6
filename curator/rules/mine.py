"""Proposing rules from line counts: template lines of a site, and of the sites of a language.

Losing a line of an article is worse than leaving a template line in, so every doubt keeps the line.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from curator.rules.linecounts import LineCount, LineCounts, merge, without_digits
from curator.rules.model import Rule
from curator.rules.sketch import distinct
from curator.rules.view import View

__all__ = ["LICENSE", "LineCounts", "Status", "Thresholds", "merge", "propose_language", "propose_site", "slug"]

Status = Literal["experimental", "stable"]

LICENSE = "CC0-1.0"  # of mined packs

# Documents more than usual for what can be a part of an article: prose, long lines inside of it, numbered lines.
_MORE = 2
# Where an article ends in short lines its end is seen too early or too late now and then: one document in so many.
_TOLERANCE = 20
# A place where much of the news comes from, printed above it, is on fewer of a site's pages.
_EVERYWHERE = 0.9  # share of a site's pages
# Lines of so many words do not repeat by chance, wherever they stand.
_LONG_WORDS = 8
# Above this share of different neighbours on both sides a line stands alone, as headings do; menus stand together.
_ALONE = 2 / 3
# Of one or two words are names, and topics that are headings elsewhere ("New Jersey", "Risk management"); phrases of
# five words are no headings on other sites, but can be headlines of this one.
_NAME_WORDS, _PHRASE_WORDS = 2, 5
_MAX_LENGTH = 1_000  # characters; a longer line is a menu run together, and its next version will differ
_SLUG_LENGTH = 32
_GOES_ON = ": so the sentence begins, but it goes on."
_MAX_TITLE = 120  # what the model allows
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How often a line must repeat on a site.

    Attributes:
        documents: on at least so many documents, of as many different articles.
        share: on at least this share of the site's documents, 0..1.
        long_share: the same for lines of five words and more.
    """

    # Over 97 real pages of 27 sites two and three take no line of an article, and about half of the boilerplate;
    # counting alone, without where lines stand, takes 113 of 2,626.
    documents: int = 3
    # A section's own menu is on a tenth of a site's pages; what is on fewer can be a series or a live blog.
    share: float = 0.1
    # Notices and invitations are on most pages; the introduction of a series and the most read headlines are not.
    long_share: float = 0.5


def propose_site(
    counts: LineCounts, site: str, thresholds: Thresholds | None = None, *, status: Status = "experimental"
) -> list[Rule]:
    """Return a rule for each template line of a site, sorted by line.

    A rule is a literal, or a pattern where lines differ in nothing but their numbers.
    """
    wanted = thresholds or Thresholds()
    if site not in counts.sites:
        return []
    total = counts.sites[site].documents
    found = {
        (line, folded): count
        for (line, folded), count in sorted(counts.lines.get(site, {}).items(), key=lambda item: item[0])
        if _is_template(line, folded, count, total, wanted)
    }
    best: dict[str, int] = {}
    for (line, folded), count in found.items():
        if not folded:
            best[without_digits(line)] = max(count.documents, best.get(without_digits(line), 0))
    patterns = {line for (line, folded), count in found.items() if folded and count.documents > best.get(line, 0)}
    chosen = [
        (line, folded, count)
        for (line, folded), count in found.items()
        if (line in patterns if folded else without_digits(line) not in patterns)
    ]
    ids: set[str] = set()
    return [_site_rule(site, total, status, line, folded, count, ids) for line, folded, count in chosen]


def propose_language(counts: LineCounts, languages: Mapping[str, str], *, sites: int = 3) -> list[Rule]:
    """Return an experimental rule for each line that is a template line on several sites of one language.

    Prose and lines of one or two words are never proposed, nor is a line that stands inside an article on any site.

    Args:
        languages: the language (primary subtag) of each site; others are left out.
        sites: on at least so many sites, and on two more where a line has fewer than five words.
    """
    seen: dict[tuple[str, str], list[tuple[str, LineCount]]] = {}
    for site in sorted(counts.sites.keys() & languages.keys()):
        for (line, folded), count in counts.lines.get(site, {}).items():
            if not folded:
                seen.setdefault((languages[site], line), []).append((site, count))
    ids: set[str] = set()
    rules = []
    for (language, line), found in sorted(seen.items()):
        words = View(line).words(0)
        if words <= _NAME_WORDS or len(found) < sites + (_MORE if words < _PHRASE_WORDS else 0):
            continue
        together = functools.reduce(LineCount.joined, (count for _, count in found))
        outside = all(_stands_outside(count) and not _is_headline(count) for _, count in found)
        # Sites that print the same agency story share its lines, and the story is one article.
        if outside and _is_writable(line) and not together.prose and distinct(together.articles) >= sites:
            names = ", ".join(site for site, _ in found)
            title = f"Repeats on {len(found)} sites: {names}"
            name = f"{slug(language)}.mined.{slug(line)}-{_digest(language, line)}"
            rules.append(_rule(name, ids, together, title, lang=language, is_=(line,)))
    return rules


def slug(text: str, length: int = _SLUG_LENGTH) -> str:
    """Return the first words of a text as a part of a rule id; `x` and a hash where it has no Latin letter.

    >>> slug("www.Kompas.com"), slug("Ikuti kami di Google News sekarang juga!")
    ('www-kompas-com', 'ikuti-kami-di-google-news')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall("[a-z0-9]+", plain))
    if len(words) > length:
        words = words[: length + 1].rpartition("-")[0] or words[:length]
    return words or f"x{_digest(text)}"


def _is_template(line: str, folded: bool, count: LineCount, total: int, wanted: Thresholds) -> bool:
    """Tell whether a line is safely no part of any article."""
    articles = min(count.documents, distinct(count.articles))
    words = View(line).words(0)
    share = wanted.long_share if words >= _PHRASE_WORDS else wanted.share
    if (
        articles < wanted.documents
        or count.documents < share * total
        or not _is_writable(line)
        or _is_headline(count, total)
    ):
        return False
    if folded and count.prose:
        return False  # what differs may be the news
    proven = articles >= wanted.documents + _MORE
    everywhere = proven and count.documents >= _EVERYWHERE * total
    if _stands_outside(count, framed=_is_framed(count, everywhere=everywhere)) and not _stands_alone(count):
        return proven or not (folded or count.prose)
    return proven and (count.prose or words >= _LONG_WORDS)


def _is_writable(line: str) -> bool:
    """Tell whether a line says something: numbers, bullets and rows of asterisks can be anything."""
    return len(line) <= _MAX_LENGTH and sum(map(str.isalpha, line)) > 1


def _stands_outside(count: LineCount, *, framed: bool = False) -> bool:
    """Tell whether a line stands outside of articles; one between the same two lines also where it is close to them."""
    inside = count.inner if framed else count.inner + count.near
    return inside * _TOLERANCE <= count.documents and not count.between


def _is_framed(count: LineCount, *, everywhere: bool) -> bool:
    """Tell whether a line stands between the same two lines, as in a menu; a kicker and a place do not.

    For a line that is everywhere on its site one neighbour is enough, as the outermost lines of a menu have.
    """
    chosen = min if everywhere else max
    return chosen(distinct(count.before), distinct(count.after)) <= 1 + count.documents // _TOLERANCE


def _stands_alone(count: LineCount) -> bool:
    return min(distinct(count.before), distinct(count.after)) > _ALONE * count.occurrences


def _is_headline(count: LineCount, total: int = 0) -> bool:
    """Tell whether a line is some document's headline, and on others, say, among the most read.

    What is found as the headline of most documents is the name of the site; where it is not on nearly all `total`
    pages of it, it may be the headline of a column instead.
    """
    named = 2 * count.headlines > count.documents and count.documents >= _EVERYWHERE * total
    return count.headlines > 0 and not named


def _site_rule(site: str, total: int, status: Status, line: str, folded: bool, count: LineCount, ids: set[str]) -> Rule:
    title = f"Repeats on {count.documents} of {total} pages of {site}"
    name = f"site.{slug(site)}.{slug(line)}-{_digest(site, line)}"
    text = {"any": (_pattern(count.example),)} if folded else {"is_": (line,)}
    return _rule(name, ids, count, title, site=site, status=status, **text)


def _rule(name: str, ids: set[str], count: LineCount, title: str, **rest: object) -> Rule:
    """Return a rule under a name no other has, with the line itself as its example."""
    places = {"above": count.head, "inside": count.inner, "close to": count.near, "below": count.tail}
    stood = ", ".join(f"{place} it on {number}" for place, number in places.items() if number)
    unique, length = name, 2
    while unique in ids:
        unique, length = f"{name}-{length}", length + 1
    ids.add(unique)
    if len(title) > _MAX_TITLE:
        title = title[: _MAX_TITLE - 1] + "…"
    example = count.example
    opening = " ".join(example.split()[:4])[:40].rstrip(" :.,")
    # Two lines can begin with the same words, and two rules must not have the same example.
    keep = next(
        text for text in (f"{opening}{_GOES_ON}", f"{example}{_GOES_ON}", f"{unique}{_GOES_ON}") if text not in ids
    )
    ids.add(keep)
    return Rule.model_validate(
        {
            "id": unique,
            "title": title,
            "note": f"Mined. Place beside the article, by pages: {stood}.",
            "kind": "line",
            "match": (example,),
            "keep": (keep,),
            **rest,
        }
    )


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:6]


def _pattern(example: str) -> str:
    """Return the pattern of a line whose numbers change.

    >>> _pattern("(c) 2024 Kompas")
    '^\\\\(c\\\\) \\\\d+ Kompas$'
    """
    parts = (_SPECIAL.sub(r"\\\g<0>", part) for part in re.split("[0-9]+", example))
    return "^" + r"\d+".join(parts) + "$"
