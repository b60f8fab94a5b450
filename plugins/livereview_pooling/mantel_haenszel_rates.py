"""Mantel-Haenszel pooling of events and person-time: one true rate ratio or rate difference for all studies.

Nothing is added to the events: a study without events in one arm counts as it is. Q is about the estimate.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from livereview import EffectModel, Fit, Options, Studies
from livereview_estimation import present_sums
from livereview_pooling.mantel_haenszel import ABOUT, EXACT, UNDEFINED, about
from livereview_pooling.stratified_tests import association
from livereview_pooling.two_by_two import checked_counts

COLUMNS = ("events_1", "time_1", "events_2", "time_2")
WEIGHTLESS = "no Mantel-Haenszel weight for studies with no events in either arm"
ONE_SIDED = "the Mantel-Haenszel weight of a study without events in the control arm is 0, yet its events count"


class MantelHaenszelRatesOptions(Options):
    """Choices of the Mantel-Haenszel model for rates."""

    continuity_correction: bool = Field(
        default=True,
        description="Take one half from the surplus of events in the Mantel-Haenszel test of a rate ratio.",
    )


def fitted(studies: Studies, options: MantelHaenszelRatesOptions) -> Fit:
    """The Mantel-Haenszel estimate of each fit, with the normal interval.

    With x1, x2 events and t1, t2 person-time of the experimental and the control arm, T = t1 + t2:

    - IRR: log(sum R / sum S), R = x1 t2 / T, S = x2 t1 / T; variance sum (x1 + x2) t1 t2 / T² / (sum R sum S).
    - IRD: sum (x1 t2 - x2 t1) / T / sum S, S = t1 t2 / T; variance sum (x1 t2² + x2 t1²) / T² / (sum S)².

    For IRR the Mantel-Haenszel test of a ratio of 1 comes with it: events over those expected, (x1 + x2) t1 / T, with
    variance sum (x1 + x2) t1 t2 / T². The weight of a study is its share of S. No number, a note and ``converged``
    false where sum R or sum S is 0, or the variance is.
    Source: Greenland and Robins 1985 (10.2307/2530643); Rothman, Greenland and Lash 2008, Modern Epidemiology.
    """
    (x1, t1, x2, t2), used = checked_counts(studies, COLUMNS, people=False)
    x1, t1, x2, t2 = (np.where(used, column, 1.0) for column in (x1, t1, x2, t2))
    total = t1 + t2
    share_1, share_2 = t1 / total, t2 / total
    variance = (x1 + x2) * share_1 * share_2
    surplus, spread = present_sums(studies.present, x1 * share_2 - x2 * share_1, variance)
    ratio = studies.measure == "IRR"
    with np.errstate(divide="ignore", invalid="ignore"):
        if ratio:
            weight = x2 * share_1
            sum_r, sum_s = present_sums(studies.present, x1 * share_2, weight)
            value, squared = np.log(sum_r / sum_s), spread / (sum_r * sum_s)
        else:
            weight = t1 * share_2
            sum_s, squares = present_sums(studies.present, weight, x1 * share_2**2 + x2 * share_1**2)
            value, squared = surplus / sum_s, squares / sum_s**2
    defined = np.isfinite(value)
    exact = defined & (squared == 0)
    usable = defined & ~exact
    none = (x1 + x2 == 0) & ratio
    present = studies.present
    notes = {
        UNDEFINED: ~defined,
        EXACT: exact,
        WEIGHTLESS: (present & none).any(axis=-1),
        ONE_SIDED: usable & (present & (weight == 0) & ~none).any(axis=-1),
        ABOUT: usable & (np.asarray(studies.k) > 1),
    }
    test = association(surplus, spread, options.continuity_correction)
    return Fit(
        estimate=np.where(usable, value, np.nan),
        standard_error=np.where(usable, np.sqrt(np.where(usable, squared, 1.0)), np.nan),
        weights=np.where(present & usable[..., None], weight, 0.0) / np.where(usable, sum_s, 1.0)[..., None],
        converged=usable,
        q=np.where(usable, about(studies, value), np.nan),
        notes={note: where for note, where in notes.items() if where.any()},
        tests={"Mantel-Haenszel": test} if ratio else {},
    )


MANTEL_HAENSZEL_RATES = EffectModel(
    name="mantel-haenszel-rates",
    summary="One true rate ratio or rate difference, from events and person-time; Mantel-Haenszel weights.",
    options=MantelHaenszelRatesOptions,
    fit=fitted,
    vectorized=True,
    needs=COLUMNS,
    measures=("IRR", "IRD"),
    references=(
        "Greenland S, Robins JM. Estimation of a common effect parameter from sparse follow-up data. "
        "Biometrics 1985;41:55. doi:10.2307/2530643",
        "Rothman KJ, Greenland S, Lash TL. Modern Epidemiology. 3rd ed. Lippincott, 2008",
    ),
)
