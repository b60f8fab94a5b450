"""What an update does as evidence and manifest change, and that it does nothing when they do not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from review_folder import DEATH, TRIALS, ReviewFolder, arm, trial

NEW_TRIAL = trial("fischer-2027", "Fischer 2027", "adult", 9, 90, 18, 91)


def test_the_first_update_shows_the_numbers_and_where_the_report_is(folder: ReviewFolder) -> None:
    ran = folder.run("update", "adults.toml")
    assert (ran.code, ran.err) == (0, "")
    assert "Store: 20 added. Update 1 of" in ran.out
    assert "death    RR       3     735" in ran.out
    assert "Report: reports/adults/report.md" in ran.out
    assert "This is the first update" in folder.report()
    [record] = folder.records()
    [outcome] = record["outcomes"]
    assert [study["data"]["events_1"] for study in outcome["studies"]] == [12, 8, 30]
    assert record["failures"] == []
    # The trials agree (Q < 2), so that tau² is 0 and the estimate the inverse-variance mean of the log risk ratios.
    a, n1, c, n2 = np.array([TRIALS[study["study_id"]][2:] for study in outcome["studies"]], dtype=float).T
    effect, weight = np.log(a / n1 / (c / n2)), 1 / (1 / a - 1 / n1 + 1 / c - 1 / n2)
    assert outcome["pooled"]["q"] < 2
    # Worst error seen: 0. Room for another order of summation.
    assert outcome["pooled"]["estimate"] == pytest.approx((weight * effect).sum() / weight.sum(), rel=1e-14)


def test_an_update_that_changes_nothing_writes_nothing_and_says_so(updated: ReviewFolder) -> None:
    before = updated.tree()
    ran = updated.run("update", "adults.toml")
    assert updated.tree() == before
    assert (ran.code, ran.err) == (0, "")
    assert "Nothing changed since update 1 of" in ran.out
    assert "nothing was written" in ran.out
    assert "death    RR       3     735" in ran.out
    assert "Report: reports/adults/report.md" in ran.out


def test_a_new_trial_is_told_once_and_only_where_it_is_eligible(updated: ReviewFolder) -> None:
    children = {name: state for name, state in updated.tree().items() if "children" in name}
    for table, rows in NEW_TRIAL.items():
        updated.write(f"fischer-2027_{table}", rows, table)
    ran = updated.run("update", ".")
    assert ran.code == 0
    adults, others = ran.out.split("Drug against placebo in children")
    assert "Store: 4 added. Update 2 of" in adults
    assert "+ Fischer 2027" in adults
    assert "* changed since the previous update" in adults
    assert "Fischer" not in others
    assert "Nothing changed since update 1 of" in others
    assert {name: state for name, state in updated.tree().items() if "children" in name} == children
    assert "**Studies added:** [Fischer 2027]" in updated.report()
    again = updated.run("update", ".")
    assert "Fischer" not in again.out
    assert len(updated.records()) == 2
    assert len(updated.batches()) == 2


def test_a_corrected_number_is_shown_before_and_after(updated: ReviewFolder) -> None:
    updated.row("results", "brown-2004", arm="drug")["events"] = 11
    updated.write_sheets()
    ran = updated.run("update", "adults.toml")
    assert "Store: 1 corrected. Update 2" in ran.out
    for shown in (ran.out, updated.run("diff", "adults.toml").out):
        assert "corrected" in shown
        assert "events 8 → events 11" in shown
    changes = updated.report().split("What changed", 2)[2].split("## <a")[0]
    assert "events 8" in changes
    assert "events 11" in changes
    [study] = [study for study in updated.records()[1]["outcomes"][0]["studies"] if study["study_id"] == "brown-2004"]
    assert study["data"]["events_1"] == 11


def test_a_study_whose_number_was_corrected_is_marked_in_the_report(
    updated: ReviewFolder, plugin: Callable[[str], Path]
) -> None:
    plugin(
        """
from livereview import RenderedFile, Renderer, hookimpl

def render(request, options):
    marks = [f"{study.study_id} {study.change}" for outcome in request.report.outcomes for study in outcome.studies]
    return [RenderedFile(path="marks.txt", content="\\n".join(marks).encode())]

@hookimpl
def livereview_renderers():
    return [Renderer(name="marks", summary="Marks.", render=render)]
