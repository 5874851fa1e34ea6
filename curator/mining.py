"""A corpus to mined packs: the Python twin of `curator rules mine`."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from curator.document import Document
from curator.errors import InputError, OutputError
from curator.extract.decode import decode, sniff_kind
from curator.extract.page import extract_page, host_of
from curator.language import UNDETERMINED, detect_language, primary_subtag
from curator.repair import repair
from curator.rules.fmt import write_pack
from curator.rules.linecounts import LineCounts, without_digits
from curator.rules.mine import LICENSE, Status, Thresholds, propose_language, propose_site, slug
from curator.rules.model import Pack, Rule
from curator.rules.write import pack_to_toml
from curator.sources import read_split
from curator.sources.find import find, plan_splits

__all__ = [
    "MinedCorpus",
    "MinedPack",
    "SiteFrom",
    "count_corpus",
    "mine_languages",
    "mine_sites",
    "packs_to_toml",
    "page_text",
    "write_packs",
]

SiteFrom = Literal["url", "folder"]

_TASK_DOCUMENTS = 2_000
_NO_TEXT = frozenset({"script", "style", "noscript", "template", "svg", "head", "iframe", "object", "select", "math"})
_INLINE = frozenset(
    {
        *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img", "input"),
        *("ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong"),
        *("sub", "sup", "time", "tt", "u", "var", "wbr"),
    }
)


@dataclass(slots=True)
class MinedCorpus:
    """The line counts of a corpus, the languages of its sites, and what could not be counted.

    `passed_over` counts documents by reason: failures of reading, `no-site`, `no-article`, `undecodable`.
    """

    counts: LineCounts = field(default_factory=LineCounts)
    languages: dict[str, Counter[str]] = field(default_factory=dict)
    passed_over: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class MinedPack:
    """The rules proposed for one site or one language.

    Attributes:
        name: the site or the language; also the name of the file, with `.toml`.
        documents: documents that were looked at.
        covered: the share of their lines that the rules would take, 0..1.
    """

    name: str
    header: Pack
    rules: tuple[Rule, ...]
    documents: int
    covered: float


def mine_sites(
    corpus: MinedCorpus, thresholds: Thresholds | None = None, *, status: Status = "experimental"
) -> list[MinedPack]:
    """Return a pack for each site, those without a rule too, sorted by site."""
    packs = []
    for site in sorted(corpus.counts.sites):
        rules = propose_site(corpus.counts, site, thresholds, status=status)
        name = _file_name(site)
        header = Pack(pack=f"site/{name}", version="1", license=LICENSE, site=site)
        packs.append(_pack(name, header, rules, corpus.counts, [site]))
    return packs


def mine_languages(corpus: MinedCorpus, *, sites: int = 3) -> list[MinedPack]:
    """Return a pack for each language, those without a rule too, sorted; `sites` as in `propose_language`.

    A site is of the language most of its documents are in; sites whose language nobody can tell are left out.
    """
    of_site = {site: min(found, key=lambda tag: (-found[tag], tag)) for site, found in corpus.languages.items()}
    known = {site: language for site, language in of_site.items() if language != UNDETERMINED}
    rules = propose_language(corpus.counts, known, sites=sites)
    packs = []
    for language in sorted(set(known.values())):
        own = [rule for rule in rules if rule.lang == language]
        members = [site for site in known if known[site] == language]
        header = Pack(pack=f"lang/{language}", version="1", license=LICENSE, lang=language)
        packs.append(_pack(language, header, own, corpus.counts, members))
    return packs


def count_corpus(
    inputs: Iterable[str | Path],
    *,
    whole_page: bool = False,
    site_from: SiteFrom = "url",
    with_languages: bool = False,
) -> MinedCorpus:
    """Count the lines of every document below files and folders, by site.

    Args:
        whole_page: take all text of a page, not only its article.
        site_from: "url": the site the row names, else the host of its address; "folder": the name of the folder the
            file lies in.
        with_languages: find the language of the documents too.

    Raises:
        InputError: an input does not exist, or none is a file of articles.
    """
    found = find(inputs)
    if not found.files:
        hint = "files end in .txt .html .jsonl .parquet"
        raise InputError("no article file among the inputs", where=", ".join(map(str, inputs)), hint=hint)
    corpus = MinedCorpus()
    for split in plan_splits(found.files, _TASK_DOCUMENTS):
        for document in read_split(split):
            if isinstance(document, Document):
                _count(corpus, document, whole_page=whole_page, site_from=site_from, with_languages=with_languages)
            else:
                corpus.passed_over[document.reason] += 1
    return corpus


def packs_to_toml(packs: Sequence[MinedPack]) -> str:
    """Return packs as one rule file, "" where none has a rule."""
    found = [pack for pack in packs if pack.rules]
    if len(found) == 1:
        return pack_to_toml(found[0].header, found[0].rules)
    header = Pack(pack="mined", version="1", license=LICENSE)
    return pack_to_toml(header, (rule for pack in found for rule in pack.rules)) if found else ""


def write_packs(packs: Iterable[MinedPack], folder: Path, *, force: bool = False) -> list[Path]:
    """Write each pack that has rules to a file of its own; return the files.

    Raises:
        OutputError: a file is there already and `force` is not given (then nothing is written), or cannot be written.
    """
    files = {folder / f"{pack.name}.toml": pack for pack in packs if pack.rules}
    for path in files:
        if path.exists() and not force:
            hint = "choose another folder, or --force to write over the rules in this one"
            raise OutputError("is there already", where=str(path), hint=hint)
    for path, pack in files.items():
        write_pack(path, pack_to_toml(pack.header, pack.rules))
    return list(files)


def page_text(html: str) -> str:
    """Return all text of a page, one line for each block element; scripts, styles and form choices are no text.

    >>> page_text("<ul><li>News<li><b>Sport</b> today</ul><p>It rained.</p>")
    'News\\nSport today\\nIt rained.'
    """
    from lxml import etree
    from lxml import html as pages

    data = html.encode("utf-8", "replace")
    try:
        root = pages.document_fromstring(data, parser=pages.HTMLParser(encoding="utf-8", huge_tree=True))
    except (etree.ParserError, ValueError):  # nothing but comments or white space
        return ""
    parts: list[str] = []
    hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            hidden += name in _NO_TEXT
            piece = element.text
        else:
            piece = element.tail
        # What is not shown, a drawing between two words, breaks no line.
        if name and name not in _INLINE and not hidden:
            parts.append("\n")
        hidden -= event == "end" and name in _NO_TEXT
        if piece and not hidden:
            parts.append(piece.replace("\n", " "))
    return "\n".join(line for line in (" ".join(raw.split()) for raw in "".join(parts).split("\n")) if line)


def _pack(name: str, header: Pack, rules: Sequence[Rule], counts: LineCounts, sites: Sequence[str]) -> MinedPack:
    keys = [(rule.is_[0], False) if rule.is_ else (without_digits(rule.match[0].lower()), True) for rule in rules]
    lines = sum(counts.sites[site].lines for site in sites)
    taken = sum(found.occurrences for site in sites for key in keys if (found := counts.lines[site].get(key)))
    documents = sum(counts.sites[site].documents for site in sites)
    return MinedPack(name, header, tuple(rules), documents, taken / lines if lines else 0.0)


def _file_name(site: str) -> str:
    """Return the name of a site's pack: the site, where that can be a file's name."""
    if re.fullmatch(r"[a-z0-9][a-z0-9.-]*", site):
        return site
    return f"{slug(site)}-{hashlib.sha256(site.encode('utf-8', 'replace')).hexdigest()[:6]}"


def _count(
    corpus: MinedCorpus, document: Document, *, whole_page: bool, site_from: SiteFrom, with_languages: bool
) -> None:
    try:
        raw = document.content if isinstance(document.content, str) else decode(document.content)
    except InputError:
        corpus.passed_over["undecodable"] += 1
        return
    site, title, language = document.site or host_of(document.url), document.title, document.language
    if (document.kind or sniff_kind(raw)) == "html":
        page = extract_page(raw, url=document.url)
        text = page_text(raw) if whole_page else page.text
        site, title, language = site or page.metadata.site, title or page.metadata.title, language or page.language
    else:
        text = raw
    if site_from == "folder":
        site = Path(document.origin).parent.name
    if not site:
        corpus.passed_over["no-site"] += 1
        return
    text = repair(text)
    before = corpus.counts.sites.get(site)
    corpus.counts.add(site, text, title=title)
    if corpus.counts.sites.get(site) == before:
        corpus.passed_over["no-article"] += 1
        return
    if with_languages:
        known = primary_subtag(language) if language else detect_language(text)[0]
        corpus.languages.setdefault(site, Counter())[known] += 1
