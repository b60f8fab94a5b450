"""Two people extract, two people judge, through the command line: disagreements, adjudications, instruments."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from review_folder import RESULTS, ReviewFolder, Row

ADAMS = "adams-2001"


def write(folder: ReviewFolder, name: str, columns: Iterable[str], rows: Iterable[Row]) -> None:
    """A sheet with these columns."""
    with (folder.root / "extractions" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class Team:
    """The drug arm of one trial read by several people; all other rows are the team's."""

    def __init__(self, folder: ReviewFolder) -> None:
        self.folder = folder
        self.arm = folder.row("results", ADAMS, arm="drug")
        folder.sheets["results"].remove(self.arm)

    def read(self, *readings: tuple[str, int] | tuple[str, int, bool]) -> None:
        """Write the sheet with these readings: person, deaths, whether it adjudicates."""
        rows = [
            {**self.arm, "extractor": person, "events": events, "adjudicates": "yes" if judge else ""}
            for person, events, *judge in readings
        ]
        write(self.folder, "results", (*RESULTS, "extractor", "adjudicates"), [*self.folder.sheets["results"], *rows])

    def estimate(self) -> Any:
        """The pooled estimate and number of studies of the newest update."""
        pooled = self.folder.records()[-1]["outcomes"][0]["pooled"]
        return pooled["estimate"], pooled["k"]


@pytest.fixture
def team(folder: ReviewFolder) -> Team:
    return Team(folder)


def test_agreeing_readings_give_the_number_of_one(folder: ReviewFolder, updated_estimate: Any, team: Team) -> None:
    team.read(("anna", 12), ("ben", 12))
    assert folder.run("update", "adults.toml").code == 0
    assert team.estimate() == updated_estimate
    assert "| anna |" in folder.report()
    assert "Double extraction" in folder.report()


