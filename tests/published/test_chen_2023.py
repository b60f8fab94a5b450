"""Chen 2023, children: randomised trials by Mantel-Haenszel odds ratios, single arms by raw proportions.

Sections are those of the review; two decimals, I² one, P three. The review says that it pools by random effects where
I² is above 50 %; its relapse odds ratio, with I² 86.6, is a common effect all the same.
"""

from __future__ import annotations

import numpy as np
import pytest
from replication import contrasts, effects, one_arm, pooled, printed, printed_result, table, two_arms

# Counts in the order of the review: Schlegel, von Stackelberg, Horibe, Queudeville, Locatelli (RIALTO).
CR = [(6, 9), (27, 70), (5, 9), (13, 38), (68, 110)]
# von Stackelberg, Horibe, Sutton, Beneduce, Locatelli 2021.
MRD = [(14, 70), (1, 9), (14, 24), (21, 26), (44, 49)]
# Schlegel, Sutton, RIALTO of those in CR, Locatelli 2021, Brown.
HSCT = [(4, 9), (20, 24), (50, 68), (48, 54), (74, 105)]
# von Stackelberg, Horibe, Brown cycle 1.
AE = [(61, 70), (9, 9), (77, 102)]
# Locatelli 2021.
RELAPSE = [(13, 54)]
# Brown, Locatelli: events and people with blinatumomab, then without. Table 2 of each; MRD after Brown's cycle 2.
TRIALS = {
    "mrd-negative": [(69, 105, 33, 103), (44, 49, 26, 48)],
    "hsct": [(74, 105, 44, 103), (48, 54, 38, 54)],
    "relapse": [(35, 105, 32, 103), (13, 54, 29, 54)],
    # Brown, Table 3, cycle 1; Locatelli not seen in the paper.
    "ae-grade3plus": [(77, 102, 88, 97), (31, 54, 42, 51)],
}
# Published after the review: NEUF (2022-04), Horai expansion (2022-07), Li (2023-04), Xie (2023-08).
LATER = [(38, 72), (5, 17), (3, 6), (26, 33)]


def reconstructed(outcome: str, attribution: str) -> list[tuple[int, int]]:
    return [
        (int(row["events"]), int(row["n"]))
        for row in table("inputs.csv", "chen-2023")
        if row["outcome"] == outcome and row["attribution"] == attribution and row["arm"] == "blinatumomab"
    ]


def odds_ratio(outcome: str, model: str = "mantel-haenszel") -> tuple[str, str, str]:
    """Odds ratio of the two trials with its interval, I² and P of heterogeneity, printed as the review does."""
    found = pooled("OR", two_arms(TRIALS[outcome]), model)
    return printed_result(found, 2), printed(found.i2, 1), printed(found.q_p, 3)


def as_printed(outcome: str) -> tuple[str, str, str]:
    (row,) = (
        row
        for row in table("published.csv", "chen-2023")
        if (row["outcome"], row["design_group"], row["timepoint_months"]) == (outcome, "rct", "")
    )
    estimate = "{} ({}-{})".format(*(printed(row[column], 2) for column in ("estimate", "ci_low", "ci_high")))
    return estimate, printed(row["i2"], 1), printed(row["q_p"], 3)


@pytest.mark.parametrize(
    ("outcome", "review"),
    [
        # 3.3.4, 3.3.5, 3.4.2.
        ("mrd-negative", ("4.71 (2.84-7.81)", "0.0", "0.334")),
        ("hsct", ("3.24 (1.96-5.35)", "0.0", "0.932")),
        ("relapse", ("0.69 (0.43-1.09)", "86.6", "0.006")),
    ],
)
def test_odds_ratios_of_the_trials_agree(outcome: str, review: tuple[str, str, str]) -> None:
    assert odds_ratio(outcome) == as_printed(outcome) == review


def test_which_odds_ratios_other_models_print_alike() -> None:
    # Inverse variance: the transplants only. Random effects for relapse would have been the review's own rule; the
    # printed I² of 86.6 is about the Mantel-Haenszel estimate, about the inverse-variance mean it is 86.5.
    assert odds_ratio("hsct", "common-effect") == as_printed("hsct")
    assert odds_ratio("mrd-negative", "common-effect")[0] == "4.65 (2.79-7.74)"
    assert odds_ratio("relapse", "random-effects") == ("0.57 (0.14-2.24)", "86.5", "0.006")


