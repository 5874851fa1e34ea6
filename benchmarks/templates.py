"""What the template pass costs in a build: processor time of each stage, over pages made of the project's own articles.

Run by `python benchmarks/templates.py [PAGES [SITES]] [off]`; `off` leaves the pass out.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from curator.output import Files
from curator.rules.load import load_rules
from curator.settings import Settings
from curator.sources.find import find, plan_splits
from curator.stages import stages

DATA = Path(__file__).resolve().parent.parent / "data" / "articles"
PAGES, SITES = 2_000, 40
_MENU, _FOOT, _PARAGRAPHS = 25, 15, 9  # lines
_PARAGRAPH = 60  # characters


def pages(count: int, sites: int) -> Iterator[dict[str, str]]:
    """Yield pages: a site's menu and footer around a headline and nine paragraphs in the language of the site."""
    chance = random.Random(0)
    paragraphs: dict[str, list[str]] = {}
    for path in sorted(DATA.glob("*/*.txt")):
        lines = path.read_text(encoding="utf-8").split("\n")
        paragraphs.setdefault(path.parent.name, []).extend(line for line in lines if len(line) > _PARAGRAPH)
    languages = sorted(language for language, lines in paragraphs.items() if len(lines) >= _PARAGRAPHS)

    def phrase(language: str) -> str:
        return " ".join(chance.choices(" ".join(paragraphs[language]).split(), k=chance.randint(1, 5)))

    def shuffled(paragraph: str) -> str:
        *words, last = paragraph.split()
        return " ".join([*chance.sample(words, len(words)), last])

    def furniture(language: str) -> tuple[list[str], list[str]]:
        return [phrase(language) for _ in range(_MENU)], [phrase(language) for _ in range(_FOOT)]

    around = [furniture(languages[site % len(languages)]) for site in range(sites)]
    for number in range(count):
        site = number % sites
        language, (head, foot) = languages[site % len(languages)], around[site]
        body = [phrase(language), *map(shuffled, chance.sample(paragraphs[language], _PARAGRAPHS))]
        text = "\n\n".join([*head, *body, f"{number} views", *foot])
        yield {"id": str(number), "url": f"https://site-{site}.example/{number}", "text": text}


def main() -> int:
    """Print the table."""
    given = [int(argument) for argument in sys.argv[1:3] if argument.isdigit()]
    count, sites = [*given, *(PAGES, SITES)[len(given) :]]
    settings = Settings.model_validate({"templates": {"enabled": "off" not in sys.argv}})
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "pages.jsonl"
        source.write_text("\n".join(map(json.dumps, pages(count, sites))), encoding="utf-8")
        splits = plan_splits(find([source]).files, settings.task_documents)
        files = Files(Path(name) / "corpus", len(splits))
        files.work.mkdir(parents=True)
        files.rules.write_text(load_rules().to_json(), encoding="utf-8")
        spent: dict[str, float] = {}
        for stage in stages(files, splits, settings):
            began = time.process_time()
            for task in stage.tasks:
                stage.function(task)
            spent[stage.name] = time.process_time() - began
        rules = files.pack.read_text(encoding="utf-8").count("[[rule]]") if files.pack.exists() else 0
    total = sum(spent.values())
    print(f"{count:,} pages of {sites:,} sites, {rules:,} rules\n{'stage':<12} {'CPU s':>7} {'ms/page':>8}")
    for stage_name, seconds in spent.items():
        print(f"{stage_name:<12} {seconds:>7.2f} {1000 * seconds / count:>8.2f} {seconds / total:>7.1%}")
    own = sum(spent.get(stage_name, 0) for stage_name in ("count", "templates", "pack"))
    print(f"template pass: {own / (spent['extract'] + spent['clean']):.1%} of extracting and cleaning")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