@pytest.fixture
def updated_estimate(folder: ReviewFolder) -> Any:
    """What the review says where nobody is named; the update is forgotten afterwards."""
    assert folder.run("update", "adults.toml").code == 0
    pooled = folder.records()[-1]["outcomes"][0]["pooled"]
    for name in ("history", "evidence", "reports"):
        for path in sorted((folder.root / name).rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    return pooled["estimate"], pooled["k"]


def test_a_disagreement_blocks_is_listed_and_is_settled_by_a_third_row(
    folder: ReviewFolder, updated_estimate: Any, team: Team
) -> None:
    team.read(("anna", 12), ("ben", 21))
    ran = folder.run("update", "adults.toml")
    assert ran.code == 0
    assert "1 result read differently and not adjudicated, so not pooled: Adams 2001." in ran.err
    assert team.estimate()[1] == 2
    report = folder.report()
    assert "read differently and not adjudicated: events 12 (anna), 21 (ben)" in report
    assert "Warning:** 1 result is not pooled" in report

    listed = folder.run("agreement", "adults.toml")
    assert listed.code == 0
    assert "12 (anna), 21 (ben)" in listed.out
    assert "open" in listed.out

    team.read(("anna", 12), ("ben", 21), ("cara", 12, True))
    assert folder.run("update", "adults.toml").code == 0
    assert team.estimate() == updated_estimate
    assert "adjudicated: 12 (cara)" in folder.report()
    assert "cara, adjudicating" in folder.report()


def test_an_adjudication_can_be_taken_back(folder: ReviewFolder, team: Team) -> None:
    team.read(("anna", 12), ("ben", 21), ("cara", 12, True))
    folder.run("update", "adults.toml")
    rows = [
        {**team.arm, "extractor": person, "events": events} | extra
        for person, events, extra in (
            ("anna", 12, {}), ("ben", 21, {}),
            ("cara", 12, {"adjudicates": "yes", "withdrawn": "yes", "withdrawn_reason": "wrong table"}),
        )
    ]  # fmt: skip
    columns = (*RESULTS, "extractor", "adjudicates")
    write(folder, "results", columns, [*folder.sheets["results"], *rows])
    assert folder.run("update", "adults.toml").code == 0
    assert team.estimate()[1] == 2


@pytest.mark.parametrize("verb", ["check", "update"])
@pytest.mark.parametrize(
    ("readings", "message"),
    [
        ([("cara", 12, True)], "the row adjudicates, but there is no reading of it to settle"),
        ([("anna", 12), ("cara", 13, True)], "there is only one reading of it, that of anna"),
        ([("anna", 12), ("ben", 12), ("cara", 12, True)], "the readings of anna and ben agree"),
        ([("anna", 12), ("ben", 13), ("cara", 12, True), ("dora", 13, True)], "two adjudications differ"),
    ],
)
def test_an_adjudication_without_its_pair_is_refused_with_file_and_row(
    folder: ReviewFolder, team: Team, verb: str, readings: list[Any], message: str
) -> None:
    team.read(*readings)
    before = folder.tree()
    ran = folder.run(verb, "adults.toml")
    assert ran.code == 2
    assert message in ran.err
    assert "extractions/results.csv, row" in ran.err
    assert "column adjudicates" in ran.err
    assert "Traceback" not in ran.err
    assert folder.tree() == before


def test_withdrawing_a_reading_must_not_leave_its_adjudication_behind(folder: ReviewFolder, team: Team) -> None:
    team.read(("anna", 12), ("ben", 21), ("cara", 12, True))
    folder.run("update", "adults.toml")
    rows = [
        {**team.arm, "extractor": "anna", "events": 12},
        {**team.arm, "extractor": "ben", "events": 21, "withdrawn": "yes", "withdrawn_reason": "another trial"},
        {**team.arm, "extractor": "cara", "events": 12, "adjudicates": "yes"},
    ]
    columns = (*RESULTS, "extractor", "adjudicates")
    write(folder, "results", columns, [*folder.sheets["results"], *rows])
    ran = folder.run("update", "adults.toml")
    assert ran.code == 2
    assert "only one reading of it, that of anna" in ran.err


def test_a_pair_lost_by_a_merge_of_stores_is_told_and_its_number_is_not_pooled(
    folder: ReviewFolder, team: Team
) -> None:
    team.read(("anna", 12), ("ben", 21))
    folder.run("update", "adults.toml")
    first = set(folder.batches())
    team.read(("anna", 12), ("ben", 21), ("cara", 12, True))
    folder.run("update", "adults.toml")
    [adjudication] = set(folder.batches()) - first
    # A merge that brought the later batch, and with it the adjudication, but of the sheets only the rest.
    kept = adjudication.read_bytes()
    for path in folder.batches():
        path.unlink()
    for name in ("history", "reports"):
        for path in sorted((folder.root / name).rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    team.read()
    adjudication.write_bytes(kept)
    ran = folder.run("update", "adults.toml")
    assert ran.code == 0
    assert "the row adjudicates, but there is no reading of it to settle" in ran.err
    assert team.estimate()[1] == 2


def test_a_corrected_reading_after_its_adjudication_is_named(folder: ReviewFolder, team: Team) -> None:
    team.read(("anna", 12), ("ben", 21), ("cara", 12, True))
    folder.run("update", "adults.toml")
    team.read(("anna", 12), ("ben", 22), ("cara", 12, True))
    ran = folder.run("update", "adults.toml")
    assert ran.code == 0
    assert "the reading of ben was recorded on" in ran.err
    assert "Adjudication in doubt" in folder.report()


def test_a_corrected_reading_that_comes_to_agree_needs_no_new_adjudication(folder: ReviewFolder, team: Team) -> None:
    team.read(("anna", 12), ("ben", 21), ("cara", 12, True))
    folder.run("update", "adults.toml")
    team.read(("anna", 12), ("ben", 12), ("cara", 12, True))
    ran = folder.run("update", "adults.toml")
    assert ran.code == 0
    assert "the readings of anna and ben agree" in ran.err
    assert team.estimate()[1] == 3


# --- the manifest ------------------------------------------------------------------------------------------------


def test_a_manifest_prefers_somebody(folder: ReviewFolder, team: Team) -> None:
    folder.manifest("adults", more='[extraction]\ndisagreements = "prefer"\nprefer = ["ben", "anna"]\n')
    team.read(("anna", 12), ("ben", 21))
    assert folder.run("update", "adults.toml").code == 0
    assert team.estimate()[1] == 3
    assert "the manifest prefers ben" in folder.report()


def test_a_name_that_nobody_has_is_told_with_the_near_one(folder: ReviewFolder, team: Team) -> None:
    folder.manifest("adults", more='[extraction]\ndisagreements = "prefer"\nprefer = "bean"\n')
    team.read(("anna", 12), ("ben", 12))
    assert 'nobody is called "bean" in the results. Did you mean "ben"?' in folder.run("check", "adults.toml").err


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ('disagreements = "prefer"', "needs prefer"),
        ('prefer = ["ben"]', 'write disagreements = "prefer" too'),
        ('missing = "set-aside"', "write required = 2 too"),
        ("required = 0", "at least 1"),
    ],
)
def test_a_rule_that_means_nothing_is_refused(folder: ReviewFolder, keys: str, message: str) -> None:
    folder.manifest("adults", more=f"[extraction]\n{keys}\n")
    ran = folder.run("check", "adults.toml")
    assert ran.code == 2
    assert message in ran.err


