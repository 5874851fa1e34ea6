"""The main job on the project's own data: build a corpus, show the funnel, one article before and after, three rows.

Run by `make demo`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "demo-corpus"
ARTICLE = ROOT / "data" / "seeds" / "001_7ea180f5c03ff7b4.txt"


def title(text: str) -> None:
    """Print a heading, after everything before it."""
    print(f"\n── {text} " + "─" * max(0, 100 - len(text)), flush=True)


def curator(*arguments: str) -> None:
    """Run one command of the tool in the terminal."""
    print(f"$ curator {' '.join(arguments)}", flush=True)
    subprocess.run([sys.executable, "-m", "curator", *arguments], check=True, cwd=ROOT)


def main() -> None:
    """Show the main job."""
    shutil.rmtree(OUT, ignore_errors=True)
    title("A corpus from data/")
    curator("build", "data", "--out", OUT.name)
    title("One article: - lines went, ~ lines lost a piece, the rule in the margin")
    curator("clean", str(ARTICLE.relative_to(ROOT)), "--diff")
    title("Three rows, read back through datasets.load_dataset")
    from datasets import disable_progress_bars, load_dataset

    disable_progress_bars()
    rows = load_dataset(str(OUT), split="train")
    print(f'load_dataset("{OUT.name}"): {len(rows)} rows, columns {", ".join(rows.column_names)}')
    for row in rows.select([0, len(rows) // 2, len(rows) - 1]):
        text = " ".join(row["text"].split())
        removed = f"{row['characters_removed']:,} removed"
        print(f"\n{row['id']}  [{row['language']}]  {row['characters']:,} characters, {removed}")
        print(f"  {text[:160]}…")


if __name__ == "__main__":
    main()
