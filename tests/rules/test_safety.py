"""Whatever a rule file says, it is refused, or the run ends soon and nothing is lost without a word."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import DATA

from curator.cleaner import Cleaner, clean
from curator.corpus import build
from curator.document import Cleaned, Document, restore
from curator.errors import RuleError
from curator.ledger import read_removals
from curator.rules.check.run import check_rules
from curator.rules.load import load_rules
from curator.rules.ruleset import RuleSet
from curator.settings import CleanSettings, RuleSettings, Settings

LONG = 100_000  # characters of one line
ARTICLE = (DATA / "articles" / "en" / "harbour-crane-collapse.txt").read_text(encoding="utf-8")


def rule(number: int = 0, *, match: str = "Our shop", keep: str = "Our shop window was broken.", **fields: str) -> str:
    """Return a stable rule; fields are TOML."""
    fields = {"kind": '"line"', "status": '"stable"', **fields}
    lines = [f'id = "local.line.rule-{number}"', 'title = "House advertisement"', f'match = ["{match}"]']
    lines += [f'keep = ["{keep}"]', *(f"{key} = {value}" for key, value in fields.items())]
    return "\n".join(["[[rule]]", *lines, ""])


def write(folder: Path, *rules: str) -> Path:
    path = folder / "pack.toml"
    path.write_text("\n".join(rules), encoding="utf-8")
    return path


def codes(folder: Path, *rules: str) -> set[str]:
    """Check rules in a small rules folder of their own, and return the codes of the errors."""
    for name in ("any", "lang", "known-good"):
        (folder / "rules" / name).mkdir(parents=True, exist_ok=True)
    (folder / "rules" / "known-good" / "en.txt").write_text("It had rained for days.\nOur shops\n", encoding="utf-8")
    (folder / "rules" / "any" / "local.toml").write_text("\n".join(rules), encoding="utf-8")
    return {finding.code for finding in check_rules([folder / "rules"])[1] if finding.level == "error"}


def cleaned(text: str, rules: RuleSet) -> Cleaned:
    found = Cleaner(rules, CleanSettings(text="main")).clean(Document("", text, "text", language="en"))
    assert restore(found.text, found.removals) == found.repaired
    return found


def seconds(run: Callable[[], object]) -> float:
    """Return the processor time of a run."""
    began = time.process_time()
    run()
    return time.process_time() - began


# Python's `re` takes minutes to years for the first seven on the line of the test, some of them on forty characters.
CATASTROPHIC = [
    r"^(\w+\s?)+:$",
    r"^(a|aa)+$",
    r"(a*)*b",
    r"(x+x+)+y",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(.*)*,(.*)*,(.*)*!$",
    r"^(.*a){12}$",
]
REFUSED = [
    r"((a{1,100}){1,100}){1,100}",  # repeats that multiply
    r"\p{L}{1,1000}",  # a class of a thousand letters, a thousand times
    r"^(a)\1+$",  # what RE2 leaves out because it cannot be bounded
]


@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_a_catastrophic_pattern_runs_in_bounded_time(tmp_path: Path, pattern: str) -> None:
    rules = load_rules(write(tmp_path, rule(any=f"['{pattern}']")), shipped=False)
    for letter in "ax ":
        line = ("a" if letter == " " else "") + letter * LONG + "-"
        assert seconds(lambda line=line: cleaned(f"{ARTICLE}\n\n{line}\n", rules)) < 10


@pytest.mark.parametrize("pattern", REFUSED)
def test_a_pattern_that_cannot_be_bounded_is_refused_when_it_is_loaded_and_by_the_check(
    tmp_path: Path, pattern: str
) -> None:
    refused = rule(any=f"['{pattern}']")
    with pytest.raises(RuleError, match="does not compile"):
        load_rules(write(tmp_path, refused), shipped=False)
    assert "R010" in codes(tmp_path, refused)


@pytest.mark.parametrize("character", ["a", " ", "(", "a ", "READ also: ", "\u200b", "İ", "ก", "#tag ", "| ", "1 "])
def test_a_line_of_a_hundred_thousand_characters_is_read_in_bounded_time(character: str) -> None:
    text = f"{ARTICLE}\n\nx{character * (LONG // len(character))}x\n"
    rules = load_rules(preview=True)
    cleaned(ARTICLE, rules)  # compiles what the language needs
    assert seconds(lambda: cleaned(text, rules)) < 20


def test_ten_thousand_rules_run_in_bounded_time(tmp_path: Path) -> None:
    starts = (rule(number, starts=f'["our shop number {number}:"]') for number in range(9_000))
    anywhere = (rule(number, any=f"['(shop|bar) {number}[a-z]+']") for number in range(9_000, 10_000))
    path = write(tmp_path, *starts, *anywhere)
    rules = load_rules(path, shipped=False)
    assert len(rules) == 10_000
    text = f"{ARTICLE}\n\nOur shop number 8999: shoes\n\nThe bar 9500x is open\n"
    took = seconds(lambda: cleaned(text, rules))
    assert [removal.rule for removal in cleaned(text, rules).removals] == [
        "local.line.rule-8999",
        "local.line.rule-9500",
    ]
    assert took < 20


@pytest.mark.parametrize("kind", ["line", "block", "span"])
def test_a_pattern_that_matches_everything_takes_nothing_and_the_guard_says_so(tmp_path: Path, kind: str) -> None:
    more = {"until": '"end"'} if kind == "block" else {}
    greedy = rule(kind=f'"{kind}"', any="['.+']", **more)
    found = cleaned(ARTICLE, load_rules(write(tmp_path, greedy), shipped=False))
    assert (found.text, found.removals) == (found.repaired, ())
    assert (found.verdict.kept, found.verdict.reason) == (True, "guard-share")
    assert {"R020", "R022"} <= codes(tmp_path, greedy)


def test_a_pattern_that_matches_the_empty_line_is_caught_by_the_check(tmp_path: Path) -> None:
    assert "R013" in codes(tmp_path, rule(any="['.*']"))


def test_of_rules_that_contradict_keep_wins_whatever_their_order(tmp_path: Path) -> None:
    drop = rule(1, starts='["our shop"]', priority="100")
    keep = rule(2, starts='["our shop"]', action='"keep"', priority="-100")
    text = f"{ARTICLE}\n\nOur shop\n"
    for rules in ((drop, keep), (keep, drop)):
        assert cleaned(text, load_rules(write(tmp_path, *rules), shipped=False)).removals == ()
        assert "R032" in codes(tmp_path, *rules)
    assert len(cleaned(text, load_rules(write(tmp_path, drop), shipped=False)).removals) == 1


def test_rules_that_contradict_about_what_they_take_decide_by_their_order(tmp_path: Path) -> None:
    drop = rule(1, starts='["our shop"]')
    extract = rule(2, starts='["our shop"]', action='"extract"', into='"source"')
    for rules in ((drop, extract), (extract, drop)):
        (removal,) = cleaned(f"{ARTICLE}\n\nOur shop\n", load_rules(write(tmp_path, *rules), shipped=False)).removals
        assert (removal.rule, removal.also) == ("local.line.rule-1", ("local.line.rule-2",))


def test_rules_that_bring_each_other_into_reach_come_to_rest(tmp_path: Path) -> None:
    """Each line that goes brings the next one to the place the rule looks at."""
    lines = "\n\n".join(f"Our shop number {number}" for number in range(200))
    path = write(tmp_path, rule(starts='["our shop"]', where="{ first = 1 }"))
    found = cleaned(f"{lines}\n\n{ARTICLE}", load_rules(path, shipped=False))
    assert (found.text, found.verdict.reason) == (found.repaired, "guard-unsettled")


@pytest.mark.parametrize("key", ["include", "extends", "import", "$ref"])
def test_a_pack_that_includes_itself_is_refused(tmp_path: Path, key: str) -> None:
    pack = (f'"{key}" = ["local.toml"]\n', rule(starts='["our shop"]'))
    with pytest.raises(RuleError, match="unknown key"):
        load_rules(write(tmp_path, *pack), shipped=False)
    assert "R002" in codes(tmp_path, *pack)


def test_rules_that_replace_each_other_lead_nowhere(tmp_path: Path) -> None:
    round_about = [
        rule(number, starts='["our shop"]', status='"deprecated"', replaced_by=f'"local.line.rule-{3 - number}"')
        for number in (1, 2)
    ]
    assert "R090" in codes(tmp_path, *round_about)
    assert len(load_rules(write(tmp_path, *round_about), shipped=False)) == 0


def test_the_guard_s_verdict_is_in_the_ledger_of_a_build(tmp_path: Path) -> None:
    pack = write(tmp_path, rule(any="['.+']"))
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text(ARTICLE, encoding="utf-8")
    result = build([tmp_path / "articles"], tmp_path / "out", Settings(rules=RuleSettings(add=(str(pack),))), workers=1)
    assert result.funnel.guarded == {"guard-share": 1}
    ((_, entries),) = read_removals(result.out)
    assert [(entry.rule, entry.action, entry.text) for entry in entries] == [("curator.guard-share", "guard", "")]
    kept = clean(ARTICLE).repaired
    assert restore(kept, entries) == kept
