"""One outcome, whole: real numbers by hand, every part at no study, one and two, subgroups."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

from evidence_rows import (
    count,
    ledger,
    real_result,
    real_tables,
    result,
    study,
    trial,
)
from livereview.json_values import as_json
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


def test_words_under_the_axis_belong_to_comparisons_only() -> None:
    words = ["Favours drug", "Favours placebo"]
    compared = result(ledger(trial("a", (3, 20), (6, 20))), **RR, favours=words)
    assert (compared.favours, compared.experimental, compared.control) == (tuple(words), "drug", "placebo")
    assert compared.null_shown == 1
    single = result(ledger(count("a", 3, 20)), favours=words)
    assert (single.favours, single.control, single.null_shown) == (("", ""), "", None)
