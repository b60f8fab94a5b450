"""Peto's one-step odds ratio: events over those expected, summed over studies, and divided by their variance.

Counts are used as they are. The estimate is biased where arms are very unequal in size or the effect is large.
"""

from __future__ import annotations

import numpy as np

from livereview import EffectModel, Fit, Options, Studies
from livereview_estimation import pooled
from livereview_pooling.two_by_two import COLUMNS, tables

ABOUT = "Q and I² are about Peto's estimate"
WEIGHTLESS = "no weight for studies with no events, or only events, in both arms; they count in the df of Q"
UNDEFINED = "no number: no study has people with and people without the event"


def fitted(studies: Studies, options: Options) -> Fit:
    """Peto's log odds ratio of each fit, with the normal interval.

    estimate = sum (a - E) / sum V, standard error 1 / sqrt(sum V), with m = a + c events, E = n1 m / N and
    V = n1 n2 m (N - m) / (N² (N - 1)). The weight of a study is its share of V; V = 0, and so no weight, where all or
    none in both arms had the event. Q is sum V (y - estimate)² with y = (a - E) / V, also from the counts as they are,
    whatever correction the measure has. No number, a note and ``converged`` false where sum V is 0.
    Source: Yusuf et al. 1985 (10.1016/S0033-0620(85)80003-7).
    """
    raw = tables(studies)
    n, m = raw.n, raw.a + raw.c
    several = np.maximum(n - 1, 1.0)
    variance = raw.n1 * raw.n2 * (m / n) * ((n - m) / n) / several
    informative = studies.present & (variance > 0)
    own = np.where(variance > 0, variance, 1.0)
    mean = pooled((raw.a * raw.d - raw.b * raw.c) / n / own, 1 / own, informative)
    usable = np.asarray(informative.any(axis=-1))
    notes = {
        UNDEFINED: ~usable,
        WEIGHTLESS: (studies.present & (variance == 0)).any(axis=-1),
        ABOUT: usable & (np.asarray(studies.k) > 1),
    }
    return Fit(
        estimate=np.where(usable, mean.mean, np.nan),
        standard_error=np.sqrt(mean.variance),
        weights=mean.weights,
        converged=usable,
        q=mean.q,
        notes={note: where for note, where in notes.items() if where.any()},
    )


PETO = EffectModel(
    name="peto",
    summary="One true odds ratio for all studies by Peto's method, from the counts of two arms; for rare events.",
    fit=fitted,
    vectorized=True,
    needs=COLUMNS,
    measures=("PETO",),
    references=(
        "Yusuf S, Peto R, Lewis J, Collins R, Sleight P. Beta blockade during and after myocardial infarction. "
        "Prog Cardiovasc Dis 1985;27:335. doi:10.1016/S0033-0620(85)80003-7",
    ),
)
