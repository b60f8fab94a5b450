"""An outcome pooled again with other data, many sets at once: what audit checks ask of ``AuditedOutcome.repooled``.

The data go through the outcome's own measure and model. Its own data are always pooled along; where that does not give
the estimate of the report again, nothing is returned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from livereview import inference
from livereview.audits import Repooled
from livereview.bound import SectionFailed, section
from livereview.numbers import Columns
from livereview.report import OutcomeResult
from livereview.returned import real_numbers
from livereview.setting import Setting
from livereview.types import Array, Mask, PluginError, Studies

#: Most sets for a model that is fitted to one after the other, since it needs the counts of each set.
MOST_SETS = 100
#: Farthest, in widths of the interval, that an estimate may lie from that of the report.
SAME = 1e-6


@dataclass(frozen=True, kw_only=True)
class Repooling:
    """An outcome and its data, ready to be pooled again."""

    setting: Setting
    result: OutcomeResult
    data: Mapping[str, Array]
    """Raw columns of the studies, shape (K,)."""
    fixed: Mapping[str, Array]
    """Columns that only the measure sees and that no check changes."""

    @property
    def one_by_one(self) -> bool:
        """Whether the model is fitted to one set after the other: it needs counts, or takes one set at a time."""
        plugin = self.setting.model.plugin
        return bool(plugin.needs) or not plugin.vectorized

    def __call__(self, changed: Mapping[str, Array]) -> Repooled:
        """The outcome under M sets; columns of shape (M, K), those not given are as they are.

        A study without an effect is left out of its set. NaN for a set with no study, with a variance that cannot be
        used, or whose fit did not converge. Raises PluginError for columns of other shapes, for more sets than the
        model takes, where measure or model fails, and where the outcome's own data do not give its estimate.
        """
        try:
            return self._repooled(self._sets(changed))
        except SectionFailed as error:
            raise PluginError(f"{error.failure.plugin} does not take changed data: {error.failure.message}") from error

    def _repooled(self, sets: Mapping[str, Array]) -> Repooled:
        effect, variance = self._effects(sets)
        present = ~np.isnan(effect)
        usable = np.isfinite(effect) & np.isfinite(variance) & (variance > 0)
        broken = np.any(present & ~usable, axis=-1, keepdims=True)
        present = present & ~broken
        studies = self._studies(effect, variance, present, self.data)
        found = self._one_by_one(studies, sets) if self.one_by_one else self._at_once(studies)
        shown = self._shown(found, sets, present)
        self._require_same(shown)
        return Repooled(**{name: values[1:] for name, values in shown.items()})

    def _sets(self, changed: Mapping[str, Array]) -> dict[str, Array]:
        """Every column for the outcome's own data, then for each set: shape (1 + M, K)."""
        k = len(self.result.studies)
        columns = {name: np.asarray(values, dtype=np.float64) for name, values in changed.items()}
        shapes = {values.shape for values in columns.values()}
        if len(shapes) != 1 or len(next(iter(shapes))) != 2 or next(iter(shapes))[1] != k:
            raise PluginError(f"repooled takes columns of one shape (M, {k}), not {sorted(shapes)}")
        m = next(iter(shapes))[0]
        if self.one_by_one and m > MOST_SETS:
            raise PluginError(f"repooled takes up to {MOST_SETS} sets with {self.setting.model.name}, not {m}")
        own = {**self.data, **{name: np.full(k, np.nan) for name in columns if name not in self.data}}
        first = {name: np.broadcast_to(values, (1, k)) for name, values in own.items()}
        return {
            name: np.concatenate([first[name], columns.get(name, np.broadcast_to(own[name], (m, k)))]) for name in own
        }

    def _effects(self, sets: Mapping[str, Array]) -> tuple[Array, Array]:
        measure = self.setting.measure
        shape = next(iter(sets.values())).shape
        fixed = {name: np.broadcast_to(values, shape) for name, values in self.fixed.items()}
        with section("effect measure", measure):
            found = measure.plugin.effects(Columns({**fixed, **sets}, shape), measure.options)
            effect, variance = real_numbers("effect", found.effect), real_numbers("variance", found.variance)
            if effect.shape != shape or variance.shape != shape:
                raise PluginError(f"effect and variance must have shape {shape}, not {effect.shape}, {variance.shape}")
        return effect, variance

    def _studies(self, effect: Array, variance: Array, present: Mask, data: Mapping[str, Array]) -> Studies:
        return Studies(
            effect=effect,
            variance=variance,
            present=present,
            data=data,
            measure=self.setting.measure.name,
            labels=tuple(study.label for study in self.result.studies),
        )

    def _at_once(self, studies: Studies) -> dict[str, Array]:
        """Estimate, limits, P and k of every fit, on the analysis scale."""
        model, measure = self.setting.model, self.setting.measure.plugin
        with section("effect model", model):
            fit = inference.fitted(model.plugin, studies, model.options)
        null = measure.null if model.plugin.has_test else None
        derived = inference.derived(studies, fit, level=self.result.level, prediction="none", null=null)
        lost = np.zeros(derived.k.shape, dtype=bool) if fit.converged is None else ~fit.converged
        kept = {"estimate": derived.estimate, "ci_low": derived.ci_low, "ci_high": derived.ci_high}
        found = {name: np.where(lost, np.nan, values) for name, values in kept.items()}
        return {**found, "p_value": np.where(lost, np.nan, derived.p_value), "k": derived.k}

    def _one_by_one(self, studies: Studies, sets: Mapping[str, Array]) -> dict[str, Array]:
        """The same for a model that sees the counts of each set."""
        fits = [
            self._at_once(
                self._studies(
                    studies.effect[i : i + 1],
                    studies.variance[i : i + 1],
                    studies.present[i : i + 1],
                    {name: values[i] for name, values in sets.items()},
                )
            )
            for i in range(len(studies.present))
        ]
        return {name: np.concatenate([fit[name] for fit in fits]) for name in fits[0]}

    def _shown(self, found: Mapping[str, Array], sets: Mapping[str, Array], present: Mask) -> dict[str, Array]:
        """Estimate and limits on the display scale, limits in ascending order, those of a proportion within 0 and 1."""
        plugin = self.setting.measure.plugin
        size = _sizes(sets.get("n"), present)
        with section("effect measure", self.setting.measure):
            middle, one, other = (
                np.asarray(plugin.back_transform(np.asarray(found[name]), size), dtype=np.float64)
                for name in ("estimate", "ci_low", "ci_high")
            )
        low, high = np.fmin(one, other), np.fmax(one, other)
        if plugin.display == "proportion":
            low, high = np.maximum(low, 0.0), np.minimum(high, 1.0)
        return {"estimate": middle, "ci_low": low, "ci_high": high, "p_value": found["p_value"], "k": found["k"]}

    def _require_same(self, shown: Mapping[str, Array]) -> None:
        own = self.result.pooled.shown
        width = own.high - own.low
        for name, value in (("estimate", own.estimate), ("ci_low", own.low), ("ci_high", own.high)):
            again = float(shown[name][0])
            if again != value and not abs(again - value) <= SAME * max(width, abs(value)):
                what = name.replace("_", " ")
                raise PluginError(f"pooled again, {self.result.id} has {what} {again:.8g} where it was {value:.8g}")


def _sizes(n: Array | None, present: Mask) -> Any:
    """Harmonic mean sample size of the present studies of each set (Miller 1978); None where sizes are not known."""
    if n is None or not np.isfinite(n[present]).all() or not present.any():
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = np.where(present, 1.0 / n, 0.0).sum(axis=-1)
        return np.where(inverse > 0, present.sum(axis=-1) / inverse, np.nan)
