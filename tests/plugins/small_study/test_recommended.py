"""Which test is recommended for which outcome, and that it is the one that runs."""

from __future__ import annotations

import numpy as np
import pytest
from asymmetry_data import made, studies_of

from livereview import Studies
from livereview_small_study import livereview_bias_tests
from livereview_small_study.harbord import HARBORD
from livereview_small_study.recommended import RECOMMENDED, RecommendedOptions, recommendation
from livereview_small_study.rucker import RUCKER

COUNTS = ("events_1", "n_1", "events_2", "n_2")


@pytest.mark.parametrize(
    ("measure", "columns", "tau2", "test"),
    [
        ("OR", COUNTS, 0.05, "harbord"),
        ("PETO", COUNTS, 0.0, "harbord"),
        ("OR", COUNTS, 0.2, "rucker"),
        ("OR", (), 0.0, "egger"),
        ("RR", COUNTS, 0.2, "peters"),
        ("RR", (), 0.0, "egger"),
        ("RD", COUNTS, 0.0, "rucker"),
        ("SMD", ("n_1", "n_2"), 0.0, "pustejovsky-rodgers"),
        ("SMD", (), 0.0, "egger"),
        ("MD", ("n_1", "n_2"), 0.0, "egger"),
        ("HR", (), 0.0, "egger"),
        ("PLO", ("events", "n"), 0.0, "peters"),
        ("SURV", ("n",), 0.0, "egger"),
        ("SURV", (), 0.0, "egger"),
    ],
)
def test_the_measure_and_what_is_stated_decide(measure: str, columns: tuple[str, ...], tau2: float, test: str) -> None:
    found = recommendation(measure, 12, columns, tau2)
    assert found.test == test
    assert found.why
    assert found.test in {one.name for one in livereview_bias_tests()}


def test_diagnostic_odds_ratios_get_deeks_test() -> None:
    assert recommendation("OR", 12, COUNTS, 0.3, diagnostic=True).test == "deeks"


def test_few_studies_change_the_reason_not_the_test() -> None:
    few, many = (recommendation("OR", k, COUNTS) for k in (9, 10))
    assert few.test == many.test
    assert "fewer than 10" in few.why
    assert "fewer than 10" not in many.why


def test_an_effect_of_one_arm_is_judged_by_its_participants() -> None:
    assert recommendation("SURV", 12, ("n",)).options == {"predictor": "sqrtninv"}


@pytest.mark.parametrize(("dataset", "test"), [("dat.li2007", HARBORD), ("dat.bcg", RUCKER)])
def test_the_recommended_test_runs_and_says_why(dataset: str, test: object) -> None:
    chosen = studies_of(dataset, "OR")
    found = RECOMMENDED.test(chosen, RecommendedOptions())
    options = RUCKER.options(dispersion="additive") if test is RUCKER else HARBORD.options()
    direct = (RUCKER if test is RUCKER else HARBORD).test(chosen, options)
    assert (found.statistic, found.p_value) == (direct.statistic, direct.p_value)
    assert found.method.endswith(direct.method)
    assert found.method.split(":")[0] in found.notes[0]
    assert "chosen" in found.notes[0]


def test_a_column_that_one_study_lacks_does_not_count_as_stated() -> None:
    whole = studies_of("dat.li2007", "OR")
    data = {name: values.copy() for name, values in whole.data.items()}
    data["events_1"][3] = np.nan
    part = Studies(effect=whole.effect, variance=whole.variance, present=whole.present, data=data, measure="OR")
    assert RECOMMENDED.test(part, RecommendedOptions()).method.startswith("egger:")


def test_it_works_for_three_studies_without_any_column() -> None:
    found = RECOMMENDED.test(made([0.1, 0.5, 0.4], [0.01, 0.09, 0.25], "HR"), RecommendedOptions())
    assert found.df == 1
