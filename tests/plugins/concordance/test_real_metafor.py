"""R itself, where it is: what calls.R asks and answers. The other tests of this folder need no R."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest
from concordance_requests import BCG, request

from livereview_concordance.analysis import Concordance, ConcordanceOptions, concordance

ONLY = ConcordanceOptions(engines=("metafor",), timeout=120)


def has_metafor() -> bool:
    """Whether R with metafor answers here."""
    rscript = shutil.which("Rscript")
    asked = 'quit(status = if (requireNamespace("metafor", quietly = TRUE)) 0 else 1)'
    return (
        rscript is not None and not subprocess.run([rscript, "-e", asked], capture_output=True, check=False).returncode
    )


pytestmark = pytest.mark.skipif(not has_metafor(), reason="R with metafor is not on this machine")
RATES = {
    "events_1": (4, 9, 12, 3),
    "time_1": (100, 210, 300, 90),
    "events_2": (8, 7, 20, 5),
    "time_2": (110, 190, 310, 95),
}
MEANS = {"mean_1": (5, 7, 6), "sd_1": (2, 3, 2.5), "n_1": (12, 20, 15),
         "mean_2": (4, 7.5, 4), "sd_2": (2.2, 3.1, 2), "n_2": (14, 18, 16)}  # fmt: skip
EMPTY = {"events_1": (0, 5, 3, 8), "n_1": (20, 30, 25, 40), "events_2": (4, 6, 5, 2), "n_2": (20, 31, 24, 41)}
UNLIKE = {"events_1": (0, 5, 3, 2), "n_1": (20, 30, 25, 40), "events_2": (4, 9, 8, 9), "n_2": (20, 31, 24, 41)}
TESTS = {"egger": {}, "begg": {}, "thompson-sharp": {}}


def gaps(found: Concordance) -> dict[str, str]:
    """Explanations by quantity; the gap without one fails."""
    assert found.absent == ()
    assert [row.quantity.key for row in found.compared if row.unexplained] == []
    return {row.quantity.key: row.explanation for row in found.compared if not row.agrees}


def test_a_random_effects_outcome_with_its_bias_tests_agrees() -> None:
    found = concordance(request(measure="RR", tests=TESTS, tau2="REML", i2="tau2"), ONLY)
    assert gaps(found) == {}
    compared = {row.quantity.key for row in found.compared}
    assert {"effects", "tau2", "tau2_high", "prediction_low", "weights", "egger: P", "begg: statistic"} <= compared
    assert len(compared) == 24


@pytest.mark.parametrize(
    ("data", "measure", "model", "options", "explained"),
    [
        (BCG, "OR", "mantel-haenszel", {}, set()),
        (EMPTY, "RD", "mantel-haenszel", {"rd_variance": "greenland-robins"},
         {"effects", "standard_error", "ci_low", "ci_high", "statistic", "p_value", "q", "q_p", "i2"}),
        (EMPTY, "OR", "mantel-haenszel", {}, {"association", "association_p"}),
        (UNLIKE, "OR", "mantel-haenszel", {"zero_cells": "only0"},
         {"association", "association_p", "breslow_day", "breslow_day_p", "tarone", "tarone_p"}),
        (EMPTY, "PETO", "peto", {}, set()),
        (RATES, "IRR", "mantel-haenszel-rates", {}, set()),
        (MEANS, "SMD", "random-effects", {"tau2": "PM", "interval": "wald", "i2": "tau2"},
         {"prediction_low", "prediction_high"}),
        (EMPTY, "RR", "random-effects", {"tau2": "DL", "weights": "common-effect", "interval": "henmi-copas"}, set()),
    ],
)  # fmt: skip
def test_models_agree_or_their_gaps_are_explained(
    data: Any, measure: str, model: str, options: dict[str, Any], explained: set[str]
) -> None:
    assert set(gaps(concordance(request(data, measure, model, **options), ONLY))) == explained
