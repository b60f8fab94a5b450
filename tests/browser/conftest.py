"""One browser for all tests of pages, and the pages: those of the reviews as they are committed, and made-up ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import NAMES, chromium, started
from made_pages import index, page, real_pages, reports
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; without one the tests of pages are skipped, and the summary says so."""
    if chromium() is None:
        pytest.skip(f"no Chromium: none of {', '.join(NAMES)} is on PATH, and CHROMIUM names none")
    with sync_playwright() as playwright:
        found = started(playwright)
        yield found
        found.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By name: the files of all pages."""
    folder = tmp_path_factory.mktemp("pages")
    made = {name: page(report) for name, report in reports()} | {"index": index()}
    found = {}
    for name, content in made.items():
        found[name] = folder / f"{name}.html"
        found[name].write_bytes(content)
    return found | real_pages()
