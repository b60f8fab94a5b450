"""Each preset gives the numbers of its program, from the raw counts of reference data to the prediction interval."""

from __future__ import annotations

from typing import Any

import golden
import numpy as np
import pytest
from measure_records import MEASURES, study_data

from livereview import Preset, Studies
from livereview.inference import derived, fitted
from livereview.manifest.jsonschema import own_plugins
from livereview.manifest.models import MeasureChoice, ModelChoice
from livereview.manifest.presets import preset_choices
from livereview.types import EffectModel

PLUGINS = own_plugins()
PRESETS = sorted(PLUGINS.of(Preset))


def pooled(preset: str, measure: str, data: dict[str, Any], **change: Any) -> Any:
    """The outcome that a preset gives for raw data, on the analysis scale."""
    chosen = {**preset_choices(PLUGINS, preset, MeasureChoice(name=measure)), **change}
    plugin = MEASURES[measure]
    found = plugin.effects(data, plugin.options(**chosen["measure"].options))
    model = PLUGINS.find(EffectModel, chosen["model"].name)
    assert model is not None
    studies = Studies(effect=found.effect, variance=found.variance, present=np.isfinite(found.effect), data=data,
                      measure=measure)  # fmt: skip
    fit = fitted(model.descriptor, studies, model.options(chosen["model"].options))
    return derived(studies, fit, level=chosen["level"], prediction=chosen["prediction"], i2_basis=chosen["i2"],
                   null=plugin.null)  # fmt: skip


@pytest.mark.parametrize("measure", sorted(MEASURES))
@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_complete_and_valid_for_every_measure(name: str, measure: str) -> None:
    found = preset_choices(PLUGINS, name, MeasureChoice(name=measure))
    assert set(found) == {"model", "prediction", "i2", "level", "measure"}


def _of_metafor() -> list[tuple[str, str]]:
    """Data sets and effects that metafor fitted with its own defaults, and whose measure we hold.

    Without edge_cont_neg_mean, in which a study has variance 0 and a mean is negative: no effect here.
    """
    return [
        (name, uni["effect"])
        for name in sorted({*golden.datasets()} - {"edge_cont_neg_mean"})
        for uni in golden.load(name)["uni"]
        if (uni.get("method"), uni.get("test")) == ("REML", "z") and uni["effect"] in MEASURES and "k" in uni
    ]


METAFOR = _of_metafor()


def test_there_is_much_to_compare() -> None:
    assert len(METAFOR) == 125


@pytest.mark.parametrize(("name", "effect"), METAFOR)
def test_metafor_is_what_rma_prints(name: str, effect: str) -> None:
    content = golden.load(name)
    (record,) = (
        uni for uni in content["uni"] if (uni["effect"], uni.get("method"), uni.get("test")) == (effect, "REML", "z")
    )
    y, _ = golden.effect(name, effect)
    found = pooled("metafor", effect, study_data(content["effects"][effect], content["data"]["columns"]))
    assert int(found.k) == record["k"]
    spread = float(np.nanstd(y)) or 1.0
    pairs = {"beta": "estimate", "se": "standard_error", "ci_lb": "ci_low", "ci_ub": "ci_high", "I2": "i2"}
    if record["k"] > 1:
        pairs |= {"pi_lb": "prediction_low", "pi_ub": "prediction_high"}
    for theirs, ours in pairs.items():
        # Worst error seen 2e-9 of the spread: metafor's own stopping rule.
        assert float(getattr(found, ours)) == pytest.approx(record[theirs], rel=1e-8, abs=1e-8 * spread), theirs


META = golden.load("meta_crosscheck")["datasets"]
SM = {"OR": "OR", "RD": "RD", "PLOGIT": "PLO", "MD": "MD"}


