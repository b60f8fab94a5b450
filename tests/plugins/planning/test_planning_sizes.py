"""The size that new trials need, and how precise a planned one will be."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from planning_requests import ahead, array, pooled, random_effects, request
from scipy.special import expit, ndtr, ndtri

from livereview import EffectMeasure, PluginError
from livereview.manifest.jsonschema import own_plugins
from livereview_planning.precision import precision
from livereview_planning.sizes import Needed, Unreachable, needed

Z = float(ndtri(0.975))


def closed_chance(value: float, size: float, unit: float) -> float:
    """P (the interval excludes the value) under a common effect, written out."""
    middle, information = pooled(request())
    own = unit / size
    spread = 1 / own / (information + 1 / own) * math.sqrt(1 / information + own)
    reach = Z / math.sqrt(information + 1 / own)
    away = math.log(value) - middle
    return float(ndtr((away - reach) / spread) + ndtr((-away - reach) / spread))


@pytest.mark.parametrize(("value", "power"), [(0.8, 0.8), (0.8, 0.5), (0.72, 0.3), (0.7, 0.6)])
def test_the_size_needed_is_the_least_that_suffices(value: float, power: float) -> None:
    unit = 4 / 0.6
    found = needed(ahead(request(), value), unit, 0, power, 10)
    assert isinstance(found, Needed)
    assert (found.trials, found.falls) == (1, False)
    assert closed_chance(value, found.participants, unit) >= power > closed_chance(value, found.participants - 1, unit)
    assert found.chance == pytest.approx(closed_chance(value, found.participants, unit), abs=1e-8)
    assert 0 <= found.below <= found.chance


def test_where_trials_differ_one_is_not_enough_and_several_are() -> None:
    look = ahead(random_effects(), 0.8, tau2=0.02)
    found = needed(look, 4.0, 0, 0.65, 30)
    assert isinstance(found, Needed)
    assert found.trials > 1
    endless = look.alone(array(1e-9))[0].excludes(0)
    assert endless < 0.65 <= found.chance
    fewer = look.together(np.full(found.trials - 1, 4.0 / 1e6)).excludes(0)
    assert fewer < 0.65
    assert found.participants == float(f"{found.participants:.2g}")


def test_where_no_number_of_trials_suffices_it_says_so() -> None:
    found = needed(ahead(random_effects(), 0.75, tau2=2.0), 4.0, 0, 0.95, 3)
    assert isinstance(found, Unreachable)
    assert found.trials == 3
    assert 0 <= found.one < 0.95
    assert 0 <= found.several < 0.95


#: Per measure: the effect on the analysis scale.
COUNTED = {"RR": -0.4, "OR": 0.7, "RD": 0.1, "PLO": 1.2, "PLN": -0.5, "PR": 0.3, "PAS": 0.9}


@pytest.mark.parametrize("measure", COUNTED)
def test_a_planned_trial_is_as_precise_as_its_counts_would_be(measure: str) -> None:
    """The effect measure itself, given the counts that a trial of n would have, gives unit / n."""
    effect, control, n = COUNTED[measure], 0.25, 4000.0
    plugin: EffectMeasure = own_plugins().find(EffectMeasure, measure).descriptor  # type: ignore[union-attr]
    data = {"events_2": array(10.0, 40.0), "n_2": array(40.0, 160.0)}
    asked = request(
        (effect, effect), (0.1, 0.1), measure=measure, data=data, shown=lambda y: plugin.back_transform(y, None)
    )
    found = precision(asked, effect)
    if plugin.null is None:
        p = float(plugin.back_transform(array(effect), None)[0])
        columns = {"events": array(p * n), "n": array(n)}
    else:
        odds = float(expit(math.log(control / (1 - control)) + effect))
        p1 = {"RR": control * math.exp(effect), "OR": odds, "RD": control + effect}[measure]
        columns = {
            "events_1": array(p1 * n / 2), "n_1": array(n / 2), "events_2": array(control * n / 2), "n_2": array(n / 2),
        }  # fmt: skip
    made = plugin.effects(columns, plugin.options())
    assert float(made.effect[0]) == pytest.approx(effect, rel=1e-9)
    assert found.unit / n == pytest.approx(float(made.variance[0]), rel=1e-9)


def test_a_hazard_ratio_goes_by_the_events_that_are_stated() -> None:
    data = {"events": array(60, np.nan, 90, np.nan, np.nan)}
    found = precision(request(data=data), -0.3)
    assert found.unit == pytest.approx(4 / (150 / 200))
    assert "75.0% of the participants" in found.source
    assert "2 studies of 5" in found.source


@pytest.mark.parametrize(
    "fields",
    [{}, {"measure": "MD"}, {"measure": "RR", "data": {"events_2": array(0, 0, 0, 0, 0), "n_2": array(9, 9, 9, 9, 9)}}],
)
def test_without_counts_a_participant_tells_as_much_as_in_the_studies_at_hand(fields: dict[str, Any]) -> None:
    asked = request(participants=(100, None, 200, 50, 150), **fields)
    found = precision(asked, -0.3)
    known = np.array([0, 2, 3, 4])
    assert found.unit == pytest.approx(500 / (1 / asked.studies.variance[known]).sum())
    assert "500 participants of 4 studies" in found.source


def test_without_any_size_it_says_what_is_needed() -> None:
    with pytest.raises(PluginError, match="no study of the outcome states how many participants it has"):
        precision(request(participants=(None,) * 5), -0.3)
