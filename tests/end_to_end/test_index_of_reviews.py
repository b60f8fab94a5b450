"""The index of the reviews of a folder: made by updates, from the newest records, in no review's own files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from review_folder import DEATH, ReviewFolder, trial

from livereview.linked import indexing
from livereview.writing import write_whole

LISTING = """
from livereview import Options, RenderedFile, Renderer, hookimpl

def render(request, options):
    return [RenderedFile(path="report.html", content=b"a page")]

def index(request):
    lines = [
        "; ".join([
            one.review, one.title, one.page, f"update {{one.update}} of {{one.published_on}}", one.status,
            str(one.due_on),
            f"{{len(one.studies)}} studies", f"{{one.outcomes}} outcomes", "+" + ",".join(one.came),
            ",".join(verdict.kind for verdict in one.verdicts), "|".join(one.failed), one.trouble,
        ])
        for one in request.reviews
    ]
    {extra}
    return [RenderedFile(path="{path}", content="\\n".join(lines).encode())]

@hookimpl
def livereview_renderers():
    return [Renderer(name="listing", summary="Lists.", render=render, options=Options, index=index)]
"""
LISTED = 'renderers = ["listing"]'


@pytest.fixture
def listing(folder: ReviewFolder, plugin: Callable[[str], Path]) -> ReviewFolder:
    """Both reviews with a renderer that lists them."""
    plugin(LISTING.format(extra="", path="index.txt"))
    folder.manifest("adults", head=LISTED)
    folder.manifest("children", population="child", head=LISTED)
    return folder


def index(folder: ReviewFolder) -> list[str]:
    return (folder.root / "reports/index.txt").read_text(encoding="utf-8").splitlines()


def named(folder: ReviewFolder) -> dict[str, list[str]]:
    return {line.split("; ")[0]: line.split("; ") for line in index(folder)}


def test_the_index_has_every_review_of_the_folder_from_its_newest_record(listing: ReviewFolder) -> None:
    ran = listing.run("update", ".")
    assert ran.code == 0
    assert ran.out.count("Index: ") == 1
    rows = named(listing)
    assert list(rows) == ["adults", "children"]
    assert rows["adults"][2:8] == [
        "adults/report.html", f"update 1 of {listing.records()[0]['recorded_at'][:10]}", "active", "None",
        "3 studies", "1 outcomes",
    ]  # fmt: skip
    assert rows["adults"][9] == "first"


def test_an_update_of_one_review_refreshes_its_row_and_leaves_the_other(listing: ReviewFolder) -> None:
    listing.run("update", ".")
    before = named(listing)
    for table, rows in trial("garcia-2027", "Garcia 2027", "adult", 4, 40, 6, 41).items():
        listing.sheets[table] += rows
    listing.write_sheets()
    assert "Index: reports/index.txt" in listing.run("update", "adults.toml").out
    after = named(listing)
    assert after["children"] == before["children"]
    assert after["adults"][6] == "4 studies"
    assert after["adults"][8] == "+Garcia 2027"


def test_a_review_without_an_index_of_its_own_refreshes_the_one_that_is_there(listing: ReviewFolder) -> None:
    listing.manifest("children", head='renderers = ["markdown"]')
    listing.run("update", ".")
    listing.manifest("children", head='renderers = ["markdown", "png"]')
    listing.run("update", "children.toml")
    assert named(listing)["children"][3].startswith("update 2 of ")
    assert named(listing)["children"][2] == "children/report.md"


def test_nothing_new_writes_nothing(listing: ReviewFolder) -> None:
    listing.run("update", ".")
    before = listing.tree()
    for paths in (".", "adults.toml", "children.toml"):
        ran = listing.run("update", paths)
        assert (ran.code, "Index" in ran.out) == (0, False)
    assert listing.tree() == before


@pytest.mark.parametrize("name", ["index.txt", "index.json"])
@pytest.mark.parametrize("spoilt", [None, b"", b"{}", b"edited"])
def test_an_index_that_is_missing_or_was_edited_is_made_again_to_the_byte(
    listing: ReviewFolder, name: str, spoilt: bytes | None
) -> None:
    listing.run("update", "adults.toml")
    files = [listing.root / "reports/index.txt", listing.root / "reports/index.json"]
    before = [file.read_bytes() for file in files]
    path = listing.root / "reports" / name
    if spoilt is None:
        path.unlink()
    else:
        path.write_bytes(spoilt)
    assert "Index: reports/index.txt" in listing.run("update", "adults.toml").out
    assert [file.read_bytes() for file in files] == before


def test_a_row_edited_in_the_basis_is_not_believed(listing: ReviewFolder) -> None:
    listing.run("update", ".")
    before = index(listing)
    path = listing.root / "reports/index.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["reviews"]["adults"]["title"] = "Something else"
    path.write_text(json.dumps(content), encoding="utf-8")
    listing.run("update", "adults.toml")
    assert index(listing) == before


def test_the_index_is_in_no_record_so_that_reviews_do_not_disturb_each_other(listing: ReviewFolder) -> None:
    listing.run("update", ".")
    assert all("index" not in name for record in listing.records() for name in record["files"])


def test_a_damaged_history_is_told_in_its_row_until_it_is_mended(listing: ReviewFolder) -> None:
    listing.run("update", ".")
    record = next((listing.root / "history/children").glob("*.json"))
    whole = record.read_bytes()
    (listing.root / "reports/index.json").unlink()
    record.write_bytes(whole[:-9])
    assert listing.run("update", "adults.toml").code == 0
    rows = named(listing)
    assert f"history/children/{record.name}: its name does not fit its content" in rows["children"][-1]
    assert rows["adults"][6] == "3 studies"
    record.write_bytes(whole)
    listing.run("update", "adults.toml")
    assert named(listing)["children"][6] == "2 studies"


def test_a_review_whose_manifest_is_gone_is_in_the_index_no_longer(listing: ReviewFolder) -> None:
    listing.run("update", ".")
    (listing.root / "children.toml").unlink()
    listing.run("update", "adults.toml")
    assert list(named(listing)) == ["adults"]


def test_an_index_that_was_not_finished_is_made_by_the_next_update(
    listing: ReviewFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(path: Path, data: bytes) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(indexing, "write_whole", killed)
        assert listing.run("update", "adults.toml").code == 130
    assert not (listing.root / "reports/index.json").exists()
    assert "Index: reports/index.txt" in listing.run("update", "adults.toml").out
    assert (listing.root / "reports/index.json").exists()
    assert write_whole is indexing.write_whole


@pytest.mark.parametrize(
    ("extra", "path", "told"),
    [
        ("raise RuntimeError('no list today')", "index.txt", "no list today"),
        ("", "adults/report.html", "the path 'adults/report.html' is refused; write a plain name"),
        ("", "../index.txt", "the path '../index.txt' is refused; write a plain name"),
        ("", "index.json", "the file index.json is written twice"),
        ("return ['a page']", "index.txt", "it returned str; a RenderedFile with bytes is needed"),
    ],
)
def test_an_index_that_fails_is_told_and_the_reports_stand(
    folder: ReviewFolder, plugin: Callable[[str], Path], extra: str, path: str, told: str
) -> None:
    plugin(LISTING.format(extra=extra, path=path))
    folder.manifest("adults", head=LISTED)
    ran = folder.run("update", "adults.toml")
    assert ran.code == 1
    assert "failed: index by renderer listing" in ran.err
    assert told in ran.err
    assert (folder.root / "reports/adults/report.html").read_bytes() == b"a page"
    assert not (folder.root / "reports/index.json").exists()
    assert not os.path.exists(folder.root / "index.txt")


def test_a_folder_whose_renderers_offer_none_has_no_index(folder: ReviewFolder) -> None:
    folder.manifest("adults", outcomes=DEATH)
    folder.run("update", "adults.toml")
    assert sorted(path.name for path in (folder.root / "reports").iterdir()) == ["adults"]
