"""One outcome, whole: real numbers by hand, subgroups, sensitivity, bias tests, and plugins that go wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

from evidence_rows import (
    Tables,
    count,
    ledger,
    number,
    plugins_with,
    ratio,
    real_result,
    real_tables,
    result,
    study,
    trial,
)
from livereview import (
    BiasTest,
    BiasTestResult,
    EffectMeasure,
    EffectModel,
    Fit,
    PluginError,
    RowsNeeded,
    Studies,
    StudyEffects,
)
from livereview.history import as_json
from livereview.report import OutcomeResult

Z = float(ndtri(0.975))
RR = {"measure": "RR"}


# --- real outcomes by hand ---------------------------------------------------------------------------------------


def der_simonian_laird(*tables: tuple[int, int, int, int], scale: str = "RR") -> tuple[float, float, float]:
    """Pooled ratio with its 95% limits from events and n of two arms (DerSimonian and Laird 1986)."""
    a, n1, c, n2 = np.array(tables, dtype=float).T
    if scale == "RR":
        y, v = np.log(a / n1 / (c / n2)), 1 / a - 1 / n1 + 1 / c - 1 / n2
    else:
        b, d = n1 - a, n2 - c
        y, v = np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
    w = 1 / v
    q = (w * (y - (w * y).sum() / w.sum()) ** 2).sum()
    tau2 = max(0.0, (q - (len(y) - 1)) / (w.sum() - (w**2).sum() / w.sum()))
    w = 1 / (v + tau2)
    mean, se = (w * y).sum() / w.sum(), w.sum() ** -0.5
    return tuple(float(np.exp(mean + z * se)) for z in (-Z, 0, Z))  # type: ignore[return-value]


def shown(one: Any) -> tuple[float, float, float]:
    return one.shown.low, one.shown.estimate, one.shown.high


def sensitivity(found: OutcomeResult, title: str) -> Any:
    return next(item for item in found.sensitivity if item.title == title)


def rounded(values: tuple[float, float, float]) -> tuple[float, ...]:
    return tuple(round(value, 3) for value in values)


def test_transplantation_in_first_relapse_is_what_da_silva_printed() -> None:
    # da Silva 2025, HSCT: RR 1.43 (1.10-1.85), from Brown 74/105 against 44/103 and Locatelli 48/54 against 38/54.
    found = sensitivity(real_result("blina_rr", "hsct-rr"), "First relapse, DerSimonian-Laird, Wald")
    assert found.studies == ("locatelli-2021", "brown-2021")
    assert rounded(shown(found.pooled)) == (1.098, 1.425, 1.849)
    # Worst error seen 4e-16, from the order of the sums.
    assert shown(found.pooled) == pytest.approx(der_simonian_laird((48, 54, 38, 54), (74, 105, 44, 103)), rel=1e-13)


def test_mrd_negativity_is_what_da_silva_printed() -> None:
    # da Silva 2025, MRD: RR 1.96 (1.40-2.76), from Brown 79/105 against 33/103, Locatelli 44/49 against 26/48.
    found = sensitivity(real_result("blina_rr", "mrd-rr"), "DerSimonian-Laird, Wald")
    assert rounded(shown(found.pooled)) == (1.395, 1.962, 2.760)
    assert shown(found.pooled) == pytest.approx(der_simonian_laird((44, 49, 26, 48), (79, 105, 33, 103)), rel=1e-13)


def test_odds_of_transplantation_are_what_chen_printed() -> None:
    # Chen 2023: OR 3.24 (1.96-5.35), I² 0, heterogeneity P .932, by Mantel and Haenszel.
    found = result(
        real_tables(), result="hsct", measure="OR", model="mantel-haenszel", experimental=["blinatumomab"],
        control=["chemotherapy", "control"], population=["ITT"],
        filters=[{"field": "setting", "in": ["first-relapse"], "reason": "not in first relapse"}],
    )  # fmt: skip
    assert {one.study_id for one in found.studies} == {"brown-2021", "locatelli-2021"}
    assert tuple(round(value, 2) for value in shown(found.pooled)) == (1.96, 3.24, 5.35)
    assert found.pooled.i2 == 0


def test_remission_of_von_stackelberg_has_the_interval_that_was_printed() -> None:
    # 27 of 70: printed as 39% (27-51), exact interval.
    (one,) = (s for s in real_result("blina_rr", "cr").studies if s.study_id == "von-stackelberg-2016")
    assert one.data == {"events": 27, "n": 70}
    assert [round(100 * value) for value in shown(one)] == [27, 39, 51]
    assert one.effect == pytest.approx(math.log(27 / 43), rel=1e-14)
    assert one.variance == pytest.approx(1 / 27 + 1 / 43, rel=1e-14)


def test_every_number_of_every_review_leads_to_a_report_and_a_locator() -> None:
    reports = {row["report_id"] for row in real_tables()["reports"]}
    identities = {row["row_id"] for row in real_tables()["results"]}
    for review, outcome_id in (("blina_rr", "os-hr"), ("blina_rr", "cr"), ("blina_combination", "ae-any")):
        found = real_result(review, outcome_id)
        assert found.studies
        for one in found.studies:
            assert one.rows
            assert all(row.report_id in reports and row.locator and row.row_id in identities for row in one.rows)


# --- no study, one, two ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [0, 1, 2, 3])
def test_every_part_of_a_result_fits_the_number_of_studies(k: int) -> None:
    rows = [trial(name, (3 + i, 20), (6, 20)) for i, name in enumerate("abc"[:k])]
    tests = {"tests": ["egger", "begg"], "minimum": 3}
    groups = [{"by": "setting"}]
    other = [{"title": "Common effect", "model": "common-effect"}]
    tables = ledger(*rows, study("z", setting="x"))
    found = result(tables, **RR, bias=tests, subgroups=groups, sensitivity=other)
    assert found.pooled.k == len(found.studies) == k
    assert len(found.leave_one_out) == (3 if k == 3 else 0)
    assert len(found.cumulative) == (k if k > 1 else 0)
    assert [item.pooled.k for item in found.sensitivity] == [k]
    assert [bool(test.refused) for test in found.bias] == [k < 3] * 2
    assert not found.failures
    json.dumps(as_json(found), allow_nan=False)
    if k < 3:
        many = {0: "0 studies", 1: "1 study", 2: "2 studies"}[k]
        assert found.bias[0].refused == f"{many}: the test cannot be computed with fewer than 3"


def test_two_studies_with_one_degree_of_freedom_are_cautioned() -> None:
    tables = ledger(trial("a", (3, 20), (6, 20)), trial("b", (5, 20), (6, 20)))
    said = "Two studies: with one degree of freedom the interval is very wide."
    assert said in result(tables, **RR, model="random-effects").cautions
    assert said not in result(tables, **RR).cautions  # normal interval


def test_arms_with_no_event_or_only_events_are_corrected_and_say_so() -> None:
    found = result(ledger(count("a", 0, 39), count("b", 18, 18), count("c", 5, 10)))
    assert found.pooled.k == 3
    noted = {one.study_id: bool(one.notes) for one in found.studies}
    assert noted == {"a": True, "b": True, "c": False}
    a = next(one for one in found.studies if one.study_id == "a")
    assert a.effect == pytest.approx(math.log(0.5 / 39.5))
    assert "0.5" in a.notes[0]
    assert (a.shown.low, a.data["events"]) == (0, 0)


def test_a_trial_without_any_event_is_listed_not_pooled() -> None:
    found = result(ledger(trial("a", (0, 20), (0, 20)), trial("b", (3, 20), (6, 20))), **RR)
    assert [one.study_id for one in found.studies] == ["b"]
    (out,) = (item for item in found.excluded if item.study_id == "a")
    assert "no events" in out.reason
    assert "0/20" in out.detail


# --- subgroups ---------------------------------------------------------------------------------------------------

SETTINGS = [study("a", setting="first"), study("b", setting="first"), study("c", setting="late"), study("d")]


def four(**keys: Any) -> OutcomeResult:
    return result(ledger(SETTINGS, [count(name, 3 + 2 * i, 20) for i, name in enumerate("abcd")]), **keys)


def test_groups_are_compared_by_q_between_and_studies_in_no_group_are_named() -> None:
    (found,) = four(subgroups=[{"by": "setting", "title": "Setting"}]).subgroups
    assert [(name, one.k, ids) for name, one, ids in found.groups] == [("first", 2, ("a", "b")), ("late", 1, ("c",))]
    (e1, s1), (e2, s2) = ((one.estimate, one.standard_error) for _, one, _ in found.groups)
    # Two groups: Q between is the squared difference over the sum of the variances.
    assert found.q_between == pytest.approx((e1 - e2) ** 2 / (s1**2 + s2**2), rel=1e-12)
    assert found.df_between == 1
    assert found.notes == ("In no group: D (not stated).",)


def test_a_value_that_no_group_lists_is_named_with_its_study() -> None:
    groups = {"First relapse": "first", "Frontline": "frontline"}
    (found,) = four(subgroups=[{"by": "setting", "groups": groups}]).subgroups
    assert [name for name, _, _ in found.groups] == ["First relapse"]
    assert found.notes == (
        "In no group: C (late), D (not stated).",
        "Fewer than two groups have an estimate: there is nothing to compare.",
    )
    assert (found.q_between, found.title) == (None, "setting")


def test_a_group_is_pooled_as_if_it_were_alone() -> None:
    (found,) = four(subgroups=[{"by": "setting"}]).subgroups
    alone = result(ledger(count("a", 3, 20), count("b", 5, 20)))
    assert shown(found.groups[0][1]) == pytest.approx(shown(alone.pooled), rel=1e-14)


def test_parts_of_studies_are_groups_of_their_own_rows_and_the_rows_are_named() -> None:
    parts = [("adults", 2, 8, "verified"), ("children", 4, 12, "derived")]
    rows = [count("a", x, n, population=f"subgroup:{who}", status=status) for who, x, n, status in parts]
    groups = {"Adults": "subgroup:adults", "Children": "subgroup:children"}
    found = result(ledger(count("a", 6, 20), rows), subgroups=[{"by": "result.population", "groups": groups}])
    (division,) = found.subgroups
    assert [(name, one.k, round(one.shown.estimate, 4)) for name, one, _ in division.groups] == [
        ("Adults", 1, 0.25), ("Children", 1, 0.3333),
    ]  # fmt: skip
    assert found.studies[0].data == {"events": 6, "n": 20}
    assert "Adults: A: cr, subgroup:adults, drug: 2/8 [a-paper, Table 1]." in division.notes
    assert any(note.startswith("Children: The only study rests on derived numbers") for note in division.notes)


def test_divisions_come_in_the_order_of_the_manifest() -> None:
    parts = {"by": "result.population", "title": "Part", "groups": {"A": "x"}}
    found = four(subgroups=[parts, {"by": "setting", "title": "Setting"}])
    assert [division.title for division in found.subgroups] == ["Part", "Setting"]


# --- sensitivity -------------------------------------------------------------------------------------------------


def varied(**change: Any) -> Any:
    rows = [
        count("a", 3, 20), count("a", 4, 20, outcome="cri"), count("b", 8, 20), count("c", 9, 20, status="unverified"),
        count("d", 5, 20, status="derived"),
    ]  # fmt: skip
    tables = ledger(study("a", setting="first"), study("b", setting="late"), rows)
    (found,) = result(tables, sensitivity=[{"title": "S", **change}]).sensitivity
    return found


@pytest.mark.parametrize(
    ("change", "words", "studies"),
    [
        ({"measure": "PFT"}, "measure: PFT", "abd"),
        ({"model": {"name": "random-effects", "tau2": "REML"}}, "model: random-effects (tau2 = REML)", "abd"),
        ({"statuses": "verified"}, "statuses: verified", "ab"),
        ({"result": ["cri", "cr"]}, "outcome codes: cri, cr", "abd"),
        ({"exclude": "b"}, "without b", "ad"),
        ({"filters": [{"field": "setting", "in": ["late"], "reason": "not late"}]},
         "filters: left out where not late", "b"),
        ({"level": 0.9}, "level: 90%", "abd"),
        ({"timepoint": {"at": 12, "within": 3}}, "timepoint: 12 months, up to 3 months away", ""),
        ({"prediction": "k-2", "i2": "tau2"}, "prediction: t with k - 2 degrees of freedom; I²: from tau²", "abd"),
        ({"population": [], "filters": []},
         "population: every one that is not a part of the study; filters: none", "abd"),
        ({"prefer": ["latest", "status"]}, "prefer: latest published; then status (verified first)", "abd"),
        ({"experimental": []}, "experimental arms: any", "abd"),
    ],
)  # fmt: skip
def test_a_sensitivity_analysis_changes_what_it_says(change: Any, words: str, studies: str) -> None:
    found = varied(**change)
    assert found.choice == words
    assert "".join(sorted(found.studies)) == studies
    assert found.pooled.k == len(studies)


def test_a_sensitivity_analysis_names_its_other_rows_and_their_weak_statuses() -> None:
    found = varied(statuses=["verified", "derived", "unverified"])
    assert found.notes == (
        "1 of 4 studies rests on unverified numbers (not seen in a source).",
        "C: cr, ITT, drug: 9/20 [c-paper, Table 1].",
    )
    assert "A: cri, ITT, drug: 4/20 [a-paper, Table 1]." in varied(result=["cri", "cr"]).notes
    assert varied(exclude=["b"]).notes == ()


def test_what_is_done_to_numbers_of_a_sensitivity_analysis_is_said_there() -> None:
    rows = [number(name, "survival", estimate=0.4, n=25, **cells) for name, cells in (("a", {"se": 0.1}), ("b", {}))]
    from_n = {"title": "S", "measure": {"name": "SURV", "se_from_n": "binomial"}}
    (found,) = result(ledger(rows), measure="SURV", sensitivity=[from_n]).sensitivity
    assert found.studies == ("a", "b")
    assert any(note.startswith("B: standard error approximated by") for note in found.notes)
    assert not any(note.startswith("A: standard error") for note in found.notes)


def test_a_study_that_the_other_measure_cannot_use_is_named_with_the_reason() -> None:
    change = {"title": "S", "measure": {"name": "PLN", "variance": "exact-interval"}}
    (found,) = result(ledger(count("a", 0, 20), count("b", 3, 20)), sensitivity=[change]).sensitivity
    assert found.studies == ("b",)
    (note,) = (text for text in found.notes if text.startswith("Left out"))
    assert note.startswith("Left out, since no effect can be computed: A: cr, ITT, drug: 0/20")


def test_another_scale_than_the_main_analysis_is_said() -> None:
    change = {"title": "S", "measure": "RD"}
    (found,) = result(ledger(trial("a", (3, 20), (6, 20))), **RR, sensitivity=[change]).sensitivity
    assert found.notes[0] == "On another scale than the main analysis: Risk difference in place of Risk ratio."


# --- small-study effects -----------------------------------------------------------------------------------------


def many(k: int, **keys: Any) -> OutcomeResult:
    return result(ledger([count(f"s{i:02}", 2 + i, 20 + 3 * i) for i in range(k)]), **keys)


def test_a_bias_test_below_the_minimum_is_refused_with_the_reason() -> None:
    (found,) = many(9, bias={"tests": ["egger"]}).bias
    assert found.refused == "9 studies: below 10 the test says little (Sterne et al. 2011, BMJ 343:d4002)"
    assert found.p_value is None
    assert not many(10, bias={"tests": ["egger"]}).bias[0].refused


def test_a_bias_test_below_the_minimum_is_labelled_where_the_manifest_wants_it() -> None:
    (found,) = many(4, bias={"tests": ["egger"], "below": "label"}).bias
    assert found.p_value is not None
    assert found.notes[0] == "Only 4 studies, below the 10 of the manifest: run on request, not reliable."


def test_a_bias_test_on_its_own_measure_says_on_which_and_without_whom() -> None:
    test = {"name": "egger", "measure": {"name": "PLN", "variance": "exact-interval"}}
    rows = [count(f"s{i}", 2 + i, 20 + 3 * i) for i in range(4)]
    found = result(ledger(rows, count("zero", 0, 30)), bias={"tests": [test, "egger"], "minimum": 3})
    own, usual = found.bias
    assert (own.df, usual.df) == (2, 3)
    assert own.p_value != usual.p_value
    assert own.notes[0].startswith("On PLN (")
    assert any("Left out, since no effect can be computed: Zero: cr, ITT, drug: 0/30" in note for note in own.notes)


def test_a_test_that_cannot_be_computed_is_refused_in_its_own_words() -> None:
    rows = [ratio(name, 0.7, 0.5, 0.98) for name in "abc"]
    (found,) = result(ledger(rows), measure="HR", bias={"tests": ["egger"], "minimum": 3}).bias
    assert found.refused.startswith("Egger's test cannot be computed: all studies have the same standard error")


# --- plugins that go wrong ---------------------------------------------------------------------------------------

NEED = RowsNeeded(layout="one-arm", measures=("count",), columns=("events", "n"))
TWO: Tables = ledger(count("a", 3, 20), count("b", 5, 20), count("c", 9, 20))


def measure_with(effects: Callable[..., Any], **fields: Any) -> EffectMeasure:
    return EffectMeasure(
        name="FAKE", title="Fake", summary="Goes wrong.", rows=lambda options: NEED, effects=effects, **fields
    )


def model_with(fit: Callable[..., Any], **fields: Any) -> EffectModel:
    return EffectModel(name="fake", summary="Goes wrong.", fit=fit, **fields)


def test_with(test: Callable[..., Any], **fields: Any) -> BiasTest:
    return BiasTest(name="fake", summary="Goes wrong.", test=test, **fields)


test_with.__test__ = False  # type: ignore[attr-defined]


def fit(studies: Studies, **change: Any) -> Fit:
    k = studies.effect.size
    plain = Fit(estimate=studies.effect.mean(), standard_error=np.array(1.0), weights=np.full(k, 1 / k))
    return replace(plain, **change)


def raises(error: BaseException) -> Callable[..., Any]:
    def function(*_: Any) -> Any:
        raise error

    return function


BAD_EFFECTS: dict[str, tuple[Callable[..., Any], str]] = {
    "raises": (raises(PluginError("cannot do this")), "cannot do this"),
    "bug": (raises(KeyError("x")), "KeyError: 'x'"),
    "shape": (lambda d, o: StudyEffects(effect=np.zeros(1), variance=np.ones(3)), "effect has shape (1,)"),
    "interval": (
        lambda d, o: StudyEffects(effect=np.zeros(3), variance=np.ones(3), ci_low=np.zeros(1), ci_high=np.zeros(1)),
        "ci_low has shape (1,)",
    ),
    "infinite": (
        lambda d, o: StudyEffects(effect=np.full(3, np.inf), variance=np.ones(3)),
        "without a usable variance",
    ),
    "negative": (lambda d, o: StudyEffects(effect=np.zeros(3), variance=-np.ones(3)), "without a usable variance"),
    "other": (lambda d, o: (np.zeros(3), np.ones(3)), "it must return StudyEffects"),
}


@pytest.mark.parametrize("bad", BAD_EFFECTS)
def test_a_measure_that_goes_wrong_fails_its_section_by_name_and_the_others_go_on(bad: str) -> None:
    effects, message = BAD_EFFECTS[bad]
    plugins = plugins_with(measure_with(effects))
    other = [{"title": "On the logit", "measure": "PLO"}]
    tests = {"tests": ["egger", {"name": "begg", "measure": "PLO"}], "minimum": 3}
    found = result(TWO, plugins, measure="FAKE", sensitivity=other, bias=tests, note="Read this.")
    (failure,) = found.failures
    assert (failure.section, failure.plugin) == ("effect measure", "FAKE")
    assert failure.provider == "elsewhere 2.0 (elsewhere)"
    assert message in failure.message
    assert (found.pooled.k, found.studies) == (0, ())
    assert found.cautions == ("Read this.",)
    assert found.sensitivity[0].pooled.k == 3
    assert [test.refused for test in found.bias] == ["the effect measure failed", ""]


def test_a_measure_without_an_effect_for_a_study_need_not_say_why() -> None:
    effects = np.array([0.1, np.nan, 0.3])
    plugins = plugins_with(measure_with(lambda d, o: StudyEffects(effect=effects, variance=np.ones(3))))
    found = result(TWO, plugins, measure="FAKE")
    assert [one.study_id for one in found.studies] == ["a", "c"]
    (out,) = found.excluded
    assert (out.study_id, out.reason) == ("b", "FAKE cannot be estimated from it")


def test_a_measure_whose_way_back_fails_loses_its_section_only() -> None:
    measure = measure_with(
        lambda d, o: StudyEffects(effect=np.zeros(3), variance=np.ones(3)),
        back_transform=raises(ValueError("no")),
        null=0.0,
    )
    found = result(TWO, plugins_with(measure), measure="FAKE", sensitivity=[{"title": "S", "measure": "PLO"}])
    assert {failure.message for failure in found.failures} == {"ValueError: no"}
    assert found.sensitivity[0].pooled.k == 3


BAD_FITS: dict[str, tuple[Callable[..., Any], str]] = {
    "raises": (raises(PluginError("does not converge")), "does not converge"),
    "bug": (raises(ZeroDivisionError("division by zero")), "ZeroDivisionError: division by zero"),
    "exit": (raises(SystemExit(1)), "SystemExit: 1"),
    "nan": (lambda s, o: fit(s, estimate=np.array(np.nan)), "estimate is not a number"),
    "shape": (lambda s, o: fit(s, estimate=np.zeros(7)), "estimate has shape (7,)"),
    "weights": (lambda s, o: fit(s, weights=np.full(s.effect.size, 0.9)), "weights do not sum to 1"),
    "other": (lambda s, o: None, "it must return a Fit"),
}


@pytest.mark.parametrize("bad", BAD_FITS)
def test_a_model_that_goes_wrong_is_never_replaced_by_another(bad: str) -> None:
    function, message = BAD_FITS[bad]
    other = [{"title": "Common effect", "model": "common-effect"}]
    found = result(
        TWO,
        plugins_with(model_with(function)),
        model="fake",
        sensitivity=other,
        bias={"tests": ["egger"], "minimum": 3},
    )
    (failure,) = found.failures
    assert (failure.section, failure.plugin) == ("effect model", "fake")
    assert failure.provider == "elsewhere 2.0 (elsewhere)"
    assert message in failure.message
    assert math.isnan(found.pooled.estimate)
    assert (found.pooled.k, found.pooled.participants) == (3, 60)
    assert [one.study_id for one in found.studies] == ["a", "b", "c"]
    assert all(math.isnan(one.weight) for one in found.studies)
    assert found.leave_one_out == found.cumulative == ()
    assert found.sensitivity[0].pooled.k == 3
    assert found.bias[0].p_value is not None
    json.dumps(as_json(found), allow_nan=False)


def test_a_model_that_fails_for_a_subset_leaves_the_main_fit() -> None:
    def needs_three(studies: Studies, options: Any) -> Fit:
        if studies.effect.size < 3:
            raise PluginError("three studies at least")
        return fit(studies)

    tables = ledger(
        study("a", setting="x"), study("b", setting="y"), [count(n, 3 + i, 20) for i, n in enumerate("abc")]
    )
    found = result(tables, plugins_with(model_with(needs_three)), model="fake", subgroups=[{"by": "setting"}])
    assert math.isfinite(found.pooled.estimate)
    assert [failure.section for failure in found.failures] == ["leave-one-out", "cumulative", "subgroups: setting"]
    assert found.leave_one_out == found.cumulative == found.subgroups == ()


def test_a_fit_that_did_not_converge_is_cautioned_wherever_it_is() -> None:
    def converges_for_three(studies: Studies, options: Any) -> Fit:
        return fit(studies, converged=np.array(studies.effect.size == 3))

    plugins = plugins_with(model_with(converges_for_three))
    found = result(TWO, plugins, model="fake", analyses=["leave-one-out"])
    assert found.cautions == (
        "Further fits did not converge, and their estimates are not to be used: without A; without B; without C.",
    )
    main = result(ledger(count("a", 3, 20)), plugins, model="fake")
    assert "The fit did not converge: do not use this estimate." in main.cautions


def test_a_model_below_its_minimum_gives_no_number_and_says_so() -> None:
    found = result(ledger(count("a", 3, 20)), plugins_with(model_with(fit, minimum_studies=2)), model="fake")
    assert math.isnan(found.pooled.estimate)
    assert found.cautions == ("Fewer than 2 studies: not fitted.",)


def test_a_model_that_needs_counts_does_not_get_ratios() -> None:
    found = result(ledger(ratio("a", 0.7, 0.5, 0.98)), measure="HR", model="mantel-haenszel")
    assert "needs the columns" in found.failures[0].message


BAD_TESTS: dict[str, tuple[Callable[..., Any], str]] = {
    "bug": (raises(KeyError("x")), "KeyError: 'x'"),
    "nan": (lambda s, o: BiasTestResult(statistic=np.nan, statistic_name="t", p_value=0.5), "statistic nan"),
    "probability": (lambda s, o: BiasTestResult(statistic=1.0, statistic_name="t", p_value=1.5), "P 1.5"),
    "other": (lambda s, o: 0.5, "it must return a BiasTestResult"),
}


@pytest.mark.parametrize("bad", BAD_TESTS)
def test_a_bias_test_that_goes_wrong_fails_alone(bad: str) -> None:
    function, message = BAD_TESTS[bad]
    plugins = plugins_with(test_with(function))
    found = result(TWO, plugins, bias={"tests": ["fake", "egger"], "minimum": 3})
    (failure,) = found.failures
    assert (failure.section, failure.plugin) == ("bias test fake", "fake")
    assert message in failure.message
    assert [test.name for test in found.bias] == ["egger"]


def test_numbers_of_numpy_are_plain_numbers_in_the_result() -> None:
    single = BiasTestResult(
        statistic=np.float32(1.5),
        statistic_name="t",
        p_value=np.float32(0.25),
        df=np.int64(2),
        estimate=np.nan,  # type: ignore[arg-type]
    )
    found = result(TWO, plugins_with(test_with(lambda s, o: single)), bias={"tests": ["fake"], "minimum": 3})
    assert json.dumps(as_json(found.bias[0]), allow_nan=False)
    assert (found.bias[0].df, found.bias[0].estimate) == (2, None)


def test_a_bias_test_is_refused_where_it_does_not_apply() -> None:
    def never(studies: Studies, options: Any) -> BiasTestResult:
        raise AssertionError("must not run")

    bias = {"tests": ["fake"], "minimum": 3}
    for fields, reason in (
        ({"measures": ("OR",)}, "it applies to OR, not to PLO"),
        ({"needs": ("n_1", "n_2")}, "it needs n_1, n_2, which not every study states"),
    ):
        found = result(TWO, plugins_with(test_with(never, **fields)), bias=bias)
        assert found.bias[0].refused == reason


# --- what else a result carries ----------------------------------------------------------------------------------


def test_the_literature_is_that_of_the_plugins_that_gave_a_number() -> None:
    plugins = plugins_with(
        measure_with(
            lambda d, o: StudyEffects(effect=np.arange(3.0), variance=np.array([1.0, 2, 4])), references=("M",)
        ),
        model_with(lambda s, o: fit(s), references=("F", "M")),
        test_with(lambda s, o: BiasTestResult(statistic=1.0, statistic_name="t", p_value=0.5), references=("T",)),
    )
    asked = {"measure": "FAKE", "model": "fake"}
    assert result(TWO, plugins, **asked, bias={"tests": ["fake"], "minimum": 3}).references == ("M", "F", "T")
    assert result(TWO, plugins, **asked, bias={"tests": ["fake"], "minimum": 4}).references == ("M", "F")
    assert result(ledger(), plugins, **asked).references == ()
    assert "F" in result(TWO, plugins, sensitivity=[{"title": "S", "model": "fake"}]).references


def test_words_under_the_axis_belong_to_comparisons_only() -> None:
    words = ["Favours drug", "Favours placebo"]
    compared = result(ledger(trial("a", (3, 20), (6, 20))), **RR, favours=words)
    assert (compared.favours, compared.experimental, compared.control) == (tuple(words), "drug", "placebo")
    assert compared.null_shown == 1
    single = result(TWO, favours=words)
    assert (single.favours, single.control, single.null_shown) == (("", ""), "", None)
