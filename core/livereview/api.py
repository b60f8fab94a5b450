"""For notebooks: the statistics without a manifest, and reviews as objects (see ``notebook``).

Measures, models and tests are the plugins that the command line uses; a name is the same in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from pydantic import ValidationError

from livereview import inference
from livereview.bound import Bound
from livereview.errors import ExpectedError
from livereview.manifest.mistakes import dotted, from_validation
from livereview.manifest.words import among, nearest
from livereview.notebook import Review, load
from livereview.numbers import effects_of
from livereview.pairing import DATA_NAMES, DIRECTIONS
from livereview.plugins import installed
from livereview.types import (
    Array,
    BiasTest,
    BiasTestResult,
    Descriptor,
    EffectMeasure,
    EffectModel,
    PluginError,
    Studies,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PoolResult", "Review", "bias_test", "effects", "load", "pool"]

D = TypeVar("D", bound=Descriptor)


@dataclass(frozen=True, kw_only=True)
class PoolResult:
    """A pooled estimate on the analysis scale; with leading axes in the data every field has their shape.

    ``prediction_low`` and ``prediction_high`` are NaN where there is no prediction interval, ``i2`` is in percent, and
    ``weights`` (with the study axis) sum to 1.
    """

    k: Any
    estimate: Any
    standard_error: Any
    ci_low: Any
    ci_high: Any
    p_value: Any
    tau2: Any
    q: Any
    q_p: Any
    i2: Any
    h2: Any
    prediction_low: Any
    prediction_high: Any
    weights: Array
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per fit."""
        import pandas as pd

        fields = {name: value for name, value in vars(self).items() if name not in ("weights", "notes")}
        return pd.DataFrame({name: np.ravel(value) for name, value in fields.items()})


def effects(data: Mapping[str, Any] | pd.DataFrame, measure: str = "RR", **options: Any) -> pd.DataFrame:
    """Effect and variance of each study on the analysis scale, as columns beside the data.

    ``data`` has columns as the measure names them: ``events_1, n_1, events_2, n_2`` for two arms (1 = experimental),
    ``events, n`` for one, ``estimate, ci_low, ci_high, se, p_value`` for a contrast; other columns and the index are
    kept. Added are ``effect``, ``variance`` (NaN where the study gives none) and ``note`` (what was done to the study,
    or why it has no effect). Options are the measure's. ExpectedError for an unknown measure or option, and for columns
    that are missing, not numeric, or in the way.

    >>> import livereview
    >>> trials = {"events_1": [74, 48], "n_1": [105, 54], "events_2": [44, 38], "n_2": [103, 54]}
    >>> livereview.effects(trials, measure="RR")["effect"].round(3).tolist()
    [0.501, 0.234]
    """
    chosen = _bound(EffectMeasure, measure, options)
    frame = _framed(data)
    arrays = _arrays(frame)
    _require_columns(chosen, frame)
    result = effects_of(chosen, arrays, len(frame))
    notes = ["; ".join(result.notes.get(index, ())) for index in range(len(frame))]
    return frame.assign(effect=result.effect, variance=result.variance, note=notes)


def _framed(data: Mapping[str, Any] | pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    try:
        frame = pd.DataFrame(data).copy()
    except ValueError as error:
        raise ExpectedError(f"data must be a table with one row per study: {error}") from None
    twice = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
    if twice:
        raise ExpectedError(f"the data have more than one column called {', '.join(twice)}")
    return frame


def _arrays(frame: pd.DataFrame) -> dict[str, Array]:
    """The columns that a measure may read, as numbers; a P that is only a bound ("<0.001") is NaN.

    ExpectedError for a column that has such a name and holds something else: left out, it would change the result.
    """
    import pandas as pd

    known = [name for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name]) or name in DATA_NAMES]
    arrays: dict[str, Array] = {}
    wrong: list[str] = []
    for name in known:
        values = pd.to_numeric(frame[name], errors="coerce") if name == "p_value" else frame[name]
        if name == "direction" and values.dropna().isin(list(DIRECTIONS)).all():
            values = values.map(DIRECTIONS).astype(float)
        if pd.api.types.is_numeric_dtype(values):
            arrays[str(name)] = values.to_numpy(dtype=float, na_value=np.nan)
        else:
            wrong.append(f'the column "{name}" holds {_kind(values)}; it must hold numbers, NaN where there is none')
    if wrong:
        raise ExpectedError(wrong)
    return arrays


