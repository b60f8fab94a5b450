"""The layouts of a forest plot: what stands where, in whose words, and that nothing is lost between them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from figure_reading import centre, clashes, has, line, named, read_off, records, shape, span, texts, words

import builders
from livereview import (
    Changes,
    ForestDisplay,
    InstrumentCard,
    Interval,
    OutcomeChange,
    OutcomeResult,
    Report,
    SensitivityResult,
    StudyResult,
)
from livereview_figures.drawing.page import Line, Page, Shape, Text
from livereview_figures.forest.forest import forest, forest_pages
from livereview_figures.forest.numbers import forest_data
from livereview_figures.forest.series import series

LAYOUTS = ("livereview", "revman", "jama", "bmj", "meta")
RISK = ("Low", "Some concerns", "High")
BEFORE = Interval(estimate=0.81, low=0.70, high=0.94)


def outcome(k: int = 5, kind: str = "ratio", divisions: int = 0, **display: Any) -> OutcomeResult:
    made = builders.outcome(k, kind, divisions=divisions)
    return replace(made, forest=ForestDisplay(**display))


def plain(page: Page) -> str:
    return " | ".join(texts(page)).replace("\u00a0", " ")


def order(page: Page) -> list[str]:
    """Headings from left to right."""
    heads = [m for m in page.marks if isinstance(m, Text) and m.name.startswith(("header:", "span:effect", "span:est"))]
    plot = line(page, "axis").points[0][0]
    placed = [(m.x, m.name.partition(":")[2]) for m in heads]
    return list(dict.fromkeys(name for _, name in sorted([*placed, (plot, "plot")])))


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("livereview", ["label", "events_1", "n_1", "events_2", "n_2", "plot", "weight", "estimate"]),
        ("revman", ["label", "events_1", "n_1", "events_2", "n_2", "weight", "effect", "plot"]),
        ("jama", ["label", "joined_1", "joined_2", "effect", "plot", "weight"]),
        ("bmj", ["label", "joined_1", "joined_2", "plot", "weight", "effect"]),
        ("meta", ["label", "events_1", "n_1", "events_2", "n_2", "plot", "estimate", "weight"]),
    ],
)
def test_each_layout_has_its_order_of_columns(layout: str, expected: list[str]) -> None:
    assert order(forest(outcome(layout=layout))) == expected


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ("livereview", ["Study", "0.58", "[0.45,", "0.74]", "Weight", "Chi² = ", "Favours new drug"]),
        (
            "revman",
            ["Study or Subgroup", "0.58 [0.45, 0.74]", "IV, Random, 95% CI", "Total (95% CI)", "Total events",
             "Test for overall effect: Z = ", "95% prediction interval"],
        ),
        ("jama", ["Source", "0.58 (0.45-0.74)", "98/356", "Weight, %", "(P = .", "Favors new drug"]),
        ("bmj", ["0.58 (0.45 to 0.74)", "98/356", "Test for heterogeneity: τ² = ", "Weight, %"]),
        ("meta", ["RR", "95%-CI", "[0.45;", "Random effects model", "Heterogeneity: I² = ", "p = 0."]),
    ],
)  # fmt: skip
def test_each_layout_speaks_its_own_words(layout: str, said: list[str]) -> None:
    found = plain(forest(outcome(layout=layout)))
    assert [words for words in said if words not in found] == []


def test_a_negative_limit_is_never_joined_by_a_hyphen() -> None:
    found = plain(forest(outcome(kind="difference", layout="jama")))
    assert "(−7.84 to −4.64)" in found
    assert "-−" not in found


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", ["ratio", "proportion", "contrast", "difference", "rate"])
@pytest.mark.parametrize("divisions", [0, 1])
def test_every_layout_shows_every_number_and_nothing_overlaps(layout: str, kind: str, divisions: int) -> None:
    drawn = outcome(12, kind, divisions, layout=layout)
    page = forest(drawn, drawn.subgroups[0] if divisions else None)
    assert clashes(page, 72) == []
    cells = {
        m.name.rpartition(":")[2]: m.words.replace("\u00a0", " ").split()[0].replace("−", "-")
        for m in page.marks if isinstance(m, Text) and m.name.startswith(("estimate:", "effect:"))
    }  # fmt: skip
    percent = 100 if kind == "proportion" else 1
    for study in drawn.studies:
        printed, exact = float(cells[study.study_id]), percent * study.shown.estimate
        # Half of the last digit printed: proportions have one decimal, ratios two, rates five. Worst seen 0.0493.
        assert printed == pytest.approx(exact, abs=0.05 if percent == 100 else 0.005)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("k", [61, 120])
def test_a_long_figure_is_parted_into_pages_with_one_axis(layout: str, k: int) -> None:
    drawn = outcome(k, layout=layout)
    pages = forest_pages(drawn)
    assert len(pages) == -(-k // 60)
    squares = [m.name for page in pages for m in page.marks if isinstance(m, Shape) and m.name.startswith("square:")]
    assert sorted(squares) == sorted(f"square:{study.study_id}" for study in drawn.studies)
    assert len({line(page, "axis").points[0][0] for page in pages}) == 1
    assert len({tuple(m.words for m in page.marks if m.name.startswith("tick:")) for page in pages}) == 1  # type: ignore[union-attr]
    assert [has(page, "diamond:pooled") for page in pages] == [False] * (len(pages) - 1) + [True]
    for number, page in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in words(page, "subtitle")
        assert has(page, "header:label")
        assert number == len(pages) or f"Pooled result of all {k} studies" in words(page, "footnote")
    assert clashes(pages[0]) == []


def test_five_hundred_studies_stay_legible() -> None:
    drawn = outcome(500, divisions=1)
    pages = forest_pages(drawn, drawn.subgroups[0])
    assert all(page.height < 1250 for page in pages)
    assert len(pages) == 9
    assert any("(continued)" in plain(page) for page in pages)
    assert clashes(pages[4]) == []


def test_sixty_studies_stay_on_one_page() -> None:
    assert len(forest_pages(outcome(60))) == 1


# --- columns, models, judgements ----------------------------------------------------------------------------------


def test_columns_stand_in_the_order_of_the_manifest() -> None:
    drawn = outcome(4, columns=("phase", "data", "statuses", "published"))
    page = forest(drawn, report=builders.report([drawn]))
    first = ["label", "own:phase", "events_1", "n_1", "events_2", "n_2", "own:statuses", "own:published", "plot"]
    assert order(page)[:9] == first
    name = drawn.studies[0].study_id
    assert words(page, f"own:phase:{name}") == "III"
    assert words(page, f"own:statuses:{name}") == "verified"
    assert words(page, f"own:published:{name}") == "2001-06"
    (line, *_) = records(forest_data(drawn, report=builders.report([drawn])))
    assert (line["column: phase"], line["column: statuses"]) == ("III", "verified")


def test_a_column_of_long_texts_is_shortened_and_whole_in_the_csv() -> None:
    drawn = outcome(3, columns=("country", "data"))
    report = builders.report([drawn])
    long = "; ".join(["Country"] * 200) + "\x00<b>"
    cards = tuple(replace(card, characteristics={"country": long}) for card in report.studies)
    report = replace(report, studies=cards)
    page = forest(drawn, report=report)
    assert words(page, f"own:country:{drawn.studies[0].study_id}").endswith("…")
    assert clashes(page) == []
    assert len(records(forest_data(drawn, report=report))[0]["column: country"]) > 1000


def test_models_stand_side_by_side_under_the_pooled_result() -> None:
    made = outcome(models=("Common effect", "Other"))
    shown = Interval(estimate=0.71, low=0.64, high=0.80)
    items = [
        SensitivityResult(title=title, choice="model: x", pooled=replace(made.pooled, shown=shown, k=k), studies=())
        for title, k in (("Other", 4), ("Common effect", 5), ("Not asked for", 5))
    ]
    page = forest(replace(made, sensitivity=tuple(items)))
    at = read_off(page, math.log)
    assert span(shape(page, "diamond:model-0")) == pytest.approx((at(0.64), at(0.80)), abs=1e-9)
    assert words(page, "label:model-0") == "Common effect"
    assert words(page, "label:model-1") == "Other, 4 studies"
    assert not has(page, "label:model-2")
    rows = [line["row"] for line in records(forest_data(replace(made, sensitivity=tuple(items))))]
    assert rows[-3:] == ["pooled", "model", "model"]


def appraised(drawn: OutcomeResult) -> Report:
    """A judgement of the first study as a whole and for the outcome, a dispute at the second, nothing of the third."""
    first, second, *_ = drawn.studies
    cards = (
        builders.appraisal(first, scores={"D1": "High", "Overall": "High"}),
        builders.appraisal(first, outcome=first.rows[0].outcome, scores={"D1": "Low", "Overall": "Some concerns"}),
        builders.appraisal(second, scores={"Overall": "High"}, disputed=("D1",)),
    )
    card = InstrumentCard(
        title="RoB 2", known=True, has_total=False, cards=cards, overall="Overall",
        items=(("Overall", "Overall risk of bias"), ("D1", "Bias arising from the randomization process")),
        scores={"D1": RISK, "Overall": RISK},
    )  # fmt: skip
    return builders.report([drawn], instruments=(card,))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_judgements_stand_beside_the_studies_that_of_the_outcome_first(layout: str) -> None:
    drawn = outcome(3, layout=layout, risk_of_bias="RoB 2")
    page = forest(drawn, report=appraised(drawn))
    first, second, third = (study.study_id for study in drawn.studies)
    assert shape(page, f"disc:rob:D1:{first}").fill == "#02C100"
    assert words(page, f"symbol:rob:D1:{first}") == "+"
    assert words(page, f"symbol:rob:Overall:{first}") == "−"
    assert isinstance(named(page, f"disc:rob:D1:{second}"), Line)
    assert not has(page, f"symbol:rob:D1:{second}")
    assert isinstance(named(page, f"disc:rob:D1:{third}"), Line)
    assert centre(shape(page, f"under:rob:D1:{third}"))[0] < centre(shape(page, f"under:rob:Overall:{third}"))[0]
    assert "D1: Bias arising from the randomization process" in words(page, "footnote")
    assert clashes(page) == []
    line = records(forest_data(drawn, report=appraised(drawn)))[1]
    assert line["risk of bias: D1"] == "raters differ, not settled"


# --- what changed -------------------------------------------------------------------------------------------------


def changed(drawn: OutcomeResult, before: Interval | None = BEFORE, **kw: Any) -> Report:
    fields: dict[str, Any] = {
        "id": drawn.id, "title": "", "display": drawn.display, "before": before, "after": drawn.pooled.shown,
        "k_before": 4, "k_after": drawn.pooled.k,
    }  # fmt: skip
    change = OutcomeChange(**(fields | kw))
    return builders.report([drawn], changes=Changes(first=False, previous="update 3 of 2026-11-20", outcomes=(change,)))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_previous_result_is_a_hollow_dashed_diamond_with_its_numbers(layout: str) -> None:
    drawn = outcome(layout=layout)
    page = forest(drawn, report=changed(drawn))
    at = read_off(page, math.log)
    ghost = line(page, "ghost:previous")
    assert ghost.dash
    assert span(ghost) == pytest.approx((at(0.70), at(0.94)), abs=1e-9)
    assert words(page, "label:previous") == "Previous (update 3 of 2026-11-20), 4 studies"
    assert "0.81" in plain(page)
    assert records(forest_data(drawn, report=changed(drawn)))[-1]["row"] == "previous"


def test_there_is_no_ghost_where_nothing_differs_or_it_cannot_be_compared() -> None:
    drawn = outcome()
    same = changed(drawn, drawn.pooled.shown, k_before=5)
    for report in (same, changed(drawn, None), changed(drawn, definition_changed=True), builders.report([drawn])):
        assert not has(forest(drawn, report=report), "ghost:previous")
    off = replace(drawn, forest=ForestDisplay(ghost=False))
    assert not has(forest(off, report=changed(drawn)), "ghost:previous")


def test_new_and_changed_studies_have_one_colour_in_every_layout() -> None:
    for layout in LAYOUTS:
        studies = [builders.study(0, change="new"), builders.study(1, change="changed"), builders.study(2)]
        drawn = replace(builders.outcome(studies=studies), forest=ForestDisplay(layout=layout))  # type: ignore[arg-type]
        fills = [shape(forest(drawn), f"square:{study.study_id}").fill for study in studies]
        assert fills[0] == fills[1] != fills[2]


# --- order, tips, odd numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["effect", "weight", "year", "label"])
def test_studies_stand_in_the_order_asked_for(by: str) -> None:
    drawn = outcome(12, order=by)
    page = forest(drawn)
    places = {study.study_id: centre(shape(page, f"square:{study.study_id}"))[1] for study in drawn.studies}
    keys = {
        "effect": lambda s: s.shown.estimate, "weight": lambda s: -s.weight, "year": lambda s: s.year,
        "label": lambda s: s.label.casefold(),
    }  # fmt: skip
    down = sorted(drawn.studies, key=lambda study: places[study.study_id])
    values = [keys[by](study) for study in down]
    assert values == sorted(values)
    written = [line["study_id"] for line in records(forest_data(drawn)) if line["row"] == "study"]
    assert written == [study.study_id for study in down]


def test_a_study_tells_its_numbers_and_leads_to_where_they_come_from() -> None:
    drawn = outcome(3)
    square = shape(forest(drawn), f"square:{drawn.studies[1].study_id}")
    assert square.tip.splitlines()[:2] == ["Brown 2002", "98/356 against 63/132"]
    assert "Risk ratio 0.58 (95% CI 0.45 to 0.74)" in square.tip
    assert "Weight " in square.tip
    assert drawn.studies[1].rows[0].locator in square.tip
    assert square.href.startswith("#from-os-rr__")
    diamond = shape(forest(drawn), "diamond:pooled").tip
    assert "3 studies" in diamond
    assert "Model: random effects" in diamond


def odd(i: int, shown: Interval) -> StudyResult:
    return builders.study(i, shown=shown)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_missing_and_infinite_numbers_are_said_in_every_layout(layout: str) -> None:
    nothing = Interval(estimate=math.nan, low=math.nan, high=math.nan)
    none = builders.study(0, effect=math.nan, variance=math.nan, shown=nothing, weight=math.nan)
    endless = odd(1, Interval(estimate=0.9, low=0.0, high=math.inf))
    limitless = odd(2, Interval(estimate=0.8, low=math.nan, high=math.nan))
    made = builders.outcome(studies=[none, endless, limitless, builders.study(3)])
    page = forest(replace(made, forest=ForestDisplay(layout=layout)))  # type: ignore[arg-type]
    assert "not estimable" in plain(page)
    assert "∞" in plain(page)
    assert has(page, f"arrow-right:{endless.study_id}")
    assert clashes(page) == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_leave_one_out_and_cumulative_plots_follow_the_layout(layout: str) -> None:
    drawn = outcome(6, layout=layout, columns=("phase", "data"))
    for kind in ("leave-one-out", "cumulative"):
        page = series(drawn, kind, report=builders.report([drawn]))  # type: ignore[arg-type]
        assert ("effect" in order(page)) == (layout in ("revman", "jama", "bmj"))
        assert words(page, "own:phase:0") == "III"
        assert not has(page, "header:events_1")
        assert clashes(page) == []
