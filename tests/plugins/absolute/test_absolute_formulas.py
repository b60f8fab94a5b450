"""Risks with treatment and numbers needed to treat, against published examples and first principles."""

from __future__ import annotations

from math import exp, inf, log, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview.absolute.risks import RISK_FORMULAS, Relative, risks_with_treatment
from livereview.absolute.wording import absolute_sentence, change, people
from livereview_absolute.needed_to_treat import labelled, number_needed, whole

RISKS = st.floats(0.001, 0.999)
EFFECTS = st.floats(-3, 3)
RATIOS: tuple[Relative, ...] = ("RR", "OR", "HR")


def difference(baseline: float, effect: float, relative: Relative) -> float:
    return float(risks_with_treatment(baseline, effect, relative)[0]) - baseline


@pytest.mark.parametrize(
    ("relative", "effect", "baseline", "fewer", "nnt"),
    [
        # Cochrane Handbook 5.1, 12.5.4.3: OR 0.73, assumed control risk 0.3: 62 fewer per 1000, NNT 17.
        ("OR", log(0.73), 0.3, 62, 17),
        # By hand: 0.3 x (1 - 0.92) = 0.024; 1 / 0.024 = 41.7.
        ("RR", log(0.92), 0.3, 24, 42),
        # By hand: 0.72^0.42 - 0.72 = 0.8711 - 0.72 = 0.1511; 1 / 0.1511 = 6.6.
        ("HR", log(0.42), 0.28, 151, 7),
        # Handbook 5.1, 12.5.4.1: risk difference -0.12, NNT 9; -0.22, NNT 5.
        ("RD", -0.12, 0.5, 120, 9),
        ("RD", -0.22, 0.5, 220, 5),
    ],
)  # fmt: skip
def test_published_examples(relative: Relative, effect: float, baseline: float, fewer: int, nnt: int) -> None:
    found = difference(baseline, effect, relative)
    assert round(-1000 * found) == fewer
    assert whole(found) == nnt


def test_the_published_interval_through_infinity() -> None:
    # Altman 1998: absolute risk reduction 10% (-5% to 25%): NNTB 10, NNTB 4 to infinity to NNTH 20.
    assert number_needed(-0.10, -0.25, 0.05, "unwanted") == "NNTB 10 (NNTB 4 to ∞ to NNTH 20)"
    assert number_needed(0.10, -0.05, 0.25, "wanted") == "NNTB 10 (NNTB 4 to ∞ to NNTH 20)"
    assert number_needed(0.10, -0.05, 0.25, "unwanted") == "NNTH 10 (NNTH 4 to ∞ to NNTB 20)"
    assert number_needed(-0.10, -0.25, 0.05, "unstated") == (
        "one fewer per 10 (one fewer per 4 to ∞ to one more per 20)"
    )


@pytest.mark.parametrize(
    ("differences", "words"),
    [
        ((-0.1, -0.2, -0.05), "NNTB 10 (NNTB 5 to NNTB 20)"),
        ((0.1, 0.05, 0.2), "NNTH 10 (NNTH 5 to NNTH 20)"),
        ((-0.1, -0.2, 0.0), "NNTB 10 (NNTB 5 to ∞)"),
        ((0.0, -0.1, 0.2), "∞ (NNTH 5 to ∞ to NNTB 10)"),
        ((0.0, -0.2, 0.1), "∞ (NNTB 5 to ∞ to NNTH 10)"),
        ((0.0, 0.0, 0.0), "∞ (∞ to ∞)"),
        ((-0.1, nan, nan), "NNTB 10 (no interval)"),
        ((-1e-5, -1e-4, -1e-6), "NNTB 100,000 (NNTB 10,000 to NNTB 1,000,000)"),
    ],
)
def test_numbers_needed_to_treat_at_the_edges(differences: tuple[float, float, float], words: str) -> None:
    assert number_needed(*differences, "unwanted") == words


