"""Whether reviews are alive, asked at the command line: schedule, searches, pending evidence, badges, exit codes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from review_folder import ReviewFolder

from livereview.badges import badge_of
from livereview.history import FORMAT, History
from livereview.status import Status, status_of
from livereview.update import update

EVERY_QUARTER = "[living]\nevery_months = 3"
THEN = datetime(2020, 1, 31, 9, 30, tzinfo=UTC)

SEARCHES = (
    "search_id,source,kind,searched_on,hits\npubmed-1,PubMed,database,2026-03-01,2\nct-1,CT.gov,register,2026-02-01,1\n"
)
RECORDS = (
    "record_id,search_id,title,report_id\np1,pubmed-1,Adams,doi:10.1/adams-2001\np2,pubmed-1,Other,\nc1,ct-1,Third,\n"
)
DECISIONS = "record_id,review,stage,person,decision,reason\n"


def decide(folder: ReviewFolder, *lines: str) -> None:
    (folder.root / "extractions" / "decisions.csv").write_text(DECISIONS + "".join(f"{line}\n" for line in lines))


def searched(folder: ReviewFolder) -> None:
    """Searches and records in the sheets, and decisions on two of the three records."""
    (folder.root / "extractions" / "searches.csv").write_text(SEARCHES)
    (folder.root / "extractions" / "records.csv").write_text(RECORDS)
    included = [f"p1,adults,{stage},Ada,include," for stage in ("title-abstract", "full-text")]
    decide(folder, *included, "c1,adults,title-abstract,Ada,exclude,no trial")


def pending_row(folder: ReviewFolder) -> None:
    """A correction of Adams that the other review's update brings into the store."""
    folder.row("results", "adams-2001", arm="drug")["events"] = 13
    folder.write_sheets()
    assert folder.run("update", "children.toml").code == 0


def on(folder: ReviewFolder, day: datetime, review: str = "adults") -> Status:
    return status_of(folder.root / f"{review}.toml", day)


# --- states ----------------------------------------------------------------------------------------------------


def test_a_review_on_schedule_is_active(folder: ReviewFolder) -> None:
    update(folder.manifest(more=EVERY_QUARTER), now=lambda: THEN)
    found = on(folder, datetime(2020, 4, 30, 23, 59, tzinfo=UTC))
    assert (found.state, found.published_on, found.due_on) == ("active", "2020-01-31", "2020-04-30")
    assert on(folder, datetime(2020, 5, 1, tzinfo=UTC)).state == "overdue"


def test_an_overdue_review_fails_where_that_is_asked(folder: ReviewFolder) -> None:
    update(folder.manifest(more=EVERY_QUARTER), now=lambda: THEN)
    told = folder.run("status", "adults.toml")
    assert told.code == 0
    assert "the update was due on 2020-04-30" in told.out
    assert folder.run("status", "adults.toml", "--fail-on", "overdue").code == 1
    assert folder.run("status", "adults.toml", "--fail-on", "pending").code == 0


def test_a_review_is_overdue_when_a_source_is_to_be_searched_again(folder: ReviewFolder) -> None:
    searched(folder)
    update(folder.manifest(more="[living]\nevery_months = 12\nsearch_every_months = 6"), now=lambda: datetime.now(UTC))
    found = on(folder, datetime.now(UTC))
    assert found.state == "overdue"
    assert "the search of CT.gov was due on 2026-08-01" in found.reason
    assert "update was due" not in found.reason


def test_a_review_that_was_never_updated_says_so(folder: ReviewFolder) -> None:
    told = folder.run("status", "adults.toml", "--json")
    assert (told.code, told.data["state"], told.data["update"], told.data["published_on"]) == (
        0,
        "not updated",
        None,
        None,
    )
    folder.manifest(more='[living]\nevery_months = 3\ndue_on = "2020-01-01"')
    assert folder.run("status", "adults.toml", "--json").data["state"] == "overdue"


def test_a_review_without_a_schedule_is_not_called_active(updated: ReviewFolder) -> None:
    found = updated.run("status", "adults.toml", "--json").data
    assert found["state"] == "no schedule"
    assert "every_months" in found["reason"]


@pytest.mark.parametrize("status", ["suspended", "retired"])
def test_a_review_that_left_the_living_mode_says_why_and_what_came_in_since(updated: ReviewFolder, status: str) -> None:
    updated.manifest(more=f'[living]\nevery_months = 3\nstatus = "{status}"\nreason = "No funds"\nsince = "2026-05-01"')
    assert updated.run("update", "adults.toml").code == 0
    assert f"**{status.capitalize()}** since 2026-05-01: No funds" in updated.report()
    pending_row(updated)
    found = on(updated, datetime.now(UTC))
    assert (found.state, found.due_on) == (status, None)
    assert found.reason == f"{status} since 2026-05-01: No funds"
    assert found.notes == (f"{status.capitalize()}, and 1 row of evidence came in since its last update.",)