def test_adverse_events_are_not_reached_from_the_first_cycle() -> None:
    # 3.4.1: 0.31 (0.16-0.60), I² 0.0, P .804.
    assert as_printed("ae-grade3plus") == ("0.31 (0.16-0.60)", "0.0", "0.804")
    assert odds_ratio("ae-grade3plus") == ("0.30 (0.17-0.56)", "0.0", "0.889")


def test_the_risk_ratio_of_adverse_events_that_the_review_quotes_is_that_of_revman() -> None:
    # Quoted from Marrapodi 2022: RR 0.79 (0.67-0.93).
    found = pooled("RR", two_arms(TRIALS["ae-grade3plus"]), "mantel-haenszel-random")
    assert printed_result(found, 2) == "0.79 (0.67-0.93)"


def test_the_counts_are_those_of_the_solution() -> None:
    for outcome in ("mrd-negative", "relapse"):
        rows = [
            (row["arm"], int(row["events"]), int(row["n"]))
            for row in table("inputs.csv", "chen-2023")
            if (row["outcome"], row["study"]) == (outcome, "brown-2021")
        ]
        a, n1, c, n2 = TRIALS[outcome][0]
        assert sorted(rows) == [("blinatumomab", a, n1), ("control", c, n2)]


def test_relapse_of_six_arms_agrees() -> None:
    # 3.4.2: common effect .32 (.27-.38), I² 32.0, P .196.
    found = pooled("PR", one_arm(reconstructed("relapse", "relapse-unique")), "common-effect")
    assert found.k == 6
    assert printed_result(found, 2) == "0.32 (0.27-0.38)"
    assert (printed(found.i2, 1), printed(found.q_p, 3)) == ("32.0", "0.196")


@pytest.mark.parametrize("solution", ["cr-A", "cr-B"])
def test_complete_remission_agrees_with_either_solution(solution: str) -> None:
    # 3.3.1, abstract: .56 (.45-.68), I² 76.3, 183 of 336 in ten studies.
    counts = CR + reconstructed("cr", solution)
    found = pooled("PR", one_arm(counts))
    assert found.k == 10
    assert tuple(np.sum(counts, axis=0)) == (183, 336)
    assert printed_result(found, 2) == "0.56 (0.45-0.68)"
    assert printed(found.i2, 1) == "76.3"


@pytest.mark.parametrize(("k", "i2", "p"), [(6, "32.0", "0.196"), (2, "86.6", "0.006")])
def test_p_of_heterogeneity_follows_from_i2(k: int, i2: str, p: str) -> None:
    # 3.4.2: I² 32.0 with P .196 in six arms, 86.6 with .006 in two trials; Q = df / (1 - I²).
    q = (k - 1) / (1 - float(i2) / 100)
    # k effects of variance 1 with that Q about their mean: one away from the others.
    data = {"estimate": np.r_[np.sqrt(q * k / (k - 1)), np.zeros(k - 1)], "se": np.ones(k)}
    found = pooled("GEN", data, "common-effect")
    assert (printed(found.i2, 1), printed(found.q_p, 3)) == (i2, p)


@pytest.mark.parametrize(
    ("entered", "recomputed"),
    [
        # 3.3.2, OS: 1.51 (0.95-2.42) at 1 year, 1.97 (1.23-3.15) at 2 years; "all time" 1.73 (1.24-2.41).
        ([(1.51, 0.95, 2.42), (1.97, 1.23, 3.15)], "1.723 (1.237-2.401)"),
        # 3.3.3, EFS: 1.84 (1.16-2.90), 2.63 (1.58-4.39); "all time" 2.16 (1.54-3.03).
        ([(1.84, 1.16, 2.90), (2.63, 1.58, 4.39)], "2.158 (1.534-3.035)"),
    ],
    ids=["OS", "EFS"],
)
def test_two_printed_odds_ratios_pool_to_the_all_time_one_but_for_a_last_digit(
    entered: list[tuple[float, float, float]], recomputed: str
) -> None:
    # The same patients at two times, pooled as if independent.
    assert printed_result(pooled("RATIO", contrasts(entered), "common-effect", of="OR")) == recomputed


