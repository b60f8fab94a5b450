"""A study renamed, or entered twice, is named with the remedy by ``update`` and by ``check``."""

from __future__ import annotations

import pytest
from review_folder import ReviewFolder, arm, report, study


def renamed(folder: ReviewFolder, old: str, new: str, **cells: str) -> None:
    """Gives a study another id in all sheets, and its report one too."""
    for rows in folder.sheets.values():
        for row in rows:
            if row["study_id"] == old:
                row["study_id"] = new
                if "report_id" in row:
                    row["report_id"] = row["report_id"].replace(old, new)
    folder.row("studies", new).update(cells)
    folder.write_sheets()


@pytest.mark.parametrize("command", ["update", "check"])
def test_a_study_that_was_renamed_is_named(updated: ReviewFolder, command: str) -> None:
    renamed(updated, "adams-2001", "adams-et-al-2001")
    said = updated.run(command, "adults.toml")
    assert said.code == 0
    assert (
        "adults.toml: adams-2001 no longer stands in extractions/studies.csv, and adams-et-al-2001 has the same label: "
        "was it renamed? Both are used. If so, keep the rows of adams-2001 with withdrawn = yes and a reason."
        in said.err
    )


def test_a_study_with_another_label_is_known_by_its_report(updated: ReviewFolder) -> None:
    """The report keeps its id, so that it would belong to another study than the results recorded from it."""
    for table in ("studies", "reports", "results"):
        for row in updated.sheets[table]:
            if row["study_id"] == "adams-2001":
                row["study_id"] = "adams-et-al-2001"
    updated.write_sheets()
    said = updated.run("update", "adults.toml")
    assert said.code == 2
    assert "If the study was renamed, keep its rows under the old name with withdrawn = yes" in said.err


def test_a_study_that_left_without_a_successor_is_not_said_to_be_renamed(updated: ReviewFolder) -> None:
    for table, rows in updated.sheets.items():
        updated.sheets[table] = [row for row in rows if row["study_id"] != "adams-2001"]
    updated.write_sheets()
    said = updated.run("update", "adults.toml")
    assert "no longer stand in it" in said.err
    assert "renamed" not in said.err


def test_two_studies_with_one_label_are_named(folder: ReviewFolder) -> None:
    folder.sheets["studies"].append(study("adams-again", "adams  2001"))
    folder.write_sheets()
    assert 'adams-2001 and adams-again have the same label, "Adams 2001".' in folder.run("check", "adults.toml").err


@pytest.fixture
def alike(folder: ReviewFolder) -> ReviewFolder:
    """Two studies with one registry number and the same counts, read in different reports."""
    folder.sheets["studies"].append(study("adams-abstract", "Adams (abstract)"))
    folder.sheets["reports"].append(report("adams-abstract"))
    folder.sheets["results"] += [arm("adams-abstract", "drug", 12, 100), arm("adams-abstract", "placebo", 20, 98)]
    folder.write_sheets()
    path = folder.root / "extractions" / "studies.csv"
    lines = path.read_text().splitlines()
    registered = [
        line + (",registry_id" if not number else ",NCT1; EudraCT 2" if "adams" in line.lower() else ",")
        for number, line in enumerate(lines)
    ]
    path.write_text("\n".join(registered) + "\n")
    return folder


def test_two_studies_with_the_same_patients_are_named(alike: ReviewFolder) -> None:
    said = alike.run("update", "adults.toml")
    assert said.code == 0
    assert "adams-2001 and adams-abstract (EUDRACT 2, NCT1) have the same numbers: death, ITT, drug: 12/100" in said.err
    assert "and 1 more. If they share patients, name them under [[eligibility.overlaps]]" in said.err


@pytest.mark.parametrize("key", ["overlaps", "distinct"])
def test_what_the_manifest_says_of_them_settles_it(alike: ReviewFolder, key: str) -> None:
    more = f'[[eligibility.{key}]]\nstudies = ["adams-2001", "adams-abstract"]\nreason = "asked the authors"'
    alike.manifest("adults", more=more)
    said = alike.run("update", "adults.toml")
    assert (said.code, said.err) == (0, "")
    assert alike.records()[0]["outcomes"][0]["pooled"]["k"] == (3 if key == "overlaps" else 4)
