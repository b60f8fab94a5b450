"""Every code block of the documentation is true: it runs, and shows what the page shows."""

from __future__ import annotations

import csv
import json
import re
import shlex
from itertools import takewhile
from pathlib import Path

import fragments
import pytest
from pages import PAGES, ROOT, Block, blocks
from session import Session

from livereview.commands import commands
from livereview.evidence.schema import TABLES

EVERY = {name: blocks(path) for name, path in PAGES.items()}
CHECKED = {"console", "sh", "python", "toml", "csv", "json", "text", "indented", "workbook", "edit"}
FOLLOWED = [name for name, found in EVERY.items() if name != "README.md"]

#: Blocks that no test runs, by page. Each says why in its comment.
NOT_RUN = {"quick-start.md": 1}


def of(language: str) -> list[Block]:
    found = [block for page in EVERY.values() for block in page]
    return [block for block in found if block.language == language and block.mark != "not run"]


def test_every_block_is_of_a_language_that_is_checked() -> None:
    unknown = [block.place for page in EVERY.values() for block in page if block.language not in CHECKED]
    assert unknown == []


def test_the_blocks_that_are_not_run_are_few_and_known() -> None:
    counts = {name: sum(block.mark == "not run" for block in found) for name, found in EVERY.items()}
    assert {name: count for name, count in counts.items() if count} == NOT_RUN


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_page_can_be_followed_and_shows_what_comes(name: str, request: pytest.FixtureRequest) -> None:
    """If only numbers changed: python tests/docs/rewrite.py PAGE writes what comes into the page."""
    if not any(block.language in ("console", "sh", "python") for block in EVERY[name]):
        return
    session: Session = request.getfixturevalue("session")
    for block in EVERY[name]:
        session.follow(block)
    told = [f"{shown.place}: {shown.source}\nshown:\n{shown.output}came:\n{got}" for shown, got in session.differences]
    assert not told, "\n".join(told)


def test_the_commands_of_the_readme_are_those_that_ci_runs() -> None:
    shown = [block.text for block in EVERY["README.md"] if block.language == "sh"]
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert sorted(re.findall(r'^bash -c "\$\(readme_command (\d+)\)"', ci, re.MULTILINE)) == [
        str(number + 1) for number in range(len(shown))
    ]


@pytest.mark.parametrize("block", [*of("toml"), *of("indented")], ids=lambda block: block.place)
def test_toml_is_valid(block: Block, tmp_path: Path) -> None:
    """One that requires plugins of the page is read by the commands of the page, where they are installed."""
    if block.language == "indented" and not block.text.startswith("["):
        return
    if fragments.is_about_a_review(block.text) and "livereview-" not in block.text.partition("\n")[0]:
        fragments.validated(block.text, tmp_path)


@pytest.mark.parametrize("block", of("csv"), ids=lambda block: block.place)
def test_csv_has_columns_of_a_table(block: Block) -> None:
    header, *rows = csv.reader(block.text.splitlines())
    assert any(set(header) <= set(table.names) for table in TABLES.values())
    assert all(len(row) == len(header) for row in rows)


@pytest.mark.parametrize("block", of("json"), ids=lambda block: block.place)
def test_json_is_valid(block: Block) -> None:
    json.loads(block.text)


def test_commands_in_plain_blocks_exist_with_their_options() -> None:
    """What follows a redirection is the shell's."""
    lines = [(block.place, line) for block in of("indented") for line in block.text.splitlines()]
    found = [(place, shlex.split(line, comments=True)) for place, line in lines if line.startswith("livereview ")]
    for place, (_, name, *arguments) in found:
        command = commands.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None, f"{place}: {name}"
        command.make_context(name, list(takewhile(lambda word: word not in (">", ">>", "|"), arguments)))
    assert found


def test_the_index_lists_every_page() -> None:
    index = PAGES["index.md"].read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([a-z-]+\.md)", index))
    assert linked == {name for name in PAGES if name not in ("index.md", "README.md")}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    """Reports are left out: they are made, not written."""
    page = PAGES[name]
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", _prose(page)):
        path, _, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        if "reviews/reports/" not in target:
            assert goal.exists(), f"{name}: {target}"
        if anchor and goal.suffix == ".md":
            assert anchor in _anchors(goal), f"{name}: {target}"


def _prose(page: Path) -> str:
    return re.sub(r"^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def _anchors(page: Path) -> set[str]:
    """Headings as GitHub names them."""
    titles = re.findall(r"^#+ (.+)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
