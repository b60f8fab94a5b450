"""A printed pool and its verdict: matches, matches under another choice, cannot be checked, contradicts.

Printed values are those of the estimators written out here, from the counts of the trials.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from published_rows import TRIALS, included, line, manifest, printed, replicated, solved

from evidence_rows import count, ledger, trial
from livereview.manifest.models import Manifest
from livereview.plugins import installed
from livereview.replicating.replication import replication

A, N1, C, N2 = (np.array(column, dtype=float) for column in zip(*TRIALS.values(), strict=True))


def rows(*names: str, **cells: Any) -> list[Any]:
    return [trial(name, TRIALS[name][:2], TRIALS[name][2:], **cells) for name in names or TRIALS]


def pooled(tau2: bool = True, a: Any = A, n1: Any = N1, c: Any = C, n2: Any = N2, digits: int = 2) -> dict[str, float]:
    """Log risk ratios by inverse variance, DerSimonian and Laird's tau² or none, as printed."""
    y, v = np.log(a / n1 / (c / n2)), 1 / a - 1 / n1 + 1 / c - 1 / n2
    w = 1 / v
    q = (w * (y - (w * y).sum() / w.sum()) ** 2).sum()
    between = max(0.0, (q - len(y) + 1) / (w.sum() - (w**2).sum() / w.sum())) if tau2 else 0.0
    w = 1 / (v + between)
    m, se = (w * y).sum() / w.sum(), w.sum() ** -0.5
    values = np.exp([m, m - 1.959964 * se, m + 1.959964 * se])
    return dict(zip(("estimate", "ci_low", "ci_high"), np.round(values, digits).tolist(), strict=True))


def test_the_stated_method_on_the_obvious_counts_matches() -> None:
    found = line(*rows(), included(*TRIALS), printed(**pooled(), k=3))
    assert (found.verdict, found.departures, found.recipe) == ("matches", (), "RR, DerSimonian-Laird")
    assert [item.numbers for item in found.inputs] == ["30/100 v 45/98", "12/60 v 20/61", "8/40 v 15/41"]
    assert all(number.agrees for number in found.numbers)
    assert 0 < found.matched <= found.tried


def test_a_last_digit_that_differs_is_no_match() -> None:
    values = pooled(digits=3)
    values["ci_high"] = round(values["ci_high"] + 0.001, 3)
    found = line(*rows(), included(*TRIALS), printed(**values, k=3))
    assert found.verdict == "contradicts"
    assert [number.agrees for number in found.numbers] == [True, True, False, True]


def test_another_model_than_stated_is_named() -> None:
    spread = trial("dubois", (40, 50), (20, 52))
    a, n1, c, n2 = (np.append(x, y) for x, y in zip((A, N1, C, N2), (40, 50, 20, 52), strict=True))
    fixed = pooled(False, a, n1, c, n2)
    assert fixed != pooled(True, a, n1, c, n2)
    found = line(*rows(), spread, included(*TRIALS, "dubois"), printed(**fixed, k=4))
    assert (found.verdict, found.departures) == ("matches-otherwise", ("another model than stated",))
    assert found.recipe == "RR, inverse variance, common effect"


def test_a_study_counted_twice_is_named() -> None:
    again = [np.append(x, x[0]) for x in (A, N1, C, N2)]
    found = line(*rows(), included(*TRIALS), printed(**pooled(True, *again), k=4))
    assert (found.verdict, found.departures) == ("matches-otherwise", ("Adams counted twice",))


def test_a_study_left_out_is_named_where_the_number_of_studies_is_not_printed() -> None:
    found = line(*rows(), included(*TRIALS), printed(**pooled(True, A[1:], N1[1:], C[1:], N2[1:], 3)))
    assert (found.verdict, found.departures) == ("matches-otherwise", ("without Adams",))


def test_unlike_outcomes_pooled_are_named() -> None:
    other = trial("costa", TRIALS["costa"][:2], TRIALS["costa"][2:], outcome="death")
    related = {"outcomes": [{"outcome": "cr", "related": ["death"]}]}
    found = line(*rows("adams", "brown"), other, included(*TRIALS), printed(**pooled(), k=3), **related)
    assert found.verdict == "matches-otherwise"
    assert found.departures == ("death in place of cr (Costa)", "unlike outcomes pooled: cr, death")
    assert line(*rows("adams", "brown"), other, included(*TRIALS), printed(**pooled(), k=3)).verdict == (
        "cannot-be-checked"
    )


def test_another_time_and_an_unverified_number_are_named() -> None:
    values = printed(**pooled(), k=3, timepoint_months=12)
    late = [*rows("adams", "brown", timepoint_months=12), *rows("costa", timepoint_months=24)]
    found = line(*late, included(*TRIALS), values)
    assert found.departures == ("another time than 12 months (Costa)",)
    unsure = [*rows("adams", "brown"), *rows("costa", status="unverified")]
    assert line(*unsure, included(*TRIALS), printed(**pooled(), k=3)).departures == ("an unverified number (Costa)",)


def test_counts_of_people_without_the_event_are_turned_round() -> None:
    without = {"outcomes": [{"outcome": "cr", "without": ["failure"]}]}
    failures = [trial(name, (n1 - a, n1), (n2 - c, n2), outcome="failure") for name, (a, n1, c, n2) in TRIALS.items()]
    assert line(*failures, included(*TRIALS), printed(**pooled(), k=3), **without).verdict == "matches"


