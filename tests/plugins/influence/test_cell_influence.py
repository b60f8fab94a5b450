"""One cell changed alone: against analyses anew, from first principles, and at the edges of what can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audited_outcomes import CASES, NAMES, audited, refitted, trials
from evidence_rows import Tables, count, ledger, number, ratio
from livereview import Audited, AuditedOutcome, AuditRequest, PluginError
from livereview_influence import CELL_INFLUENCE
from livereview_influence.cell_changes import changed_sets
from livereview_influence.cell_influence import CellInfluence
from livereview_influence.cell_moves import Moved, moved

#: Worst seen: below 1e-12, where the comparison ends.
CLOSE = 1e-12


def of(outcome: AuditedOutcome) -> Moved:
    found = moved(outcome)
    assert found is not None
    return found


def run(*outcomes: AuditedOutcome, **options: Any) -> Audited:
    found = CELL_INFLUENCE.find(AuditRequest(tables={}, outcomes=outcomes), CellInfluence(**options))
    assert isinstance(found, Audited)
    return found


def changes(found: Moved) -> list[tuple[str, str, str, int]]:
    """Study, cell, change and position of each set."""
    studies = [found.outcome.result.studies[int(i)].study_id for i in found.sets.study]
    kinds = [found.sets.kinds[int(i)] for i in found.sets.kind]
    return [(study, kind.cell, kind.words, at) for at, (study, kind) in enumerate(zip(studies, kinds, strict=True))]


# --- against analyses anew ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["RR", "OR, REML, Hartung-Knapp", "RR, Mantel-Haenszel", "logit", "Freeman-Tukey", "rate ratio"]
)
def test_one_event_is_what_a_new_analysis_gives(name: str) -> None:
    case = CASES[name]
    found, tables = of(case.audited()), case.tables()
    for study, cell, words, at in changes(found):
        if not cell.startswith("events"):
            continue
        arm = "placebo" if "control" in cell else "drug"
        (row,) = [one for one in tables["results"] if (one["study_id"], one["arm"]) == (study, arm)]
        step = 1 if words == "one event more" else -1
        anew = refitted(tables, (study, arm), {"events": row["events"] + step}, **case.keys).pooled.shown
        got = (found.again.estimate[at], found.again.ci_low[at], found.again.ci_high[at])
        assert got == pytest.approx((anew.estimate, anew.low, anew.high), rel=CLOSE)


@pytest.mark.parametrize(
    ("tables", "keys", "width"),
    [
        (CASES["hazard ratio"].tables, {"measure": "HR"}, np.log),
        (CASES["survival"].tables, {"measure": "SURV"}, lambda x: x),
        (CASES["survival, log-log"].tables, {"measure": "SURVLL"}, lambda p: -np.log(-np.log(p))),
    ],
)
def test_a_tenth_of_a_standard_error_is_a_tenth_of_the_interval_on_its_scale(
    tables: Any, keys: Any, width: Any
) -> None:
    found, rows = of(audited(tables(), **keys)), tables()
    back = {np.log: np.exp}.get(width, (lambda x: np.exp(-np.exp(-x))) if keys["measure"] == "SURVLL" else width)
    done = 0
    for study, cell, words, at in changes(found):
        if cell != "standard error" or words.endswith("as it is"):
            continue
        (row,) = [one for one in rows["results"] if one["study_id"] == study]
        own = found.outcome.result.studies[NAMES.index(study)]
        assert own.study_id == study
        half = (width(row["ci_high"]) - width(row["ci_low"])) / 2 * (1.1 if "larger" in words else 0.9)
        middle = width(row["estimate"])
        cells = {"ci_low": float(back(middle - half)), "ci_high": float(back(middle + half))}
        anew = refitted(rows, (study, "drug"), cells, **keys).pooled.shown
        assert found.possible[at]
        assert (found.again.estimate[at], found.again.ci_low[at]) == pytest.approx((anew.estimate, anew.low), rel=CLOSE)
        done += 1
    assert done == 8


@pytest.mark.parametrize("name", ["RR", "RD, common effect", "mean difference", "hazard ratio"])
def test_exchanged_arms_turn_the_effect_of_one_study_round(name: str) -> None:
    found = of(CASES[name].audited())
    studies = found.outcome.result.studies
    swapped = [(study, at) for study, _, words, at in changes(found) if words == "arms exchanged"]
    assert [study for study, _ in swapped] == list(NAMES)
    effects = np.array([study.effect for study in studies])
    if found.outcome.result.model == "common-effect":
        w = 1 / np.array([study.variance for study in studies])
        for i, (_, at) in enumerate(swapped):
            turned = np.where(np.arange(4) == i, -effects, effects)
            assert found.again.estimate[at] == pytest.approx((w * turned).sum() / w.sum(), rel=1e-12)
    for i, (_, at) in enumerate(swapped):
        lower = effects[i] > 0
        assert (found.again.estimate[at] < found.outcome.result.pooled.shown.estimate) == lower


def test_a_standard_error_from_p_alone_is_moved_too() -> None:
    rows = [ratio(name, 0.6 + i / 10, p_value="0.03") for i, name in enumerate(NAMES)]
    found = of(audited(ledger(*rows), measure="HR"))
    moves = [at for _, cell, words, at in changes(found) if cell == "standard error" and "larger" in words]
    assert found.possible[moves].all()
    finding = run(found.outcome, moves=1e-6).findings[0]
    assert finding.place.columns == ("p_value",)


def test_an_error_that_is_not_what_the_measure_takes_is_not_moved() -> None:
    """A survival probability whose variance comes from n alone is moved; where the interval gives another, it is not
    claimed to be."""
    rows = [number(name, "survival", estimate=0.5 + i / 10, n=50) for i, name in enumerate(NAMES)]
    found = of(audited(ledger(*rows), measure={"name": "SURVLL", "se_from_n": "binomial"}))
    assert {cell for _, cell, _, at in changes(found) if found.possible[at]} == {"standard error"}


# --- what cannot be moved -----------------------------------------------------------------------------------------


def test_no_event_is_taken_from_none_nor_added_where_everybody_has_it() -> None:
    tables = ledger(count("adams", 0, 10), count("brown", 10, 10), count("costa", 4, 10))
    found = of(audited(tables, measure="PLO"))
    assert {(study, words) for study, _, words, _ in changes(found)} == {
        ("adams", "one event more"), ("brown", "one event less"),
        ("costa", "one event more"), ("costa", "one event less"),
    }  # fmt: skip


def test_equal_arms_are_not_exchanged() -> None:
    tables = trials((((5, 50), (5, 50)), ((5, 50), (9, 50)), ((8, 60), (15, 62))))
    swapped = [study for study, _, words, _ in changes(of(audited(tables, measure="RR"))) if words == "arms exchanged"]
    assert swapped == ["brown", "costa"]


def test_an_outcome_without_numbers_is_passed_over() -> None:
    assert moved(audited(trials(()), measure="RR")) is None
    assert run(audited(trials(()), measure="RR")).tables == ()


def test_an_outcome_of_one_study_has_no_finding_about_its_arms() -> None:
    codes = {finding.code for finding in run(audited(trials(TWENTY[:1]), measure="RR")).findings}
    assert "arms-hide-effect" not in codes


def test_an_outcome_that_cannot_be_pooled_again_is_named_and_the_others_are_done() -> None:
    def refuse(columns: Any) -> Any:
        raise PluginError("numbers of another kind")

    broken = replace(audited(trials(), measure="RR"), repooled=refuse)
    (table,) = run(broken, audited(trials(), measure="OR")).tables
    assert table.notes[-1] == "Remission: not done: numbers of another kind."
    assert table.rows


def test_more_changes_than_a_model_of_counts_takes_are_not_made() -> None:
    outcome = replace(audited(trials(), measure="RR", model="mantel-haenszel"), most_sets=5)
    (table,) = run(outcome).tables
    assert "mantel-haenszel is fitted to one set after the other, and 20 changes are too many" in table.notes[-1]


def test_parts_of_bounded_size_give_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = of(audited(trials(), measure="RR"))
    monkeypatch.setattr("livereview_influence.cell_moves.ELEMENTS", 12)
    parts = of(audited(trials(), measure="RR"))
    np.testing.assert_array_equal(whole.again.estimate, parts.again.estimate)
    np.testing.assert_array_equal(whole.size, parts.size)


def test_of_very_many_studies_no_cell_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livereview_influence.cell_moves.MOST_STUDIES", 3)
    (table,) = run(audited(trials(), measure="RR")).tables
    assert table.notes[-1] == "Remission: not done: of more than 3 studies no single cell is looked at."


# --- what is found ------------------------------------------------------------------------------------------------

#: One event more in any drug arm, and the interval includes no effect.
TWENTY = (((9, 100), (20, 100)), ((1, 40), (2, 40)), ((2, 50), (2, 50)))


def decided() -> AuditedOutcome:
    """A common-effect risk ratio whose upper limit lies just below 1."""
    return audited(trials(TWENTY), measure="RR", model="common-effect")


def test_one_event_that_lets_the_interval_hold_no_effect_is_a_warning_at_its_cell() -> None:
    outcome = decided()
    assert outcome.result.pooled.shown.high < 1
    found = run(outcome)
    (first,) = found.findings
    assert (first.code, first.place.study_id, first.place.columns) == ("cell-flips-conclusion", "brown", ("events",))
    assert first.place.row_id == outcome.result.studies[1].rows[0].row_id
    assert first.place.outcome_id == "cr"
    assert "with one event more in the experimental arm of Brown" in first.message
    assert first.message.endswith(
        "and the interval includes no effect now. One cell of 2 other studies decides it too."
    )
    assert {place.study_id for place in first.also} == {"adams", "costa"}
    for study, events in (("adams", 10), ("brown", 2), ("costa", 3)):
        anew = refitted(trials(TWENTY), (study, "drug"), {"events": events}, measure="RR", model="common-effect")
        assert anew.pooled.shown.high > 1


def test_a_study_has_one_finding_at_an_outcome() -> None:
    outcome = audited(trials(), measure="RR")
    places = [finding.place.study_id for finding in run(outcome, moves=0.001).findings]
    assert sorted(places) == sorted(NAMES)


def test_what_moves_less_than_asked_for_is_no_note() -> None:
    outcome = audited(trials(), measure="RR")
    largest = max(float(size) for size in of(outcome).size[of(outcome).small])
    assert run(outcome, moves=largest * 1.01).findings == ()
    (finding,) = run(outcome, moves=largest * 0.99).findings
    assert finding.code == "cell-moves-estimate"


def test_arms_that_hide_an_effect_are_a_note_at_both_rows() -> None:
    numbers = (((10, 100), (25, 100)), ((25, 100), (10, 100)), ((11, 100), (24, 100)), ((9, 100), (22, 100)))
    outcome = audited(trials(numbers), measure="RR", model="random-effects")
    (finding,) = run(outcome).findings
    assert (finding.code, finding.place.study_id) == ("arms-hide-effect", "brown")
    assert len(finding.also) == 1
    assert finding.also[0].row_id != finding.place.row_id


def test_arms_that_would_undo_an_effect_are_in_the_list_and_no_finding() -> None:
    numbers = (((10, 100), (25, 100)), ((9, 90), (20, 90)), ((11, 100), (24, 100)), ((9, 100), (22, 100)))
    found = run(audited(trials(numbers), measure="RR"), top=8)
    assert {finding.code for finding in found.findings} <= {"cell-flips-conclusion", "cell-moves-estimate"}
    rows = found.tables[0].rows
    assert sum(row[3] == "arms exchanged" for row in rows) == 2  # a quarter of eight
    assert len(rows) == 8


def test_the_list_has_those_that_decide_first_and_is_as_long_as_asked_for() -> None:
    (table,) = run(decided(), audited(trials(), measure="OR"), top=5).tables
    assert len(table.rows) == 5
    decide = [row[-1] == "includes no effect now" for row in table.rows]
    assert decide == sorted(decide, reverse=True)
    assert ("Adams", "events, experimental arm", "one event more") in {(row[0], *row[2:4]) for row in table.rows[:2]}
    assert decide[1]
    assert run(decided(), top=0).tables == ()


def test_the_influence_of_a_row_is_the_furthest_that_a_change_of_it_moves_an_estimate() -> None:
    outcome = audited(trials(), measure="RR")
    found, influence = of(outcome), run(outcome).influence
    rows = {row.row_id for study in outcome.result.studies for row in study.rows}
    assert set(influence) == rows
    assert max(influence.values()) == pytest.approx(float(found.size[found.small].max()))


# --- invariants ---------------------------------------------------------------------------------------------------

COUNTS = st.lists(
    st.tuples(st.integers(1, 40), st.integers(0, 40), st.integers(0, 40)).map(
        lambda one: ((min(one[1], one[0]), one[0]), (min(one[2], one[0]), one[0]))
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=15)
@given(COUNTS, st.sampled_from(["RR", "OR", "RD"]))
def test_every_set_differs_from_the_data_in_one_study_and_stays_possible(numbers: Any, measure: str) -> None:
    outcome = audited(trials(numbers), measure=measure)
    sets = changed_sets(outcome)
    if sets is None:
        return
    m = np.arange(len(sets.study))
    differs = np.zeros((len(m), len(outcome.result.studies)), dtype=bool)
    columns = sets.columns(0, len(m))
    for name, values in columns.items():
        differs |= values != outcome.data[name]
    assert (differs.sum(axis=1) == 1).all()
    assert differs[m, sets.study].all()
    for side in ("_1", "_2"):
        events = columns[f"events{side}"]
        n = columns.get(f"n{side}", np.broadcast_to(outcome.data[f"n{side}"], events.shape))
        assert ((events >= 0) & (events <= n)).all()


@settings(max_examples=10)
@given(st.permutations(range(4)))
def test_the_order_of_rows_changes_nothing(order: Sequence[int]) -> None:
    def shuffled() -> Tables:
        tables = trials()
        results = tables["results"]
        return {**tables, "results": [results[2 * i + side] for i in order for side in (0, 1)]}

    one, other = run(audited(trials(), measure="RR")), run(audited(shuffled(), measure="RR"))
    assert one.influence == pytest.approx(other.influence, rel=1e-9)
    assert [row[:4] for row in one.tables[0].rows] == [row[:4] for row in other.tables[0].rows]
