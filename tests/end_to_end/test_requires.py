"""What a manifest requires, from the check before anything runs to the report that says what was there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from review_folder import ReviewFolder

import livereview

HEAD = 'requires = [{}]\nrenderers = ["markdown"]'


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The metadata of an installed distribution, some-library 1.2, that brings no plugin."""
    info = tmp_path / "site" / "some_library-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-library\nVersion: 1.2\n")
    monkeypatch.syspath_prepend(str(info.parent))
    return info / "METADATA"


def test_a_requirement_that_is_not_met_stops_check_and_update_and_nothing_is_written(folder: ReviewFolder) -> None:
    folder.manifest("adults", head=HEAD.format('"livereview>=1.0", "livereview-absent>=0.1"'))
    before = folder.tree()
    for command in ("check", "update", "status"):
        ran = folder.run(command, "adults.toml")
        assert ran.code == 2
        assert ran.err.splitlines()[:2] == [
            f"adults.toml:1: requires[0]: livereview>=1.0 is wanted; found {livereview.__version__}. "
            'Install it: pip install "livereview>=1.0".',
            "adults.toml:1: requires[1]: livereview-absent>=0.1 is wanted; it is not installed. "
            'Install it: pip install "livereview-absent>=0.1".',
        ]
    assert folder.tree() == before


def test_one_review_that_lacks_something_does_not_stop_the_others(folder: ReviewFolder) -> None:
    folder.manifest("adults", head=HEAD.format('"livereview>=1.0"'))
    ran = folder.run("update", ".")
    assert ran.code == 2
    assert (len(folder.records("adults")), len(folder.records("children"))) == (0, 1)


def test_the_report_says_what_was_required_and_what_was_there(folder: ReviewFolder, library: Path) -> None:
    folder.manifest("adults", head=HEAD.format('"livereview>=0.1", "Some_Library>=1,<2"'))
    assert folder.run("update", "adults.toml").code == 0
    plain = folder.report().replace("\\", "")
    assert "| Requires | livereview>=0.1, Some_Library>=1,<2 |" in plain
    assert re.search(r"\| Versions \|.*some-library 1\.2", plain)
    [record] = folder.records()
    assert record["fingerprint"]["requires"] == {"livereview": livereview.__version__, "some-library": "1.2"}
    assert record["versions"]["some-library"] == "1.2"


def test_a_review_without_requirements_is_recorded_as_before(updated: ReviewFolder) -> None:
    assert "requires" not in updated.records()[0]["fingerprint"]
    assert "| Requires |" not in updated.report()


def test_another_version_of_what_is_required_is_a_reason_to_update(folder: ReviewFolder, library: Path) -> None:
    folder.manifest("adults", head=HEAD.format('"some-library"'))
    folder.run("update", "adults.toml")
    assert folder.run("update", "adults.toml").code == 0
    assert len(folder.records()) == 1
    library.write_text("Metadata-Version: 2.1\nName: some-library\nVersion: 1.3\n")
    assert folder.run("update", "adults.toml").code == 0
    assert len(folder.records()) == 2
    assert "some-library: 1.2 became 1.3." in folder.report()