def _kind(values: pd.Series[Any]) -> str:
    return "text" if any(isinstance(value, str) for value in values) else f"{values.dtype} values"


def _require_columns(measure: Bound[EffectMeasure], frame: pd.DataFrame) -> None:
    """ExpectedError naming every column that the measure needs and the data have not, or that would be overwritten."""
    rows = measure.plugin.rows(measure.options)
    sides = ("_1", "_2") if rows.layout == "two-arms" else ("",)
    names = [str(name) for name in frame.columns]
    needed = [f"{column}{side}" for side in sides for column in rows.columns]
    found = [
        f'{measure.name} needs a column "{name}".{nearest(name, names)} Found: {among(names) or "no column"}.'
        for name in needed
        if name not in names
    ]
    if rows.any_of and not any(set(group) <= set(names) for group in rows.any_of):
        groups = "; or ".join(", ".join(group) for group in rows.any_of)
        found.append(f"{measure.name} needs one of these: {groups}. Found: {among(names) or 'no column'}.")
    found += [
        f'the data already have a column "{name}", which the result would replace; rename or drop it'
        for name in ("effect", "variance", "note")
        if name in names
    ]
    if found:
        raise ExpectedError(found)


def pool(
    effect: Any,
    variance: Any,
    model: str = "random-effects",
    *,
    present: Any = None,
    level: float = 0.95,
    prediction: inference.Prediction = "k-1",
    i2: inference.I2Basis = "Q",
    null: float | None = 0.0,
    data: Mapping[str, Any] | pd.DataFrame | None = None,
    measure: str = "",
    **options: Any,
) -> PoolResult:
    """The pooled estimate of effects on the analysis scale; options are the model's (``tau2="REML"``, ...).

    ``effect`` and ``variance`` have shape ``(K,)`` or ``(..., K)``; NaN effects are left out, and a note counts them.
    ``present`` (same shape) says which studies each fit holds. ``null`` is no effect on the analysis scale; None for
    proportions and other numbers of one arm, which have no P. ``data`` gives raw columns to models that need counts
    (of a DataFrame, such as ``effects`` returns, those that hold numbers), and ``measure`` the code of the measure to
    models that apply to some only. ExpectedError for an unknown model or option and for shapes or numbers that cannot
    be; PluginError where the model cannot be fitted.

    >>> import math, livereview
    >>> trials = {"events_1": [74, 48], "n_1": [105, 54], "events_2": [44, 38], "n_2": [103, 54]}
    >>> found = livereview.effects(trials, measure="RR")
    >>> pooled = livereview.pool(found["effect"], found["variance"], tau2="DL", interval="wald")
    >>> [round(math.exp(value), 3) for value in (pooled.estimate, pooled.ci_low, pooled.ci_high)]
    [1.425, 1.098, 1.849]
    """
    chosen = _bound(EffectModel, model, options)
    studies, notes = _studies(effect, variance, present, data, measure)
    fit = inference.fitted(chosen.plugin, studies, chosen.options)
    found = inference.derived(studies, fit, level=level, prediction=prediction, i2_basis=i2,
                              null=null if chosen.plugin.has_test else None)  # fmt: skip
    names = (
        "k", "estimate", "standard_error", "ci_low", "ci_high", "p_value", "tau2", "q", "q_p", "i2", "h2",
        "prediction_low", "prediction_high",
    )  # fmt: skip
    values = {name: getattr(found, name) for name in names}
    values["k"] = values["k"].astype(int)
    if studies.present.ndim == 1:
        values = {name: np.asarray(value).item() for name, value in values.items()}
    converged = fit.converged is None or bool(np.all(fit.converged))
    notes += () if converged else ("the fit did not converge: do not use its estimate",)
    notes += tuple(text for text, where in fit.notes.items() if np.any(where))
    return PoolResult(**values, weights=fit.weights, notes=notes)


