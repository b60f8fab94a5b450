"""The renderers ``csv`` and ``json``: nothing rounded, nothing lost, every column and field documented."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import builders
from hostile import POISONS, poisoned
from livereview import (
    AbsoluteEffect,
    DomainJudgement,
    DraftedCertainty,
    Finding,
    JudgedDomain,
    RenderRequest,
    Report,
    SummaryOfFindings,
)
from livereview_results import livereview_renderers
from livereview_results.columns import Table
from livereview_results.package import TABLES, description
from livereview_results.schema import schema

VALID = jsonschema.Draft202012Validator(schema())
DOCS = Path(__file__).parents[3] / "docs"
RENDERERS = {renderer.name: renderer for renderer in livereview_renderers()}
FULL = builders.report([
    builders.outcome(6, divisions=2, id="a"), builders.outcome(3, kind="proportion", id="b"),
    builders.outcome(1, id="c"), builders.outcome(0, id="d"),
])  # fmt: skip
FEW = DomainJudgement(levels=-1, reason="few events")
DRAFT = DraftedCertainty(
    outcome_id="a", start="high", start_reason="6 randomised trials", level="moderate",
    domains=(
        JudgedDomain(name="imprecision", title="Imprecision", judgement=FEW),
        JudgedDomain(name="indirectness", title="Indirectness", judgement=DomainJudgement(levels=None, reason="ask")),
    ),
)  # fmt: skip
EFFECT = AbsoluteEffect(baseline=0.3, source="control arms", risk=(0.21, 0.18, 0.27))
FULL = replace(
    FULL,
    summary_of_findings=SummaryOfFindings(
        title="Drug or placebo",
        findings=(
            Finding(outcome_id="a", title="Death", absolute=(EFFECT,), draft=DRAFT, footnotes=(1,), sentence="Fewer."),
            Finding(outcome_id="d", title="Nausea", no_absolute="no study", sentence="Nobody knows."),
        ),
        footnotes=("Imprecision: few events",),
    ),
    audit=builders.audit(
        builders.audited(1, FULL.outcomes[0].studies[0], ("a",)),
        builders.audited(2, FULL.outcomes[0].studies[1], severity="note", acknowledged="so", acknowledged_by="A. B."),
    ),
)  # fmt: skip
SMALL = builders.report([builders.outcome(1, id="c")])


def rendered(report: Report, name: str) -> dict[str, bytes]:
    renderer = RENDERERS[name]
    request = RenderRequest(report=report)
    return {file.path: file.content for file in renderer.render(request, renderer.options())}


def table(report: Report, name: str) -> list[dict[str, str]]:
    """The rows of one table, as a reader of CSV sees them."""
    content = rendered(report, "csv")[f"results/{name}.csv"].decode()
    return list(csv.DictReader(io.StringIO(content)))


def number(cell: str) -> float:
    return float(cell) if cell else math.nan


def the_same(cell: str, value: float | None) -> bool:
    wanted = math.nan if value is None else value
    return number(cell) == wanted or (math.isnan(number(cell)) and math.isnan(wanted))


# --- CSV -----------------------------------------------------------------------------------------------------------


def test_every_number_of_a_pooled_result_can_be_read_back_to_its_last_digit() -> None:
    rows = {row["outcome"]: row for row in table(FULL, "outcomes")}
    assert list(rows) == ["a", "b", "c", "d"]
    for outcome in FULL.outcomes:
        pooled, row = outcome.pooled, rows[outcome.id]
        low, high = pooled.prediction_shown or (None, None)
        shown = pooled.shown
        wanted = {
            "k": pooled.k, "participants": pooled.participants, "estimate": shown.estimate, "ci_low": shown.low,
            "ci_high": shown.high, "prediction_low": low, "prediction_high": high, "effect": pooled.estimate,
            "standard_error": pooled.standard_error, "df": pooled.df, "p_value": pooled.p_value, "tau2": pooled.tau2,
            "q": pooled.q, "i2_percent": pooled.i2, "h2": pooled.h2,
        }  # fmt: skip
        assert all(the_same(row[name], value) for name, value in wanted.items())


def test_every_study_of_every_outcome_is_there_with_its_numbers_and_the_way_back() -> None:
    studies = [(outcome.id, study) for outcome in FULL.outcomes for study in outcome.studies]
    rows = table(FULL, "studies")
    assert [(row["outcome"], row["study_id"]) for row in rows] == [(name, study.study_id) for name, study in studies]
    for row, (_, study) in zip(rows, studies, strict=True):
        assert the_same(row["effect"], study.effect)
        assert the_same(row["variance"], study.variance)
        assert the_same(row["weight_percent"], study.weight)
    kept = {(row["outcome"], row["study_id"], row["name"]): float(row["value"]) for row in table(FULL, "numbers")}
    assert kept == {(name, s.study_id, key): value for name, s in studies for key, value in s.data.items()}
    ways = [(row["outcome"], row["study_id"], row["row_id"], row["locator"]) for row in table(FULL, "sources")]
    assert ways == [(name, s.study_id, row.row_id, row.locator) for name, s in studies for row in s.rows]


def test_every_fit_is_a_row() -> None:
    rows = table(FULL, "fits")
    for outcome in FULL.outcomes:
        own = [row["analysis"] for row in rows if row["outcome"] == outcome.id]
        assert own.count("main") == 1
        assert own.count("subgroup") == sum(len(division.groups) for division in outcome.subgroups)
        assert own.count("sensitivity") == len(outcome.sensitivity)
        assert own.count("leave-one-out") == len(outcome.leave_one_out)
        assert own.count("cumulative") == len(outcome.cumulative)


def test_a_finding_has_its_certainty_its_reasons_and_its_absolute_effects() -> None:
    death, nausea = table(FULL, "findings")
    assert (death["certainty"], death["signed"], death["reasons"]) == ("moderate", "false", "Imprecision: few events")
    assert (float(death["risk"]), float(death["difference"])) == (0.21, 0.21 - 0.3)
    assert (nausea["certainty"], nausea["risk"], nausea["no_absolute"]) == ("", "", "no study")
    assert [(row["domain"], row["levels"]) for row in table(FULL, "certainty")] == [
        ("Imprecision", "-1"), ("Indirectness", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("one", TABLES, ids=lambda one: one.name)
def test_a_table_has_the_columns_that_are_documented_and_no_row_has_another(one: Table) -> None:
    names = [column.name for column in one.columns]
    assert len(set(names)) == len(names)
    assert all(column.about for column in one.columns)
    for row in one.rows(FULL):
        assert set(row) <= set(names)
    header = rendered(FULL, "csv")[f"results/{one.name}.csv"].decode().splitlines()[0]
    assert header.split(",") == names


@pytest.mark.parametrize("one", TABLES, ids=lambda one: one.name)
def test_a_key_names_one_row_and_leads_to_a_row_of_the_other_table(one: Table) -> None:
    rows = table(FULL, one.name)
    keys = [tuple(row[name] for name in one.key) for row in rows]
    assert not one.key or len(set(keys)) == len(keys)
    for column, other in one.refers:
        assert {row[column] for row in rows} <= {row[column] for row in table(FULL, other)}


def test_the_description_lists_every_table_with_the_type_of_each_column() -> None:
    files = rendered(FULL, "csv")
    told = json.loads(files["results/datapackage.json"])
    assert told == description(FULL)
    assert {f"results/{one['path']}" for one in told["resources"]} == set(files) - {"results/datapackage.json"}
    for one in told["resources"]:
        kinds = {field["name"]: field["type"] for field in one["schema"]["fields"]}
        for row in table(FULL, one["name"]):
            for name, cell in row.items():
                if cell and kinds[name] in ("number", "integer"):
                    assert math.isfinite(float(cell)) or cell in ("inf", "-inf")
                    assert kinds[name] == "number" or float(cell).is_integer()
                if cell and kinds[name] == "boolean":
                    assert cell in ("true", "false")


# --- JSON ------------------------------------------------------------------------------------------------------------


def test_the_schema_in_the_documentation_is_that_of_the_code() -> None:
    assert json.loads((DOCS / "results.schema.json").read_text(encoding="utf-8")) == schema()


def as_read(report: Report) -> Any:
    return json.loads(rendered(report, "json")["results.json"])


def test_a_report_is_of_the_schema_and_holds_every_number() -> None:
    VALID.validate(read := as_read(FULL))
    for told, outcome in zip(read["report"]["outcomes"], FULL.outcomes, strict=True):
        assert told["pooled"]["shown"]["estimate"] == (
            None if math.isnan(outcome.pooled.shown.estimate) else outcome.pooled.shown.estimate
        )
        assert [study["effect"] for study in told["studies"]] == [study.effect for study in outcome.studies]


def test_what_is_not_of_the_schema_is_found() -> None:
    read = as_read(FULL)
    read["report"]["outcomes"][0]["pooled"]["k"] = "six"
    with pytest.raises(jsonschema.ValidationError):
        VALID.validate(read)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_number_can_be_read_back_from_both(value: float) -> None:
    pooled = replace(SMALL.outcomes[0].pooled, statistic=value)
    report = replace(SMALL, outcomes=(replace(SMALL.outcomes[0], pooled=pooled),))
    told = as_read(report)["report"]["outcomes"][0]["pooled"]["statistic"]
    VALID.validate(as_read(report))
    for back in (math.nan if told is None else float(told), number(table(report, "outcomes")[0]["statistic"])):
        assert np.array_equal(back, value, equal_nan=True)


# --- texts from outside --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: repr(poison[:12]))
def test_a_hostile_text_is_a_text_in_every_cell_and_no_formula(poison: str) -> None:
    report = poisoned(FULL, poison, keep=("id",))
    cells = 0
    for path, content in rendered(report, "csv").items():
        if path.endswith(".csv"):
            for row in csv.reader(io.StringIO(content.decode("utf-8"), newline="")):
                texts = [cell for cell in row if cell and not _is_number(cell)]
                assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in texts)
                cells += sum(poison in cell for cell in texts)
    assert cells > 100
    VALID.validate(read := as_read(report))
    assert read["report"]["review"]["title"] == poison


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_every_finding_of_the_audit_is_a_row_with_its_place_and_who_looked() -> None:
    first, second = table(FULL, "audit")
    assert (first["rank"], first["severity"], first["code"], first["study_id"]) == (
        "1", "error", "percentage-differs", FULL.outcomes[0].studies[0].study_id,
    )  # fmt: skip
    assert (first["pooled_in"], first["columns"], first["suggestion"]) == ("a", "events", "events: 13")
    assert (second["acknowledged"], second["acknowledged_by"]) == ("so", "A. B.")
    assert table(SMALL, "audit") == []
