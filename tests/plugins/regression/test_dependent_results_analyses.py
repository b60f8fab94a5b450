"""The analyses ``cluster-robust`` and ``three-level``: tables, notes, and what they refuse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from analysis_requests import bcg, clustered
from multilevel_reference import model, several

from livereview import AnalysisRequest, PluginError, Studies
from livereview_regression import CLUSTER_ROBUST, THREE_LEVEL


def konstantopoulos() -> AnalysisRequest:
    """56 schools of 11 districts."""
    data = several("dat.konstantopoulos2011")
    results = Studies(effect=data.y, variance=data.v, present=data.here, measure="SMD")
    places = {label: place for place, label in enumerate(dict.fromkeys(data.study))}
    return clustered(replace(bcg(), results=results), [places[label] for label in data.study])


@pytest.mark.parametrize("working", ["three-level", "random-effects"])
@pytest.mark.parametrize("correction", ["CR0", "CR1", "CR2"])
def test_the_robust_row_holds_the_reference_numbers(working: str, correction: str) -> None:
    options = CLUSTER_ROBUST.options(working=working, correction=correction)
    (table,) = CLUSTER_ROBUST.run(konstantopoulos(), options).tables
    name = "3level/REML/robust" if working == "three-level" else "uni/REML/robust"
    program = "clubSandwich" if correction == "CR2" else "metafor"
    record = model("dat.konstantopoulos2011", name)[f"{correction}_{program}"]
    label, effect, error, df, p_value = table.rows[0]
    assert label == f"cluster-robust, {correction}"
    assert effect == pytest.approx([record["beta"][0], record["ci_lb"][0], record["ci_ub"][0]], rel=1e-6)
    assert [error, df, p_value] == pytest.approx([record[key][0] for key in ("se", "ddf", "pval")], rel=1e-6)


def test_the_three_level_tables_hold_the_reference_numbers() -> None:
    found = THREE_LEVEL.run(konstantopoulos(), THREE_LEVEL.options(df="normal"))
    record = model("dat.konstantopoulos2011", "3level/REML/z")
    predicted = model("dat.konstantopoulos2011", "3level/REML/predict")
    mean, variances = found.tables
    _, effect, error, df, p_value, interval = mean.rows[0]
    assert effect == pytest.approx([record["beta"][0], record["ci_lb"][0], record["ci_ub"][0]], rel=1e-6)
    assert [error, p_value] == pytest.approx([record["se"][0], record["pval"][0]], rel=1e-6)
    assert df is None
    assert interval == pytest.approx([record["beta"][0], predicted["pi_lb"], predicted["pi_ub"]], rel=1e-6)
    i2 = model("dat.konstantopoulos2011", "3level/REML/I2")["I2_by_level"]
    limits = model("dat.konstantopoulos2011", "3level/REML/confint_profile")
    for place, (_, variance, share) in enumerate(variances.rows):
        theirs = [record["sigma2"][place], limits[place]["ci_lb"], limits[place]["ci_ub"]]
        assert variance == pytest.approx(theirs, rel=1e-6)
        assert share == pytest.approx(i2[place], rel=1e-6)
    assert found.notes[0] == "56 results of 11 studies, 11 of them with several"


def test_degrees_of_freedom_are_those_of_studies_by_default() -> None:
    for chosen, df in (({}, 10), ({"df": "results"}, 55)):
        found = THREE_LEVEL.run(konstantopoulos(), THREE_LEVEL.options(**chosen))
        assert found.tables[0].rows[0][3] == df


@pytest.mark.parametrize("analysis", [CLUSTER_ROBUST, THREE_LEVEL], ids=lambda analysis: analysis.name)
def test_studies_with_one_result_each_or_a_single_study_are_refused(analysis: object) -> None:
    for study, message in (
        (list(range(13)), "Every study has one usable result"),
        ([0] * 13, "All results are of 1 study"),
    ):
        with pytest.raises(PluginError, match=message):
            analysis.run(clustered(bcg(), study), analysis.options())  # type: ignore[attr-defined]


def test_few_degrees_of_freedom_are_noted() -> None:
    found = CLUSTER_ROBUST.run(clustered(bcg(), [0] * 9 + [1, 1, 2, 2]), CLUSTER_ROBUST.options())
    assert any("fewer than 4 degrees of freedom" in note for note in found.notes)


def test_a_measure_of_one_arm_has_no_p() -> None:
    for analysis in (CLUSTER_ROBUST, THREE_LEVEL):
        request = replace(clustered(bcg(), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6]), null=None)
        assert analysis.run(request, analysis.options()).tables[0].rows[0][4] is None


def test_the_order_of_results_never_matters() -> None:
    request = konstantopoulos()
    order = np.random.default_rng(2).permutation(56)
    results = Studies(effect=request.results.effect[order], variance=request.results.variance[order],
                      present=np.ones(56, dtype=bool))  # fmt: skip
    moved = replace(request, results=results, result_of=tuple(request.result_of[place] for place in order))
    for analysis in (CLUSTER_ROBUST, THREE_LEVEL):
        one, other = (analysis.run(given, analysis.options()).tables[0].rows[0] for given in (request, moved))
        # Worst error seen 6e-14.
        assert one[1] == pytest.approx(other[1], rel=1e-12)
