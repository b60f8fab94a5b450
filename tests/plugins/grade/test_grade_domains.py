"""The other domains of GRADE at their thresholds, one test for each; the order of studies never matters."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from bodies import appraised, evidence, judged, made, people, ratio
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import appraisal, bias, instrument_card, study
from livereview import CertaintyDomain, Interval, OutcomeResult
from livereview_grade import (
    DOSE_RESPONSE,
    INCONSISTENCY,
    INDIRECTNESS,
    LARGE_EFFECT,
    OPPOSING_CONFOUNDING,
    PUBLICATION_BIAS,
    RISK_OF_BIAS,
    livereview_certainty_domains,
)

GRADES = ("Low", "Moderate", "Serious", "Critical")


def weighted(*weights: float) -> OutcomeResult:
    found = ratio(0.7, 0.5, 0.9, k=len(weights))
    studies = tuple(replace(one, weight=weight) for one, weight in zip(found.studies, weights, strict=True))
    return replace(found, studies=studies)


def risk(weights: tuple[float, ...], overall: tuple[str | None, ...], **kw: object) -> int | None:
    found = weighted(*weights)
    return judged(RISK_OF_BIAS, evidence(found, instruments=appraised(found, overall), **kw)).levels


# --- risk of bias -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "overall", "levels"),
    [
        ((60, 40), ("Low", "Low"), 0),
        ((76, 24), ("Low", "High"), 0),
        ((75, 25), ("Low", "High"), -1),
        ((26, 74), ("Low", "High"), -1),
        ((25, 75), ("Low", "High"), -2),
        ((50, 50), ("Low", "Some concerns"), 0),
        ((49, 51), ("Low", "Some concerns"), -1),
        ((0, 100), ("Low", "some concerns"), -1),
    ],
)
def test_the_weight_of_studies_at_high_and_low_risk_decides(
    weights: tuple[float, ...], overall: tuple[str, ...], levels: int
) -> None:
    assert risk(weights, overall) == levels


def test_studies_without_weight_count_alike() -> None:
    assert risk((float("nan"),) * 4, ("Low", "Low", "Low", "High")) == -1


def test_nobody_appraised_so_a_person_must_judge() -> None:
    found = weighted(50, 50)
    judgement = judged(RISK_OF_BIAS, evidence(found))
    assert (judgement.levels, judgement.reason) == (None, "no study was appraised")


@pytest.mark.parametrize(("missing", "levels"), [(20, 0), (21, None)])
def test_a_judgement_that_is_missing_for_much_of_the_weight_needs_a_person(missing: float, levels: int | None) -> None:
    assert risk((100 - missing, missing), ("Low", None)) == levels


def test_a_disputed_judgement_is_none() -> None:
    found = weighted(50, 50)
    cards = [appraisal(found.studies[0], scores={}, disputed=("Overall",)), appraisal(found.studies[1])]
    card = instrument_card(cards, overall="Overall", scores={"Overall": ("Low", "High")})
    assert judged(RISK_OF_BIAS, evidence(found, instruments=(card,))).levels is None


def test_a_score_outside_the_order_is_none() -> None:
    assert risk((50, 50), ("No information", "Low")) is None


def test_points_that_add_up_have_no_cut_between_risks() -> None:
    found = weighted(100)
    points = instrument_card(
        [appraisal(found.studies[0], scores={"Q1": "1"})],
        title="NOS", items=(("Q1", "Selection"),), scores={"Q1": ("0", "1")},
    )  # fmt: skip
    judgement = judged(RISK_OF_BIAS, evidence(found, instruments=(points,)))
    assert judgement.levels is None
    assert "NOS" in judgement.reason


def test_without_an_overall_judgement_the_worst_item_decides() -> None:
    found = weighted(100)
    rob1 = instrument_card(
        [appraisal(found.studies[0], scores={"Sequence": "Low risk", "Blinding": "High risk"})],
        title="RoB 1", items=(("Sequence", ""), ("Blinding", "")),
        scores=dict.fromkeys(("Sequence", "Blinding"), ("Low risk", "Unclear risk", "High risk")),
    )  # fmt: skip
    assert judged(RISK_OF_BIAS, evidence(found, instruments=(rob1,))).levels == -2


def test_the_judgement_of_this_result_goes_before_that_of_the_study() -> None:
    found = weighted(100)
    code = found.studies[0].rows[0].outcome
    cards = [appraisal(found.studies[0], scores={"Overall": "High"}),
             appraisal(found.studies[0], scores={"Overall": "Low"}, outcome=code),
             appraisal(found.studies[0], scores={"Overall": "High"}, outcome="another")]  # fmt: skip
    card = instrument_card(cards, overall="Overall", scores={"Overall": ("Low", "Some concerns", "High")})
    assert judged(RISK_OF_BIAS, evidence(found, instruments=(card,))).levels == 0


@pytest.mark.parametrize(
    ("start", "overall", "levels"),
    [("high", "Critical", -3), ("high", "Serious", -2), ("high", "Moderate", -1), ("low", "Critical", -2)],
)
def test_critical_risk_of_robins_takes_three_levels_where_the_start_was_high(
    start: str, overall: str, levels: int
) -> None:
    # Schünemann 2019: evidence judged with ROBINS-I starts high, and critical risk leads to very low.
    found = weighted(100)
    cards = appraised(found, [overall], scale=GRADES, title="ROBINS-I")
    assert judged(RISK_OF_BIAS, evidence(found, instruments=cards, start=start, randomised=False)).levels == levels


# --- inconsistency ------------------------------------------------------------------------------------------------


def disagreeing(i2: float, *, apart: bool, prediction: tuple[float, float] | None) -> OutcomeResult:
    found = ratio(0.7, 0.5, 0.9, k=2, pooled={"i2": i2, "prediction_shown": prediction})
    first = replace(found.studies[0], shown=Interval(estimate=0.4, low=0.3, high=0.5 if apart else 0.9))
    second = replace(found.studies[1], shown=Interval(estimate=0.9, low=0.7, high=1.1))
    return replace(found, studies=(first, second))


@pytest.mark.parametrize(
    ("i2", "apart", "prediction", "levels"),
    [
        (49, False, (0.4, 0.95), 0),
        (50, False, (0.4, 0.95), 0),  # one sign alone
        (49, True, (0.4, 0.95), 0),
        (50, True, (0.4, 0.95), -1),
        (50, False, (0.4, 1.2), -1),
        (49, True, (0.4, 1.2), -1),
        (74, True, (0.4, 1.2), -1),
        (75, False, None, -1),  # considerable by itself
        (75, True, (0.4, 1.2), -2),
    ],
)
def test_signs_of_inconsistency_are_counted(
    i2: float, apart: bool, prediction: tuple[float, float] | None, levels: int
) -> None:
    body = evidence(disagreeing(i2, apart=apart, prediction=prediction))
    assert judged(INCONSISTENCY, body).levels == levels


def test_nothing_disagrees_with_one_study() -> None:
    assert judged(INCONSISTENCY, evidence(ratio(0.7, 0.5, 0.9, k=1, pooled={"i2": None}))).levels == 0


def test_a_prediction_interval_of_one_arm_is_held_to_what_matters() -> None:
    shown = Interval(estimate=0.5, low=0.45, high=0.55)
    found = made(3, "proportion", shown, pooled={"i2": 60.0, "prediction_shown": (0.3, 0.7)})
    assert judged(INCONSISTENCY, evidence(found, important=0.1)).levels == -1
    assert judged(INCONSISTENCY, evidence(found, important=0.2)).levels == 0


# --- publication bias ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("p", "levels"), [(0.0999, -1), (0.1, 0), (0.8, 0)])
def test_the_first_test_that_ran_decides(p: float, levels: int) -> None:
    tests = (bias("recommended", refused="too few", p_value=None), bias("egger", p_value=p), bias("begg", p_value=0.01))
    assert judged(PUBLICATION_BIAS, evidence(replace(ratio(0.7, 0.5, 0.9), bias=tests))).levels == levels


def test_a_test_that_was_refused_is_no_evidence_of_absence() -> None:
    refused = (bias("egger", refused="4 studies: below 10", p_value=None),)
    judgement = judged(PUBLICATION_BIAS, evidence(replace(ratio(0.7, 0.5, 0.9), bias=refused)))
    assert judgement.levels is None
    assert ("egger", "not run: 4 studies: below 10") in judgement.inputs


# --- rating up, and what people judge -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("estimate", "low", "high", "k", "levels"),
    [
        (1.99, 1.5, 2.6, 3, 0), (2.0, 1.5, 2.6, 3, 1), (0.5, 0.4, 0.7, 3, 1), (0.51, 0.4, 0.7, 3, 0),
        (5.0, 3.0, 8.0, 3, 2), (0.2, 0.1, 0.4, 3, 2), (5.0, 0.9, 28.0, 3, 0), (5.0, 3.0, 8.0, 1, 0),
    ],
)  # fmt: skip
def test_a_risk_ratio_of_two_is_large_and_of_five_very_large(
    estimate: float, low: float, high: float, k: int, levels: int
) -> None:
    # Guyatt 2011 (GRADE 9): a two-fold change of risk one level, a five-fold change two.
    body = evidence(ratio(estimate, low, high, k=k), start="low", randomised=False)
    assert judged(LARGE_EFFECT, body).levels == levels


def test_an_odds_ratio_is_large_only_as_a_risk_ratio() -> None:
    found = replace(ratio(5.0, 3.0, 8.0), measure="OR")
    assert judged(LARGE_EFFECT, evidence(found)).levels is None
    # At a risk of 0.5 an odds ratio of 5 is a risk of 5/6: a risk ratio of 1.67.
    assert judged(LARGE_EFFECT, evidence(found, absolute=people(0.5, 250, 1000 / 3, 389))).levels == 0


@pytest.mark.parametrize("domain", [INDIRECTNESS, DOSE_RESPONSE, OPPOSING_CONFOUNDING])
def test_these_are_never_drafted(domain: CertaintyDomain) -> None:
    assert judged(domain, evidence(ratio(0.7, 0.5, 0.9))).levels is None


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), k=st.integers(2, 7))
def test_the_order_of_studies_never_matters(seed: int, k: int) -> None:
    rng = random.Random(seed)
    found = weighted(*(rng.choice((1.0, 10.0, 50.0)) for _ in range(k)))
    studies = [replace(one, shown=study(rng.randrange(40)).shown) for one in found.studies]
    found = replace(found, studies=tuple(studies))
    cards = appraised(found, [rng.choice(("Low", "Some concerns", "High", None)) for _ in range(k)])
    mixed = list(studies)
    rng.shuffle(mixed)
    for domain in livereview_certainty_domains():
        before = judged(domain, evidence(found, instruments=cards))
        assert judged(domain, evidence(replace(found, studies=tuple(mixed)), instruments=cards)) == before


def test_every_judgement_has_a_reason_that_can_be_a_footnote() -> None:
    for domain in livereview_certainty_domains():
        reason = judged(domain, evidence(ratio(0.7, 0.5, 0.9))).reason
        assert reason
        assert not reason.endswith(".")
        assert reason[0].islower() or reason[:2] == "I²"
