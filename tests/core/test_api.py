"""The statistics without a manifest, and a review as an object: what a notebook calls and what it is told."""

from __future__ import annotations

import doctest
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import livereview
from evidence_rows import REVIEWS, ledger, ratio, real_result, result, trial
from livereview import PluginError, api
from livereview.errors import ExpectedError
from real_manifests import with_renderers

TRIALS = {"events_1": [74, 48, 3], "n_1": [105, 54, 20], "events_2": [44, 38, 6], "n_2": [103, 54, 20]}


def messages(error: pytest.ExceptionInfo[ExpectedError]) -> list[str]:
    return list(error.value.messages)


def test_the_examples_in_the_docstrings_run() -> None:
    failed, tried = doctest.testmod(api)
    assert (failed, tried) == (0, 11)


# --- effects -----------------------------------------------------------------------------------------------------


def test_effects_are_those_of_a_review() -> None:
    rows = [trial(name, (a, n), (c, m)) for name, a, n, c, m in zip("abc", *TRIALS.values(), strict=True)]
    same = result(ledger(*rows), measure="RR").studies
    found = livereview.effects(TRIALS, measure="RR")
    assert found["effect"].tolist() == [one.effect for one in same]
    assert found["variance"].tolist() == [one.variance for one in same]


def test_the_index_and_other_columns_are_kept_and_the_input_is_not_changed() -> None:
    frame = pd.DataFrame({**TRIALS, "phase": ["2", "3", "3"]}, index=["Brown", "Locatelli", "Third"])
    before = frame.copy()
    found = livereview.effects(frame, measure="OR")
    assert list(found.index) == ["Brown", "Locatelli", "Third"]
    assert list(found.columns) == [*frame.columns, "effect", "variance", "note"]
    pd.testing.assert_frame_equal(frame, before)


def test_log_rank_numbers_in_columns() -> None:
    by_p = {"p_value": [0.03, 0.03], "events": [60, 60], "direction": ["lower", "higher"]}
    first, second = livereview.effects(by_p, measure="HR")["effect"]
    assert first == pytest.approx(-second, rel=1e-15)
    assert first < 0
    assert livereview.effects({**by_p, "direction": [-1, 1]}, measure="HR")["effect"].tolist() == [first, second]
    with pytest.raises(ExpectedError, match='column "direction" holds text'):
        livereview.effects({**by_p, "direction": ["lower", "better"]}, measure="HR")
    with pytest.raises(ExpectedError, match="HR needs one of these: estimate; or o_minus_e, o_minus_e_variance; or"):
        livereview.effects({"o_minus_e": [-3.0]}, measure="HR")


@pytest.mark.parametrize("dtype", ["int8", "int64", "float32", "Int64", "float64"])
def test_any_numeric_type_of_column_is_taken(dtype: str) -> None:
    found = livereview.effects(pd.DataFrame(TRIALS).astype(dtype), measure="RR")
    assert found["effect"].tolist() == livereview.effects(TRIALS, measure="RR")["effect"].tolist()


def test_a_missing_number_leaves_its_study_without_an_effect_and_says_why() -> None:
    frame = pd.DataFrame({"events": pd.array([3, None, 0], dtype="Int64"), "n": [10, 10, 10]})
    found = livereview.effects(frame, measure="PLO")
    assert found["effect"].isna().tolist() == [False, True, False]
    assert found["note"].tolist()[0] == ""
    assert "missing" in found["note"].tolist()[1]
    assert "0.5" in found["note"].tolist()[2]


def test_options_are_those_of_the_measure() -> None:
    half = livereview.effects({"events": [0], "n": [10]}, measure="PLO")["effect"][0]
    tenth = livereview.effects({"events": [0], "n": [10]}, measure="PLO", add=0.1)["effect"][0]
    assert (half, tenth) == (pytest.approx(math.log(0.5 / 10.5)), pytest.approx(math.log(0.1 / 10.1)))


def test_a_p_value_may_be_a_bound_beside_exact_ones() -> None:
    found = livereview.effects({"estimate": [0.7, 0.7], "p_value": ["0.04", "<0.001"]}, measure="HR")
    assert found["effect"].isna().tolist() == [False, True]
    assert found["p_value"].tolist() == ["0.04", "<0.001"]


@pytest.mark.parametrize(
    ("data", "measure", "said"),
    [
        ({"events_1": [1]}, "RR", [
            'RR needs a column "n_1". Found: events_1.',
            'RR needs a column "events_2". Did you mean "events_1"? Found: events_1.',
            'RR needs a column "n_2". Found: events_1.',
        ]),
        ({}, "PLO", ['PLO needs a column "events". Found: no column.', 'PLO needs a column "n". Found: no column.']),
        ({"events": ["3"], "n": [9]}, "PLO", [
            'the column "events" holds text; it must hold numbers, NaN where there is none',
        ]),
        ({"estimate": [0.7], "ci_low": ["0.5"], "ci_high": [0.9]}, "HR", [
            'the column "ci_low" holds text; it must hold numbers, NaN where there is none',
        ]),
        ({"events": [3], "n": [9], "note": ["x"], "effect": [1]}, "PLO", [
            'the data already have a column "effect", which the result would replace; rename or drop it',
            'the data already have a column "note", which the result would replace; rename or drop it',
        ]),
    ],
)  # fmt: skip
def test_columns_that_cannot_be_used_are_named_all_at_once(data: Any, measure: str, said: list[str]) -> None:
    with pytest.raises(ExpectedError) as error:
        livereview.effects(data, measure=measure)
    assert messages(error) == said


