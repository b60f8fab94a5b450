"""The models are found through the entry point and give the core what it checks for."""

from __future__ import annotations

from importlib.metadata import entry_points

import numpy as np
import pytest
from adjustment_data import batch_of, random_studies

from livereview import EffectModel, Studies
from livereview.fitting import fitted
from livereview_bias_adjustment import livereview_effect_models

MODELS = list(livereview_effect_models())


def test_the_entry_point_offers_four_models() -> None:
    (entry,) = entry_points(group="livereview", name="bias-adjustment")
    found = [model.name for model in entry.load().livereview_effect_models()]
    assert found == ["limit-meta-analysis", "pet-peese", "selection-model", "trim-and-fill"]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_options_and_sources_are_described(model: EffectModel) -> None:
    assert model.references
    assert all(field.description for field in model.options.model_fields.values())
    assert model.vectorized
    assert model.minimum_studies == 3


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_core_accepts_what_they_return(model: EffectModel, seed: int) -> None:
    batch = batch_of(random_studies(seed), seed)
    fit = fitted(model, batch, model.options())
    assert fit.estimate.shape == (6,)
    # Two studies are below the minimum, and the core says so.
    two = np.zeros((1, batch.effect.size), dtype=bool)
    two[0, :2] = True
    small = fitted(model, Studies(effect=batch.effect, variance=batch.variance, present=two), model.options())
    assert np.isnan(small.estimate[0])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_no_fits_are_no_trouble(model: EffectModel) -> None:
    none = Studies(effect=np.empty(0), variance=np.empty(0), present=np.empty(0, dtype=bool))
    fit = model.fit(none, model.options())
    assert np.isnan(fit.estimate)
