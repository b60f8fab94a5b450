"""Subgroups in a forest plot: groups of studies under their headings, and groups of patients within studies."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from figure_reading import centre, has, read_off, records, shape, span, words

import builders
from livereview import Interval, OutcomeResult, SubgroupResult
from livereview_figures.forest.forest import forest
from livereview_figures.forest.numbers import forest_data

# Positions are compared in points (1/72 inch). Worst difference seen 6e-14: only the order of sums differs.
POINT = pytest.approx


def test_subgroups_have_headings_diamonds_heterogeneity_and_a_test() -> None:
    outcome = builders.outcome(7, divisions=1)
    division = outcome.subgroups[0]
    page = forest(outcome, division)
    at = read_off(page, math.log)
    for i, (title, pooled, ids) in enumerate(division.groups):
        assert words(page, f"label:group-{i}") == title
        diamond = shape(page, f"diamond:group-{i}:subtotal")
        assert span(diamond) == POINT((at(pooled.shown.low), at(pooled.shown.high)), abs=1e-9)
        middle = centre(shape(page, f"square:group-{i}:{ids[0]}"))[1]
        assert middle < centre(diamond)[1]
        assert "I²" in words(page, f"label:group-{i}:heterogeneity")
    assert "Test for subgroup differences: Chi² = " in words(page, "footnote")
    noted = replace(division, notes=("1 study does not state it",))
    assert "1 study does not state it" in words(forest(outcome, noted), "footnote")
    assert centre(shape(page, "diamond:pooled"))[1] > centre(shape(page, "diamond:group-1:subtotal"))[1]


def test_a_study_without_the_characteristic_stays_visible() -> None:
    outcome = builders.outcome(5)
    division = builders.subgroup_result(outcome.studies[:4])
    page = forest(outcome, division)
    assert words(page, "label:no-group") == "In no subgroup"
    assert has(page, f"square:no-group:{outcome.studies[4].study_id}")


def test_a_subgroup_of_one_study_has_no_diamond() -> None:
    outcome = builders.outcome(3)
    page = forest(outcome, builders.subgroup_result(outcome.studies))
    assert has(page, "diamond:group-0:subtotal")
    assert not has(page, "diamond:group-1:subtotal")


def parts_of(outcome: OutcomeResult, shown: Interval, **kw: object) -> SubgroupResult:
    """Two groups of patients within the first study, as a division by the population analysed gives them."""
    ids = (outcome.studies[0].study_id,)
    one = builders.pooled([outcome.studies[0]], shown=shown, **kw)
    other = builders.pooled([outcome.studies[0]], shown=replace(shown, estimate=shown.high), **kw)
    groups = (("Average risk", one, ids), ("Higher risk", other, ids))
    return SubgroupResult(title="Risk", groups=groups, q_between=0.4, df_between=1, p_between=0.5)


@pytest.mark.parametrize("k", [1, 4])
def test_a_group_of_patients_within_a_study_shows_its_own_number(k: int) -> None:
    outcome = builders.outcome(k)
    shown = Interval(estimate=0.33, low=0.16, high=0.66)
    page = forest(outcome, parts_of(outcome, shown))
    at = read_off(page, math.log)
    assert words(page, "estimate:group-0:study") == "0.33"
    assert words(page, "estimate:group-1:study") == "0.66"
    assert centre(shape(page, "square:group-0:study"))[0] == POINT(at(0.33), abs=1e-9)
    assert words(page, "events_1:group-0:study") == ""
    assert words(page, "label:main") == "Main analysis"
    assert not has(page, "label:no-group")
    main = words(page, f"estimate:{outcome.studies[0].study_id}") if k == 1 else words(page, "estimate:pooled")
    own = outcome.studies[0].shown if k == 1 else outcome.pooled.shown
    assert main == f"{own.estimate:.2f}"


def test_a_group_with_other_people_than_its_studies_shows_only_its_own_result() -> None:
    outcome = builders.outcome(4)
    pooled = builders.pooled(outcome.studies[:2], participants=17)
    ids = tuple(study.study_id for study in outcome.studies[:2])
    division = SubgroupResult(title="Part", groups=(("Some", pooled, ids),), q_between=None, df_between=None,
                              p_between=None)  # fmt: skip
    page = forest(outcome, division)
    assert has(page, "diamond:group-0:subtotal")
    assert not has(page, f"square:group-0:{ids[0]}")
    lines = records(forest_data(outcome, division))
    assert [(line["row"], line["subgroup"]) for line in lines[:2]] == [("subtotal", "Some"), ("study", "")]
