"""The page of a review as an update writes it: figures are in it, files or not, and no link leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from review_folder import ReviewFolder


def written(folder: ReviewFolder, renderers: str) -> tuple[str, Path]:
    folder.manifest("adults", head=f"renderers = {renderers}")
    assert folder.run("update", "adults.toml").code == 0
    reports = folder.root / "reports/adults"
    return (reports / "report.html").read_text(encoding="utf-8"), reports


@pytest.mark.parametrize(
    ("renderers", "others"),
    [
        ('["html"]', set()),
        ('["svg", "html"]', {".svg", ".csv"}),
        ('["png", "html"]', {".png", ".csv"}),
    ],
)
def test_a_page_has_its_figures_drawn_in_it_and_links_to_files_that_are_there(
    updated: ReviewFolder, renderers: str, others: set[str]
) -> None:
    page, reports = written(updated, renderers)
    files = {path.suffix for path in reports.rglob("*") if path.is_file() and path.name != "report.html"}
    assert files == others
    assert page.count("<figure") == len(re.findall(r"<figure.*?<svg ", page, re.DOTALL)) > 0
    assert "<img" not in page
    linked = set(re.findall(r'href="([^"#]*)" class="file"', page))
    assert bool(linked) == (".csv" in others)
    assert all((reports / link).is_file() for link in linked)


def test_a_page_is_not_written_again_where_nothing_is_new(updated: ReviewFolder) -> None:
    written(updated, '["html"]')
    before = updated.tree()
    assert updated.run("update", "adults.toml").code == 0
    assert updated.tree() == before
