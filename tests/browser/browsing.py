"""Pages in a real browser: one Chromium for all, in which everything that goes wrong is written down.

No test may reach a network: whatever a page asks for, but its own file, is refused and kept as a complaint.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from playwright.sync_api import Browser, Page, Playwright, Route

NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Where pictures of the pages are kept.
ARTEFACTS = Path(os.environ.get("LIVEREVIEW_ARTEFACTS") or Path(__file__).parent / ".artefacts")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@cache
def chromium() -> str | None:
    """The program: what CHROMIUM names, else the first of the usual names on PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


def started(playwright: Playwright) -> Browser:
    """A Chromium of its own, without a network of its own."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu"]
    return playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--no-first-run", *quiet])


@dataclass
class Visit:
    """A page that is open, and what went wrong in it since."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def axe(self, rules: dict[str, Any]) -> list[str]:
        """What axe-core finds, a line for each element."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(_axe())
        found = self.page.evaluate(
            "async (rules) => (await axe.run(document, rules)).violations.flatMap((one) =>"
            " one.nodes.map((node) => `${one.id}: ${node.target.join(' ')}: ${node.failureSummary}`))",
            rules,
        )
        return [str(line) for line in found]

    def keep(self, name: str, whole: bool = False) -> None:
        """A picture of the page among the artefacts."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=whole)


@cache
def _axe() -> str:
    """The source of axe-core, as its package ships it."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@contextmanager
def visiting(browser: Browser, path: Path, scripts: bool = True, **options: Any) -> Iterator[Visit]:
    """A page opened in a fresh window. Errors, refused requests and messages of its console are complaints."""
    context = browser.new_context(
        java_script_enabled=scripts, viewport=options.pop("viewport", WIDE), bypass_csp=False, **options
    )
    context.set_default_timeout(20_000)
    visit = Visit(context.new_page())
    own = path.resolve()

    def asked(route: Route) -> None:
        url = urlparse(route.request.url)
        if url.scheme == "file" and Path(unquote(url.path)) == own:
            route.continue_()
            return
        visit.complaints.append(f"request: {route.request.url[:200]}")
        route.abort()

    context.route("**/*", asked)
    visit.page.on("pageerror", lambda error: visit.complaints.append(f"error: {error}"))
    visit.page.on("console", lambda said: visit.complaints.append(f"console: {said.type}: {said.text}"))
    try:
        visit.page.goto(own.as_uri())
        yield visit
    finally:
        context.close()
