"""The frontline abstract 2025 (relapsed and newly diagnosed children): risk ratios of four trials (Abstract, Results).

Adverse events are reproduced by "M-H, random" of RevMan 5, from three trials with two unlike outcomes. The other pools
are not reached from the counts that were seen, by any model.
"""

from __future__ import annotations

import pytest
from replication import Array, pooled, printed, printed_result, table, two_arms

# Brown cycle 1 and Locatelli (not seen in the paper), any grade >=3; AALL1731 grade >=3 sepsis, another outcome.
AE = two_arms([(77, 102, 88, 97), (31, 54, 42, 51), (109, 624, 66, 653)])
# Brown end of cycle 1, Locatelli evaluable: Table 2 of each.
MRD = two_arms([(79, 105, 33, 103), (44, 49, 26, 48)])
# Events: Brown Table 2; Locatelli 17 and 31; Hogan from Kaplan-Meier; AALL1731 reconstructed.
DFS = two_arms([(48, 105, 59, 103), (17, 54, 31, 54), (49, 127, 65, 128), (26, 718, 64, 722)])


def as_printed(outcome: str) -> str:
    (row,) = (row for row in table("published.csv", "frontline-abstract-2025") if row["outcome"] == outcome)
    return "{} ({}-{})".format(*(printed(row[column], 2) for column in ("estimate", "ci_low", "ci_high")))


def test_adverse_events_agree_with_q_about_the_mantel_haenszel_estimate() -> None:
    # RR 1.00 (0.57-1.75), P .99.
    found = pooled("RR", AE, "mantel-haenszel-random")
    assert printed_result(found, 2) == as_printed("ae-any") == "1.00 (0.57-1.75)"
    assert (printed(found.p_value, 2), printed(found.i2, 0)) == ("0.99", "95")


@pytest.mark.parametrize("model", ["random-effects", "mantel-haenszel-random", "common-effect", "mantel-haenszel"])
@pytest.mark.parametrize(("outcome", "counts"), [("mrd-negative", MRD), ("dfs", DFS)])
def test_no_model_gives_the_other_printed_risk_ratios(outcome: str, counts: dict[str, Array], model: str) -> None:
    assert printed_result(pooled("RR", counts, model), 2) != as_printed(outcome)


@pytest.mark.parametrize(
    ("outcome", "counts", "review", "recomputed"),
    [
        ("ae-any", AE, "1.00 (0.57-1.75)", "0.992 (0.631-1.560)"),
        ("mrd-negative", MRD, "2.53 (0.32-19.85)", "1.962 (1.395-2.760)"),
        ("dfs", DFS, "0.63 (0.47-0.83)", "0.637 (0.480-0.844)"),
    ],
)
def test_the_printed_risk_ratio_is_not_reached(
    outcome: str, counts: dict[str, Array], review: str, recomputed: str
) -> None:
    assert as_printed(outcome) == review
    found = pooled("RR", counts)
    assert printed_result(found) == recomputed
    assert printed_result(found, 2) != review