def _of_meta() -> list[tuple[str, str, int]]:
    """Records of meta: data set, function, position; inverse-variance weights, REML, without risk ratios and log
    proportions, of which it corrects empty cells in a way of its own (docs/methods-measures.md), and without a study of
    variance 0."""
    found = []
    for name in sorted({*META} - {"edge_cont_neg_mean"}):
        for function in ("metabin", "metaprop", "metacont"):
            for at, record in enumerate(META[name].get(function, [])):
                inverse = record.get("method", "Inverse") == "Inverse" and record["method.tau"] == "REML"
                if inverse and record["sm"] in SM and record["k"] > 1:
                    found.append((name, function, at))
    return found


OF_META = _of_meta()


def test_there_is_much_of_meta_to_compare() -> None:
    assert len(OF_META) == 41


@pytest.mark.parametrize(("name", "function", "at"), OF_META)
def test_meta_is_what_the_package_prints(name: str, function: str, at: int) -> None:
    """meta 7.0-0, whose prediction interval has k - 2 degrees of freedom; from version 8 it has k - 1, as here.

    Its logit proportions were pooled with method = "Inverse" in place of the default, which is a model of the counts.
    """
    record, content = META[name][function][at], golden.load(name)
    measure = SM[record["sm"]]
    args = next(effect for effect in content["effects"].values() if effect["measure"] == measure)
    change: dict[str, Any] = {"prediction": "k-2"}
    if measure == "PLO":
        change["model"] = ModelChoice.model_validate({"name": "random-effects", "tau2": "REML", "interval": "wald"})
    found = pooled("meta", measure, study_data(args, content["data"]["columns"]), **change)
    theirs = {"estimate": record["random"]["est"], "standard_error": record["random"]["se"],
              "ci_low": record["random"]["ci_lb"], "ci_high": record["random"]["ci_ub"], "q": record["Q"],
              "i2": record["I2"], "tau2": record["tau2"], "prediction_low": record["pi"]["lb"]}  # fmt: skip
    spread = float(np.nanstd(golden.numbers(record["TE"]))) or 1.0
    # Worst error seen 3.8e-6 (dat.graves2010, RD): meta stops its search for tau² at an absolute change of 1e-5.
    for ours, value in theirs.items():
        if value is not None:
            assert float(getattr(found, ours)) == pytest.approx(value, rel=5e-6, abs=5e-6 * spread), ours


#: Events and people of two arms: cells without anybody, in one arm and in both, and none.
SPARSE = {"events_1": [0, 0, 3], "n_1": [20, 40, 50], "events_2": [0, 4, 6], "n_2": [10, 38, 52]}


@pytest.mark.parametrize(("name", "z"), [("revman5", 1.959964), ("cochrane-2025", 0.0)])
def test_revman_takes_the_variance_of_a_risk_difference_from_cells_with_a_half_added(name: str, z: float) -> None:
    """From first principles: the difference itself is not corrected, its variance is, in a study with an empty cell.

    Of differences this alike tau² is 0, so that the mean is that of inverse variances; without the half the first study
    had a variance of 0 and no weight.
    """
    differences, variances = [], []
    for a, n1, c, n2 in zip(*SPARSE.values(), strict=True):
        differences.append(a / n1 - c / n2)
        half = 0.5 if 0 in (a, c) else 0.0
        risks = [((events + half) / (n + 2 * half), n + 2 * half) for events, n in ((a, n1), (c, n2))]
        variances.append(sum(risk * (1 - risk) / n for risk, n in risks))
    weights = [1 / variance for variance in variances]
    mean = sum(w * y for w, y in zip(weights, differences, strict=True)) / sum(weights)
    found = pooled(name, "RD", {column: np.asarray(values, dtype=float) for column, values in SPARSE.items()})
    assert (int(found.k), float(found.tau2)) == (3, pytest.approx(0.0, abs=1e-12))
    assert float(found.estimate) == pytest.approx(mean, rel=1e-12)
    if z:  # the interval of cochrane-2025 is that of Hartung and Knapp
        half_width = z * sum(weights) ** -0.5
        assert float(found.ci_high - found.ci_low) / 2 == pytest.approx(half_width, rel=1e-7)
