"""A headless browser for tests: Chromium driven by playwright, and axe-core; a test skips where one is missing."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

AXE = "axe-core@4.14.1"
_PLACE = ROOT / ".browser"  # what npm fetched; ignored by git


def chromium() -> Iterator[Any]:
    """Yield a running browser."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install '.[browser]'")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        pytest.skip("no chromium: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def axe_source() -> str:
    """Return the source of axe-core, fetched once with npm."""
    script = _PLACE / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        if not shutil.which("npm"):
            pytest.skip(f"no npm to fetch {AXE} with")
        command = ["npm", "install", "--prefix", str(_PLACE), "--no-save", "--no-audit", "--no-fund", AXE]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode or not script.exists():
            pytest.skip(f"{AXE} could not be fetched: {done.stderr[-200:]}")
    return script.read_text(encoding="utf-8")


class Visit:
    """One page opened from a file or an address: what it said on the console and asked the network for."""

    def __init__(
        self, browser: Any, place: Path | str, *, width: int = 1440, scheme: str = "light", **context: Any
    ) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **context)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(place.as_uri() if isinstance(place, Path) else place)

    def open_everything(self) -> None:
        """Unfold all that is folded, and wait until it is drawn."""
        self.page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        drawn = "[...document.querySelectorAll('details.item')].every((d) => d.querySelector('.inside'))"
        self.page.wait_for_function(drawn)

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *reason: object) -> None:
        self.context.close()
