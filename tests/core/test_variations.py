"""The outcome again under other choices, and its tests for small-study effects."""

from __future__ import annotations

from typing import Any

import pytest
from scipy.special import ndtri

from evidence_rows import (
    count,
    ledger,
    number,
    ratio,
    result,
    study,
    trial,
)
from livereview.report import OutcomeResult

Z = float(ndtri(0.975))
RR = {"measure": "RR"}


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
