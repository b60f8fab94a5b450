"""Exact intervals of published proportions, and the standard errors that a published review took from them."""

from __future__ import annotations

import numpy as np
import pytest
from measure_records import effects


@pytest.mark.parametrize(
    ("events", "n", "low", "high", "digits"),
    [
        # von Stackelberg et al. 2016, J Clin Oncol 34:4381: complete remission in 27 of 70, 39% (27% to 51%).
        (27, 70, 0.27, 0.51, 2),
        # The same limits recomputed to three digits.
        (27, 70, 0.272, 0.510, 3),
        # Locatelli et al. 2022 (RIALTO): transplanted in remission, 73.5% (61.4% to 83.5%), which is 50 of 68.
        (50, 68, 0.614, 0.835, 3),
        (50, 68, 0.6143, 0.8350, 4),
        # Wang 2026: 4 of 5, 80% (28% to 99%); 9 of 11, 82% (48% to 98%); 3 of 17, 17.6% (3.8% to 43.4%).
        (4, 5, 0.28, 0.99, 2),
        (9, 11, 0.48, 0.98, 2),
        (3, 17, 0.038, 0.434, 3),
    ],
)
def test_exact_intervals_are_those_published(events: int, n: int, low: float, high: float, digits: int) -> None:
    got = effects("PLO", events=[events], n=[n])
    assert got.ci_low is not None
    assert got.ci_high is not None
    # Half a unit of the last printed digit.
    assert got.ci_low[0] == pytest.approx(low, abs=0.5 * 10.0**-digits)
    assert got.ci_high[0] == pytest.approx(high, abs=0.5 * 10.0**-digits)


def test_studies_with_only_events_get_the_standard_errors_that_reproduce_a_published_review() -> None:
    # Wang 2026, by reconstruction: 18/18, 11/11, 5/5 and 31/31, pooled with the width of their exact intervals / 3.92.
    n = np.array([18, 11, 5, 31])
    got = effects("PR", {"variance": "exact-interval"}, events=n, n=n)
    np.testing.assert_array_equal(got.effect, 1)
    np.testing.assert_allclose(np.sqrt(got.variance), [0.0473, 0.0727, 0.1331, 0.0286], atol=5e-5)
    assert got.ci_low is not None
    assert got.ci_low[0] == pytest.approx(0.8147, abs=5e-5)


def test_the_log_scale_divides_the_width_of_the_logs() -> None:
    got = effects("PLN", {"variance": "exact-interval"}, events=[50], n=[68])
    assert np.sqrt(got.variance[0]) == pytest.approx((np.log(0.8350) - np.log(0.6143)) / 3.92, abs=5e-5)
