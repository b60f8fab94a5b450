"""Running models of either kind, and refusing what a plugin must not return."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from livereview import EffectModel, Fit, Options, PluginError, Studies
from livereview.fitting import fitted

PRESENT = np.array([[True, True, True], [True, False, True], [False, True, False], [False, False, False]])
STUDIES = Studies(
    effect=np.array([1.0, 2.0, 6.0]),
    variance=np.array([1.0, 1.0, 1.0]),
    present=PRESENT,
    data={"events": np.array([3.0, 4.0, 5.0])},
    measure="RR",
    labels=("Ames", "Bonn", "Cork"),
)


def mean(studies: Studies, options: Any) -> Fit:
    """The plain mean, for any number of fits."""
    k = studies.present.sum(axis=-1)
    weights = studies.present / k[..., None]
    return Fit(
        estimate=(weights * np.where(studies.present, studies.effect, 0)).sum(axis=-1),
        standard_error=1 / np.sqrt(k),
        weights=weights,
        df=k - 0.5,
        notes={"two": k == 2},
    )


def model(fit: Any = mean, **changes: Any) -> EffectModel:
    return EffectModel(name="mean", summary="Plain mean.", fit=fit, **changes)


@pytest.mark.parametrize("vectorized", [True, False])
def test_fits_of_too_few_studies_are_nan_with_a_note_and_never_reach_the_plugin(vectorized: bool) -> None:
    seen: list[int] = []

    def watching(studies: Studies, options: Any) -> Fit:
        seen.extend(np.atleast_1d(studies.k))
        return mean(studies, options)

    found = fitted(model(watching, vectorized=vectorized, minimum_studies=2), STUDIES, Options())
    assert seen == [3, 2]
    np.testing.assert_array_equal(found.estimate, [3.0, 3.5, np.nan, np.nan])
    np.testing.assert_array_equal(found.weights, [[1 / 3] * 3, [0.5, 0, 0.5], [0] * 3, [0] * 3])
    np.testing.assert_array_equal(found.df, [2.5, 1.5, np.nan, np.nan])
    assert found.tau2 is None
    assert {note: where.tolist() for note, where in found.notes.items()} == {
        "two": [False, True, False, False],
        "fewer than 2 studies: not fitted": [False, False, True, True],
    }


def test_a_model_for_one_set_of_studies_sees_only_what_is_present() -> None:
    seen: list[Studies] = []

    def watching(studies: Studies, options: Any) -> Fit:
        seen.append(studies)
        return mean(studies, options)

    fitted(model(watching), STUDIES, Options())
    assert [s.labels for s in seen] == [("Ames", "Bonn", "Cork"), ("Ames", "Cork"), ("Bonn",)]
    assert [s.data["events"].tolist() for s in seen] == [[3, 4, 5], [3, 5], [4]]
    assert all(s.present.all() and s.effect.shape == s.present.shape and s.measure == "RR" for s in seen)


def test_options_reach_the_model() -> None:
    options = Options()
    passed: list[Any] = []

    def watching(studies: Studies, options: Any) -> Fit:
        passed.append(options)
        return mean(studies, options)

    fitted(model(watching, vectorized=True), dataclasses.replace(STUDIES, present=PRESENT[0]), options)
    assert passed[0] is options


@pytest.mark.parametrize("vectorized", [True, False])
def test_a_single_fit_has_no_leading_axis(vectorized: bool) -> None:
    found = fitted(model(vectorized=vectorized), dataclasses.replace(STUDIES, present=PRESENT[1]), Options())
    assert found.estimate.shape == ()
    assert (found.estimate, found.weights.tolist()) == (3.5, [0.5, 0, 0.5])


@pytest.mark.parametrize("vectorized", [True, False])
@pytest.mark.parametrize("shape", [(3,), (0, 3), (2, 2, 3)])
def test_no_study_anywhere_gives_no_number(shape: tuple[int, ...], vectorized: bool) -> None:
    studies = dataclasses.replace(STUDIES, present=np.zeros(shape, dtype=bool))
    found = fitted(model(vectorized=vectorized), studies, Options())
    assert found.estimate.shape == shape[:-1]
    assert np.isnan(found.estimate).all()
    assert found.weights.shape == shape


def test_one_dimensional_results_that_differ_in_what_they_hold_are_combined() -> None:
    def sometimes(studies: Studies, options: Any) -> Fit:
        fit = mean(studies, options)
        if studies.effect.size == 2:
            return dataclasses.replace(fit, tau2=np.array(0.5), df=None, notes={}, converged=np.array(False))
        return fit

    found = fitted(model(sometimes), STUDIES, Options())
    np.testing.assert_array_equal(found.tau2, [np.nan, 0.5, np.nan, np.nan])
    np.testing.assert_array_equal(found.df, [2.5, np.inf, 0.5, np.nan])
    assert found.converged is not None
    assert found.converged.tolist() == [True, False, True, True]


WRONG = [
    ({"estimate": np.zeros(2)}, r"estimate has shape \(2,\); it must be \(\)"),
    ({"weights": np.ones(3)}, r"weights has shape \(3,\); it must be \(2,\)"),
    ({"notes": {"odd": np.zeros(2, dtype=bool)}}, r"note 'odd' has shape \(2,\)"),
    ({"estimate": np.array(np.nan)}, "estimate is not a number though the fit is not marked as not converged"),
    ({"standard_error": np.array(-1.0)}, "standard_error is negative or not a number"),
    ({"standard_error": np.array(np.nan)}, "standard_error is negative or not a number"),
    ({"weights": np.array([0.5, 0.4])}, r"weights do not sum to 1 \(off by up to 0.1\)"),
    ({"weights": np.array([np.nan, 1.0])}, "weights do not sum to 1"),
    ({"tau2": np.array(-1e-9)}, "tau2 is negative or not a number"),
    ({"tau2": np.array(np.inf)}, "tau2 is negative or not a number"),
    ({"df": np.array(0.0)}, "df is not above 0"),
    ({"ci_low": np.array(0.0)}, "one limit of the interval is missing"),
    ({"ci_low": np.array(1.0), "ci_high": np.array(0.0)}, "ci_low is above ci_high"),
]


@pytest.mark.parametrize(("changes", "message"), WRONG)
def test_an_impossible_result_is_refused_with_what_is_wrong(changes: dict[str, Any], message: str) -> None:
    studies = Studies(effect=np.array([1.0, 2.0]), variance=np.ones(2), present=np.ones(2, dtype=bool))

    def wrong(studies: Studies, options: Any) -> Fit:
        return dataclasses.replace(mean(studies, options), **changes)

    for vectorized in (True, False):
        with pytest.raises(PluginError, match=rf"^Effect model mean returned what cannot be: .*{message}"):
            fitted(model(wrong, vectorized=vectorized), studies, Options())


def test_all_that_is_wrong_is_said_at_once_with_how_often() -> None:
    def wrong(studies: Studies, options: Any) -> Fit:
        fit = mean(studies, options)
        return dataclasses.replace(fit, standard_error=-fit.standard_error, weights=np.ones(studies.present.shape))

    with pytest.raises(
        PluginError, match=r"standard_error .* \(3 of 3 fits\); weights do not .*; weights are not 0 on"
    ):
        fitted(model(wrong, vectorized=True), STUDIES, Options())


def test_a_fit_that_did_not_converge_may_be_without_a_number() -> None:
    def lost(studies: Studies, options: Any) -> Fit:
        return dataclasses.replace(mean(studies, options), estimate=np.array(np.nan), converged=np.array(False))

    found = fitted(model(lost), dataclasses.replace(STUDIES, present=PRESENT[0]), Options())
    assert np.isnan(found.estimate)
    assert not found.converged


def test_what_is_not_a_fit_is_refused() -> None:
    with pytest.raises(PluginError, match="returned float; it must return a Fit"):
        fitted(model(lambda studies, options: 1.0), STUDIES, Options())


def test_missing_columns_and_measures_are_named() -> None:
    with pytest.raises(PluginError, match="needs the columns n_1, n_2, which the measure RR does not have"):
        fitted(model(needs=("events", "n_1", "n_2")), STUDIES, Options())
    with pytest.raises(PluginError, match="does not apply to the measure RR; it applies to OR, RD"):
        fitted(model(measures=("OR", "RD")), STUDIES, Options())
    assert fitted(model(needs=("events",), measures=("RR",)), STUDIES, Options()).estimate.shape == (4,)
