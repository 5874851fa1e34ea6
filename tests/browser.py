"""A headless browser for tests: Chromium driven by playwright, and axe-core; a test skips where one is missing."""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn

import pytest

# Set to `required` where all is installed (.ci/run): what is missing is a failure then, and not left out in silence.
WANTED = "CURATOR_TEST_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> Iterator[Any]:
    """Yield a running browser."""
    sync_api = _imported("playwright.sync_api")
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        _without("no chromium: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def axe_source() -> str:
    """Return the source of axe-core."""
    return (files(_imported("axe_playwright_python")) / "axe.min.js").read_text(encoding="utf-8")


def _imported(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        _without(f"no {name.partition('.')[0]}: pip install '.[browser]'")


def _without(what: str) -> NoReturn:
    reason = f"pages are not looked at in a browser: {what}"
    if os.environ.get(WANTED) == "required":
        pytest.fail(reason)
    pytest.skip(reason)


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
