"""The drapery plot: the P value of every possible effect, by each study and by the pooled result."""

from __future__ import annotations

import numpy as np

from livereview import Analysed, AnalysisRequest, Array, FurtherAnalysis, Options, Plot, PluginError, Series
from livereview_study_plots.pool import Pool, pool_of, study_names, told

#: Points of each curve, at equal steps of the standardised distance from the estimate.
POINTS = 81
#: Distance at which a curve ends: P = 0.0001 for a normal distribution.
REACH = 3.891
#: Top of the axis, with room for names above P = 1.
TOP = 1.19
PREDICTED_FROM = 3


def p_value(effect: Array, estimate: float, error: float, df: float = np.inf) -> Array:
    """Two-sided P of the hypothesis that the true effect is ``effect``: ``2 (1 - F(|estimate - effect| / error))``.

    F is the distribution function of t with ``df`` degrees of freedom, normal for inf. The effects with P above alpha
    are the (1 - alpha) confidence interval. Birnbaum 1961, J Am Stat Assoc 56:246; for meta-analyses
    Rücker and Schwarzer 2021, doi:10.1002/jrsm.1410.
    """
    from scipy.special import ndtr, stdtr

    distance = -np.abs((np.asarray(effect, dtype=np.float64) - estimate) / error)
    return np.asarray(2 * (ndtr(distance) if np.isinf(df) else stdtr(df, distance)))


def prediction_df(k: int, pool: Pool, convention: str) -> float:
    """Degrees of freedom of the prediction interval by the outcome's convention; NaN where it has none."""
    named = {"k-1": k - 1.0, "k-2": k - 2.0, "normal": np.inf, "model": pool.df}
    df = named.get(convention, np.nan)
    return df if df > 0 and pool.tau2 > 0 and k >= PREDICTED_FROM else np.nan


def analysed(request: AnalysisRequest, options: Options) -> Analysed:
    """The curves; ``PluginError`` for a posterior, which has no P."""
    if not request.has_test:
        raise PluginError(f"the model {request.model} gives a posterior distribution, and no P value to draw curves of")
    pool = pool_of(request)
    df = prediction_df(int(request.studies.effect.size), pool, request.prediction)
    notes = []
    if pool.own:
        notes.append(
            "The curve is of the estimate and its standard error; the model's own interval may differ from where it "
            "crosses the line."
        )
    if np.isnan(df) and request.prediction != "none":
        notes.append(f"No prediction region: it needs at least {PREDICTED_FROM} studies and a tau² above 0.")
    return Analysed(plots=(_plot(request, pool, df),), notes=tuple(notes))


def _plot(request: AnalysisRequest, pool: Pool, df: float) -> Plot:
    studies, alpha = request.studies, 1 - request.level
    names = study_names(studies)
    window = _window(request, pool)
    percent = f"{100 * request.level:g}%"
    x, y = _curves(studies.effect, np.sqrt(studies.variance))
    middle = _about(pool.estimate, pool.standard_error, window)
    series = [
        *_prediction(pool, df, window),
        Series(name="studies", x=x, y=y, style="line", quiet=True),
        Series(
            name=f"P = {alpha:.2g}, where a curve's {percent} interval ends", x=np.array(window), y=np.full(2, alpha),
            style="dashed", quiet=True, inline=f"P = {alpha:.2g}",
        ),
        Series(name="pooled", x=middle, y=p_value(middle, pool.estimate, pool.standard_error, pool.df), style="line"),
        Series(name="estimates", x=studies.effect, y=np.ones(len(names)), labels=names, quiet=True),
    ]  # fmt: skip
    estimate, low, high = told(request, pool.estimate, *_limits(pool, request.level))
    null = "" if request.null is None else (
        f" P of no effect: {float(p_value(np.array(request.null), pool.estimate, pool.standard_error, pool.df)):.2g}."
    )  # fmt: skip
    return Plot(
        name="drapery",
        title="P of every possible effect",
        x_label="Effect",
        y_label="P value, two-sided",
        x_kind="effect",
        y_kind="p-value",
        x_range=window,
        y_range=(0.0, TOP),
        series=tuple(series),
        alt=f"P value curves of {len(names)} studies and of the pooled effect, which peaks at {estimate} and is above "
        f"{alpha:.2g} from {low} to {high}.{null}",
    )


def _limits(pool: Pool, level: float) -> tuple[float, float]:
    from scipy.special import ndtri, stdtrit

    tail = (1 + level) / 2
    margin = float(ndtri(tail) if np.isinf(pool.df) else stdtrit(pool.df, tail)) * pool.standard_error
    return pool.estimate - margin, pool.estimate + margin


def _window(request: AnalysisRequest, pool: Pool) -> tuple[float, float]:
    """Estimates of all studies, no effect, and three standard errors of a new study's effect to either side."""
    shown = [*request.studies.effect.tolist(), pool.estimate - 3 * pool.spread, pool.estimate + 3 * pool.spread]
    shown += [] if request.null is None else [request.null]
    pad = 0.04 * (max(shown) - min(shown))
    return min(shown) - pad, max(shown) + pad


def _curves(effect: Array, error: Array) -> tuple[Array, Array]:
    """The curves of all studies as one line with gaps."""
    distance = np.append(np.linspace(-REACH, REACH, POINTS), np.nan)
    x = (effect[:, None] + error[:, None] * distance).ravel()
    return x[:-1], np.tile(p_value(distance, 0.0, 1.0), effect.size)[:-1]


def _about(estimate: float, error: float, window: tuple[float, float]) -> Array:
    """Effects at which a curve about the estimate is drawn: dense about its peak, to both ends of the window."""
    near = estimate + error * np.linspace(-REACH, REACH, 2 * POINTS - 1)
    far = np.linspace(*window, POINTS)
    every = np.unique(np.concatenate([near, far, [estimate]]))
    return every[(every >= window[0]) & (every <= window[1])]


def _prediction(pool: Pool, df: float, window: tuple[float, float]) -> tuple[Series, ...]:
    if np.isnan(df):
        return ()
    x = _about(pool.estimate, pool.spread, window)
    high = p_value(x, pool.estimate, pool.spread, df)
    return (
        Series(name="prediction region of a new study", x=x, y=high, style="band", low=np.zeros(x.size), high=high),
    )


DRAPERY = FurtherAnalysis(
    name="drapery",
    title="Drapery plot",
    summary="The two-sided P of every possible effect, by each study and pooled, with the prediction region.",
    run=analysed,
    minimum_studies=1,
    references=(
        "Rücker G, Schwarzer G. Beyond the forest plot: the drapery plot. Res Synth Methods 2021;12:13. "
        "doi:10.1002/jrsm.1410",
    ),
)
