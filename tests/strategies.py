"""Random documents and rule sets, made of the stuff that breaks cleaners."""

from __future__ import annotations

from hypothesis import strategies as st

from curator.rules.model import Rule, When, Where
from curator.rules.ruleset import RuleSet

WORDS = [
    "Baca",
    "Juga:",
    "dam",
    "gates",
    "opened",
    "READ",
    "İzmir",
    "été",
    "e\u0301",
    "“quoted”",
    "—",
    "***",
    "Tags",
    "2025",
    "水门",
    "打开了。",
    "ไทย",
    "\u200b",
    "a\u00a0b",
    "(AFP)",
    "x",
    "\U0001f600",
    "ﬁn",
    "ΟΣ",
    "ß",
]
SEPARATORS = ["\n", "\n\n", "\n \n\n", "\n\t", " \n"]

lines = st.lists(st.sampled_from(WORDS), min_size=1, max_size=16).flatmap(
    lambda words: st.sampled_from(["", ".", "!", "?”", ":", "***"]).map(lambda end: " ".join(words) + end)
)
noise = st.text(min_size=1, max_size=30)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A text of a few lines, some of them repeated."""
    pool = draw(st.lists(st.one_of(lines, lines, noise), min_size=1, max_size=8))
    chosen = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=14))
    breaks = draw(st.lists(st.sampled_from(SEPARATORS), min_size=len(chosen), max_size=len(chosen)))
    return "".join(line + gap for line, gap in zip(chosen, breaks, strict=True))


places = st.builds(
    Where,
    first=st.none() | st.integers(1, 6),
    last=st.none() | st.integers(1, 6),
    before=st.none() | st.sampled_from(["title", "prose"]),
    after=st.none() | st.sampled_from(["title", "prose"]),
)
shapes = st.builds(
    When,
    min_words=st.none() | st.integers(1, 4),
    max_words=st.none() | st.integers(2, 20),
    sentence=st.none() | st.booleans(),
    same_as=st.none() | st.sampled_from(["title", "previous"]),
    repeats=st.none() | st.integers(2, 3),
    echoed_in=st.none() | st.sampled_from(["head", "title"]),
    prose_after=st.none() | st.integers(0, 2),
)
PATTERNS = ["^READ ", r"\d+", "[a-z]+", r"(?P<cut>\p{Lu}+) ", "e", r"\*+$", ".*", "水", "^.{1,12}$"]


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """A rule that may well be a bad one."""
    kind = draw(st.sampled_from(["line", "line", "span", "block"]))
    literals = st.lists(st.sampled_from([w for w in WORDS if w.strip() and w != "\u200b"]), max_size=2).map(tuple)
    matchers = {
        name: draw(literals) for name in draw(st.sets(st.sampled_from(["is_", "starts", "ends", "has"]), max_size=2))
    }
    if draw(st.booleans()) or kind == "span":
        matchers["any"] = (draw(st.sampled_from(PATTERNS)),)
    return Rule(
        id=f"x.{draw(st.integers(0, 99_999))}",
        title="a random rule",
        kind=kind,
        action=draw(st.sampled_from(["drop", "drop", "drop", "keep"])) if kind != "block" else "drop",
        status=draw(st.sampled_from(["stable", "experimental"])),
        where=draw(places) if draw(st.booleans()) else Where(),
        when=draw(shapes) if draw(st.booleans()) else When(),
        until=draw(st.sampled_from(["end", "blank", "prose"])) if kind == "block" else None,
        max_hits=draw(st.none() | st.integers(1, 3)),
        max_share=draw(st.none() | st.floats(0.05, 1)),
        **matchers,
    )


rule_sets = st.lists(rules(), min_size=1, max_size=6, unique_by=lambda rule: rule.id).map(RuleSet)


CLASSES = ["ad", "box", "fact", "lead"]


@st.composite
def html_elements(draw: st.DrawFn, depth: int = 3) -> str:
    """An element, mostly with elements and texts in it, one of a few tags and classes."""
    tag = draw(st.sampled_from(["p", "div", "aside", "span", "ul", "h1", "a", "script"]))
    inner = "".join(
        draw(html_elements(depth - 1)) if depth and draw(st.booleans()) else draw(st.sampled_from(_HTML_TEXTS))
        for _ in range(draw(st.integers(0, 3)))
    )
    classes = " ".join(draw(st.lists(st.sampled_from(CLASSES), max_size=2)))
    return f'<{tag} class="{classes}">{inner}</{tag}>'


_HTML_TEXTS = [
    "ad",
    " ",
    "<!-- note -->",
    "<br>",
    "one &amp; two",
    "The gates of the old dam opened a day early, and nobody in the valley slept.",
]


@st.composite
def html_pages(draw: st.DrawFn) -> str:
    """The body of a small page."""
    return "".join(draw(st.lists(html_elements(), min_size=1, max_size=6)))


@st.composite
def html_rules(draw: st.DrawFn) -> Rule:
    """An html rule that may well be a bad one."""
    return Rule(
        id=f"x.{draw(st.integers(0, 99_999))}",
        title="a random rule",
        kind="html",
        action=draw(st.sampled_from(["prune", "prune", "prune", "keep"])),
        status=draw(st.sampled_from(["stable", "experimental"])),
        css=(f".{draw(st.sampled_from(CLASSES))}",),
        max_hits=draw(st.none() | st.integers(1, 3)),
    )


html_rule_sets = st.lists(html_rules(), min_size=1, max_size=4, unique_by=lambda rule: rule.id).map(RuleSet)