def test_a_clock_before_the_last_update_is_named_and_clears_nothing(folder: ReviewFolder) -> None:
    update(folder.manifest(more=EVERY_QUARTER), now=lambda: datetime(2999, 1, 1, tzinfo=UTC))
    told = folder.run("status", "adults.toml", "--fail-on", "overdue")
    assert told.code == 1
    assert "is before update 1 of 2999-01-01" in told.out


# --- pending ---------------------------------------------------------------------------------------------------


def test_evidence_that_no_update_has_seen_is_pending(updated: ReviewFolder) -> None:
    assert on(updated, datetime.now(UTC)).pending.rows == 0
    pending_row(updated)
    pending = on(updated, datetime.now(UTC)).pending
    assert pending.rows == 1
    assert pending.tables == {"results": 1}
    assert pending.studies == (("adams-2001", "Adams 2001"),)
    assert pending.since == datetime.now(UTC).date().isoformat()
    assert on(updated, datetime.now(UTC), "children").pending.rows == 0
    told = updated.run("status", ".", "--fail-on", "pending")
    assert told.code == 1
    assert "1 in results; of Adams 2001" in told.out


def test_an_update_leaves_nothing_pending(updated: ReviewFolder) -> None:
    pending_row(updated)
    assert updated.run("update", "adults.toml").code == 0
    assert on(updated, datetime.now(UTC)).pending.rows == 0


def test_rows_in_the_sheets_that_no_update_has_read_are_counted_where_that_is_asked(updated: ReviewFolder) -> None:
    updated.row("results", "adams-2001", arm="drug")["events"] = 13
    updated.write_sheets()
    before = updated.tree()
    assert updated.run("status", "adults.toml", "--fail-on", "pending").code == 0
    told = updated.run("status", "adults.toml", "--sources", "--fail-on", "pending")
    assert told.code == 1
    assert "not in the store yet: 1 row of the sources" in told.out
    updated.row("results", "adams-2001", arm="drug")["events"] = 999
    updated.row("results", "brown-2004", arm="drug")["events"] = 999
    updated.write_sheets()
    found = updated.run("status", "adults.toml", "--sources", "--json").data
    assert found["unread"] is None
    assert any("The sources have 2 mistakes: livereview check" in note for note in found["notes"])
    assert set(updated.tree()) == set(before)


def test_a_manifest_that_was_edited_is_named(updated: ReviewFolder) -> None:
    updated.manifest(more=EVERY_QUARTER)
    assert "The manifest was edited since the last update." in on(updated, datetime.now(UTC)).notes


# --- searches and flow -----------------------------------------------------------------------------------------


def test_searches_reach_page_one_and_the_flow(folder: ReviewFolder) -> None:
    searched(folder)
    folder.manifest(more='[living]\nevery_months = 3\nsources = ["PubMed", "CT.gov", "Embase"]')
    assert folder.run("update", "adults.toml").code == 0
    page = folder.report()
    assert "PubMed 2026-03-01 (1 record waiting, next search due 2026-06-01)" in page
    assert "overdue after 2026-05-01, when a search is due" in page
    assert "Embase never" in page
    assert "| **Records identified** | 3 |" in page
    assert "| **Awaiting screening** | 1 |" in page
    assert "| – no trial | 1 |" in page
    assert "| **Reports of the review** | 1 |" in page
    found = on(folder, datetime.now(UTC))
    assert found.integrated_through is None
    assert found.not_integrated == "Embase was never searched; records of PubMed await a decision or extraction"


def test_a_version_repeats_what_the_one_before_counted(folder: ReviewFolder) -> None:
    searched(folder)
    assert folder.run("update", "adults.toml").code == 0
    decide(folder, "p2,adults,title-abstract,Ada,exclude,no trial")
    assert folder.run("update", "adults.toml").code == 0
    decide(folder, "p2,adults,title-abstract,Ben,include,")
    third = folder.run("update", "adults.toml", "--json").data
    first, second, last = (record["flow"] for record in folder.records())
    assert (first["base"], second["base"], last["base"]) == (None, first["this"], first["this"])
    page = folder.report()
    assert "| Box | First version: update 1 of" in page
    assert "Previous version: update 2 of" in page
    assert [record["update"] for record in folder.records()] == [1, 2, third["update"]]
    assert "| **Awaiting screening** | 1 | 0 | 1 | +1 |" in page
    assert "record p2, title-abstract: exclude by Ada, include by Ben." in page


