"""For notebooks: a review as an object that gives DataFrames, and the statistics without a manifest.

Measures, models and tests are the plugins that the command line uses; a name is the same in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import ValidationError

from livereview import inference
from livereview.bound import Bound, bound
from livereview.errors import ExpectedError
from livereview.history import History, Record, as_number
from livereview.manifest.mistakes import from_validation
from livereview.manifest.models import BiasTestChoice, Choice, Manifest, MeasureChoice, ModelChoice
from livereview.numbers import Columns
from livereview.plugins import installed
from livereview.types import (
    Array,
    BiasTest,
    BiasTestResult,
    Descriptor,
    EffectMeasure,
    EffectModel,
    Mask,
    Studies,
)
from livereview.update import Updated, opened, places_of, update

if TYPE_CHECKING:
    import pandas as pd


def load(path: str | PathLike[str]) -> Review:
    """The review of a manifest. ManifestError with every mistake if it cannot be used.

    >>> review = livereview.load("reviews/blina_rr.toml")    # doctest: +SKIP
    >>> review.update().results()                            # doctest: +SKIP
    """
    return Review(Path(path))


class Review:
    """A review: update it, and look at its newest results as DataFrames."""

    def __init__(self, path: Path) -> None:
        self.file, self._plugins = opened(path)

    @property
    def manifest(self) -> Manifest:
        return self.file.manifest

    def update(self, *, again: bool = False) -> Review:
        """Bring what is new, pool it, write the report; see ``updated`` for what happened. Returns the review."""
        self.updated: Updated = update(self.file.path, again=again)
        return self

    def record(self, update: int | str = "latest") -> Record:
        """The record of an update, by number or name."""
        return History(places_of(self.file).history).find(str(update))

    def results(self, update: int | str = "latest") -> pd.DataFrame:
        """One row per outcome: k, participants, estimate and intervals on the display scale, heterogeneity, P."""
        import pandas as pd

        rows = [_outcome_row(outcome) for outcome in self.record(update).content["outcomes"]]
        return pd.DataFrame(rows).set_index("outcome")

    def studies(self, outcome: str, update: int | str = "latest") -> pd.DataFrame:
        """One row per study of an outcome: data, effect and variance on the analysis scale, display scale, weight."""
        import pandas as pd

        outcomes = self.record(update).outcomes
        if outcome not in outcomes:
            raise ExpectedError(f'the update has no outcome "{outcome}"; there are: {", ".join(outcomes)}')
        rows = [
            {
                "study": study["study_id"],
                "label": study["label"],
                **study["data"],
                "effect": as_number(study["effect"]),
                "variance": as_number(study["variance"]),
                **{name: as_number(value) for name, value in study["shown"].items()},
                "weight": as_number(study["weight"]),
            }
            for study in outcomes[outcome]["studies"]
        ]
        return pd.DataFrame(rows, columns=None if rows else ["study"]).set_index("study")


def _outcome_row(outcome: Mapping[str, Any]) -> dict[str, Any]:
    pooled = outcome["pooled"]
    low, high = pooled["prediction_shown"] or (None, None)
    return {
        "outcome": outcome["id"],
        "title": outcome["title"],
        "measure": outcome["measure"],
        "k": pooled["k"],
        "participants": pooled["participants"],
        **{name: as_number(pooled["shown"][name]) for name in ("estimate", "low", "high")},
        "p_value": as_number(pooled["p_value"]),
        "prediction_low": as_number(low),
        "prediction_high": as_number(high),
        **{name: as_number(pooled[name]) for name in ("tau2", "q", "q_p", "i2")},
    }


# --- statistics without a manifest -----------------------------------------------------------------------------


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
    """Effect and variance of each study on the analysis scale.

    ``data`` has columns as the measure names them: ``events_1, n_1, events_2, n_2`` for two arms, ``events, n`` for
    one, ``estimate, ci_low, ci_high, se, p_value`` for a contrast; other columns are kept. Returns the data with
    ``effect``, ``variance`` and ``note`` (what was done to the study, or why it has no effect). Options are the
    measure's.
    """
    import pandas as pd

    chosen = _bound(EffectMeasure, MeasureChoice, measure, options)
    frame = pd.DataFrame(data).copy()
    arrays: dict[str, Array] = {}
    for name in frame.columns:
        if pd.api.types.is_numeric_dtype(frame[name]):
            arrays[str(name)] = frame[name].to_numpy(dtype=float)
    columns = Columns(arrays, len(frame))
    result = chosen.plugin.effects(columns, chosen.options)
    needed = _needed(chosen)
    if not any(name in arrays for name in needed):
        raise ExpectedError(f"{chosen.name} needs numeric columns such as {', '.join(needed)}; found {list(frame)}")
    return frame.assign(
        effect=result.effect,
        variance=result.variance,
        note=["; ".join(result.notes.get(index, ())) for index in range(len(frame))],
    )


def _needed(measure: Bound[EffectMeasure]) -> tuple[str, ...]:
    """Names of the data columns that a measure asks for."""
    rows = measure.plugin.rows(measure.options)
    if rows.layout == "two-arms":
        return tuple(f"{name}_{side}" for side in (1, 2) for name in rows.columns)
    return rows.columns


def pool(
    effect: Any,
    variance: Any,
    model: str = "random-effects",
    *,
    present: Any = None,
    level: float = 0.95,
    prediction: Literal["k-1", "k-2", "normal", "model", "none"] = "k-1",
    i2: Literal["Q", "tau2"] = "Q",
    data: Mapping[str, Any] | None = None,
    **options: Any,
) -> PoolResult:
    """The pooled estimate of effects on the analysis scale; options are the model's (``tau2="REML"``, ...).

    ``effect`` and ``variance`` have shape ``(K,)`` or ``(..., K)``; missing effects (NaN) are left out. ``present``
    (same shape) says which studies each fit holds. ``data`` gives raw columns to models that need counts.
    """
    chosen = _bound(EffectModel, ModelChoice, model, options)
    studies = _studies(effect, variance, present, data)
    fit = inference.fitted(chosen.plugin, studies, chosen.options)
    found = inference.derived(studies, fit, level=level, prediction=prediction, i2_basis=i2, null=0.0)
    names = (
        "k", "estimate", "standard_error", "ci_low", "ci_high", "p_value", "tau2", "q", "q_p", "i2", "h2",
        "prediction_low", "prediction_high",
    )  # fmt: skip
    values = {name: getattr(found, name) for name in names}
    if studies.present.ndim == 1:
        values = {name: np.asarray(value).item() for name, value in values.items()}
    notes = tuple(text for text, where in fit.notes.items() if np.any(where))
    return PoolResult(**values, weights=fit.weights, notes=notes)


def bias_test(
    effect: Any, variance: Any, test: str = "egger", *, data: Mapping[str, Any] | None = None, **options: Any
) -> BiasTestResult:
    """A test for small-study effects on effects of shape ``(K,)``; options are the test's. NaN effects are left out.

    PluginError where the test cannot be computed. The threshold of ten studies is a review's choice, not made here.
    """
    chosen = _bound(BiasTest, BiasTestChoice, test, options)
    studies = _studies(effect, variance, None, data)
    there = studies.present
    kept = Studies(
        effect=studies.effect[there],
        variance=studies.variance[there],
        present=there[there],
        data={name: column[there] for name, column in studies.data.items()},
    )
    result: BiasTestResult = chosen.plugin.test(kept, chosen.options)
    return result


def _studies(effect: Any, variance: Any, present: Any, data: Mapping[str, Any] | None) -> Studies:
    y, v = np.asarray(effect, dtype=float), np.asarray(variance, dtype=float)
    shape = np.broadcast_shapes(y.shape, v.shape, np.shape(present) if present is not None else ())
    there: Mask = np.isfinite(y) & np.isfinite(v) & np.ones(shape, dtype=bool)
    if present is not None:
        there = there & np.asarray(present, dtype=bool)
    columns = {name: np.asarray(column, dtype=float) for name, column in (data or {}).items()}
    return Studies(effect=y, variance=v, present=there, data=columns)


def _bound(kind: type[Any], choice: type[Choice], name: str, options: Mapping[str, Any]) -> Bound[Any]:
    """A plugin with its options; ExpectedError that names each mistake."""
    plugins = installed()
    registered = plugins.find(kind, name)
    if registered is None:
        available = ", ".join(plugins.names(kind))
        raise ExpectedError(f'no {kind.kind} is called "{name}"; available: {available}')
    descriptor: Descriptor = registered.descriptor
    try:
        return bound(plugins, kind, choice.model_validate({choice.KEY: name, **options}))
    except ValidationError as error:
        mistakes = from_validation(error, descriptor.options)
        raise ExpectedError([f"{'.'.join(map(str, item.path))}: {item.message}" for item in mistakes]) from None
