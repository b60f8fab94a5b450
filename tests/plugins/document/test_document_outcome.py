"""An outcome's section: its sentence, its studies with their sources, and every analysis of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sections_reading import reading, section, seen, sentence

import builders
from livereview import Excluded, Failure
from living_review import RETRACTED, living_review, request, survival

NAN = float("nan")


def test_a_comparison_is_stated_with_interval_exact_p_arms_and_number_of_people() -> None:
    outcome = builders.outcome(3)
    told = sentence(section(outcome), "Risk ratio")
    shown, pooled = outcome.pooled.shown, outcome.pooled
    assert told == (
        f"Risk ratio {shown.estimate:.2f} (95% CI {shown.low:.2f} to {shown.high:.2f}; P = {pooled.p_value:.3f}): "
        f"New drug against Chemotherapy. Pooled from 3 studies ({pooled.participants:,} participants) with the "
        "random-effects model."
    )
    assert "Below 1: favours new drug; above 1: favours control." in section(outcome).text


def test_one_arm_has_no_p_and_says_that_it_compares_nothing() -> None:
    seen = section(builders.outcome(4, "proportion"))
    assert "P =" not in sentence(seen, "Proportion")
    both = section(builders.outcome(4, "proportion", control="Chemotherapy"))
    assert "Chemotherapy" not in sentence(both, "Proportion")
    assert any(line.startswith("One arm without a comparison") for line in seen.text)
    assert not any("Test of no effect" in line for line in seen.text)


def test_no_study_means_no_number() -> None:
    seen = section(builders.outcome(0, leave_one_out=(), bias=()))
    assert "No eligible result: no study gives this outcome a number." in seen.text
    assert not seen.tables
    before_choices = " ".join(seen.text[: seen.text.index("Choices")])
    assert not any(sign.isdigit() for sign in before_choices)


def test_studies_without_an_estimate_are_not_called_ineligible() -> None:
    studies = [builders.study(0, effect=NAN, variance=NAN, shown=builders.interval(NAN, NAN, "log"), weight=0.0)]
    seen = section(builders.outcome(studies=studies, leave_one_out=(), bias=()))
    assert any(line.startswith("No number: 1 study reports this outcome") for line in seen.text)
    assert seen.table("Study", "Weight")[0][3:5] == ["– (no estimate: see the notes)", "–"]
    assert "Adams 2001: no estimate; no reason was recorded" in seen.text


def test_a_fit_without_an_estimate_gives_its_reason_in_place_of_the_number() -> None:
    outcome = builders.outcome(3, leave_one_out=(), cumulative=())
    none = builders.interval(NAN, NAN, "log")
    failed = replace(outcome.pooled, estimate=NAN, shown=none, prediction_shown=None, notes=("fewer than 4 studies",))
    seen = section(replace(outcome, pooled=failed))
    assert any(line.startswith("No estimate from 3 studies") and "fewer than 4 studies." in line for line in seen.text)
    assert not any("heterogeneity" in name for name in seen.headings)


@pytest.mark.parametrize("kind", list(builders.KINDS))
def test_every_kind_of_measure_has_a_row_for_each_study(kind: str) -> None:
    outcome = builders.outcome(4, kind, divisions=2)
    rows = section(outcome).table("Study", "Weight", "Status", "Source")
    assert [row[0] for row in rows] == [study.label for study in outcome.studies]
    assert all("–" not in cell for row in rows for cell in row)


def test_every_study_row_names_status_citation_locator_and_leads_to_the_report() -> None:
    outcome = survival()
    seen = section(outcome)
    for row, study in zip(seen.table("Study", "Weight", "Source"), outcome.studies, strict=True):
        source = study.rows[0]
        assert row[-3] == source.status
        assert row[-2].startswith(source.citation)
        assert row[-2].endswith(source.locator)
        assert (f"doi:{source.doi}", f"https://doi.org/{source.doi}") in seen.links
    traced = seen.table("Arm", "Typed into", "Row")
    assert [row[-2] for row in traced] == [study.rows[0].origin for study in outcome.studies]


def test_counts_are_shown_as_recorded_arm_by_arm() -> None:
    study = builders.study(0)
    data = study.data
    row = section(builders.outcome(studies=[study])).table("New drug: events/n", "Chemotherapy: events/n")[0]
    assert row[1:3] == [f"{data['events_1']:.0f}/{data['n_1']:.0f}", f"{data['events_2']:.0f}/{data['n_2']:.0f}"]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ({"estimate": 0.62, "ci_low": 0.39, "ci_high": 0.98}, "0.62 (0.39 to 0.98)"),
        ({"estimate": 0.62, "ci_low": 0.39, "ci_high": 0.98, "ci_level": 0.9}, "0.62 (90% CI 0.39 to 0.98)"),
        ({"estimate": 0.62, "se": 0.2, "p_value": 0.017, "ci_low": NAN}, "0.62, SE 0.2, P 0.017"),
        ({"p_value": 0.017, "person_years": 12.5}, "P 0.017, person_years 12.5"),
        ({"estimate": 0.62, "mean": 0.62, "sd": NAN, "n": 40.0}, "0.62, n 40"),
        ({}, "–"),
    ],
)
def test_a_reported_estimate_is_shown_with_what_came_with_it(data: dict[str, float], shown: str) -> None:
    outcome = builders.outcome(studies=[builders.study(0, "contrast", data=data)], kind="contrast")
    assert section(outcome).table("As reported")[0][1] == shown


def test_what_was_done_to_a_number_stands_below_the_table() -> None:
    rows = (builders.source_row(0, status="derived", note="deaths = n × (1 − KM)"),)
    study = builders.study(0, rows=rows, notes=("0.5 added to every cell",))
    seen = section(builders.outcome(studies=[study, builders.study(1)]))
    assert "Adams 2001: 0.5 added to every cell" in seen.text
    assert "Adams 2001, derived row: deaths = n × (1 − KM)" in seen.text


def test_a_note_of_several_studies_stands_once() -> None:
    studies = [builders.study(i, rows=(builders.source_row(i, note="read off a curve"),)) for i in range(3)]
    seen = section(builders.outcome(studies=studies))
    assert "Adams 2001, Brown 2002, Costa 2003, verified rows: read off a curve" in seen.text


def test_a_number_without_a_source_row_is_named() -> None:
    seen = section(builders.outcome(studies=[builders.study(0, rows=())]))
    assert seen.table("Source")[0][-1] == "no source row recorded"


def test_change_marks_appear_only_where_something_changed() -> None:
    still = [builders.study(i) for i in range(3)]
    assert "Change" not in section(builders.outcome(studies=still)).tables[0][0]
    moved = [*still[:2], replace(still[2], change="new")]
    assert [row[-1] for row in section(builders.outcome(studies=moved)).table("Change")] == ["", "", "new"]


def test_cautions_and_failures_stand_before_the_number() -> None:
    failure = Failure(
        section="small-study effects", plugin="egger", provider="livereview 0.1.0", message="No variance."
    )
    seen = section(builders.outcome(3, cautions=("Two trials were stopped early.",), failures=(failure,)))
    assert seen.text[1] == "Caution: Two trials were stopped early."
    assert seen.text[2] == (
        "Failed: small-study effects. Plugin egger of livereview 0.1.0: No variance. "
        "No other method was used in its place."
    )
    assert seen.text[3].startswith("Risk ratio")


def test_an_estimate_that_did_not_converge_is_never_shown_alone() -> None:
    outcome = builders.outcome(3)
    seen = section(replace(outcome, pooled=replace(outcome.pooled, converged=False)))
    assert any("did not converge" in line for line in seen.text[:2])
    step = replace(outcome.leave_one_out[0], pooled=replace(outcome.leave_one_out[0].pooled, converged=False))
    seen = section(replace(outcome, leave_one_out=(step, *outcome.leave_one_out[1:])))
    assert seen.table("Study left out")[0][3].endswith("(did not converge)")


def test_a_study_that_rests_on_a_retracted_report_is_named_at_the_outcome_and_at_the_top() -> None:
    report = living_review()
    second = report.outcomes[0].studies[1]
    row = replace(second.rows[0], report_id=RETRACTED.report_id, citation=RETRACTED.citation)
    studies = tuple(replace(s, rows=(row,)) if s is second else s for s in report.outcomes[0].studies)
    outcome = replace(report.outcomes[0], studies=studies)
    seen = reading(request(replace(report, outcomes=(outcome,)), ()))
    assert "Caution: Brown 2002 rests on a retracted report." in seen.text
    assert "RETRACTED report in use: Blood (abstract) 2018 (ref 3), in Overall survival." in seen.text
    assert seen.table("Study", "Weight")[1][-2].startswith("RETRACTED: Blood")


def test_heterogeneity_names_the_basis_and_the_convention_of_each_number() -> None:
    outcome = survival()
    lines = section(outcome).text
    assert any(line.startswith("I²:") and "Cochran's Q" in line for line in lines)
    assert any(line.startswith("95% prediction interval:") and line.endswith("(normal distribution)") for line in lines)
    by_tau = replace(outcome, i2_basis="tau2", pooled=replace(outcome.pooled, prediction_df="k-2", df=11.0))
    lines = section(by_tau).text
    assert any(line.startswith("I²:") and "typical sampling variance" in line for line in lines)
    assert any("t distribution with k − 2 degrees of freedom" in line for line in lines)
    assert any(line.startswith("Test of no effect: t =") and "df = 11" in line for line in lines)


def test_a_model_without_tau2_says_so() -> None:
    outcome = builders.outcome(3)
    pooled = replace(outcome.pooled, tau2=None, prediction_shown=None)
    lines = section(replace(outcome, pooled=pooled)).text
    assert "Tau²: – (the model has no between-study variance)" in lines
    assert "No prediction interval: the model has no between-study variance." in lines


def test_leave_one_out_names_the_range_and_the_study_that_moves_the_estimate_most() -> None:
    outcome = survival()
    steps = {step.study_id: step.pooled for step in outcome.leave_one_out}
    lowest, highest = (
        min(steps, key=lambda name: steps[name].estimate),
        max(steps, key=lambda name: steps[name].estimate),
    )
    most = max(steps, key=lambda name: abs(steps[name].estimate - outcome.pooled.estimate))
    labels = {study.study_id: study.label for study in outcome.studies}
    told = sentence(section(outcome), "With one study left out")
    assert f"{steps[lowest].shown.estimate:.2f} (without {labels[lowest]})" in told
    assert f"{steps[highest].shown.estimate:.2f} (without {labels[highest]})" in told
    assert f"It moves most without {labels[most]}: from {outcome.pooled.shown.estimate:.2f}" in told
    assert len(section(outcome).table("Study left out")) == 12


def test_sensitivity_stands_beside_the_main_analysis_and_names_the_studies_that_differ() -> None:
    rows = section(survival()).table("Analysis", "What differs")
    assert rows[0][:2] == ["Main analysis", "12"]
    assert rows[1][:2] == ["Without reconstructed numbers", "11"]
    assert rows[1][-1] == "statuses: verified, derived; leaves out Fischer 2006"


def test_what_was_set_aside_stays_visible_and_folds_when_long() -> None:
    item = Excluded(study_id="x", label="X 2020", reason="no 24-month result", detail="os, 12 months, Table 1")
    outcome = builders.outcome(3, excluded=(item,) * 5)
    assert section(outcome).table("Row set aside")[0] == ["X 2020", "no 24-month result", "os, 12 months, Table 1"]
    titles = [title for title in section(outcome, fold_above=4).folded if "set aside" in title]
    assert titles == ["Studies and rows set aside (5)"]
    assert not [title for title in section(outcome, fold_above=5).folded if "set aside" in title]


def test_words_of_significance_are_never_used() -> None:
    whole = " ".join(seen().text).lower()
    assert "significan" not in whole.replace("significant digits", "")
