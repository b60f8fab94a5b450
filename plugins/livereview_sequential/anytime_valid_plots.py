"""The pictures of anytime-valid monitoring: e study by study, and the confidence sequence beside the usual interval."""

from __future__ import annotations

import numpy as np

from livereview import Array, Plot, Series
from livereview_sequential.e_process import Monitoring


def e_plot(found: Monitoring, alpha: float, names: tuple[str, ...], told: str) -> Plot:
    """log10 of e after each study, with the threshold 1/alpha."""
    looks = np.arange(len(names) + 1.0)
    height = -np.log10(alpha)
    return Plot(
        name="e-process",
        title="Evidence against no effect, study by study",
        x_label="Studies",
        x_kind="count",
        y_label="log10 of e",
        series=(
            Series(
                name="e so far", x=looks, y=np.append(0.0, found.log_e) / np.log(10), style="path", labels=("", *names)
            ),
            Series(
                name=f"threshold {1 / alpha:g}",
                x=looks[[0, -1]],
                y=np.full(2, height),
                style="dashed",
                inline=f"e = {1 / alpha:g}",
            ),
            Series(name="no evidence", x=looks[[0, -1]], y=np.zeros(2), style="line", quiet=True, inline="e = 1"),
        ),
        alt=told,
    )


def sequence_plot(found: Monitoring, alpha: float, told: str) -> Plot:
    """The confidence sequence and the usual interval after each study."""
    from scipy.special import ndtri

    looks = np.arange(1.0, found.estimate.size + 1)
    reach = float(ndtri(1 - alpha / 2)) * found.standard_error
    low, high = (_closed(limit, found, reach) for limit in (found.low, found.high))
    aside = 0.12
    return Plot(
        name="confidence-sequence",
        title="Confidence sequence beside the usual interval",
        x_label="Studies",
        x_kind="count",
        y_label="Effect",
        series=(
            Series(name="confidence sequence", x=looks - aside, y=found.estimate, low=low, high=high),
            Series(
                name="interval, one look only",
                x=looks + aside,
                y=found.estimate,
                low=found.estimate - reach,
                high=found.estimate + reach,
            ),
        ),
        y_kind="effect",
        alt=told,
    )


def _closed(limit: Array, found: Monitoring, reach: Array) -> Array:
    """A limit that can be drawn: an open side ends where the usual interval does."""
    usual = found.estimate + np.sign(np.where(np.isinf(limit), limit, 0.0)) * reach
    return np.where(np.isinf(limit), usual, limit)