@pytest.mark.parametrize(
    ("entered", "all_time"),
    [
        ([(1.51, 0.946, 2.42), (1.972, 1.23, 3.15)], "1.73 (1.24-2.41)"),
        ([(1.84, 1.16, 2.90), (2.63, 1.584, 4.39)], "2.16 (1.54-3.03)"),
    ],
    ids=["OS", "EFS"],
)
def test_the_last_digit_is_the_rounding_of_the_two_printed_ones(
    entered: list[tuple[float, float, float]], all_time: str
) -> None:
    # Values that print as those above do, and whose pool prints as the review's.
    assert printed_result(pooled("RATIO", contrasts(entered), "common-effect", of="OR"), 2) == all_time


@pytest.mark.parametrize(
    ("counts", "decimals", "interval"),
    [
        # Abstract of von Stackelberg 2016: 39% (27-51), of RIALTO: 73.5% (61.4-83.5).
        ((27, 70), 0, "39 (27-51)"),
        ((50, 68), 1, "73.5 (61.4-83.5)"),
    ],
)
def test_exact_intervals_of_single_studies_agree(counts: tuple[int, int], decimals: int, interval: str) -> None:
    own = effects("PR", one_arm([counts]))
    assert own.ci_low is not None
    assert own.ci_high is not None
    values = [printed(100 * float(value[0]), decimals) for value in (own.effect, own.ci_low, own.ci_high)]
    assert "{} ({}-{})".format(*values) == interval


#: Studies whose counts are known, on three scales: an independent computation, since the review pooled more studies.
#: 9/9 is corrected on the raw and the logit scale. Freeman-Tukey values go back by the harmonic mean of n.
SINGLE_ARMS = [
    (CR, "PR", "0.495 (0.351-0.638)", "74.7"),
    (CR, "PLO", "0.493 (0.351-0.636)", "72.1"),
    (CR, "PFT", "0.492 (0.346-0.639)", "72.5"),
    (MRD, "PR", "0.523 (0.174-0.871)", "97.3"),
    (MRD, "PLO", "0.546 (0.207-0.848)", "92.8"),
    (MRD, "PFT", "0.536 (0.189-0.866)", "95.2"),
    (HSCT, "PR", "0.763 (0.660-0.866)", "72.7"),
    (HSCT, "PLO", "0.754 (0.639-0.842)", "63.7"),
    (HSCT, "PFT", "0.764 (0.654-0.860)", "67.2"),
    (AE, "PR", "0.850 (0.745-0.954)", "72.0"),
    (AE, "PLO", "0.827 (0.694-0.910)", "56.7"),
    (AE, "PFT", "0.862 (0.728-0.959)", "70.7"),
]


@pytest.mark.parametrize(("counts", "measure", "result", "i2"), SINGLE_ARMS)
def test_single_arms_agree_on_three_scales(counts: list[tuple[int, int]], measure: str, result: str, i2: str) -> None:
    found = pooled(measure, one_arm(counts))
    assert (printed_result(found), printed(found.i2, 1)) == (result, i2)


@pytest.mark.parametrize(
    ("measure", "result"),
    [("PR", "0.241 (0.127-0.355)"), ("PLO", "0.241 (0.145-0.372)"), ("PFT", "0.241 (0.135-0.365)")],
)
def test_a_single_study_keeps_its_own_proportion(measure: str, result: str) -> None:
    assert printed_result(pooled(measure, one_arm(RELAPSE))) == result


def test_complete_remission_moves_as_later_studies_come_in() -> None:
    found = [pooled("PR", one_arm([*CR, *LATER[:added]])) for added in range(len(LATER) + 1)]
    assert [(one.k, printed_result(one), printed(one.i2, 1)) for one in found] == [
        (5, "0.495 (0.351-0.638)", "74.7"),
        (6, "0.499 (0.390-0.608)", "68.6"),
        (7, "0.475 (0.369-0.582)", "69.2"),
        (8, "0.477 (0.376-0.577)", "64.1"),
        (9, "0.518 (0.405-0.632)", "76.6"),
    ]
