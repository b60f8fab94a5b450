"""The stability grid: every combination is there, each number is what the outcome gives under that choice alone."""

from __future__ import annotations

from typing import Any

import pytest

from evidence_rows import count, ledger, plugins_with, result, row, study
from livereview import EffectModel, Fit, Options, PluginError, Studies
from livereview.report import FurtherResult


def pair(study_id: str, treated: int, control: int, n: int = 100) -> list[dict[str, Any]]:
    return [count(study_id, treated, n), count(study_id, control, n, arm="none")]


TABLES = ledger(
    study("a", design="rct"), study("b", design="rct"), study("c", design="cohort"),
    row("appraisals", study_id="a", instrument="RoB 2", item="overall", score="low", locator="judged by us"),
    row("appraisals", study_id="b", instrument="RoB 2", item="overall", score="high", locator="judged by us"),
    *pair("a", 10, 20), *pair("b", 15, 28), *pair("c", 30, 31),
)  # fmt: skip
CHOICES: dict[str, Any] = {"measure": "RR", "experimental": ["drug"], "control": ["none"]}
GRID = {
    "measures": ["RR", "OR"],
    "models": ["random-effects", "common-effect"],
    "options": {"tau2": ["DL", "REML"], "interval": ["wald", "hartung-knapp"]},
    "studies": [{"title": "trials", "filters": [{"field": "design", "in": ["rct"], "reason": "not randomised"}]}],
}


def grid(stability: dict[str, Any], *plugins: Any, **change: Any) -> FurtherResult:
    found = result(TABLES, plugins_with(*plugins), **{**CHOICES, "stability": stability, **change})
    (one,) = [item for item in found.further if item.name == "stability"]
    return one


def rows(found: FurtherResult, printed: bool = True) -> list[dict[str, Any]]:
    table = (found.shown if printed else found.tables)[1]
    return [dict(zip([column.name for column in table.columns], cells, strict=True)) for cells in table.rows]


def test_every_combination_is_there_once() -> None:
    found = rows(grid(GRID))
    told = [tuple(one[name] for name in ("measure", "model", "tau2", "interval", "studies")) for one in found]
    # Of random effects 2 x 2 options, of the common effect the 2 intervals (one of which it does not have).
    assert len(told) == len(set(told)) == 2 * (4 + 2) * 2


def test_each_number_is_that_of_the_outcome_under_the_choice() -> None:
    analyses = rows(grid(GRID), printed=False)
    (one,) = [
        item for item in analyses
        if (item["measure"], item["model"], item["tau2"], item["interval"], item["studies"])
        == ("OR", "random-effects", "DL", "wald", "trials")
    ]  # fmt: skip
    alone = result(
        TABLES, plugins_with(),
        **{**CHOICES, "measure": "OR", "model": {"name": "random-effects", "tau2": "DL", "interval": "wald"},
           "filters": [{"field": "design", "in": ["rct"], "reason": "not randomised"}]},
    )  # fmt: skip
    assert (one["estimate"], one["ci_low"], one["ci_high"]) == (
        alone.pooled.shown.estimate, alone.pooled.shown.low, alone.pooled.shown.high,
    )  # fmt: skip
    assert one["k"] == 2


def test_what_cannot_be_made_is_counted_with_its_reason() -> None:
    found = grid(GRID)
    assert sum(one["Result"] == "not made" for one in rows(found)) == 4
    assert found.notes[1] == "Not made, 4 analyses: common-effect does not have interval = hartung-knapp."


def test_agreement_is_about_the_side_of_no_effect() -> None:
    found = grid(GRID, model={"name": "random-effects", "tau2": "DL", "interval": "wald"})
    made = [one for one in rows(found, printed=False) if one["k"]]
    main = result(
        TABLES, plugins_with(), **{**CHOICES, "model": {"name": "random-effects", "tau2": "DL", "interval": "wald"}}
    )  # fmt: skip
    below = main.pooled.ci_high < 0
    assert {one["Agrees"] for one in made} == {"yes", "no"}
    assert all((one["Agrees"] == "yes") == ((one["ci_high"] < 1) == below) for one in made)
    total = found.shown[0].rows[0]
    assert total[:4] == ("all", "", 20, sum(one["Agrees"] == "yes" for one in made))


def test_the_choice_that_changes_most_is_first() -> None:
    table = grid(GRID).shown[0]
    shares: dict[str, list[float]] = {}
    for name, _, _, _, share in table.rows[1:]:
        shares.setdefault(str(name), []).append(share)  # type: ignore[arg-type]
    spread = [max(values) - min(values) for values in shares.values()]
    assert spread == sorted(spread, reverse=True)


def test_proportions_agree_where_the_estimate_lies_in_the_main_interval() -> None:
    found = grid({"measures": ["PLO", "PAS"]}, measure="PLO", control=[])
    assert found.notes == ("An analysis agrees if its estimate lies in the interval of the main analysis.",)
    assert [one["Agrees"] for one in rows(found)] == ["yes", "yes"]


def test_studies_can_be_chosen_by_their_risk_of_bias() -> None:
    low = {"title": "low", "filters": [{"field": "appraisals.RoB 2.overall", "in": ["low"], "reason": "not low"}]}
    found = rows(grid({"studies": [low]}))
    assert [(one["studies"], one["k"]) for one in found] == [("all studies", 3), ("low", 1)]


def test_a_set_without_a_study_is_not_made() -> None:
    none = {"title": "none", "filters": [{"field": "design", "in": ["case-report"], "reason": "no case report"}]}
    found = grid({"studies": [none]})
    assert rows(found)[1]["Result"] == "not made"
    assert found.notes[1] == "Not made, 1 analysis: no study."


def test_a_model_that_fails_loses_its_own_cells_only() -> None:
    def broken(studies: Studies, options: Options) -> Fit:
        raise PluginError("cannot do this")

    found = grid({"models": ["random-effects", "broken"]}, EffectModel(name="broken", summary="", fit=broken))
    assert [one["Result"] != "not made" for one in rows(found)] == [True, False]
    assert found.notes[1] == "Not made, 1 analysis: cannot do this."


def test_one_study_leaves_nothing_to_vary() -> None:
    only = {"filters": [{"field": "design", "in": ["cohort"], "reason": "not a cohort"}]}
    assert grid(GRID, **only).refused == "1 study: there is nothing to vary"


def test_a_grid_without_end_is_refused() -> None:
    endless = {"options": {"tau2_value": [step / 10000 for step in range(6000)]}}
    assert grid(endless).refused == "6,000 analyses; a grid may have at most 5,000"


def test_a_grid_that_varies_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="it varies nothing"):
        grid({"measures": ["RR"]})


def test_the_sorted_estimates_are_a_plot() -> None:
    (plot,) = grid(GRID).plots
    (series,) = plot.series
    assert plot.y_kind == "effect"
    assert series.y.size == 10
    assert (series.y[1:] >= series.y[:-1]).all()
    assert series.low is not None
    assert (series.low <= series.y).all()
