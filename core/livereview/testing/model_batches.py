"""Checks of effect models on many fits at once: masks, padding, leading axes. One fit is the same in any company."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from livereview.testing.agreement import fits_differ, taken
from livereview.testing.check import Subject, check, fail
from livereview.testing.models import fit_of
from livereview.testing.studies import changed, in_order, sets_of_studies, told
from livereview.types import EffectModel, Fit, Mask, Studies

Model = Subject[EffectModel]


@check(EffectModel, every_choice=True)
def batch_is_singles(model: Model) -> None:
    """A batch of masks gives what each subset gives alone, also next to subsets of none, one and two studies."""
    for given in sets_of_studies(model.plugin):
        masks = _masks(given)
        batch = fit_of(model, _masked(given, masks))
        for row, mask in enumerate(masks):
            here = np.flatnonzero(mask)
            alone = fit_of(model, in_order(given, here))
            weights = np.zeros(mask.size)
            weights[here] = alone.weights
            differs = _differ(taken(batch, row), replace(alone, weights=weights), here.size, model)
            if differs:
                fail(f"the studies {(here + 1).tolist()} in a batch: {differs} (alone); {told(given)}")


def _differ(found: Fit, wanted: Fit, k: int, model: Model) -> str:
    """How a fit of a batch differs from that alone. Below the minimum there is no number in either."""
    if k < max(model.plugin.minimum_studies, 1):
        return "" if np.isnan(found.estimate) else f"estimate is {found.estimate}, and was none"
    known = {name: value for name, value in found.parameters.items() if name in wanted.parameters}
    return fits_differ(replace(found, parameters=known), wanted)


def _masks(given: Studies) -> Mask:
    """Everything, each study left out, each step of the cumulative analysis, none; of many studies every third."""
    size = given.present.size
    masks = [np.ones(size, bool), *~np.eye(size, dtype=bool), *np.tri(size, dtype=bool), np.zeros(size, bool)]
    return np.array(masks if size < 8 else masks[::3]) & given.present


def _masked(given: Studies, masks: Mask) -> Studies:
    return changed(given, present=masks)


@check(EffectModel, every_choice=True)
def padding(model: Model) -> None:
    """What stands in an absent slot changes nothing: NaN, infinity, any number."""
    for given in sets_of_studies(model.plugin):
        if given.present.sum() <= model.plugin.minimum_studies:
            continue
        gap = int(np.flatnonzero(given.present)[0])
        mask = given.present.copy()
        mask[gap] = False
        wanted = fit_of(model, changed(given, present=mask))
        for filling in (np.nan, np.inf, -7.0, 0.0, 1e300):
            found = fit_of(model, _filled(given, mask, gap, filling))
            differs = fits_differ(found, wanted)
            if differs:
                fail(f"with {filling} in the absent study {gap + 1}, {differs}; {told(given)}")


def _filled(given: Studies, mask: Mask, gap: int, filling: float) -> Studies:
    effect, variance = given.effect.copy(), given.variance.copy()
    effect[gap] = variance[gap] = filling
    data = {name: column.copy() for name, column in given.data.items()}
    for column in data.values():
        column[gap] = filling
    return changed(given, effect, variance, mask, data)


@check(EffectModel)
def leading_axes(model: Model) -> None:
    """Fits along two leading axes, with effects of their own, are the single fits."""
    for given in sets_of_studies(model.plugin)[:3]:
        masks = np.broadcast_to(given.present, (2, 3, given.present.size)).copy()
        masks[1, 2, 0] = given.present.sum() <= model.plugin.minimum_studies
        steps = np.zeros((2, 3, 1)) if model.plugin.needs else np.arange(6.0).reshape(2, 3, 1) / 10
        effect = given.effect * (1 + steps)
        batch = fit_of(model, changed(given, effect, np.broadcast_to(given.variance, effect.shape), masks))
        for at in np.ndindex(2, 3):
            alone = fit_of(model, changed(given, effect[at], present=masks[at]))
            differs = fits_differ(taken(batch, at), alone)
            if differs:
                fail(f"fit {at} of shape (2, 3): {differs} (alone); {told(changed(given, effect[at]))}")