def test_a_record_from_before_flows_were_kept_is_counted_from_its_batches(updated: ReviewFolder) -> None:
    [record] = updated.records()
    kept = record["flow"]["this"]
    folder = updated.root / "history" / "adults"
    [path] = folder.glob("*.json")
    path.unlink()
    del record["flow"]
    History(folder).add(record)
    pending_row(updated)
    assert updated.run("update", "adults.toml").code == 0
    _, second = updated.records()
    assert second["flow"]["base"] == kept


def test_text_of_a_search_is_data_in_the_report(folder: ReviewFolder) -> None:
    (folder.root / "extractions" / "searches.csv").write_text(
        "search_id,source,kind,searched_on,query\ns1,<b>Pub</b>|Med,database,2026-03-01,[x](http://y) | <script>\n"
    )
    assert folder.run("update", "adults.toml").code == 0
    page = folder.report()
    assert "<b>Pub" not in page
    assert "<script>" not in page
    assert "](http://y)" not in page


# --- refused reviews, badges, output ---------------------------------------------------------------------------


def of_a_newer_format(folder: ReviewFolder, review: str = "adults") -> None:
    """The record of the review as a later livereview would write it."""
    where = folder.root / "history" / review
    [path] = where.glob("*.json")
    content = json.loads(path.read_bytes())
    path.unlink()
    History(where).add({**content, "format": FORMAT + 1})


def test_a_history_of_a_newer_format_is_refused_and_the_other_reviews_are_shown(updated: ReviewFolder) -> None:
    of_a_newer_format(updated)
    told = updated.run("status", ".", "--badge", "badges")
    assert told.code == 2
    assert f"is in format {FORMAT + 1}" in told.err
    assert "children" in told.out
    assert json.loads((updated.root / "badges" / "adults.json").read_text()) == badge_of(None)
    assert badge_of(None)["isError"] is True


def test_status_writes_nothing_but_the_badges_asked_for(updated: ReviewFolder) -> None:
    before = updated.tree()
    assert updated.run("status", ".").code == 0
    assert updated.tree() == before
    assert updated.run("status", "adults.toml", "--badge", "adults-badge.json").code == 0
    assert set(updated.tree()) - set(before) == {"adults-badge.json"}


def test_a_badge_is_what_shields_io_reads(updated: ReviewFolder) -> None:
    updated.manifest(more=EVERY_QUARTER)
    assert updated.run("update", "adults.toml").code == 0
    assert updated.run("status", ".", "--badge", "badges").code == 0
    badge = json.loads((updated.root / "badges" / "adults.json").read_text())
    due = on(updated, datetime.now(UTC)).due_on
    assert badge == {
        "schemaVersion": 1, "label": "living review", "message": f"next update due {due}", "color": "brightgreen",
    }  # fmt: skip
    assert sorted(path.name for path in (updated.root / "badges").iterdir()) == ["adults.json", "children.json"]


@pytest.mark.parametrize(
    ("day", "more", "message", "colour"),
    [
        (datetime(2021, 1, 1, tzinfo=UTC), EVERY_QUARTER, "overdue since 2020-04-30", "red"),
        (datetime(2021, 1, 1, tzinfo=UTC), "", "no schedule, last update 2020-01-31", "blue"),
        (datetime(2019, 1, 1, tzinfo=UTC), EVERY_QUARTER, "not known", "lightgrey"),
        (
            datetime(2021, 1, 1, tzinfo=UTC),
            '[living]\nstatus = "retired"\nreason = "r"\nsince = "2020-05-01"',
            "retired since 2020-05-01",
            "lightgrey",
        ),
    ],
)
def test_each_state_has_its_badge(folder: ReviewFolder, day: datetime, more: str, message: str, colour: str) -> None:
    update(folder.manifest(more=more), now=lambda: THEN)
    badge = badge_of(on(folder, day))
    assert (badge["message"], badge["color"]) == (message, colour)


def test_two_badges_never_share_a_file(updated: ReviewFolder) -> None:
    told = updated.run("status", ".", "--badge", "badge.json")
    assert told.code == 2
    assert "one file for the badges of 2 reviews" in told.err
    other = Path("other")
    other.mkdir()
    (other / "adults.toml").write_text((updated.root / "adults.toml").read_text())
    told = updated.run("status", "adults.toml", "other/adults.toml", "--badge", "badges")
    assert told.code == 2
    assert "would share this file" in told.err
    assert not Path("badges").exists()


def test_json_has_one_object_for_a_manifest_and_a_list_for_a_folder(updated: ReviewFolder) -> None:
    one = updated.run("status", "adults.toml", "--json").data
    assert {"manifest", "errors", "review", "state", "due_on", "sources", "pending", "integrated_through"} <= set(one)
    assert [found["review"] for found in updated.run("status", ".", "--json").data] == ["adults", "children"]