"""
    )
    updated.manifest("adults", head='renderers = ["markdown", "marks"]')
    updated.row("results", "brown-2004", arm="drug")["events"] = 11
    for table, rows in NEW_TRIAL.items():
        updated.sheets[table] += rows
    updated.write_sheets()
    assert updated.run("update", "adults.toml").code == 0
    marks = (updated.root / "reports/adults/marks.txt").read_text().splitlines()
    assert marks == ["adams-2001 ", "brown-2004 changed", "costa-2008 ", "fischer-2027 new"]


def test_a_correction_can_be_taken_back(updated: ReviewFolder) -> None:
    row = updated.row("results", "brown-2004", arm="drug")
    for events in (11, 8):
        row["events"] = events
        updated.write_sheets()
        assert updated.run("update", "adults.toml").code == 0
    first, second, third = (record["outcomes"][0]["pooled"] for record in updated.records())
    assert first == third != second
    assert "events 11 → events 8" in updated.run("diff", "adults.toml", "2", "3").out


def test_a_withdrawn_row_is_no_longer_pooled(updated: ReviewFolder) -> None:
    for row in updated.sheets["results"]:
        if row["study_id"] == "costa-2008":
            row |= {"withdrawn": "yes", "withdrawn_reason": "wrong trial"}
    updated.write_sheets()
    ran = updated.run("update", "adults.toml")
    assert "Store: 2 withdrawn." in ran.out
    assert "- Costa 2008" in ran.out
    assert updated.records()[1]["outcomes"][0]["pooled"]["k"] == 2
    assert updated.run("update", "adults.toml").err == ""


def test_a_deleted_row_is_still_used_and_the_user_is_warned(updated: ReviewFolder) -> None:
    updated.sheets["results"].remove(updated.row("results", "brown-2004", arm="drug"))
    updated.write_sheets()
    before = updated.tree()
    ran = updated.run("update", ".")
    assert ran.code == 0
    assert updated.tree() == before
    warning = "extractions/results.csv: 1 row of the store no longer stands in it and is still used."
    assert ran.err.count(f"adults.toml: {warning}") == 1
    assert "withdrawn = yes" in ran.err
    assert "children.toml" not in ran.err


def test_a_deleted_sheet_is_still_used_and_the_user_is_warned(updated: ReviewFolder) -> None:
    for table, rows in NEW_TRIAL.items():
        updated.write(f"fischer-2027_{table}", rows, table)
    updated.run("update", "adults.toml")
    for table in NEW_TRIAL:
        (updated.root / f"extractions/fischer-2027_{table}.csv").unlink()
    ran = updated.run("update", "adults.toml")
    assert (
        "extractions/fischer-2027_results.csv: 2 rows of the store no longer stand in it and are still used" in ran.err
    )
    assert "Nothing changed" in ran.out


def test_a_changed_manifest_is_a_new_update(updated: ReviewFolder) -> None:
    updated.manifest("adults", outcomes=DEATH.replace('"RR"', '"OR"'))
    ran = updated.run("update", "adults.toml")
    assert "Store: nothing new. Update 2" in ran.out
    assert "The manifest changed." in ran.out
    assert "definition changed" in ran.out
    assert updated.records()[1]["previous"] == next((updated.root / "history/adults").glob("0001-*")).stem


def test_a_comment_in_the_manifest_changes_no_number(updated: ReviewFolder) -> None:
    path = updated.root / "adults.toml"
    path.write_text(path.read_text() + "# a comment\n")
    ran = updated.run("update", "adults.toml")
    assert "1 of 1 outcomes are unchanged" in ran.out
    assert "* changed" not in ran.out


def test_a_study_with_another_label_is_the_same_study(updated: ReviewFolder) -> None:
    updated.row("studies", "adams-2001")["label"] = "Adams (ADMIRE)"
    updated.write_sheets()
    ran = updated.run("update", "adults.toml")
    assert "label Adams 2001 → label Adams (ADMIRE)" in ran.out
    assert "+ Adams" not in ran.out
    assert "Adams (ADMIRE)" in updated.report()
    assert "**Studies added:** none" in updated.report()


def test_two_reviews_share_a_store(updated: ReviewFolder) -> None:
    assert len(updated.batches()) == 1
    adults, children = updated.records("adults")[0], updated.records("children")[0]
    assert adults["snapshot"] == children["snapshot"]
    assert {study["study_id"] for study in children["studies"]} == {"dubois-2012", "eriksen-2015"}


def test_a_refused_manifest_does_not_stop_the_others(folder: ReviewFolder) -> None:
    (folder.root / "broken.toml").write_text('[review]\nid = "broken"\n')
    ran = folder.run("update", ".")
    assert ran.code == 2
    assert "broken.toml:1:" in ran.err
    assert "Update 1" in ran.out.split("Drug against placebo in children")[1]
    assert len(folder.records("adults")) == len(folder.records("children")) == 1


def test_the_same_mistake_is_told_once_for_several_reviews(folder: ReviewFolder) -> None:
    folder.row("results", "adams-2001", arm="drug")["events"] = 101
    folder.write_sheets()
    before = folder.tree()
    ran = folder.run("update", ".")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("results.csv, row 2") == 1
    assert "children.toml: refused for the same reason." in ran.err
    assert folder.tree() == before


def test_a_manifest_that_is_named_twice_is_updated_once(folder: ReviewFolder) -> None:
    ran = folder.run("update", "adults.toml", str(folder.root / "adults.toml"), ".")
    assert ran.out.count("Drug against placebo in adults") == 1


def test_again_gives_the_same_bytes_and_no_new_record(updated: ReviewFolder) -> None:
    before = updated.tree()
    ran = updated.run("update", "adults.toml", "--again")
    assert ran.code == 0
    assert "Analysed again with the same results as update 1 of" in ran.out
    assert "no file differed" in ran.out
    assert updated.tree() == before


@pytest.mark.parametrize("what", ["deleted", "edited", "emptied"])
def test_a_report_that_is_not_as_written_is_put_right(updated: ReviewFolder, what: str) -> None:
    path = updated.root / "reports/adults/report.md"
    was = path.read_bytes()
    path.unlink() if what == "deleted" else path.write_text("" if what == "emptied" else "RR 0.1")
    records = updated.records()
    ran = updated.run("update", "adults.toml")
    assert "1 file of the report written" in ran.out
    assert path.read_bytes() == was
    assert updated.records() == records
    assert "nothing was written" in updated.run("update", "adults.toml").out


def test_a_report_is_put_right_as_it_was_although_the_store_has_grown(updated: ReviewFolder) -> None:
    was = (updated.root / "reports/children/report.md").read_bytes()
    for table, rows in NEW_TRIAL.items():
        updated.write(f"fischer-2027_{table}", rows, table)
    updated.run("update", ".")
    (updated.root / "reports/children/report.md").unlink()
    updated.run("update", "children.toml")
    assert (updated.root / "reports/children/report.md").read_bytes() == was
    assert len(updated.records("children")) == 1


def test_files_of_an_outcome_that_was_removed_disappear(folder: ReviewFolder) -> None:
    both = DEATH + DEATH.replace('"death"\ntitle = "Death"', '"loss"\ntitle = "Death again"')
    head = 'renderers = ["png"]'
    folder.manifest("adults", outcomes=both, head=head)
    assert folder.run("update", "adults.toml").code == 0
    kept = folder.root / "reports/adults/notes.txt"
    kept.write_text("mine")
    figures = folder.root / "reports/adults/figures"
    assert list(figures.glob("loss-*"))
    folder.manifest("adults", outcomes=DEATH, head=head)
    assert folder.run("update", "adults.toml").code == 0
    assert not list(figures.glob("loss-*"))
    assert list(figures.glob("death-*"))
    assert kept.read_text() == "mine"


def test_a_record_that_was_edited_is_refused(updated: ReviewFolder) -> None:
    [path] = (updated.root / "history/adults").glob("*.json")
    path.write_text(path.read_text().replace('"events_1": 12', '"events_1": 13'))
    before = updated.tree()
    for command in ("update", "check", "history", "show", "diff"):
        ran = updated.run(command, "adults.toml")
        assert ran.code == 2, command
        assert f"history/adults/{path.name}" in ran.err
        assert "Restore it from git or a backup" in ran.err
    assert updated.tree() == before


def test_a_record_with_the_line_ends_of_windows_is_the_same_record(updated: ReviewFolder) -> None:
    [path] = (updated.root / "history/adults").glob("*.json")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert "nothing was written" in updated.run("update", "adults.toml").out


def test_an_update_whose_batch_is_missing_is_refused(updated: ReviewFolder) -> None:
    [batch] = updated.batches()
    batch.unlink()
    before = updated.tree()
    for command in ("update", "check"):
        ran = updated.run(command, "adults.toml")
        assert ran.code == 2
        assert f"evidence/batches/{batch.name}: this batch is missing" in ran.err
        assert "update 1 of" in ran.err
        assert "Restore it" in ran.err
    assert updated.tree() == before
    shown = updated.run("show", "adults.toml")
    assert shown.code == 0


def test_two_manifests_with_one_review_id_are_refused(updated: ReviewFolder) -> None:
    copied = updated.root / "adults-copy.toml"
    copied.write_text((updated.root / "adults.toml").read_text() + "# changed\n")
    before = updated.tree()
    ran = updated.run("update", "adults-copy.toml")
    assert ran.code == 2
    assert 'adults.toml has the id "adults" too' in ran.err
    assert updated.tree() == before
    assert updated.run("check", "adults.toml").code == 2


def test_the_store_can_be_named_by_a_uri(folder: ReviewFolder) -> None:
    store = folder.root.parent / "elsewhere"
    folder.manifest("adults", more=f'[evidence]\nstore = "{store.as_uri()}"')
    assert folder.run("update", "adults.toml").code == 0
    assert list((store / "batches").glob("*.parquet"))
    assert "nothing was written" in folder.run("update", "adults.toml").out


def test_an_update_before_the_first_study_says_that_nothing_is_there(empty: ReviewFolder) -> None:
    empty.sheets = {"studies": [], "reports": [], "results": []}
    empty.write_sheets()
    empty.manifest("adults")
    ran = empty.run("update", "adults.toml")
    assert ran.code == 0
    assert "no eligible result" in ran.out
    assert empty.records()[0]["outcomes"][0]["pooled"]["k"] == 0


@pytest.mark.parametrize("k", [0, 1, 2])
def test_few_studies_are_pooled_or_reported_as_they_are(folder: ReviewFolder, k: int) -> None:
    kept = list(folder.sheets["results"])[: 2 * k]
    folder.sheets["results"] = kept
    folder.write_sheets()
    ran = folder.run("update", "adults.toml")
    assert (ran.code, ran.err) == (0, "")
    assert folder.records()[0]["outcomes"][0]["pooled"]["k"] == k
    assert "death" in folder.report()


@pytest.mark.parametrize(("events", "n"), [((0, 0), (40, 41)), ((40, 41), (40, 41)), ((0, 41), (40, 41))])
def test_arms_without_or_with_only_events_are_reported_not_hidden(
    folder: ReviewFolder, events: tuple[int, int], n: tuple[int, int]
) -> None:
    extreme = trial("zero-2026", "Zero 2026", "adult", events[0], n[0], events[1], n[1])
    for table, rows in extreme.items():
        folder.sheets[table] += rows
    folder.write_sheets()
    ran = folder.run("update", "adults.toml")
    assert ran.code == 0
    [outcome] = folder.records()[0]["outcomes"]
    used = [study for study in outcome["studies"] if study["study_id"] == "zero-2026"]
    left = [item for item in outcome["excluded"] if item["study_id"] == "zero-2026"]
    assert (used and used[0]["notes"]) or left
    assert "Zero 2026" in folder.report()


@pytest.mark.parametrize(("measure", "whole"), [("RR", False), ("OR", False), ("OR", True), ("PETO", True)])
def test_where_no_trial_gives_an_effect_there_is_no_number_and_each_trial_has_its_reason(
    folder: ReviewFolder, measure: str, whole: bool
) -> None:
    for row in folder.sheets["results"]:
        row["events"] = row["n"] if whole else 0
    folder.write_sheets()
    folder.manifest("adults", outcomes=DEATH.replace('"RR"', f'"{measure}"'))
    ran = folder.run("update", "adults.toml")
    assert (ran.code, ran.err) == (0, "")
    [outcome] = folder.records()[0]["outcomes"]
    assert (outcome["pooled"]["k"], outcome["pooled"]["estimate"]) == (0, None)
    left = {item["study_id"]: item["reason"] for item in outcome["excluded"]}
    assert set(left) >= {"adams-2001", "brown-2004", "costa-2008"}
    assert all(left.values())


@pytest.mark.parametrize(("measure", "whole"), [("RR", True), ("RD", False), ("PAS", False)])
def test_an_interval_without_width_is_never_shown_without_a_caution(
    folder: ReviewFolder, measure: str, whole: bool
) -> None:
    for row in folder.sheets["results"]:
        row["events"] = row["n"] if whole else 0
    folder.write_sheets()
    folder.manifest("adults", outcomes=DEATH.replace('"RR"', f'"{measure}"'))
    assert folder.run("update", "adults.toml").code == 0
    [outcome] = folder.records()[0]["outcomes"]
    assert outcome["pooled"]["standard_error"] == 0
    assert "All effects are equal: the Hartung-Knapp interval has no width." in outcome["cautions"]
    assert "the Hartung-Knapp interval has no width" in folder.report()


def test_the_clock_of_an_update_can_be_set(folder: ReviewFolder) -> None:
    from livereview.update import update

    moment = datetime(2027, 3, 4, 5, 6, 7, tzinfo=UTC)
    done = update(folder.root / "adults.toml", now=lambda: moment)
    assert done.record.title == "update 1 of 2027-03-04"
    assert done.added.recorded_at == moment


def test_a_row_of_an_outcome_that_no_review_asks_for_is_stored_and_told(updated: ReviewFolder) -> None:
    updated.sheets["results"].append(arm("adams-2001", "drug", 3, 100, outcome="nausea"))
    updated.write_sheets()
    ran = updated.run("update", "adults.toml")
    assert "Store: 1 added. Update 2" in ran.out
    assert "nausea" in ran.out
    assert "1 of 1 outcomes are unchanged" in ran.out