def test_a_number_needed_to_treat_is_rounded_up_but_not_for_the_last_bit() -> None:
    assert whole(0.3 - 0.2) == 10  # 1 / 0.09999999999999998 is a little more than 10
    assert whole(0.15 - 0.10) == 20
    assert whole(1 / 10.01) == 11
    assert whole(1.0) == 1
    assert whole(0.0) == inf
    assert labelled(-0.5, "unwanted") == "NNTB 2"


@settings(deadline=None)
@given(RISKS, EFFECTS)
def test_the_formulas_are_their_definitions(p: float, x: float) -> None:
    odds = p / (1 - p) * exp(x)
    expected = {"RR": p * exp(x), "OR": odds / (1 + odds), "HR": 1 - (1 - p) ** exp(x), "RD": p + x}
    for relative, (formula, _) in RISK_FORMULAS.items():
        # Worst seen 5e-15: the direct forms cancel where a risk is near 0 or 1.
        assert float(formula(p, x)) == pytest.approx(expected[relative], rel=1e-12, abs=1e-14)


@settings(deadline=None)
@given(RISKS, EFFECTS)
def test_the_odds_ratio_of_the_event_avoided_is_the_inverse(p: float, x: float) -> None:
    assert difference(p, x, "OR") == pytest.approx(-difference(1 - p, -x, "OR"), abs=1e-14)


@settings(deadline=None)
@given(RISKS, EFFECTS, EFFECTS)
def test_the_hazard_of_a_hazard_adds_up(p: float, x: float, y: float) -> None:
    """Surviving under HR1 x HR2 is surviving under HR2 from the risk that HR1 left."""
    once = float(risks_with_treatment(p, x, "HR")[0])
    if once < 1 - 1e-9:
        assert float(risks_with_treatment(once, y, "HR")[0]) == pytest.approx(
            float(risks_with_treatment(p, x + y, "HR")[0]), rel=1e-6
        )


@settings(deadline=None)
@given(RISKS, st.floats(-2, 2))
def test_a_larger_effect_is_a_larger_risk_and_none_is_none(p: float, x: float) -> None:
    for relative in RISK_FORMULAS:
        low, middle, high = risks_with_treatment(p, np.array([x - 0.5, x, x + 0.5]), relative)[0]
        assert 0 <= low <= middle <= high <= 1
        assert difference(p, 0.0, relative) == 0


def test_at_a_small_risk_all_ratios_say_the_same() -> None:
    found = [difference(1e-6, log(0.5), relative) for relative in RATIOS]
    assert found == pytest.approx([-5e-7] * 3, rel=1e-5)


def test_impossible_risks_are_cut_and_marked() -> None:
    risk, cut = risks_with_treatment(0.6, np.array([log(2), log(1.5), -inf, nan]), "RR")
    assert risk[:3].tolist() == [1, pytest.approx(0.9), 0]
    assert np.isnan(risk[3])
    assert cut.tolist() == [True, False, False, False]
    assert risks_with_treatment(0.1, -0.2, "RD")[0] == 0
    assert risks_with_treatment(0.1, 800.0, "RR") == (1, True)
    assert [float(risks_with_treatment(0.1, 800.0, name)[0]) for name in ("OR", "HR")] == [1, 1]


@pytest.mark.parametrize(
    ("number", "words"),
    [(0.0, "0"), (0.04, "less than 0.1"), (0.06, "0.1"), (2.0, "2"), (2.36, "2.4"), (9.94, "9.9"), (9.96, "10"),
     (62.4, "62"), (12345.6, "12,346")],
)  # fmt: skip
def test_people_are_whole_from_ten_up(number: float, words: str) -> None:
    assert people(number) == words


def test_a_sentence_a_clinician_reads() -> None:
    risk = (0.238, 0.18, 0.315)
    assert absolute_sentence(0.3, risk, per=1000, level=0.95, event="relapse", time="24 months") == (
        "Of 1,000 people, by 24 months, 300 have relapse with the comparator and 238 (95% interval 180 to 315) with the"
        " treatment: 62 fewer (120 fewer to 15 more)."
    )
    assert absolute_sentence(0.3, (0.3, nan, nan), per=100, level=0.9, event="the event", time="").endswith(
        "30 have the event with the comparator and 30 with the treatment: no difference."
    )
    assert change(0.0, 1000) == "no difference"
