"""``livereview next`` as a user types it: what is shown, as text, JSON and CSV, what is refused, what is written."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from review_folder import DEATH, ReviewFolder

ONGOING = """registry_id,study_id,regimen,design,population,target_enrollment,expected_on,source
NCT2,,Drug,rct,adult,300,2028,registry
NCT1,,=HYPERLINK(1),rct,adult,120,2027-03,registry
NCT3,,Drug,rct,child,500,,registry
NCT4,adams-2001,Drug,rct,adult,200,,registry
"""
REMISSION = '[[outcomes]]\nid = "cr"\ntitle = "Remission"\nresult = "cr"\nmeasure = "PLO"\n'


@pytest.fixture
def ahead(folder: ReviewFolder) -> ReviewFolder:
    """Three trials in adults, and four registered ones, of which two are still to come."""
    (folder.root / "extractions" / "ongoing.csv").write_text(ONGOING, encoding="utf-8")
    path = folder.manifest("adults", outcomes=DEATH + REMISSION)
    path.write_text(
        path.read_text(encoding="utf-8").replace("[review]\n", "[review]\nongoing = true\n"), encoding="utf-8"
    )
    assert folder.run("update", "adults.toml").code == 0
    return folder


def test_every_outcome_is_seen_ahead_and_nothing_is_written(ahead: ReviewFolder) -> None:
    before = ahead.tree()
    ran = ahead.run("next", "adults.toml")
    assert (ran.code, ran.err) == (0, "")
    assert ahead.tree() == before
    lines = ran.out.splitlines()
    assert lines[:2] == ["Drug against placebo in adults", "4 registered trials in the store."]
    assert "death: Death (RR)" in lines
    assert "cr: Remission (PLO)" in lines
    assert "not done: 0 studies: it needs at least 1" in lines
    firsts = [line.split()[0] for line in lines if line.startswith(("Today ", "NCT", "All of them"))]
    assert firsts == ["Today", "Today", "NCT1", "NCT2", "All"]  # the sentence, then the rows


def test_json_has_the_tables_on_both_scales(ahead: ReviewFolder) -> None:
    found = ahead.run("next", "adults.toml", "--outcome", "death", "--json").data
    assert (found["review"], found["ongoing"], len(found["outcomes"])) == ("adults", 4, 1)
    (outcome,) = found["outcomes"]
    assert (outcome["outcome"], outcome["measure"], outcome["failure"]) == ("death", "RR", None)
    titles = [one["title"] for one in outcome["result"]["shown"]]
    assert titles[0] == "After each registered trial"
    assert [row[0] for row in outcome["result"]["tables"][0]["rows"]] == [
        "Today", "NCT1", "NCT2", "All of them together",
    ]  # fmt: skip
    assert outcome["result"]["plots"] == []


def test_the_csv_has_a_line_for_each_row_and_no_formula(ahead: ReviewFolder, tmp_path: Path) -> None:
    target = tmp_path / "next.csv"
    assert ahead.run("next", "adults.toml", "--csv", str(target)).code == 0
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))
    trials = [row for row in rows if row["table"] == "After each registered trial"]
    assert [row["Trial"] for row in trials] == ["Today", "NCT1", "NCT2", "All of them together"]
    assert trials[1]["What is given"] == "'=HYPERLINK(1)"
    assert trials[1]["Expected"] == "2027-03"
    low, middle, high = (
        float(trials[1][f"Estimate after: median (quartiles){end}"]) for end in (", low", "", ", high")
    )
    assert low < middle < high
    assert 0 < float(trials[1]["Conclusion moves"]) < 100


def test_what_is_asked_goes_before_what_the_manifest_says(ahead: ReviewFolder) -> None:
    ran = ahead.run(
        "next", "adults.toml", "--outcome", "death", "--important", "0.5", "--power", "0.6", "--tau2", "0.1"
    )
    assert ran.code == 0
    assert "New trials needed for a chance of 60% that the interval excludes a value" in ran.out
    assert "includes 0.5" in ran.out
    assert "tau² = 0.1 (as stated)" in ran.out


REFUSED = {
    "an unknown outcome": (["--outcome", "deaths"], 'no outcome is called "deaths". Did you mean "death"?'),
    "an effect for every outcome": (["--important", "0.8"], "--important: this belongs to one outcome"),
    "an effect that cannot be": (
        ["--outcome", "death", "--important", "-2"],
        "death: important = -2 cannot be an effect",
    ),
    "no number": (["--outcome", "death", "--important", "nan"], "--important: a finite number is needed"),
    "a chance above 1": (["--power", "80"], "--power 80: a chance between 0 and 1 is needed"),
    "a negative variance": (["--outcome", "death", "--tau2=-1"], "--tau2 -1: a variance is needed"),
    "a file that cannot be written": (["--csv", "adults.toml/next.csv"], "adults.toml/next.csv: cannot be written"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_in_one_message_and_nothing_is_written(ahead: ReviewFolder, case: str) -> None:
    arguments, message = REFUSED[case]
    before = ahead.tree()
    ran = ahead.run("next", "adults.toml", *arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert ahead.tree() == before


def test_all_mistakes_are_told_at_once(ahead: ReviewFolder) -> None:
    ran = ahead.run("next", "adults.toml", "--important", "inf", "--power", "2", "--tau2=-1")
    assert ran.code == 2
    assert "4 mistakes; nothing was changed." in ran.err


def test_before_the_first_update_it_says_what_to_do(folder: ReviewFolder) -> None:
    ran = folder.run("next", "adults.toml")
    assert ran.code == 2
    assert "the store holds no evidence yet. Bring it in: livereview update adults.toml" in ran.err


def test_a_review_that_lists_no_registered_trials_says_how_it_would(updated: ReviewFolder) -> None:
    ran = updated.run("next", "adults.toml")
    assert ran.code == 0
    assert "ongoing = true under [review]" in ran.out
    assert "After one new trial, by its size" in ran.out


def test_the_report_has_the_analysis_where_the_manifest_names_it_and_says_what_became_of_each_trial(
    ahead: ReviewFolder,
) -> None:
    path = ahead.root / "adults.toml"
    text = path.read_text(encoding="utf-8").replace('measure = "RR"', 'measure = "RR"\nanalyses = ["next-trials"]')
    path.write_text(text, encoding="utf-8")
    assert ahead.run("update", "adults.toml").code == 0
    report = ahead.report()
    assert "#### What next: trials to come" in report
    assert "**After each registered trial**" in report
    assert "not admitted: other patients" in report
    assert "has results: Adams 2001" in report
    assert "When results are expected is not known of 2 of 4." in report
    first = ahead.run("update", "adults.toml", "--again")
    assert "no file differed" in first.out
