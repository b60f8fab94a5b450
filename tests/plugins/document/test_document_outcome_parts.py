"""An outcome's section: what one study, an empty division, a refused test or a stated time changes in it."""

from __future__ import annotations

from dataclasses import replace

from sections_reading import section, sentence

import builders
from livereview import Interval
from living_review import asset, survival


def test_one_study_is_its_own_result_and_has_no_heterogeneity() -> None:
    seen = section(builders.outcome(1))
    assert "this is its own result, nothing was pooled" in sentence(seen, "Risk ratio")
    assert "Heterogeneity: – (one study)" in seen.text
    assert not any("prediction interval" in line for line in seen.text if "Notes" not in line)


def test_two_studies_have_no_prediction_interval_and_the_reason_is_given() -> None:
    assert "No prediction interval: fewer than 3 studies." in section(builders.outcome(2)).text


def test_subgroups_come_with_the_test_between_them() -> None:
    outcome = survival()
    division = outcome.subgroups[0]
    seen = section(outcome)
    assert [row[0] for row in seen.table("Group")] == ["II", "III"]
    assert (
        f"Test for subgroup differences: Q = {division.q_between:.2f}, df = 1, P = {division.p_between:.3f}."
        in seen.text
    )
    alone = replace(division, q_between=None, df_between=None, p_between=None)
    assert any("fewer than two groups" in line for line in section(replace(outcome, subgroups=(alone,))).text)


def test_a_refused_bias_test_gives_its_reason_and_no_number() -> None:
    seen = section(survival())
    (ran,) = seen.table("Test", "P")
    assert (ran[0], ran[2]) == ("Egger", "0.031")
    assert "Not run: Begg. needs counts; the outcome has none." in seen.text


def test_bias_tests_refused_for_one_reason_share_a_line_and_bring_no_notes() -> None:
    refused = tuple(builders.bias(name, refused="1 study: too few", notes=("On PLN.",)) for name in ("egger", "begg"))
    seen = section(builders.outcome(3, bias=refused))
    assert "Not run: Egger, Begg. 1 study: too few." in seen.text
    assert "On PLN." not in " ".join(seen.text)


def test_one_study_with_an_exact_interval_of_its_own_says_why_the_fit_has_another() -> None:
    own = builders.study(0, "proportion", shown=Interval(estimate=0.063, low=0.018, high=0.155))
    fitted = builders.pooled([own], "proportion", shown=Interval(estimate=0.063, low=0.024, high=0.157))
    told = sentence(section(builders.outcome(studies=[own], kind="proportion", pooled=fitted)), "Proportion")
    assert told.endswith(
        "Its interval here is that of the logit scale; by the measure itself it is 1.8% to 15.5%, as in the table."
    )
    assert "Its interval here" not in sentence(section(builders.outcome(1)), "Risk ratio")


def test_the_time_of_each_number_stands_beside_it_where_all_have_one() -> None:
    timed = [
        builders.study(i, rows=(builders.source_row(i, timepoint_months=months),)) for i, months in enumerate((30, 24))
    ]
    assert [row[1] for row in section(builders.outcome(studies=timed)).table("Months", "Weight")] == ["30", "24"]
    mixed = section(builders.outcome(studies=[timed[0], builders.study(1)]))
    assert "Months" not in next(rows[0] for rows in mixed.tables if "Weight" in rows[0])


def test_a_division_without_a_study_is_left_out() -> None:
    empty = replace(survival().subgroups[0], groups=(), q_between=None, df_between=None, p_between=None)
    assert "Subgroups" not in section(replace(survival(), subgroups=(empty,))).headings


def test_an_outcome_says_under_which_heading_of_the_summary_it_stands() -> None:
    assert "Randomised trials" in section(builders.outcome(2, group="Randomised trials")).text


def test_each_figure_is_shown_once_the_forest_first_with_its_data() -> None:
    kinds = ("funnel", "leave-one-out", "cumulative", "subgroup", "sensitivity", "baujat", "forest")
    assets = tuple(asset(f"figures/{kind}.png", kind, alt=f"{kind} of the trials", title=kind) for kind in kinds)
    data = (asset("figures/forest.csv", "data"), asset("figures/other.png", "forest", "another-outcome"))
    assets = (*assets, asset("figures/by-phase.png", "forest"))
    seen = section(survival(), (*assets, *data))
    shown = [picture.stem + picture.endings[0] for picture in seen.pictures]
    assert shown[:4] == ["figures/forest.png", "figures/baujat.png", "figures/by-phase.png", "figures/subgroup.png"]
    assert sorted(shown) == sorted(figure.path for figure in assets)
    forest = seen.pictures[0]
    assert (forest.alt, forest.data) == ("forest of the trials", ("figures/forest.csv",))