def bias_test(
    effect: Any,
    variance: Any,
    test: str = "egger",
    *,
    data: Mapping[str, Any] | pd.DataFrame | None = None,
    measure: str = "",
    **options: Any,
) -> BiasTestResult:
    """A test for small-study effects on effects of shape ``(K,)``; options are the test's. NaN effects are left out.

    PluginError where the test cannot be computed; ExpectedError as in ``pool``. The threshold of ten studies is a
    review's choice, not made here.

    >>> import livereview
    >>> result = livereview.bias_test([0.5, 0.2, 0.9, 0.1], [0.02, 0.01, 0.20, 0.03], test="egger")
    >>> result.statistic_name, result.df
    ('t', 2.0)
    """
    chosen = _bound(BiasTest, test, options)
    studies, _ = _studies(effect, variance, None, data, measure)
    if studies.effect.ndim != 1:
        raise ExpectedError(f"effect has shape {studies.effect.shape}; a bias test takes one set of studies, (K,)")
    there = studies.present
    k, least = int(there.sum()), chosen.plugin.minimum_studies
    if k < least:
        raise PluginError(f"{chosen.name} needs at least {least} studies with an effect; there are {k}")
    missing = [name for name in chosen.plugin.needs if name not in studies.data]
    if missing:
        raise ExpectedError(f"{chosen.name} needs {', '.join(missing)}: give them as data={{name: values}}")
    kept = Studies(
        effect=studies.effect[there],
        variance=studies.variance[there],
        present=there[there],
        data={name: column[there] for name, column in studies.data.items()},
        measure=studies.measure,
    )
    result: BiasTestResult = chosen.plugin.test(kept, chosen.options)
    return result


def _studies(
    effect: Any, variance: Any, present: Any, data: Mapping[str, Any] | pd.DataFrame | None, measure: str
) -> tuple[Studies, tuple[str, ...]]:
    """Studies of one common shape, and a note on those without an effect."""
    try:
        y, v = np.asarray(effect, dtype=float), np.asarray(variance, dtype=float)
        wanted = np.ones(y.shape, dtype=bool) if present is None else np.asarray(present, dtype=bool)
        y, v, wanted = np.broadcast_arrays(y, v, wanted)
        if not y.ndim:
            raise ValueError("a single number is not a set of studies; give arrays with one value per study")
        columns = _columns(data)
        short = [name for name, column in columns.items() if column.shape != y.shape[-1:]]
        if short:
            raise ValueError(f"data must have one value per study ({y.shape[-1]}): {', '.join(short)}")
        studies = Studies(effect=y, variance=v, present=wanted & ~np.isnan(y), data=columns, measure=measure)
    except (TypeError, ValueError) as error:
        raise ExpectedError(f"effect and variance cannot be used: {error}") from None
    without = int((np.isnan(y) & wanted).any(axis=tuple(range(y.ndim - 1))).sum())
    counted = "1 study has no effect and is" if without == 1 else f"{without} studies have no effect and are"
    return studies, (f"{counted} left out",) if without else ()


def _columns(data: Mapping[str, Any] | pd.DataFrame | None) -> dict[str, Array]:
    """The raw columns by name; of a DataFrame those that hold numbers, since it may have labels and notes beside."""
    if data is None or isinstance(data, Mapping):
        return {name: np.asarray(column, dtype=float) for name, column in (data or {}).items()}
    return _arrays(_framed(data))


def _bound(kind: type[D], name: str, options: Mapping[str, Any]) -> Bound[D]:
    """A plugin by name with its options; ExpectedError with every mistake."""
    plugins = installed()
    registered = plugins.find(kind, name)
    if registered is None:
        names = plugins.names(kind)
        raise ExpectedError(f'no {kind.kind} is called "{name}".{nearest(name, names)} Available: {among(names)}.')
    model = registered.descriptor.options
    try:
        validated = registered.options(options)
    except ValidationError as error:
        mistakes = from_validation(error, model, data=options)
        raise ExpectedError([f"{dotted(item.path)}: {item.message}" for item in mistakes]) from None
    return Bound(plugin=registered.descriptor, options=validated, provider=registered.provider)
