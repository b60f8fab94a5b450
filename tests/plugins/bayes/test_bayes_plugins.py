"""The Bayesian model and analysis as plugins, and the published priors."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

import livereview
from evidence_rows import count, ledger, plugins_with, result
from livereview import PluginError
from livereview_bayes.model import BAYESIAN, IMPROPER, NO_VARIANCE, PRIOR_COUNTS, BayesOptions, prior_of
from livereview_bayes.published import (
    COMPARISONS,
    DOUBTFUL,
    RHODES,
    RHODES_COMPARISONS,
    TURNER,
    rhodes,
    turner,
)

Y, V = np.array([0.2, 0.5, -0.1]), np.array([0.04, 0.09, 0.02])
TRIALS = ledger(
    *(count(name, a, 100) for name, a in (("a", 10), ("b", 15), ("c", 30))),
    *(count(name, a, 100, arm="none") for name, a in (("a", 20), ("b", 28), ("c", 31))),
)  # fmt: skip
RR: dict[str, Any] = {"measure": "RR", "experimental": ["drug"], "control": ["none"]}


def test_a_review_can_name_it_and_gets_intervals_at_its_own_level() -> None:
    wide, narrow = (
        result(TRIALS, plugins_with(), **RR, model="bayesian-random-effects", level=level) for level in (0.95, 0.8)
    )
    assert wide.pooled.ci_low < narrow.pooled.ci_low < narrow.pooled.ci_high < wide.pooled.ci_high
    assert wide.pooled.prediction_df == "own"
    assert wide.pooled.p_value is None
    assert set(wide.pooled.parameters) >= {"posterior median", "tau, upper limit", "Bayes factor of tau = 0"}
    assert "Bayes factor of no effect" not in wide.pooled.parameters


def test_a_posterior_has_no_p() -> None:
    assert math.isnan(livereview.pool(Y, V, "bayesian-random-effects").p_value)


def test_the_prior_of_the_effect_is_noted_where_it_counts() -> None:
    found = livereview.pool(Y, V, "bayesian-random-effects", effect_sd=1.0)
    assert found.notes == (PRIOR_COUNTS,)
    assert found.weights.sum() == pytest.approx(1.0, abs=1e-12)


def test_what_has_no_posterior_is_said() -> None:
    found = livereview.pool(Y[:2], V[:2], "bayesian-random-effects", prior="uniform")
    assert math.isnan(found.estimate)
    assert IMPROPER in found.notes
    heavy = livereview.pool(Y[:2], V[:2], "bayesian-random-effects", prior="half-cauchy")
    assert heavy.notes == (NO_VARIANCE,)
    assert math.isfinite(heavy.ci_low)


def test_no_study_gives_no_number() -> None:
    found = livereview.pool(Y, V, "bayesian-random-effects", present=np.zeros(3, dtype=bool))
    assert math.isnan(found.estimate)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"prior": "log-normal"}, "needs mean and sd"),
        ({"prior": "turner"}, "needs outcome and comparison"),
        ({"prior": "rhodes", "outcome": "pain"}, "needs comparison"),
        ({"scale": 0.0}, "greater than 0"),
    ],
)
def test_options_that_do_not_suffice_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        BayesOptions(**options)


def test_an_outcome_that_a_survey_does_not_have_is_named() -> None:
    options = BayesOptions(prior="rhodes", outcome="pain", comparison="pharmacological-placebo")
    with pytest.raises(PluginError, match='is called "pain"; there are: obstetric, resource-use'):
        prior_of(options)


@pytest.mark.parametrize(("area", "comparison", "outcome"), DOUBTFUL)
def test_a_printed_value_that_contradicts_its_table_is_not_used(area: str, comparison: str, outcome: str) -> None:
    with pytest.raises(PluginError, match="contradict the pattern of their own table"):
        rhodes(outcome, comparison, area)


def test_the_published_tables_have_the_pattern_of_an_additive_model() -> None:
    """Both surveys fitted log tau² with separate terms for outcome and comparison: differences between comparisons are
    the same for all outcomes, but for rounding to two decimals (at most 0.02)."""
    for one, other in itertools.combinations(COMPARISONS, 2):
        differences = [TURNER[name][one][0] - TURNER[name][other][0] for name in TURNER]
        assert max(differences) - min(differences) <= 0.0201
    wrong = set()
    for area, (one, other) in itertools.product(RHODES, itertools.combinations(RHODES_COMPARISONS, 2)):
        differences = {name: RHODES[area][one][name][0] - RHODES[area][other][name][0] for name in RHODES[area][one]}
        usual = sorted(differences.values())[len(differences) // 2]
        wrong |= {(area, comparison, name) for name, value in differences.items() if abs(value - usual) > 0.02
                  for comparison in (one, other)}  # fmt: skip
    assert set(DOUBTFUL) <= wrong
    assert {(area, name) for area, _, name in wrong} == {(area, name) for area, _, name in DOUBTFUL}


def test_known_cells_of_the_tables() -> None:
    assert turner("all-cause-mortality", "pharmacological-placebo") == (-3.95, 1.34)
    assert rhodes("biological-marker", "non-pharmacological-placebo", "other") == (-3.27, 2.66)
    assert prior_of(BayesOptions(prior="rhodes")).words.endswith("location -3.44, scale 2.59, 5 degrees of freedom")


def test_the_analysis_shows_posterior_and_shrunken_effects() -> None:
    found = result(TRIALS, plugins_with(), **RR, analyses=[{"name": "bayesian", "scale": 0.3, "effect_sd": 1.0}])
    (analysis,) = found.further
    assert analysis.refused == ""
    table, studies = analysis.tables
    words = [row[0] for row in table.rows]
    assert words == [
        "Effect: posterior median and central interval", "Effect of a further study", "tau: posterior median",
        "tau: lower limit", "tau: upper limit", "Probability of an effect below no effect", "Bayes factor of tau = 0",
        "Bayes factor of no effect",
    ]  # fmt: skip
    reported, shrunken = ([row[at] for row in studies.rows] for at in (1, 2))
    spread = [np.ptp([cell[0] for cell in cells]) for cells in (reported, shrunken)]  # type: ignore[index]
    assert spread[1] < spread[0]
    assert analysis.notes[0] == "Prior of tau: half-normal, scale 0.3."
    shown = analysis.shown[0].rows[0][1]
    assert isinstance(shown, tuple)
    assert shown[0] == pytest.approx(math.exp(table.rows[0][1][0]))  # type: ignore[index]


def test_one_study_is_a_posterior_like_any_other() -> None:
    found = livereview.pool(Y[:1], V[:1], "bayesian-random-effects", scale=0.2)
    assert found.estimate == pytest.approx(0.2)
    assert found.standard_error == pytest.approx(math.sqrt(0.04 + 0.2**2), rel=1e-9)


def test_it_is_cited() -> None:
    assert any("10.18637/jss.v093.i06" in line for line in BAYESIAN.references)
