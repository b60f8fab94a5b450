"""Many reviews of one store: an update of the folder opens those whose evidence changed, and never misses one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review_folder import DEATH, ReviewFolder, arm, report, trial

from livereview import places
from livereview.errors import ExpectedError
from livereview.fetching import silent
from livereview.linked import shared
from livereview.linked.together import Together
from livereview.manifest.reading import ManifestFile
from livereview.plugins import Plugins
from livereview.update import Updated, update

HOUR = timedelta(hours=1)


@pytest.fixture
def linked(folder: ReviewFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReviewFolder:
    """Three reviews of one store (adults, children, everybody), updated, with an index that believes at once."""
    monkeypatch.setenv("LIVEREVIEW_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("livereview.linked.index._TICK_NS", -3_600_000_000_000)
    folder.manifest("everybody", population=None)
    assert folder.run("update", ".").code == 0
    return folder


def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The manifests that are opened from now on."""
    found: list[str] = []

    def noted(path: Path) -> tuple[ManifestFile, Plugins]:
        found.append(path.name)
        return places.opened(path)

    monkeypatch.setattr(shared, "opened", noted)
    return found


def test_reviews_in_which_nothing_changed_are_not_opened(linked: ReviewFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    before, found = linked.tree(), opened(monkeypatch)
    done = linked.run("update", ".")
    assert (done.code, done.err) == (0, "")
    assert done.out.count("Nothing changed since update 1") == 3
    # One is opened to fetch what the sources have, for all of them.
    assert found == ["adults.toml"]
    assert linked.tree() == before


def test_one_study_opens_the_reviews_that_admit_it_and_no_others(
    linked: ReviewFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for table, rows in trial("fischer-2020", "Fischer 2020", "child", 4, 40, 8, 41).items():
        linked.sheets[table] += rows
    linked.write_sheets()
    found = opened(monkeypatch)
    done = linked.run("update", ".")
    assert (done.code, done.err) == (0, "")
    assert [len(linked.records(name)) for name in ("adults", "children", "everybody")] == [1, 2, 2]
    assert sorted(set(found)) == ["adults.toml", "children.toml", "everybody.toml"]
    assert found.count("adults.toml") == 1  # for its sources only
    assert "Drug against placebo in adults: Store: 4 added. Nothing changed since update 1" in done.out


def test_a_single_manifest_is_always_looked_at_in_full(linked: ReviewFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    found = opened(monkeypatch)
    assert "outcome" in linked.run("update", "adults.toml").out
    assert found == ["adults.toml"]


@pytest.mark.parametrize("what", ["report", "history", "manifest", "store"])
def test_what_was_touched_is_looked_at(linked: ReviewFolder, what: str) -> None:
    if what == "report":
        (linked.root / "reports" / "children" / "report.md").write_text("edited")
    elif what == "history":
        [record] = (linked.root / "history" / "children").glob("*.json")
        record.write_text(record.read_text().replace("Death", "Breath"))
    elif what == "manifest":
        linked.manifest("children", population="child", outcomes=DEATH.replace('title = "Death"', 'title = "Dying"'))
    else:
        [batch] = linked.batches()
        batch.unlink()
    done = linked.run("update", ".")
    if what == "report":
        assert "# " in linked.report("children")
        assert len(linked.records("children")) == 1
    elif what == "manifest":
        assert [len(linked.records(name)) for name in ("adults", "children")] == [1, 2]
    else:
        assert done.code == 2
        assert "its name does not fit its content" in done.err if what == "history" else "is missing" in done.err


def test_the_index_can_be_deleted_or_damaged_at_any_time(linked: ReviewFolder, tmp_path: Path) -> None:
    [index] = (tmp_path / "cache").rglob("*.json")
    before, whole = linked.tree(), index.read_bytes()
    for content in (b"", b"{}", b"[1]", whole[:100], b'{"format": 1, "entries": {"adults.toml": 3}, "snapshots": {}}'):
        index.write_bytes(content)
        assert linked.run("update", ".").code == 0
        assert linked.tree() == before
    shutil.rmtree(tmp_path / "cache")
    assert linked.run("update", ".").code == 0
    assert linked.tree() == before


def test_without_a_place_for_the_index_the_update_is_the_same(
    linked: ReviewFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = linked.tree()
    (tmp_path / "file").write_text("no folder")
    for place in ("off", str(tmp_path / "file")):
        monkeypatch.setenv("LIVEREVIEW_CACHE", place)
        assert linked.run("update", ".").code == 0
        assert linked.tree() == before


def test_a_refused_review_does_not_stop_the_others(linked: ReviewFolder) -> None:
    linked.manifest("children", outcomes=DEATH.replace("RR", "ZZ"))
    for table, rows in trial("fischer-2020", "Fischer 2020", "adult", 4, 40, 8, 41).items():
        linked.sheets[table] += rows
    linked.write_sheets()
    done = linked.run("update", ".")
    assert done.code == 2
    assert "ZZ" in done.err
    assert [len(linked.records(name)) for name in ("adults", "children", "everybody")] == [2, 1, 2]


def test_what_a_later_review_brings_is_seen_by_an_earlier_one(folder: ReviewFolder) -> None:
    (folder.root / "more").mkdir()
    for table, rows in trial("fischer-2020", "Fischer 2020", "adult", 4, 40, 8, 41).items():
        folder.write("later", rows, table).rename(folder.root / "more" / f"{table}.csv")
    folder.manifest("zz", source='plugin = "sheets"\npath = "more"')
    assert folder.run("update", ".").code == 0
    assert [item["label"] for item in folder.records("adults")[0]["studies"]][-1] == "Fischer 2020"
    assert [len(folder.records(name)) for name in ("adults", "children", "zz")] == [1, 1, 1]
    before = folder.tree()
    assert folder.run("update", ".").code == 0
    assert folder.tree() == before


def test_an_update_that_is_interrupted_between_reviews_goes_on_where_it_was(
    linked: ReviewFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for table, rows in trial("fischer-2020", "Fischer 2020", "child", 4, 40, 8, 41).items():
        linked.sheets[table] += rows
    linked.write_sheets()
    real = Together.update

    def interrupted(self: Together, path: Path, progress: Any) -> Updated:
        if path.name == "everybody.toml":
            raise KeyboardInterrupt
        return real(self, path, progress)

    with monkeypatch.context() as patch:
        patch.setattr(Together, "update", interrupted)
        assert linked.run("update", ".").code == 130
    assert [len(linked.records(name)) for name in ("adults", "children", "everybody")] == [1, 2, 1]
    assert linked.run("update", ".").code == 0
    assert [len(linked.records(name)) for name in ("adults", "children", "everybody")] == [1, 2, 2]


# --- with the index as without it ------------------------------------------------------------------------------

Edit = Callable[[ReviewFolder], object]


def add(number: int, population: str) -> Edit:
    def edit(where: ReviewFolder) -> None:
        name = f"added-{number}"
        if not any(row["study_id"] == name for row in where.sheets["studies"]):
            for table, rows in trial(name, f"Added {number}", population, 3 + number, 40, 8, 41).items():
                where.sheets[table] += rows

    return edit


def correct(study_id: str, column: str, value: Any) -> Edit:
    def edit(where: ReviewFolder) -> None:
        table = "results" if column == "events" else "studies"
        for row in [row for row in where.sheets[table] if row["study_id"] == study_id][:1]:
            row[column] = value

    return edit


def withdraw(study_id: str) -> Edit:
    def edit(where: ReviewFolder) -> None:
        for rows in where.sheets.values():
            for row in rows:
                if row["study_id"] == study_id:
                    row.update(withdrawn="yes", withdrawn_reason="entered twice")

    return edit


def drop(study_id: str) -> Edit:
    def edit(where: ReviewFolder) -> None:
        for table, rows in where.sheets.items():
            where.sheets[table] = [row for row in rows if row["study_id"] != study_id]

    return edit


def relayed(where: ReviewFolder) -> None:
    """A result read in a report of no study."""
    if not any(row["report_id"] == "review:one" for row in where.sheets["reports"]):
        where.sheets["reports"].append({**report("costa-2008"), "report_id": "review:one", "study_id": ""})
        where.sheets["results"].append(arm("costa-2008", "drug", 30, 210, report_id="review:one"))


def cited(where: ReviewFolder) -> None:
    """That report gets another date."""
    for row in where.sheets["reports"]:
        if row["report_id"] == "review:one":
            row["year"] = 2010


def other_manifest(where: ReviewFolder) -> None:
    where.manifest("children", population="child", outcomes=DEATH.replace('title = "Death"', 'title = "Dying"'))


def deleted_report(where: ReviewFolder) -> None:
    (where.root / "reports" / "children" / "report.md").unlink(missing_ok=True)


def edited_report(where: ReviewFolder) -> None:
    path = where.root / "reports" / "everybody" / "report.md"
    if path.exists():
        path.write_bytes(path.read_bytes()[:-1] + b"x")


def nothing(where: ReviewFolder) -> None:
    """Leaves all as it is."""


edits = st.sampled_from(
    [
        *(add(number, population) for number in (1, 2, 3) for population in ("adult", "child")),
        correct("adams-2001", "events", 13), correct("adams-2001", "events", 12), correct("adams-2001", "events", 999),
        correct("dubois-2012", "population", "adult"), correct("dubois-2012", "population", "child"),
        correct("eriksen-2015", "population", "adult"), correct("costa-2008", "label", "Costa 2008 (trial)"),
        withdraw("brown-2004"), withdraw("eriksen-2015"), drop("eriksen-2015"), drop("costa-2008"),
        relayed, cited, other_manifest, deleted_report, edited_report, nothing,
    ]
)  # fmt: skip


@contextmanager
def folders() -> Iterator[tuple[ReviewFolder, ReviewFolder]]:
    """Two folders with the same reviews, and an index of their own."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIVEREVIEW_CACHE", str(Path(name) / "cache"))
        patch.setattr("livereview.linked.index._TICK_NS", 0)
        found = []
        for place in ("together", "alone"):
            root = Path(name) / place
            root.mkdir()
            where = ReviewFolder(root)
            where.manifest("adults", more=HINT)
            where.manifest("children", population="child")
            where.manifest("everybody", population=None)
            found.append(where)
        yield found[0], found[1]


#: Uses a value that nothing has, and a later one may be near to.
HINT = '[[eligibility.filters]]\nfield = "label"\nnot_in = ["Aded 1"]\nreason = "a duplicate"'


def outcome_of(act: Callable[[], Updated], root: Path) -> Any:
    """What an update said, without the place."""
    try:
        done = act()
    except ExpectedError as error:
        return sorted(message.replace(str(root), "") for message in error.messages)
    return done.new, done.record.name, sorted(done.warnings), [failure.message for failure in done.failures]


def alone_in(where: ReviewFolder, at: datetime) -> list[Any]:
    """What each review says that is updated on its own, without an index."""
    return [outcome_of(partial(update, path, now=lambda: at), where.root) for path in sorted(where.root.glob("*.toml"))]


def together_in(where: ReviewFolder, at: datetime) -> list[Any]:
    """What the reviews say that are updated in one command, with what the index knows."""
    paths = sorted(where.root.glob("*.toml"))
    with Together(paths, now=lambda: at) as run:
        return [outcome_of(partial(run.update, path, silent), where.root) for path in paths]


def unchanged(said: list[Any]) -> list[Any]:
    """The same, but for whether a record was written."""
    return [item if isinstance(item, list) else item[1:] for item in said]


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.lists(edits, min_size=1, max_size=2), min_size=2, max_size=4))
def test_together_with_an_index_and_each_alone_without_one_come_to_the_same(steps: list[list[Edit]]) -> None:
    with folders() as (together, alone):
        at = datetime(2026, 1, 1, tzinfo=UTC)
        for step in steps:
            at += HOUR
            for where in (together, alone):
                for edit in step:
                    edit(where)
                where.write_sheets()
            said = alone_in(alone, at)
            assert together_in(together, at) == said
            trees = [{name: content for name, (content, _) in where.tree().items()} for where in (together, alone)]
            assert trees[0] == trees[1]
            again = together.tree()
            assert unchanged(together_in(together, at + HOUR)) == unchanged(said)
            assert together.tree() == again
