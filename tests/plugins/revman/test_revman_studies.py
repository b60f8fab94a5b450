"""Study files of a data package: risk of bias of both kinds, characteristics, lists of references."""

from __future__ import annotations

from pathlib import Path

from revman_reading import read

from first_principles import COUNTS
from revman_packages import ROWS_2, archive, counts_row, sheet

BIAS = (
    "Bias arising from the randomization process", "Bias due to deviations from intended interventions",
    "Bias due to missing outcome data", "Bias in measurement of the outcome",
    "Bias in selection of the reported result", "Overall bias",
)  # fmt: skip


def judged(study: str, number: int = 1, subgroup: str = "", overall: str = "Some concerns") -> dict[str, object]:
    found = counts_row(number, study, COUNTS["Adler 1999"], subgroup=subgroup)
    for name in BIAS:
        found[f"{name} (judgement)"] = overall if name == "Overall bias" else "Low risk"
        found[f"{name} (support)"] = "<p>Sealed&nbsp;envelopes<br>and <b>blocks</b></p>"
    return found


COLUMNS = [*ROWS_2, *(f"{name} ({what})" for name in BIAS for what in ("judgement", "support"))]


def test_judgements_beside_the_data_are_those_of_one_analysis(tmp_path: Path) -> None:
    content = sheet(COLUMNS, [judged("Adler 1999"), judged("Adler 1999", 2, overall="High risk")])
    found = read(tmp_path, {"7-data-rows.csv": content})
    overall = {row["outcome"]: row["score"] for row in found.appraisals if row["item"] == "Overall"}
    assert overall == {"analysis-1-1": "Some concerns", "analysis-1-2": "High"}
    first = found.appraisals[0]
    assert (first["instrument"], first["item"], first["score"]) == ("RoB 2", "D1", "Low")
    assert first["note"] == "Sealed envelopes\nand blocks"
    assert len(found.appraisals) == 12


def test_one_study_judged_twice_alike_is_judged_once_and_differently_not_at_all(tmp_path: Path) -> None:
    rows = [judged("Adler 1999", subgroup="Women"), judged("Adler 1999", subgroup="Men", overall="High risk")]
    found = read(tmp_path, {"7-data-rows.csv": sheet(COLUMNS, rows)})
    assert {row["item"] for row in found.appraisals} == {"D1", "D2", "D3", "D4", "D5"}
    (said,) = found.left_out
    assert "judged differently in one analysis" in said
    assert "Some concerns / High" in said


def test_risk_of_bias_of_studies_keeps_domains_and_support(tmp_path: Path) -> None:
    domain = "Blinding (performance bias): All outcomes"
    columns = ["Study", f"Domain (judgement): {domain}", f"Domain (support): {domain}"]
    rows = [
        {"Study": "Adler 1999", columns[1]: "High risk", columns[2]: "<p>Open &lt; label</p>"},
        {"Study": "Nobody 1900", columns[1]: "Not applicable"},
        {"Study": "Brandt 2003", columns[1]: ""},
    ]
    data = sheet(ROWS_2, [counts_row(1, label, trial) for label, trial in COUNTS.items()])
    found = read(tmp_path, {"a/7-data-rows.csv": data, "a/7-risk-of-bias.csv": sheet(columns, rows)}, "a")
    assert [(row["study_id"], row["item"], row["score"], row.get("note")) for row in found.appraisals] == [
        ("adler-1999", domain, "High risk", "Open < label"), ("nobody-1900", domain, "Not applicable", None),
    ]  # fmt: skip


def test_characteristics_and_lists_of_studies(tmp_path: Path) -> None:
    columns = ["Study", "Year", "Data source", "Char: Methods", "Char: Notes"]
    included = sheet(
        columns, [{"Study": "Adler 1999", "Year": "1999", "Char: Methods": "<p>Parallel</p><p>groups</p>"}]
    )
    excluded = sheet(
        ["Study", "Year", "Char: Reason for exclusion"], [{"Study": "Fox", "Char: Reason for exclusion": "<p>Rats</p>"}]
    )
    ongoing = sheet(
        ["Study", "Year", "Char: Starting date"], [{"Study": "Hall", "Char: Starting date": "NCT01234567, 2020"}]
    )
    files = {
        "7-study-information.csv": included,
        "7-excluded-study-information.csv": excluded,
        "7-ongoing-study-information.csv": ongoing,
        "7-awaiting-study-information.csv": sheet(["Study", "Year"], [{"Study": "Gil"}]),
    }
    found = read(tmp_path, {"7.zip": archive(files)})
    assert [(row["characteristic"], row["value"]) for row in found.characteristics] == [("methods", "Parallel groups")]
    assert [row["registry_id"] for row in found.ongoing] == ["NCT01234567"]
    assert [row["study_id"] for row in found.studies] == ["adler-1999"]
    notes = "\n".join(found.fetched.notes)
    assert "1 study excluded: Fox (Rats)" in notes
    assert "1 study awaiting classification: Gil" in notes


def test_reference_lists_give_studies_and_are_counted(tmp_path: Path) -> None:
    ris = "\ufeffTY  - JOUR\r\nNS  - Adler 1999\r\nER  - \r\n\r\nTY  - JOUR\r\nTI  - no study\r\nER  - \r\n"
    trial = "TY  - JOUR\nNS  - Hall\nN1  - ISRCTN12345678\nER  - \n"
    files = {"7-included.ris": ris.encode(), "7-ongoing.ris": trial.encode()}
    found = read(tmp_path, {"7.zip": archive(files)})
    assert [row["label"] for row in found.studies] == ["Adler 1999"]
    assert [row["registry_id"] for row in found.ongoing] == ["ISRCTN12345678"]
    assert any("2 references of included studies" in note for note in found.fetched.notes)


def test_study_results_that_analyses_use_are_counted_and_not_read_twice(tmp_path: Path) -> None:
    data = sheet(ROWS_2, [counts_row(1, label, trial) for label, trial in COUNTS.items()])
    more = sheet(
        ["Study", "Outcome", "Data type", "Arm"], [{"Study": "Adler 1999", "Outcome": "Death", "Arm": "Drug"}] * 3
    )
    found = read(tmp_path, {"a/7-data-rows.csv": data, "a/7-study-results.csv": more}, "a")
    assert any("3 rows of study results" in note for note in found.fetched.notes)
    assert len(found.results) == 2 * len(COUNTS)


def test_text_from_outside_stays_text(tmp_path: Path) -> None:
    """No formula, no markup, no path: a name is a name, and an id has letters, digits and hyphens only."""
    rows = [
        counts_row(1, name, COUNTS["Adler 1999"])
        for name in ("=HYPERLINK(1) 2001", "../../etc 2002", "<script>x</script> 2003")
    ]
    found = read(tmp_path, {"7-data-rows.csv": sheet(ROWS_2, rows)})
    assert [row["study_id"] for row in found.studies] == ["hyperlink-1-2001", "etc-2002", "script-x-script-2003"]
    assert [row["label"] for row in found.studies] == [
        "=HYPERLINK(1) 2001",
        "../../etc 2002",
        "<script>x</script> 2003",
    ]
