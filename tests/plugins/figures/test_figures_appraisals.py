"""Traffic lights and summaries of appraisals: whose judgement stands, what it counts for, that it can be read."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from figure_reading import has, records, shape, texts, words
from hypothesis import given, settings
from hypothesis import strategies as st
from legibility import faults

import builders
from livereview import AppraisalCard, Instrument, InstrumentCard, OutcomeResult, RenderedFile, RenderRequest
from livereview_figures import Pictures, livereview_renderers
from livereview_figures.appraisals.figures import MOST_ROWS, outcome_appraisals, review_appraisals
from livereview_figures.appraisals.standing import of_outcome, standing
from livereview_figures.drawing.figure import Figure
from livereview_figures.drawing.judgements import CONCERNS, CRITICAL, HIGH, LOW, NO_INFORMATION
from livereview_figures.drawing.page import Page, Shape, Text
from livereview_instruments import MINORS, NOS_COHORT, ROB_1, ROB_2, ROBINS_E, ROBINS_I

LONG = "A multinational randomised controlled phase III trial of a new drug, part two, follow-up at five years"
NAMES = (LONG, "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", "Иванова и соавторы", "王小明", "محمد")


def instrument(known: Instrument, *cards: AppraisalCard, **kw: Any) -> InstrumentCard:
    """The instrument as a report has it."""
    parts = (*known.items, *((known.overall,) if known.overall else ()))
    fields: dict[str, Any] = {
        "title": known.title, "known": True, "items": tuple((part.name, part.title) for part in parts),
        "has_total": bool(known.total), "cards": cards, "scores": {part.name: part.scores for part in parts},
        "outside": known.outside, "overall": known.overall.name if known.overall else "",
    }  # fmt: skip
    return InstrumentCard(**(fields | kw))


def card(study: int, scores: Mapping[str, str] | Sequence[str], **kw: Any) -> AppraisalCard:
    """How study number ``study`` was judged: by item, or D1, D2... with Overall last."""
    if not isinstance(scores, Mapping):
        scores = dict(zip([*(f"D{i}" for i in range(1, len(scores))), "Overall"], scores, strict=True))
    of = builders.study(study)
    return builders.appraisal(of, **({"label": f"Study {study}", "scores": scores} | kw))


LOW_RISK = ("Low",) * 6
CARDS = (
    card(0, LOW_RISK),
    card(1, ("Some concerns", "Low", "High", "Low", "Low", "High")),
    card(2, ("Low", "Low", "Low", "Low", "Some concerns", "Some concerns")),
    card(3, {"D1": "Low", "D2": "Low", "D3": "Low", "D4": "Low"}, disputed=("Overall",)),
)


def of_review(*instruments: InstrumentCard, size: float = 9.0) -> list[Figure]:
    return list(review_appraisals(builders.report([], instruments=instruments), size))


def of(outcome: OutcomeResult, *instruments: InstrumentCard) -> list[Figure]:
    return list(outcome_appraisals(builders.report([outcome], instruments=instruments), outcome, 9.0))


def weighing(*weights: float, codes: Sequence[str] = ("death",)) -> OutcomeResult:
    """An outcome of studies with these weights, whose numbers were extracted under these result codes."""
    rows = tuple(builders.source_row(0, outcome=code) for code in codes)
    made = builders.outcome(studies=[builders.study(i, rows=rows) for i in range(len(weights))], id="death")
    studies = tuple(
        type(one)(**{**vars(one), "weight": weight}) for one, weight in zip(made.studies, weights, strict=True)
    )
    return type(made)(**{**vars(made), "studies": studies})


def sign(page: Page, study: str, item: str) -> tuple[str, str]:
    """Colour and symbol of a disc; an outline has neither."""
    name = f"{study}:{item}"
    fill = shape(page, f"disc:{name}").fill if isinstance(_first(page, f"disc:{name}"), Shape) else ""
    return fill, words(page, f"symbol:{name}")


def _first(page: Page, name: str) -> object:
    return next(mark for mark in page.marks if mark.name == name)


# --- the traffic light -----------------------------------------------------------------------------------------


def test_every_study_has_a_disc_for_every_domain_with_colour_and_symbol() -> None:
    light, _ = of_review(instrument(ROB_2, *CARDS))
    assert sign(light.page, "Study 0", "D1") == (LOW, "+")
    assert sign(light.page, "Study 1", "D1") == (CONCERNS, "−")
    assert sign(light.page, "Study 1", "D3") == (HIGH, "×")
    assert sign(light.page, "Study 1", "Overall") == (HIGH, "×")


def test_what_is_disputed_and_what_is_missing_are_told_apart() -> None:
    light, summary = of_review(instrument(ROB_2, *CARDS))
    assert sign(light.page, "Study 3", "Overall") == ("", "")
    assert sign(light.page, "Study 3", "D5") == ("", "")
    told = {row["class"] for row in records(light.data) if row["study"] == "Study 3"}
    assert told == {"low", "disputed", "missing"}
    assert {"raters differ, not settled", "not judged"} <= set(texts(light.page))
    assert {"raters differ, not settled", "not judged"} <= set(texts(summary.page))
    assert {row["judgement"]: row["studies"] for row in records(summary.data) if row["item"] == "Overall"} == {
        "Low": "1", "Some concerns": "1", "High": "1", "raters differ, not settled": "1",
    }  # fmt: skip


#: The judgements of each instrument from the best to the worst, as its authors name them.
SCALES = (
    (ROB_2, ("Low", "Some concerns", "High"), (LOW, CONCERNS, HIGH)),
    (ROBINS_I, ("Low", "Moderate", "Serious", "Critical", "No information"),
     (LOW, CONCERNS, HIGH, CRITICAL, NO_INFORMATION)),
    (ROBINS_E, ("Low risk of bias", "Some concerns", "High risk of bias", "Very high risk of bias"),
     (LOW, CONCERNS, HIGH, CRITICAL)),
    (ROB_1, ("Low risk", "Unclear risk", "High risk"), (LOW, CONCERNS, HIGH)),
)  # fmt: skip


@pytest.mark.parametrize(("known", "scale", "colours"), SCALES, ids=[known.name for known, _, _ in SCALES])
def test_every_judgement_of_an_instrument_has_the_colour_readers_know(
    known: Instrument, scale: tuple[str, ...], colours: tuple[str, ...]
) -> None:
    items = [part.name for part in (*known.items, *((known.overall,) if known.overall else ()))]
    cards = [card(i, dict.fromkeys(items, score)) for i, score in enumerate(scale)]
    light, summary = of_review(instrument(known, *cards))
    for i, colour in enumerate(colours):
        assert {sign(light.page, f"Study {i}", item)[0] for item in items} == {colour}
    assert faults(light.page) == faults(summary.page) == []


def test_scores_of_an_instrument_that_nobody_defines_are_drawn_by_their_words() -> None:
    names = ("D1", "D1b", "Overall")
    cards = [card(0, dict(zip(names, ("Low", "Not applicable", "Low"), strict=True))),
             card(1, dict(zip(names, ("Some concerns", "High", "Very high"), strict=True)))]  # fmt: skip
    own = InstrumentCard(title="QUADAS-2", known=False, items=tuple((name, "") for name in names), has_total=False,
                         cards=tuple(cards))  # fmt: skip
    light, _ = of_review(own)
    assert [sign(light.page, "Study 1", name)[0] for name in names] == [CONCERNS, HIGH, CRITICAL]
    assert "Nobody defines this instrument" in words(light.page, "footnote")


def test_long_names_of_domains_are_numbered_and_spelt_out_below() -> None:
    items = [item.name for item in ROB_1.items]
    light, _ = of_review(instrument(ROB_1, card(0, dict.fromkeys(items, "Low risk")), card(1, {})))
    assert words(light.page, f"header:{items[0]}") == "1"
    assert words(light.page, "asked:1") == "1 Random sequence generation (selection bias)"


def test_points_stand_in_cells_shaded_by_their_share_of_the_maximum() -> None:
    scores = {f"Q{i}": "1" for i in range(1, 9)}
    full = card(0, {**scores, "Q5": "2"}, computed=9.0, totals=(("total-printed", "9"),))
    half = card(1, {**scores, "Q1": "0"}, computed=7.0, totals=(("total-printed", "8"),))
    light, summary = of_review(instrument(NOS_COHORT, full, half))
    page = light.page
    assert words(page, "points:Study 0:Q5") == "2"
    dark, middle, white = (shape(page, f"cell:{name}").fill for name in ("Study 0:Q5", "Study 1:Q5", "Study 1:Q1"))
    assert shape(page, "cell:Study 0:Q1").fill == dark
    assert white == "#FFFFFF"
    assert dark < middle < white
    assert words(page, "Sum:Study 0") == "9 of 9"
    assert [mark.bold for mark in page.marks if isinstance(mark, Text) and mark.name == "total-printed:Study 1"] == [
        True
    ]
    assert "Bold: a total that is not the sum of its items." in words(page, "footnote")
    assert "Q5 Comparability of cohorts (two stars) (0 to 2)" in words(page, "asked:Q5")
    assert "by points" in words(summary.page, "subtitle")


def test_the_maximum_counts_the_items_that_were_scored() -> None:
    # MINORS: eight items for all studies, twelve for comparative ones, two points each.
    eight, twelve = ({f"Q{i}": "1" for i in range(1, many + 1)} for many in (8, 12))
    light, _ = of_review(instrument(MINORS, card(0, eight, computed=8.0), card(1, twelve, computed=12.0)))
    assert words(light.page, "Sum:Study 0") == "8 of 16"
    assert words(light.page, "Sum:Study 1") == "12 of 24"


def test_a_study_judged_for_two_outcomes_has_a_line_for_each() -> None:
    light, summary = of_review(instrument(ROB_2, card(0, LOW_RISK, outcome="os"), card(0, LOW_RISK, outcome="sepsis")))
    assert has(light.page, "label:Study 0 (os)")
    assert has(light.page, "label:Study 0 (sepsis)")
    assert "2 results of 1 study" in words(summary.page, "subtitle")


# --- of an outcome ---------------------------------------------------------------------------------------------


def test_a_judgement_of_the_result_goes_before_one_of_the_study_and_one_of_another_outcome_is_never_used() -> None:
    cards = (
        card(0, ("High",) * 6, outcome="death"), card(0, LOW_RISK),
        card(1, ("Some concerns",) * 6), card(1, ("High",) * 6, outcome="sepsis"),
        card(2, ("High",) * 6, outcome="sepsis"),
    )  # fmt: skip
    (appraisal,) = of_outcome(builders.report([], instruments=(instrument(ROB_2, *cards),)), weighing(50, 30, 20))
    assert [appraisal.judgement(row, "D1").words for row in appraisal.rows] == ["High", "Some concerns", "not judged"]
    light = of(weighing(50, 30, 20), instrument(ROB_2, *cards))[0]
    marked = [row.label for row in appraisal.rows if f"{row.label} *" in texts(light.page)]
    assert marked == [appraisal.rows[1].label]
    assert "* judged as a whole" in words(light.page, "footnote")
    assert {row["judged_for"] for row in records(light.data)} == {"death", ""}


def test_items_that_were_not_judged_for_the_result_are_those_of_the_study() -> None:
    cards = (card(0, {"D1": "High"}, outcome="death", disputed=("D2",)), card(0, LOW_RISK))
    row = standing(instrument(ROB_2, *cards), weighing(100).studies[0])
    (appraisal,) = of_outcome(builders.report([], instruments=(instrument(ROB_2, *cards),)), weighing(100))
    told = [appraisal.judgement(row, item).words for item in ("D1", "D2", "D3")]
    assert told == ["High", "raters differ, not settled", "Low"]


def test_an_outcome_without_a_judgement_of_its_results_has_no_figure() -> None:
    assert of(weighing(60, 40), instrument(ROB_2, card(0, LOW_RISK), card(1, LOW_RISK))) == []


def test_a_study_that_was_judged_with_another_instrument_alone_is_counted_below() -> None:
    rob = instrument(ROB_2, card(0, LOW_RISK, outcome="death"))
    robins = instrument(ROBINS_I, card(1, ("Serious",) * 8, outcome="death"))
    lights = [figure for figure in of(weighing(50, 30, 20), rob, robins) if figure.kind == "risk-of-bias"]
    assert [figure.path for figure in lights] == ["figures/death-risk-of-bias-RoB-2",
                                                  "figures/death-risk-of-bias-ROBINS-I"]  # fmt: skip
    for figure in lights:
        # The third study was judged with neither, which is to be seen in both.
        assert len({row["study_id"] for row in records(figure.data)}) == 2
        assert "1 study of this outcome was judged with another" in words(figure.page, "footnote")


def test_bars_of_an_outcome_are_shares_of_the_weights() -> None:
    cards = [card(i, (score,) * 6, outcome="death") for i, score in enumerate(("Low", "High", "Low"))]
    _, summary = of(weighing(50, 30, 20), instrument(ROB_2, *cards))
    shares = {row["judgement"]: float(row["share"]) for row in records(summary.data) if row["item"] == "Overall"}
    # 50 + 20 of 100, and 30 of 100. Worst error seen: 1e-16.
    assert shares == pytest.approx({"Low": 0.7, "High": 0.3}, abs=1e-12)
    assert "Share of the model's weight" in words(summary.page, "subtitle")
    whole = [mark for mark in summary.page.marks if isinstance(mark, Shape) and mark.name.startswith("part:Overall:")]
    wide = [max(x for x, _ in part.points) - min(x for x, _ in part.points) for part in whole]
    assert wide[0] / sum(wide) == pytest.approx(0.7, abs=1e-9)


def test_bars_of_the_review_count_every_study_once_and_say_so() -> None:
    _, summary = of_review(instrument(ROB_2, *CARDS))
    assert "unweighted" in words(summary.page, "subtitle")
    assert {row["share_of"] for row in records(summary.data)} == {"studies"}


def test_bars_of_an_outcome_that_was_not_pooled_count_studies() -> None:
    cards = [card(i, LOW_RISK, outcome="death") for i in range(2)]
    light, summary = of(weighing(math.nan, math.nan), instrument(ROB_2, *cards))
    assert "unweighted" in words(summary.page, "subtitle")
    assert not has(light.page, "header:weight")


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(["Low", "High", "Some concerns", "", "No information"]), st.floats(0, 100)),
                min_size=2, max_size=8))  # fmt: skip
def test_shares_of_any_weights_add_up_to_the_whole(drawn: list[tuple[str, float]]) -> None:
    cards = [card(i, {"D1": score, "D2": "Low"}, outcome="death") for i, (score, _) in enumerate(drawn)]
    outcome = weighing(*(weight for _, weight in drawn))
    (appraisal,) = of_outcome(builders.report([], instruments=(instrument(ROB_2, *cards),)), outcome)
    for item in appraisal.columns:
        parts = appraisal.shares(item)
        assert math.fsum(share for _, _, share in parts) == pytest.approx(1, abs=1e-12)
        assert sum(studies for _, studies, _ in parts) == len(drawn)


# --- layout ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [8.0, 14.0])
@pytest.mark.parametrize("known", [ROB_1, ROB_2, ROBINS_I, NOS_COHORT, MINORS], ids=lambda known: known.name)
def test_every_text_can_be_read_whatever_the_studies_are_called(known: Instrument, size: float) -> None:
    parts = (*known.items, *((known.overall,) if known.overall else ()))
    cards = [
        card(i, {part.name: part.scores[(i + at) % len(part.scores)] for at, part in enumerate(parts)},
             label=f"{NAMES[i % 5]} {i}", computed=float(i), totals=(("total-printed", "12.5"),) if known.total else ())
        for i in range(12)
    ]  # fmt: skip
    for figure in of_review(instrument(known, *cards, title=f"{LONG} {known.title}"), size=size):
        assert faults(figure.page) == []


@pytest.mark.parametrize("k", [1, 60, 61, 143])
def test_many_studies_are_spread_over_pages_each_study_once(k: int) -> None:
    figures = of_review(instrument(ROB_2, *(card(i, LOW_RISK, label=f"Study {i:03d}") for i in range(k))))
    lights = [figure for figure in figures if figure.kind == "risk-of-bias"]
    assert len(lights) == -(-k // MOST_ROWS)
    seen = Counter(mark.name for figure in lights for mark in figure.page.marks if mark.name.startswith("disc:Study"))
    assert set(seen.values()) == {1}
    assert len(seen) == 6 * k
    assert len({figure.path for figure in figures}) == len(figures)
    if len(lights) > 1:
        assert [words(figure.page, "subtitle")[-8:] for figure in lights] == [
            f"({i} of {len(lights)})" for i in range(1, len(lights) + 1)
        ]


# --- files -----------------------------------------------------------------------------------------------------


def rendered(*instruments: InstrumentCard, outcome: OutcomeResult | None = None, **options: bool
             ) -> dict[str, RenderedFile]:  # fmt: skip
    renderer, _ = livereview_renderers()
    report = builders.report([] if outcome is None else [outcome], instruments=instruments)
    return {file.path: file for file in renderer.render(RenderRequest(report=report), Pictures(dpi=72, **options))}


def test_figures_are_named_for_their_instrument_and_can_be_switched_off() -> None:
    kinds = ("risk-of-bias", "risk-of-bias-summary")
    files = rendered(instrument(ROB_2, *CARDS))
    assert list(files) == [f"figures/{kind}-RoB-2.{end}" for kind in kinds for end in ("png", "csv")]
    assert {file.outcome for file in files.values()} == {None}
    assert rendered(instrument(ROB_2, *CARDS), risk_of_bias=False) == {}


def test_a_figure_of_one_outcome_stands_with_the_outcome() -> None:
    files = rendered(instrument(ROB_2, *(card(i, LOW_RISK, outcome="death") for i in range(3))),
                     outcome=weighing(50, 30, 20))  # fmt: skip
    own = files["figures/death-risk-of-bias.png"]
    assert (own.kind, own.outcome) == ("risk-of-bias", "death")
    assert "figures/death-risk-of-bias-summary.png" in files


@pytest.mark.parametrize("titles", [("../../etc", "..\\..\\etc"), ("RoB 2", "rob-2"), ("研究", "質")])
def test_names_of_instruments_are_no_paths_and_never_fall_together(titles: tuple[str, ...]) -> None:
    files = rendered(*(instrument(ROB_2, *CARDS, title=title) for title in titles))
    names = [path.removeprefix("figures/") for path in files]
    assert len({name.casefold() for name in names}) == len(files) == 8
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") for name in names)
    assert not any(".." in name for name in names)


def test_the_alternative_text_counts_the_judgements() -> None:
    light, _ = of_review(instrument(ROB_2, *CARDS))
    assert light.alt.startswith(
        "4 studies. Overall: 1 Low, 1 Some concerns, 1 High, 1 raters differ, not settled; D1: 3 Low, 1 Some concerns;"
    )


def test_pointing_at_a_disc_tells_study_question_and_judgement() -> None:
    light, summary = of_review(instrument(ROB_2, *CARDS))
    tip = shape(light.page, "disc:Study 1:D1").tip
    assert tip == "Study 1; Bias arising from the randomization process: Some concerns"
    assert shape(summary.page, "part:Overall:High").tip == "Overall; High: 1 study, 25%"


def test_hostile_names_and_scores_stay_text() -> None:
    bad = ("<script>alert(1)</script>", "=HYPERLINK(1)", "\x00\u202eabc", "x" * 10_000)
    cards = [card(i, {"D1": name, "Overall": name}, label=name, study_id=f"s{i}") for i, name in enumerate(bad)]
    for figure in of_review(instrument(ROB_2, *cards, title=bad[0], scores={})):
        svg = figure.page.svg(figure.title, figure.alt)
        assert not [element for element in ET.fromstring(svg).iter() if element.tag.endswith("script")]
        assert faults(figure.page) == []
        assert not any(
            str(cell).startswith(("=", "+", "-", "@")) for row in records(figure.data) for cell in row.values()
        )


def test_an_instrument_without_studies_or_items_has_no_figure() -> None:
    assert of_review(instrument(ROB_2)) == []
    assert of_review(instrument(ROB_2, *CARDS, items=())) == []