def test_a_table_that_is_none_is_refused() -> None:
    with pytest.raises(ExpectedError, match="one row per study"):
        livereview.effects({"events": [3, 4], "n": [9]}, measure="PLO")
    twice = pd.DataFrame([[3, 4, 9]], columns=["events", "events", "n"])
    with pytest.raises(ExpectedError, match="more than one column called events"):
        livereview.effects(twice, measure="PLO")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: livereview.effects(TRIALS, measure="rr"), 'no effect-measure is called "rr". Did you mean "RR"?'),
        (lambda: livereview.effects(TRIALS, measure="RR", adds=1), 'adds: unknown key. Did you mean "add"?'),
        (lambda: livereview.effects(TRIALS, measure="RR", name="OR"), "name: unknown key."),
        (lambda: livereview.pool([1, 2], [1, 1], "random-effect"), 'Did you mean "random-effects"?'),
        (lambda: livereview.pool([1, 2], [1, 1], tau2="dl"), 'tau2: found "dl" (text); allowed: REML, DL,'),
        (lambda: livereview.bias_test([1, 2, 3], [1, 2, 3], "eggers"), 'Did you mean "egger"?'),
        (lambda: livereview.bias_test([1, 2, 3], [1, 2, 3], tails=1), "tails: unknown key."),
    ],
)
def test_an_unknown_name_or_option_comes_with_a_near_one(call: Any, said: str) -> None:
    with pytest.raises(ExpectedError) as error:
        call()
    assert said in messages(error)[0]


def test_an_alias_of_another_program_is_understood() -> None:
    found = livereview.effects({"events": [3], "n": [9]}, measure="PLOGIT")
    assert found["effect"].tolist() == livereview.effects({"events": [3], "n": [9]}, measure="PLO")["effect"].tolist()


# --- pool --------------------------------------------------------------------------------------------------------


def test_a_pooled_estimate_is_that_of_a_review() -> None:
    studies = real_result("blina_rr", "os-hr").studies
    pooled = real_result("blina_rr", "os-hr").pooled
    effect, variance = [one.effect for one in studies], [one.variance for one in studies]
    found = livereview.pool(effect, variance, tau2="REML", interval="hartung-knapp-adhoc")
    assert (found.k, found.estimate, found.p_value) == (4, pooled.estimate, pooled.p_value)
    assert (found.ci_low, found.prediction_high) == (pooled.ci_low, pooled.prediction_high)
    assert found.weights.tolist() == pytest.approx([one.weight / 100 for one in studies], rel=1e-15)
    assert isinstance(found.k, int)
    assert isinstance(found.estimate, float)


def test_a_frame_of_effects_can_be_pooled_as_it_is() -> None:
    found = livereview.effects(TRIALS, measure="RR").iloc[::-1]
    pooled = livereview.pool(found["effect"], found["variance"], "common-effect")
    w = 1 / found["variance"]
    assert pooled.estimate == pytest.approx((w * found["effect"]).sum() / w.sum(), rel=1e-14)
    assert list(pooled.to_frame()["k"]) == [3]


def test_leading_axes_are_separate_fits() -> None:
    rng = np.random.default_rng(1)
    effect, variance = rng.normal(size=(2, 5, 4)), rng.uniform(0.1, 1, size=4)
    present = rng.random((2, 5, 4)) < 0.7
    present[..., :2] = True
    found = livereview.pool(effect, variance, present=present, tau2="DL")
    assert found.estimate.shape == (2, 5)
    assert found.weights.shape == (2, 5, 4)
    assert found.k.tolist() == present.sum(-1).tolist()
    alone = livereview.pool(effect[1, 3][present[1, 3]], variance[present[1, 3]], tau2="DL")
    # Worst difference seen 1e-16: sums of a fit with padding and without.
    assert found.estimate[1, 3] == pytest.approx(alone.estimate, rel=1e-13)
    assert len(found.to_frame()) == 10


def test_effects_that_are_missing_are_left_out_and_counted() -> None:
    found = livereview.pool([0.1, math.nan, 0.3, 0.2], [0.1, math.nan, 0.1, 0.1], "common-effect")
    assert (found.k, found.weights[1]) == (3, 0)
    assert found.notes == ("1 study has no effect and is left out",)
    wanted = [True, False, True, True]
    assert livereview.pool([0.1, math.nan, 0.3, 0.2], [0.1] * 4, "common-effect", present=wanted).notes == ()


def test_no_study_and_one_study_give_what_there_is() -> None:
    assert livereview.pool([], []).k == 0
    assert math.isnan(livereview.pool([], []).estimate)
    assert livereview.pool([0.3], [0.1]).estimate == 0.3