@pytest.mark.parametrize(
    ("given", "cells", "says"),
    [
        (("adams", "brown"), {}, "no number of costa: 1 of 3 studies"),
        (tuple(TRIALS), {"k": 5}, "5 studies were pooled, of which 3 studies are known"),
    ],
)
def test_what_is_not_public_is_named_with_what_the_known_part_gives(
    given: tuple[str, ...], cells: dict[str, Any], says: str
) -> None:
    wrong = {name: round(value * 1.3, 2) for name, value in pooled(digits=6).items()}
    found = line(*rows(*given), included(*given, "costa") if "costa" not in given else included(*given),
                 printed(**{**wrong, "k": 3, **cells}))  # fmt: skip
    assert found.verdict == "cannot-be-checked"
    assert says in found.reasons
    assert all(number.recomputed is not None for number in found.numbers)


def test_numbers_derived_from_others_contradict_nothing() -> None:
    wrong = {name: round(value * 1.3, 2) for name, value in pooled(digits=6).items()}
    known = included(*TRIALS), printed(**wrong, k=3)
    assert line(*rows(), *known).verdict == "contradicts"
    assert line(*rows("adams", "brown"), *rows("costa", status="derived"), *known).verdict == "cannot-be-checked"


def test_one_number_alone_is_no_match_under_another_choice() -> None:
    spread = trial("dubois", (40, 50), (20, 52))
    a, n1, c, n2 = (np.append(x, y) for x, y in zip((A, N1, C, N2), (40, 50, 20, 52), strict=True))
    known = *rows(), spread, included(*TRIALS, "dubois")
    alone = {name: pooled(tau2, a, n1, c, n2)["estimate"] for name, tau2 in (("random", True), ("fixed", False))}
    assert line(*known, printed(estimate=alone["random"])).verdict == "matches"
    other = line(*known, printed(estimate=alone["fixed"]))
    assert other.verdict == "cannot-be-checked"
    assert any(text.startswith("one number alone") for text in other.reasons)


def test_an_exact_interval_of_one_study_is_no_contradiction() -> None:
    # 4/5: 0.80 (0.28-0.99), centred on no scale; whether one study was pooled is not printed.
    values = {"measure": "PR", "estimate": 0.8, "ci_low": 0.28, "ci_high": 0.97}
    found = line(count("adams", 3, 24, outcome="os"), included("adams", "brown"), printed(**values))
    assert found.verdict == "cannot-be-checked"


# --- proportions, with counts that were solved ----------------------------------------------------------------


def test_an_interval_is_cut_at_zero_and_one_hundred_percent() -> None:
    counts = [solved("adams", 20, 20), solved("brown", 17, 20)]
    p, v = np.array([1.0, 0.85]), []
    for x, n in ((20, 20), (17, 20)):
        from scipy import stats

        low = stats.beta.ppf(0.025, x, n - x + 1)
        high = 1.0 if x == n else stats.beta.ppf(0.975, x + 1, n - x)
        v.append(((high - low) / (2 * stats.norm.ppf(0.975))) ** 2)
    w = 1 / np.array(v)
    q = (w * (p - (w * p).sum() / w.sum()) ** 2).sum()
    w = 1 / (np.array(v) + max(0.0, (q - 1) / (w.sum() - (w**2).sum() / w.sum())))
    m, se = (w * p).sum() / w.sum(), w.sum() ** -0.5
    assert m + 1.96 * se > 1
    row = printed(measure="PR", estimate=round(float(m), 3), ci_low=round(float(m - 1.96 * se), 3), ci_high=1.0)
    found = line(*counts, count("adams", 1, 9), count("brown", 1, 9), included("adams", "brown"), row)
    assert found.verdict == "matches-otherwise"
    assert found.departures == ("standard errors from the width of exact intervals",)
    assert found.solved


def test_counts_that_are_a_solution_of_one_line_give_no_verdict() -> None:
    values = {"measure": "PR", "model": "fixed", "estimate": 0.5, "ci_low": 0.36, "ci_high": 0.64, "k": 2}
    one = [solved("adams", 12, 24, attribution="one"), solved("brown", 12, 24, attribution="one")]
    found = line(*one, count("adams", 3, 24, outcome="os"), count("brown", 3, 24, outcome="os"),
                 included("adams", "brown"), printed(**values))  # fmt: skip
    assert found.verdict == "cannot-be-checked"
    assert "counts solved from this line give every digit" in " ".join(found.reasons)


# --- what is no pool -------------------------------------------------------------------------------------------


def test_a_percentage_is_held_against_its_own_counts() -> None:
    def share(estimate: float) -> Any:
        return line(*rows("adams"), printed(measure="crude proportion", events=100, n=295, estimate=estimate),
                    part="proportion")  # fmt: skip

    assert share(0.339).verdict == "cannot-be-checked"
    cut_off = share(0.338)
    assert cut_off.verdict == "contradicts"
    assert any(text.startswith("cut off instead of rounded") for text in cut_off.reasons)


def test_patients_are_held_against_the_arms_of_the_studies() -> None:
    from evidence_rows import study

    sizes = [study("adams", n_arm_experimental=100, n_arm_control=98), study("brown", n_arm_experimental=60)]
    values = pooled()
    for n, verdict in ((258, "matches"), (300, "contradicts")):
        found = line(*sizes, *rows("adams", "brown"), included("adams", "brown"), printed(**values, n=n),
                     part="patients")  # fmt: skip
        assert found.verdict == verdict


def test_a_review_without_the_part_replicates_nothing() -> None:
    plain = manifest().model_copy(update={"replication": None})
    assert isinstance(plain, Manifest)
    assert replication(plain, installed(), ledger(*rows())) is None


def test_the_ways_of_computing_are_counted_over_the_lines() -> None:
    found = replicated(*rows(), included(*TRIALS), printed(**pooled(), k=3),
                       printed(**pooled(digits=3), k=3, locator="Text"))  # fmt: skip
    best = found.tallies[0]
    assert (best.lines, best.of) == (2, 2)
    assert found.counts("pool-2020")["matches"] == 2
