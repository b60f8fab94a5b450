"""Random effects with tau² from Q about the Mantel-Haenszel estimate: "M-H, random" of RevMan 5."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from livereview import EffectModel, Fit, Options, Studies
from livereview_estimation import pooled, typical_variance
from livereview_pooling.mantel_haenszel import (
    ABOUT,
    CORRECTED,
    MANTEL_HAENSZEL,
    UNDEFINED,
    ZeroCells,
    mantel_haenszel,
)
from livereview_pooling.random_effects import SINGLE
from livereview_pooling.two_by_two import COLUMNS


class MantelHaenszelRandomOptions(Options):
    """Choices of the random-effects model with Q about the Mantel-Haenszel estimate."""

    zero_cells: ZeroCells = Field(
        default="only0-ratios",
        description="What is added to the cells for the Mantel-Haenszel estimate that Q is about: only0-ratios: 0.5 to "
        "all four cells of the studies with an empty cell for OR and RR, nothing for RD (RevMan); only0: the same for "
        "all measures (meta); none. Studies without weight are never corrected.",
    )


def fitted(studies: Studies, options: MantelHaenszelRandomOptions) -> Fit:
    """The inverse-variance random-effects mean of each fit, with the normal interval.

    With w = 1 / v and Q = sum w (y - x)² about the Mantel-Haenszel estimate x of the k studies,
    tau² = max(0, (Q - (k - 1)) / (sum w - sum w² / sum w)); then the estimate is sum u y / sum u and its standard error
    sqrt(1 / sum u), u = 1 / (v + tau²). Q about x, and so tau², is never below that about the common-effect mean.
    One study gives its own effect and tau² = 0. No number, a note and ``converged`` false where several studies have no
    Mantel-Haenszel estimate (see ``mantel_haenszel``).
    Source: DerSimonian and Laird 1986 (10.1016/0197-2456(86)90046-2), with Q as in Deeks and Higgins 2010, Statistical
    algorithms in Review Manager 5.
    """
    k = np.asarray(studies.k)
    centre = mantel_haenszel(studies, options.zero_cells)
    single = k == 1
    defined = single | centre.defined
    spread = typical_variance(studies.variance, studies.present)
    with np.errstate(divide="ignore", invalid="ignore"):
        tau2 = np.maximum((centre.q / (k - 1) - 1) * spread, 0.0)
    tau2 = np.where(defined & ~single, tau2, 0.0)
    mean = pooled(studies.effect, studies.variance, studies.present, tau2)
    notes = {note: centre.notes[note] & ~single for note in (UNDEFINED, CORRECTED, ABOUT)} | {SINGLE: single}
    return Fit(
        estimate=np.where(defined, mean.mean, np.nan),
        standard_error=np.where(defined, np.sqrt(mean.variance), np.nan),
        weights=np.where(defined[..., None], mean.weights, 0.0),
        tau2=np.where(defined, tau2, np.nan),
        converged=defined,
        q=np.where(single, 0.0, centre.q),
        notes={note: where for note, where in notes.items() if where.any()},
    )


MANTEL_HAENSZEL_RANDOM = EffectModel(
    name="mantel-haenszel-random",
    summary="True effects vary between studies; tau² from Q about the Mantel-Haenszel estimate, as in RevMan 5.",
    options=MantelHaenszelRandomOptions,
    fit=fitted,
    vectorized=True,
    needs=COLUMNS,
    measures=MANTEL_HAENSZEL.measures,
    references=(
        "DerSimonian R, Laird N. Meta-analysis in clinical trials. Control Clin Trials 1986;7:177. "
        "doi:10.1016/0197-2456(86)90046-2",
        "Deeks JJ, Higgins JPT. Statistical algorithms in Review Manager 5. Cochrane Collaboration, 2010",
        *MANTEL_HAENSZEL.references,
    ),
)