# --- the command ---------------------------------------------------------------------------------------------------


def test_agreement_speaks_json_and_writes_a_sheet_that_is_no_formula(folder: ReviewFolder, team: Team) -> None:
    team.arm["population"] = "ITT"
    team.read(("=anna", 12), ("ben", 21))
    ran = folder.run("agreement", "adults.toml", "--json", "--csv", "cells.csv")
    assert ran.code == 0
    [cell] = ran.data["disagreements"]
    assert (cell["column"], cell["values"]) == ("events", [["=anna", "12"], ["ben", "21"]])
    with (folder.root / "cells.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["person"], row["value"], row["state"]) for row in rows] == [
        ("'=anna", "12", "open"), ("ben", "21", "open"),
    ]  # fmt: skip


def test_agreement_writes_nothing_else(folder: ReviewFolder, team: Team) -> None:
    team.read(("anna", 12), ("ben", 21))
    before = folder.tree()
    assert folder.run("agreement", "adults.toml").code == 0
    assert folder.tree() == before


def test_agreement_without_people_says_so(folder: ReviewFolder) -> None:
    assert folder.run("agreement", "adults.toml").out.startswith("Nothing to compare")
    assert folder.run("agreement", "adults.toml", "--json").out.strip() == "null"


def test_a_sheet_that_cannot_be_written_is_an_expected_failure(folder: ReviewFolder, team: Team) -> None:
    team.read(("anna", 12), ("ben", 21))
    ran = folder.run("agreement", "adults.toml", "--csv", "adults.toml/cells.csv")
    assert ran.code == 2
    assert "cannot be written" in ran.err


# --- appraisals ------------------------------------------------------------------------------------------------------

APPRAISALS = (
    "study_id", "instrument", "item", "outcome", "score", "rater", "rated_on", "adjudicates", "locator", "note",
)  # fmt: skip


def judge(folder: ReviewFolder, *rows: dict[str, Any]) -> None:
    write(folder, "appraisals", APPRAISALS, [{"study_id": ADAMS, "instrument": "MINORS"} | row for row in rows])


def minors(rater: str, on: str = "2026-11", **changed: Any) -> list[dict[str, Any]]:
    points = {**{f"Q{i}": 2 for i in range(1, 9)}, "total": 16, **changed}
    return [{"item": item, "score": score, "rater": rater, "rated_on": on} for item, score in points.items()]


def test_what_a_rater_cannot_have_meant_is_refused_with_file_and_row(folder: ReviewFolder) -> None:
    judge(folder, *minors("anna", Q3=3), {"item": "Q14", "score": 1, "rater": "anna"})
    before = folder.tree()
    ran = folder.run("update", "adults.toml")
    assert ran.code == 2
    assert (
        "extractions/appraisals.csv, row 4, column score: Q3 of MINORS is 3, and can be 0, 1, 2 (found '3')" in ran.err
    )
    assert "extractions/appraisals.csv, row 11, column item: MINORS has no such item (found 'Q14')" in ran.err
    assert "row 10, column score: total is 16, its items add up to 17" in ran.err
    assert folder.tree() == before


def test_what_a_report_printed_is_kept_and_told(folder: ReviewFolder) -> None:
    rows = [{**row, "rater": "", "rated_on": "", "locator": "Table II"} for row in minors("", Q3=3)]
    judge(folder, *rows)
    ran = folder.run("update", "adults.toml")
    assert ran.code == 0
    assert "Adams 2001, MINORS: Q3 of MINORS is 3, and can be 0, 1, 2 (extractions/appraisals.csv, row 4)" in ran.err
    assert "Q3 of MINORS is 3, and can be 0, 1, 2" in folder.report()


def test_a_manifest_may_refuse_what_was_printed_too(folder: ReviewFolder) -> None:
    folder.manifest("adults", more='[appraisal]\nunsigned = "refuse"\n')
    judge(folder, *({**row, "rater": ""} for row in minors("", Q3=3)))
    assert folder.run("update", "adults.toml").code == 2