def test_a_number_without_a_null_has_no_p_value() -> None:
    assert math.isnan(livereview.pool([0.3, 0.4], [0.1, 0.1], null=None).p_value)
    assert livereview.pool([0.3, 0.4], [0.1, 0.1], "common-effect", null=0.35).p_value == pytest.approx(1)


@pytest.mark.parametrize(
    ("effect", "variance", "said"),
    [
        ([1, 2, 3], [1, 1], "shape"),
        ([1, math.inf], [1, 1], "study 2"),
        ([1, 2], [1, 0], "study 2"),
        ([1, 2], [1, math.nan], "study 2"),
        (["a"], [1], "could not convert"),
        (1, 1, "one value per study"),
    ],
)
def test_effects_that_cannot_be_pooled_are_refused(effect: Any, variance: Any, said: str) -> None:
    with pytest.raises(ExpectedError, match=said):
        livereview.pool(effect, variance)


def test_counts_reach_the_models_that_need_them() -> None:
    found = livereview.effects(TRIALS, measure="OR")
    pooled = livereview.pool(found["effect"], found["variance"], "mantel-haenszel", data=TRIALS, measure="OR")
    a, n1, c, n2 = (np.array(column) for column in TRIALS.values())
    n = n1 + n2
    # Mantel and Haenszel 1959: sum of a d / n over sum of b c / n.
    expected = (a * (n2 - c) / n).sum() / ((n1 - a) * c / n).sum()
    assert math.exp(pooled.estimate) == pytest.approx(expected, rel=1e-13)
    whole = livereview.pool(found["effect"], found["variance"], "mantel-haenszel", data=found, measure="OR")
    assert whole.estimate == pooled.estimate, "the frame of effects, with its column of notes"
    with pytest.raises(PluginError, match="needs the columns"):
        livereview.pool(found["effect"], found["variance"], "mantel-haenszel")
    with pytest.raises(ExpectedError, match="one value per study"):
        livereview.pool(found["effect"], found["variance"], "mantel-haenszel", data={"events_1": [1]})


# --- bias tests --------------------------------------------------------------------------------------------------


def test_a_bias_test_runs_on_what_has_an_effect() -> None:
    effect, variance = [0.5, 0.2, math.nan, 0.9, 0.1], [0.02, 0.01, math.nan, 0.2, 0.03]
    keep = [0, 1, 3, 4]
    found = livereview.bias_test(effect, variance)
    assert found == livereview.bias_test([effect[i] for i in keep], [variance[i] for i in keep])


def test_a_bias_test_that_cannot_be_computed_says_why() -> None:
    with pytest.raises(PluginError, match="egger needs at least 3 studies with an effect; there are 2"):
        livereview.bias_test([0.1, 0.2], [0.1, 0.2])
    with pytest.raises(ExpectedError, match=r"takes one set of studies"):
        livereview.bias_test([[0.1, 0.2, 0.4]], [[0.1, 0.2, 0.4]])


# --- a review ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def frontline(tmp_path_factory: pytest.TempPathFactory) -> livereview.Review:
    folder: Path = tmp_path_factory.mktemp("reviews")
    for sheets in ("extractions", "published"):
        shutil.copytree(REVIEWS / sheets, folder / sheets)
    path = folder / "blina_frontline.toml"
    path.write_text(with_renderers((REVIEWS / path.name).read_text(encoding="utf-8")), encoding="utf-8")
    return livereview.load(path).update()


def test_a_review_gives_its_results_as_frames(frontline: livereview.Review) -> None:
    results = frontline.results()
    same = real_result("blina_frontline", "dfs-hr").pooled
    row = results.loc["dfs-hr"]
    assert (row["k"], row["estimate"], row["low"], row["high"]) == (
        same.k, same.shown.estimate, same.shown.low, same.shown.high,
    )  # fmt: skip
    assert list(results.index) == [one.id for one in frontline.manifest.outcomes]
    assert math.isnan(results.loc["mrd-rr", "estimate"])


def test_a_review_gives_the_studies_of_an_outcome(frontline: livereview.Review) -> None:
    studies = frontline.studies("dfs-rr")
    assert list(studies.index) == ["gupta-2024"]
    assert studies.loc["gupta-2024", "events_1"] == 26
    assert studies["weight"].tolist() == [100]
    assert list(studies)[-6:] == ["effect", "variance", "estimate", "low", "high", "weight"]
    assert frontline.studies("mrd-rr").empty


def test_an_unknown_outcome_or_update_of_a_review_is_named(frontline: livereview.Review) -> None:
    with pytest.raises(ExpectedError, match=r'no outcome "dfs_hr"\. Did you mean "dfs-hr"\?'):
        frontline.studies("dfs_hr")
    with pytest.raises(ExpectedError, match="9"):
        frontline.results(9)


def test_a_single_contrast_keeps_its_printed_numbers() -> None:
    same = result(ledger(ratio("a", 0.7, 0.5, 0.98)), measure="HR").studies[0]
    found = livereview.effects({"estimate": [0.7], "ci_low": [0.5], "ci_high": [0.98]}, measure="HR")
    assert found.loc[0, "effect"] == same.effect
    assert found.loc[0, "estimate"] == 0.7
