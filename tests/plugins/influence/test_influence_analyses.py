"""The analyses ``influence``, ``baujat`` and ``gosh`` of an outcome: tables, plots, notes, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evidence_rows import ledger, result, trial
from livereview import AnalysisRequest, EffectModel, Fit, Options, PluginError, Studies
from livereview.fitting import fitted
from livereview_influence import BAUJAT, GOSH, INFLUENCE, livereview_further_analyses
from livereview_pooling import COMMON_EFFECT, RANDOM_EFFECTS

EFFECT = np.array([0.1, 0.2, -0.1, 0.15, 2.5])
VARIANCE = np.array([0.02, 0.03, 0.05, 0.02, 0.04])
LABELS = ("Adams", "Brown", "Costa", "Dubois", "Eriksen")


def request(
    effect: Any = EFFECT, variance: Any = VARIANCE, model: EffectModel = RANDOM_EFFECTS, **choices: Any
) -> AnalysisRequest:
    effect, variance = np.asarray(effect, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    labels = LABELS[: effect.size] if effect.size <= 5 else tuple(f"S{i}" for i in range(effect.size))
    studies = Studies(effect=effect, variance=variance, present=np.ones(effect.size, dtype=bool), labels=labels)
    options = model.options(**choices)
    return AnalysisRequest(
        studies=studies,
        fit=lambda studies: fitted(model, studies, options),
        model=model.name,
        model_options=options.model_dump(),
        level=0.95,
        null=0.0,
        scale="log",
        characteristics={},
        results=studies,
        result_of=tuple(range(effect.size)),
        result_studies=labels,
    )


def test_the_three_analyses_are_registered() -> None:
    assert [analysis.name for analysis in livereview_further_analyses()] == ["influence", "baujat", "gosh"]


def test_an_outcome_shows_all_three() -> None:
    counts = {"a": ((4, 40), (8, 40)), "b": ((6, 90), (9, 90)), "c": ((3, 30), (9, 35)), "d": ((40, 100), (18, 90))}
    tables = ledger(*(trial(name, first, second) for name, (first, second) in counts.items()))
    found = result(tables, measure="RR", analyses=["influence", "baujat", "gosh"]).further
    assert [(one.name, one.refused, len(one.tables), len(one.plots)) for one in found] == [
        ("influence", "", 2, 1),
        ("baujat", "", 1, 1),
        ("gosh", "", 2, 1),
    ]
    observed, drawn = found[0].shown[1].rows[0][1:]
    assert observed[0] == pytest.approx((4 / 40) / (8 / 40))  # a ratio again
    assert observed[0] < drawn[0] < 2


def test_the_outlying_study_is_marked() -> None:
    found = INFLUENCE.run(request(), Options())
    table = found.tables[0]
    marks = {row[0]: row[-2:] for row in table.rows}
    assert marks == dict.fromkeys(LABELS[:4], ("", "")) | {"Eriksen": ("yes", "yes")}
    assert sum(row[9] for row in table.rows) == pytest.approx(100)  # type: ignore[misc]
    assert found.plots[0].alt == "Studies marked as influential: Eriksen."
    assert found.plots[0].series[0].labels == LABELS


def test_a_common_effect_has_no_tau2_and_draws_nothing_together() -> None:
    found = INFLUENCE.run(request(model=COMMON_EFFECT), Options())
    assert [table.title for table in found.tables] == ["Influence of each study"]
    assert np.isnan([row[6] for row in found.tables[0].rows]).all()
    assert found.notes == ()


def test_what_the_model_did_without_a_study_is_told() -> None:
    (note,) = INFLUENCE.run(request([0.1, 0.2, 0.1], [0.1, 0.1, 0.1]), Options()).notes[:1]
    assert note.startswith("Without Brown all effects are equal and the interval has no width")


def test_a_model_that_needs_more_studies_leaves_gaps_that_are_told() -> None:
    def fit(studies: Studies, options: Options) -> Fit:
        k = studies.effect.size
        return Fit(estimate=studies.effect.mean(), standard_error=np.array(1.0), weights=np.full(k, 1 / k))

    three = EffectModel(name="three", summary="", fit=fit, minimum_studies=3)
    asked = request([0.1, 0.2, 0.4], [0.1, 0.1, 0.2], model=three)
    found = INFLUENCE.run(asked, Options())
    assert found.notes[0] == "The model has no result without each study: no diagnostics there."
    assert np.isnan([row[1] for row in found.tables[0].rows]).all()
    assert "Adams, Brown, Costa" in BAUJAT.run(asked, Options()).notes[0]
    notes = GOSH.run(asked, GOSH.options()).notes
    assert notes[1] == "6 subsets have no result and are left out: the model cannot be fitted to them."


def test_a_model_without_a_result_is_refused() -> None:
    def fit(studies: Studies, options: Options) -> Fit:
        shape = studies.present.shape
        none = np.full(shape[:-1], np.nan)
        return Fit(
            estimate=none, standard_error=none, weights=np.zeros(shape), converged=np.zeros(shape[:-1], dtype=bool)
        )

    lost = EffectModel(name="lost", summary="", fit=fit, vectorized=True)
    for analysis in (INFLUENCE, BAUJAT, GOSH):
        with pytest.raises(PluginError, match="the model lost has no estimate"):
            analysis.run(request(model=lost), analysis.options())


def test_weights_that_are_not_inverse_variance_are_told() -> None:
    def fit(studies: Studies, options: Options) -> Fit:
        weights = np.arange(1.0, studies.effect.size + 1)
        weights /= weights.sum()
        return Fit(estimate=weights @ studies.effect, standard_error=np.array(0.3), weights=weights)

    own = EffectModel(name="own", summary="", fit=fit)
    found = INFLUENCE.run(request(model=own), Options())
    assert found.notes == (
        "The weights of own are not the inverse of the variances: hat values are its weights, and residuals are judged "
        "by the variances of the studies and of its estimate.",
    )


def test_the_largest_part_of_q_stands_out() -> None:
    found = BAUJAT.run(request(model=COMMON_EFFECT), Options())
    rows = {str(row[0]): row[1:] for row in found.tables[0].rows}
    w = 1 / VARIANCE
    mean = (w * EFFECT).sum() / w.sum()
    assert sum(row[0] for row in rows.values()) == pytest.approx((w * (EFFECT - mean) ** 2).sum())  # type: ignore[misc]
    assert max(rows, key=lambda name: rows[name][0]) == "Eriksen"  # type: ignore[arg-type, return-value]
    assert found.plots[0].alt == "The largest part in the heterogeneity has Eriksen."


POOLING = {"common-effect": COMMON_EFFECT, "DL": RANDOM_EFFECTS, "REML": RANDOM_EFFECTS}


@pytest.mark.parametrize("i2", ["Q", "tau2"])
@pytest.mark.parametrize("pooling", POOLING)
def test_pooling_by_name_is_the_outcomes_model_of_that_name(pooling: str, i2: str) -> None:
    model = POOLING[pooling]
    choices = {} if model is COMMON_EFFECT else {"tau2": pooling}
    by_outcome = GOSH.run(request(model=model, **choices), GOSH.options(i2=i2))
    by_name = GOSH.run(request(model=model, **choices), GOSH.options(i2=i2, pooling=pooling))
    for ours, theirs in zip(by_outcome.tables, by_name.tables, strict=True):
        for first, second in zip(ours.rows, theirs.rows, strict=True):
            assert first[0] == second[0]
            assert first[1:] == pytest.approx(second[1:], rel=1e-11, abs=1e-12, nan_ok=True)


def test_the_study_that_divides_the_cloud_is_named_first() -> None:
    found = GOSH.run(request(), GOSH.options())
    assert found.tables[0].title == "Results of 31 subsets of 5 studies"
    assert found.tables[1].rows[0][0] == "Eriksen"
    assert [series.name for series in found.plots[0].series] == ["with Eriksen", "without Eriksen"]
    assert [series.size.sum() for series in found.plots[0].series] == [16, 15]  # type: ignore[union-attr]
    assert [series.y.sum() for series in found.plots[0].above] == [16, 15]
    assert [series.x.sum() for series in found.plots[0].beside] == [16, 15]
    assert found.notes == ("All 31 non-empty subsets, single studies included, pooled by the outcome's model.",)


def test_beyond_the_limit_a_seeded_sample_is_drawn_and_told() -> None:
    random = np.random.default_rng(2)
    asked = request(random.normal(size=30), random.uniform(0.1, 1, 30), model=COMMON_EFFECT)
    found = GOSH.run(asked, GOSH.options(subsets=500, seed=7))
    assert found.notes == ("500 random subsets of the 1.07e+09 there are (seed 7), pooled by the outcome's model.",)
    assert found.tables == GOSH.run(asked, GOSH.options(subsets=500, seed=7)).tables
    assert found.tables != GOSH.run(asked, GOSH.options(subsets=500, seed=8)).tables
    assert found.plots[0].title.startswith("Random subsets")


def test_fewer_can_be_pooled_one_by_one() -> None:
    found = GOSH.run(request(), GOSH.options(exhaustive_up_to=4, subsets=12))
    assert found.tables[0].title == "Results of 12 subsets of 5 studies"