def test_two_raters_who_differ_are_compared_and_adjudicated(folder: ReviewFolder) -> None:
    judge(folder, *minors("anna"), *minors("ben", Q2=1, total=15))
    ran = folder.run("update", "adults.toml")
    assert ran.code == 0
    assert "2 items of appraisals scored differently and not adjudicated, so not used: Adams 2001." in ran.err
    assert "**in dispute**" in folder.report()
    lines = folder.run("agreement", "adults.toml", "--json").data["lines"]
    whole = next(line for line in lines if line["column"] == "all items")
    assert (whole["compared"], whole["agreed"], whole["method"]) == (8, 7, "Cohen, linear weights")
    settled = [{"item": "Q2", "score": 1, "rater": "cara", "adjudicates": "yes"},
               {"item": "total", "score": 15, "rater": "cara", "adjudicates": "yes"}]  # fmt: skip
    judge(folder, *minors("anna"), *minors("ben", Q2=1, total=15), *settled)
    assert folder.run("update", "adults.toml").code == 0
    assert "**in dispute**" not in folder.report()
    assert "anna, ben, cara" in folder.report()


def test_an_instrument_of_the_manifest_is_checked_like_the_others(folder: ReviewFolder) -> None:
    own = (
        '[[instruments]]\nname = "Centre checklist"\nscores = ["0", "1"]\ntotal = "sum"\n'
        '[[instruments.items]]\nname = "C1"\ntitle = "Consecutive patients?"\n[[instruments.items]]\nname = "C2"\n'
    )
    folder.manifest("adults", more=own)
    rows = [{"instrument": "centre checklist", "item": item, "score": score, "rater": "anna"}
            for item, score in (("C1", 1), ("C2", 1), ("sum", 3))]  # fmt: skip
    judge(folder, *rows)
    assert "sum is 3, its items add up to 2" in folder.run("update", "adults.toml").err
    judge(folder, *rows[:2])
    assert folder.run("update", "adults.toml").code == 0
    assert "Consecutive patients?" in folder.report()


PLUGIN = """
from livereview import Instrument, InstrumentItem, hookimpl


@hookimpl
def livereview_instruments():
    items = (InstrumentItem(name="B1", title="Were assessors blinded?", scores=("no", "yes")),)
    return [Instrument(name="blinding", title="Blinding", summary="One question.", items=items)]
"""


def test_an_instrument_of_a_strangers_plugin_is_checked_and_its_version_recorded(
    folder: ReviewFolder, plugin: Callable[[str], Path]
) -> None:
    judge(folder, {"instrument": "Blinding", "item": "B1", "score": "maybe", "rater": "anna"})
    assert "so its scores are shown and not checked" in folder.run("check", "adults.toml").err
    plugin(PLUGIN)
    ran = folder.run("check", "adults.toml")
    assert ran.code == 2
    assert "B1 of Blinding is maybe, and can be no, yes" in ran.err
    judge(folder, {"instrument": "Blinding", "item": "B1", "score": "Yes", "rater": "anna"})
    assert folder.run("update", "adults.toml").code == 0
    assert folder.records()[-1]["fingerprint"]["plugins"]["instrument/blinding"] == "stranger-1 2.5"


def test_judgements_of_an_outcome_decide_its_filters(folder: ReviewFolder) -> None:
    filters = (
        '[[outcomes]]\nid = "death"\ntitle = "Death"\nresult = "death"\nmeasure = "RR"\n'
        'filters = [{ field = "appraisals.RoB 2.Overall", in = ["Low"], missing = "include", reason = "biased" }]\n'
    )
    folder.manifest("adults", outcomes=filters)
    rob = [{"instrument": "RoB 2", "item": item, "outcome": "death", "rater": "anna"} for item in
           ("D1", "D2", "D3", "D4", "D5", "Overall")]  # fmt: skip
    judge(folder, *({**row, "score": "Low"} for row in rob))
    assert folder.run("update", "adults.toml").code == 0
    assert folder.records()[-1]["outcomes"][0]["pooled"]["k"] == 3
    judge(folder, *({**row, "score": "High"} for row in rob))
    assert folder.run("update", "adults.toml").code == 0
    found = folder.records()[-1]["outcomes"][0]
    assert found["pooled"]["k"] == 2
    assert "biased" in json.dumps(found["excluded"])
