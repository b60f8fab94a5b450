"""da Silva 2025, randomised trials in first relapse: DerSimonian and Laird, two decimals (Abstract, Results).

HSCT and MRD are reproduced from two trials. The pool of MRD mixes an intention-to-treat denominator, missing
counted as not negative (Brown), with an evaluable one (Locatelli).
"""

from __future__ import annotations

import pytest
from replication import contrasts, pooled, printed, printed_result, table, two_arms

# Brown 2021, Table 2; Locatelli 2021, Table 2.
HSCT = two_arms([(74, 105, 44, 103), (48, 54, 38, 54)])
# Brown 2021, Table 2, end of cycle 1, ITT; Locatelli 2021, Table 2, evaluable set.
MRD = two_arms([(79, 105, 33, 103), (44, 49, 26, 48)])
# Brown and Locatelli OS: ASH abstract, Table 1. Hogan: a secondary summary. Locatelli EFS 0.33: NHS SPS summary.
DFS = contrasts([(0.70, 0.47, 1.03), (0.76, 0.51, 1.14), (0.33, 0.18, 0.61)])
OS = contrasts([(0.62, 0.39, 0.98), (0.65, 0.32, 1.30), (0.43, 0.18, 1.01)])


def as_printed(outcome: str) -> str:
    (row,) = (row for row in table("published.csv", "da-silva-2025") if row["outcome"] == outcome)
    values = [printed(row[column], 2) for column in ("estimate", "ci_low", "ci_high")]
    return "{} ({}-{})".format(*values)


def test_transplant_risk_ratio_agrees() -> None:
    # HSCT RR 1.43 (1.10-1.85).
    assert printed_result(pooled("RR", HSCT), 2) == as_printed("hsct") == "1.43 (1.10-1.85)"


def test_mrd_risk_ratio_agrees() -> None:
    # MRD RR 1.96 (1.40-2.76), end of the first consolidation cycle.
    assert printed_result(pooled("RR", MRD), 2) == as_printed("mrd-negative") == "1.96 (1.40-2.76)"


@pytest.mark.parametrize(
    ("model", "recomputed"), [("random-effects", "0.593 (0.384-0.916)"), ("common-effect", "0.634 (0.492-0.819)")]
)
def test_disease_free_survival_is_not_reached_from_three_trials(model: str, recomputed: str) -> None:
    # DFS HR 0.59 (0.42-0.81): by random effects the estimate agrees, the interval does not.
    found = pooled("HR", DFS, model)
    assert printed_result(found) == recomputed
    assert printed_result(found, 2) != as_printed("dfs")
    assert (printed(found.estimate, 2) == "0.59") == (model == "random-effects")


def test_overall_survival_is_not_reached_from_three_trials() -> None:
    # OS HR 0.57 (0.43-0.76).
    found = pooled("HR", OS)
    assert printed_result(found) == "0.590 (0.415-0.839)"
    assert printed_result(found, 2) != as_printed("os")
