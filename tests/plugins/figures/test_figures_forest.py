"""What a forest plot shows, read off the figure: positions, sizes, texts."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from figure_reading import centre, has, line, named, read_off, shape, span, texts, words

import builders
from livereview import Interval, OutcomeResult, StudyResult
from livereview_figures.drawing.typeface import legible
from livereview_figures.forest.forest import forest

NAN = math.nan
# Positions are compared in points (1/72 inch). Worst difference seen 6e-14: only the order of sums differs.
POINT = pytest.approx


def not_estimable(i: int) -> StudyResult:
    nothing = Interval(estimate=NAN, low=NAN, high=NAN)
    data = {"events_1": 0.0, "n_1": 30.0, "events_2": 0.0, "n_2": 31.0}
    return builders.study(i, effect=NAN, variance=NAN, shown=nothing, data=data, weight=NAN)


def test_squares_stand_at_the_effects_and_lines_reach_the_limits() -> None:
    outcome = builders.outcome(12)
    page = forest(outcome)
    at = read_off(page, math.log)
    for study in outcome.studies:
        name = study.study_id
        assert centre(shape(page, f"square:{name}"))[0] == POINT(at(study.shown.estimate), abs=1e-9)
        low, high = span(line(page, f"interval:{name}"))
        assert low == POINT(at(study.shown.low), abs=1e-9)
        assert high == POINT(at(study.shown.high), abs=1e-9)


@pytest.mark.parametrize("kind", ["difference", "risk-difference", "rate", "mean", "correlation"])
def test_measures_that_are_not_ratios_have_a_linear_axis(kind: str) -> None:
    outcome = builders.outcome(6, kind)
    page = forest(outcome)
    at = read_off(page)
    for study in outcome.studies:
        assert centre(shape(page, f"square:{study.study_id}"))[0] == POINT(at(study.shown.estimate), abs=1e-9)


def test_proportions_stand_between_0_and_100_percent() -> None:
    outcome = builders.outcome(4, "proportion")
    page = forest(outcome)
    at = read_off(page)
    for study in outcome.studies:
        assert centre(shape(page, f"square:{study.study_id}"))[0] == POINT(at(100 * study.shown.estimate), abs=1e-9)
    assert words(page, f"estimate:{outcome.studies[0].study_id}") == f"{100 * outcome.studies[0].shown.estimate:.1f}"
    assert "%" in words(page, "span:estimate")


def test_the_area_of_a_square_is_proportional_to_the_weight() -> None:
    outcome = builders.outcome(8)
    page = forest(outcome)
    sides = [span(shape(page, f"square:{s.study_id}")) for s in outcome.studies]
    per_percent = [(right - left) ** 2 / s.weight for (left, right), s in zip(sides, outcome.studies, strict=True)]
    assert per_percent == POINT([per_percent[0]] * 8, rel=1e-9)


def test_the_diamond_spans_the_pooled_interval_and_the_bar_the_prediction_interval() -> None:
    outcome = builders.outcome(6)
    page, pooled = forest(outcome), outcome.pooled
    at = read_off(page, math.log)
    assert span(shape(page, "diamond:pooled")) == POINT((at(pooled.shown.low), at(pooled.shown.high)), abs=1e-9)
    top = min(shape(page, "diamond:pooled").points, key=lambda p: p[1])
    assert top[0] == POINT(at(pooled.shown.estimate), abs=1e-9)
    assert pooled.prediction_shown is not None
    assert span(shape(page, "bar:prediction")) == POINT(tuple(at(v) for v in pooled.prediction_shown), abs=1e-9)
    assert words(page, "label:prediction") == "Prediction interval"
    assert centre(shape(page, "bar:prediction"))[1] > centre(shape(page, "diamond:pooled"))[1]


def test_the_null_line_and_the_dashed_line_of_the_estimate() -> None:
    outcome = builders.outcome(6)
    page = forest(outcome)
    at = read_off(page, math.log)
    assert span(line(page, "null")) == POINT((at(1.0), at(1.0)), abs=1e-9)
    estimate = line(page, "estimate")
    assert estimate.dash
    assert span(estimate)[0] == POINT(at(outcome.pooled.shown.estimate), abs=1e-9)
    assert not has(forest(builders.outcome(6, "proportion")), "null")


def test_a_clipped_interval_has_an_arrow_and_its_text_keeps_the_limits() -> None:
    wide = Interval(estimate=0.9, low=0.0004, high=812.0)
    endless = Interval(estimate=1.1, low=0.0, high=math.inf)
    studies = [*(builders.study(i) for i in range(6)), builders.study(6, shown=wide), builders.study(7, shown=endless)]
    page = forest(builders.outcome(studies=studies))
    left, right = span(line(page, "axis"))
    for study in studies[6:]:
        assert span(line(page, f"interval:{study.study_id}")) == POINT((left, right), abs=1e-9)
        assert span(shape(page, f"arrow-left:{study.study_id}"))[0] == POINT(left, abs=1e-9)
        assert span(shape(page, f"arrow-right:{study.study_id}"))[1] == POINT(right, abs=1e-9)
    assert words(page, f"low:{studies[6].study_id}") == "[<0.001,"
    assert words(page, f"high:{studies[6].study_id}") == "812]"
    assert words(page, f"high:{studies[7].study_id}") == "∞]"
    assert not has(page, f"arrow-left:{studies[0].study_id}")


def test_a_clipped_diamond_keeps_its_middle_and_has_arrows() -> None:
    outcome = builders.outcome(2)
    shown = replace(outcome.pooled.shown, low=0.001, high=800.0)
    page = forest(replace(outcome, pooled=replace(outcome.pooled, shown=shown)))
    at = read_off(page, math.log)
    diamond = shape(page, "diamond:pooled")
    assert span(diamond) == POINT(span(line(page, "axis")), abs=1e-9)
    assert min(diamond.points, key=lambda p: p[1])[0] == POINT(at(shown.estimate), abs=1e-9)
    assert has(page, "arrow-left:pooled")
    assert has(page, "arrow-right:pooled")


def test_nothing_in_the_plot_leaves_the_axis() -> None:
    far = Interval(estimate=1e7, low=1e6, high=1e8)
    studies = [*(builders.study(i) for i in range(6)), builders.study(6, shown=far)]
    page = forest(builders.outcome(studies=studies))
    left, right = span(line(page, "axis"))
    for kind in ("square", "interval", "arrow", "bar"):
        for mark in page.marks:
            if mark.name.startswith(kind):
                half = 4.5 if kind == "square" else 1e-9
                assert span(mark)[0] >= left - half  # type: ignore[arg-type]
                assert span(mark)[1] <= right + half  # type: ignore[arg-type]
    assert has(page, f"arrow-right:{studies[6].study_id}")
    assert not has(page, f"square:{studies[6].study_id}")


def test_a_study_that_cannot_be_estimated_is_listed_and_enters_no_total() -> None:
    studies = [builders.study(0), not_estimable(1), builders.study(2)]
    outcome = builders.outcome(studies=studies)
    page = forest(outcome)
    assert words(page, "remark") == "not estimable"
    assert not has(page, f"square:{studies[1].study_id}")
    assert words(page, f"events_1:{studies[1].study_id}") == "0"
    assert words(page, "label:pooled") == "Pooled, 2 studies"
    assert words(page, "n_1:pooled") == str(int(studies[0].data["n_1"] + studies[2].data["n_1"]))


def test_arms_have_their_names_over_their_columns() -> None:
    page = forest(builders.outcome(3, experimental="Blinatumomab", control="Chemotherapy"))
    assert words(page, "span:events_1") == "Blinatumomab"
    assert words(page, "span:events_2") == "Chemotherapy"
    assert [words(page, f"header:{name}") for name in ("events_1", "n_1", "events_2", "n_2")] == ["Events", "Total"] * 2
    assert words(page, "span:estimate") == "[95% CI] Risk ratio"


def test_a_contrast_has_no_data_columns_but_says_how_many_people() -> None:
    outcome = builders.outcome(4, "contrast", pooled=builders.pooled(kind="contrast", k=4, participants=1234))
    page = forest(outcome)
    assert not [name for name in texts(page) if name in ("Events", "Total")]
    assert "n = 1234" in words(page, "label:pooled")


def test_a_total_is_left_out_where_a_study_gives_no_number() -> None:
    studies = [builders.study(0), builders.study(1, data={"events_1": 3.0, "n_1": 40.0, "n_2": 41.0})]
    page = forest(builders.outcome(studies=studies))
    assert has(page, "n_1:pooled")
    assert not has(page, "events_2:pooled")


def test_no_study_near_the_others_is_clipped() -> None:
    shown = [Interval(estimate=e, low=e / 2, high=e * 2) for e in (0.62, 0.65, 0.35, 0.71)]
    page = forest(builders.outcome(studies=[builders.study(i, shown=one) for i, one in enumerate(shown)]))
    assert not [mark.name for mark in page.marks if mark.name.startswith("arrow")]


def test_one_study_is_drawn_without_a_diamond() -> None:
    page = forest(builders.outcome(1))
    assert words(page, "label:pooled") == "One study: nothing pooled"
    assert [mark.name for mark in page.marks if mark.name.startswith(("diamond", "bar"))] == []
    assert not has(page, "estimate")
    assert "footnote" not in {mark.name for mark in page.marks}


def test_footnotes_give_heterogeneity_test_and_model() -> None:
    pooled = builders.pooled(
        k=5, tau2=0.12, q=9.1, q_df=4, q_p=0.0587, i2=56.0, df=4.0, statistic=-2.31, p_value=0.0820
    )
    notes = words(forest(builders.outcome(5, pooled=pooled)), "footnote").replace("\u00a0", " ")
    assert "Heterogeneity: Tau² = 0.120; Chi² = 9.10, df = 4 (P = 0.059); I² = 56%" in notes
    assert "Test for overall effect: t(4) = −2.31 (P = 0.082)" in notes
    assert "Model: random effects; Tau²: DerSimonian-Laird" in notes


def test_a_pool_that_did_not_converge_is_marked_and_explained() -> None:
    outcome = builders.outcome(5)
    page = forest(replace(outcome, pooled=replace(outcome.pooled, converged=False)))
    assert words(page, "label:pooled").endswith(" ‡")
    assert "‡ the model did not converge" in words(page, "footnote")
    assert "‡" not in words(forest(outcome), "footnote")


def test_new_changed_and_weak_studies_are_marked_and_explained() -> None:
    weak = (builders.source_row(2, status="reconstructed"),)
    studies = [builders.study(0, change="new"), builders.study(1, change="changed"), builders.study(2, rows=weak)]
    page = forest(builders.outcome(studies=[*studies, builders.study(3)]))
    assert words(page, f"label:{studies[0].study_id}").endswith(" ▲")
    assert words(page, f"label:{studies[1].study_id}").endswith(" △")
    assert words(page, f"label:{studies[2].study_id}").endswith(" †")
    notes = words(page, "footnote")
    assert "▲ new since the previous update" in notes
    assert "† rests on reconstructed or unverified results" in notes
    assert "▲" not in words(forest(builders.outcome(3)), "footnote")


def test_markup_from_outside_stays_text() -> None:
    studies = [builders.study(0, label="$x^2$ <b>\\alpha</b>", year=None), builders.study(1)]
    assert words(forest(builders.outcome(studies=studies)), f"label:{studies[0].study_id}") == "$x^2$ <b>\\alpha</b>"


def test_a_name_in_a_script_that_the_typeface_lacks_stays_a_name() -> None:
    studies = [builders.study(0, label="王小明 2004", study_id="wang-2004", year=2004), builders.study(1)]
    page = forest(builders.outcome(studies=studies, title="結果 of treatment"))
    assert words(page, "label:wang-2004") == "王小明 2004"
    assert legible(words(page, "label:wang-2004")) == "WangXiaoMing 2004"
    assert words(page, "title") == "結果 of treatment"


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        (("new drug", "control"), ("←\u00a0Favours new drug", "Favours control\u00a0→")),
        (("Favours A", "favors B"), ("←\u00a0Favours A", "favors B\u00a0→")),
        (("fewer deaths", "more deaths"), ("←\u00a0fewer deaths", "more deaths\u00a0→")),
    ],
)
def test_words_under_the_axis_stand_on_their_sides_of_the_null(
    given: tuple[str, str], printed: tuple[str, str]
) -> None:
    page = forest(builders.outcome(4, favours=given))
    assert (words(page, "favours-left"), words(page, "favours-right")) == printed
    null = span(line(page, "null"))[0]
    assert named(page, "favours-left").x < null < named(page, "favours-right").x  # type: ignore[union-attr]


def test_a_model_without_weights_draws_equal_squares_and_no_weight_column() -> None:
    outcome: OutcomeResult = builders.outcome(4)
    bare = replace(outcome, studies=tuple(replace(s, weight=NAN) for s in outcome.studies))
    page = forest(bare)
    assert "Weight" not in texts(page)
    widths = [r - x for x, r in (span(shape(page, f"square:{s.study_id}")) for s in bare.studies)]
    assert widths == POINT([widths[0]] * 4)
