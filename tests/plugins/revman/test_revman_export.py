"""The CSV export of RevMan 5: results stand in the first row of an outcome or subgroup, studies below it."""

from __future__ import annotations

import math
from pathlib import Path

from revman_reading import read

from first_principles import COUNTS, Pooled, mantel_haenszel
from revman_packages import sheet

COLUMNS = [
    "Comparison Number", "Outcome Number", "Subgroup Number", "Name", "Data Type", "Statistical Method",
    "Effect Measure", "Analysis Model", "Events 1", "Mean 1", "SD 1", "Total 1", "Events 2", "Mean 2", "SD 2",
    "Total 2", "Effect Estimate", "SE", "CI Start", "CI End", "Weight", "Q", "P(Q)", "I²(Q)", "Tau²", "Z", "P(Z)",
    "Qint", "P(Qint)", "I²(Qint)", "df", "Group Label 1", "Group Label 2", "Left Graph Label", "Right Graph Label",
    "Year of study", "User defined order",
]  # fmt: skip


def at(outcome: int, part: int, name: str, **values: object) -> dict[str, object]:
    return {"Comparison Number": 1, "Outcome Number": outcome, "Subgroup Number": part, "Name": name} | values


def total(part: int, name: str, pooled: Pooled, kind: str = "DIC") -> dict[str, object]:
    settings = {"Data Type": kind, "Statistical Method": "MH", "Effect Measure": "RR", "Analysis Model": "Fixed"}
    labels = {"Group Label 1": "Drug", "Group Label 2": "Placebo"}
    numbers = {
        "Effect Estimate": math.exp(pooled.estimate), "CI Start": math.exp(pooled.low), "CI End": math.exp(pooled.high),
        "Q": pooled.q, "df": pooled.df, "P(Q)": pooled.q_p, "Z": pooled.z, "P(Z)": pooled.p, "Tau²": 0,
        "Events 1": 50, "Total 1": 435, "Events 2": 82, "Total 2": 430, "Qint": 0,
    }  # fmt: skip
    return at(1, part, name, **numbers) | (settings | labels if part == 0 else {})


def row(part: int, label: str) -> dict[str, object]:
    a, n1, c, n2 = COUNTS[label]
    counts = {
        "Events 1": a,
        "Total 1": n1,
        "Events 2": c,
        "Total 2": n2,
        "Mean 1": 0,
        "SD 1": 0,
        "Mean 2": 0,
        "SD 2": 0,
    }
    return at(1, part, label) | counts | {"Year of study": label[-4:]}


def test_a_flat_outcome_is_read_with_its_result(tmp_path: Path) -> None:
    pooled = mantel_haenszel(list(COUNTS.values()))
    rows = [at(0, 0, "Drug versus placebo"), total(0, "Death", pooled), *(row(0, label) for label in COUNTS)]
    assert len(COLUMNS) == 37
    found = read(tmp_path, {"old.csv": sheet(COLUMNS, rows, mark=False)})
    assert [(line["study_id"], line["events"]) for line in found.results[:2]] == [
        ("adler-1999", 12),
        ("adler-1999", 20),
    ]
    assert len(found.results) == 2 * len(COUNTS)
    (printed,) = found.published
    assert (printed["estimate"], printed["q"], printed["title"]) == (math.exp(pooled.estimate), pooled.q, "Death")
    assert {line["arm"] for line in found.results} == {"Drug", "Placebo"}


def test_subgroups_have_results_of_their_own(tmp_path: Path) -> None:
    labels = list(COUNTS)
    pooled = mantel_haenszel(list(COUNTS.values()))
    rows = [
        at(0, 0, "Drug versus placebo"), total(0, "Death", pooled), total(1, "Adults", pooled), row(1, labels[0]),
        row(1, labels[1]), total(2, "Children", pooled), row(2, labels[2]),
    ]  # fmt: skip
    found = read(tmp_path, {"old.csv": sheet(COLUMNS, rows, mark=False)})
    assert [line["population"] for line in found.results[::2]] == ["subgroup:Adults"] * 2 + ["subgroup:Children"]
    assert [line.get("subgroup") for line in found.published] == [None, "Adults", "Children"]


def test_estimates_that_the_export_does_not_hold_are_named(tmp_path: Path) -> None:
    pooled = mantel_haenszel(list(COUNTS.values()))
    rows = [total(0, "Relapse", pooled, kind="IV"), at(1, 0, "Adler 1999", **{"Effect Estimate": 0.7, "SE": 0.2})]
    found = read(tmp_path, {"old.csv": sheet(COLUMNS, rows, mark=False)})
    assert found.results == []
    assert [text for text in found.left_out if "Read the RevMan 5 file itself" in text and "Adler 1999" in text]
