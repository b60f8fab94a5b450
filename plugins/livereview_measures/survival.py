"""Survival probabilities at a timepoint, as reported: on their own scale (SURV) or log(-log S) (SURVLL).

A probability without interval or standard error has no weight; ``se_from_n = "binomial"`` gives it one that ignores
censoring, and every study it is used for says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Array, EffectMeasure, RowsNeeded, StudyEffects
from livereview_measures.findings import columns, quiet
from livereview_measures.standard_errors import Reading, Reported, Scale, reading
from livereview_measures.transforms import log_log_inverse

COMBESCURE = "Combescure, Foucher and Jackson 2014, Stat Med 33:2521, doi:10.1002/sim.6111"
BORGAN = "Borgan and Liestøl 1990, Scand J Stat 17:35"
RAW = Scale(name="probability", to=lambda p: p, slope=np.ones_like, low=0.0, high=1.0)
LOG_LOG = Scale(
    name="log-log", to=lambda p: np.log(-np.log(p)), slope=lambda p: 1 / (p * np.abs(np.log(p))), low=0.0, high=1.0,
    se_reported_on_it=False,
)  # fmt: skip


class Survival(Reported):
    """Options of SURV and SURVLL."""

    of: Literal["survival", "cumulative-incidence"] = Field(
        default="survival", description="Which probability at a timepoint."
    )
    se_from_n: Literal["none", "binomial"] = Field(
        default="none",
        description="For a study with neither interval nor standard error: leave it out (none), or use S(1-S)/n as"
        " variance (binomial), which ignores censoring and so makes the study look more precise than it is.",
    )


def _with_binomial(data: Mapping[str, Array], options: Survival, read: Reading, scale: Scale) -> StudyEffects:
    found, error = read.found, read.standard_error
    (n, _) = columns(data, "n", "estimate")
    if options.se_from_n == "binomial":
        p = read.estimate
        found.refuse(read.bare & (n <= 0), "{n:g} people: a positive number is needed", n=n)
        use = read.bare & (n > 0) & np.isfinite(n) & (p > 0) & (p < 1)
        error = np.where(use, np.sqrt(p * (1 - p) / n) * scale.slope(p), error)
        text = "standard error approximated by sqrt(S(1-S)/n) with n = {n:g}: it ignores censoring and is too small"
        found.note(use, text, n=n)
    found.refuse(np.isnan(error) & ~found.out, "no interval or standard error")
    return found.result(read.effect, error**2)


@quiet
def probability(data: Mapping[str, Array], options: Survival) -> StudyEffects:
    """S itself; variance from its se, else from (upper - lower) / (2 z), else as ``se_from_n`` says.

    Most intervals of Kaplan-Meier estimates are not symmetric about S; where that shows, the study says so.
    """
    return _with_binomial(data, options, reading(data, RAW, options), RAW)


@quiet
def log_log_probability(data: Mapping[str, Array], options: Survival) -> StudyEffects:
    """log(-log S); se from the interval on that scale, else se / (S |ln S|) (delta method), else as ``se_from_n`` says.

    The transformation decreases: the upper limit of S is the lower one of log(-log S), and back again. S of 0 or 1 has
    no finite value and is refused. Borgan and Liestøl 1990, Scand J Stat 17:35.
    """
    return _with_binomial(data, options, reading(data, LOG_LOG, options, prefer="interval"), LOG_LOG)


def _rows(options: Survival) -> RowsNeeded:
    return RowsNeeded(layout="one-arm", measures=(options.of,), columns=("estimate",))


MEASURES = (
    EffectMeasure(
        name="SURV", title="Survival probability", summary="A reported probability at a timepoint.",
        options=Survival, references=(COMBESCURE,), rows=_rows, effects=probability, display="proportion",
        aliases=("survival",),
    ),
    EffectMeasure(
        name="SURVLL", title="Survival probability",
        summary="Complementary log-log of a reported probability at a timepoint.", options=Survival,
        references=(BORGAN, COMBESCURE), rows=_rows, effects=log_log_probability, back_transform=log_log_inverse,
        scale="log-log", display="proportion", aliases=("survival-loglog",),
    ),
)  # fmt: skip
